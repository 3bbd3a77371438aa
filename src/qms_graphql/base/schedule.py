"""Timed work: what rooms have done at intervals, for each organization, by one of the processes.

A job is registered by ``@timed``. Time is cut into slots as long as its interval; whichever process is the first to
note a run of the slot (the key of ``scheduled_run``) does it. What fails is noted and logged, and stops nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import delete, update

from qms_graphql.base.access import Viewer, system_viewer
from qms_graphql.base.clock import Clock
from qms_graphql.base.database import Database
from qms_graphql.base.errors import Refusal, Refusals
from qms_graphql.base.model import ScheduledRun
from qms_graphql.base.secrets import Secrets
from qms_graphql.base.sets import insert_new
from qms_graphql.base.unit import UnitOfWork, transact

log = structlog.get_logger("qms")
NAME = "scheduler"
"""The actor in the events of timed work."""
KEPT = timedelta(days=7)
"""How long runs are kept."""
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

Organizations = Callable[[Database], Awaitable[Sequence[Any]]]
"""Says which organizations there are: rows with ``id`` and ``slug``."""


@dataclass(slots=True)
class Shift:
    """One run of a job for one organization."""

    database: Database
    viewer: Viewer
    clock: Clock
    secrets: Secrets
    done: int = 0
    """How many things were done."""
    held: int = 0
    """How many were due and could not be done, for a reason that somebody has to see to."""

    @property
    def organization_id(self) -> UUID:
        """The organization."""
        return self.viewer.organization_id

    async def each(self, ids: Iterable[UUID], act: Callable[[UnitOfWork, UUID], Awaitable[None]]) -> None:
        """Act on each of these, in its own transaction: what one lacks keeps none of the others back.

        Raises what went wrong first, at the end.
        """
        wrong: Exception | None = None
        for id_ in ids:

            async def work(unit: UnitOfWork, id_: UUID = id_) -> None:
                await act(unit, id_)

            problem = await _problem(transact(self.database, self.viewer, self.clock, self.secrets, work))
            if problem is None:
                self.done += 1
            elif isinstance(problem, Refusal | Refusals):
                self.held += 1
            else:
                wrong = wrong or problem
        if wrong is not None:
            raise wrong


Work = Callable[[Shift], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is done at intervals."""

    name: str
    every: timedelta
    work: Work

    def slot(self, now: datetime) -> datetime:
        """The beginning of the interval that a moment is in."""
        return now - (now - _BEGINNING) % self.every


_JOBS: dict[str, Job] = {}


def timed(name: str, *, every: timedelta) -> Callable[[Work], Work]:
    """Register a job: ``async def f(shift)``, run for each organization once in each interval."""

    def note(work: Work) -> Work:
        _JOBS[name] = Job(name, every, work)
        return work

    return note


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run."""

    organization: str
    job: str
    done: int
    held: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Does what is due, for one process."""

    database: Database
    clock: Clock
    secrets: Secrets
    organizations: Organizations

    async def run_due(self) -> list[Run]:
        """Do what is due now and nobody has done; what came of it."""
        found = []
        for organization in await self.organizations(self.database):
            for job in _JOBS.values():
                due_at = job.slot(self.clock.now())
                if await self._claim(organization["id"], job, due_at):
                    found.append(await self._run(organization, job, due_at))
        return found

    @asynccontextmanager
    async def working(self, seconds: float) -> AsyncIterator[None]:
        """Look for due work every so many seconds, as long as this lasts; never where it is 0."""
        task = asyncio.create_task(self.keep_running(seconds)) if seconds else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def keep_running(self, seconds: float) -> None:
        """Look for due work every so many seconds, for ever."""
        while True:
            problem = await _problem(self.run_due())
            if problem is not None:
                # The database is away, for example: it may be there the next time.
                log.error("schedule", exc_info=problem)
            await asyncio.sleep(seconds)

    async def _claim(self, organization_id: UUID, job: Job, due_at: datetime) -> bool:
        """Note that this process does the run that is due, unless another one has; forget what is long past."""
        table, now = ScheduledRun.__table__, self.clock.now()
        key = {"organization_id": organization_id, "job": job.name, "due_at": due_at}
        async with self.database.begin(organization_id) as connection:
            noted = await connection.execute(
                insert_new(table, self.database.dialect).values(**key, started_at=now, done=0, held=0)
            )
            mine = noted.rowcount == 1
            if mine:
                old = table.c.organization_id == organization_id, table.c.job == job.name
                await connection.execute(delete(table).where(*old, table.c.due_at < now - KEPT))
        return mine

    async def _run(self, organization: Any, job: Job, due_at: datetime) -> Run:
        shift = Shift(self.database, system_viewer(organization["id"], NAME), self.clock, self.secrets)
        problem = await _problem(job.work(shift))
        error = None
        if problem is not None:
            # What is shown says nothing internal; the log has the rest under the same id.
            fault = uuid4().hex[:12]
            error = f"{type(problem).__name__} (fault {fault})"
            log.error("schedule", job=job.name, organization=organization["slug"], fault=fault, exc_info=problem)
        await self._note(organization["id"], job, due_at, shift, error)
        return Run(organization["slug"], job.name, shift.done, shift.held, error)

    async def _note(self, organization_id: UUID, job: Job, due_at: datetime, shift: Shift, error: str | None) -> None:
        table = ScheduledRun.__table__
        mine = table.c.organization_id == organization_id, table.c.job == job.name, table.c.due_at == due_at
        values = {"ended_at": self.clock.now(), "done": shift.done, "held": shift.held, "error": error}
        async with self.database.begin(organization_id) as connection:
            await connection.execute(update(table).where(*mine).values(values))


async def _problem(work: Awaitable[object]) -> Exception | None:
    """Why work went wrong, whatever it was; None if it did not."""
    (outcome,) = await asyncio.gather(work, return_exceptions=True)
    return outcome if isinstance(outcome, Exception) else None
