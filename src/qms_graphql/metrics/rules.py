"""The formulas of the customer metrics, each with its 95 % interval.

Pure: no database, no clock. Callers count, these functions calculate; every result carries its n, numerator and
denominator, so that no number stands without what it was made from.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from types import MappingProxyType

from qms_graphql.metrics.distributions import CONFIDENCE, normal_quantile, t_critical
from qms_graphql.metrics.intervals import balance_ends, wilson_ends


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
    COMPLAINT_RATE: How many complaints there are for 1000 units sold.
    DEFECT_RATE: The share of inspected units that had a defect.
    CAPA_EFFECTIVENESS: The share of corrective and preventive actions that had their effect.
    TRAINING_CURRENCY: The share of people who are trained in all that they are to be trained in.
    TIME_TO_ACKNOWLEDGE: The time by which half of the complaints are acknowledged: the median.
    TIME_TO_ACKNOWLEDGE_P90: The time by which 90 of 100 complaints are acknowledged.
    TIME_TO_RESOLVE: The time by which half of the complaints are closed: the median.
    TIME_TO_RESOLVE_P90: The time by which 90 of 100 complaints are closed.
    """

    CSAT = "CSAT"
    NPS = "NPS"
    CES = "CES"
    RETENTION = "RETENTION"
    REPEAT_PURCHASE = "REPEAT_PURCHASE"
    COMPLAINT_RATE = "COMPLAINT_RATE"
    DEFECT_RATE = "DEFECT_RATE"
    CAPA_EFFECTIVENESS = "CAPA_EFFECTIVENESS"
    TRAINING_CURRENCY = "TRAINING_CURRENCY"
    TIME_TO_ACKNOWLEDGE = "TIME_TO_ACKNOWLEDGE"
    TIME_TO_ACKNOWLEDGE_P90 = "TIME_TO_ACKNOWLEDGE_P90"
    TIME_TO_RESOLVE = "TIME_TO_RESOLVE"
    TIME_TO_RESOLVE_P90 = "TIME_TO_RESOLVE_P90"


class Family(Enum):
    """What sort of number a metric is: by this its intervals are found, and two of its values compared.

    PROPORTION: A share 0..1: so many of n.
    BALANCE: 100 times the mean of marks that are 1, 0 or -1.
    MEAN: The mean of scores.
    RATE: Events per so many units, of which each may have several.
    TIME: The time by which a share has ended, where some may not have ended yet.
    """

    PROPORTION = "PROPORTION"
    BALANCE = "BALANCE"
    MEAN = "MEAN"
    RATE = "RATE"
    TIME = "TIME"


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """What a metric is: its unit with its range, its formula in one sentence, how its interval is found."""

    code: MetricCode
    family: Family
    name: str
    unit: str
    formula: str
    interval_method: str
    higher_is_better: bool


_SHARE = "share 0..1"


def _time(code: MetricCode, name: str, end: str, share: str, other: str) -> MetricDefinition:
    """How long complaints take: of the median and of the 90th percentile, each has its code."""
    return MetricDefinition(
        code=code,
        family=Family.TIME,
        name=name,
        unit="hours",
        formula=f"The time by which {share} of the complaints received are {end}, by Kaplan and Meier: what is open "
        f"counts as seen until now, or until the window ends. {other}",
        interval_method="Greenwood, log(-log)",
        higher_is_better=False,
    )


