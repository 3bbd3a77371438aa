"""Frames of WebSockets that are made once for many: what they are, and when a connection takes them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect

from qms_graphql.app.frames import frame_writer, made, nowhere
from qms_graphql.app.outbox import Outbox
from tests.conftest import Company
from tests.live import LIVE, PATIENCE, SYNC_PRODUCTS, opened, product, served

HEAD = b'{"id":"1","type":"next","payload":'


@dataclass
class Accepting:
    """An application that accepts one socket, and lends what it has to the test."""

    write: Callable[[bytes], bool] = nowhere
    send: Any = None
    before: bool | None = None
    """What a write gave before the socket was accepted."""
    accepted: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.write, self.send = frame_writer(scope), send
        await receive()
        self.before = self.write(made(HEAD, b"{}").frame)
        await send({"type": "websocket.accept"})
        self.accepted.set()
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self.ended.set()


@asynccontextmanager
async def accepting(*, compressed: bool = False) -> AsyncIterator[tuple[Accepting, ClientConnection]]:
    """The application, and a client of it. The client reads only when it is asked to, but for a few messages."""
    app = Accepting()
    async with (
        served(app, compressed=compressed) as address,
        connect(
            f"ws://{address}/", max_size=None, max_queue=1, compression="deflate" if compressed else None
        ) as client,
    ):
        await asyncio.wait_for(app.accepted.wait(), PATIENCE)
        yield app, client


@pytest.mark.parametrize("size", [0, 1, 90, 91, 92, 65_499, 65_500, 65_501, 1_000_000])
async def test_a_frame_is_the_message_whatever_its_length(size: int) -> None:
    message = made(HEAD, b"x" * size)
    assert message.text == HEAD + b"x" * size + b"}"
    async with accepting() as (app, client):
        assert app.write(message.frame)
        await app.send({"type": "websocket.send", "text": message.text.decode()})
        assert [await client.recv(), await client.recv()] == [message.text.decode()] * 2


async def test_a_message_is_made_once_for_all_with_the_same_id_and_never_shared_with_another() -> None:
    assert made(HEAD, b"{}") is made(bytes(bytearray(HEAD)), bytes(bytearray(b"{}")))
    assert made(HEAD.replace(b"1", b"2"), b"{}").text == b'{"id":"2","type":"next","payload":{}}'


async def test_frames_are_taken_only_while_the_socket_is_open() -> None:
    frame = made(HEAD, b"{}").frame
    async with accepting() as (app, client):
        assert app.before is False
        assert app.write(frame)
        assert await client.recv() == '{"id":"1","type":"next","payload":{}}'
        await app.send({"type": "websocket.close", "code": 4403})
        assert not app.write(frame)
        with pytest.raises(RuntimeError):
            await app.send({"type": "websocket.send", "text": ""})
        await client.wait_closed()
        assert client.close_code == 4403


async def test_no_frame_is_taken_for_a_client_that_left() -> None:
    async with accepting() as (app, client):
        await client.close()
        await asyncio.wait_for(app.ended.wait(), PATIENCE)
        assert not app.write(made(HEAD, b"{}").frame)


async def test_who_does_not_read_is_written_no_more_and_gets_all_in_order_when_it_does() -> None:
    async with accepting() as (app, client):
        # Two and a half megabytes each: the buffers of both ends are full after a few.
        frames = [made(HEAD, b"%d" % number + b" " * 2_500_000) for number in range(50)]
        written = 0
        while app.write(frames[written].frame):
            written += 1
            # What the client's own buffers take, they shall have taken.
            await asyncio.sleep(0.1)
        assert 0 < written < 40
        rest = asyncio.ensure_future(Outbox(app.send, app.write).offer_made(frames[written]))  # type: ignore[arg-type]
        await asyncio.sleep(0.05)
        assert not rest.done()
        got = [await client.recv(decode=False) for _ in range(written + 1)]
        assert got == [message.text for message in frames[: written + 1]]
        await rest
        assert app.write(frames[-1].frame)
        assert await client.recv(decode=False) == frames[-1].text


async def test_a_connection_that_compresses_takes_no_frames() -> None:
    async with accepting(compressed=True) as (app, client):
        assert client.protocol.extensions
        assert app.write is nowhere
        await app.send({"type": "websocket.send", "text": "a"})
        assert await client.recv() == "a"


async def test_subscribers_with_other_ids_get_the_same_event_each_under_its_own(
    company: Company, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[Any] = []
    whole = Outbox.offer
    monkeypatch.setattr(Outbox, "offer", lambda self, message: offered.append(message) or whole(self, message))
    token = await company.token("admin")
    async with opened(address, token) as one, opened(address, token) as two:
        for socket, id_ in ((one, "1"), (two, 'ü"2')):
            await socket.subscribe(id_, LIVE)
            assert (await socket.change(id_, heartbeats=True))["action"] == "HEARTBEAT"
        offered.clear()
        await company.data(SYNC_PRODUCTS, {"input": {"items": [product("a")]}})
        told = await one.change("1")
        assert told["type"] == "PRODUCT"
        assert await two.change('ü"2') == told
    # All of it went by frames, none through a send.
    assert offered == []
