"""PostgreSQL: its connections, and what they need to keep the product's promises."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from qms_graphql.base.reader import DOOR, READ_SECONDS, TookTooLong
from qms_graphql.base.settings import Settings

APPLICATION_ROLE = "qms_app"
"""The role the server works as: neither owner nor superuser, so row-level security holds for it."""
LOCK_TIMEOUT_MS = 2000
_LONG = 15 * 1024
"""Characters. Statements beyond it asyncpg does not keep: they would be planned anew each time, for longer than they
run."""
_MOST_LONG = 8
"""How many of them a connection keeps: each takes PostgreSQL some 80 times its length in memory."""


class PostgresqlDriver:
    """One connection of asyncpg, with its last long statements and their plans."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._long: OrderedDict[str, Any] = OrderedDict()

    @property
    def closed(self) -> bool:
        """Whether it broke, or was ended by the database."""
        return self._connection.is_closed()

    async def value(self, sql: str, arguments: Sequence[Any]) -> Any:
        """The first column of the first row; None if there is no row."""
        try:
            if len(sql) > _LONG:
                return await (await self._prepared(sql)).fetchval(*arguments)
            return await self._connection.fetchval(sql, *arguments)
        except asyncpg.QueryCanceledError as error:
            raise TookTooLong from error

    async def lines(self, sql: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows."""
        try:
            return [tuple(row) for row in await self._connection.fetch(sql, *arguments)]
        except asyncpg.QueryCanceledError as error:
            raise TookTooLong from error

    async def insert(self, sql: str, columns: Sequence[Sequence[Any]]) -> None:
        """Run an INSERT for many rows, given column by column."""
        await self._connection.execute(sql, *columns)

    async def limit_reads(self) -> None:
        """Have the database end what takes too long."""
        await self._connection.execute(f"SET statement_timeout = {READ_SECONDS * 1000:.0f}")

    def start_clock(self) -> None:
        """Nothing: the database has the clock."""

    def stop_clock(self) -> None:
        """Nothing, as with ``start_clock``."""

    def ended_by_clock(self, error: DBAPIError) -> bool:
        """Whether a statement of SQLAlchemy's took too long."""
        return getattr(error.orig, "sqlstate", None) == asyncpg.QueryCanceledError.sqlstate

    async def see(self, organization_id: UUID) -> None:
        """See one organization from now on."""
        await self._connection.execute(f"SET app.organization = '{organization_id}'")

    async def begin_snapshot(self) -> None:
        """See one moment from now on."""
        await self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    async def end_snapshot(self) -> None:
        """End what ``begin_snapshot`` began."""
        await self._connection.execute("COMMIT")

    async def _prepared(self, sql: str) -> Any:
        statement = self._long.get(sql)
        if statement is None:
            statement = self._long[sql] = await self._connection.prepare(sql)
            if len(self._long) > _MOST_LONG:
                self._long.popitem(last=False)
        self._long.move_to_end(sql)
        return statement


def engine(settings: Settings) -> AsyncEngine:
    """The connections, for reading and for writing."""
    return create_async_engine(
        settings.url,
        pool_size=settings.database_pool * 2 + DOOR,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        connect_args={
            "timeout": 5,
            # After the database's own limit, which says what it was.
            "command_timeout": 65,
            "server_settings": {
                "application_name": "qms",
                "role": APPLICATION_ROLE,
                "TimeZone": "UTC",
                "DateStyle": "ISO, YMD",
                # Statements are short; compiling them to machine code costs more than it saves.
                "jit": "off",
                # Where a server process died, what it asked for must end too.
                "statement_timeout": "60s",
                "idle_in_transaction_session_timeout": "60s",
            },
        },
    )
