"""GraphQL over HTTP: JSON in, JSON out, streams for subscriptions, the page for people."""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import orjson
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from qms_graphql.base.database import unreachable
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.graph.answers import Request, fault_of
from qms_graphql.graph.execution import Graph
from qms_graphql.people.identity import Doorkeeper

from .authentication import bearer, still_admitted
from .media import GRAPHQL_RESPONSE, JSON, accepts_html, answer_type, wants_stream
from .sse import EventStream

_DEEPEST_JSON = 64
Page = Any


class Refused(Exception):
    """An HTTP request that is refused before anything is executed."""

    def __init__(self, status: int, code: ErrorCode, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


class GraphqlEndpoint:
    """``/graphql`` for POST and GET."""

    def __init__(self, graph: Graph, doorkeeper: Doorkeeper, page: Page, max_body: int, heartbeat: float) -> None:
        self._graph = graph
        self._doorkeeper = doorkeeper
        self._page = page
        self._max_body = max_body
        self._heartbeat = heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Being an ASGI application it gets every method, and says itself which it allows."""
        response = await self._guarded(HttpRequest(scope, receive))
        # A client that is gone, or that stopped reading its stream, ends the exchange; there is nobody to tell.
        with suppress(ClientDisconnect, OSError):
            await response(scope, receive, send)

    async def _guarded(self, http: HttpRequest) -> Response:
        try:
            return await self._answer(http)
        except Refused as no:
            body = {"errors": [{"message": no.message, "extensions": {"code": no.code.value}}]}
            return _json(orjson.dumps(body), no.status, JSON, no.headers)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:  # noqa: BLE001 - the last wall: nothing internal may leave
            status = 503 if unreachable(error) else 500
            return _json(orjson.dumps({"errors": [fault_of(error)]}), status, JSON, {})

    async def _answer(self, http: HttpRequest) -> Response:
        if http.method not in ("GET", "POST"):
            raise Refused(405, ErrorCode.BAD_USER_INPUT, "Use GET or POST.", {"Allow": "GET, POST"})
        if http.method == "GET" and accepts_html(http.headers.get("accept", "")) and "query" not in http.query_params:
            return self._page()  # type: ignore[no-any-return]
        streamed = wants_stream(http.headers.get("accept", "*/*"))
        media = answer_type(http.headers.get("accept", "*/*"))
        if media is None and not streamed:
            raise Refused(
                406, ErrorCode.BAD_USER_INPUT, f"Answers are {GRAPHQL_RESPONSE}, {JSON} or text/event-stream."
            )
        token = bearer(http.headers.get("authorization"))
        try:
            viewer = await self._doorkeeper.viewer(token)
        except Refusal as refusal:
            raise Refused(401, refusal.code, refusal.message, {"WWW-Authenticate": "Bearer"}) from None
        request = _from_query(http) if http.method == "GET" else await self._from_body(http)
        if http.method == "GET" and self._graph.writes(request):
            raise Refused(405, ErrorCode.BAD_USER_INPUT, "A mutation needs POST.", {"Allow": "POST"})
        if streamed:
            admitted = partial(still_admitted, self._doorkeeper, token, viewer)
            return EventStream(partial(self._graph.deliver, viewer, request), self._heartbeat, admitted)
        answer = await self._graph.answer(viewer, request)
        if answer.executed:
            return _json(answer.json(), 200, media or JSON, {})
        # What was not executed is an error of the request, in whichever form it is told.
        wait = answer.errors[0]["extensions"].get("retryAfter")
        return (
            _json(answer.json(), 400, media or JSON, {})
            if wait is None
            else _json(answer.json(), 429, media or JSON, {"Retry-After": str(wait)})
        )

    async def _from_body(self, http: HttpRequest) -> Request:
        kind = http.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != JSON:
            raise Refused(415, ErrorCode.BAD_USER_INPUT, f"The body must be {JSON}.", {"Accept": JSON})
        declared = http.headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > self._max_body:
            raise Refused(413, ErrorCode.BAD_USER_INPUT, f"At most {self._max_body} bytes.", {"Connection": "close"})
        body = bytearray()
        async for chunk in http.stream():
            body += chunk
            if len(body) > self._max_body:
                raise Refused(
                    413, ErrorCode.BAD_USER_INPUT, f"At most {self._max_body} bytes.", {"Connection": "close"}
                )
        return read_request(read_json(bytes(body)))


def read_json(text: bytes | str) -> Any:
    """JSON of bounded depth. Raises ``Refused``."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "This is not JSON in UTF-8.") from None
    if _depth(value) > _DEEPEST_JSON:
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "The JSON is nested too deeply.")
    return value


def read_request(value: Any) -> Request:
    """A GraphQL request from parsed JSON. Raises ``Refused``."""
    if not isinstance(value, dict):
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "A request is a JSON object with a query.")
    query, variables, name = value.get("query"), value.get("variables"), value.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "query must be text.")
    if variables is not None and not isinstance(variables, dict):
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "variables must be an object.")
    if name is not None and not isinstance(name, str):
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "operationName must be text.")
    if not isinstance(value.get("extensions", {}), dict | None):  # type: ignore[arg-type]
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "extensions must be an object.")
    return Request(query, variables, name or None)


def _from_query(http: HttpRequest) -> Request:
    given = http.query_params
    variables = read_json(given["variables"]) if given.get("variables") else None
    return read_request(
        {"query": given.get("query"), "variables": variables, "operationName": given.get("operationName")}
    )


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        if depth > _DEEPEST_JSON:
            break
        following: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                following += [inner for inner in item.values() if isinstance(inner, dict | list)]
            elif isinstance(item, list):
                following += [inner for inner in item if isinstance(inner, dict | list)]
        level = following
    return depth


def _json(body: bytes, status: int, media: str, headers: Mapping[str, str]) -> Response:
    shown = {"Content-Type": f"{media}; charset=utf-8", "Cache-Control": "no-store", **headers}
    return Response(body, status, shown)
