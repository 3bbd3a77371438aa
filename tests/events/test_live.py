"""The change feed as a subscription: every change once, in commit order, and only what the listener may see."""

import asyncio
import gc
import tracemalloc
from typing import Any

import pytest

from qms_graphql.base.secrets import Secrets
from qms_graphql.events import feed
from qms_graphql.graph.running import live
from tests.conftest import Company
from tests.live import LIVE, SYNC_PRODUCTS, Socket, opened, product

CUSTOMERS = """
mutation ($input: SyncCustomersInput!) {
  syncCustomers(input: $input) { created updated cursor results { customer { id } } errors { code } }
}
"""
LEFT_OUT = """
subscription ($after: String, $types: [RecordType!], $excludeOrigin: [String!]) {
  changes(after: $after, types: $types, excludeOrigin: $excludeOrigin) {
    cursor previousCursor action type recordId changedFields origin { system } externalRefs { system externalId }
  }
}
"""
ALL = """
query ($after: String) {
  changes(after: $after, first: 1000) { nodes { cursor recordId action type } headCursor endCursor hasNextPage }
}
"""


def customer(key: str, **fields: Any) -> dict[str, Any]:
    return {"ref": {"system": "crm", "externalId": key}, "name": key, "kind": "ORGANISATION"} | fields


async def head(company: Company) -> str:
    """The newest position."""
    return str((await company.data(ALL))["changes"]["headCursor"])


async def test_a_change_is_told_as_the_query_tells_it(company: Company, address: str) -> None:
    token, start = await company.token("admin"), await head(company)
    async with opened(address, token) as socket:
        await socket.subscribe("1", LIVE, {"after": start})
        await company.data(CUSTOMERS, {"input": {"items": [customer("Kessel & Co")]}})
        told = await socket.change("1")
    (known,) = (await company.data(ALL, {"after": start}))["changes"]["nodes"]
    assert {name: told[name] for name in known} == known
    assert (told["previousCursor"], told["actorName"]) == (start, "admin")
    assert told["record"] == {"id": told["recordId"], "name": "Kessel & Co"}


async def test_heartbeats_advance_the_cursor_within_the_chain(company: Company, address: str) -> None:
    token, start = await company.token("admin"), await head(company)
    async with opened(address, token) as socket:
        await socket.subscribe("1", LIVE, {"after": start})
        first = await socket.change("1", heartbeats=True)
        assert (first["action"], first["previousCursor"]) == ("HEARTBEAT", start)
        assert [first[name] for name in ("type", "recordId", "actorName", "record")] == [None] * 4
        await company.data(SYNC_PRODUCTS, {"input": {"items": [product("a")]}})
        told = await socket.change("1", heartbeats=True)
        while told["action"] == "HEARTBEAT":
            first, told = told, await socket.change("1", heartbeats=True)
        assert told["previousCursor"] == first["cursor"]


async def test_heartbeats_come_also_where_everything_is_filtered_out(company: Company, address: str) -> None:
    async with opened(address, await company.token("admin")) as socket:
        await socket.subscribe("1", LIVE, {"after": await head(company), "types": ["CUSTOMER"]})

        async def busy() -> None:
            for number in range(100):
                await company.data(SYNC_PRODUCTS, {"input": {"items": [product(str(number))]}})
                await asyncio.sleep(0.05)

        writing = asyncio.create_task(busy())
        told = [await asyncio.wait_for(socket.change("1", heartbeats=True), 4) for _ in range(2)]
        writing.cancel()
        assert [change["action"] for change in told] == ["HEARTBEAT", "HEARTBEAT"]
        assert told[1]["previousCursor"] == told[0]["cursor"] != told[1]["cursor"]


async def follow(address: str, token: str, start: str, expected: int) -> tuple[list[str], int]:
    """Listen with a connection that breaks again and again; the records told, in order. Checks the chain of cursors."""
    told: list[str] = []
    cursor, drops = start, 0
    while len(told) < expected:
        async with opened(address, token) as socket:
            await socket.subscribe("1", LIVE, {"after": cursor})
            for _ in range(7 + drops % 5):
                change = await socket.change("1", heartbeats=True)
                assert change["previousCursor"] == cursor
                cursor = change["cursor"]
                if change["action"] != "HEARTBEAT":
                    told.append(change["recordId"])
                if len(told) == expected:
                    break
            socket.connection.transport.abort()
            drops += 1
    return told, drops


async def test_nothing_is_missed_or_repeated_over_dropped_connections_under_concurrent_writes(
    company: Company, address: str
) -> None:
    token, start = await company.token("admin"), await head(company)

    async def write(writer: int) -> None:
        for number in range(15):
            items = [product(f"{writer}-{number}-{i}") for i in range(1 + number % 3)]
            await company.data(SYNC_PRODUCTS, {"input": {"items": items}})

    total = 4 * sum(1 + number % 3 for number in range(15))
    *_, (told, drops) = await asyncio.gather(
        *(write(writer) for writer in range(4)), follow(address, token, start, total)
    )
    known = (await company.data(ALL, {"after": start}))["changes"]["nodes"]
    assert told == [change["recordId"] for change in known]
    assert len(set(told)) == total
    assert drops > 5


