"""Reports over HTTP: ``GET /reports/eight-d/NC-2026-00001`` answers a page to print, with a token as for GraphQL."""

from functools import partial

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from qms_graphql.app.authentication import bearer
from qms_graphql.app.headers import PROTECTIVE, JsonBytes
from qms_graphql.app.media import JSON
from qms_graphql.base.clock import Clock
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.telemetry import note_refusal
from qms_graphql.graph.running.execution import Graph
from qms_graphql.people.identity import Doorkeeper
from qms_graphql.reports.available import REPORTS
from qms_graphql.reports.rendering import Report, page

# The page's style stands in it; it has no scripts and loads nothing.
_PAGE = PROTECTIVE | {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
}
_STATUS = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.RATE_LIMITED: 429,
}


def report_routes(graph: Graph, doorkeeper: Doorkeeper, clock: Clock) -> list[BaseRoute]:
    """The route of all reports."""
    return [Route("/reports/{report}/{number}", partial(_report, graph, doorkeeper, clock), methods=["GET"])]


async def _report(graph: Graph, doorkeeper: Doorkeeper, clock: Clock, request: Request) -> Response:
    try:
        viewer = await doorkeeper.viewer(bearer(request.headers.get("authorization")))
        asked = _named(request.path_params["report"])
        html = await page(graph, viewer, asked, request.path_params["number"], clock.now())
    except Refusal as refusal:
        note_refusal(refusal.code.value)
        body = {"errors": [{"message": refusal.message, "extensions": {"code": refusal.code.value}}]}
        headers = {"WWW-Authenticate": "Bearer"} if refusal.code is ErrorCode.UNAUTHENTICATED else {}
        return JsonBytes(orjson.dumps(body), _STATUS.get(refusal.code, 400), JSON, headers)
    return HTMLResponse(html, headers=_PAGE)


def _named(name: str) -> Report:
    if name not in REPORTS:
        raise Refusal(ErrorCode.NOT_FOUND, f"There is no such report; there are {', '.join(REPORTS)}.")
    return REPORTS[name]
