"""Errors outside of GraphQL, in the form that GraphQL gives them."""

from collections.abc import Awaitable, Mapping

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from qms_graphql.app.headers import JsonBytes
from qms_graphql.app.media import JSON
from qms_graphql.base.database import unreachable
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.telemetry import note_refusal
from qms_graphql.graph.running.answers import fault_of


class Refused(Exception):
    """An HTTP request that is refused before anything is executed."""

    def __init__(self, status: int, code: ErrorCode, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


async def guarded(answer: Awaitable[Response]) -> Response:
    """The answer of an endpoint, or what is said instead of it."""
    try:
        return await answer
    except Refused as no:
        note_refusal(no.code.value)
        body = {"errors": [{"message": no.message, "extensions": {"code": no.code.value}}]}
        return JsonBytes(orjson.dumps(body), no.status, JSON, no.headers)
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception as error:  # noqa: BLE001 - the last wall: nothing internal may leave
        status = 503 if unreachable(error) else 500
        return JsonBytes(orjson.dumps({"errors": [fault_of(error)]}), status, JSON)


def refused(_request: Request, error: Exception) -> Response:
    """There is no such path, or it does not take the method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for no other
    code = ErrorCode.NOT_FOUND if error.status_code == 404 else ErrorCode.BAD_USER_INPUT
    body = {"errors": [{"message": error.detail, "extensions": {"code": code.value}}]}
    return JsonBytes(orjson.dumps(body), error.status_code, JSON, error.headers)


def faulty(_request: Request, error: Exception) -> Response:
    """A fault of ours, masked; the log has the rest."""
    return JsonBytes(orjson.dumps({"errors": [fault_of(error)]}), 500, JSON)
