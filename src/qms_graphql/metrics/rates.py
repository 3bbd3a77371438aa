"""Rates: events per so many units, each of which may have several. Pure."""

from qms_graphql.metrics.distributions import CONFIDENCE, gamma_quantile
from qms_graphql.metrics.rules import Estimate

PER = 1000
"""How many units a rate is told for."""


def garwood(events: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The exact interval (low, high) of the number of events to be expected where so many were seen.

    Source: Garwood 1936, Biometrika 28:437-442, by the gamma distribution instead of chi-square.

    Raises:
        ValueError: `events` is negative, or `confidence` not between 0 and 1.
    """
    if events < 0:
        raise ValueError(f"events must not be negative: {events}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    outside = (1 - confidence) / 2
    return gamma_quantile(outside, events) if events else 0.0, gamma_quantile(1 - outside, events + 1)


def rate(events: float, units: int) -> Estimate:
    """Events per 1000 units with Garwood's interval; without a value when there are no units.

    Raises:
        ValueError: a count is negative.
    """
    if units < 0:
        raise ValueError(f"units must not be negative: {units}")
    low, high = garwood(events)
    if units == 0:
        return Estimate(None, None, None, 0, events, 0)
    return Estimate(PER * events / units, PER * low / units, PER * high / units, units, events, units)
