"""The machine of nonconformities: every state, target, role and guard, and the 8D view that goes by the same rules."""

import itertools
from typing import Any
from uuid import UUID

import pytest

from qms_graphql.base.access import PERMISSIONS, Role
from qms_graphql.base.machines import ACTOR, SignatureMeaning, moves
from qms_graphql.nonconformities.machine import EIGHT_D, NONCONFORMITY
from qms_graphql.nonconformities.rules import NonconformityStatus

OPEN, CONTAINED, ANALYSED, PLANNED, IMPLEMENTED, VERIFIED, CLOSED, CANCELLED = NonconformityStatus
OWNER, OTHER = UUID(int=1), UUID(int=2)
WAYS = {
    (OPEN, CONTAINED),
    (CONTAINED, ANALYSED),
    (CONTAINED, CLOSED),
    (ANALYSED, PLANNED),
    (PLANNED, IMPLEMENTED),
    (IMPLEMENTED, VERIFIED),
    (VERIFIED, CLOSED),
    (IMPLEMENTED, ANALYSED),
    (VERIFIED, ANALYSED),
    *((source, CANCELLED) for source in (OPEN, CONTAINED, ANALYSED, PLANNED, IMPLEMENTED, VERIFIED)),
}
EVERYTHING: dict[str, Any] = {
    "owner_id": OWNER,
    "description": "Lids crack under steam.",
    "product_id": UUID(int=3),
    "suspect_quantity": 1200,
    "defective_quantity": None,
    "disposition": "SCRAP",
    "team_size": 3,
    "containments": 1,
    "containment_not_needed": None,
    "root_causes": 1,
    "escape_points": 1,
    "uncovered": 0,
    "similar_occurrence": "The Heron has the same lid.",
    "pending": 0,
    "correctives": 1,
    "unjudged": 0,
    "ineffective": 0,
    "inconclusive": 0,
    "inconclusive_accepted": None,
    "inconclusive_owners": set(),
    "corrective_not_needed": None,
    "re_verification": None,
    "risks_rerated": True,
    "risk_waived": None,
    "document_changed": True,
    "document_waived": None,
    ACTOR: OTHER,
}
"""Nothing is missing on the way from a complaint to what works."""
NONE_NEEDED = {"correctives": 0, "corrective_not_needed": "A single scratch.", "re_verification": "Looked at again."}
MANAGER = PERMISSIONS[Role.QUALITY_MANAGER]


def facts(source: NonconformityStatus, target: NonconformityStatus, **other: Any) -> dict[str, Any]:
    """What lets a record go from one state to the other, but for what is said."""
    more: dict[str, Any] = {}
    if (source, target) == (CONTAINED, CLOSED):
        more = NONE_NEEDED
    elif target is ANALYSED and source is not CONTAINED:
        more = {"ineffective": 1}
    return EVERYTHING | {"status": source} | more | other


@pytest.mark.parametrize(
    ("source", "target"), list(itertools.product(NonconformityStatus, NonconformityStatus)), ids=str
)
def test_there_is_a_way_exactly_where_the_page_of_the_domain_says_so(
    source: NonconformityStatus, target: NonconformityStatus
) -> None:
    assert ((source, target) in moves(NONCONFORMITY)) is ((source, target) in WAYS)
    judged = NONCONFORMITY.judged(target, facts(source, target), MANAGER)
    assert (judged is not None and judged.allowed) is ((source, target) in WAYS)


@pytest.mark.parametrize("role", Role)
def test_who_writes_them_moves_them_and_who_owns_the_quality_system_closes_them(role: Role) -> None:
    closing = {Role.ADMIN, Role.QUALITY_MANAGER}
    writing = closing | {Role.COMPLAINT_HANDLER, Role.DEPARTMENT_HEAD}
    for source, target in WAYS:
        judged = NONCONFORMITY.judged(target, facts(source, target), PERMISSIONS[role])
        assert judged is not None
        assert judged.allowed is (role in (closing if target is CLOSED else writing))


