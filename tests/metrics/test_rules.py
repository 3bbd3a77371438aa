"""The metric formulas against published numbers, and the properties that every interval must have."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.metrics.rules import (
    DEFINITIONS,
    Counting,
    Estimate,
    MetricCode,
    mean_score,
    nps,
    proportion,
    retention,
    wilson,
)
from tests.metrics.shop import TIMES

GROUND_TRUTH = Path(__file__).parents[3] / "shared" / "ground-truth" / "public.json"
needs_ground_truth = pytest.mark.skipif(not GROUND_TRUTH.exists(), reason="the ground truth is not beside the project")

counts = st.integers(0, 10**9)
answers = st.lists(st.integers(1, 7), min_size=2, max_size=200)


@pytest.fixture(scope="module")
def published() -> Any:
    """The published examples that come with the project's design."""
    return json.loads(GROUND_TRUTH.read_text(encoding="utf-8"))


def width(estimate: Estimate) -> float:
    """How wide the interval of an estimate is."""
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


def assert_ordered(estimate: Estimate) -> None:
    """Check low ≤ value ≤ high."""
    assert estimate.low is not None
    assert estimate.value is not None
    assert estimate.high is not None
    assert estimate.low <= estimate.value <= estimate.high


def scored(scores: list[int]) -> Estimate:
    """The mean of the scores."""
    return mean_score(len(scores), sum(scores), sum(score * score for score in scores))


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857-872, Table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


@needs_ground_truth
def test_wilson_against_the_ground_truth(published: Any) -> None:
    for case in published["wilson95"]["cases"]:
        assert wilson(case["x"], case["n"]) == pytest.approx((case["low"], case["high"]), abs=5e-5)


def test_wilson_of_all_and_of_none_mirror_each_other() -> None:
    assert wilson(0, 20)[0] == 0.0
    assert wilson(20, 20) == pytest.approx((1 - wilson(0, 20)[1], 1.0), abs=1e-15)
    assert wilson(20, 20)[1] == 1.0


def test_wilson_widens_with_the_confidence() -> None:
    assert wilson(5, 10, 0.99)[0] < wilson(5, 10)[0] < wilson(5, 10, 0.8)[0]


@pytest.mark.parametrize(
    ("successes", "n", "confidence", "named"),
    [
        (-1, 5, 0.95, "successes"),
        (6, 5, 0.95, "successes"),
        (0, 0, 0.95, "n"),
        (0, -1, 0.95, "n"),
        (1, 2, 0.0, "confidence"),
        (1, 2, 1.0, "confidence"),
        (1, 2, math.nan, "confidence"),
    ],
)
def test_wilson_names_what_is_impossible(successes: int, n: int, confidence: float, named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named} must"):
        wilson(successes, n, confidence)


@given(st.data(), st.integers(1, 10**12), st.floats(0.5, 0.9999))
def test_wilson_holds_the_share(data: st.DataObject, n: int, confidence: float) -> None:
    successes = data.draw(st.integers(0, n))
    low, high = wilson(successes, n, confidence)
    assert 0 <= low <= successes / n <= high <= 1


@given(st.data(), st.integers(1, 10**6), st.integers(2, 100))
def test_proportion_narrows_as_n_grows(data: st.DataObject, n: int, factor: int) -> None:
    successes = data.draw(st.integers(0, n))
    assert width(proportion(successes * factor, n * factor)) < width(proportion(successes, n))


def test_proportion_carries_its_counts() -> None:
    estimate = proportion(81, 263)
    assert (estimate.numerator, estimate.denominator, estimate.n) == (81, 263, 263)
    assert estimate.value == pytest.approx(81 / 263)
    assert (estimate.low, estimate.high) == wilson(81, 263)


def test_nothing_counted_has_no_value() -> None:
    nothing = Estimate(None, None, None, 0, 0, 0)
    assert proportion(0, 0) == nps(0, 0, 0) == mean_score(0, 0, 0) == retention(0, 7, 7) == nothing


@pytest.mark.parametrize(("successes", "n", "named"), [(1, 0, "successes"), (-1, 3, "successes"), (0, -1, "n")])
def test_proportion_names_what_is_impossible(successes: int, n: int, named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named} must"):
        proportion(successes, n)


def test_nps_gives_the_published_interval() -> None:
    estimate = nps(70, 20, 10)
    assert estimate.value == 60.0
    assert (estimate.low, estimate.high) == pytest.approx((45.27, 71.24), abs=0.005)
    assert (estimate.numerator, estimate.denominator, estimate.n) == (60, 100, 100)


@needs_ground_truth
def test_nps_against_the_ground_truth(published: Any) -> None:
    for case in published["nps"]["cases"]:
        estimate = nps(case["promoters"], case["passives"], case["detractors"])
        assert estimate.value == case["nps"]
        assert [estimate.low, estimate.high] == pytest.approx(case["adjusted_wald95"], abs=0.005)


def test_a_single_answer_lies_in_its_own_interval() -> None:
    assert nps(1, 0, 0).high == 100.0
    assert nps(0, 0, 1).low == -100.0


