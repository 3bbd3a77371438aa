"""The rules of checks and objectives, without a database."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from qms_graphql.effectiveness.rules import (
    Measured,
    Outcome,
    Recurrence,
    current_window,
    judge,
    on_track,
    out_of_order,
    progress,
    still_to_decide,
)
from qms_graphql.metrics.comparisons import Direction, Verdict
from qms_graphql.metrics.rules import MetricCode, proportion
from tests.effectiveness.conftest import at

NOTHING = proportion(0, 0)
days = st.integers(0, 400)


def objective(target: float = 0.7, direction: Direction = Direction.AT_LEAST) -> dict[str, Any]:
    return {
        "metric_code": MetricCode.CSAT,
        "target": target,
        "direction": direction,
        "baseline_from": at("01-01"),
        "baseline_until": at("03-01"),
        "due_at": at("06-01"),
        "observation_from": at("03-03"),
        "observation_until": at("05-01"),
    }


@st.composite
def shares(draw: st.DrawFn) -> Any:
    n = draw(st.integers(0, 500))
    return proportion(draw(st.integers(0, n)), n)


@given(days)
def test_the_present_window_is_as_long_as_the_baseline_and_never_reaches_into_it(day: int) -> None:
    row, now = objective(), at("01-01") + timedelta(days=day)
    window = current_window(row, now)
    if window is None:
        assert now <= row["baseline_until"]
        return
    assert window.start is not None
    assert window.until == min(now, row["due_at"])
    assert row["baseline_until"] <= window.start < window.until
    assert window.until - window.start <= row["baseline_until"] - row["baseline_from"]


@given(shares(), shares(), st.floats(0, 1), st.sampled_from(Direction), days)
def test_who_has_met_the_target_is_on_track_and_who_is_late_is_not(
    baseline: Any, current: Any, target: float, direction: Direction, day: int
) -> None:
    row, now = objective(target, direction), at("03-01") + timedelta(days=day)
    said = on_track(row, baseline, current, now)
    if current.value is None:
        assert said is None
        return
    met = current.value >= target if direction is Direction.AT_LEAST else current.value <= target
    if met:
        assert said is True
    elif now >= row["due_at"]:
        assert said is False
    elif said is not None:
        done = progress(target, baseline, current)
        gone = (now - row["baseline_until"]) / (row["due_at"] - row["baseline_until"])
        assert done is not None
        assert said is (done >= gone)


@given(shares(), st.floats(0, 1))
def test_progress_goes_from_the_baseline_to_the_target(baseline: Any, target: float) -> None:
    assume(baseline.value is not None)
    assume(abs(baseline.value - target) > 1e-6)
    assert progress(target, baseline, baseline) == 0
    assert progress(target, baseline, NOTHING) is None
    assert progress(target, NOTHING, baseline) is None
    assert progress(baseline.value, baseline, baseline) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.datetimes()), max_size=6))
def test_moments_in_order(moments: list[tuple[str, datetime]]) -> None:
    wrong = out_of_order(moments)
    rising = all(earlier < later for (_, earlier), (_, later) in pairwise(moments))
    assert (wrong is None) is rising


def test_an_observation_may_begin_when_its_baseline_ends() -> None:
    moment = at("03-01")
    assert out_of_order([("baseline_until", moment), ("observation_from", moment)]) is None
    assert out_of_order([("observation_from", moment), ("observation_until", moment)]) == "observation_until"


@given(shares(), shares(), st.floats(0, 1), st.sampled_from(Direction), days)
def test_what_is_kept_is_what_was_found(before: Any, after: Any, target: float, direction: Direction, day: int) -> None:
    row = objective(target, direction)
    found = judge(row, Measured(before, "before"), Measured(after, "after"), at("03-03") + timedelta(days=day))
    assert Outcome.of(found.kept()) == found
    by_lots = judge(row | {"lots": 2}, found.before, found.after, at("03-03"), Recurrence(day, day % 2, 0))
    assert Outcome.of(by_lots.kept()) == by_lots
    n = still_to_decide(row, found)
    if found.verdict is not Verdict.INCONCLUSIVE:
        assert n is None
    elif n is not None:
        assert n >= after.n
