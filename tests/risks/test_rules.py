"""The rating rules of risks against the published tables."""

import csv
import itertools
import math
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.risks.rules import (
    AP_BANDS,
    ActionPriority,
    RiskKind,
    RiskStatus,
    action_priority,
    occurrence_from_rate,
    rpn,
)

GROUND_TRUTH = Path(__file__).parents[3] / "shared" / "ground-truth"
AP_TABLE = GROUND_TRUTH / "aiag_vda_ap_bands.csv"

RANKS = range(1, 11)
CELLS = tuple(itertools.product(RANKS, RANKS, RANKS))
URGENCY = {ActionPriority.LOW: 0, ActionPriority.MEDIUM: 1, ActionPriority.HIGH: 2}


@pytest.mark.parametrize(
    ("severity", "occurrence", "detection", "expected"),
    [
        (9, 6, 1, ActionPriority.HIGH),
        (9, 4, 1, ActionPriority.MEDIUM),
        (8, 4, 6, ActionPriority.MEDIUM),
        (6, 8, 4, ActionPriority.MEDIUM),
        (5, 5, 7, ActionPriority.MEDIUM),
        (3, 8, 5, ActionPriority.MEDIUM),
        (10, 1, 10, ActionPriority.LOW),
        (1, 10, 10, ActionPriority.LOW),
        (10, 10, 10, ActionPriority.HIGH),
        (10, 2, 7, ActionPriority.HIGH),
        (10, 3, 6, ActionPriority.MEDIUM),
        (10, 3, 4, ActionPriority.LOW),
        (8, 6, 2, ActionPriority.HIGH),
        (8, 7, 1, ActionPriority.MEDIUM),
        (4, 10, 5, ActionPriority.HIGH),
        (6, 7, 1, ActionPriority.LOW),
        (2, 7, 10, ActionPriority.LOW),
        (1, 1, 1, ActionPriority.LOW),
    ],
)
def test_action_priority_of_published_cells(
    severity: int, occurrence: int, detection: int, expected: ActionPriority
) -> None:
    assert action_priority(severity, occurrence, detection) is expected


def test_number_of_cells_of_each_priority_in_the_published_table() -> None:
    counts = Counter(action_priority(*cell) for cell in CELLS)
    assert counts == {ActionPriority.HIGH: 318, ActionPriority.MEDIUM: 214, ActionPriority.LOW: 468}


@pytest.mark.skipif(not AP_TABLE.exists(), reason="the ground truth is not beside the project")
def test_all_thousand_cells_against_the_ground_truth() -> None:
    letters = {"H": ActionPriority.HIGH, "M": ActionPriority.MEDIUM, "L": ActionPriority.LOW}
    expected: dict[tuple[int, int, int], ActionPriority] = {}
    with AP_TABLE.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            ranges = (
                range(int(row[f"{name}_min"]), int(row[f"{name}_max"]) + 1)
                for name in ("severity", "occurrence", "detection")
            )
            expected.update(dict.fromkeys(itertools.product(*ranges), letters[row["ap"]]))  # type: ignore[arg-type]
    assert len(expected) == 1000
    assert {cell: action_priority(*cell) for cell in CELLS} == expected


def test_each_cell_lies_in_exactly_one_band() -> None:
    for cell in CELLS:
        assert sum(band.holds(*cell) for band in AP_BANDS) == 1, cell


def test_action_priority_never_falls_when_a_rating_rises() -> None:
    for cell in CELLS:
        for position in range(3):
            worse = [rank + (index == position) for index, rank in enumerate(cell)]
            if worse[position] <= 10:
                assert URGENCY[action_priority(*worse)] >= URGENCY[action_priority(*cell)], (cell, worse)


@pytest.mark.parametrize("function", [action_priority, rpn])
@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("rank", [0, 11, -1, 3.5])
def test_a_rating_outside_the_scale_is_named(function: object, position: int, rank: int) -> None:
    name = ("severity", "occurrence", "detection")[position]
    ranks = [5, 5, 5]
    ranks[position] = rank
    with pytest.raises(ValueError, match=f"^{name} must be"):
        function(*ranks)  # type: ignore[operator]


def test_rpn_is_the_product() -> None:
    assert rpn(9, 4, 3) == 108
    assert (rpn(1, 1, 1), rpn(10, 10, 10)) == (1, 1000)


@pytest.mark.parametrize(
    ("per_thousand", "expected"),
    [
        (1000, 10),
        (100, 10),
        (99.9, 9),
        (50, 9),
        (49.9, 8),
        (20, 8),
        (10, 7),
        (9.9, 6),
        (2, 6),
        (0.5, 5),
        (0.1, 4),
        (0.09, 3),
        (0.01, 3),
        (0.005, 3),
        (0.001, 2),
        (0.0001, 2),
        (0, 2),
    ],
)
def test_occurrence_of_the_rates_of_the_manual(per_thousand: float, expected: int) -> None:
    assert occurrence_from_rate(per_thousand) == expected


def test_an_eliminated_failure_has_occurrence_1_unless_it_was_seen() -> None:
    assert occurrence_from_rate(0, eliminated_by_prevention=True) == 1
    assert occurrence_from_rate(3, eliminated_by_prevention=True) == 6


@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match=r"^per_thousand must be"):
        occurrence_from_rate(rate)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_occurrence_never_falls_when_the_rate_rises(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 2 <= occurrence_from_rate(low) <= occurrence_from_rate(high) <= 10


@pytest.mark.parametrize("vocabulary", [ActionPriority, RiskKind, RiskStatus])
def test_stored_values_are_the_names(vocabulary: type[ActionPriority | RiskKind | RiskStatus]) -> None:
    assert [member.value for member in vocabulary] == [member.name for member in vocabulary]
