"""Looks at what is sent to the database, without a change to it, and holds it against what it was."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from qms_graphql.base.database import Database
from qms_graphql.base.reader import Reader
from qms_graphql.people.identity import Doorkeeper

UPDATE = bool(os.environ.get("QMS_UPDATE_SNAPSHOTS"))


def as_it_was(path: Path, found: str) -> None:
    """A snapshot, which QMS_UPDATE_SNAPSHOTS=1 writes anew."""
    if UPDATE:
        path.write_text(found)
    assert path.read_text() == found, "It is another one. If it should: QMS_UPDATE_SNAPSHOTS=1, and read the diff."


@contextmanager
def all_statements(database: Database) -> Iterator[list[str]]:
    """The SQL of whatever runs within the block, in order, what is written too.

    Without a transaction's settings, and without what wakes other processes: that runs beside what follows.
    """
    seen: list[str] = []

    @contextmanager
    def watch(sql: str, _arguments: Any) -> Iterator[None]:
        if "set_config(" not in sql and "pg_notify(" not in sql:
            seen.append(sql)
        yield

    database.watch_statements(watch)
    try:
        yield seen
    finally:
        database.watch_statements(None)


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL that readers run within the block, in order; both the engine's statements and ordinary selects.

    Without what wakes other processes: of earlier writes that is sent when there is time. And without what looks a
    token up: that is done when what is known of it has grown old.
    """
    seen: list[str] = []
    value, lines, rows = Reader.value, Reader.lines, Reader.rows
    look_up = vars(Doorkeeper)["_look_up"]
    at_the_door = ContextVar("at_the_door", default=False)

    async def watched_look_up(self: Doorkeeper, *given: Any) -> Any:
        # It is a task of its own, so nobody else sees this.
        at_the_door.set(True)
        return await look_up(self, *given)

    async def watched_value(self: Reader, sql: str, arguments: Any) -> Any:
        if "pg_notify(" not in sql:
            seen.append(sql)
        return await value(self, sql, arguments)

    async def watched_lines(self: Reader, sql: str, arguments: Any) -> Any:
        if not at_the_door.get():
            seen.append(sql)
        return await lines(self, sql, arguments)

    async def watched_rows(self: Reader, statement: Any, parameters: Any = None) -> Any:
        sql = str(statement.compile(dialect=self.dialect))
        if "pg_notify(" not in sql and not at_the_door.get():
            seen.append(sql)
        return await rows(self, statement, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(Doorkeeper, "_look_up", watched_look_up)
        patch.setattr(Reader, "value", watched_value)
        patch.setattr(Reader, "lines", watched_lines)
        patch.setattr(Reader, "rows", watched_rows)
        yield seen
