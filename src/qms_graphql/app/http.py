"""GraphQL over HTTP: JSON in, JSON out, streams for subscriptions, the page for people."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any

import orjson
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qms_graphql.base.errors import ErrorCode
from qms_graphql.graph.running.answers import Request
from qms_graphql.graph.running.execution import Graph
from qms_graphql.people.identity import Doorkeeper

from .authentication import bearer, let_in, still_admitted
from .frames import arrived
from .headers import JsonBytes
from .media import GRAPHQL_RESPONSE, JSON, accepts_html, answer_type, takes, wants_stream
from .refusals import Refused, guarded
from .sse import EventStream

_DEEPEST_JSON = 64
_TEXTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
Page = Any


_SMALLEST_COMPRESSED = 4096
"""Bytes; what is smaller travels in a few packets anyway."""
_COMPRESSION_LEVEL = 4
BODY_SECONDS = 60.0
"""How long a client may take to send a body."""
_MOST_HEADERS = 100
_MOST_HEADER_BYTES = 65_536
_SHA256 = re.compile(r"[0-9a-f]{64}")


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
        response = await guarded(self._answer(HttpRequest(scope, receive)))
        # A client that is gone, or that stopped reading its stream, ends the exchange; there is nobody to tell.
        with suppress(ClientDisconnect, OSError):
            await _compressed(response, scope)(scope, receive, send)

    async def _answer(self, http: HttpRequest) -> Response:
        headers = _headers(http.scope["headers"])
        accept = headers.get("accept", "*/*")
        if http.method not in ("GET", "POST"):
            raise Refused(405, ErrorCode.BAD_USER_INPUT, "Use GET or POST.", {"Allow": "GET, POST"})
        if http.method == "GET" and accepts_html(accept) and not _asks(http):
            return self._page()  # type: ignore[no-any-return]
        streamed, media = wants_stream(accept), answer_type(accept)
        if media is None and not streamed:
            raise Refused(
                406, ErrorCode.BAD_USER_INPUT, f"Answers are {GRAPHQL_RESPONSE}, {JSON} or text/event-stream."
            )
        token = bearer(headers.get("authorization"))
        viewer = await let_in(self._doorkeeper, token)
        request = _from_query(http) if http.method == "GET" else await self._from_body(http, headers)
        if http.method == "GET" and await self._graph.writes(request):
            raise Refused(405, ErrorCode.BAD_USER_INPUT, "A mutation needs POST.", {"Allow": "POST"})
        if streamed:
            admitted = partial(still_admitted, self._doorkeeper, token, viewer)
            return EventStream(partial(self._graph.deliver, viewer, request), self._heartbeat, admitted)
        answer = await self._graph.answer(viewer, request)
        if answer.executed:
            return JsonBytes(answer.json(), 200, media or JSON)
        wait = answer.errors[0]["extensions"].get("retryAfter")
        if wait is not None:
            return JsonBytes(answer.json(), 429, media or JSON, {"Retry-After": str(wait)})
        # What was not executed is an error of the request. Clients of application/json read GraphQL's errors only
        # where the status is 200: of another status they cannot know whether a proxy or this server answered.
        return JsonBytes(answer.json(), 400 if media == GRAPHQL_RESPONSE else 200, media or JSON)

    async def _from_body(self, http: HttpRequest, headers: Mapping[str, str]) -> Request:
        kind = headers.get("content-type", "")
        # The usual spelling first; it needs no look at its parts.
        if kind != JSON and not _is_json(kind):
            raise Refused(415, ErrorCode.BAD_USER_INPUT, f"The body must be {JSON} in UTF-8.", {"Accept": JSON})
        if headers.get("content-encoding", "identity") != "identity":
            raise Refused(
                415, ErrorCode.BAD_USER_INPUT, "The body must not be encoded.", {"Accept-Encoding": "identity"}
            )
        declared = headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > self._max_body:
            raise self._too_large()
        try:
            # To set a clock for what is here costs as much as to read it.
            async with nullcontext() if arrived(http.scope) else asyncio.timeout(BODY_SECONDS):
                body = await self._body(http)
        except TimeoutError:
            late = f"The body did not come within {BODY_SECONDS:.0f} seconds."
            raise Refused(408, ErrorCode.BAD_USER_INPUT, late, {"Connection": "close"}) from None
        return read_request(read_json(body))

    async def _body(self, http: HttpRequest) -> bytes:
        parts: list[bytes] = []
        size, more = 0, True
        while more:
            message = await http.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._max_body:
                raise self._too_large()
            more = message.get("more_body", False)
        return b"".join(parts)

    def _too_large(self) -> Refused:
        return Refused(413, ErrorCode.BAD_USER_INPUT, f"At most {self._max_body} bytes.", {"Connection": "close"})


def read_json(text: bytes | str) -> Any:
    """JSON of bounded depth. Raises ``Refused``."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "This is not JSON in UTF-8.") from None
    if _too_deep(text if isinstance(text, bytes) else text.encode()):
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "The JSON is nested too deeply.")
    return value


