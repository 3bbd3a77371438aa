"""Frames of WebSockets that are made once for many: what they are, and when a connection takes them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect

from qms_graphql.app.frames import Made, frames, nowhere, wire
from qms_graphql.app.outbox import Outbox
from qms_graphql.graph.running.answers import Answer, Delivery
from tests.conftest import Company
from tests.live import LIVE, PATIENCE, SYNC_PRODUCTS, opened, product, served

HEAD = b'{"id":"1","type":"next","payload":'


def delivery(*bodies: bytes) -> Delivery:
    """Answers that are these bytes."""
    return Delivery([Answer(raw=body) for body in bodies])


def made(head: bytes, *bodies: bytes) -> Made:
    """The messages that these answers are in on a WebSocket."""
    return frames(head, delivery(*bodies))


def texts(made: Made) -> list[str]:
    """What a client is to receive."""
    return [message["text"] for message in made.messages]


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
        self.write, self.send = wire(scope), send
        await receive()
        self.before = self.write(made(HEAD, b"{}").wire)
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
    (text,) = texts(message)
    assert text == HEAD.decode() + "x" * size + "}"
    assert message.size == len(text)
    async with accepting() as (app, client):
        assert app.write(message.wire)
        await app.send(message.messages[0])
        assert [await client.recv(), await client.recv()] == [text] * 2


async def test_several_messages_are_written_as_one_and_received_as_several() -> None:
    message = made(HEAD, b"{}", b"x" * 70_000, b"[1]")
    async with accepting() as (app, client):
        assert app.write(message.wire)
        got = [await client.recv() for _ in range(3)]
    assert got == texts(message) == [HEAD.decode() + body + "}" for body in ("{}", "x" * 70_000, "[1]")]


async def test_messages_are_made_once_for_all_with_the_same_id_and_never_shared_with_another() -> None:
    told = delivery(b"{}")
    assert frames(HEAD, told) is frames(bytes(bytearray(HEAD)), told)
    assert texts(frames(HEAD.replace(b"1", b"2"), told)) == ['{"id":"2","type":"next","payload":{}}']
    assert texts(frames(HEAD, delivery(b"[]"))) == ['{"id":"1","type":"next","payload":[]}']


async def test_frames_are_taken_only_while_the_socket_is_open() -> None:
    frame = made(HEAD, b"{}").wire
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
        assert not app.write(made(HEAD, b"{}").wire)


async def test_who_does_not_read_is_written_no_more_and_gets_all_in_order_when_it_does() -> None:
    async with accepting() as (app, client):
        # Two and a half megabytes each: the buffers of both ends are full after a few.
        sent = [made(HEAD, b"%d" % number + b" " * 2_500_000) for number in range(49)]
        written = 0
        while app.write(sent[written].wire):
            written += 1
            # What the client's own buffers take, they shall have taken.
            await asyncio.sleep(0.1)
        assert 0 < written < 40
        # What cannot be written is sent, one after the other.
        sent[written] = made(HEAD, b"%d" % written + b" " * 2_500_000, b"last")
        rest = asyncio.ensure_future(Outbox(app.send, app.write).offer_made(sent[written]))  # type: ignore[arg-type]
        await asyncio.sleep(0.05)
        assert not rest.done()
        got = [await client.recv() for _ in range(written + 2)]
        assert got == [text for message in sent[: written + 1] for text in texts(message)]
        await rest
        assert app.write(sent[-1].wire)
        assert await client.recv() == texts(sent[-1])[0]


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
