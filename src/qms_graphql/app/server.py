"""The ASGI application of one server process."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from qms_graphql.app.graphiql import graphiql_page, ide_routes
from qms_graphql.app.http import GraphqlEndpoint
from qms_graphql.app.tabs import TABS
from qms_graphql.app.websocket import WebSockets
from qms_graphql.base.clock import Clock, SystemClock
from qms_graphql.base.database import Database, check_reachable
from qms_graphql.base.errors import SetupError
from qms_graphql.base.secrets import load_secrets
from qms_graphql.base.settings import Settings, load_settings
from qms_graphql.events.feed import Feed
from qms_graphql.events.wake import WakeUp
from qms_graphql.graph.execution import Graph
from qms_graphql.people.identity import Doorkeeper
from qms_graphql.schema import build


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Starlette:
    """The application. Uvicorn calls this in every worker process; tests call it with their own settings and clock."""
    settings = settings or load_settings()
    secrets = load_secrets(settings)
    database = Database(settings)
    feed = Feed(database)
    schema, roots = build()
    graph = Graph(schema, roots, database, clock or SystemClock(), secrets, feed)
    doorkeeper = Doorkeeper(database, secrets)
    wake = WakeUp(database, feed)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await wake.start()
        # What is there at start stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        try:
            yield
        finally:
            await feed.close()
            await wake.stop()
            await database.close()

    async def health(_request: Request) -> Response:
        try:
            await check_reachable(database)
        except SetupError as error:
            return JSONResponse({"status": "unavailable", "reason": str(error)}, 503)
        return JSONResponse({"status": "ok"})

    token = settings.demo_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}

    def page() -> Any:
        return graphiql_page(TABS, headers)

    endpoint = GraphqlEndpoint(graph, doorkeeper, page, settings.max_body_bytes, settings.heartbeat_seconds)
    app = Starlette(
        routes=[
            # Whoever types only the host means the page.
            Route("/", lambda _request: RedirectResponse("/graphql")),
            Route("/graphql", endpoint),
            Route("/health", health),
            *ide_routes(),
        ],
        middleware=[Middleware(WebSockets, graph, doorkeeper)],
        lifespan=lifespan,
    )
    app.state.graph = graph
    app.state.database = database
    app.state.secrets = secrets
    return app
