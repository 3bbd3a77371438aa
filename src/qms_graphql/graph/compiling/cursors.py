"""Cursors: the sort key of a row as opaque text, and the condition "after this row" in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Uuid, and_, or_, tuple_, type_coerce
from sqlalchemy.types import Boolean, Text

from qms_graphql.base.columns import Choice, Exact, Timestamp
from qms_graphql.base.drafts import number_problem
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.graph.compiling.dialects import quoted

if TYPE_CHECKING:
    from qms_graphql.graph.compiling.compile import Compiler

_MOST_INT = 2**31 - 1
"""Whole numbers of the API fit into 32 bits."""


@dataclass(frozen=True, slots=True)
class Key:
    """One column of a sort order."""

    name: str
    element: ColumnElement[Any]
    descending: bool
    nullable: bool

    def order(self, *, reverse: bool) -> ColumnElement[Any]:
        """The ORDER BY item; nulls come last (first when the order is reversed)."""
        ordered = self.element.desc() if self.descending != reverse else self.element.asc()
        if not self.nullable:
            # Said aloud, NULLS LAST would keep the index from being used.
            return ordered
        return ordered.nulls_first() if reverse else ordered.nulls_last()


def signature(keys: Sequence[Key]) -> str:
    """Names the order a cursor belongs to: it means nothing in another."""
    return ",".join(f"{'-' if key.descending else ''}{key.name}" for key in keys)


def cursor(compiler: "Compiler", keys: Sequence[Key]) -> ColumnElement[Any]:
    """A row's cursor: its sort key as a JSON array in hexadecimal."""
    text: ColumnElement[Any] = quoted(f'["{signature(keys)}"')
    for key in keys:
        text = text + quoted(",") + type_coerce(compiler.json.text(key.element), Text)
    return compiler.json.hex(text + quoted("]"))


def beyond(
    compiler: "Compiler", keys: Sequence[Key], given: Any, argument: str, *, reverse: bool
) -> ColumnElement[bool]:
    """The condition that a row comes after the cursor ``given`` (before it, if ``reverse``)."""
    name = signature(keys)
    values = [
        compiler.parameters.bind(given, key.element.type, _component(name, index, keys), (argument,))
        for index, key in enumerate(keys)
    ]
    one_way = len({key.descending for key in keys}) == 1 and not any(key.nullable for key in keys)
    if one_way:
        row, limit = tuple_(*(key.element for key in keys)), tuple_(*values)
        return row < limit if keys[0].descending != reverse else row > limit
    choices = []
    for index, key in enumerate(keys):
        same = [
            earlier.element.is_not_distinct_from(value) if earlier.nullable else earlier.element == value
            for earlier, value in zip(keys[:index], values, strict=False)
        ]
        choices.append(and_(*same, _past(key, values[index], reverse=reverse)))
    return or_(*choices)


def _past(key: Key, value: ColumnElement[Any], *, reverse: bool) -> ColumnElement[bool]:
    past = key.element < value if key.descending != reverse else key.element > value
    if not key.nullable:
        return past
    if reverse:
        return or_(past, and_(value.is_(None), key.element.is_not(None)))
    return and_(value.is_not(None), or_(past, key.element.is_(None)))


def _component(name: str, index: int, keys: Sequence[Key]) -> Any:
    key = keys[index]

    def read(text: str) -> Any:
        try:
            parts = orjson.loads(bytes.fromhex(text))
            if not isinstance(parts, list) or parts[0] != name or len(parts) != len(keys) + 1:
                raise ValueError(name)
            if parts[index + 1] is None and not key.nullable:
                raise ValueError(name)
            return _typed(parts[index + 1], key.element.type)
        except (ValueError, IndexError, TypeError, AttributeError, ArithmeticError):
            raise Refusal(ErrorCode.BAD_USER_INPUT, "This is not a cursor of this list in this order.") from None

    return read


def _typed(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Timestamp):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)
    if isinstance(kind, Exact):
        if number_problem(Decimal(value), None, None) is not None:
            raise ValueError(value)
        return Decimal(value)
    if isinstance(kind, Uuid):
        return UUID(hex=value)
    if isinstance(kind, Choice):
        return kind.choices(value)
    expected: type = bool if isinstance(kind, Boolean) else int if kind.python_type is int else str
    if type(value) is not expected or (isinstance(value, str) and "\x00" in value):
        raise TypeError(value)
    if isinstance(value, int) and abs(value) > _MOST_INT:
        raise ValueError(value)
    return value
