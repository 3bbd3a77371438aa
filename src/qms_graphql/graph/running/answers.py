"""Requests and answers, and errors as clients see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson
import structlog
from graphql import GraphQLError

from qms_graphql.base.database import unreachable
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.telemetry import note_refusal
from qms_graphql.graph.requests.budget import Balance
from qms_graphql.graph.running.reading import Deferred

log = structlog.get_logger("qms")


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks."""

    query: str
    """The document; empty if it is only named."""
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    document_id: str | None = None
    """The document's hash, or its id in a list of trusted ones."""


@dataclass(slots=True)
class Answer:
    """What it gets. Without data nothing was executed."""

    shown: Any = None
    """The data, unless it is in ``raw``."""
    errors: list[dict[str, Any]] = field(default_factory=list)
    executed: bool = True
    kind: str = ""
    """query, mutation or subscription; empty if the document could not be read."""
    operation: str | None = None
    """The operation's name."""
    cost: int = 0
    """What it was reckoned to cost before it was executed."""
    balance: Balance | None = None
    """How the caller stands after it."""
    statements: int = 0
    """How many the database ran for it."""
    raw: bytes | None = None
    """The whole JSON, where the database's text went through as it was."""

    @property
    def data(self) -> Any:
        """What was asked for."""
        return self.shown if self.raw is None else orjson.loads(self.raw)["data"]

    def json(self) -> bytes:
        """The response as the GraphQL specification words it; values that became known last are put in here."""
        if self.raw is not None:
            return self.raw
        body: dict[str, Any] = {"errors": self.errors} if self.errors else {}
        if self.executed:
            body["data"] = self.shown
        if self.balance is not None:
            body["extensions"] = {"cost": charged(self.cost, self.balance)}
        return orjson.dumps(body, default=_late)


class Delivery:
    """Answers that are handed over together, in their order. Compared by identity, so that much may be kept by it."""

    __slots__ = ("answers", "bodies", "codes", "executed")

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = answers
        self.bodies = [answer.json() for answer in answers]
        self.codes: list[str] = [error["extensions"]["code"] for answer in answers for error in answer.errors]
        """Of all their errors."""
        self.executed = all(answer.executed for answer in answers)


def charged(cost: int, balance: Balance) -> dict[str, int]:
    """What an answer says of its cost."""
    return {"requested": cost, "limit": balance.limit, "remaining": balance.remaining}


def _late(value: Any) -> Any:
    if isinstance(value, Deferred):
        return value.value
    raise TypeError(type(value).__name__)


def not_executed(errors: Sequence[GraphQLError], cost: int = 0) -> Answer:
    """The answer to a request that is wrong as such."""
    return Answer(errors=[show_error(error) for error in errors], executed=False, cost=cost)


def show_error(error: GraphQLError) -> dict[str, Any]:
    """An error as clients see it: coded, and nothing internal in it."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    message, extensions = error.message, dict(error.extensions or {})
    if isinstance(original, Refusal):
        message, extensions = original.message, {"code": original.code.value}
        if original.field:
            extensions["field"] = list(original.field)
    elif original is not None and not isinstance(original, GraphQLError):
        message, extensions = _mask(original)
    extensions.setdefault("code", ErrorCode.BAD_USER_INPUT.value)
    rows = (error.extensions or {}).get("rows")
    if rows is not None:
        extensions["rows"] = rows
    shown: dict[str, Any] = {"message": message}
    if error.locations:
        shown["locations"] = [{"line": location.line, "column": location.column} for location in error.locations]
    if error.path:
        shown["path"] = list(error.path)
    return shown | {"extensions": extensions}


def fault_of(error: BaseException) -> dict[str, Any]:
    """The masked form of a fault of ours; the log has the rest under the same id."""
    message, extensions = _mask(error)
    note_refusal(extensions["code"])
    return {"message": message, "extensions": extensions}


def _mask(original: BaseException) -> tuple[str, dict[str, Any]]:
    fault = uuid4().hex[:12]
    if unreachable(original):
        log.error("fault", fault=fault, error=type(original).__qualname__, reason="the database is unreachable")
        message = f"The database is not reachable at the moment; try again. (fault {fault})"
    else:
        log.error("fault", fault=fault, exc_info=original)
        message = f"Something went wrong on our side. (fault {fault})"
    return message, {"code": ErrorCode.INTERNAL_SERVER_ERROR.value, "fault": fault}
