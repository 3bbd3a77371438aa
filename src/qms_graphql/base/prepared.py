"""Selects that are run again and again: rendered once, and read on the bare driver connection."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.sql import Select

from qms_graphql.base.reader import Reader

Process = Callable[[Any], Any]
_NUMERIC = 1700
"""PostgreSQL's number for decimals: of all types only they ask what the driver gives."""


@dataclass(frozen=True, slots=True)
class _Rendered:
    """A select for one dialect: its text, and what turns values into the driver's form and back."""

    sql: str
    constants: Mapping[str, Any]
    parameters: list[tuple[str, Process | None]]
    columns: list[tuple[str, Process | None]]


class Prepared:
    """A select with named parameters. To run a small one takes SQLAlchemy as long as it takes the database."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._for = cache(self._render)

    async def rows(self, reader: Reader, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All rows, with Python values."""
        rendered = self._for(reader.dialect)
        values = {**rendered.constants, **given}
        arguments = [process(values[name]) if process else values[name] for name, process in rendered.parameters]
        return [
            {
                name: process(value) if process else value
                for (name, process), value in zip(rendered.columns, line, strict=True)
            }
            for line in await reader.lines(rendered.sql, arguments)
        ]

    def _render(self, dialect: Dialect) -> _Rendered:
        compiled = self._statement.compile(dialect=dialect)
        return _Rendered(
            sql=str(compiled),
            constants={name: bound.value for name, bound in compiled.binds.items() if not bound.required},
            parameters=[
                (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
                for name in compiled.positiontup or ()
            ],
            columns=[
                (name, column.type.dialect_impl(dialect).result_processor(dialect, _NUMERIC))
                for name, column in self._statement.selected_columns.items()
            ],
        )
