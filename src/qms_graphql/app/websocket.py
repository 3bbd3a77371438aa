"""graphql-transport-ws: operations over a WebSocket, with strict checks of every message.

Close codes are the protocol's: 4400 invalid message, 4401 subscribe before init, 4403 forbidden, 4406 wrong
subprotocol, 4408 init timeout, 4409 id in use, 4429 second init; ours is 4430: too many operations at once.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import Refusal
from qms_graphql.base.telemetry import note_bytes
from qms_graphql.graph.answers import Answer, Request, fault_of
from qms_graphql.people.identity import Doorkeeper

from . import authentication
from .cross_origin import admitted
from .http import Refused, read_json, read_request
from .telemetry import ObservedGraph

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
SEND_SECONDS = 30.0
CLOSE_SECONDS = 5.0
MOST_OPERATIONS = 100
_FREE = ("connection_init", "ping", "pong")
"""Messages whose payload may be any object, or left out."""


class Closed(Exception):
    """The connection is to be closed with a code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class WebSocketEndpoint:
    """``/graphql`` for WebSockets."""

    def __init__(self, graph: ObservedGraph, doorkeeper: Doorkeeper, origins: Sequence[str]) -> None:
        self._graph = graph
        self._doorkeeper = doorkeeper
        self._origins = origins

    async def __call__(self, socket: WebSocket) -> None:
        """Serve one connection until it ends."""
        if not admitted(socket.headers, self._origins):
            # Before it is accepted: the answer is HTTP's 403.
            await socket.close()
            return
        if PROTOCOL not in socket.scope.get("subprotocols", ()):
            await socket.accept()
            await socket.close(4406, "Subprotocol not acceptable")
            return
        await socket.accept(PROTOCOL)
        await Connection(socket, self._graph, self._doorkeeper).serve()


