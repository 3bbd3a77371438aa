"""How many observations would decide whether an action was effective. Pure."""

from collections.abc import Callable, Mapping

from qms_graphql.metrics.comparisons import Goal, Verdict, compare, verdict
from qms_graphql.metrics.rates import PER, rate
from qms_graphql.metrics.rules import Estimate, Family, balance, mean_score, proportion

MOST = 10_000_000
"""An n beyond this is not told: nobody will observe so many."""


def n_to_decide(family: Family, goal: Goal, before: Estimate, after: Estimate) -> int | None:
    """The least n after which the verdict is not INCONCLUSIVE when the observation ends, if value and scatter stay.

    It counts what is observed already; before there is anything, the value is taken to be the target, with the scatter
    of before. None where no n up to `MOST` decides: what was seen before may be too little. None for a time, too: how
    long what is open will take, nobody knows.
    """
    if family not in _SUPPOSED:
        return None
    seen = after if after.value is not None else before
    value = goal.target if after.value is None else after.value

    def decides(n: int) -> bool:
        supposed = _SUPPOSED[family](value, seen, n)
        return verdict(goal, compare(family, before, supposed), supposed, over=True) is not Verdict.INCONCLUSIVE

    enough = max(after.n, 1)
    while not decides(enough):
        if enough >= MOST:
            return None
        enough = min(2 * enough, MOST)
    too_few = max(after.n, enough // 2)
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if decides(middle):
            enough = middle
        else:
            too_few = middle
    return enough


def _share(value: float, _seen: Estimate, n: int) -> Estimate:
    return proportion(min(max(value, 0.0), 1.0) * n, n)


def _balance(value: float, seen: Estimate, n: int) -> Estimate:
    surplus = min(max(value / 100, -1.0), 1.0)
    decided = (seen.squares or 0) / seen.n if seen.n else 1.0
    return balance(surplus * n, max(decided, abs(surplus)) * n, n)


def _mean(value: float, seen: Estimate, n: int) -> Estimate:
    scatter = (seen.squares or 0) / seen.n - (seen.numerator / seen.n) ** 2 if seen.n else 0.0
    return (
        mean_score(n, value * n, (value * value + max(scatter, 0.0)) * n)
        if n > 1
        else Estimate(value, None, None, n, value, n)
    )


def _rate(value: float, _seen: Estimate, n: int) -> Estimate:
    return rate(max(value, 0.0) * n / PER, n)


_SUPPOSED: Mapping[Family, Callable[[float, Estimate, int], Estimate]] = {
    Family.PROPORTION: _share,
    Family.BALANCE: _balance,
    Family.MEAN: _mean,
    Family.RATE: _rate,
}
"""The estimate that n would give, if its value and scatter were these."""
