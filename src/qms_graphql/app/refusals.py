"""Errors outside of GraphQL, in the form that GraphQL gives them."""

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from qms_graphql.app.headers import JsonBytes
from qms_graphql.app.media import JSON
from qms_graphql.base.errors import ErrorCode
from qms_graphql.graph.answers import fault_of


def refused(_request: Request, error: Exception) -> Response:
    """There is no such path, or it does not take the method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for no other
    code = ErrorCode.NOT_FOUND if error.status_code == 404 else ErrorCode.BAD_USER_INPUT
    body = {"errors": [{"message": error.detail, "extensions": {"code": code.value}}]}
    return JsonBytes(orjson.dumps(body), error.status_code, JSON, error.headers)


def faulty(_request: Request, error: Exception) -> Response:
    """A fault of ours, masked; the log has the rest."""
    return JsonBytes(orjson.dumps({"errors": [fault_of(error)]}), 500, JSON)
