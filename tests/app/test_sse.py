"""Subscriptions as server-sent events, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from qms_graphql.app import authentication
from qms_graphql.app.outbox import Outbox
from qms_graphql.base.access import system_viewer
from qms_graphql.base.unit import transact
from qms_graphql.people import identity
from tests.conftest import FREE, Company
from tests.live import LIVE, PATIENCE, SYNC_PRODUCTS, frames, product


@asynccontextmanager
async def streamed(
    company: Company,
    address: str,
    query: str,
    variables: Any = None,
    *,
    who: str = "admin",
    accept: str = "text/event-stream",
) -> AsyncIterator[httpx.Response]:
    headers = {"Authorization": f"Bearer {await company.token(who)}", "Accept": accept}
    body = {"query": query, "variables": variables}
    async with (
        httpx.AsyncClient(timeout=PATIENCE) as http,
        http.stream("POST", f"http://{address}/graphql", json=body, headers=headers) as response,
    ):
        yield response


def change(frame: str) -> dict[str, Any] | None:
    """The change in a frame; None for a comment or a heartbeat."""
    if frame == ":":
        return None
    first, second = frame.split("\n")
    assert first == "event: next"
    found: dict[str, Any] = orjson.loads(second.removeprefix("data: "))["data"]["changes"]
    return found if found["action"] != "HEARTBEAT" else None


async def test_a_query_is_one_event_and_complete_with_line_feeds_only(company: Company, address: str) -> None:
    async with streamed(company, address, "{ __typename }") as response:
        body = await response.aread()
    assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    said = orjson.dumps({"data": {"__typename": "Query"}, "extensions": FREE})
    assert body == b"event: next\ndata: %b\n\nevent: complete\ndata:\n\n" % said


async def test_an_invalid_operation_is_one_event_with_its_errors(company: Company, address: str) -> None:
    async with streamed(company, address, "subscription { nothing }") as response:
        found = [frame async for frame in frames(response)]
    assert len(found) == 2
    answer = orjson.loads(found[0].removeprefix("event: next\ndata: "))
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
    assert "data" not in answer
    assert found[1] == "event: complete\ndata:"


@pytest.mark.parametrize("accept", ["application/json, text/event-stream", "text/event-stream;q=0.5, application/json"])
async def test_who_likes_json_better_gets_json(company: Company, address: str, accept: str) -> None:
    async with streamed(company, address, "{ __typename }", accept=accept) as response:
        assert response.headers["content-type"] == "application/json; charset=utf-8"
        assert orjson.loads(await response.aread()) == {"data": {"__typename": "Query"}, "extensions": FREE}


async def test_who_likes_the_stream_better_gets_the_stream(company: Company, address: str) -> None:
    async with streamed(
        company, address, "{ __typename }", accept="application/json;q=0.9, text/event-stream"
    ) as response:
        assert response.headers["content-type"].startswith("text/event-stream")


async def test_a_stream_needs_a_token(address: str) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"http://{address}/graphql", json={"query": LIVE}, headers={"Accept": "text/event-stream"}
        )
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


async def test_changes_arrive_heartbeats_keep_it_open_and_it_resumes(company: Company, address: str) -> None:
    silence = 0
    async with streamed(company, address, LIVE) as response:
        stream = frames(response)
        while silence < 1:
            silence += await anext(stream) != ""
        await company.data(SYNC_PRODUCTS, {"input": {"items": [product("a"), product("b")]}})
        seen: list[dict[str, Any]] = []
        while len(seen) < 2:
            found = change(await anext(stream))
            seen += [found] if found else []
    assert seen[1]["previousCursor"] == seen[0]["cursor"]
    await company.data(SYNC_PRODUCTS, {"input": {"items": [product("c")]}})
    async with streamed(company, address, LIVE, {"after": seen[0]["cursor"]}) as response:
        stream = frames(response)
        again = [found async for frame in _first(stream, 2) if (found := change(frame))]
    assert again[0] == seen[1]
    assert (again[1]["previousCursor"], again[1]["action"]) == (again[0]["cursor"], "CREATED")


async def _first(stream: AsyncIterator[str], count: int) -> AsyncIterator[str]:
    async for frame in stream:
        if frame != ":" and "HEARTBEAT" not in frame:
            yield frame
            count -= 1
            if not count:
                return


async def test_a_listener_that_leaves_is_forgotten(company: Company, address: str) -> None:
    streams = company.installation.graph.feed._streams
    async with streamed(company, address, LIVE):
        for _ in range(50):
            if company.id in streams:
                break
            await asyncio.sleep(0.1)
        assert streams[company.id].subscribers == 1
    for _ in range(100):
        if company.id not in streams:
            break
        await asyncio.sleep(0.1)
    assert company.id not in streams


async def test_a_revoked_token_ends_the_stream(company: Company, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "RECHECK_SECONDS", 0.2)
    place, token = company.installation, await company.token("auditor")
    id_ = identity.UUID(hex=token[4:36])  # type: ignore[attr-defined]
    async with streamed(company, address, LIVE, who="auditor") as response:
        await transact(
            place.database,
            system_viewer(company.id),
            place.clock,
            place.secrets,
            lambda unit: identity.revoke(unit, id_),
        )
        found = [frame async for frame in frames(response)]
    assert "UNAUTHENTICATED" in found[-2]
    assert found[-1] == "event: complete\ndata:"


async def test_events_are_made_once_for_all_streams_and_written_past_their_sends(
    company: Company, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    whole = Outbox.offer

    def offer(self: Outbox, message: Any, later: Any = ()) -> Any:
        sent.append(message.get("body", b""))
        return whole(self, message, later)

    monkeypatch.setattr(Outbox, "offer", offer)
    async with streamed(company, address, LIVE) as one, streamed(company, address, LIVE) as two:
        streams = [frames(one), frames(two)]
        for stream in streams:
            # From its first heartbeat on it listens.
            while "HEARTBEAT" not in await anext(stream):
                pass
        await company.data(SYNC_PRODUCTS, {"input": {"items": [product(str(number)) for number in range(3)]}})
        told = []
        for stream in streams:
            changes: list[Any] = []
            while len(changes) < 3:
                if (found := change(await anext(stream))) is not None:
                    changes.append(found)
            told.append(changes)
    assert told[0] == told[1]
    assert [found["type"] for found in told[0]] == ["PRODUCT"] * 3
    assert not [body for body in sent if body not in (b"", b":\n\n")]
