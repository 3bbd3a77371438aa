"""Connections to the two databases, and what each of them needs to keep the product's promises."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import event, func, select
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import QueuePool

from qms_graphql.base import postgresql, sqlite
from qms_graphql.base.errors import ErrorCode, Refusal, SetupError
from qms_graphql.base.postgresql import PostgresqlDriver
from qms_graphql.base.reader import DOOR, UNWATCHED, Driver, Reader, TookTooLong, Watch
from qms_graphql.base.settings import Settings
from qms_graphql.base.sqlite import ShortStatements, SqliteDriver

T = TypeVar("T")

_RETRYABLE_STATES = frozenset({"40001", "40P01", "55P03"})
_ATTEMPTS = 6
_NOBODY = UUID(int=0)


class Database:
    """The writer and the readers of one database. Close it when done."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.on_sqlite = settings.on_sqlite
        self._writer = sqlite.engine(settings, 1, read_only=False) if self.on_sqlite else postgresql.engine(settings)
        self._readers = (
            sqlite.engine(settings, settings.database_pool + DOOR, read_only=True) if self.on_sqlite else self._writer
        )
        self._short = ShortStatements()
        self._idle: list[tuple[AsyncConnection, Driver, UUID | None]] = []
        self._permits = asyncio.Semaphore(settings.database_pool)
        self._door = asyncio.Semaphore(DOOR)
        self.listeners: list[Callable[[UUID], None]] = []
        """Called with the organization after each commit that wrote events."""
        self.watch: Watch | None = None
        self._core_watched = False

    @property
    def dialect(self) -> Dialect:
        """The database's dialect."""
        return self._writer.dialect

    @asynccontextmanager
    async def reading(
        self, organization_id: UUID, *, snapshot: bool = False, at_the_door: bool = False
    ) -> AsyncIterator[Reader]:
        """A connection that sees one organization. With ``snapshot`` all its statements see the same moment.

        ``at_the_door`` does not wait for what others read.
        """
        async with self._door if at_the_door else self._permits:
            connection: AsyncConnection | None = None
            try:
                connection, driver, bound = await self._take(organization_id)
                if bound != organization_id:
                    # Never trust what a connection had: it may have served another organization.
                    await driver.see(organization_id)
                if snapshot:
                    await driver.begin_snapshot()
                yield Reader(connection, driver, self.watch)
                if snapshot:
                    await driver.end_snapshot()
            except BaseException:
                # Whatever broke or was cancelled: a connection in the middle of something serves nobody else.
                if connection is not None:
                    await _discard(connection)
                raise
            self._idle.append((connection, driver, organization_id))

    async def _take(self, organization_id: UUID) -> tuple[AsyncConnection, Driver, UUID | None]:
        while self._idle:
            # One that sees the organization already, if there is one; the last used, so that few are kept busy.
            places = range(len(self._idle) - 1, -1, -1)
            place = next((place for place in places if self._idle[place][2] == organization_id), 0)
            connection, driver, bound = self._idle.pop(place)
            if not driver.closed:
                return connection, driver, bound
            await _discard(connection)
        connection = await self._readers.connect()
        if not self.on_sqlite:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
        driver = await self.driver(connection, self._short)
        if isinstance(driver, PostgresqlDriver):
            await driver.limit_reads()
        return connection, driver, None

    async def driver(self, connection: AsyncConnection, short: ShortStatements | None = None) -> Driver:
        """The database's own connection below one of SQLAlchemy's."""
        below: Any = (await connection.get_raw_connection()).driver_connection
        return SqliteDriver(below, short) if self.on_sqlite else PostgresqlDriver(below)

    @asynccontextmanager
    async def begin(self, organization_id: UUID | None) -> AsyncIterator[AsyncConnection]:
        """One write transaction: committed at the end, rolled back on any exception."""
        async with self._writer.begin() as connection:
            if not self.on_sqlite:
                await connection.exec_driver_sql(
                    f"SELECT set_config('app.organization', '{organization_id or ''}', true),"
                    f" set_config('lock_timeout', '{postgresql.LOCK_TIMEOUT_MS}', true)"
                )
            yield connection

    @asynccontextmanager
    async def looking_up(self, setting: str, value: str) -> AsyncIterator[Reader]:
        """A connection that sees what the presented value opens: a token by its id, an organization by its name."""
        if self.on_sqlite:
            async with self.reading(_NOBODY, at_the_door=True) as reader:
                yield reader
            return
        async with self._writer.begin() as connection:
            await connection.execute(select(func.set_config(setting, value, True)))
            yield Reader(connection, await self.driver(connection), self.watch)

    async def listen(self, channel: str, heard: Callable[[str], None]) -> None:
        """Listen to a channel of PostgreSQL on a connection of its own, until that breaks."""
        async with self._writer.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.add_listener(channel, lambda _connection, _pid, _channel, payload: heard(payload))
            while not driver.is_closed():
                await asyncio.sleep(5)
                await driver.execute("SELECT 1")

    async def retrying(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run ``work`` (a whole transaction), again with jitter when the database asks for it."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await work()
            except (DBAPIError, asyncpg.PostgresError, sqlite3.OperationalError) as error:
                if not _worth_repeating(error):
                    raise
                if attempt == _ATTEMPTS:
                    raise Refusal(ErrorCode.CONFLICT, "Other requests hold what this one needs; try again.") from error
                await asyncio.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311
        raise AssertionError("unreachable")

    def watch_statements(self, watch: Watch | None) -> None:
        """Have every statement surrounded from now on; None: no longer."""
        if watch is not None and not self._core_watched:
            self._core_watched = True
            for engine in {self._writer, self._readers}:
                _watch_core(engine.sync_engine, lambda: self.watch)
        self.watch = watch

    def connections(self) -> tuple[int, int]:
        """How many connections are at work, and how many wait for it."""
        engines = {self._writer, self._readers}
        taken = sum(engine.pool.checkedout() for engine in engines if isinstance(engine.pool, QueuePool))
        return taken - len(self._idle), len(self._idle)

    def announce(self, organization_id: UUID) -> None:
        """Tell the listeners that an organization has new events."""
        for listener in self.listeners:
            listener(organization_id)

    async def close(self) -> None:
        """Give all connections back."""
        while self._idle:
            await _discard(self._idle.pop()[0])
        await self._writer.dispose()
        if self._readers is not self._writer:
            await self._readers.dispose()


async def _discard(connection: AsyncConnection) -> None:
    await connection.invalidate()
    await connection.close()


def _watch_core(engine: Engine, watching: Callable[[], Watch | None]) -> None:
    """The statements that SQLAlchemy runs itself; readers watch those on the bare driver."""

    @event.listens_for(engine, "before_cursor_execute")
    def begun(_connection: Any, _cursor: Any, sql: str, parameters: Any, context: Any, _many: bool) -> None:
        watch = watching()
        context.watched = watch(sql, parameters) if watch is not None else UNWATCHED
        context.watched.__enter__()

    @event.listens_for(engine, "after_cursor_execute")
    def ended(_connection: Any, _cursor: Any, _sql: str, _parameters: Any, context: Any, _many: bool) -> None:
        context.watched.__exit__(None, None, None)

    @event.listens_for(engine, "handle_error")
    def failed(context: Any) -> None:
        watched = getattr(context.execution_context, "watched", None)
        if watched is not None:
            error = context.original_exception
            # What surrounds it sees the error and lets it pass.
            with suppress(type(error)):
                watched.__exit__(type(error), error, error.__traceback__)


def _worth_repeating(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) in _RETRYABLE_STATES or "database is locked" in str(cause)


def unreachable(error: BaseException) -> bool:
    """Whether the database could not be reached at all (as against refusing what was asked)."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or unreachable(error.__cause__ or error.orig or ConnectionError())
    return isinstance(
        error,
        OSError
        | asyncpg.TooManyConnectionsError
        | asyncpg.CannotConnectNowError
        | asyncpg.ConnectionDoesNotExistError
        | asyncpg.InterfaceError,
    )


def timed_out(error: BaseException) -> bool:
    """Whether a statement took too long: asking again would only take as long again."""
    return isinstance(error, TookTooLong | TimeoutError)


def why_unusable(error: BaseException) -> str | None:
    """In plain words why the database could not be used at all; None if ``error`` is about something else."""
    if unreachable(error):
        return "The database is unreachable; check QMS_DATABASE_URL and that it runs."
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and isinstance(error.orig, BaseException) and error.orig.__cause__ is not None:
        cause = error.orig.__cause__
    if isinstance(cause, sqlite3.DatabaseError):
        said = str(cause)
        if "locked" in said:
            return "The database is busy: another process is writing to it. Try again."
        if "unable to open" in said or "not a database" in said or "readonly" in said:
            return f"The database file cannot be used ({said}); check QMS_DATABASE_URL."
    if isinstance(cause, asyncpg.InvalidAuthorizationSpecificationError | asyncpg.InvalidCatalogNameError):
        return f"The database refused the connection ({cause}); check QMS_DATABASE_URL."
    return None


def check_folder(settings: Settings) -> None:
    """Raise ``SetupError`` if an SQLite file has no folder to be in.

    It is asked before the driver's thread is started: that would outlive the failure and complain.
    """
    if settings.on_sqlite and settings.url.database and not Path(settings.url.database).absolute().parent.is_dir():
        raise SetupError(f"The folder of {settings.url.database} does not exist; check QMS_DATABASE_URL.")


_NOT_MIGRATED = "The database is not migrated: run `qms migrate` first, or check QMS_DATABASE_URL."


async def check_reachable(database: Database) -> None:
    """Raise ``SetupError`` in plain words if the database cannot be used."""
    check_folder(database.settings)
    try:
        async with database.reading(_NOBODY, at_the_door=True) as reader:
            await reader.value("SELECT secret_fingerprint FROM installation", [])
    except (DBAPIError, OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise SetupError(why_unusable(error) or _NOT_MIGRATED) from error
