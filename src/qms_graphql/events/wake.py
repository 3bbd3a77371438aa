"""Wake-up calls between worker processes on PostgreSQL: a hint only, the poll finds what a lost one missed."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

from qms_graphql.base.database import Database
from qms_graphql.events.feed import Feed

CHANNEL = "qms_events"
_GATHER_SECONDS = 0.002


class WakeUp:
    """Tells other processes after a commit, and listens to them. Nothing to do on SQLite: there is one process."""

    def __init__(self, database: Database, feed: Feed) -> None:
        self._database = database
        self._feed = feed
        self._pending: set[UUID] = set()
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to call and to listen."""
        if self._database.on_sqlite:
            return
        self._database.listeners.append(self._committed)
        self._tasks = [asyncio.create_task(self._call()), asyncio.create_task(self._listen())]

    async def stop(self) -> None:
        """Stop both."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _committed(self, organization_id: UUID) -> None:
        self._pending.add(organization_id)
        self._something.set()

    async def _call(self) -> None:
        """One call for all commits of a moment: inside the transactions it would take a lock they all wait for."""
        while True:
            await self._something.wait()
            await asyncio.sleep(_GATHER_SECONDS)
            self._something.clear()
            pending, self._pending = self._pending, set()
            with suppress(Exception):
                async with self._database.reading(next(iter(pending))) as reader:
                    for organization_id in pending:
                        await reader.value("SELECT pg_notify($1, $2)", [CHANNEL, organization_id.hex])

    async def _listen(self) -> None:
        while True:
            with suppress(Exception):
                await self._database.listen(CHANNEL, self._heard)
            await asyncio.sleep(1)

    def _heard(self, payload: Any) -> None:
        with suppress(ValueError, TypeError):
            self._feed.wake(UUID(hex=payload))