def read_request(value: Any) -> Request:
    """A GraphQL request from parsed JSON. Raises ``Refused``."""
    if not isinstance(value, dict):
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "A request is a JSON object with a query.")
    query, variables, name = value.get("query"), value.get("variables"), value.get("operationName")
    id_ = _document_id(value) if "extensions" in value or "documentId" in value else None
    if query is None and id_ is not None:
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "query must be text.")
    if variables is not None and not isinstance(variables, dict):
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "variables must be an object.")
    if name is not None and not isinstance(name, str):
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "operationName must be text.")
    return Request(query, variables, name or None, id_)


def _document_id(value: Mapping[str, Any]) -> str | None:
    """The name of a document: a hash in the extension of Apollo's clients, or the id of a trusted one."""
    extensions = value.get("extensions")
    if not isinstance(extensions, dict | None):
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "extensions must be an object.")
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is not None:
        hashed = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        if not isinstance(hashed, str) or not _SHA256.fullmatch(hashed) or persisted.get("version") != 1:
            message = "persistedQuery must have version 1 and a sha256Hash of 64 hexadecimal digits."
            raise Refused(400, ErrorCode.BAD_USER_INPUT, message)
        return hashed
    id_ = value.get("documentId")
    if not isinstance(id_, str | None):
        raise Refused(400, ErrorCode.BAD_USER_INPUT, "documentId must be text.")
    return id_.removeprefix("sha256:") if id_ else None


def _asks(http: HttpRequest) -> bool:
    """Whether a GET is an operation, and not somebody who wants to see the page."""
    return not {"query", "extensions", "documentId"}.isdisjoint(http.query_params)


def _from_query(http: HttpRequest) -> Request:
    request: dict[str, Any] = dict(http.query_params)
    for name in ("variables", "extensions"):
        if name in request:
            request[name] = read_json(request[name]) if request[name] else None
    return read_request(request)


def _headers(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers by name, the first of each; read once, because every call counts here. Raises ``Refused``."""
    if len(headers) > _MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > _MOST_HEADER_BYTES:
        raise Refused(431, ErrorCode.BAD_USER_INPUT, f"At most {_MOST_HEADERS} headers of {_MOST_HEADER_BYTES} bytes.")
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(headers)}


def _is_json(content_type: str) -> bool:
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charset = next((part[8:].strip('"') for part in parameters if part.startswith("charset=")), "utf-8")
    return kind == JSON and charset in ("utf-8", "utf8")


def _compressed(response: Response, scope: Scope) -> ASGIApp:
    """The response, compressed if that is worth it. A stream has no body to look at, and is never compressed."""
    if len(getattr(response, "body", b"")) < _SMALLEST_COMPRESSED:
        return response
    accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
    if not takes(accepted.decode("latin-1"), "gzip"):
        return response
    return GZipMiddleware(response, _SMALLEST_COMPRESSED, _COMPRESSION_LEVEL)


def _too_deep(text: bytes) -> bool:
    """Whether JSON that could be read is nested too deeply: what is left when its innermost brackets are taken away."""
    if text.count(b"[") + text.count(b"{") <= _DEEPEST_JSON:
        return False
    # Brackets within texts are rare, and looking for texts takes ten times as long.
    return _left(text) and _left(_TEXTS.sub(b"", text))


def _left(text: bytes) -> bool:
    left = text.translate(None, _NO_BRACKETS)
    for _ in range(_DEEPEST_JSON):
        if not left:
            return False
        left = left.replace(b"[]", b"").replace(b"{}", b"")
    return bool(left)
