"""What SQLite's planner is told of the tables, so that it takes the right index before anybody has analysed them.

Without statistics it takes an organization for ten rows, and reads all of it in the order asked for instead of the few
rows of one customer. Figures measured on a small database would mislead it in the same way later. So each index gets
the figures of a large organization, worked out from its columns.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

_ROWS = 1_000_000
_PER_LINK = 20
"""Rows that name the same record."""
_PER_VALUE = 2
"""Rows that share a moment, a number, a text."""
_CHOICES = 8
"""How many parts a status, a kind, a system divides the rows into."""
_FEW = ("BOOLEAN", "VARCHAR(40)")
"""The types of columns with few different values."""


def seed_statistics(connection: Connection) -> None:
    """Write the figures of all indexes that begin with the organization."""
    # Makes the table of statistics if there is none; this one has one row.
    connection.execute(text("ANALYZE alembic_version"))
    tables = connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'")).scalars().all()
    for table in tables:
        types = {row[1]: row[2] for row in connection.execute(text(f'PRAGMA table_info("{table}")'))}
        for _, index, unique, *_ in connection.execute(text(f'PRAGMA index_list("{table}")')).all():
            columns = [row[2] for row in connection.execute(text(f'PRAGMA index_info("{index}")'))]
            if columns[0] != "organization_id":
                continue
            figures = _figures(columns, types, unique=bool(unique))
            connection.execute(
                text("DELETE FROM sqlite_stat1 WHERE tbl = :table AND idx = :index"), {"table": table, "index": index}
            )
            connection.execute(
                text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :stat)"),
                {"table": table, "index": index, "stat": " ".join(map(str, figures))},
            )


def _figures(columns: Sequence[str], types: dict[str, str], *, unique: bool) -> list[int]:
    """The rows of the table, then how many share the first column's value, the first two columns' values, and so on."""
    figures = [_ROWS, 1 if unique and len(columns) == 1 else _ROWS]
    for place, name in enumerate(columns[1:], start=1):
        before = figures[-1]
        if name == "id" or (unique and place == len(columns) - 1):
            figures.append(1)
        elif name.endswith("_id"):
            figures.append(min(before, _PER_LINK))
        elif unique or types[name] in _FEW:
            figures.append(max(1, before // _CHOICES))
        else:
            figures.append(min(before, _PER_VALUE))
    return figures
