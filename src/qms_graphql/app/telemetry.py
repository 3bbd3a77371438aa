"""What each request was: its id in and out, one line in the log, its measurements, its spans."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from graphql import GraphQLError
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qms_graphql.base.access import Viewer
from qms_graphql.base.clock import Clock
from qms_graphql.base.telemetry import Account, account, sane_id
from qms_graphql.events.feed import Feed
from qms_graphql.graph.requests.budget import Balance
from qms_graphql.graph.requests.documents import InvalidDocument
from qms_graphql.graph.running.answers import Answer, Delivery, Request
from qms_graphql.graph.running.execution import Graph
from qms_graphql.graph.running.live import Take

from .prometheus import Levels, Measures, metrics_page

if TYPE_CHECKING:
    from qms_graphql.base.tracing import Tracing

REQUEST_ID = b"x-request-id"
GRAPHQL = "/graphql"
_QUIET = ("/health", "/metrics")
"""Asked every few seconds by machines; nobody reads that."""
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
_LONGEST_NAME = 100
_MOST_CODES = 100
"""Of the errors of one stream, which may go on for weeks, so many are told or a few more."""


class Teller:
    """Tells of requests that ended. A pure function of their account, called once for each."""

    def __init__(self, measures: Measures | None, tracing: "Tracing | None") -> None:
        self.tracing = tracing
        self.measures = measures
        self._log: Any = structlog.get_logger("qms").bind()
        self._lines = self._log.is_enabled_for(logging.INFO)

    def operation(self, ended: Account, status: int | None) -> None:
        """One GraphQL operation."""
        if self.measures is not None:
            self.measures.count(ended)
        if self.tracing is not None:
            self.tracing.measure(ended)
        if not self._lines:
            return
        viewer, name = ended.viewer, ended.operation
        line: dict[str, Any] = {
            "transport": "websocket" if ended.operation_id is not None else "sse" if ended.streamed else "http",
            "kind": ended.kind,
            "operation": name if name is None or len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME],
            "organization": viewer.organization_id if viewer is not None else None,
            "actor": viewer.actor_kind.value if viewer is not None else None,
            "cost": ended.cost,
            "statements": ended.statements,
            "ms": round(ended.seconds * 1000, 2),
            "outcome": ended.outcome,
            "bytes": ended.size,
        }
        if status is not None:
            line["status"] = status
        if ended.codes:
            line["codes"] = ended.codes
        if ended.streamed:
            line["answers"] = ended.answers
        self._log.info("operation", **line)

    def request(self, ended: Account, scope: Scope, status: int) -> None:
        """A request for something else, or a connection that ended. What was not found may be named anything."""
        socket = scope["type"] == "websocket"
        method = "WEBSOCKET" if socket else scope["method"] if scope["method"] in _METHODS else "other"
        path = scope["path"][:_LONGEST_NAME] if status != 404 else None
        tell = self._log.debug if scope["path"] in _QUIET else self._log.info
        ms = round(ended.seconds * 1000, 2)
        tell("connection" if socket else "request", method=method, path=path, status=status, ms=ms, bytes=ended.size)


class Edge:
    """The outermost layer. Pure ASGI: it costs each request two calls."""

    def __init__(self, app: ASGIApp, teller: Teller) -> None:
        self._app = app
        self._teller = teller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == REQUEST_ID), None)
        opened = Account(sane_id(given.decode("latin-1") if given is not None else None))
        status = 500

        async def sent(message: Message) -> None:
            nonlocal status
            kind = message["type"]
            if kind == "http.response.body":
                opened.size += len(message.get("body", b""))
            elif kind == "http.response.start" or kind == "websocket.accept":
                status = message.get("status", 101)
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID, opened.request_id.encode())]
            elif kind == "websocket.close":
                status = message.get("code", 1000)
            await send(message)

        with opened:
            try:
                if self._teller.tracing is None or scope["path"] != GRAPHQL:
                    await self._app(scope, receive, sent)
                else:
                    await self._traced(self._teller.tracing, opened, scope, receive, sent)
            finally:
                if opened.viewer is not None or (opened.codes and scope["path"] == GRAPHQL):
                    self._teller.operation(opened, status)
                else:
                    self._teller.request(opened, scope, status)

    async def _traced(self, tracing: "Tracing", opened: Account, scope: Scope, receive: Receive, send: Send) -> None:
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        method = scope.get("method", "GET")
        method = method if method in _METHODS else "_OTHER"
        known = {"http.request.method": method, "http.route": GRAPHQL, "url.path": GRAPHQL}
        with tracing.incoming(f"{method} {GRAPHQL}", carrier, known) as span:
            opened.trace_id = format(span.get_span_context().trace_id, "032x")

            async def sent(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await self._app(scope, receive, sent)


class ObservedGraph(Graph):
    """The graph, which enters what it does into the account of the request at hand."""

    teller: Teller
    subscribers = 0
    """How many listen at the moment."""

    @contextmanager
    def on_connection(self, operation_id: str) -> Iterator[Account]:
        """An operation on a connection that carries several: it has an account of its own, told at its end."""
        connection = account()
        opened = Account(connection.request_id if connection else sane_id(None), sane_id(operation_id))
        opened.trace_id = connection.trace_id if connection else None
        with opened:
            try:
                yield opened
            finally:
                self.teller.operation(opened, None)

    async def answer(self, viewer: Viewer, request: Request) -> Answer:
        """Execute a query or mutation."""
        opened, tracing = account(), self.teller.tracing
        if opened is None:
            return await super().answer(viewer, request)
        opened.viewer = viewer
        try:
            if tracing is None:
                answer = await super().answer(viewer, request)
            else:
                with tracing.operation(*await self._named(request)):
                    answer = await super().answer(viewer, request)
        except BaseException:
            opened.kind, opened.operation = await self._named(request)
            raise
        opened.kind, opened.operation = answer.kind, answer.operation
        opened.statements += answer.statements
        _enter(opened, answer)
        return answer

    async def deliver(self, viewer: Viewer, request: Request, take: Take) -> None:
        """Execute any operation as a stream."""
        opened, tracing = account(), self.teller.tracing

        def entered(delivery: Delivery) -> Awaitable[None] | None:
            # Handed out by the broadcast, in whose context the account of this request is not at hand.
            assert opened is not None  # noqa: S101 - it is only called if it is
            opened.answers += len(delivery.answers)
            if delivery.executed:
                opened.executed = True
            if delivery.codes and len(opened.codes) < _MOST_CODES:
                opened.codes += delivery.codes
            return take(delivery)

        kind, name = await self._named(request)
        live = kind == "subscription" and opened is not None
        if opened is not None:
            opened.streamed = True
        span = tracing.stream(kind, name) if live and tracing is not None else None
        self.subscribers += live
        try:
            if live and opened is not None:
                opened.viewer, opened.kind, opened.operation = viewer, kind, name
            await super().deliver(viewer, request, entered if live else take)
        finally:
            self.subscribers -= live
            if span is not None:
                span.end()

    def charge(self, viewer: Viewer, cost: int) -> Balance | None:
        """Have the viewer's token pay."""
        opened = account()
        if opened is not None:
            opened.cost = cost
        return super().charge(viewer, cost)

    async def _named(self, request: Request) -> tuple[str, str | None]:
        """The kind and name of an operation, as far as it can be read."""
        try:
            _, operation = await self.prepare(request)
        except (GraphQLError, InvalidDocument):
            return "", None
        return operation.operation.value, operation.name.value if operation.name else None


