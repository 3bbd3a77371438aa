"""The machine of reviews: every state, target, role and guard."""

import itertools
from typing import Any
from uuid import UUID

import pytest

from qms_graphql.base.access import PERMISSIONS, Role
from qms_graphql.base.machines import ACTOR, SignatureMeaning, moves
from qms_graphql.reviews.rules import REVIEW, ReviewKind, ReviewStatus

PLANNED, HELD, REPORTED, CLOSED = ReviewStatus
INTERNAL, SUPPLIER, MANAGEMENT, MEETING, GROUP = ReviewKind
LEAD, OTHER = UUID(int=1), UUID(int=2)
WAYS = {(PLANNED, HELD), (HELD, REPORTED), (REPORTED, CLOSED)}
EVERYTHING: dict[str, Any] = {
    "kind": INTERNAL,
    "lead_id": LEAD,
    "team_size": 2,
    "attendance": 0,
    "held_at": "2026-03-01",
    "supplier_id": UUID(int=3),
    "independence_waived": None,
    "partial": 0,
    "finding_count": 3,
    "no_findings": False,
    "unanswered": 0,
    "undecided": 0,
    ACTOR: LEAD,
}
"""An internal audit to which nothing is missing."""
MANAGER = PERMISSIONS[Role.QUALITY_MANAGER]


def lacks(source: ReviewStatus, target: ReviewStatus, **other: Any) -> list[tuple[str, str | None]]:
    """What a quality manager lacks for a move, if the facts are as they should be but for these."""
    judged = REVIEW.judged(target, EVERYTHING | {"status": source} | other, MANAGER)
    assert judged is not None
    return [(item.code.value, item.field) for item in judged.unmet]


@pytest.mark.parametrize(("source", "target"), list(itertools.product(ReviewStatus, ReviewStatus)), ids=str)
@pytest.mark.parametrize("kind", ReviewKind)
def test_there_is_a_way_exactly_from_each_state_to_the_next(
    source: ReviewStatus, target: ReviewStatus, kind: ReviewKind
) -> None:
    assert ((source, target) in moves(REVIEW)) is ((source, target) in WAYS)
    judged = REVIEW.judged(target, EVERYTHING | {"status": source, "kind": kind}, MANAGER)
    assert (judged is not None and judged.allowed) is ((source, target) in WAYS)


@pytest.mark.parametrize("role", Role)
def test_who_leads_the_work_moves_reviews_and_auditors_change_nothing(role: Role) -> None:
    for source, target in WAYS:
        judged = REVIEW.judged(target, EVERYTHING | {"status": source}, PERMISSIONS[role])
        assert judged is not None
        assert judged.allowed is (role in {Role.ADMIN, Role.QUALITY_MANAGER, Role.DEPARTMENT_HEAD})


LACKS: list[tuple[tuple[int, ...], dict[str, Any], list[tuple[str, str | None]]]] = [
    ((0, 1), {"held_at": None}, [("REQUIRED", "heldAt")]),
    ((0, 1), {"partial": 1}, [("REQUIRED", "independenceWaived")]),
    ((0, 1), {"partial": 1, "independence_waived": " "}, [("REQUIRED", "independenceWaived")]),
    ((0, 1), {"partial": 1, "independence_waived": "Nobody else can weld."}, []),
    ((0, 1), {"partial": 1, "kind": SUPPLIER, "team_size": 0}, [("REQUIRED", "independenceWaived")]),
    ((0, 1), {"kind": SUPPLIER, "supplier_id": None}, [("REQUIRED", "supplier")]),
    ((0, 1), {"partial": 1, "kind": MANAGEMENT}, []),
    ((0,), {"lead_id": None, "team_size": 0, "attendance": 1, "kind": SUPPLIER}, [("REQUIRED", "team")]),
    ((0, 1), {"lead_id": None, "team_size": 0, "attendance": 0, "kind": MEETING}, [("REQUIRED", "attendees")]),
    ((0, 1), {"lead_id": None, "team_size": 0, "attendance": 1, "kind": MEETING}, []),
    ((0, 1), {"lead_id": None, "team_size": 1, "kind": GROUP}, []),
    ((1,), {"finding_count": 0}, [("REQUIRED", "noFindings")]),
    ((1,), {"finding_count": 0, "no_findings": True}, []),
    ((1, 2), {"lead_id": None}, [("REQUIRED", "lead")]),
    ((1, 2), {ACTOR: OTHER}, [("FORBIDDEN", None)]),
    ((1, 2), {ACTOR: OTHER, "kind": SUPPLIER}, [("FORBIDDEN", None)]),
    ((1, 2), {ACTOR: None}, [("FORBIDDEN", None), ("FORBIDDEN", "signature")]),
    ((1, 2), {ACTOR: None, "kind": MEETING}, []),
    ((2,), {"unanswered": 1}, [("INVALID", None)]),
    ((2,), {"undecided": 1}, [("INVALID", None)]),
]
"""Which of the three moves, in order, lack what. What is reported stays as it is, so the last asks for none of it."""


@pytest.mark.parametrize(
    ("source", "target", "other", "unmet"),
    [
        (source, target, other, unmet)
        for places, other, unmet in LACKS
        for source, target in [list(itertools.pairwise(ReviewStatus))[place] for place in places]
    ],
    ids=str,
)
def test_each_guard_keeps_its_move_from_being_made(
    source: ReviewStatus, target: ReviewStatus, other: dict[str, Any], unmet: list[tuple[str, str | None]]
) -> None:
    assert lacks(source, target, **other) == unmet


def test_only_audits_are_signed_when_they_are_reported_and_closed() -> None:
    asked = {
        (kind, source): judged.meaning
        for kind in ReviewKind
        for source, target in WAYS
        if (judged := REVIEW.judged(target, EVERYTHING | {"status": source, "kind": kind}, MANAGER)) is not None
    }
    signed = set(itertools.product((INTERNAL, SUPPLIER), (HELD, REPORTED)))
    assert asked == {key: SignatureMeaning.REVIEWED if key in signed else None for key in asked}
    assert len(asked) == len(ReviewKind) * len(WAYS)