DEFINITIONS: Mapping[MetricCode, MetricDefinition] = MappingProxyType(
    {
        definition.code: definition
        for definition in (
            MetricDefinition(
                code=MetricCode.CSAT,
                family=Family.PROPORTION,
                name="Customer satisfaction",
                unit=_SHARE,
                formula="Satisfied answers divided by all answers, where the question states from which answer on a "
                "customer is satisfied (as a rule the top 2 of 5).",
                interval_method="Wilson",
                higher_is_better=True,
            ),
            MetricDefinition(
                code=MetricCode.NPS,
                family=Family.BALANCE,
                name="Net Promoter Score",
                unit="points -100..100",
                formula="100 times the promoters (9 and 10) less the detractors (0 to 6), divided by all answers.",
                interval_method="adjusted Wald",
                higher_is_better=True,
            ),
            MetricDefinition(
                code=MetricCode.CES,
                family=Family.MEAN,
                name="Customer effort score",
                unit="points 1..7",
                formula="The mean of the answers from 1 (very hard) to 7 (very easy).",
                interval_method="t",
                higher_is_better=True,
            ),
            MetricDefinition(
                code=MetricCode.RETENTION,
                family=Family.PROPORTION,
                name="Customer retention",
                unit=_SHARE,
                formula="The customers at the end less those gained since the start, divided by the customers at the "
                "start.",
                interval_method="Wilson",
                higher_is_better=True,
            ),
            MetricDefinition(
                code=MetricCode.REPEAT_PURCHASE,
                family=Family.PROPORTION,
                name="Repeat purchase rate",
                unit=_SHARE,
                formula="The customers with at least 2 purchases in the window divided by those with at least 1.",
                interval_method="Wilson",
                higher_is_better=True,
            ),
            MetricDefinition(
                code=MetricCode.COMPLAINT_RATE,
                family=Family.RATE,
                name="Complaint rate",
                unit="per 1000 units sold",
                formula="1000 times the complaints received, divided by the units sold in the same time.",
                interval_method="Garwood",
                higher_is_better=False,
            ),
            MetricDefinition(
                code=MetricCode.DEFECT_RATE,
                family=Family.PROPORTION,
                name="Defect rate",
                unit=_SHARE,
                formula="The defective units divided by the inspected ones.",
                interval_method="Wilson",
                higher_is_better=False,
            ),
            MetricDefinition(
                code=MetricCode.CAPA_EFFECTIVENESS,
                family=Family.PROPORTION,
                name="Effectiveness of corrective and preventive actions",
                unit=_SHARE,
                formula="The actions that were EFFECTIVE divided by those that were EFFECTIVE or INEFFECTIVE.",
                interval_method="Wilson",
                higher_is_better=True,
            ),
            MetricDefinition(
                code=MetricCode.TRAINING_CURRENCY,
                family=Family.PROPORTION,
                name="Currency of training",
                unit=_SHARE,
                formula="The people whose training in all effective revisions that they are to be trained in is passed "
                "or waived and has not expired, divided by the people who are to be trained in any.",
                interval_method="Wilson",
                higher_is_better=True,
            ),
            _time(
                MetricCode.TIME_TO_ACKNOWLEDGE,
                "Time to acknowledge a complaint (median)",
                "acknowledged",
                "half",
                "TIME_TO_ACKNOWLEDGE_P90 is the time of 90 %.",
            ),
            _time(
                MetricCode.TIME_TO_ACKNOWLEDGE_P90,
                "Time to acknowledge a complaint (90th percentile)",
                "acknowledged",
                "90 %",
                "TIME_TO_ACKNOWLEDGE is the median.",
            ),
            _time(
                MetricCode.TIME_TO_RESOLVE,
                "Time to resolve a complaint (median)",
                "closed",
                "half",
                "TIME_TO_RESOLVE_P90 is the time of 90 %.",
            ),
            _time(
                MetricCode.TIME_TO_RESOLVE_P90,
                "Time to resolve a complaint (90th percentile)",
                "closed",
                "90 %",
                "TIME_TO_RESOLVE is the median.",
            ),
        )
    }
)
"""The definition of every metric of this module."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value with its 95 % interval, in the unit of its metric; low ≤ value ≤ high.

    `value` is None when n is 0, or where it is a time that was not reached. `low` and `high` are None when n is 0 or
    too small to say how sure the value is; of a time one of them may be.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    numerator: float | int
    denominator: int
    squares: float | int | None = None
    """The sum of the squares of what the numerator adds up, which says how it scatters; None for events."""


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
    return wilson_ends(successes, n, normal_quantile(confidence))


@lru_cache(maxsize=4096, typed=True)
def proportion(successes: float, n: int) -> Estimate:
    """A share 0..1 with its Wilson interval; without a value when n is 0.

    Raises:
        ValueError: a count is negative, or `successes` exceeds `n`.
    """
    _require_counts(successes=successes, n=n)
    if successes > n:
        raise ValueError(f"successes must not exceed n: {successes} of {n}")
    if n == 0:
        return Estimate(None, None, None, 0, 0, 0)
    low, high = wilson_ends(successes, n, normal_quantile())
    return Estimate(successes / n, low, high, n, successes, n, successes)


@lru_cache(maxsize=4096, typed=True)
def nps(promoters: int, passives: int, detractors: int) -> Estimate:
    """The Net Promoter Score in points -100..100; without a value when nobody answered. See `balance`.

    Raises ``ValueError`` if a count is negative.
    """
    _require_counts(promoters=promoters, passives=passives, detractors=detractors)
    return balance(promoters - detractors, promoters + detractors, promoters + passives + detractors)


def balance(surplus: float, decided: float, n: int) -> Estimate:
    """100 times the mean of n marks that are 1, 0 or -1, with its adjusted Wald interval; without a value when n is 0.

    The interval adds 3 marks, ¾ of them 1 and ¾ of them -1, takes the variance p + d - (p - d)² and is clamped to ±100.
    It is widened to hold the value where it would not: that of a single 1 would end at 98.5.
    Source: Rocks 2016, The American Statistician 70:365-372.

    Args:
        surplus: the sum of the marks, the numerator of the result: how many more are 1 than -1.
        decided: the sum of their squares: how many are not 0.
        n: how many marks.
    """
    if n == 0:
        return Estimate(None, None, None, 0, 0, 0)
    low, high = balance_ends(surplus, decided, n, normal_quantile())
    return Estimate(100 * surplus / n, low, high, n, surplus, n, decided)


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
        return Estimate(value, None, None, 1, total, 1, total_of_squares)
    half = t_critical(n - 1) * math.sqrt(scatter / (n - 1)) / n
    return Estimate(value, value - half, value + half, n, total, n, total_of_squares)


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


def _scatter(n: int, total: float, total_of_squares: float) -> float:
    """The sum of squared deviations from the mean, times n; refuses sums that no n numbers have."""
    squares, square = n * total_of_squares, total * total
    # Whole numbers are exact; fractions may miss by the rounding of their sums.
    slack = 0.0 if isinstance(total, int) and isinstance(total_of_squares, int) else 1e-9 * max(abs(squares), square)
    scatter = squares - square
    if scatter < -slack or (n == 1 and scatter > slack):
        raise ValueError(f"total_of_squares cannot be {total_of_squares} when {n} scores sum to {total}")
    return max(scatter, 0.0)


def _require_counts(**counts: float) -> None:
    """Refuse the first count that is negative, by its name."""
    for name, count in counts.items():
        if count < 0:
            raise ValueError(f"{name} must not be negative: {count}")
