"""Looks at what the engine sends to the database, without a change to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from qms_graphql.base.database import Reader


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL that readers run within the block, in order; both the engine's statements and ordinary selects."""
    seen: list[str] = []
    value, rows = Reader.value, Reader.rows

    async def watched_value(self: Reader, sql: str, arguments: Any) -> Any:
        seen.append(sql)
        return await value(self, sql, arguments)

    async def watched_rows(self: Reader, statement: Any, parameters: Any = None) -> Any:
        seen.append(str(statement.compile(dialect=self.dialect)))
        return await rows(self, statement, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(Reader, "value", watched_value)
        patch.setattr(Reader, "rows", watched_rows)
        yield seen
