"""Whether a metric changed: the difference of two of its values with interval and p-value, and what follows from it.

Pure. Each sort of number has its own method; all answer in the unit of the metric, after less before.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from qms_graphql.metrics.distributions import (
    CONFIDENCE,
    beta_share,
    normal_quantile,
    normal_tails,
    t_critical,
    t_tails,
)
from qms_graphql.metrics.intervals import adjusted_balance, wilson_ends
from qms_graphql.metrics.rates import PER, garwood
from qms_graphql.metrics.rules import Estimate, Family

_SIGNIFICANT = 1 - CONFIDENCE

_NEAREST, _FURTHEST = 1e-15, 40.0
"""A p-value at so few standard errors is 1 for a float, and at so many 0."""


@dataclass(frozen=True, slots=True)
class Difference:
    """After less before, with its 95 % interval and the two-sided p-value of no difference; low ≤ value ≤ high.

    Interval and p-value are None where too little was seen to say how the values scatter; times have no p-value.
    """

    value: float
    low: float | None
    high: float | None
    p_value: float | None


def compare(family: Family, before: Estimate, after: Estimate) -> Difference | None:
    """The difference of two values of a metric; None where one of them is missing."""
    if before.value is None or after.value is None:
        return None
    return _METHODS[family](before, after)


def difference_of_proportions(before: Estimate, after: Estimate) -> Difference:
    """The difference of two shares by method 10 of Newcombe 1998, Stat Med 17:873-890: Wilson's intervals, combined.

    The p-value is of the same method: of the confidence at which the interval begins to hold 0.
    """

    def ends(z: float) -> tuple[float, float]:
        first, last = (wilson_ends(item.numerator, item.n, z) for item in (before, after))
        return _square_and_add(_value(before), first, _value(after), last)

    low, high = ends(normal_quantile())
    return Difference(_value(after) - _value(before), low, high, _p_value(ends))


def difference_of_balances(before: Estimate, after: Estimate) -> Difference:
    """The difference of two Net Promoter Scores, each a mean of trinomial marks with Rocks' adjustment.

    The variances of the two add up, and the statistic is compared with the normal distribution; clamped to ±200, and
    widened where it would not hold the observed difference.
    """
    (first, first_error), (last, last_error) = (
        adjusted_balance(item.numerator, item.squares or 0, item.n) for item in (before, after)
    )
    value, centre, error = _value(after) - _value(before), last - first, math.hypot(first_error, last_error)
    half = normal_quantile() * error
    low, high = min(max(centre - half, -200.0), value), max(min(centre + half, 200.0), value)
    return Difference(value, low, high, normal_tails(abs(centre) / error))


def difference_of_means(before: Estimate, after: Estimate) -> Difference:
    """The difference of two means by Welch 1947, Biometrika 34:28-35: the variances need not be equal.

    Without interval where one mean is of a single score, or where no scores differ: nothing says how they scatter.
    """
    value = _value(after) - _value(before)
    if min(before.n, after.n) < 2:
        return Difference(value, None, None, None)
    first, last = (_squared_error(item) for item in (before, after))
    if first + last == 0:
        return Difference(value, None, None, None)
    degrees = (first + last) ** 2 / (first**2 / (before.n - 1) + last**2 / (after.n - 1))
    error = math.sqrt(first + last)
    half = t_critical(degrees) * error
    return Difference(value, value - half, value + half, t_tails(abs(value) / error, degrees))


def difference_of_rates(before: Estimate, after: Estimate) -> Difference:
    """The difference of two rates of events, per 1000 units.

    The p-value is that of the exact conditional test: given how many events there were, the share of them that came
    after is binomial, and its smaller tail is doubled (Przyborowski & Wilenski 1940, Biometrika 31:313-323; Fay 2010).
    The test has an interval of the ratio only, so that of the difference combines Garwood's exact intervals by squares
    (Donner & Zou 2012, Stat Methods Med Res 21:347-359). Where it would not hold 0 and the test finds nothing, it is
    extended to 0: an effect is shown only where both agree.
    """
    first, last = (_per_units(item) for item in (before, after))
    value = _value(after) - _value(before)
    low, high = _square_and_add(_value(before), first, _value(after), last)
    p_value = _conditional_test(before, after)
    if p_value >= _SIGNIFICANT:
        low, high = min(low, 0.0), max(high, 0.0)
    return Difference(value, low, high, p_value)


def difference_of_times(before: Estimate, after: Estimate) -> Difference:
    """The difference of two times of Kaplan and Meier, whose intervals are combined by squares (MOVER).

    Source: Zou & Donner 2008, Stat Med 27:1693-1702. Without interval where one of theirs has an open end, and without
    p-value: the quantiles alone have no test.
    """
    value = _value(after) - _value(before)
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return Difference(value, None, None, None)
    first, last = (before.low, before.high), (after.low, after.high)
    return Difference(value, *_square_and_add(_value(before), first, _value(after), last), None)


_METHODS: Mapping[Family, Callable[[Estimate, Estimate], Difference]] = {
    Family.PROPORTION: difference_of_proportions,
    Family.BALANCE: difference_of_balances,
    Family.MEAN: difference_of_means,
    Family.RATE: difference_of_rates,
    Family.TIME: difference_of_times,
}


class Direction(Enum):
    """On which side of its target a value shall lie.

    AT_LEAST: The target or more; more is better.
    AT_MOST: The target or less; less is better.
    """

    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a value shall reach."""

    target: float
    direction: Direction

    def met_by(self, value: float) -> bool:
        """Whether a value is on the right side; the target itself is."""
        return value >= self.target if self.direction is Direction.AT_LEAST else value <= self.target

    def better(self, low: float, high: float) -> bool:
        """Whether a difference with these ends is an improvement for sure."""
        return low > 0 if self.direction is Direction.AT_LEAST else high < 0

    def worse(self, low: float, high: float) -> bool:
        """Whether a difference with these ends is a deterioration for sure."""
        return high < 0 if self.direction is Direction.AT_LEAST else low > 0


