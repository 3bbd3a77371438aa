"""How many observations would decide."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.metrics.comparisons import Direction, Goal, Verdict, compare, verdict
from qms_graphql.metrics.planning import n_to_decide
from qms_graphql.metrics.rates import rate
from qms_graphql.metrics.rules import Estimate, Family, mean_score, nps, proportion

LOWER = Goal(20, Direction.AT_MOST)


def test_a_rate_that_stays_decides_once_so_many_were_sold() -> None:
    before = rate(48, 1200)
    n = n_to_decide(Family.RATE, LOWER, before, rate(3, 200))
    assert n is not None

    def said(units: int) -> Verdict:
        after = rate(15 * units / 1000, units)
        return verdict(LOWER, compare(Family.RATE, before, after), after, over=True)

    assert said(n) is Verdict.EFFECTIVE
    assert said(n - 1) is Verdict.INCONCLUSIVE
    assert 200 < n < 1400


def test_before_anything_is_observed_the_target_is_supposed() -> None:
    assert n_to_decide(Family.RATE, LOWER, rate(48, 1200), rate(0, 0)) == n_to_decide(
        Family.RATE, LOWER, rate(48, 1200), rate(2, 100)
    )


def test_what_is_observed_may_be_enough_once_the_window_is_over() -> None:
    assert n_to_decide(Family.RATE, LOWER, rate(48, 1200), rate(300, 12_000)) == 12_000


@pytest.mark.parametrize(
    ("family", "goal", "before", "after"),
    [
        # Three complaints before: whatever is seen after, nobody can be sure that it became better.
        (Family.RATE, LOWER, rate(3, 100), rate(2, 110)),
        (Family.RATE, LOWER, rate(0, 0), rate(2, 110)),
        (Family.MEAN, Goal(6, Direction.AT_LEAST), mean_score(0, 0, 0), mean_score(0, 0, 0)),
    ],
)
def test_no_n_decides_where_too_little_was_seen_before(
    family: Family, goal: Goal, before: Estimate, after: Estimate
) -> None:
    assert n_to_decide(family, goal, before, after) is None


FAMILIES: list[tuple[Family, Goal, Estimate, Callable[[int], Estimate]]] = [
    (Family.PROPORTION, Goal(0.7, Direction.AT_LEAST), proportion(30, 60), lambda n: proportion(3 * n, 4 * n)),
    (Family.BALANCE, Goal(30, Direction.AT_LEAST), nps(20, 20, 20), lambda n: nps(2 * n, n, n)),
    (Family.MEAN, Goal(5, Direction.AT_LEAST), mean_score(50, 225, 1100), lambda n: mean_score(3 * n, 16 * n, 87 * n)),
    (Family.RATE, LOWER, rate(48, 1200), lambda n: rate(n, 60 * n)),
]


@pytest.mark.parametrize(("family", "goal", "before", "after"), FAMILIES)
@given(times=st.integers(1, 3))
def test_it_is_never_less_than_what_is_observed(
    family: Family, goal: Goal, before: Estimate, after: Callable[[int], Estimate], times: int
) -> None:
    seen = after(times)
    n = n_to_decide(family, goal, before, seen)
    assert n is not None
    assert n >= seen.n
    # More of the same leaves the answer where it is (a mean's scatter is counted anew, so within a few).
    assert n == pytest.approx(n_to_decide(family, goal, before, after(1)), abs=4)
