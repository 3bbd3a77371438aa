"""SQLite: its connections, and what they need to keep the product's promises."""

import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from math import inf
from time import monotonic
from typing import Any
from uuid import UUID

import aiosqlite
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from qms_graphql.base.reader import READ_SECONDS, TookTooLong
from qms_graphql.base.settings import Settings

BUSY_MS = 5000
"""How long SQLite waits for another writer."""
_STEPS = 5_000
"""A short statement takes at most twice as many steps of SQLite's machine, about a millisecond."""
_ENDED = 2
"""At which count of so many steps a statement is ended."""
_MOST_LONG = 1024
"""How many statements are remembered as long ones."""


class ShortStatements:
    """Reads in the thread that asks, as long as the statement is short.

    To hand it to the connection's own thread and take its rows back costs more processor time than a short statement
    does. SQLite counts the steps: a statement that takes too many is ended, and runs in the connection's thread from
    then on, so that the event loop is never held for long.
    """

    def __init__(self) -> None:
        self._long: OrderedDict[str, None] = OrderedDict()
        self._counted = 0

    def rows(self, connection: sqlite3.Connection, sql: str, arguments: Sequence[Any]) -> list[Any] | None:
        """All rows; None if the statement is a long one. Nobody else may be using the connection."""
        if sql in self._long:
            return None
        self._counted = 0
        connection.set_progress_handler(self._too_many, _STEPS)
        try:
            return connection.execute(sql, arguments).fetchall()
        except sqlite3.OperationalError:
            if self._counted < _ENDED:
                raise
            self._long[sql] = None
            if len(self._long) > _MOST_LONG:
                self._long.popitem(last=False)
            return None
        finally:
            connection.set_progress_handler(None, 0)

    def _too_many(self) -> bool:
        # SQLite counts on from the last time it ran the same statement: only the second call is _STEPS after the first.
        self._counted += 1
        return self._counted == _ENDED


class SqliteDriver:
    """One connection of aiosqlite.

    With ``short`` it is one that reads: short statements without its thread, and none for too long.
    """

    closed = False
    _deadline = inf

    def __init__(self, connection: aiosqlite.Connection, short: ShortStatements | None = None) -> None:
        self._connection = connection
        # aiosqlite gives what it wraps to nobody.
        self._below: sqlite3.Connection = connection._conn  # noqa: SLF001
        self._short = short

    async def value(self, sql: str, arguments: Sequence[Any]) -> Any:
        """The first column of the first row; None if there is no row."""
        rows = await self.lines(sql, arguments)
        return rows[0][0] if rows else None

    async def lines(self, sql: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows."""
        if self._short is not None:
            rows = self._short.rows(self._below, sql, arguments)
            if rows is not None:
                return rows
        self.start_clock()
        try:
            found: Any = await self._connection.execute_fetchall(sql, arguments)
        except sqlite3.OperationalError as error:
            if self._late():
                raise TookTooLong from error
            raise
        self.stop_clock()
        return list(found)

    def start_clock(self) -> None:
        """Have the statement that begins ended when it takes too long."""
        if self._short is not None:
            self._deadline = monotonic() + READ_SECONDS
            self._below.set_progress_handler(self._late, _STEPS)

    def stop_clock(self) -> None:
        """The statement has ended. One that was given up has not: its clock goes on."""
        self._deadline = inf

    def ended_by_clock(self, error: DBAPIError) -> bool:
        """Whether a statement of SQLAlchemy's took too long."""
        return self._late() and "interrupted" in str(error.orig)

    def _late(self) -> bool:
        return monotonic() > self._deadline

    async def insert(self, sql: str, columns: Sequence[Sequence[Any]]) -> None:
        """Run an INSERT for many rows, given column by column."""
        await self._connection.executemany(sql, zip(*columns, strict=True))

    async def see(self, organization_id: UUID) -> None:
        """Nothing: statements say themselves which organization they mean."""

    async def begin_snapshot(self) -> None:
        """See one moment from the first statement on."""
        await self.lines("BEGIN", ())

    async def end_snapshot(self) -> None:
        """End what ``begin_snapshot`` began."""
        await self.lines("COMMIT", ())


class _Connection(sqlite3.Connection):
    """Gives its lock back when it is closed.

    A cursor that somebody still holds, such as the frame of a cancelled request, keeps a closed connection alive within
    SQLite, together with its transaction: no other writer would get in.
    """

    def close(self) -> None:
        if self.in_transaction:
            self.rollback()
        super().close()


def engine(settings: Settings, size: int, *, read_only: bool) -> AsyncEngine:
    """At most ``size`` connections, each with its thread."""
    made = create_async_engine(
        settings.url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        connect_args={"factory": _Connection, "check_same_thread": False},
    )

    def configure(dbapi_connection: Any, _record: object) -> None:
        # Transactions are begun by us: deferred ones fail with BUSY in the middle when two writers meet.
        dbapi_connection.isolation_level = None
        dbapi_connection.create_function("qms_fold", 1, _fold, deterministic=True)
        cursor = dbapi_connection.cursor()
        # FULL: with NORMAL an acknowledged write can be lost in a power cut.
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # What is deleted is overwritten: it may be a person's.
            "secure_delete=ON",
            "temp_store=MEMORY",
            "cache_size=-32768",
            f"query_only={'ON' if read_only else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(made.sync_engine, "connect", configure)
    if not read_only:
        event.listen(made.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return made


def _fold(text: str | None) -> str | None:
    return text.lower() if isinstance(text, str) else text
