"""What one caller may spend: a bucket for each token, refilled evenly.

Each server process has buckets of its own: with several of them a caller has up to as many times the limit.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple

_MOST_CALLERS = 10_000


class Balance(NamedTuple):
    """How a caller stands after an operation."""

    limit: int
    remaining: int
    full_in: float
    """Seconds until all of the limit is there again."""
    retry_in: float | None = None
    """Seconds until the operation can be paid for; None if it has been."""


class Budgets:
    """The buckets of one process."""

    def __init__(self, limit: int, window: float, now: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._rate = limit / window
        self._now = now
        self._spent: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def add(self, caller: Hashable, seconds: float) -> None:
        """Have a caller pay for the time that something took, known only afterwards, also beyond what is there."""
        spent, now = self._left_of(caller)
        self._spent[caller] = (spent + seconds * self._rate, now)

    def spend(self, caller: Hashable, cost: int) -> Balance:
        """Take the cost of an operation from a caller's bucket, or nothing if there is not enough in it."""
        spent, now = self._left_of(caller)
        missing = spent + cost - self._limit
        paid = missing <= 0
        if paid:
            spent += cost
        if spent:
            self._spent[caller] = (spent, now)
            if len(self._spent) > _MOST_CALLERS:
                # Whoever has not asked for longest has the fullest bucket.
                self._spent.popitem(last=False)
        return Balance(
            self._limit, int(self._limit - spent), spent / self._rate, None if paid else missing / self._rate
        )

    def _left_of(self, caller: Hashable) -> tuple[float, float]:
        """What is left of what a caller spent, taken out of the bucket; and the moment."""
        now = self._now()
        before, at = self._spent.pop(caller, (0.0, now))
        return max(0.0, before - (now - at) * self._rate), now
