"""Timed work: each run once, whatever goes wrong in it noted, and nothing stopped by it."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from qms_graphql.base import schedule
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.schedule import KEPT, Shift, timed
from qms_graphql.base.unit import UnitOfWork
from tests.base.work import scheduler
from tests.conftest import Company

RUNS = "{ scheduledRuns { job dueAt done held error } }"


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two jobs and no others: one fails halfway, one does its work."""
    monkeypatch.setattr(schedule, "_JOBS", {})

    async def act(_unit: UnitOfWork, id_: UUID) -> None:
        if id_.int == 1:
            raise Refusal(ErrorCode.INVALID, "It lacks something.")
        if id_.int == 2:
            raise RuntimeError("no paper")

    @timed("broken", every=timedelta(minutes=1))
    async def _broken(shift: Shift) -> None:
        await shift.each(map(UUID, (f"{n:032}" for n in range(5))), act)

    @timed("hourly", every=timedelta(hours=1))
    async def _hourly(shift: Shift) -> None:
        await shift.each([UUID(int=0)], act)


async def test_what_fails_is_noted_and_stops_nothing(company: Company, jobs: None) -> None:
    clock, worker = company.installation.clock, scheduler(company)
    broken = {"job": "broken", "done": 3, "held": 1}
    hourly = {"job": "hourly", "dueAt": "2026-03-02T09:00:00Z", "done": 1, "held": 0, "error": None}
    assert [run.job for run in await worker.run_due()] == ["broken", "hourly"]
    assert await worker.run_due() == []
    clock.advance(timedelta(seconds=59))
    assert await worker.run_due() == []
    clock.advance(timedelta(seconds=1))
    assert [run.job for run in await worker.run_due()] == ["broken"]
    shown = (await company.data(RUNS))["scheduledRuns"]
    for run in shown[:2]:
        # What is shown says nothing internal; the log has the rest under the same id.
        assert re.fullmatch(r"RuntimeError \(fault [0-9a-f]{12}\)", run.pop("error"))
    assert shown == [
        broken | {"dueAt": "2026-03-02T09:31:00Z"},
        broken | {"dueAt": "2026-03-02T09:30:00Z"},
        hourly,
    ]
    assert (await company.ask("{ scheduledRuns { job } }", who="employee"))["data"] == {"scheduledRuns": None}
    clock.advance(KEPT)
    await worker.run_due()
    left = [run["dueAt"] for run in (await company.data(RUNS))["scheduledRuns"] if run["job"] == "broken"]
    assert left == ["2026-03-09T09:31:00Z", "2026-03-02T09:31:00Z"]