class Connection:
    """One connection: who it is, and its operations."""

    def __init__(self, socket: WebSocket, graph: ObservedGraph, doorkeeper: Doorkeeper) -> None:
        self._socket = socket
        self._graph = graph
        self._doorkeeper = doorkeeper
        self._token: str | None = authentication.bearer(socket.headers.get("authorization"))
        self._viewer: Viewer | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks = asyncio.TaskGroup()
        self._sending = asyncio.Lock()

    async def serve(self) -> None:
        """Read messages until the end. Whatever ends the connection, in whichever of its tasks, ends all of them."""
        try:
            async with self._tasks:
                await self._admit_in_time()
                self._tasks.create_task(self._recheck())
                while True:
                    await self._message(await self._receive())
        except* Closed as closed:
            await self._close(_first(closed))
        except* WebSocketDisconnect:
            pass

    async def _admit_in_time(self) -> None:
        try:
            async with asyncio.timeout(INIT_SECONDS):
                await self._init()
        except TimeoutError:
            raise Closed(4408, "Connection initialisation timeout") from None

    async def _init(self) -> None:
        while self._viewer is None:
            message = await self._receive()
            kind = message["type"]
            if kind == "ping":
                await self._send({"type": "pong"})
            elif kind == "connection_init":
                await self._admit(message.get("payload"))
            elif kind != "pong":
                raise Closed(4401, "Unauthorized")

    async def _admit(self, payload: dict[str, Any] | None) -> None:
        given = next(
            (v for k, v in (payload or {}).items() if k.lower() == "authorization" and isinstance(v, str)), None
        )
        self._token = authentication.bearer(given) or self._token
        try:
            self._viewer = await self._doorkeeper.viewer(self._token)
        except Refusal:
            raise Closed(4403, "Forbidden") from None
        except Exception as error:  # noqa: BLE001 - the database is away, for example: logged, and the client may retry
            fault_of(error)
            raise Closed(1011, "Try again later") from None
        await self._send({"type": "connection_ack"})

    async def _recheck(self) -> None:
        """A token that was revoked, or whose rights changed, ends its connections."""
        assert self._viewer is not None  # noqa: S101 - it was let in before
        while True:
            await asyncio.sleep(authentication.RECHECK_SECONDS)
            if not await authentication.still_admitted(self._doorkeeper, self._token, self._viewer):
                raise Closed(4403, "Forbidden")

    async def _receive(self) -> dict[str, Any]:
        received = await self._socket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", 1000))
        text = received.get("text")
        if text is None:
            raise Closed(4400, "Messages are JSON text")
        try:
            message = read_json(text)
        except Refused as no:
            raise Closed(4400, no.message) from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closed(4400, "A message is an object with a type")
        if message["type"] in _FREE and not isinstance(message.get("payload"), dict | None):
            raise Closed(4400, f"The payload of {message['type']} must be an object")
        return message

    async def _message(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "ping":
            await self._send({"type": "pong"})
        elif kind == "subscribe":
            self._subscribe(message)
        elif kind == "complete":
            task = self._operations.pop(_id_of(message), None)
            if task is not None:
                task.cancel()
        elif kind == "connection_init":
            raise Closed(4429, "Too many initialisation requests")
        elif kind != "pong":
            raise Closed(4400, "Unknown type of message")

    def _subscribe(self, message: dict[str, Any]) -> None:
        id_ = _id_of(message)
        if id_ in self._operations:
            raise Closed(4409, f"Subscriber for {id_} already exists")
        if len(self._operations) >= MOST_OPERATIONS:
            raise Closed(4430, "Too many operations at once")
        try:
            request = read_request(message.get("payload"))
        except Refused as no:
            raise Closed(4400, no.message) from None
        self._operations[id_] = self._tasks.create_task(self._observed(id_, request))

    async def _observed(self, id_: str, request: Request) -> None:
        with self._graph.on_connection(id_):
            await self._operate(id_, request)

    async def _operate(self, id_: str, request: Request) -> None:
        assert self._viewer is not None  # noqa: S101 - subscribe comes after init
        try:
            async with aclosing(self._graph.answers(self._viewer, request)) as answers:
                async for answer in answers:
                    if not answer.executed:
                        await self._send({"id": id_, "type": "error", "payload": answer.errors})
                        return
                    await self._next(id_, answer)
            await self._send({"id": id_, "type": "complete"})
        except WebSocketDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - the last wall: the client gets a coded error
            await self._send({"id": id_, "type": "error", "payload": [fault_of(error)]})
        finally:
            if self._operations.get(id_) is asyncio.current_task():
                del self._operations[id_]

    async def _next(self, id_: str, answer: Answer) -> None:
        head = b'{"id":%b,"type":"next","payload":' % orjson.dumps(id_)
        frame = head + answer.json() + b"}"
        note_bytes(len(frame))
        await self._send_text(frame.decode())

    async def _send(self, message: dict[str, Any]) -> None:
        await self._send_text(orjson.dumps(message).decode())

    async def _send_text(self, text: str) -> None:
        """Send one text frame. A client that does not read for half a minute is let go; its cursor lets it resume."""
        async with self._sending:
            if self._socket.application_state is not WebSocketState.CONNECTED:
                raise WebSocketDisconnect(1006)
            try:
                await asyncio.wait_for(self._socket.send_text(text), SEND_SECONDS)
            except (TimeoutError, RuntimeError, OSError):
                raise WebSocketDisconnect(1006) from None

    async def _close(self, closed: Closed) -> None:
        with suppress(RuntimeError, WebSocketDisconnect, OSError):
            if self._socket.application_state is WebSocketState.CONNECTED:
                # The protocol has room for 123 bytes.
                reason = closed.reason.encode()[:120].decode(errors="ignore")
                await asyncio.wait_for(self._socket.close(closed.code, reason), CLOSE_SECONDS)


def _first(group: BaseExceptionGroup[Closed]) -> Closed:
    """The reason the connection ends for, if several of its tasks had one at the same time."""
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


def _id_of(message: dict[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not id_ or len(id_) > 200:
        raise Closed(4400, "An id is text of 1 to 200 characters")
    return id_