LACKS: list[tuple[NonconformityStatus, NonconformityStatus, dict[str, Any], tuple[str, str | None]]] = [
    (OPEN, CONTAINED, {"containments": 0}, ("REQUIRED", "containmentNotNeeded")),
    (CONTAINED, CLOSED, {"corrective_not_needed": None}, ("REQUIRED", "correctiveNotNeeded")),
    (CONTAINED, CLOSED, {"corrective_not_needed": " "}, ("REQUIRED", "correctiveNotNeeded")),
    (CONTAINED, CLOSED, {"re_verification": None}, ("REQUIRED", "reVerification")),
    (CONTAINED, CLOSED, {"correctives": 1}, ("INVALID", "plan")),
    (CONTAINED, CLOSED, {"pending": 1}, ("INVALID", None)),
    (CONTAINED, CLOSED, {"owner_id": None}, ("REQUIRED", "owner")),
    (CONTAINED, CLOSED, {ACTOR: OWNER}, ("FORBIDDEN", None)),
    (CONTAINED, CLOSED, {ACTOR: None}, ("FORBIDDEN", "signature")),
    (CONTAINED, CANCELLED, {"owner_id": None}, ("REQUIRED", "owner")),
    (VERIFIED, CANCELLED, {ACTOR: OWNER}, ("FORBIDDEN", None)),
    (PLANNED, CANCELLED, {ACTOR: None}, ("FORBIDDEN", "signature")),
    (IMPLEMENTED, ANALYSED, {"ineffective": 0}, ("INVALID", None)),
    (VERIFIED, ANALYSED, {"ineffective": 0}, ("INVALID", None)),
    (VERIFIED, CLOSED, {"ineffective": 1}, ("INVALID", "plan")),
    (VERIFIED, CLOSED, {"inconclusive": 1}, ("REQUIRED", "inconclusiveAccepted")),
    (
        VERIFIED,
        CLOSED,
        {"inconclusive": 1, "inconclusive_accepted": "Too few sold.", "inconclusive_owners": {OTHER}},
        ("FORBIDDEN", None),
    ),
    (VERIFIED, CLOSED, {"risks_rerated": False}, ("REQUIRED", "riskWaived")),
    (VERIFIED, CLOSED, {"document_changed": False}, ("REQUIRED", "documentWaived")),
    (VERIFIED, CLOSED, {"owner_id": None}, ("REQUIRED", "owner")),
    (VERIFIED, CLOSED, {ACTOR: OWNER}, ("FORBIDDEN", None)),
    (VERIFIED, CLOSED, {ACTOR: None}, ("FORBIDDEN", "signature")),
    *(
        (source, target, lack, unmet)
        for place, lack, unmet in (
            (0, {"root_causes": 0}, ("REQUIRED", None)),
            (0, {"similar_occurrence": None}, ("REQUIRED", "similarOccurrence")),
            (1, {"uncovered": 1}, ("INVALID", "plan")),
            (2, {"pending": 1}, ("INVALID", None)),
            (3, {"unjudged": 1}, ("INVALID", None)),
        )
        # What one move asks for, the later ones ask for too.
        for source, target in list(itertools.pairwise((CONTAINED, ANALYSED, PLANNED, IMPLEMENTED, VERIFIED, CLOSED)))[
            place:
        ]
    ),
]


@pytest.mark.parametrize(("source", "target", "lack", "unmet"), LACKS, ids=str)
def test_each_guard_keeps_its_move_from_being_made(
    source: NonconformityStatus, target: NonconformityStatus, lack: dict[str, Any], unmet: tuple[str, str | None]
) -> None:
    judged = NONCONFORMITY.judged(target, facts(source, target, **lack), MANAGER)
    assert judged is not None
    assert [(item.code.value, item.field) for item in judged.unmet] == [unmet]


@pytest.mark.parametrize(
    ("source", "target", "instead"),
    [
        (OPEN, CONTAINED, {"containments": 0, "containment_not_needed": "Nothing left the plant."}),
        (VERIFIED, CLOSED, {"inconclusive": 1, "inconclusive_accepted": "Too few are sold to tell."}),
        (VERIFIED, CLOSED, {"risks_rerated": False, "risk_waived": "It was rated for this."}),
        (VERIFIED, CLOSED, {"document_changed": False, "document_waived": "None says so."}),
    ],
)
def test_what_is_waived_with_a_reason_is_not_missing(
    source: NonconformityStatus, target: NonconformityStatus, instead: dict[str, Any]
) -> None:
    judged = NONCONFORMITY.judged(target, facts(source, target, **instead), MANAGER)
    assert judged is not None
    assert judged.unmet == ()


def test_to_close_is_to_sign_and_to_cancel_is_to_say_why() -> None:
    asked = {}
    for source, target in WAYS:
        judged = NONCONFORMITY.judged(target, facts(source, target), MANAGER)
        assert judged is not None
        asked[source, target] = (judged.meaning, judged.move.reason)
    assert asked == {
        way: {
            (CONTAINED, CLOSED): (SignatureMeaning.WAIVED, False),
            (VERIFIED, CLOSED): (SignatureMeaning.CLOSED, False),
            (OPEN, CANCELLED): (None, True),
        }.get(way, (SignatureMeaning.WAIVED, True) if way[1] is CANCELLED else (None, False))
        for way in WAYS
    }


def missing(**other: Any) -> dict[str, int]:
    """How much is missing of each discipline."""
    known = EVERYTHING | {"status": VERIFIED} | other
    return {discipline.step: len(lacks) for discipline in EIGHT_D if (lacks := discipline.missing(known))}


@pytest.mark.parametrize(
    ("other", "lacks"),
    [
        ({}, {"D8": 1}),
        ({"status": CLOSED}, {}),
        ({"status": CLOSED, "disposition": None}, {"D0": 1}),
        ({"status": CLOSED, "owner_id": None, "team_size": 0}, {"D1": 2}),
        ({"status": CLOSED, "description": "", "product_id": None, "suspect_quantity": None}, {"D2": 3}),
        ({"status": CLOSED, "suspect_quantity": None, "defective_quantity": 48}, {}),
        ({"status": CLOSED, "containments": 0}, {"D3": 1}),
        ({"status": CLOSED, "escape_points": 0}, {"D4": 1}),
        ({"root_causes": 0}, {"D4": 1, "D5": 1, "D6": 1, "D8": 1}),
        ({"uncovered": 1}, {"D5": 1, "D6": 1, "D8": 1}),
        ({"pending": 1, "unjudged": 1}, {"D6": 2, "D8": 1}),
        ({"inconclusive": 1}, {"D6": 1, "D8": 1}),
        ({"risks_rerated": False, "document_changed": False}, {"D7": 2, "D8": 1}),
        ({"root_causes": 0, "risks_rerated": False, "corrective_not_needed": "A scratch."}, {"D8": 1}),
    ],
)
def test_the_8d_view_says_what_is_missing(other: dict[str, Any], lacks: dict[str, int]) -> None:
    assert [discipline.step for discipline in EIGHT_D] == [f"D{number}" for number in range(9)]
    assert missing(**other) == lacks
