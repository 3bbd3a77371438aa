"""What rooms contribute to the facts of a record, on which the guards of its machine decide.

A room above may know what the room of the record cannot: that a complaint has a nonconformity, that an action came of
it. It says so as an SQL expression over the record's row; all facts of a page of records are read by one statement.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, select

from qms_graphql.base.columns import Record
from qms_graphql.base.database import Reader
from qms_graphql.base.machines import NOW
from qms_graphql.base.sets import within

Expression = Callable[[Any], ColumnElement[Any]]
Gather = Callable[[Reader, Sequence[Mapping[str, Any]]], Awaitable[Sequence[Mapping[str, Any]]]]
_EXPRESSIONS: dict[type[Record], dict[str, Expression]] = {}
_GATHERED: dict[type[Record], list[Gather]] = {}


def fact(model: type[Record]) -> Callable[[Expression], Expression]:
    """Contribute a fact in SQL: ``def name(row) -> expression`` gets the row's columns. Its name is the fact's."""

    def note(expression: Expression) -> Expression:
        _EXPRESSIONS.setdefault(model, {})[expression.__name__] = expression
        return expression

    return note


def gathered(model: type[Record]) -> Callable[[Gather], Gather]:
    """Contribute facts that Python computes, for all records at once: ``async def f(reader, rows) -> [facts of each]``.

    For what SQL cannot say. ``rows`` hold the columns and the facts in SQL.
    """

    def note(gather: Gather) -> Gather:
        _GATHERED.setdefault(model, []).append(gather)
        return gather

    return note


@cache
def _built(table: FromClause, name: str, make: Expression) -> ColumnElement[Any]:
    """A fact of a table's rows in SQL, built once: to build it for each request takes longer than to read it."""
    return make(table.c).label(name)


async def facts_of(
    reader: Reader, model: type[Record], organization_id: UUID, ids: Iterable[UUID], now: datetime
) -> dict[UUID, dict[str, Any]]:
    """The columns and all contributed facts of the records with these ids: one statement, and what Python gathers.

    The moment is a fact too (``machines.NOW``).
    """
    table = model.__table__
    expressions = (_built(table, name, make) for name, make in _EXPRESSIONS.get(model, {}).items())
    found = await reader.rows(
        select(*table.columns, *expressions).where(
            table.c.organization_id == organization_id, within(table.c.id, set(ids), reader.dialect)
        )
    )
    rows = [dict(row) | {NOW: now} for row in found]
    for gather in _GATHERED.get(model, ()):
        for row, more in zip(rows, await gather(reader, rows), strict=True):
            row |= more
    return {row["id"]: row for row in rows}
