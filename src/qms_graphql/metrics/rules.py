"""The formulas of the customer metrics, each with its 95 % interval.

Pure: no database, no clock. Callers count, these functions calculate; every result carries its n, numerator and
denominator, so that no number stands without what it was made from.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from statistics import NormalDist
from types import MappingProxyType

CONFIDENCE = 0.95
"""The share of intervals that should hold the true value."""


class Counting(Enum):
    """Which answers count when one customer answered more than once in the window [from, until) of `occurredAt`.

    "Latest" is the latest by `receivedAt`, then by external id.

    EACH_ANSWER: Every answer counts.
    LATEST_PER_INTERACTION: The latest answer about each interaction counts; without an interaction each counts.
    LATEST_PER_CUSTOMER: The latest answer of each customer counts; without a known customer each counts.
    """

    EACH_ANSWER = "EACH_ANSWER"
    LATEST_PER_INTERACTION = "LATEST_PER_INTERACTION"
    LATEST_PER_CUSTOMER = "LATEST_PER_CUSTOMER"


class MetricCode(Enum):
    """What can be measured; `metric` says how.

    CSAT: Customer satisfaction: the share of satisfied answers.
    NPS: Net Promoter Score.
    CES: Customer effort score: the mean answer on how easy it was.
    RETENTION: The share of a cohort of customers that stayed.
    REPEAT_PURCHASE: The share of buyers who bought again.
    """

    CSAT = "CSAT"
    NPS = "NPS"
    CES = "CES"
    RETENTION = "RETENTION"
    REPEAT_PURCHASE = "REPEAT_PURCHASE"


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """What a metric is: its unit with its range, its formula in one sentence, how its interval is found."""

    code: MetricCode
    name: str
    unit: str
    formula: str
    interval_method: str
    higher_is_better: bool


_SHARE = "share 0..1"

DEFINITIONS: Mapping[MetricCode, MetricDefinition] = MappingProxyType(
    {
        definition.code: definition
        for definition in (
            MetricDefinition(
                code=MetricCode.CSAT,
                name="Customer satisfaction",
                unit=_SHARE,
                formula="Satisfied answers divided by all answers, where the question states from which answer on a "
                "customer is satisfied (as a rule the top 2 of 5).",
                interval_method="Wilson",
                higher_is_better=True,
            ),
            MetricDefinition(
                code=MetricCode.NPS,
                name="Net Promoter Score",
                unit="points -100..100",
                formula="100 times the promoters (9 and 10) less the detractors (0 to 6), divided by all answers.",
                interval_method="adjusted Wald",
                higher_is_better=True,
            ),
            MetricDefinition(
                code=MetricCode.CES,
                name="Customer effort score",
                unit="points 1..7",
                formula="The mean of the answers from 1 (very hard) to 7 (very easy).",
                interval_method="t",
                higher_is_better=True,
            ),
            MetricDefinition(
                code=MetricCode.RETENTION,
                name="Customer retention",
                unit=_SHARE,
                formula="The customers at the end less those gained since the start, divided by the customers at the "
                "start.",
                interval_method="Wilson",
                higher_is_better=True,
            ),
            MetricDefinition(
                code=MetricCode.REPEAT_PURCHASE,
                name="Repeat purchase rate",
                unit=_SHARE,
                formula="The customers with at least 2 purchases in the window divided by those with at least 1.",
                interval_method="Wilson",
                higher_is_better=True,
            ),
        )
    }
)
"""The definition of every metric of this module."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value with its 95 % interval, in the unit of its metric; low ≤ value ≤ high.

    `value` is None when n is 0. `low` and `high` are None when n is 0 or too small to say how sure the value is.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    numerator: float | int
    denominator: int