class Verdict(Enum):
    """Whether what was done has the effect it was done for.

    EFFECTIVE: It became better for sure, and the target is met.
    INEFFECTIVE: It became worse for sure; or the window is over and the target is missed for sure.
    INCONCLUSIVE: What was observed decides nothing.
    """

    EFFECTIVE = "EFFECTIVE"
    INEFFECTIVE = "INEFFECTIVE"
    INCONCLUSIVE = "INCONCLUSIVE"


def verdict(goal: Goal, difference: Difference | None, after: Estimate, *, over: bool) -> Verdict:
    """What follows from a difference and the value after, at 95 % confidence. `over`: the observation has ended."""
    if difference is not None and difference.low is not None and difference.high is not None:
        if goal.better(difference.low, difference.high) and goal.met_by(_value(after)):
            return Verdict.EFFECTIVE
        if goal.worse(difference.low, difference.high):
            return Verdict.INEFFECTIVE
    if over and after.low is not None and after.high is not None:
        nearest = after.high if goal.direction is Direction.AT_LEAST else after.low
        if not goal.met_by(nearest):
            return Verdict.INEFFECTIVE
    return Verdict.INCONCLUSIVE


def _value(estimate: Estimate) -> float:
    if estimate.value is None:
        raise ValueError("value must be known: there is nothing to compare")
    return estimate.value


def _square_and_add(
    before: float, first: tuple[float, float], after: float, last: tuple[float, float]
) -> tuple[float, float]:
    """The interval of after - before, from the two values and the interval of each."""
    value = after - before
    return value - math.hypot(after - last[0], first[1] - before), value + math.hypot(
        last[1] - after, before - first[0]
    )


def _p_value(ends: Callable[[float], tuple[float, float]]) -> float:
    """The p-value of no difference, by the interval that only just holds 0, of those that reach z to both sides."""
    short, wide = 0.0, _FURTHEST
    while wide - short > max(1e-12 * wide, _NEAREST):
        middle = (short + wide) / 2
        low, high = ends(middle)
        if low <= 0 <= high:
            wide = middle
        else:
            short = middle
    return normal_tails(wide)


def _squared_error(estimate: Estimate) -> float:
    """The squared standard error of a mean."""
    n, scatter = estimate.n, (estimate.squares or 0) - estimate.numerator**2 / estimate.n
    # Rounding may leave a hair of scatter, on either side of 0, where all scores are equal.
    return 0.0 if scatter < 1e-12 * (estimate.squares or 0) else scatter / (n - 1) / n


def _per_units(estimate: Estimate) -> tuple[float, float]:
    low, high = garwood(estimate.numerator)
    return PER * low / estimate.denominator, PER * high / estimate.denominator


def _conditional_test(before: Estimate, after: Estimate) -> float:
    events = before.numerator + after.numerator
    if events == 0:
        return 1.0
    share = after.denominator / (before.denominator + after.denominator)
    rest = before.denominator / (before.denominator + after.denominator)
    # At least k of n events: I(share; k, n - k + 1). At most k: the mirror image.
    up = beta_share(share, rest, after.numerator, before.numerator + 1) if after.numerator else 1.0
    down = beta_share(rest, share, before.numerator, after.numerator + 1) if before.numerator else 1.0
    return min(2 * min(up, down), 1.0)
