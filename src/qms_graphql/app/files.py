"""Files over HTTP: the bytes that an upload brings, and those that a download takes.

GraphQL says where a file is; here it comes and goes. Both directions are streams. Who asks is known by an address that
was signed for them, or by a token; either way it is asked at that moment whether they see the file's record.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote
from uuid import UUID

import orjson
from sqlalchemy import select
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from qms_graphql.base.access import Viewer
from qms_graphql.base.addresses import Purpose
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global, to_global
from qms_graphql.base.visibility import visible_ids
from qms_graphql.files.model import File
from qms_graphql.files.receiving import Receiver
from qms_graphql.files.rules import FileState
from qms_graphql.files.schema import READ, holders, path_of
from qms_graphql.files.storage import Storage
from qms_graphql.graph.running.execution import Graph
from qms_graphql.people.identity import Doorkeeper

from .authentication import asked_by, signed_for
from .headers import DATA, JsonBytes
from .media import JSON
from .refusals import Refused, guarded

SILENT_SECONDS = 20.0
"""How long a client that brings a file may send nothing."""
UPLOAD_SECONDS = 1800.0
"""How long an upload may take."""
_STATUS = {
    ErrorCode.BAD_USER_INPUT: 408,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CONFLICT: 409,
    ErrorCode.TOO_LONG: 413,
    ErrorCode.INVALID: 422,
}
_SAFE = DATA | {"Content-Security-Policy": f"{DATA['Content-Security-Policy']}; sandbox"}
"""A file is never a page of this site, whatever is in it."""
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_CLOSE = {"Connection": "close"}
"""What a client still sends after it was refused is not read."""


class FilesEndpoint:
    """``/files/{id}`` for PUT and POST (the bytes of an upload), GET and HEAD."""

    def __init__(self, graph: Graph, doorkeeper: Doorkeeper) -> None:
        self._graph = graph
        self._doorkeeper = doorkeeper
        self._storage = Storage(graph.database.settings)
        self._holder_of = holders(graph.engine)
        self._receiver = Receiver(graph.database, graph.clock, graph.secrets, self._storage, self._holder_of)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await guarded(self._answer(Request(scope, receive)))
        with suppress(ClientDisconnect, OSError):
            await response(scope, receive, send)

    async def _answer(self, http: Request) -> Response:
        try:
            id_ = _file_id(http.path_params["id"])
            if http.method in ("PUT", "POST"):
                return await self._take(http, id_)
            if http.method in ("GET", "HEAD"):
                return await self._give(http, id_)
        except Refusal as refusal:
            headers = _CLOSE if http.method in ("PUT", "POST") else {}
            raise Refused(_STATUS[refusal.code], refusal.code, refusal.message, headers) from None
        allowed = {"Allow": "GET, HEAD, PUT, POST"}
        raise Refused(405, ErrorCode.BAD_USER_INPUT, "Use GET to fetch a file, PUT or POST to bring one.", allowed)

    # -- bringing --------------------------------------------------------------------------------------------------

    async def _take(self, http: Request, id_: UUID) -> Response:
        viewer = await signed_for(self._graph, self._doorkeeper, Purpose.UPLOAD, path_of(id_), http.query_params)
        kind = http.headers.get("content-type", "")
        if http.headers.get("content-encoding", "identity") != "identity" or kind.startswith("multipart/"):
            message = "Send the bytes of the file as they are: no form, no encoding."
            raise Refused(415, ErrorCode.BAD_USER_INPUT, message, {"Accept-Encoding": "identity"} | _CLOSE)
        most, declared = self._graph.database.settings.files_most_bytes, http.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > most:
            raise Refused(413, ErrorCode.TOO_LONG, f"A file has at most {most} bytes.", _CLOSE)
        digest = await self._receiver.receive(viewer, id_, _chunks(http))
        body = {"id": to_global("file", id_), "sha256": digest}
        return JsonBytes(orjson.dumps(body), 201, JSON)

    # -- fetching --------------------------------------------------------------------------------------------------

    async def _give(self, http: Request, id_: UUID) -> Response:
        viewer = await asked_by(self._graph, self._doorkeeper, Purpose.DOWNLOAD, path_of(id_), http)
        file = await self._seen(viewer, id_)
        size, tag = file["size"], f'"{file["sha256"]}"'
        headers = _SAFE | {
            "Content-Disposition": disposition(file["name"]),
            "Content-Type": _content_type(file["media_type"]),
            "ETag": tag,
            "Accept-Ranges": "bytes",
        }
        if _names(http.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=_SAFE | {"ETag": tag})
        start, end = _wanted(http.headers, size, tag)
        if start >= end:
            raise Refused(416, ErrorCode.BAD_USER_INPUT, f"It has {size} bytes.", {"Content-Range": f"bytes */{size}"})
        part = (start, end) != (0, size)
        if part:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        headers["Content-Length"] = str(end - start)
        if http.method == "HEAD":
            return Response(status_code=206 if part else 200, headers=headers)
        try:
            body = await _begun(self._storage.read(file["storage_key"], start, end))
        except FileNotFoundError as error:
            raise LookupError("the store has lost a file") from error
        return StreamingResponse(body, 206 if part else 200, headers)

    async def _seen(self, viewer: Viewer, id_: UUID) -> Mapping[str, Any]:
        """The row of a file, if the viewer sees its record. Whatever is in the way: there is no such file."""
        table = File.__table__
        mine = table.c.organization_id == viewer.organization_id, table.c.id == id_
        async with self._graph.database.reading(viewer.organization_id) as reader:
            rows = await reader.rows(select(table).where(*mine, table.c.state == FileState.STORED))
            if rows and viewer.may(READ):
                holder, record = self._holder_of(rows[0]["record_type"]), rows[0]["record_id"]
                if viewer.may(holder.read) and await visible_ids(reader, holder.model, viewer, [record]):
                    return rows[0]
        raise _no_file()


def _file_id(text: str) -> UUID:
    try:
        table, id_ = from_global(text)
    except Refusal:
        raise _no_file() from None
    if table != "file":
        raise _no_file()
    return id_


def _no_file() -> Refusal:
    return Refusal(ErrorCode.NOT_FOUND, "There is no such file.")


async def _chunks(http: Request) -> AsyncIterator[bytes]:
    """The body as it comes. Raises ``Refusal`` if it breaks off, or takes too long."""
    stream, loop = aiter(http.stream()), asyncio.get_running_loop()
    end = loop.time() + UPLOAD_SECONDS
    while True:
        try:
            async with asyncio.timeout_at(min(end, loop.time() + SILENT_SECONDS)):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except (TimeoutError, ClientDisconnect):
            raise Refusal(ErrorCode.BAD_USER_INPUT, "The bytes did not come in time.") from None
        yield chunk


async def _begun(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same chunks, of which the first is here: what cannot be read is a fault before anything was said."""
    first = await anext(chunks)

    async def all_of_them() -> AsyncIterator[bytes]:
        yield first
        async for chunk in chunks:
            yield chunk

    return all_of_them()


def disposition(name: str) -> str:
    """That a file is to be kept and not shown, under its name (RFC 6266): in ASCII, and as it is (RFC 8187)."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _names(tags: str, tag: str) -> bool:
    """Whether a list of entity tags names one, weakly or not (RFC 9110, section 13.1.2)."""
    return any(item.strip().removeprefix("W/") in (tag, "*") for item in tags.split(",")) if tags else False


def _wanted(headers: Mapping[str, str], size: int, tag: str) -> tuple[int, int]:
    """From where up to where the bytes are asked for (RFC 9110, section 14): one range, or all of them."""
    match = _RANGE.fullmatch(headers.get("range", "").replace(" ", ""))
    if match is None or match[0] == "bytes=-" or headers.get("if-range", tag) != tag:
        return 0, size
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size
    end = min(size, int(last) + 1) if last else size
    return (int(first), end) if not last or int(last) >= int(first) else (0, size)
