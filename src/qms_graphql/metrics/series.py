"""A metric over a window, as one value or as a series of calendar periods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.engine import Dialect

from qms_graphql.base.access import Viewer
from qms_graphql.base.database import Reader
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.model import Organization
from qms_graphql.graph.plan import Plan
from qms_graphql.metrics import answers, prepared, retention
from qms_graphql.metrics.periods import Grain, Window, periods, preceding
from qms_graphql.metrics.rules import Counting, Estimate, MetricCode, proportion
from qms_graphql.metrics.scope import Scope

_INSTANT = timedelta(microseconds=1)
_NOTHING = proportion(0, 0)


@dataclass(frozen=True, slots=True)
class Point:
    """A measured value: of a whole window, or of the period that starts at `period_start`."""

    period_start: datetime | None
    estimate: Estimate
    rule: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is asked for: one metric of the viewer's organization, over a scope and a window."""

    viewer: Viewer
    code: MetricCode
    scope: Scope
    window: Window
    counting: Counting

    @property
    def _of_purchases(self) -> bool:
        return self.code in retention.PURCHASES

    @property
    def rule(self) -> str:
        """What was counted and how."""
        return retention.RULES[self.code] if self._of_purchases else answers.rule(self.viewer, self.code, self.counting)

    async def value(self, reader: Reader) -> Point:
        """The metric over the whole window, by one statement. Where it cannot be it is null, and the rule says why."""
        reason = self._meaningless()
        if reason is None and self.code is MetricCode.RETENTION and None in (self.window.start, self.window.until):
            reason = retention.OPEN_WINDOW
        if reason is not None:
            return Point(None, _NOTHING, reason)
        found = await self._count(
            reader, self.window, self._before_and_now() if self.code is MetricCode.RETENTION else []
        )
        return Point(None, next(iter(found.values()), _NOTHING), self.rule)

    async def series(self, reader: Reader, grain: Grain) -> list[Point]:
        """The metric of each calendar period that has something to count, in order; open ends are those of the data.

        Which answer is the latest is decided over the whole window, so the periods of a metric of answers add up to the
        window. Raises ``Refusal(OUT_OF_RANGE)`` if there are too many periods.
        """
        if self._meaningless() is not None:
            return []
        zone, first, last = await self._extent(reader)
        start = self.window.start or first
        until = self.window.until or (last + _INSTANT if last is not None else None)
        if start is None or until is None or start >= until:
            return []
        boundaries = _boundaries(start, until, grain, zone)
        if self.code is MetricCode.RETENTION:
            boundaries = (_boundaries(boundaries[0] - _INSTANT, boundaries[0], grain, zone)[0], *boundaries)
        found = await self._count(reader, Window(start, until), boundaries)
        return [Point(boundaries[index], found[index], self.rule) for index in sorted(found)]

    def _meaningless(self) -> str | None:
        """Why the metric cannot be measured over this scope."""
        beyond = self.scope.beyond_purchases() if self._of_purchases else []
        return f"Purchases have no {' and no '.join(beyond)}: nothing can be counted in this scope." if beyond else None

    async def _count(self, reader: Reader, window: Window, boundaries: Sequence[datetime]) -> dict[int, Estimate]:
        match self.code:
            case MetricCode.RETENTION:
                return await retention.count_retained(reader, self.viewer, self.scope, boundaries)
            case MetricCode.REPEAT_PURCHASE:
                return await retention.count_repeats(reader, self.viewer, self.scope, window, boundaries)
            case _:
                return await answers.count(
                    reader, self.viewer, self.code, self.scope, window, self.counting, boundaries
                )

    def _before_and_now(self) -> list[datetime]:
        """The boundaries of the preceding window and this one."""
        try:
            before = preceding(self.window)
        except ValueError as error:
            raise Refusal(ErrorCode.OUT_OF_RANGE, _sentence(error), ("window",)) from error
        return [moment for moment in (before.start, self.window.start, self.window.until) if moment is not None]

    async def _extent(self, reader: Reader) -> tuple[ZoneInfo, datetime | None, datetime | None]:
        """The organization's time zone; and where the window is open, the first and last moment of the data in it."""
        given = prepared.values(self.viewer, self.scope, self.window)
        plan = _time_zone(reader.dialect)
        zone = ZoneInfo(await reader.value(plan.sql, plan.arguments({}, given)))
        if None not in (self.window.start, self.window.until):
            return zone, None, None
        source = retention if self._of_purchases else answers
        row = (await reader.rows(source.extent(self.viewer, self.code, self.scope, self.window), given))[0]
        return zone, row["first"], row["last"]


@lru_cache(maxsize=prepared.KEPT)
def _time_zone(dialect: Dialect) -> Plan:
    organization = Organization.__table__
    return prepared.rendered(select(organization.c.time_zone).where(prepared.owned(organization.c.id)), dialect)


@lru_cache(maxsize=64)
def _boundaries(start: datetime, until: datetime, grain: Grain, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Where the periods that cover [start, until) begin, and where the last one ends; remembered for dashboards."""
    try:
        cut = periods(start, until, grain, zone)
    except ValueError as error:
        raise Refusal(ErrorCode.OUT_OF_RANGE, _sentence(error), ("window",)) from error
    return (*(period.start for period in cut), cut[-1].until)


def _sentence(error: ValueError) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."