def _enter(opened: Account, answer: Answer) -> None:
    opened.answers += 1
    opened.executed = opened.executed or answer.executed
    if answer.errors:
        opened.codes += [error["extensions"]["code"] for error in answer.errors]


def observe(graph: ObservedGraph, feed: Feed, clock: Clock, tracing: "Tracing | None") -> list[Route]:
    """Have a graph observed as its settings say. Gives the page for Prometheus, if there is to be one."""
    token, database = graph.database.settings.metrics_token, graph.database
    if tracing is not None:
        database.watch_statements(tracing.statement)
    if token is None:
        graph.teller = Teller(None, tracing)
        return []

    def levels() -> Levels:
        return Levels(graph.subscribers, *database.connections(), graph.engine.plans_found, graph.engine.plans_made)

    measures = Measures(levels)
    graph.teller = Teller(measures, tracing)
    feed.readers.append(lambda at: measures.event_read((clock.now() - at).total_seconds()))
    return [Route("/metrics", metrics_page(measures, token))]


@asynccontextmanager
async def telling(teller: Teller) -> AsyncIterator[None]:
    """While the process runs: keep its levels fresh for others that are asked; send what is left at the end."""
    measures, tracing = teller.measures, teller.tracing
    refreshing = asyncio.create_task(measures.keep_fresh()) if measures is not None else None
    try:
        yield
    finally:
        if refreshing is not None:
            refreshing.cancel()
        if tracing is not None:
            await asyncio.to_thread(tracing.close)
