"""What rooms contribute to the facts of a record, on which the guards of its machine decide.

A room above may know what the room of the record cannot: that a complaint has a nonconformity, that an action came of
it. It says so as an SQL expression over the record's row; all facts of a page of records are read by one statement.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from inspect import signature
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.engine import Dialect

from qms_graphql.base.columns import Record, Timestamp
from qms_graphql.base.machines import NOW
from qms_graphql.base.prepared import Prepared
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import among, list_parameter

Expression = Callable[..., ColumnElement[Any]]
Gather = Callable[[Reader, Sequence[Mapping[str, Any]]], Awaitable[Sequence[Mapping[str, Any]]]]
_EXPRESSIONS: dict[type[Record], dict[str, Expression]] = {}
_GATHERED: dict[type[Record], list[Gather]] = {}
_SELECTS: dict[tuple[type[Record], str, frozenset[str] | None], Prepared] = {}


def fact(model: type[Record]) -> Callable[[Expression], Expression]:
    """Contribute a fact in SQL: ``def name(row) -> expression`` gets the row's columns. Its name is the fact's.

    One that has a second parameter gets the moment: records that differ only in times are alike then.
    """

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


def _select(model: type[Record], dialect: Dialect, only: frozenset[str] | None) -> Prepared:
    """What reads facts: to build and to render it for each request takes longer than to read them."""
    key = model, dialect.name, only
    if key not in _SELECTS:
        _SELECTS[key] = _made(model, dialect, only)
    return _SELECTS[key]


def _made(model: type[Record], dialect: Dialect, only: frozenset[str] | None) -> Prepared:
    table = model.__table__
    facts = {name: _expressed(make, table.c).label(name) for name, make in _EXPRESSIONS.get(model, {}).items()}
    wanted = [*table.columns, *facts.values()]
    if only is not None and model not in _GATHERED:
        wanted = [one for one in wanted if one.name in only | {"id", "status"}]
    ids = list_parameter("ids", table.c.id.type, dialect)
    mine = table.c.organization_id == bindparam("organization_id"), among(table.c.id, ids)
    return Prepared(select(*wanted).where(*mine))


def _expressed(make: Expression, row: Any) -> ColumnElement[Any]:
    moment = (bindparam("now", type_=Timestamp),) if len(signature(make).parameters) > 1 else ()
    return make(row, *moment)


async def facts_of(
    reader: Reader,
    model: type[Record],
    organization_id: UUID,
    ids: Iterable[UUID],
    now: datetime,
    only: frozenset[str] | None = None,
) -> dict[UUID, dict[str, Any]]:
    """The columns and all contributed facts of the records with these ids: one statement, and what Python gathers.

    The moment is a fact too (``machines.NOW``). ``only`` names those that are wanted, where Python gathers none.
    """
    given = {"organization_id": organization_id, "ids": list(set(ids)), "now": now}
    rows = await _select(model, reader.dialect, only).rows(reader, given)
    for row in rows:
        row[NOW] = now
    for gather in _GATHERED.get(model, ()):
        for row, more in zip(rows, await gather(reader, rows), strict=True):
            row |= more
    return {row["id"]: row for row in rows}
