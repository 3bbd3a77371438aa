"""A connection: bounds on what it may send before a request is known, and what it is sent by as few calls as can be.

uvicorn's parser has no bounds, writes the head and the body of an answer one after the other, and makes the frame of a
WebSocket's message, or the chunk of an event stream, anew for each connection that it goes to.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from uvicorn._types import ASGISendCallable, ASGISendEvent, HTTPResponseStartEvent
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

from qms_graphql.app.frames import READY
from qms_graphql.app.headers import JsonBytes
from qms_graphql.app.media import JSON
from qms_graphql.base.errors import ErrorCode

MOST_HEAD_BYTES = 65_536
"""Of a request's line and headers."""
HEAD_SECONDS = 20.0
"""How long a client may take for them, from the connection or from their first byte on."""
_REASONS = {408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


class _Exchange:
    """What the application sends for one request. An answer that comes whole is written whole.

    The second of two writes would cost as much as the first, and the first wakes the client for half an answer.
    """

    __slots__ = ("_send", "_start", "_write")

    def __init__(self, send: ASGISendCallable, write: Callable[[HTTPResponseStartEvent, bytes], bool]) -> None:
        self._send = send
        self._write = write
        self._start: HTTPResponseStartEvent | None = None

    async def send(self, message: ASGISendEvent) -> None:
        """Keep the head of an answer whose length is known until its body comes."""
        if message["type"] == "http.response.start" and _length(message) is not None:
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            if (
                message["type"] == "http.response.body"
                and not message.get("more_body", False)
                and self._write(start, message.get("body", b""))
            ):
                return
            await self._send(start)
        await self._send(message)


def _length(start: HTTPResponseStartEvent) -> int | None:
    """The length that the head of an answer says it has."""
    for name, value in start.get("headers", ()):
        if name == b"content-length":
            return int(value)
    return None


class HttpConnection(HttpToolsProtocol):
    """A connection that is closed if the head of a request is too large or does not come in time.

    Heads that arrive whole, as they usually do, cost nothing here.
    """

    _heading = False
    _head_bytes = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._head_is_here()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._heading, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        """A head has ended."""
        self._heading = False
        if self._timer is not None:
            self._head_is_here()
        super().on_headers_complete()
        cycle = self.cycle
        # It is another's if this is to become a WebSocket.
        if cycle is not None and cycle.scope is self.scope:
            ready: dict[object, object] = {
                "write": partial(self.write_chunk, cycle),
                "arrived": lambda: not cycle.more_body,
            }
            cycle.scope["extensions"] = {READY: ready}
            cycle.send = _Exchange(cycle.send, partial(self.write_answer, cycle)).send  # type: ignore[method-assign]

    def data_received(self, data: bytes) -> None:
        """Parse; then see whether a head is still not complete."""
        super().data_received(data)
        if self._heading and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self._refuse(431, f"The line and the headers of a request have at most {MOST_HEAD_BYTES} bytes.")
            elif self._timer is None:
                self._await_head()

    def write_chunk(self, cycle: RequestResponseCycle, chunk: bytes) -> bool:
        """Write a whole chunk of an answer's body, if the client reads and the answer has chunks; says whether it did.

        ``send`` is for the rest, as with the frames of a socket.
        """
        open_ = cycle.chunked_encoding and not (cycle.response_complete or cycle.disconnected)
        if not open_ or self.flow.write_paused or self.transport.is_closing():
            return False
        self.transport.write(chunk)
        return True

    def write_answer(self, cycle: RequestResponseCycle, start: HTTPResponseStartEvent, body: bytes) -> bool:
        """Write a whole answer, if nothing about it is out of the ordinary; says whether it did.

        ``send`` is for the rest, and says what is wrong. It also searches each name and value for what must not be in
        a head: here one look at the line breaks tells.
        """
        lines = [name + b": " + value for name, value in (*cycle.default_headers, *start["headers"])]
        head = b"\r\n".join((STATUS_LINE[start["status"]][:-2], *lines))
        ordinary = (
            start["status"] == 200
            and cycle.keep_alive
            and not (cycle.access_log or cycle.response_started or cycle.disconnected or self.flow.write_paused)
            and cycle.scope["method"] != "HEAD"
            and len(body) == _length(start)
            and head.count(b"\n") == head.count(b"\r") == len(lines)
            and b"\x00" not in head
            and b"\r\nconnection:" not in head
        )
        if ordinary:
            cycle.response_started = cycle.response_complete = True
            self.transport.write(b"".join((head, b"\r\n\r\n", body)))
            cycle.message_event.set()
            cycle.on_response()
        return ordinary

    def _await_head(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _head_is_here(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_late(self) -> None:
        self._timer = None
        # Who has said nothing at all is told nothing.
        if self._heading:
            self._refuse(408, "The request did not come in time.")
        elif not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, status: int, message: str) -> None:
        self._head_is_here()
        error: dict[str, Any] = {"message": message, "extensions": {"code": ErrorCode.BAD_USER_INPUT.value}}
        response = JsonBytes(orjson.dumps({"errors": [error]}), status, JSON, {"Connection": "close"})
        lines = [b"HTTP/1.1 %d %b" % (status, _REASONS[status])]
        lines += [name + b": " + value for name, value in response.raw_headers]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(response.body)]))
        self.transport.close()


class SocketConnection(WebSocketsSansIOProtocol):
    """A WebSocket that also takes frames, by a plain call: the application finds it in the scope, as an extension."""

    async def run_asgi(self) -> None:
        """Serve the connection."""
        # A frame made for many cannot have been compressed by what one of them was sent before.
        if not self.config.ws_per_message_deflate:
            self.scope["extensions"][READY] = {"write": self.write_frame}
        await super().run_asgi()

    def write_frame(self, frame: bytes) -> bool:
        """Write a whole frame, if the client reads and the connection is open; says whether it did.

        ``send`` is for the rest: it waits for the client, or knows what is wrong.
        """
        if self.conn.state is not OPEN or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True
