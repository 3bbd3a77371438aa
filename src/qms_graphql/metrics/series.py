"""A metric over a window, as one value or as a series of calendar periods."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.reader import Reader
from qms_graphql.graph.recent import Recent
from qms_graphql.metrics import prepared, retention
from qms_graphql.metrics.count import Count
from qms_graphql.metrics.periods import Grain, Window, at_most, periods, preceding
from qms_graphql.metrics.rules import DEFINITIONS, Counting, Estimate, Family, MetricCode, proportion
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.together import WAYS, beyond, counted

T = TypeVar("T")
ONE_MOMENT = "It is measured at one moment, the end of the window: it has values, and no series."
_FIRST_YEAR = 1000
_INSTANT = timedelta(microseconds=1)
_NOTHING = proportion(0, 0)
_ZONES: Recent[str] = Recent(most=10_000, most_characters=10_000)
"""The time zone in which each organization lived when this process asked last: a guess, see `measured`."""


class Point(NamedTuple):
    """A measured value: of a whole window, or of the period that starts at `period_start`."""

    period_start: datetime | None
    estimate: Estimate
    rule: str

    @property
    def value(self) -> float | None:
        """The estimate's value."""
        return self.estimate.value

    @property
    def low(self) -> float | None:
        """The estimate's lower end."""
        return self.estimate.low

    @property
    def high(self) -> float | None:
        """The estimate's upper end."""
        return self.estimate.high

    @property
    def n(self) -> int:
        """What the estimate was made from."""
        return self.estimate.n

    @property
    def numerator(self) -> float:
        """The estimate's numerator."""
        return self.estimate.numerator

    @property
    def denominator(self) -> int:
        """The estimate's denominator."""
        return self.estimate.denominator


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is asked for: one metric of the viewer's organization over a scope and a window.

    Without a grain it is measured over the whole window; with one, in each calendar period that has something to count,
    open ends being those of the data. Which answer is the latest is decided over the whole window in any case, so the
    periods of a metric of answers add up to the window.
    """

    viewer: Viewer
    code: MetricCode
    scope: Scope
    window: Window
    counting: Counting
    grain: Grain | None = None

    @property
    def rule(self) -> str:
        """What was counted and how."""
        return WAYS[self.code].source.rule(self.viewer, self.code, self.counting)

    @property
    def open_ended(self) -> bool:
        """Whether the data must say first from when to when the periods are."""
        return self.grain is not None and None in (self.window.start, self.window.until)

    @property
    def most_periods(self) -> int:
        """How many periods are counted at most; of a series that is not open-ended."""
        if self.grain is None or self.window.start is None or self.window.until is None:
            return 1
        return at_most(self.window.start, self.window.until, self.grain) + 1

    @property
    def meaningless(self) -> str | None:
        """Why there is no value, if so."""
        reason = beyond(self.code, self.scope)
        if reason is not None:
            return reason
        if self.grain is None and self.code is MetricCode.RETENTION and None in (self.window.start, self.window.until):
            return retention.OPEN_WINDOW
        if WAYS[self.code].extent is None and (self.grain is not None or self.window.until is None):
            return ONE_MOMENT
        return None

    async def closed(self, reader: Reader, now: datetime) -> "Measurement | None":
        """The same between the first and the last moment of the data; None if there is nothing between them.

        What takes time is seen until now, not until the last of it began.
        """
        extent = WAYS[self.code].extent
        if extent is None:
            return None
        statement = extent(self.viewer, self.code, self.scope, self.window)
        (found,) = await reader.rows(statement, prepared.values(self.viewer, self.scope, self.window))
        first, last = found["first"], found["last"]
        start = self.window.start or first
        if last is not None and DEFINITIONS[self.code].family is Family.TIME:
            last = max(last, now)
        until = self.window.until or (last + _INSTANT if last is not None else None)
        if start is None or until is None or start >= until:
            return None
        return replace(self, window=Window(start, until))

    def count(self, zone: ZoneInfo) -> Count:
        """What is to be counted, if the organization lives in this time zone. No end of a series may be open.

        Raises ``Refusal(OUT_OF_RANGE)`` if there are too many periods, or if no window precedes this one.
        """
        boundaries = self._boundaries(zone)
        window = self.window
        if self.code is MetricCode.RETENTION:
            window = Window(boundaries[0], boundaries[-1])
        return Count(self.code, self.scope, window, self.counting, boundaries)

    def points(self, count: Count, found: Mapping[int, Estimate]) -> "Point | list[Point]":
        """What was asked for, by what was found of each period."""
        rule = self.rule
        if self.grain is None:
            return Point(None, next(iter(found.values()), _NOTHING), rule)
        return [Point(count.boundaries[index], found[index], rule) for index in sorted(found)]

    def nothing(self) -> "Point | list[Point]":
        """The answer where nothing can be counted: no value, and why; no period."""
        return Point(None, _NOTHING, self.meaningless or self.rule) if self.grain is None else []

    def _boundaries(self, zone: ZoneInfo) -> tuple[datetime, ...]:
        start, until, retained = self.window.start, self.window.until, self.code is MetricCode.RETENTION
        if start is None or until is None or (self.grain is None and not retained):
            return ()
        if self.grain is None:
            return tuple(moment for moment in (_preceding(self.window).start, start, until) if moment is not None)
        boundaries = cut(start, until, self.grain, zone)
        if retained:
            boundaries = (cut(boundaries[0] - _INSTANT, boundaries[0], self.grain, zone)[0], *boundaries)
        return boundaries


async def measured(
    reader: Reader, viewer: Viewer, measurements: Sequence[Measurement], now: datetime
) -> "list[Point | list[Point]]":
    """The answers to what one viewer asks now, by one statement; where a series is open, after one for its ends.

    Periods are cut for the time zone that this process saw last, and the statement that counts says which one it is:
    another process may have moved the organization. Then all is counted anew. Raises ``Refusal``, see `Measurement`.
    """
    asked: list[Measurement | None] = []
    for measurement in measurements:
        if measurement.meaningless is not None:
            asked.append(None)
        else:
            asked.append(await measurement.closed(reader, now) if measurement.open_ended else measurement)
    if not any(asked):
        return [measurement.nothing() for measurement in measurements]

    async def look(zone: ZoneInfo) -> tuple[str, tuple[list[Count], list[dict[int, Estimate]], Refusal | None]]:
        counts, refusal = _counts(asked, zone)
        actual, found = await counted(reader, viewer, counts, now)
        return actual, (counts, found, refusal)

    counts, found, refusal = await in_its_zone(viewer, look)
    if refusal is not None:
        raise refusal
    results = zip(counts, found, strict=True)
    return [
        asking.points(*next(results)) if asking is not None else measurement.nothing()
        for measurement, asking in zip(measurements, asked, strict=True)
    ]


async def in_its_zone(viewer: Viewer, look: Callable[[ZoneInfo], Awaitable[tuple[str, T]]]) -> T:
    """What is found by the organization's time zone. ``look`` is told a guess, and says which zone it found.

    It looks again if that is another: somebody else has moved the organization.
    """
    zone = zone_seen(viewer.organization_id)
    while True:
        actual, found = await look(ZoneInfo(zone))
        if actual == zone:
            return found
        zone = actual
        _ZONES.keep(viewer.organization_id.hex, zone, 1)


def _counts(asked: Sequence[Measurement | None], zone: ZoneInfo) -> tuple[list[Count], Refusal | None]:
    """What is to be counted; or nothing, and why it is refused."""
    try:
        return [asking.count(zone) for asking in asked if asking is not None], None
    except Refusal as refusal:
        return [], refusal


def zone_seen(organization_id: UUID) -> str:
    """The time zone in which the organization lived when this process asked last; a guess."""
    return _ZONES.get(organization_id.hex) or "UTC"


def checked_window(start: datetime | None, until: datetime | None) -> Window:
    """A window as it was asked for. Raises ``Refusal`` that names the end which is wrong."""
    for name, moment in (("from", start), ("until", until)):
        if moment is not None and moment.year < _FIRST_YEAR:
            raise Refusal(ErrorCode.OUT_OF_RANGE, f"A time lies after the year {_FIRST_YEAR}.", ("window", name))
    try:
        return Window(start, until)
    except ValueError:
        raise Refusal(ErrorCode.INVALID, "from must lie before until.", ("window", "from")) from None


def _preceding(window: Window) -> Window:
    """The preceding window of the same length."""
    try:
        return preceding(window)
    except ValueError as error:
        raise Refusal(ErrorCode.OUT_OF_RANGE, _sentence(error), ("window",)) from error


@lru_cache(maxsize=64)
def cut(start: datetime, until: datetime, grain: Grain, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Where the periods that cover [start, until) begin, and where the last one ends; remembered for dashboards.

    Raises ``Refusal(OUT_OF_RANGE)`` if there are too many.
    """
    try:
        cut = periods(start, until, grain, zone)
    except ValueError as error:
        raise Refusal(ErrorCode.OUT_OF_RANGE, _sentence(error), ("window",)) from error
    return (*(period.start for period in cut), cut[-1].until)


def _sentence(error: ValueError) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."
