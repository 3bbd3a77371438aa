"""The distributions behind the intervals and tests: normal, Student t, beta and gamma.

Pure, and without a numerical library: what is needed are two functions (the regularised incomplete beta and gamma) and
their inverses. Tails are exact to a relative 1e-9 as long as the counts behind them stay below 10⁷.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

CONFIDENCE = 0.95
"""The share of intervals that should hold the true value."""

_LARGE = 50.0
"""From here on Stirling's series of the logarithm of the gamma function is exact to 1e-15."""


@lru_cache(maxsize=16)
def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """The standard normal quantile of a two-sided interval; 1.96 at 0.95.

    Raises:
        ValueError: `confidence` does not lie between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def normal_tails(z: float) -> float:
    """The probability that a standard normal variable lies outside ±z, z ≥ 0."""
    return math.erfc(z / math.sqrt(2))


@lru_cache(maxsize=4096)
def t_critical(degrees: float, confidence: float = CONFIDENCE) -> float:
    """The t for which a Student t variable lies within ±t with the given confidence.

    `degrees` need not be whole: Welch's are not. Found by bisection on the tails.

    Raises:
        ValueError: `degrees` < 1, or `confidence` not between 0 and 1.
    """
    if degrees < 1:
        raise ValueError(f"degrees must be at least 1, not {degrees}")
    tails = 1 - confidence
    low = 0.0
    high = 2 * normal_quantile(confidence)
    while t_tails(high, degrees) > tails:
        low, high = high, 2 * high
    while high - low > 1e-14 * high:
        middle = (low + high) / 2
        if t_tails(middle, degrees) > tails:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def t_tails(t: float, degrees: float) -> float:
    """The probability that a Student t variable lies outside ±t, t ≥ 0: I(df / (df + t²); df/2, ½), DLMF 8.17."""
    square = t * t
    return beta_share(degrees / (degrees + square), square / (degrees + square), degrees / 2, 0.5)


def beta_share(x: float, rest: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I(x; a, b): the share of a beta distribution below x.

    `rest` is 1 - x; whoever knows it exactly loses no digits where x is almost 1.
    """
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    logarithms = a * _logarithm(x, rest) + b * _logarithm(rest, x)
    front = math.exp(logarithms - _log_beta(a, b))
    # The fraction converges fast on one side of the distribution's mean; the other side is 1 less its mirror image.
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1 - front * _beta_fraction(b, a, rest) / b


def gamma_share(x: float, shape: float) -> float:
    """The regularised incomplete gamma function P(shape, x): the share of a gamma distribution below x (DLMF 8)."""
    if x <= 0:
        return 0.0
    if x < shape + 1:
        return _poisson_term(x, shape) * _gamma_series(x, shape)
    return 1 - _poisson_term(x, shape) * shape * _gamma_fraction(x, shape)


@lru_cache(maxsize=8192)
def gamma_quantile(share: float, shape: float) -> float:
    """The x below which that share of a gamma distribution lies, by Newton's method.

    It begins at the cube of Wilson and Hilferty (1931); below a shape of 1, where that is far off, at the first term of
    the series. What is too small for a float is 0.
    """
    cube = 1 - 1 / (9 * shape) + NormalDist().inv_cdf(share) / (3 * math.sqrt(shape))
    first_term = math.exp((math.log(share) + math.lgamma(shape + 1)) / shape)
    start = shape * cube**3 if shape >= 1 else first_term
    if start == 0:
        return 0.0

    def gap(x: float) -> tuple[float, float]:
        return gamma_share(x, shape) - share, _poisson_term(x, shape) * shape / x

    return _root(gap, start)


def _root(gap: Callable[[float], tuple[float, float]], start: float) -> float:
    """The positive x at which an increasing function is 0, by its value and slope.

    Raises:
        ArithmeticError: it was not found.
    """
    low, high, x = 0.0, math.inf, start
    for _ in range(200):
        value, slope = gap(x)
        if value < 0:
            low = x
        else:
            high = x
        step = x - value / slope if slope > 0 else -1.0
        # A step that leaves what is known to hold the root is replaced by one that halves (or doubles) it.
        following = step if low < step < high else (2 * x if high == math.inf else (low + high) / 2)
        if abs(following - x) <= 1e-13 * x:
            return following
        x = following
    raise ArithmeticError(f"no root was found from {start} on")


def _logarithm(x: float, rest: float) -> float:
    """The natural logarithm of x, where x + rest = 1."""
    return math.log1p(-rest) if rest < 0.5 else math.log(x)


def _log_beta(a: float, b: float) -> float:
    """ln(Γ(a) Γ(b) / Γ(a + b))."""
    small, large = sorted((a, b))
    if large < _LARGE:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    # The difference of two large logarithms would lose digits.
    ratio = (large - 0.5) * math.log1p(small / large) + small * math.log(large + small) - small
    return math.lgamma(small) - ratio - _stirling(large + small) + _stirling(large)


def _stirling(x: float) -> float:
    """What ln Γ(x) has beyond (x - ½) ln x - x + ½ ln 2π, for large x (DLMF 5.11.1)."""
    return 1 / (12 * x) - 1 / (360 * x**3) + 1 / (1260 * x**5)


def _poisson_term(x: float, a: float) -> float:
    """xᵃ e⁻ˣ / Γ(a + 1)."""
    if a < _LARGE:
        return math.exp(a * math.log(x) - x - math.lgamma(a + 1))
    beyond = (x - a) / a
    return math.exp(-a * (beyond - math.log1p(beyond)) - _stirling(a)) / math.sqrt(2 * math.pi * a)


def _gamma_series(x: float, a: float) -> float:
    """The sum 1 + x/(a + 1) + x²/((a + 1)(a + 2)) and so on (DLMF 8.7.1)."""
    term = total = 1.0
    k = a
    while term > 1e-16 * total:
        k += 1
        term *= x / k
        total += term
    return total


def _gamma_fraction(x: float, a: float) -> float:
    """The continued fraction of Γ(a, x) eˣ x⁻ᵃ (DLMF 8.9.2) by the modified Lentz method.

    Raises:
        ArithmeticError: it did not converge.
    """
    tiny = 1e-300
    b = x + 1 - a
    c = 1 / tiny
    d = 1 / (b or tiny)
    result = d
    for i in range(1, 100_000):
        numerator = i * (a - i)
        b += 2
        d = 1 / ((numerator * d + b) or tiny)
        c = (b + numerator / c) or tiny
        result *= c * d
        if abs(c * d - 1) < 1e-15:
            return result
    raise ArithmeticError(f"the incomplete gamma fraction did not converge at a = {a}, x = {x}")


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
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1 / ((1 + step * d) or tiny)
            c = (1 + step / c) or tiny
            result *= c * d
        if abs(c * d - 1) < 1e-15:
            return result
    raise ArithmeticError(f"the incomplete beta fraction did not converge at a = {a}, b = {b}, x = {x}")