def wilson(successes: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The Wilson score interval of a proportion without continuity correction, as shares 0..1 (low, high).

    Source: Wilson 1927, JASA 22:209-212; method 3 of Newcombe 1998, Stat Med 17:857-872.

    Raises:
        ValueError: `n` < 1, `successes` outside 0..n, or `confidence` not between 0 and 1.
    """
    _require_counts(successes=successes, n=n)
    if n == 0:
        raise ValueError("n must be at least 1: no interval follows from nothing")
    if successes > n:
        raise ValueError(f"successes must not exceed n: {successes} of {n}")
    z = _z(confidence)
    share = successes / n
    centre = (successes + z * z / 2) / (n + z * z)
    half = z * math.sqrt(successes * (n - successes) / n + z * z / 4) / (n + z * z)
    # Rounding can put a bound a hair on the wrong side of the share, or of 0 and 1, where it must lie exactly.
    low = 0.0 if successes == 0 else min(max(centre - half, 0.0), share)
    high = 1.0 if successes == n else max(min(centre + half, 1.0), share)
    return low, high


def proportion(successes: int, n: int) -> Estimate:
    """A share 0..1 with its Wilson interval; without a value when n is 0.

    Raises:
        ValueError: a count is negative, or `successes` exceeds `n`.
    """
    _require_counts(successes=successes, n=n)
    if successes > n:
        raise ValueError(f"successes must not exceed n: {successes} of {n}")
    if n == 0:
        return Estimate(None, None, None, 0, 0, 0)
    low, high = wilson(successes, n)
    return Estimate(successes / n, low, high, n, successes, n)


def nps(promoters: int, passives: int, detractors: int) -> Estimate:
    """The Net Promoter Score in points -100..100 with its adjusted Wald interval; without a value when nobody answered.

    The interval adds 3 answers, ¾ of them promoters and ¾ detractors, takes the variance p + d - (p - d)² and is
    clamped to ±100. It is widened to hold the score where it would not: a single promoter's would end at 98.5.
    The numerator is promoters - detractors. Source: Rocks 2016, The American Statistician 70:365-372.

    Raises:
        ValueError: a count is negative.
    """
    _require_counts(promoters=promoters, passives=passives, detractors=detractors)
    n = promoters + passives + detractors
    if n == 0:
        return Estimate(None, None, None, 0, 0, 0)
    value = 100 * (promoters - detractors) / n
    answers = n + 3
    p = (promoters + 0.75) / answers
    d = (detractors + 0.75) / answers
    centre = p - d
    half = _z(CONFIDENCE) * math.sqrt((p + d - centre * centre) / answers)
    low = min(max(100 * (centre - half), -100.0), value)
    high = max(min(100 * (centre + half), 100.0), value)
    return Estimate(value, low, high, n, promoters - detractors, n)


def mean_score(n: int, total: float, total_of_squares: float) -> Estimate:
    """The mean of n scores, in their own unit, with its Student t interval; without a value when n is 0.

    One score does not say how scores scatter, so n = 1 has a value and no interval. The interval is not clamped to the
    scale. Whole-number sums (a CES question) are exact; sums of fractions carry their rounding.
    Source: NIST/SEMATECH e-Handbook 1.3.5.2.

    Args:
        n: how many scores.
        total: their sum, the numerator of the result.
        total_of_squares: the sum of their squares.

    Raises:
        ValueError: `n` is negative, a sum is not finite, or no n scores have these sums.
    """
    _require_counts(n=n)
    for name, number in (("total", total), ("total_of_squares", total_of_squares)):
        if not math.isfinite(number):
            raise ValueError(f"{name} must be a finite number, not {number}")
    if n == 0:
        if total != 0 or total_of_squares != 0:
            raise ValueError(f"total and total_of_squares must be 0 when n is 0, not {total} and {total_of_squares}")
        return Estimate(None, None, None, 0, 0, 0)
    scatter = _scatter(n, total, total_of_squares)
    value = total / n
    if n == 1:
        return Estimate(value, None, None, 1, total, 1)
    half = t_critical(n - 1) * math.sqrt(scatter / (n - 1)) / n
    return Estimate(value, value - half, value + half, n, total, n)


def retention(start: int, end: int, new: int) -> Estimate:
    """The share 0..1 of the customers at the start who are still there, (E - N) / S, with its Wilson interval.

    Without a value when nobody was there at the start.

    Args:
        start: customers at the start, S.
        end: customers at the end, E, the new ones among them.
        new: customers gained in between and still there at the end, N.

    Raises:
        ValueError: a count is negative, `new` exceeds `end`, or more stayed (`end` - `new`) than there were at `start`.
    """
    _require_counts(start=start, end=end, new=new)
    if new > end:
        raise ValueError(f"new must not exceed end: {new} of {end}")
    if end - new > start:
        raise ValueError(f"end less new must not exceed start: {end} - {new} of {start} cannot have stayed")
    return proportion(end - new, start)


@lru_cache(maxsize=4096)
def t_critical(degrees: int, confidence: float = CONFIDENCE) -> float:
    """The t for which a Student t variable lies within ±t with the given confidence.

    Exact to a relative 1e-9 up to 10⁸ degrees of freedom, to 1e-5 beyond. Found by bisection on the two-sided tail, the
    regularised incomplete beta function I(df / (df + t²); df/2, ½): DLMF 8.17, Abramowitz & Stegun 26.7.1.

    Raises:
        ValueError: `degrees` < 1, or `confidence` not between 0 and 1.
    """
    if degrees < 1:
        raise ValueError(f"degrees must be at least 1, not {degrees}")
    tail = 1 - confidence
    low = 0.0
    high = 2 * _z(confidence)
    while _two_sided_tail(high, degrees) > tail:
        low, high = high, 2 * high
    while high - low > 1e-14 * high:
        middle = (low + high) / 2
        if _two_sided_tail(middle, degrees) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _two_sided_tail(t: float, degrees: int) -> float:
    """The probability that a Student t variable lies outside ±t, t > 0."""
    a = degrees / 2
    square = t * t
    x = degrees / (degrees + square)
    rest = square / (degrees + square)
    front = math.exp(_log_gamma_ratio(a) - math.log(math.pi) / 2 - a * math.log1p(square / degrees)) * math.sqrt(rest)
    # The fraction converges fast on one side of the distribution's mean; the other side is 1 less its mirror image.
    if x < (a + 1) / (a + 2.5):
        return front * _beta_fraction(a, 0.5, x) / a
    return 1 - front * _beta_fraction(0.5, a, rest) / 0.5


def _log_gamma_ratio(a: float) -> float:
    """ln(Γ(a + ½) / Γ(a))."""
    if a < 50:
        return math.lgamma(a + 0.5) - math.lgamma(a)
    # The difference of two large logarithms would lose digits; the asymptotic series is exact to 1e-14 from here on.
    return math.log(a) / 2 - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5)


def _beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22) by the modified Lentz method.

    Source of the method: Press et al., Numerical Recipes, 3rd edition, §5.2 and §6.4.

    Raises:
        ArithmeticError: it did not converge.
    """
    tiny = 1e-300
    c = 1.0
    d = 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    result = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1 / ((1 + step * d) or tiny)
            c = (1 + step / c) or tiny
            result *= c * d
        if abs(c * d - 1) < 1e-15:
            return result
    raise ArithmeticError(f"the incomplete beta fraction did not converge at a = {a}, b = {b}, x = {x}")


def _scatter(n: int, total: float, total_of_squares: float) -> float:
    """The sum of squared deviations from the mean, times n; refuses sums that no n numbers have."""
    squares, square = n * total_of_squares, total * total
    # Whole numbers are exact; fractions may miss by the rounding of their sums.
    slack = 0.0 if isinstance(total, int) and isinstance(total_of_squares, int) else 1e-9 * max(abs(squares), square)
    scatter = squares - square
    if scatter < -slack or (n == 1 and scatter > slack):
        raise ValueError(f"total_of_squares cannot be {total_of_squares} when {n} scores sum to {total}")
    return max(scatter, 0.0)


@lru_cache(maxsize=16)
def _z(confidence: float) -> float:
    """The standard normal quantile of a two-sided interval; 1.96 at 0.95."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _require_counts(**counts: int) -> None:
    """Refuse the first count that is negative, by its name."""
    for name, count in counts.items():
        if count < 0:
            raise ValueError(f"{name} must not be negative: {count}")
