"""Reports over HTTP: ``GET /reports/eight-d/NC-2026-00001`` answers a page to print.

Who asks is known by an address that was signed for them (``reportUrl``), or by a token as for GraphQL.
"""

from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from qms_graphql.app.authentication import asked_by
from qms_graphql.app.headers import PROTECTIVE
from qms_graphql.app.refusals import Refused, guarded
from qms_graphql.base.addresses import Purpose
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.graph.running.execution import Graph
from qms_graphql.people.identity import Doorkeeper
from qms_graphql.reports.available import PATH, REPORTS, path_of
from qms_graphql.reports.rendering import Report, page

# The page's style stands in it; it has no scripts and loads nothing.
_PAGE = PROTECTIVE | {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
}
_STATUS = {ErrorCode.FORBIDDEN: 403, ErrorCode.NOT_FOUND: 404, ErrorCode.RATE_LIMITED: 429}


def report_routes(graph: Graph, doorkeeper: Doorkeeper) -> list[BaseRoute]:
    """The route of all reports."""
    return [Route(f"{PATH}/{{report}}/{{number}}", partial(_report, graph, doorkeeper), methods=["GET"])]


async def _report(graph: Graph, doorkeeper: Doorkeeper, http: Request) -> Response:
    return await guarded(_answer(graph, doorkeeper, http))


async def _answer(graph: Graph, doorkeeper: Doorkeeper, http: Request) -> Response:
    name, number = (http.path_params[part] for part in ("report", "number"))
    try:
        viewer = await asked_by(graph, doorkeeper, Purpose.REPORT, path_of(name, number), http)
        html = await page(graph, viewer, _named(name), number, graph.clock.now())
    except Refusal as refusal:
        raise Refused(_STATUS.get(refusal.code, 400), refusal.code, refusal.message) from None
    return HTMLResponse(html, headers=_PAGE)


def _named(name: str) -> Report:
    if name not in REPORTS:
        raise Refusal(ErrorCode.NOT_FOUND, f"There is no such report; there are {', '.join(REPORTS)}.")
    return REPORTS[name]
