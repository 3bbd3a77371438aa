"""The intervals that are closed formulas of counts, written once for numbers and for columns.

Pure. Python and PostgreSQL calculate with the same doubles in the same order, so both give the same figures to the
last digit. A product stands on the left where it is multiplied: SQLAlchemy writes a * (b * c) as a * b * c.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """What a formula needs beside + - * /, of numbers or of columns of doubles."""

    sqrt: Callable[[Any], Any]
    least: Callable[[Any, Any], Any]
    greatest: Callable[[Any, Any], Any]
    choose: Callable[[Any, Any, Any], Any]
    """If the first holds the second, else the third."""


NUMBERS = Arithmetic(math.sqrt, min, max, lambda condition, this, that: this if condition else that)


def wilson_ends(successes: Any, n: Any, z: float, by: Arithmetic = NUMBERS) -> tuple[Any, Any]:
    """The Wilson score interval of a share that reaches z standard errors to both sides; n ≥ 1.

    Source: Wilson 1927, JASA 22:209-212; method 3 of Newcombe 1998, Stat Med 17:857-872.
    """
    share = successes / n
    centre = (successes + z * z / 2) / (n + z * z)
    half = z * by.sqrt(successes * (n - successes) / n + z * z / 4) / (n + z * z)
    # Rounding can put a bound a hair on the wrong side of the share, or of 0 and 1, where it must lie exactly.
    low = by.choose(successes == 0.0, 0.0, by.least(by.greatest(centre - half, 0.0), share))
    high = by.choose(successes == n, 1.0, by.greatest(by.least(centre + half, 1.0), share))
    return low, high


def adjusted_balance(surplus: Any, decided: Any, n: Any, by: Arithmetic = NUMBERS) -> tuple[Any, Any]:
    """The balance of marks in points after Rocks' adjustment, and its standard error.

    Source: Rocks 2016, The American Statistician 70:365-372.
    """
    mean = surplus / (n + 3.0)
    return 100.0 * mean, 100.0 * by.sqrt(((decided + 1.5) / (n + 3.0) - mean * mean) / (n + 3.0))


def balance_ends(surplus: Any, decided: Any, n: Any, z: float, by: Arithmetic = NUMBERS) -> tuple[Any, Any]:
    """The adjusted Wald interval of a balance of n ≥ 1 marks, clamped to ±100 and widened to hold the balance."""
    value = 100.0 * surplus / n
    centre, error = adjusted_balance(surplus, decided, n, by)
    half = error * z
    return by.least(by.greatest(centre - half, -100.0), value), by.greatest(by.least(centre + half, 100.0), value)
