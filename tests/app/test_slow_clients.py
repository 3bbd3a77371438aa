"""Clients that do not read: bounded, told to resume, let go after a while, and in nobody's way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
import pytest

from qms_graphql.app import outbox
from qms_graphql.app.outbox import Outbox
from qms_graphql.graph.running import live
from qms_graphql.graph.running.live import Gone
from tests.conftest import Company
from tests.live import LIVE, PATIENCE, SYNC_PRODUCTS, opened, product


class Wire:
    """A WebSocket as the server below the application sees it. It can stop to take what is sent."""

    def __init__(self, app: Any) -> None:
        self.incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.taking = asyncio.Event()
        self.taking.set()
        self.held = 0
        scope = {
            "type": "websocket", "path": "/graphql", "raw_path": b"/graphql", "root_path": "", "query_string": b"",
            "headers": [], "subprotocols": ["graphql-transport-ws"], "scheme": "ws", "http_version": "1.1",
            "asgi": {"version": "3.0", "spec_version": "2.4"}, "client": None, "server": None, "state": {},
        }  # fmt: skip
        self.incoming.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self.incoming.get, self._send))

    async def _send(self, message: dict[str, Any]) -> None:
        self.held += 1
        await self.taking.wait()
        self.held -= 1
        self.sent.put_nowait(message)

    def say(self, message: Any) -> None:
        self.incoming.put_nowait({"type": "websocket.receive", "text": orjson.dumps(message).decode()})

    async def receive(self) -> dict[str, Any]:
        message = await asyncio.wait_for(self.sent.get(), PATIENCE)
        return orjson.loads(message["text"]) if message["type"] == "websocket.send" else message

    async def next_heartbeat(self) -> None:
        """Wait until the stream runs: it says so itself."""
        while (await self.receive())["payload"]["data"]["changes"]["action"] != "HEARTBEAT":
            pass


@asynccontextmanager
async def listening(company: Company) -> AsyncIterator[Wire]:
    """A wire on which the subscription runs."""
    wire = Wire(company.installation.app)
    try:
        assert (await wire.receive())["type"] == "websocket.accept"
        wire.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {await company.token('admin')}"}})
        assert await wire.receive() == {"type": "connection_ack"}
        wire.say({"type": "subscribe", "id": "1", "payload": {"query": LIVE}})
        await wire.next_heartbeat()
        yield wire
    finally:
        wire.incoming.put_nowait({"type": "websocket.disconnect", "code": 1006})
        wire.taking.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(wire.task, PATIENCE)


async def test_who_does_not_read_holds_one_message_delays_nobody_and_is_told_to_resume(
    company: Company, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_KEPT", 20)
    monkeypatch.setattr(live, "MOST_TOGETHER", 1)
    async with listening(company) as stuck, opened(address, await company.token("admin")) as other:
        await other.subscribe("1", LIVE)
        assert (await other.change("1", heartbeats=True))["action"] == "HEARTBEAT"
        stuck.taking.clear()
        await company.data(SYNC_PRODUCTS, {"input": {"items": [product(str(number)) for number in range(60)]}})
        told = [await other.change("1") for _ in range(60)]
        assert len({change["recordId"] for change in told}) == 60
        assert stuck.held == 1
        stuck.taking.set()
        changes = []
        while (refused := await stuck.receive())["type"] == "next":
            changes.append(refused["payload"]["data"]["changes"])
        # What was held may have been a heartbeat.
        got = [change["cursor"] for change in changes if change["action"] != "HEARTBEAT"]
        assert got in ([], [told[0]["cursor"]])
        assert (refused["id"], refused["type"]) == ("1", "error")
        assert [error["extensions"]["code"] for error in refused["payload"]] == ["FELL_BEHIND"]
        stuck.say({"type": "ping"})
        assert await stuck.receive() == {"type": "pong"}


async def test_who_reads_again_soon_enough_misses_and_repeats_nothing(company: Company, address: str) -> None:
    async with listening(company) as halting, opened(address, await company.token("admin")) as other:
        await other.subscribe("1", LIVE)
        assert (await other.change("1", heartbeats=True))["action"] == "HEARTBEAT"
        for round_ in range(3):
            halting.taking.clear()
            items = [product(f"{round_}-{number}") for number in range(20)]
            await company.data(SYNC_PRODUCTS, {"input": {"items": items}})
            expected = [await other.change("1") for _ in range(20)]
            halting.taking.set()
            told = []
            while len(told) < 20:
                change = (await halting.receive())["payload"]["data"]["changes"]
                told += [change] if change["action"] != "HEARTBEAT" else []
            assert told == expected


async def test_who_does_not_read_for_too_long_is_let_go(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "SEND_SECONDS", 0.2)
    async with listening(company) as stuck:
        stuck.taking.clear()
        await company.data(SYNC_PRODUCTS, {"input": {"items": [product("a")]}})
        await asyncio.wait_for(stuck.task, PATIENCE)
        assert stuck.sent.empty()


async def test_a_send_is_made_at_once_or_returned_and_ends_only_when_it_is_done() -> None:
    sent: list[Any] = []
    free = asyncio.Event()

    async def send(message: Any) -> None:
        await free.wait()
        await asyncio.sleep(0)
        sent.append(message)

    out = Outbox(send)
    left = out.offer({"type": "a"})
    assert left is not None
    assert sent == []
    waiting = asyncio.ensure_future(left)
    await asyncio.sleep(0.01)
    assert not waiting.done()
    free.set()
    await waiting
    assert sent == [{"type": "a"}]

    async def at_once(message: Any) -> None:
        sent.append(message)

    assert Outbox(at_once).offer({"type": "b"}) is None
    assert sent == [{"type": "a"}, {"type": "b"}]


@pytest.mark.parametrize("wait", [False, True])
async def test_a_connection_that_is_gone_is_told_as_such(wait: bool) -> None:
    async def send(_message: Any) -> None:
        if wait:
            await asyncio.sleep(0)
        raise OSError

    with pytest.raises(Gone):
        await Outbox(send).send({"type": "a"})
