"""The limit of the read measurement: a bare Starlette route and one statement by hand, whose JSON goes out as it is."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import aiosqlite
import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.workloads import CLAUSES, COMPLAINTS, THREAD, WORKLOADS

URL = os.environ["LIMIT_DATABASE_URL"]
ON_SQLITE = URL.startswith("sqlite:")
STATEMENTS = {
    page.name: (page.text("sqlite.sql" if ON_SQLITE else "postgresql.sql"), page.taken)
    for page in (*WORKLOADS, COMPLAINTS, THREAD, *(() if ON_SQLITE else (CLAUSES,)))
}
CONNECTIONS = 10
Fetch = Callable[[str, list[Any]], Awaitable[Any]]


@asynccontextmanager
async def on_postgresql() -> AsyncIterator[Fetch]:
    """Gives the first value of a statement's answer, by a connection of asyncpg's pool."""
    settings = {"application_name": "limit", "jit": "off"}
    async with asyncpg.create_pool(URL, min_size=CONNECTIONS, max_size=CONNECTIONS, server_settings=settings) as pool:
        yield lambda statement, arguments: pool.fetchval(statement, *arguments)


@asynccontextmanager
async def on_sqlite() -> AsyncIterator[Fetch]:
    """The same by one of a few connections, each with its thread."""
    async with AsyncExitStack() as stack:
        path = URL.removeprefix("sqlite:///")
        idle = [await stack.enter_async_context(aiosqlite.connect(path)) for _ in range(CONNECTIONS)]

        async def fetch(statement: str, arguments: list[Any]) -> Any:
            connection = idle.pop() if idle else await stack.enter_async_context(aiosqlite.connect(path))
            rows = list(await connection.execute_fetchall(statement, arguments))
            idle.append(connection)
            return rows[0][0]

        yield fetch


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with (on_sqlite if ON_SQLITE else on_postgresql)() as fetch:
        app.state.fetch = fetch
        app.state.organization = await fetch("SELECT id FROM organization", [])
        yield


def argument(name: str, text: str) -> Any:
    """A value as the driver takes it."""
    if name == "framework":
        return text
    if name == "id":
        key = text.rpartition("_")[2]
        return key if ON_SQLITE else UUID(key)
    return text.removesuffix("Z") if ON_SQLITE else datetime.fromisoformat(text)


async def page(request: Request) -> Response:
    """``/NAME`` or ``/NAME?id=…``."""
    statement, taken = STATEMENTS[request.path_params["name"]]
    given, state = request.query_params, request.app.state
    text = await state.fetch(statement, [state.organization, *(argument(name, given[name]) for name in taken)])
    return Response('{"data":' + text + "}", media_type="application/json")


async def health(_request: Request) -> Response:
    return Response("ok")


app = Starlette(routes=[Route("/health", health), Route("/{name}", page)], lifespan=lifespan)
