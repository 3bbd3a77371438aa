"""graphql-transport-ws: operations over a WebSocket, with strict checks of every message.

Close codes are the protocol's: 4400 invalid message, 4401 subscribe before init, 4403 forbidden, 4406 wrong
subprotocol, 4408 init timeout, 4409 id in use, 4429 second init; ours is 4430: too many operations at once.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import Refusal
from qms_graphql.base.telemetry import Account
from qms_graphql.graph.running.answers import Delivery, Request, fault_of
from qms_graphql.graph.running.live import Gone
from qms_graphql.people.identity import Doorkeeper

from . import authentication
from .cross_origin import admitted
from .frames import frames, wire
from .http import read_json, read_request
from .outbox import Outbox
from .refusals import Refused
from .telemetry import ObservedGraph

PATH = "/graphql"
PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
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


class WebSockets:
    """``/graphql`` for WebSockets; the rest is for the application below.

    It stands before the routes, because they would wrap each send to each socket once more.
    """

    def __init__(self, app: ASGIApp, graph: ObservedGraph, doorkeeper: Doorkeeper, origins: Sequence[str]) -> None:
        self._app = app
        self._graph = graph
        self._doorkeeper = doorkeeper
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is not ours, or serve one connection until it ends."""
        if scope["type"] == "websocket" and scope["path"] == PATH:
            await self._serve(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # It wants to connect: there is nothing else it could say.
        headers, outbox = Headers(scope=scope), Outbox(send, wire(scope))
        if not admitted(headers, self._origins):
            # Before it is accepted: the answer is HTTP's 403.
            await send({"type": "websocket.close"})
            return
        known = PROTOCOL in scope.get("subprotocols", ())
        with suppress(Gone):
            await outbox.send({"type": "websocket.accept", "subprotocol": PROTOCOL if known else None})
            if known:
                token = authentication.bearer(headers.get("authorization"))
                await Connection(receive, outbox, token, self._graph, self._doorkeeper).serve()
            else:
                await close(outbox, Closed(4406, "Subprotocol not acceptable"))


class Connection:
    """One connection: who it is, and its operations."""

    def __init__(
        self, receive: Receive, outbox: Outbox, token: str | None, graph: ObservedGraph, doorkeeper: Doorkeeper
    ) -> None:
        self._incoming = receive
        self._outbox = outbox
        self._graph = graph
        self._doorkeeper = doorkeeper
        self._token = token
        self._viewer: Viewer | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks = asyncio.TaskGroup()

    async def serve(self) -> None:
        """Read messages until the end. Whatever ends the connection, in whichever of its tasks, ends all of them."""
        try:
            async with self._tasks:
                await self._admit_in_time()
                self._tasks.create_task(self._recheck())
                while True:
                    await self._message(await self._receive())
        except* Closed as closed:
            await close(self._outbox, _first(closed))
        except* Gone:
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
        received = await self._incoming()
        if received["type"] == "websocket.disconnect":
            raise Gone
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
        with self._graph.on_connection(id_) as opened:
            await self._operate(id_, request, opened)

    async def _operate(self, id_: str, request: Request, opened: Account) -> None:
        assert self._viewer is not None  # noqa: S101 - subscribe comes after init
        head = b'{"id":%b,"type":"next","payload":' % orjson.dumps(id_)
        offer, failed = self._outbox.offer_made, False

        def take(delivery: Delivery) -> Awaitable[None] | None:
            nonlocal failed
            if delivery.executed:
                made = frames(head, delivery)
                opened.size += made.size
                return offer(made)
            failed = True
            # What was not executed is all there is of its operation.
            return self._send({"id": id_, "type": "error", "payload": delivery.answers[0].errors})

        try:
            await self._graph.deliver(self._viewer, request, take)
            if not failed:
                await self._send({"id": id_, "type": "complete"})
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001 - the last wall: the client gets a coded error
            await self._send({"id": id_, "type": "error", "payload": [fault_of(error)]})
        finally:
            if self._operations.get(id_) is asyncio.current_task():
                del self._operations[id_]

    async def _send(self, message: dict[str, Any]) -> None:
        await self._outbox.send({"type": "websocket.send", "text": orjson.dumps(message).decode()})


async def close(outbox: Outbox, closed: Closed) -> None:
    """Close a connection. A client that does not read is not waited for."""
    # The protocol has room for 123 bytes.
    reason = closed.reason.encode()[:120].decode(errors="ignore")
    with suppress(Gone, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await outbox.send({"type": "websocket.close", "code": closed.code, "reason": reason})


def _first(group: BaseExceptionGroup[Closed]) -> Closed:
    """The reason the connection ends for, if several of its tasks had one at the same time."""
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


def _id_of(message: dict[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not id_ or len(id_) > 200:
        raise Closed(4400, "An id is text of 1 to 200 characters")
    return id_
