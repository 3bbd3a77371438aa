"""One connection that reads, whichever database it is of."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from qms_graphql.base.errors import ErrorCode, Refusal

T = TypeVar("T")

Watch = Callable[[str, Any], AbstractContextManager[Any]]
"""Surrounds a statement while it runs; is given its text and its parameters."""
UNWATCHED = nullcontext()
DOOR = 2
"""How many connections are for who comes in and for how the server is: they do not wait for what others read."""
READ_SECONDS = 15.0
"""How long a statement of a reading connection may take."""


class TookTooLong(Refusal):
    """A statement was ended because it took too long: asking again would only take as long again."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.TOO_COSTLY, f"This takes the database more than {READ_SECONDS:.0f} s; ask for less.")


class Driver(Protocol):
    """What a database's own connection does, below SQLAlchemy. Where it reads, it raises ``TookTooLong``."""

    @property
    def closed(self) -> bool:
        """Whether it broke, or was ended by the database."""
        ...

    async def value(self, sql: str, arguments: Sequence[Any]) -> Any:
        """The first column of the first row; None if there is no row."""
        ...

    async def lines(self, sql: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows."""
        ...

    async def insert(self, sql: str, columns: Sequence[Sequence[Any]]) -> None:
        """Run an INSERT for many rows, given column by column."""
        ...

    def start_clock(self) -> None:
        """A statement begins, which SQLAlchemy runs."""
        ...

    def stop_clock(self) -> None:
        """It has ended."""
        ...

    def ended_by_clock(self, error: DBAPIError) -> bool:
        """Whether such a statement took too long."""
        ...

    async def see(self, organization_id: UUID) -> None:
        """See one organization from now on."""
        ...

    async def begin_snapshot(self) -> None:
        """See one moment from now on, until ``end_snapshot``."""
        ...

    async def end_snapshot(self) -> None:
        """End what ``begin_snapshot`` began."""
        ...


class Reader:
    """One connection that reads: statements the engine rendered, or ordinary selects."""

    def __init__(self, connection: AsyncConnection, driver: Driver, watch: Watch | None = None) -> None:
        self.connection = connection
        self._driver = driver
        self._watch = watch
        # Fields of one operation ask side by side, but a connection answers one at a time.
        self._turn = asyncio.Lock()
        self.statements = 0
        self.seconds = 0.0
        """How long they took."""

    @property
    def dialect(self) -> Dialect:
        """The database's dialect, to render statements for."""
        return self.connection.dialect

    async def value(self, sql: str, arguments: Sequence[Any]) -> Any:
        """The first column of the first row of an already rendered statement, on the bare driver connection."""
        return await self._run(self._driver.value, sql, arguments)

    async def lines(self, sql: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows of an already rendered statement, as the driver gives them."""
        return await self._run(self._driver.lines, sql, arguments)

    async def rows(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """All rows of a select, with Python values."""
        async with self._turn:
            self.statements += 1
            self._driver.start_clock()
            began = perf_counter()
            try:
                found = await self.connection.execute(statement, parameters or {})
            except DBAPIError as error:
                if self._driver.ended_by_clock(error):
                    raise TookTooLong from error
                raise
            finally:
                self.seconds += perf_counter() - began
            self._driver.stop_clock()
        # Plain dictionaries: a batch reads each value several times, and SQLAlchemy's mappings are slow at that.
        names = tuple(found.keys())
        return [dict(zip(names, row, strict=True)) for row in found]

    async def insert(self, sql: str, columns: Sequence[Sequence[Any]]) -> None:
        """Run a rendered INSERT for many rows, given column by column, inside the connection's transaction."""
        await self._run(self._driver.insert, sql, columns)

    async def _run(self, run: Callable[[str, Sequence[Any]], Awaitable[T]], sql: str, given: Sequence[Any]) -> T:
        async with self._turn:
            self.statements += 1
            began = perf_counter()
            try:
                with self._watch(sql, given) if self._watch else UNWATCHED:
                    return await run(sql, given)
            finally:
                self.seconds += perf_counter() - began