async def test_filters_by_type_and_origin(company: Company, address: str) -> None:
    token, start = await company.token("admin"), await head(company)
    async with opened(address, token) as socket:
        await socket.subscribe("types", LEFT_OUT, {"after": start, "types": ["CUSTOMER"]})
        await socket.subscribe("origin", LEFT_OUT, {"after": start, "excludeOrigin": ["crm"]})
        await socket.subscribe("none", LEFT_OUT, {"after": start, "types": []})
        await company.data(SYNC_PRODUCTS, {"input": {"items": [product("P")]}})
        await company.data(CUSTOMERS, {"input": {"items": [customer("C")]}})
        await company.data('mutation { createProduct(input: {sku: "Q", name: "Q"}) { product { id } } }')
        told: dict[str, list[Any]] = {"types": [], "origin": [], "none": []}
        while len(told["types"]) < 1 or len(told["origin"]) < 2:
            message = await socket.receive()
            change = message["payload"]["data"]["changes"]
            if change["action"] != "HEARTBEAT":
                told[message["id"]].append(change)
    (c,) = told["types"]
    assert (c["type"], c["origin"], c["previousCursor"]) == ("CUSTOMER", {"system": "crm"}, start)
    assert c["externalRefs"] == [{"system": "crm", "externalId": "C"}]
    assert c["changedFields"] == ["active", "custom", "kind", "name", "supplier"]
    p, q = told["origin"]
    assert (p["type"], p["origin"], q["origin"]) == ("PRODUCT", {"system": "shop"}, None)
    assert (p["previousCursor"], q["previousCursor"]) == (start, p["cursor"])
    assert told["none"] == []


async def test_a_connector_sees_only_what_it_may_read(company: Company, address: str) -> None:
    token, start = await company.token("connector:shop"), await head(company)
    async with opened(address, token) as socket:
        await socket.subscribe("1", LIVE, {"after": start})
        await company.token("employee")  # makes a user, which a connector may not read
        await company.data(SYNC_PRODUCTS, {"input": {"items": [product("P")]}})
        told = await socket.change("1")
        assert (told["type"], told["previousCursor"]) == ("PRODUCT", start)
    types = [c["type"] for c in (await company.data(ALL, {"after": start}))["changes"]["nodes"]]
    assert "USER" in types


async def test_who_may_not_listen_is_told_so(company: Company, address: str) -> None:
    async with opened(address, await company.token("employee")) as socket:
        await socket.subscribe("1", LIVE)
        message = await socket.receive()
        assert message["type"] == "error"
        assert [error["extensions"]["code"] for error in message["payload"]] == ["FORBIDDEN"]


async def test_another_organization_is_silent(company: Company, other_company: Company, address: str) -> None:
    async with opened(address, await company.token("admin")) as socket:
        await socket.subscribe("1", LIVE, {"after": await head(company)})
        await other_company.data(SYNC_PRODUCTS, {"input": {"items": [product("theirs")]}})
        await company.data(SYNC_PRODUCTS, {"input": {"items": [product("ours")]}})
        told = await socket.change("1")
    ours = (await company.data("{ products { nodes { id } } }"))["products"]["nodes"]
    assert [told["recordId"]] == [node["id"] for node in ours]


async def _refusal(socket: Socket, after: str) -> dict[str, Any]:
    await socket.subscribe("1", LIVE, {"after": after})
    message = await socket.receive()
    assert message["type"] == "error", message
    (error,) = message["payload"]
    return dict(error["extensions"])


async def test_cursors_that_are_not_of_this_stream_are_refused(
    company: Company, other_company: Company, address: str
) -> None:
    secrets: Secrets = company.installation.secrets
    theirs = await head(other_company)
    foreign = {"code": "BAD_USER_INPUT", "field": ["after"]}
    beyond = {"code": "CURSOR_EXPIRED", "field": ["after"]}
    async with opened(address, await company.token("admin")) as socket:
        for after in (theirs, "", "x", "0" * 22, "\u0000"):
            assert await _refusal(socket, after) == foreign
        for position in (10_000, 2**63, 2**64 - 1):
            assert await _refusal(socket, secrets.cursor(company.id, position)) == beyond
    answer = await company.ask(ALL, {"after": theirs})
    assert answer["errors"][0]["extensions"] == foreign


async def test_memory_stays_flat_over_thousands_of_events(
    company: Company, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listeners, token = 4, await company.token("admin")
    monkeypatch.setattr(feed, "RING", 200)
    monkeypatch.setattr(live, "MOST_KEPT", 200)
    batch = [product(str(number), name="0") for number in range(100)]
    await company.data(SYNC_PRODUCTS, {"input": {"items": batch}})

    async def rounds(count: int, offset: int) -> None:
        for number in range(count):
            items = [item | {"name": f"{offset + number}"} for item in batch]
            await company.data(SYNC_PRODUCTS, {"input": {"items": items}})
            for listener in sockets:
                for _ in range(100):
                    await listener.change("1")

    sockets: list[Socket] = []
    stack = [opened(address, token) for _ in range(listeners)]
    try:
        for opening in stack:
            sockets.append(await opening.__aenter__())
        start = await head(company)
        for listener in sockets:
            await listener.subscribe("1", LIVE, {"after": start})
        gc.collect()
        tracemalloc.start()
        # What is kept of the stream fills up first.
        await rounds(3, 100)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        await rounds(5, 400)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        for opening in stack[: len(sockets)]:
            await opening.__aexit__(None, None, None)
    delivered = 5 * 100 * listeners
    # The leak that is watched for is 3.4 KB for each event and listener.
    assert after - before < 50 * delivered, f"{(after - before) / delivered:.0f} bytes for each delivered event"
