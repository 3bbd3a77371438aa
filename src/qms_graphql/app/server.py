"""The ASGI application of one server process."""

import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from qms_graphql.app.cross_origin import cross_origin
from qms_graphql.app.files import FilesEndpoint
from qms_graphql.app.graphiql import graphiql_page, ide_routes
from qms_graphql.app.headers import DATA
from qms_graphql.app.http import GraphqlEndpoint
from qms_graphql.app.refusals import faulty, refused
from qms_graphql.app.reports import report_routes
from qms_graphql.app.tabs import TABS
from qms_graphql.app.telemetry import GRAPHQL, Edge, ObservedGraph, observe, telling
from qms_graphql.app.websocket import WebSockets
from qms_graphql.base.clock import Clock, SystemClock
from qms_graphql.base.database import Database, check_reachable
from qms_graphql.base.errors import SetupError
from qms_graphql.base.schedule import Scheduler
from qms_graphql.base.secrets import load_secrets
from qms_graphql.base.settings import Settings, load_settings
from qms_graphql.base.telemetry import load_tracing, start_logging
from qms_graphql.events.feed import Feed
from qms_graphql.events.wake import WakeUp
from qms_graphql.files.schema import PATH as FILES
from qms_graphql.graph.requests.persisted import TrustedTexts
from qms_graphql.people.identity import Doorkeeper
from qms_graphql.people.organizations import all_organizations
from qms_graphql.schema import build

if TYPE_CHECKING:
    from qms_graphql.base.tracing import Tracing


class Application(Starlette):
    """The routes of one process. GraphQL over HTTP does not go through them: there every call counts."""

    def __init__(self, graphql: ASGIApp, **options: Any) -> None:
        super().__init__(**options)
        self._graphql = graphql

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, connection or lifespan."""
        direct = scope["type"] == "http" and scope["path"] == GRAPHQL
        await (self._graphql if direct else super().__call__)(scope, receive, send)


def create_app(
    settings: Settings | None = None, clock: Clock | None = None, tracing: "Tracing | None" = None
) -> Starlette:
    """The application. Uvicorn calls this in every worker process; tests call it with their own settings and clock."""
    if settings is None:
        settings = load_settings()
        start_logging(settings.log_level, settings.log_format)
    clock = clock or SystemClock()
    tracing = tracing or load_tracing(settings)
    secrets = load_secrets(settings)
    database = Database(settings)
    feed = Feed(database)
    schema, roots = build()
    texts = TrustedTexts.load(settings.trusted_documents) if settings.trusted_documents else None
    graph = ObservedGraph(schema, roots, database, clock, secrets, feed, texts)
    metrics = observe(graph, feed, clock, tracing)
    doorkeeper = Doorkeeper(database, secrets)
    scheduler = Scheduler(database, clock, secrets, all_organizations)
    endpoint = GraphqlEndpoint(
        graph, doorkeeper, partial(_page, settings), settings.max_body_bytes, settings.heartbeat_seconds
    )
    outer, inner = Middleware(Edge, teller=graph.teller), cross_origin(settings.origins)
    app = Application(
        layered(endpoint, [outer, *inner]),
        routes=[
            # Whoever types only the host means the page.
            Route("/", lambda _request: RedirectResponse(GRAPHQL, headers=DATA)),
            # Nothing comes here but what is told to leave out a slash at the end.
            Route(GRAPHQL, endpoint),
            Route(f"{FILES}/{{id}}", FilesEndpoint(graph, doorkeeper)),
            Route("/health", partial(_health, database)),
            *metrics,
            *report_routes(graph, doorkeeper),
            *ide_routes(),
        ],
        middleware=[outer, Middleware(WebSockets, graph, doorkeeper, settings.origins), *inner],
        exception_handlers={HTTPException: refused, Exception: faulty},
        lifespan=partial(_lifespan, database, feed, graph, scheduler, settings.work_seconds),
    )
    app.state.graph = graph
    app.state.database = database
    app.state.secrets = secrets
    return app


def layered(app: ASGIApp, layers: Sequence[Middleware]) -> ASGIApp:
    """An application within layers, the outermost first."""
    for layer in reversed(layers):
        app = layer.cls(app, *layer.args, **layer.kwargs)
    return app


@asynccontextmanager
async def _lifespan(
    database: Database, feed: Feed, graph: ObservedGraph, scheduler: Scheduler, work_seconds: float, _app: Starlette
) -> AsyncIterator[None]:
    wake = WakeUp(database, feed)
    await wake.start()
    # What is there at start stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    try:
        async with telling(graph.teller), scheduler.working(work_seconds):
            yield
    finally:
        await feed.close()
        await wake.stop()
        await database.close()


def _page(settings: Settings) -> Response:
    token = settings.demo_token
    return graphiql_page(TABS, {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {})


async def _health(database: Database, _request: Request) -> Response:
    try:
        await check_reachable(database)
    except SetupError as error:
        return JSONResponse({"status": "unavailable", "reason": str(error)}, 503, DATA)
    return JSONResponse({"status": "ok"}, headers=DATA)
