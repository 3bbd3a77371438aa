"""Scalars of the API, as strict on input as they are plain on output."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.types.scalar import ScalarDefinition

from qms_graphql.base.columns import canonical_json, utc_text

JSON = NewType("JSON", object)
ExternalVersion = NewType("ExternalVersion", object)

_BIGGEST_VERSION = 2**62
_MOST_DIGITS = 400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def show_moment(value: datetime) -> str:
    """ISO 8601 in UTC with ``Z``, without trailing zeros in the fraction: the same text the databases make."""
    return utc_text(value).rstrip("0").rstrip(".") + "Z"


def read_moment(value: Any) -> datetime:
    """An aware time; a naive one is refused, because nobody can know what it means."""
    if not isinstance(value, str) or "T" not in value.upper():
        raise GraphQLError("A time is text in ISO 8601, for example 2026-01-31T09:30:00Z.")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise GraphQLError("A time is text in ISO 8601, for example 2026-01-31T09:30:00Z.") from None
    if moment.tzinfo is None:
        raise GraphQLError("A time needs its offset from UTC, for example 2026-01-31T09:30:00Z.")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise GraphQLError("The time is out of range.") from None


def show_decimal(value: Decimal) -> str:
    """Plain digits without trailing zeros."""
    return format(value.normalize() if value else Decimal(0), "f")


def read_decimal(value: Any) -> Decimal:
    """From text (exact) or a JSON number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise GraphQLError("A decimal is a number, or a number in text.")
    text = str(value).strip()
    if len(text) > _MOST_DIGITS:
        raise GraphQLError(f"A decimal has at most {_MOST_DIGITS} digits.")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise GraphQLError("A decimal is a number, or a number in text.") from None
    if not number.is_finite():
        raise GraphQLError("A decimal must be finite.")
    if not text.isascii() or "_" in text:
        # Python reads these; whoever else reads such a text may read another number.
        raise GraphQLError("A decimal is written with the digits 0 to 9.")
    if abs(number.adjusted()) > _MOST_DIGITS:
        # Written out, 1e999999999 would fill the memory.
        raise GraphQLError("The decimal is out of range.")
    return number


def read_version(value: Any) -> str | int:
    """A version: an aware time, or a whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise GraphQLError("A version is an aware time or a whole number, never an etag.")
    if isinstance(value, int):
        if not 0 <= value < _BIGGEST_VERSION:
            raise GraphQLError("A version number lies between 0 and 2^62.")
        return value
    return show_moment(read_moment(value))


def version_order(version: str | int | None) -> int | None:
    """The version as a number that sorts: itself, or microseconds since 1970."""
    if version is None or isinstance(version, int):
        return version
    return (datetime.fromisoformat(version) - _EPOCH) // timedelta(microseconds=1)


def read_json(value: Any) -> Any:
    """JSON that can be stored: no number of more than 64 bits."""
    try:
        canonical_json(value)
    except TypeError:
        raise GraphQLError("This is not JSON that can be stored.") from None
    return value


def _identity(value: Any) -> Any:
    return value


def _literal(read: Callable[[Any], Any]) -> Callable[..., Any]:
    """How a value in a document is read: what is refused there has its place."""

    def read_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        try:
            return read(value_from_ast_untyped(node, variables))
        except GraphQLError as error:
            raise GraphQLError(error.message, node) from None

    return read_literal


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An aware time in ISO 8601; shown in UTC with `Z`.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=show_moment,
        parse_value=read_moment,
        parse_literal=_literal(read_moment),
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal with at most six places, as text; a JSON number is accepted on input.",
        serialize=show_decimal,
        parse_value=read_decimal,
        parse_literal=_literal(read_decimal),
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value, at most 32 KiB.",
        serialize=_identity,
        parse_value=read_json,
        parse_literal=_literal(read_json),
    ),
    ExternalVersion: strawberry.scalar(
        name="ExternalVersion",
        description="The version of a record in an external system: an aware time in ISO 8601, or a whole number.",
        serialize=_identity,
        parse_value=read_version,
        parse_literal=_literal(read_version),
    ),
}
