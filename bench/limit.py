"""The limit of the read measurement: a bare Starlette route and one statement by hand, whose JSON goes out as it is."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.workloads import WORKLOADS

STATEMENTS = {workload.name: workload.sql for workload in WORKLOADS}


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    settings = {"application_name": "limit", "jit": "off"}
    async with asyncpg.create_pool(
        os.environ["LIMIT_DATABASE_URL"], min_size=10, max_size=10, server_settings=settings
    ) as pool:
        app.state.pool = pool
        app.state.organization = await pool.fetchval("SELECT id FROM organization")
        yield


async def page(request: Request) -> Response:
    """``/NAME`` or ``/NAME?id=…``."""
    ids = [UUID(id_) for id_ in request.query_params.getlist("id")]
    state = request.app.state
    text = await state.pool.fetchval(STATEMENTS[request.path_params["name"]], state.organization, *ids)
    return Response('{"data":' + text + "}", media_type="application/json")


async def health(_request: Request) -> Response:
    return Response("ok")


app = Starlette(routes=[Route("/health", health), Route("/{name}", page)], lifespan=lifespan)
