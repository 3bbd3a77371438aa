"""How long something takes, where some of it has not ended yet: quantiles by Kaplan and Meier. Pure."""

import math
from collections.abc import Iterable
from itertools import groupby

from qms_graphql.metrics.distributions import normal_quantile
from qms_graphql.metrics.rules import Estimate

_ROUNDING = 1e-9
"""A product of fractions may miss the exact share by so much."""


def quantile(share: float, seen: Iterable[tuple[float, bool, int]]) -> Estimate:
    """The time by which a share 0..1 has ended, in the unit of the times, with its interval.

    It is the first time at which the estimate of Kaplan & Meier 1958, JASA 53:457-481, leaves at most the rest; without
    a value where that is not reached. The interval is that of Brookmeyer & Crowley 1982, Biometrics 38:29-41: the times
    at which the two limits of the curve leave at most the rest. The limits are of the log(-log) scale, by the variance
    of Greenwood 1926. An end is None where its limit does not come so far: too few were seen.

    Args:
        share: which share shall have ended; 0.5 for the median.
        seen: time, whether it ended then or was only seen until then (censored), and for how many that is so. What is
            censored at a time could still have ended at it.
    """
    curve = sorted(seen)
    whole = at_risk = sum(count for _, _, count in curve)
    ends = sum(count for _, ended, count in curve if ended)
    left, greenwood, rest = 1.0, 0.0, 1 - share + _ROUNDING
    value = low = high = None
    for time, members in groupby(curve, key=lambda item: item[0]):
        counts = [(ended, count) for _, ended, count in members]
        ended_now = sum(count for ended, count in counts if ended)
        left *= 1 - ended_now / at_risk
        if ended_now:
            value = time if value is None and left <= rest else value
            # Where nothing is left the curve has no limits.
            if ended_now < at_risk:
                greenwood += ended_now / (at_risk * (at_risk - ended_now))
                lower, upper = _limits(left, greenwood)
                low = time if low is None and lower <= rest else low
                high = time if high is None and upper <= rest else high
        at_risk -= sum(count for _, count in counts)
    if value is None:
        return Estimate(None, low, None, whole, ends, whole)
    return Estimate(value, low, high, whole, ends, whole)


def _limits(left: float, greenwood: float) -> tuple[float, float]:
    """The 95 % limits of the share that is left, 0 < left < 1, given the sum of Greenwood's formula."""
    reach = normal_quantile() * math.sqrt(greenwood) / abs(math.log(left))
    return left ** math.exp(reach), left ** math.exp(-reach)
