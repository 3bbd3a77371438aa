"""Sets as one parameter: the statement stays the same whatever their size, so both databases keep its plan."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import BindParameter, ColumnElement, Select, String, bindparam, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import Table
from sqlalchemy.types import TypeDecorator, TypeEngine


class JsonList(TypeDecorator[list[Any]]):
    """A list as JSON text, its items in the form the database stores (SQLite has no arrays)."""

    impl = String
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        """Each item as its own column would be bound."""
        process = self.item.dialect_impl(dialect).bind_processor(dialect)
        return orjson.dumps([process(item) if process else item for item in value or ()]).decode()


def among(element: ColumnElement[Any], items: BindParameter[Any]) -> ColumnElement[bool]:
    """Whether ``element`` is one of ``items``, a parameter made by :func:`list_parameter`."""
    if isinstance(items.type, ARRAY):
        # A join with the items, not `= ANY`: without statistics of the table, PostgreSQL uses ANY as a mere filter.
        return element.in_(select(func.unnest(items)))
    each = func.json_each(items).table_valued("value")
    return element.in_(select(each.c.value))


def list_parameter(name: str | None, item: TypeEngine[Any], dialect: Dialect, value: Any = None) -> BindParameter[Any]:
    """One parameter that holds a whole list of ``item``."""
    type_ = JsonList(item) if dialect.name == "sqlite" else ARRAY(item)
    return bindparam(name, value, type_=type_, unique=name is None)


def within(element: ColumnElement[Any], values: Iterable[Any], dialect: Dialect) -> ColumnElement[bool]:
    """Whether ``element`` is one of ``values``."""
    return among(element, list_parameter(None, element.type, dialect, list(values)))


def rows_of(
    table: Table,
    fixed: Mapping[str, Any],
    column: str,
    values: Iterable[Any],
    dialect: Dialect,
    *,
    lock: bool = False,
    share: bool = False,
) -> Select[Any]:
    """The rows with these ``fixed`` columns whose ``column`` is one of ``values``.

    ``lock`` keeps others off them, ``share`` keeps them as they are until the transaction's end.

    On PostgreSQL each value is looked up by the whole key. OFFSET 0 says so: left to itself the planner would, while
    the table has no statistics, read all rows of the fixed part for every statement of a first load.
    """
    same = [table.c[name] == value for name, value in fixed.items()]
    if dialect.name == "sqlite":
        return select(table).where(*same, within(table.c[column], values, dialect))
    items = list_parameter(None, table.c[column].type, dialect, list(values))
    keys = func.unnest(items).table_valued("key").render_derived(name="k")
    found = select(table).where(*same, table.c[column] == keys.c.key).offset(literal_column("0"))
    if lock:
        # Not FOR UPDATE: rows that merely refer to these may be written meanwhile.
        found = found.with_for_update(key_share=True)
    elif share:
        found = found.with_for_update(read=True)
    row = found.lateral("e")
    return select(row).select_from(keys.join(row, true()))


def insert_new(table: Table, dialect: Dialect) -> Any:
    """An INSERT that leaves rows alone whose key is taken."""
    make = sqlite_insert if dialect.name == "sqlite" else postgresql_insert
    return make(table).on_conflict_do_nothing()
