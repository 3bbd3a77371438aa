"""Tails and quantiles against closed forms, printed tables and exact sums."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.metrics.distributions import (
    beta_share,
    gamma_quantile,
    gamma_share,
    normal_quantile,
    normal_tails,
    t_critical,
    t_tails,
)


@pytest.mark.parametrize(
    ("degrees", "confidence", "expected"),
    [
        # Closed forms: tan(πc/2) for 1 degree of freedom, c √(2 / (1 - c²)) for 2.
        (1, 0.95, math.tan(math.pi * 0.475)),
        (1, 0.5, 1.0),
        (1, 0.999, math.tan(math.pi * 0.4995)),
        (2, 0.95, 0.95 * math.sqrt(2 / (1 - 0.95**2))),
        (2, 0.01, 0.01 * math.sqrt(2 / (1 - 0.01**2))),
        (2, 0.9999, 0.9999 * math.sqrt(2 / (1 - 0.9999**2))),
    ],
)
def test_t_against_its_closed_forms(degrees: int, confidence: float, expected: float) -> None:
    assert t_critical(degrees, confidence) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("degrees", "confidence", "expected"),
    [
        # NIST/SEMATECH e-Handbook 1.3.6.7.2, upper critical values of Student's t.
        (3, 0.95, 3.182),
        (5, 0.95, 2.571),
        (10, 0.95, 2.228),
        (10, 0.99, 3.169),
        (30, 0.95, 2.042),
        (60, 0.9, 1.671),
        (100, 0.95, 1.984),
    ],
)
def test_t_gives_the_tabulated_values(degrees: int, confidence: float, expected: float) -> None:
    assert t_critical(degrees, confidence) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize("degrees", [98, 99, 100, 101, 10**3, 10**4, 10**6, 10**8])
def test_t_approaches_the_normal_quantile_as_it_must(degrees: int) -> None:
    # Cornish-Fisher expansion in 1/df, Abramowitz & Stegun 26.7.5; the terms left out are below 1e-9 from 98 on.
    z = 1.959963984540054
    series = (
        z
        + (z**3 + z) / (4 * degrees)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * degrees**4)
    )
    assert t_critical(degrees) == pytest.approx(series, rel=2e-9)


@pytest.mark.parametrize(
    ("degrees", "confidence", "named"), [(0, 0.95, "degrees"), (5, 0.0, "confidence"), (5, 1.0, "confidence")]
)
def test_t_names_what_is_impossible(degrees: int, confidence: float, named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named} must"):
        t_critical(degrees, confidence)


@pytest.mark.parametrize("degrees", [1, 2.5, 7, 33.3, 1e4])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_t_has_the_tails_that_it_is_critical_for(degrees: float, confidence: float) -> None:
    assert t_tails(t_critical(degrees, confidence), degrees) == pytest.approx(1 - confidence, rel=1e-9)


def test_t_between_whole_degrees_lies_between_their_values() -> None:
    assert t_critical(10) < t_critical(9.5) < t_critical(9)


@pytest.mark.parametrize("confidence", [0.1, 0.95, 0.9999])
def test_the_normal_quantile_has_its_tails(confidence: float) -> None:
    assert normal_tails(normal_quantile(confidence)) == pytest.approx(1 - confidence, rel=1e-9)


def binomial_tail(k: int, n: int, share: Fraction) -> Fraction:
    """The exact probability of at least k of n."""
    return sum((math.comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k, n + 1)), Fraction(0))


@given(st.integers(1, 120), st.data(), st.fractions(Fraction(1, 1000), Fraction(999, 1000), max_denominator=1000))
def test_the_beta_share_is_the_exact_binomial_tail(n: int, data: st.DataObject, share: Fraction) -> None:
    k = data.draw(st.integers(1, n))
    found = beta_share(float(share), float(1 - share), k, n - k + 1)
    assert found == pytest.approx(float(binomial_tail(k, n, share)), rel=1e-11, abs=1e-15)


def test_the_beta_share_beyond_its_range() -> None:
    assert beta_share(0, 1, 3, 4) == 0
    assert beta_share(1, 0, 3, 4) == 1


@given(st.integers(1, 300), st.floats(0.001, 600))
def test_the_gamma_share_is_the_exact_poisson_tail(k: int, mean: float) -> None:
    # At most k - 1 events, by the sum of the terms.
    fewer = math.fsum(math.exp(i * math.log(mean) - mean - math.lgamma(i + 1)) for i in range(k))
    assert gamma_share(mean, k) == pytest.approx(1 - fewer, rel=1e-8, abs=1e-11)


def test_the_gamma_share_of_nothing() -> None:
    assert gamma_share(0, 2) == 0


@given(st.floats(0.05, 1e6), st.sampled_from([0.005, 0.025, 0.5, 0.975, 0.995]))
def test_the_gamma_quantile_has_its_share(shape: float, share: float) -> None:
    assert gamma_share(gamma_quantile(share, shape), shape) == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize("share", [0.025, 0.5, 0.975])
def test_the_gamma_quantile_in_closed_form(share: float) -> None:
    # A shape of 1 is the exponential distribution.
    assert gamma_quantile(share, 1) == pytest.approx(-math.log1p(-share), rel=1e-12)


def test_a_gamma_quantile_too_small_for_a_float_is_zero() -> None:
    assert gamma_quantile(0.025, 0.001) == 0
