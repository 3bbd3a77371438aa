"""Windows of time and the calendar periods that a series is cut into.

Pure: no database, no clock. Every window and period is half-open, [start, until), and held in UTC; the calendar is that
of the organization's time zone.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

MOST_PERIODS = 2000
"""How many periods one series may have."""

# One year and one UTC offset of room inside the range of datetime, so that no boundary can overflow.
_FIRST_YEAR, _LAST_YEAR = 3, 9997


class Grain(Enum):
    """How long one period of a series is.

    DAY: A calendar day, midnight to midnight: 23 or 25 hours long when the clocks change.
    WEEK: An ISO 8601 week, Monday to Sunday.
    MONTH: A calendar month.
    QUARTER: Three calendar months, from January, April, July or October.
    YEAR: A calendar year.
    """

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"

    # Enum's own is a call of Python, and what is remembered is found by these.
    __hash__ = object.__hash__


@dataclass(frozen=True)
class Window:
    """A stretch of time [start, until); None leaves an end open. The ends are kept in UTC, whatever zone they came in.

    Raises:
        ValueError: an end has no time zone, or `start` is not before `until`.
    """

    start: datetime | None
    until: datetime | None

    def __post_init__(self) -> None:
        """Check the ends and turn them to UTC."""
        # Python compares and subtracts two datetimes of one zone by their wall clocks; UTC has no such surprise.
        if self.start is not None:
            object.__setattr__(self, "start", _in_utc("start", self.start))
        if self.until is not None:
            object.__setattr__(self, "until", _in_utc("until", self.until))
        if self.start is not None and self.until is not None and self.start >= self.until:
            raise ValueError(f"start must be before until, not {self.start.isoformat()} and {self.until.isoformat()}")

    def form(self) -> "Window":
        """Which ends are open, whatever the others are: equal forms have the same conditions."""
        return _FORMS[self.start is not None, self.until is not None]


_SOME_START, _SOME_UNTIL = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(_LAST_YEAR, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """One period [start, until) of a series, in UTC."""

    start: datetime
    until: datetime


def preceding(window: Window) -> Window:
    """The window of the same length (elapsed time) that ends where this one starts.

    Raises:
        ValueError: an end of the window is open, or the answer would begin before the year 1.
    """
    if window.start is None or window.until is None:
        raise ValueError("window must have a start and an until: an open window has no length")
    try:
        start = window.start - (window.until - window.start)
    except OverflowError as error:
        raise ValueError("window is too long: the one before it would begin before the year 1") from error
    return Window(start, window.start)


def recent(now: datetime, count: int, grain: Grain, zone: ZoneInfo) -> Window:
    """The window of the ``count`` last calendar periods, the present one whole among them."""
    day = _first_day(now.astimezone(zone).date(), grain)
    until = _midnight(_next_first_day(day, grain), zone)
    for _ in range(count - 1):
        day = _first_day(day - timedelta(days=1), grain)
    return Window(_midnight(day, zone), until)


def periods(start: datetime, until: datetime, grain: Grain, zone: ZoneInfo) -> list[Period]:
    """The calendar periods that cover [start, until), in order, without gap or overlap.

    The first begins at the boundary at or before `start`, the last ends at the boundary at or after `until`; neither is
    clipped. Boundaries are midnights in `zone`. A midnight that comes twice is taken the first time; one that the
    clocks skip is taken where the old offset puts it, which is the moment of the jump when they jump at midnight. A day
    that a zone left out altogether (Samoa, 30 December 2011) has no period.

    Raises:
        ValueError: `start` or `until` has no time zone or lies outside the years 3 to 9997, `start` is not before
            `until`, or the answer would have more than `MOST_PERIODS` periods.
    """
    window = Window(start, until)
    begin, end = _in_utc("start", start), _in_utc("until", until)
    if begin.year < _FIRST_YEAR or end.year > _LAST_YEAR:
        raise ValueError(f"start and until must lie in the years {_FIRST_YEAR} to {_LAST_YEAR}: {window}")
    # Where the clocks change across midnight the local date of an instant can be that of a neighbour of its own period,
    # so begin one period early and drop what ends too soon.
    day = _first_day(_first_day(begin.astimezone(zone).date(), grain) - timedelta(days=1), grain)
    boundary = _midnight(day, zone)
    found: list[Period] = []
    while boundary < end:
        day = _next_first_day(day, grain)
        following = _midnight(day, zone)
        if following > begin and following > boundary:
            if len(found) == MOST_PERIODS:
                raise ValueError(
                    f"{start.isoformat()} to {until.isoformat()} has more than {MOST_PERIODS} periods of one "
                    f"{grain.name}: ask for a shorter window or a coarser grain"
                )
            found.append(Period(boundary, following))
        boundary = following
    return found


def _first_day(day: date, grain: Grain) -> date:
    """The first day of the period that holds the day."""
    match grain:
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return day - timedelta(days=day.weekday())
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case Grain.YEAR:
            return day.replace(month=1, day=1)


def at_most(start: datetime, until: datetime, grain: Grain) -> int:
    """A number of periods that `periods` does not exceed in any zone; for free, without looking at a calendar."""
    return (until - start).days // _SHORTEST[grain] + 3


_SHORTEST = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 28, Grain.QUARTER: 90, Grain.YEAR: 365}
"""The fewest days that one period has."""
_LONGEST = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 31, Grain.QUARTER: 92, Grain.YEAR: 366}
"""The most days that one period has."""


def _next_first_day(first: date, grain: Grain) -> date:
    """The first day of the next period, given the first day of a period."""
    # The longest period leads into the next one and never past it: each is longer than the few days they differ by.
    return _first_day(first + timedelta(days=_LONGEST[grain]), grain)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _in_utc(name: str, moment: datetime) -> datetime:
    """The same instant in UTC; refuses, by its name, one that has no time zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"{name} must have a time zone: {moment.isoformat()}")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{name} is outside the years 1 to 9999 in UTC: {moment.isoformat()}") from error


_FORMS = {
    (start is not None, until is not None): Window(start, until)
    for start in (None, _SOME_START)
    for until in (None, _SOME_UNTIL)
}
EVER = _FORMS[False, False]
"""All there is."""
CLOSED = _FORMS[True, True]
"""The form of a window with both ends."""
