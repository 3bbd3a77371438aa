"""One reader per process and organization hands new events, in commit order, to the subscribers.

A subscriber that keeps up is served from memory; one that fell behind reads pages from the table. Either way it holds
at most one page, so a subscriber that does not read costs nothing and delays nobody.
"""

import asyncio
import contextvars
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from qms_graphql.base.database import Database
from qms_graphql.base.event_log import end_position
from qms_graphql.base.model import Event
from qms_graphql.base.prepared import Prepared

RING = 1000
PAGE = 200
_SHOWN = [
    "seq",
    "at",
    "actor_name",
    "origin",
    "action",
    "record_type",
    "record_id",
    "record_version",
    "changed_fields",
    "payload",
]
_NOTES = frozenset({"mergedInto"})
"""What of a payload subscribers are told."""

Row = Mapping[str, Any]

_events = Event.__table__.c
# It is run for every event.
_PAGE_AFTER = Prepared(
    select(*(_events[name] for name in _SHOWN))
    .where(_events.organization_id == bindparam("organization_id"), _events.seq > bindparam("position"))
    .order_by(_events.seq)
    .limit(PAGE)
)


async def head_position(database: Database, organization_id: UUID) -> int:
    """The number of the newest event."""
    async with database.reading(organization_id) as reader:
        return await end_position(reader, organization_id)


async def read_after(database: Database, organization_id: UUID, position: int) -> Sequence[Row]:
    """A page of the events after a position, without what only the audit trail needs: the values before and after."""
    async with database.reading(organization_id) as reader:
        rows = await _PAGE_AFTER.rows(reader, {"organization_id": organization_id, "position": position})
    return [{**row, "payload": {key: row["payload"][key] for key in _NOTES & row["payload"].keys()}} for row in rows]


class Stream:
    """The newest events of one organization, read once for all its subscribers in this process."""

    def __init__(
        self, database: Database, organization_id: UUID, poll: float, readers: Sequence[Callable[[datetime], None]] = ()
    ) -> None:
        self._database = database
        self._organization_id = organization_id
        self._poll = poll
        self._readers = readers
        self._ring: deque[Row] = deque(maxlen=RING)
        self._end = 0
        self._wake = asyncio.Event()
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self.subscribers = 0

    def wake(self) -> None:
        """Something may be new."""
        self._wake.set()

    async def start(self) -> None:
        """Begin to read, from the present end of the log."""
        self._end = await head_position(self._database, self._organization_id)
        # It outlives the request that began it, and is nobody's in particular.
        self._task = asyncio.create_task(self._read(), context=contextvars.Context())

    async def stop(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _read(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll):
                    await self._wake.wait()
            self._wake.clear()
            try:
                rows = await read_after(self._database, self._organization_id, self._end)
            except Exception:  # noqa: BLE001, S112 - the database may be away for a while; the next poll tries again
                continue
            if not rows:
                continue
            if len(rows) == PAGE:
                self._wake.set()
            for reader in self._readers:
                reader(rows[-1]["at"])
            async with self._news:
                self._ring.extend(rows)
                self._end = rows[-1]["seq"]
                self._news.notify_all()

    async def after(self, position: int, patience: float) -> Sequence[Row]:
        """The next events after a position; waits for them, and returns none after ``patience`` seconds."""
        if position >= self._end:
            try:
                async with asyncio.timeout(patience), self._news:
                    await self._news.wait_for(lambda: self._end > position)
            except TimeoutError:
                return []
        first = self._ring[0]["seq"] if self._ring else self._end + 1
        if first > position + 1:
            return await read_after(self._database, self._organization_id, position)
        start = position + 1 - first
        return [self._ring[index] for index in range(start, min(len(self._ring), start + PAGE))]


class Feed:
    """The streams of this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._streams: dict[UUID, Stream] = {}
        self._opening = asyncio.Lock()
        self.heartbeat = database.settings.heartbeat_seconds
        self.readers: list[Callable[[datetime], None]] = []
        """Called with the time of the newest event whenever new ones were read."""
        database.listeners.append(self.wake)

    def wake(self, organization_id: UUID) -> None:
        """An organization may have new events."""
        stream = self._streams.get(organization_id)
        if stream is not None:
            stream.wake()

    async def follow(self, organization_id: UUID, position: int | None) -> AsyncIterator[tuple[int, Sequence[Row]]]:
        """Pages of events after a position (or from now on), each with the position it reaches.

        An empty page says that nothing happened for a heartbeat.
        """
        async with self._opening:
            stream = self._streams.get(organization_id)
            if stream is None:
                poll = self._database.settings.live_poll_seconds
                stream = Stream(self._database, organization_id, poll, self.readers)
                await stream.start()
                self._streams[organization_id] = stream
            stream.subscribers += 1
        try:
            at = await head_position(self._database, organization_id) if position is None else position
            while True:
                rows = await stream.after(at, self.heartbeat)
                at = rows[-1]["seq"] if rows else at
                yield at, rows
        finally:
            stream.subscribers -= 1
            if not stream.subscribers and self._streams.get(organization_id) is stream:
                del self._streams[organization_id]
                await stream.stop()

    async def close(self) -> None:
        """Stop all streams."""
        for stream in self._streams.values():
            await stream.stop()
        self._streams.clear()
