"""Many rows into one table: one statement, values turned into the driver's form column by column."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.engine import Dialect

from qms_graphql.base.reader import Reader

Process = Callable[[Any], Any]


async def insert_rows(reader: Reader, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns, on the bare driver connection of a transaction.

    SQLAlchemy's ``executemany`` looks at every value of every row with several calls; in a batch of a thousand that
    was a third of the time.
    """
    if not rows:
        return
    names = tuple(rows[0])
    sql, processes = _statement(table, names, reader.dialect)
    columns = [_column([row[name] for row in rows], process) for name, process in zip(names, processes, strict=True)]
    await reader.insert(sql, columns)


def _column(values: list[Any], process: Process | None) -> list[Any]:
    """Values in the driver's form. What rows in a row hold alike, as the parts of one record do, is turned once."""
    if process is None:
        return values
    before, turned, column = None, None, []
    for value in values:
        if value is not before:
            before, turned = value, None if value is None else process(value)
        column.append(turned)
    return column


@lru_cache(maxsize=256)
def _statement(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, list[Process | None]]:
    quote = dialect.identifier_preparer.quote
    kinds = [table.columns[name].type.dialect_impl(dialect) for name in names]
    listed = ", ".join(quote(name) for name in names)
    if dialect.name == "sqlite":
        values = f"VALUES ({', '.join('?' * len(names))})"
    else:
        types = [kind.compile(dialect).partition(" COLLATE")[0] for kind in kinds]
        values = f"SELECT * FROM unnest({', '.join(f'${n}::{kind}[]' for n, kind in enumerate(types, 1))})"
    return f"INSERT INTO {quote(table.name)} ({listed}) {values}", [kind.bind_processor(dialect) for kind in kinds]
