"""Quantiles by Kaplan and Meier against published numbers, and the properties that they must have."""

import math

from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.metrics.comparisons import Difference, compare
from qms_graphql.metrics.rules import Estimate, Family
from qms_graphql.metrics.survival import quantile

# Weeks of remission of leukemia: Freireich et al. 1963, Blood 21:699-716; the example of Kleinbaum & Klein, Survival
# Analysis, ch. 2. On 6-MP 9 of 21 relapsed, on placebo all 21.
RELAPSED, STILL_WELL = (6, 6, 6, 7, 10, 13, 16, 22, 23), (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
ON_MP = [(time, True, 1) for time in RELAPSED] + [(time, False, 1) for time in STILL_WELL]
ON_PLACEBO = [(time, True, 1) for time in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]

times = st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.integers(1, 3)), max_size=40)
shares = st.sampled_from((0.25, 0.5, 0.9))


def test_the_published_medians() -> None:
    """Median 23 (13 to beyond what was seen) and 8 (4 to 11): the intervals of Stata's `stci` and SAS's LIFETEST."""
    assert quantile(0.5, ON_MP) == Estimate(23, 13, None, 21, 9, 21)
    assert quantile(0.5, ON_PLACEBO) == Estimate(8, 4, 11, 21, 21, 21)
    # Of those on 6-MP 0.4482 are left in the end: three quarters were not reached.
    assert quantile(0.75, ON_MP) == Estimate(None, 23, None, 21, 9, 21)


def test_few_say_little() -> None:
    assert quantile(0.5, []) == Estimate(None, None, None, 0, 0, 0)
    assert quantile(0.5, [(3, False, 2)]) == Estimate(None, None, None, 2, 0, 2)
    assert quantile(0.5, [(3, True, 1)]) == Estimate(3, None, None, 1, 1, 1)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), shares)
def test_where_all_has_ended_it_is_the_quantile(ended: list[int], share: float) -> None:
    at = math.ceil(share * len(ended) - 1e-6)
    assert quantile(share, [(time, True, 1) for time in ended]).value == sorted(ended)[at - 1]


@given(times, shares)
def test_the_interval_holds_the_value(seen: list[tuple[int, bool, int]], share: float) -> None:
    found = quantile(share, seen)
    assert found == quantile(share, [(time, ended, 1) for time, ended, count in seen for _ in range(count)])
    known = [number for number in (found.low, found.value, found.high) if number is not None]
    assert known == sorted(known)


@given(times, shares)
def test_who_waits_longer_does_not_make_it_shorter(seen: list[tuple[int, bool, int]], share: float) -> None:
    sooner, later = quantile(share, seen).value, quantile(share, [(time + 5, *more) for time, *more in seen]).value
    assert later == (None if sooner is None else sooner + 5)
    open_ = quantile(share, [*seen, (41, False, 1)]).value
    assert open_ is None or (sooner is not None and open_ >= sooner)


def test_medians_are_compared_by_their_intervals() -> None:
    before, after = Estimate(48, 40, 60, 30, 30, 30), Estimate(24, 20, 29, 30, 28, 30)
    expected = Difference(-24, -24 - math.hypot(4, 12), -24 + math.hypot(5, 8), None)
    assert compare(Family.TIME, before, after) == expected
    assert compare(Family.TIME, before, quantile(0.5, ON_MP)) == Difference(-25, None, None, None)
    assert compare(Family.TIME, before, quantile(0.5, [])) is None
