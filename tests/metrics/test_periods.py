"""Windows and calendar periods: the calendar, the clock changes, and that nothing is lost or counted twice."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qms_graphql.metrics.periods import MOST_PERIODS, Grain, Period, Window, at_most, periods, preceding

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",  # set back at 00:01 until 2011: midnight came twice, the local date went back
    "America/Sao_Paulo",  # put forward at midnight until 2018: no midnight
    "America/Havana",  # set back from 01:00 to midnight: midnight comes twice
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # left out 30 December 2011
    "Pacific/Kiritimati",
)
LONGEST = {Grain.DAY: 2, Grain.WEEK: 8, Grain.MONTH: 32, Grain.QUARTER: 93, Grain.YEAR: 367}

moments = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("grain", "start", "until"),
    [
        (Grain.DAY, "2026-05-13T22:00", "2026-05-14T22:00"),
        (Grain.WEEK, "2026-05-10T22:00", "2026-05-17T22:00"),
        (Grain.MONTH, "2026-04-30T22:00", "2026-05-31T22:00"),
        (Grain.QUARTER, "2026-03-31T22:00", "2026-06-30T22:00"),
        (Grain.YEAR, "2025-12-31T23:00", "2026-12-31T23:00"),
    ],
)
def test_the_period_around_a_moment_in_berlin(grain: Grain, start: str, until: str) -> None:
    moment = at("2026-05-14T12:00")  # a Thursday
    assert periods(moment, moment + timedelta(seconds=1), grain, BERLIN) == [Period(at(start), at(until))]


def test_the_iso_week_crosses_the_year() -> None:
    found = periods(at("2025-12-29T00:00"), at("2026-01-12T00:00"), Grain.WEEK, UTC_ZONE)
    assert found == [
        Period(at("2025-12-29T00:00"), at("2026-01-05T00:00")),
        Period(at("2026-01-05T00:00"), at("2026-01-12T00:00")),
    ]


def test_a_window_on_the_boundaries_is_not_widened() -> None:
    found = periods(at("2026-01-01T00:00"), at("2027-01-01T00:00"), Grain.MONTH, UTC_ZONE)
    assert len(found) == 12
    assert (found[0].start, found[-1].until) == (at("2026-01-01T00:00"), at("2027-01-01T00:00"))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_days_on_which_the_clocks_change(day: str, hours: int) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=BERLIN)
    (found,) = periods(noon, noon + timedelta(minutes=1), Grain.DAY, BERLIN)
    assert found.until - found.start == timedelta(hours=hours)


def test_a_day_without_midnight_starts_when_the_clocks_jump() -> None:
    zone = ZoneInfo("America/Sao_Paulo")
    found = periods(at("2018-11-03T12:00"), at("2018-11-04T12:00"), Grain.DAY, zone)
    assert found == [
        Period(at("2018-11-03T03:00"), at("2018-11-04T03:00")),
        Period(at("2018-11-04T03:00"), at("2018-11-05T02:00")),
    ]


def test_a_day_that_the_zone_left_out_has_no_period() -> None:
    zone = ZoneInfo("Pacific/Apia")
    found = periods(at("2011-12-30T00:00"), at("2011-12-31T00:00"), Grain.DAY, zone)
    assert found == [
        Period(at("2011-12-29T10:00"), at("2011-12-30T10:00")),
        Period(at("2011-12-30T10:00"), at("2011-12-31T10:00")),
    ]


def test_a_moment_after_the_clocks_went_back_over_midnight() -> None:
    zone = ZoneInfo("America/St_Johns")
    moment = at("2010-11-07T03:00")  # 23:30 on the 6th for the second time; midnight has passed once already
    assert periods(moment, moment + timedelta(minutes=1), Grain.DAY, zone) == [
        Period(at("2010-11-07T02:30"), at("2010-11-08T03:30"))
    ]


@given(moments, st.timedeltas(timedelta(microseconds=1), timedelta(days=1500)), st.sampled_from(ZONES))
@pytest.mark.parametrize("grain", Grain)
def test_every_instant_lies_in_exactly_one_period(grain: Grain, start: datetime, length: timedelta, name: str) -> None:
    until = start + length
    found = periods(start, until, grain, ZoneInfo(name))
    assert found[0].start <= start < found[0].until
    assert found[-1].start < until <= found[-1].until
    for one, following in itertools.pairwise(found):
        assert one.until == following.start
    for period in found:
        assert timedelta(0) < period.until - period.start <= timedelta(days=LONGEST[grain])
        assert period.start.tzinfo is UTC
        assert period.until.tzinfo is UTC


@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(days=400)), st.sampled_from(ZONES))
def test_coarse_boundaries_are_day_boundaries(start: datetime, length: timedelta, name: str) -> None:
    zone = ZoneInfo(name)
    for grain in (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR):
        coarse = periods(start, start + length, grain, zone)
        days = {day.start for day in periods(coarse[0].start, coarse[-1].until, Grain.DAY, zone)}
        assert {period.start for period in coarse} <= days


@given(moments, moments, moments)
def test_splitting_a_window_never_moves_a_boundary(one: datetime, two: datetime, three: datetime) -> None:
    start, middle, until = sorted((one, two, three))
    assume(start < middle < until)
    parts = periods(start, middle, Grain.MONTH, BERLIN) + periods(middle, until, Grain.MONTH, BERLIN)
    assert list(dict.fromkeys(parts)) == periods(start, until, Grain.MONTH, BERLIN)


def test_the_number_of_periods_is_bounded() -> None:
    start = at("2020-01-01T00:00")
    assert len(periods(start, start + timedelta(days=MOST_PERIODS), Grain.DAY, UTC_ZONE)) == MOST_PERIODS
    with pytest.raises(ValueError, match="more than 2000 periods of one DAY"):
        periods(start, start + timedelta(days=MOST_PERIODS, microseconds=1), Grain.DAY, UTC_ZONE)
    with pytest.raises(ValueError, match="more than 2000 periods"):
        periods(at("0003-01-01T00:00"), at("9997-01-01T00:00"), Grain.DAY, UTC_ZONE)


@pytest.mark.parametrize("grain", Grain)
@pytest.mark.parametrize("zone", [ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/New_York")])
def test_the_ends_of_time_do_not_overflow(grain: Grain, zone: ZoneInfo) -> None:
    for moment in (at("0003-01-01T00:00"), at("9997-12-31T23:59")):
        assert len(periods(moment, moment + timedelta(microseconds=1), grain, zone)) == 1
    for moment in (at("0001-01-01T00:00"), at("9999-12-31T23:59")):
        with pytest.raises(ValueError, match="must lie in the years 3 to 9997"):
            periods(moment, moment + timedelta(microseconds=1), grain, zone)


@pytest.mark.parametrize("name", ["start", "until"])
def test_an_end_without_a_zone_is_named(name: str) -> None:
    ends = {"start": at("2026-01-01T00:00"), "until": at("2026-02-01T00:00")}
    ends[name] = ends[name].replace(tzinfo=None)
    with pytest.raises(ValueError, match=f"^{name} must have a time zone"):
        Window(**ends)
    with pytest.raises(ValueError, match=f"^{name} must have a time zone"):
        periods(grain=Grain.DAY, zone=UTC_ZONE, **ends)


def test_an_end_beyond_the_calendar_in_utc_is_named() -> None:
    with pytest.raises(ValueError, match=r"^start is outside"):
        Window(datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")), None)


@pytest.mark.parametrize("hours", [0, -1])
def test_a_window_must_have_a_length(hours: int) -> None:
    start = at("2026-01-01T00:00")
    with pytest.raises(ValueError, match=r"^start must be before until"):
        Window(start, start + timedelta(hours=hours))
    with pytest.raises(ValueError, match=r"^start must be before until"):
        periods(start, start + timedelta(hours=hours), Grain.DAY, UTC_ZONE)


def test_a_window_may_be_open() -> None:
    window = Window(None, at("2026-01-01T00:00"))
    assert window.start is None
    assert Window(None, None).until is None


def test_the_hour_that_comes_twice_has_a_length() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    window = Window(first, first.replace(fold=1))
    assert window == Window(at("2026-10-25T00:30"), at("2026-10-25T01:30"))


def test_the_preceding_window_has_the_same_elapsed_length() -> None:
    window = Window(datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 3, 30, tzinfo=BERLIN))
    assert preceding(window) == Window(at("2026-03-28T00:00"), at("2026-03-28T23:00"))


@given(moments, st.timedeltas(timedelta(microseconds=1), timedelta(days=9000)))
def test_the_preceding_window_touches_this_one(start: datetime, length: timedelta) -> None:
    before = preceding(Window(start, start + length))
    assert before == Window(start - length, start)


def test_an_open_or_endless_window_has_none_before_it() -> None:
    moment = at("2026-01-01T00:00")
    for window in (Window(None, moment), Window(moment, None)):
        with pytest.raises(ValueError, match="an open window has no length"):
            preceding(window)
    with pytest.raises(ValueError, match="before the year 1"):
        preceding(Window(moment, at("9000-01-01T00:00")))


@given(moments, st.timedeltas(timedelta(microseconds=1), timedelta(days=1500)), st.sampled_from(ZONES))
@pytest.mark.parametrize("grain", Grain)
def test_there_are_never_more_periods_than_at_most(grain: Grain, start: datetime, length: timedelta, name: str) -> None:
    until = start + length
    assert len(periods(start, until, grain, ZoneInfo(name))) <= at_most(start, until, grain)
