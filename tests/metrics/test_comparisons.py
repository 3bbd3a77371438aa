"""Differences against published numbers, and the properties that intervals, tests and verdicts must have."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qms_graphql.metrics.comparisons import Difference, Direction, Goal, Verdict, compare, verdict
from qms_graphql.metrics.rates import garwood, rate
from qms_graphql.metrics.rules import Estimate, Family, mean_score, nps, proportion

NOTHING = proportion(0, 0)


def scored(scores: list[int]) -> Estimate:
    return mean_score(len(scores), sum(scores), sum(score * score for score in scores))


@st.composite
def shares(draw: st.DrawFn) -> Estimate:
    n = draw(st.integers(1, 10**6))
    return proportion(draw(st.integers(0, n)), n)


balances = st.builds(nps, st.integers(0, 10**5), st.integers(0, 10**5), st.integers(1, 10**5))
means = st.lists(st.integers(1, 7), min_size=2, max_size=60).map(scored)
rates = st.builds(rate, st.integers(0, 10**5), st.integers(1, 10**7))


def pairs(family: Family, values: st.SearchStrategy[Estimate]) -> st.SearchStrategy[tuple[Family, Estimate, Estimate]]:
    return st.tuples(st.just(family), values, values)


any_pair = st.one_of(
    pairs(Family.PROPORTION, shares()),
    pairs(Family.BALANCE, balances),
    pairs(Family.MEAN, means),
    pairs(Family.RATE, rates),
)


# -- published numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "low", "high"),
    [
        # Newcombe 1998, Stat Med 17:873-890, Table II, method 10: (a) to (h).
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((2, 7), (6, 7), 0.0582, 0.8062),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((0, 20), (10, 10), 0.6791, 1.0),
        ((0, 10), (10, 10), 0.6075, 1.0),
    ],
)
def test_proportions_by_newcombe(first: tuple[int, int], last: tuple[int, int], low: float, high: float) -> None:
    found = compare(Family.PROPORTION, proportion(*first), proportion(*last))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.value == pytest.approx(last[0] / last[1] - first[0] / first[1])


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [
        # Garwood 1936 and every printed table of exact Poisson limits.
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (50, 37.111, 65.919),
        (100, 81.364, 121.627),
    ],
)
def test_events_by_garwood(events: int, low: float, high: float) -> None:
    assert garwood(events) == pytest.approx((low, high), abs=5e-4)


def test_a_rate_is_told_for_a_thousand_units() -> None:
    low, high = garwood(48)
    assert rate(48, 1200) == Estimate(40.0, 1000 * low / 1200, 1000 * high / 1200, 1200, 48, 1200)
    assert rate(3, 0) == Estimate(None, None, None, 0, 3, 0)


def test_rates_by_the_exact_conditional_test() -> None:
    found = compare(Family.RATE, rate(48, 1200), rate(21, 1400))
    assert found is not None
    # The definition: of 69 events at most 21 after, where 14/26 are to be expected; twice the smaller tail.
    tail = math.fsum(math.comb(69, k) * (14 / 26) ** k * (12 / 26) ** (69 - k) for k in range(22))
    assert found.p_value == pytest.approx(2 * tail, rel=1e-9)
    assert found.value == -25.0
    # Squares of the distances to Garwood's ends: 35.391 and 63.641 of 1200, 12.999 and 32.101 of 1400.
    assert found.low == pytest.approx(-25 - math.hypot(15 - 12.99933 / 1.4, 63.64104 / 1.2 - 40), abs=1e-4)
    assert found.high == pytest.approx(-25 + math.hypot(32.10073 / 1.4 - 15, 40 - 35.39141 / 1.2), abs=1e-4)


def test_rates_of_which_the_test_finds_nothing_hold_zero() -> None:
    # 0 of 6 and 6 of 6 events: the test says 2/2⁶; of 5, 2/2⁵, which is more than 0.05.
    six, five = (compare(Family.RATE, rate(n, 1000), rate(0, 1000)) for n in (6, 5))
    assert six is not None
    assert five is not None
    assert (six.p_value, five.p_value) == pytest.approx((2 / 64, 2 / 32))
    assert six.high is not None
    assert six.high < 0
    assert five.high is not None
    assert five.high >= 0


def test_balances_add_their_variances() -> None:
    found = compare(Family.BALANCE, nps(40, 30, 30), nps(70, 20, 10))
    assert found is not None

    def adjusted(p: float, d: float) -> tuple[float, float]:
        p, d = (p + 0.75) / 103, (d + 0.75) / 103
        return p - d, (p + d - (p - d) ** 2) / 103

    (first, first_variance), (last, last_variance) = adjusted(40, 30), adjusted(70, 10)
    half = 1.959963984540054 * math.sqrt(first_variance + last_variance)
    assert found.value == 50.0
    assert (found.low, found.high) == pytest.approx((100 * (last - first - half), 100 * (last - first + half)))
    z = (last - first) / math.sqrt(first_variance + last_variance)
    assert found.p_value == pytest.approx(math.erfc(z / math.sqrt(2)))


def test_means_by_welch() -> None:
    # The data set `sleep` of R: extra hours of sleep with two drugs (Student 1908).
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    last = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    before, after = (mean_score(10, sum(group), sum(x * x for x in group)) for group in (first, last))
    found = compare(Family.MEAN, before, after)
    assert found is not None
    # t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p = 0.07939, -3.3654832 to 0.2054832.
    assert found.value == pytest.approx(1.58)
    assert (found.low, found.high) == pytest.approx((-0.2054832, 3.3654832), abs=1e-7)
    assert found.p_value == pytest.approx(0.07939, abs=5e-6)


@pytest.mark.parametrize(("first", "last"), [([5], [6, 7]), ([5, 5, 5], [6, 6]), ([4, 6], [7])])
def test_means_without_scatter_have_no_interval(first: list[int], last: list[int]) -> None:
    value = sum(last) / len(last) - sum(first) / len(first)
    assert compare(Family.MEAN, scored(first), scored(last)) == Difference(value, None, None, None)


@pytest.mark.parametrize("family", Family)
def test_nothing_is_not_compared(family: Family) -> None:
    assert compare(family, NOTHING, rate(3, 100)) is None
    assert compare(family, rate(3, 100), NOTHING) is None


# -- properties ------------------------------------------------------------------------------------------------------


@given(any_pair)
def test_the_interval_holds_the_difference(pair: tuple[Family, Estimate, Estimate]) -> None:
    found = compare(*pair)
    assert found is not None
    assume(found.low is not None)
    assert found.low <= found.value <= found.high
    assert 0 <= found.p_value <= 1


@given(any_pair)
def test_interval_and_test_agree_about_zero(pair: tuple[Family, Estimate, Estimate]) -> None:
    found = compare(*pair)
    assert found is not None
    assume(found.low is not None)
    assume(abs(found.p_value - 0.05) > 1e-6)
    if found.p_value > 0.05:
        assert found.low <= 0 <= found.high
    elif pair[0] is not Family.RATE:
        # Of rates the interval may be the more cautious one.
        assert not found.low <= 0 <= found.high


@given(any_pair)
def test_the_other_way_round_it_is_the_mirror_image(pair: tuple[Family, Estimate, Estimate]) -> None:
    family, before, after = pair
    there, back = compare(family, before, after), compare(family, after, before)
    assert there is not None
    assert back is not None
    assume(there.low is not None)
    assert (back.value, back.low, back.high) == pytest.approx((-there.value, -there.high, -there.low))
    assert back.p_value == pytest.approx(there.p_value, rel=1e-6, abs=1e-12)


@given(st.integers(0, 40), st.integers(1, 60), st.integers(0, 40), st.integers(1, 60), st.integers(2, 9))
def test_the_interval_narrows_as_n_grows(a: int, m: int, b: int, n: int, times: int) -> None:
    def width(family: Family, k: int) -> float:
        before, after = (
            (proportion(k * min(a, m), k * m), proportion(k * min(b, n), k * n))
            if family is Family.PROPORTION
            else (rate(k * a, k * m), rate(k * b, k * n))
            if family is Family.RATE
            else (nps(k * a, k * m, k * b), nps(k * b, k * n, k * a))
        )
        found = compare(family, before, after)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        return found.high - found.low

    assert width(Family.PROPORTION, times) < width(Family.PROPORTION, 1)
    assert width(Family.BALANCE, times) < width(Family.BALANCE, 1)
    assert width(Family.RATE, times) < width(Family.RATE, 1) + 1e-9


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_rate_lies_in_its_interval(events: int, units: int) -> None:
    found = rate(events, units)
    assert found.low <= found.value <= found.high


# -- verdicts --------------------------------------------------------------------------------------------------------

LOWER, HIGHER = Goal(20, Direction.AT_MOST), Goal(0.8, Direction.AT_LEAST)


def judged(goal: Goal, family: Family, before: Estimate, after: Estimate, *, over: bool) -> Verdict:
    return verdict(goal, compare(family, before, after), after, over=over)


@pytest.mark.parametrize(
    ("after", "over", "expected"),
    [
        ((21, 1400), False, Verdict.EFFECTIVE),
        ((21, 1400), True, Verdict.EFFECTIVE),
        # Better for sure, but the target of 20 is missed, and not for sure.
        ((60, 2900), True, Verdict.INCONCLUSIVE),
        # Better for sure, and the target missed for sure: only once the window is over.
        ((300, 12_000), False, Verdict.INCONCLUSIVE),
        ((300, 12_000), True, Verdict.INEFFECTIVE),
        # Worse for sure.
        ((120, 1400), False, Verdict.INEFFECTIVE),
        # The target is met, but nothing is sure.
        ((1, 60), True, Verdict.INCONCLUSIVE),
        ((0, 0), True, Verdict.INCONCLUSIVE),
    ],
)
def test_verdicts_where_less_is_better(after: tuple[int, int], over: bool, expected: Verdict) -> None:
    assert judged(LOWER, Family.RATE, rate(48, 1200), rate(*after), over=over) is expected


@pytest.mark.parametrize(
    ("after", "over", "expected"),
    [
        ((85, 100), False, Verdict.EFFECTIVE),
        ((80, 100), False, Verdict.EFFECTIVE),
        ((79, 100), True, Verdict.INCONCLUSIVE),
        ((70, 100), False, Verdict.INCONCLUSIVE),
        ((70, 100), True, Verdict.INEFFECTIVE),
        ((40, 100), False, Verdict.INEFFECTIVE),
    ],
)
def test_verdicts_where_more_is_better(after: tuple[int, int], over: bool, expected: Verdict) -> None:
    assert judged(HIGHER, Family.PROPORTION, proportion(60, 100), proportion(*after), over=over) is expected


def test_without_a_before_only_a_missed_target_is_certain() -> None:
    assert judged(LOWER, Family.RATE, rate(0, 0), rate(1, 1000), over=True) is Verdict.INCONCLUSIVE
    assert judged(LOWER, Family.RATE, rate(0, 0), rate(60, 1000), over=False) is Verdict.INCONCLUSIVE
    assert judged(LOWER, Family.RATE, rate(0, 0), rate(60, 1000), over=True) is Verdict.INEFFECTIVE


@given(any_pair, st.floats(-100, 1000), st.sampled_from(Direction), st.booleans())
def test_a_verdict_says_what_it_says(
    pair: tuple[Family, Estimate, Estimate], target: float, direction: Direction, over: bool
) -> None:
    goal, (family, before, after) = Goal(target, direction), pair
    found = compare(family, before, after)
    assert found is not None
    assume(found.low is not None)
    sign = 1 if direction is Direction.AT_LEAST else -1
    said = verdict(goal, found, after, over=over)
    if said is Verdict.EFFECTIVE:
        assert found.value * sign > 0
        assert found.p_value < 0.05
        assert after.value * sign >= target * sign
    if said is Verdict.INEFFECTIVE:
        assert (over and after.value * sign < target * sign) or found.value * sign < 0
    # The end of the window never takes back what was sure before.
    if not over and said is not Verdict.INCONCLUSIVE:
        assert verdict(goal, found, after, over=True) is said