@given(counts, counts, counts)
def test_nps_lies_in_its_interval_and_on_the_scale(promoters: int, passives: int, detractors: int) -> None:
    if promoters + passives + detractors:
        estimate = nps(promoters, passives, detractors)
        assert_ordered(estimate)
        assert estimate.low is not None
        assert estimate.high is not None
        assert -100 <= estimate.low <= estimate.high <= 100


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000), st.integers(2, 50))
def test_nps_narrows_as_n_grows(promoters: int, passives: int, detractors: int, factor: int) -> None:
    if promoters + passives + detractors:
        more = nps(promoters * factor, passives * factor, detractors * factor)
        assert width(more) < width(nps(promoters, passives, detractors))


@pytest.mark.parametrize("position", [0, 1, 2])
def test_nps_names_a_negative_count(position: int) -> None:
    answered = [1, 1, 1]
    answered[position] = -1
    with pytest.raises(ValueError, match=f"^{('promoters', 'passives', 'detractors')[position]} must"):
        nps(*answered)


def test_mean_score_with_its_t_interval() -> None:
    # 5, 6, 7, 4, 6: mean 5.6, s² = 1.3, t(4) = 2.776445 (4 degrees of freedom, 97.5 %).
    estimate = scored([5, 6, 7, 4, 6])
    half = 2.7764451052 * math.sqrt(1.3 / 5)
    assert estimate.value == 5.6
    assert (estimate.low, estimate.high) == pytest.approx((5.6 - half, 5.6 + half), abs=1e-9)
    assert (estimate.n, estimate.numerator, estimate.denominator) == (5, 28, 5)


def test_one_score_has_no_interval() -> None:
    assert mean_score(1, 6, 36) == Estimate(6.0, None, None, 1, 6, 1, 36)


def test_scores_of_fractions_may_miss_by_rounding() -> None:
    estimate = mean_score(3, 0.1 + 0.1 + 0.1, 3 * 0.1**2)
    assert estimate.value == pytest.approx(0.1)
    assert width(estimate) == pytest.approx(0, abs=1e-6)


@given(answers)
def test_mean_lies_in_its_interval(scores: list[int]) -> None:
    estimate = scored(scores)
    assert_ordered(estimate)
    assert estimate.value == pytest.approx(sum(scores) / len(scores))


@given(answers, st.integers(2, 5))
def test_mean_narrows_as_n_grows(scores: list[int], factor: int) -> None:
    few, many = width(scored(scores)), width(scored(scores * factor))
    assert many < few or len(set(scores)) == 1


@pytest.mark.parametrize(
    ("n", "total", "squares", "named"),
    [
        (-1, 0, 0, "n"),
        (0, 1, 0, "total"),
        (0, 0, 1, "total"),
        (1, 5, 26, "total_of_squares"),
        (2, 10, 49, "total_of_squares"),
        (3, 1.5, 0.7, "total_of_squares"),
        (2, math.nan, 1, "total"),
        (2, 1, math.inf, "total_of_squares"),
    ],
)
def test_mean_score_names_what_is_impossible(n: int, total: float, squares: float, named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named} "):
        mean_score(n, total, squares)


def test_retention_of_the_published_example() -> None:
    estimate = retention(start=200, end=220, new=40)
    assert estimate.value == 0.9
    assert (estimate.numerator, estimate.denominator, estimate.n) == (180, 200, 200)
    assert (estimate.low, estimate.high) == wilson(180, 200)


@needs_ground_truth
def test_retention_against_the_ground_truth(published: Any) -> None:
    case = published["retention"]
    value = retention(case["start"], case["end"], case["new"]).value
    assert value is not None
    assert 100 * value == pytest.approx(case["retention_pct"])
    assert 100 * (1 - value) == pytest.approx(case["churn_pct"])


@pytest.mark.parametrize(
    ("start", "end", "new", "named"),
    [(-1, 0, 0, "start"), (1, -1, 0, "end"), (1, 1, -1, "new"), (5, 1, 2, "new"), (5, 8, 2, "end less new")],
)
def test_retention_names_what_is_impossible(start: int, end: int, new: int, named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named} must not"):
        retention(start, end, new)


def test_every_metric_is_defined() -> None:
    assert set(DEFINITIONS) == set(MetricCode)
    for code, definition in DEFINITIONS.items():
        assert definition.code is code
        assert definition.name
        assert definition.formula.endswith(".")
        assert definition.interval_method in {"Wilson", "adjusted Wald", "t", "Garwood", "Greenwood, log(-log)"}
        assert definition.unit in {"share 0..1", "points -100..100", "points 1..7", "per 1000 units sold", "hours"}
        assert definition.higher_is_better is (code.value not in {"COMPLAINT_RATE", "DEFECT_RATE", *TIMES})


@pytest.mark.parametrize("vocabulary", [Counting, MetricCode])
def test_stored_values_are_the_names(vocabulary: type[Counting | MetricCode]) -> None:
    assert [member.value for member in vocabulary] == [member.name for member in vocabulary]
