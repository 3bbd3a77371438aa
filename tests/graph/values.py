"""Values as the documentation describes them: how they are shown, read, compared and put into cursors."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from graphql import GraphQLError

_GLOBAL_ID = re.compile(r"([a-z][a-z_]{0,40})_([0-9a-f]{32})")


class Wrong(GraphQLError):
    """What a client did wrong."""

    def __init__(self, code: str = "BAD_USER_INPUT", message: str = "wrong") -> None:
        super().__init__(message, extensions={"code": code})


def show_id(table: str, id_: UUID) -> str:
    """The global id: kind and key in one word."""
    return f"{table}_{str(id_).replace('-', '')}"


def read_id(text: str) -> tuple[str, UUID]:
    """Kind and key of a global id."""
    match = _GLOBAL_ID.fullmatch(text)
    if match is None:
        raise Wrong
    return match[1], UUID(match[2])


def show(value: Any, type_name: str) -> Any:
    """A stored value as the answer's JSON has it, for a field of this GraphQL type."""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        fraction = f".{moment.microsecond:06d}".rstrip("0").rstrip(".")
        return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}{fraction}Z"
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, Decimal):
        return plain(value) if type_name == "Decimal" else float(value)
    return value


def plain(value: Decimal) -> str:
    """Digits without exponent and without trailing zeros."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def read(value: Any, comparator: str) -> Any:
    """A filter's value, typed as the field it is compared with."""
    if comparator == "DateTimeComparator":
        return datetime.fromisoformat(value.upper().replace("Z", "+00:00")).astimezone(UTC)
    if comparator in ("DecimalComparator", "FloatComparator"):
        return Decimal(str(value))
    return value


def ordinal(value: Any) -> Any:
    """Something that sorts as the API promises: text by its UTF-8 bytes, false before true."""
    if isinstance(value, Enum):
        return value.name.encode()
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bool):
        return int(value)
    return value.hex if isinstance(value, UUID) else value


def compare(left: Any, right: Any, *, descending: bool) -> int:
    """Which of two values stands first in a list: negative for the left one. Missing values stand last either way."""
    if left is None or right is None:
        return (left is None) - (right is None)
    one, other = ordinal(left), ordinal(right)
    way = (one > other) - (one < other)
    return -way if descending else way


def cursor_part(value: Any) -> str:
    """A value's JSON within a cursor."""
    if isinstance(value, UUID):
        value = value.hex
    elif isinstance(value, Decimal):
        value = plain(value)
    else:
        value = show(value, "")
    return json.dumps(value, ensure_ascii=False)


def cursor_value(part: Any, sample_type: str) -> Any:
    """A cursor's part, typed."""
    if part is None:
        return None
    if sample_type == "ID":
        return UUID(part)
    if sample_type == "DateTime":
        return datetime.fromisoformat(part.replace("Z", "+00:00"))
    return Decimal(part) if sample_type in ("Decimal", "Float") else part
