"""The machine of revisions: every state, target, role and guard; limits of characteristics; what differs."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.base.access import PERMISSIONS, Role
from qms_graphql.base.machines import ACTOR, NOW, ROLES, SignatureMeaning, moves
from qms_graphql.documents.machine import REVISION
from qms_graphql.documents.rules import LIMITS, Policy, RevisionStatus, differences, limits_problem, policy_problem

DRAFT, IN_REVIEW, APPROVED, EFFECTIVE, OBSOLETE = RevisionStatus
AUTHOR, OTHER, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)
HELD, OLDER = UUID(int=4), UUID(int=5)
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WAYS = {
    (DRAFT, IN_REVIEW),
    (IN_REVIEW, DRAFT),
    (IN_REVIEW, APPROVED),
    (APPROVED, EFFECTIVE),
    (APPROVED, OBSOLETE),
    (EFFECTIVE, OBSOLETE),
}
DECIDED = {(IN_REVIEW, APPROVED), (APPROVED, OBSOLETE), (EFFECTIVE, OBSOLETE)}
"""The moves that take who may approve."""
SIGNED = {(IN_REVIEW, APPROVED): SignatureMeaning.APPROVED, (EFFECTIVE, OBSOLETE): SignatureMeaning.WITHDRAWN}
EVERYTHING: dict[str, Any] = {
    "reason": "Lids crack.",
    "content": "…",
    "content_link": None,
    "characterised": False,
    "document_owner_id": AUTHOR,
    "author_id": AUTHOR,
    "writers": set(),
    "approver_roles": (Role.QUALITY_MANAGER,),
    "approvals": [],
    "heads": None,
    "effective_from": AT,
    "training_waived": None,
    "training_share_asked": Decimal("0.8"),
    "held_id": HELD,
    "held_number": "REV-2026-00001",
    "last_change": AT,
    "supersedes_id": HELD,
    "supersedes_status": EFFECTIVE,
    ACTOR: OTHER,
    ROLES: frozenset({Role.QUALITY_MANAGER}),
    NOW: AT,
}
OVERTAKEN = {"supersedes_id": OLDER, "supersedes_status": OBSOLETE}
HEADED: dict[str, Any] = {
    "approver_roles": (Role.DEPARTMENT_HEAD,),
    "heads": {THIRD},
    ROLES: frozenset({Role.DEPARTMENT_HEAD}),
}
MANAGER = PERMISSIONS[Role.QUALITY_MANAGER]


def lacks(source: RevisionStatus, target: RevisionStatus, **other: Any) -> list[tuple[str, str | None]]:
    judged = REVISION.judged(target, EVERYTHING | {"status": source} | other, MANAGER)
    assert judged is not None
    return [(lack.code.value, lack.field) for lack in judged.unmet]


def test_there_are_these_ways_and_no_others() -> None:
    assert set(moves(REVISION)) == WAYS
    for source, target in itertools.product(RevisionStatus, repeat=2):
        judged = REVISION.judged(target, EVERYTHING | {"status": source}, MANAGER)
        assert (judged is not None and judged.allowed) == ((source, target) in WAYS)


@pytest.mark.parametrize("role", Role)
def test_who_may_move_it(role: Role) -> None:
    """Those who write documents; what decides over one takes who may approve, and a person who signs."""
    for way in WAYS:
        judged = REVISION.judged(way[1], EVERYTHING | {"status": way[0]}, PERMISSIONS[role])
        assert judged is not None
        may = "documents:approve" if way in DECIDED else "documents:write"
        assert judged.allowed == (may in PERMISSIONS[role])
        assert judged.meaning is SIGNED.get(way)
        assert judged.move.reason == (way[1] in (DRAFT, OBSOLETE))
    writers = {Role.ADMIN, Role.QUALITY_MANAGER, Role.DEPARTMENT_HEAD}
    assert (role in writers) == {"documents:write", "documents:approve"}.issubset(PERMISSIONS[role])


@pytest.mark.parametrize(
    ("way", "other", "expected"),
    [
        ((DRAFT, IN_REVIEW), {"reason": " "}, [("REQUIRED", "reason")]),
        ((DRAFT, IN_REVIEW), {"content": None}, [("REQUIRED", "content")]),
        ((DRAFT, IN_REVIEW), {"content": None, "content_link": "https://example.com/lid"}, []),
        ((DRAFT, IN_REVIEW), {"content": None, "characterised": True}, []),
        ((DRAFT, IN_REVIEW), {"document_owner_id": None}, [("REQUIRED", "document")]),
        ((DRAFT, IN_REVIEW), OVERTAKEN, [("CONFLICT", "supersedes")]),
        ((DRAFT, IN_REVIEW), {"supersedes_id": None, "supersedes_status": None}, [("CONFLICT", "supersedes")]),
        ((DRAFT, IN_REVIEW), OVERTAKEN | {"held_id": None}, []),
        ((DRAFT, IN_REVIEW), {"supersedes_id": OLDER, "supersedes_status": APPROVED}, []),
        ((IN_REVIEW, APPROVED), OVERTAKEN, [("CONFLICT", "supersedes")]),
        ((IN_REVIEW, DRAFT), OVERTAKEN, []),
        ((IN_REVIEW, APPROVED), {ACTOR: AUTHOR}, [("FORBIDDEN", None)]),
        ((IN_REVIEW, APPROVED), {ROLES: frozenset({Role.DEPARTMENT_HEAD})}, [("INVALID", None)]),
        ((IN_REVIEW, APPROVED), {ACTOR: None, ROLES: frozenset()}, [("INVALID", None), ("FORBIDDEN", "signature")]),
        ((IN_REVIEW, APPROVED), {"approver_roles": (Role.QUALITY_MANAGER, Role.ADMIN)}, [("INVALID", None)]),
        (
            (IN_REVIEW, APPROVED),
            {"approver_roles": (Role.QUALITY_MANAGER, Role.ADMIN), "approvals": [(THIRD, Role.ADMIN)]},
            [],
        ),
        # Who signed already does not sign again, in whatever role.
        (
            (IN_REVIEW, APPROVED),
            {"approver_roles": (Role.QUALITY_MANAGER, Role.ADMIN), "approvals": [(OTHER, Role.ADMIN)]},
            [("INVALID", None)],
        ),
        # A head signs for the own department's documents, where anybody heads it.
        ((IN_REVIEW, APPROVED), HEADED, [("INVALID", None)]),
        ((IN_REVIEW, APPROVED), HEADED | {"heads": {OTHER}}, []),
        ((IN_REVIEW, APPROVED), HEADED | {"heads": None}, []),
        ((IN_REVIEW, APPROVED), {"heads": {THIRD}}, []),
        # A policy that asks for less meanwhile: nobody is left to wait for.
        ((IN_REVIEW, APPROVED), {"approvals": [(THIRD, Role.QUALITY_MANAGER)]}, []),
        ((APPROVED, EFFECTIVE), {"effective_from": None}, [("REQUIRED", "effectiveFrom")]),
        ((APPROVED, EFFECTIVE), {"effective_from": AT + timedelta(microseconds=1)}, [("INVALID", "effectiveFrom")]),
        ((APPROVED, EFFECTIVE), {"training_share": Decimal("0.79")}, [("INVALID", None)]),
        ((APPROVED, EFFECTIVE), {"training_share": Decimal("0.8")}, []),
        ((APPROVED, EFFECTIVE), {"training_share": 7 / 10, "training_share_asked": Decimal("0.7")}, []),
        ((APPROVED, EFFECTIVE), {"training_share": None}, []),
        ((APPROVED, EFFECTIVE), {"training_assigned": False}, [("INVALID", None)]),
        ((APPROVED, EFFECTIVE), {"training_share": 0, "training_waived": "A comma."}, []),
        ((APPROVED, EFFECTIVE), {"supersedes_id": OLDER}, [("CONFLICT", "supersedes")]),
        ((APPROVED, EFFECTIVE), {"supersedes_id": None}, [("CONFLICT", "supersedes")]),
        ((APPROVED, EFFECTIVE), {"held_id": None, "last_change": None, "supersedes_id": OLDER}, []),
        ((APPROVED, EFFECTIVE), OVERTAKEN | {"last_change": AT + timedelta(seconds=1)}, [("CONFLICT", "supersedes")]),
        ((APPROVED, EFFECTIVE), {"last_change": AT + timedelta(seconds=1)}, [("INVALID", None)]),
    ],
)
def test_what_is_missing_is_named(
    way: tuple[RevisionStatus, RevisionStatus], other: dict[str, Any], expected: list[tuple[str, str | None]]
) -> None:
    assert lacks(*way, **other) == expected


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"approver_roles": ()}, "approverRoles"),
        ({"approver_roles": (Role.ADMIN, Role.ADMIN)}, "approverRoles"),
        *(
            ({"approver_roles": (Role.ADMIN, role)}, "approverRoles")
            for role in (Role.EMPLOYEE, Role.AUDITOR, Role.COMPLAINT_HANDLER, Role.CONNECTOR)
        ),
        ({"training_roles": (Role.EMPLOYEE, Role.EMPLOYEE)}, "trainingRoles"),
    ],
)
def test_a_policy_that_nobody_can_follow_is_none(changed: dict[str, Any], field: str) -> None:
    usual: dict[str, Any] = {"approver_roles": (Role.ADMIN,), "training_share": Decimal(1), "training_days": 1}
    assert policy_problem(Policy(**usual)) is None
    may = (Role.ADMIN, Role.QUALITY_MANAGER, Role.DEPARTMENT_HEAD)
    assert policy_problem(Policy(**usual | {"approver_roles": may})) is None
    problem = policy_problem(Policy(**usual | changed))
    assert problem is not None
    assert problem[0] == field


NUMBERS = st.one_of(st.none(), st.integers(-3, 3).map(Decimal))


@given(target=NUMBERS, lower=NUMBERS, upper=NUMBERS)
def test_limits_are_in_order_or_refused(target: Decimal | None, lower: Decimal | None, upper: Decimal | None) -> None:
    said = [value for value in (lower, target, upper) if value is not None]
    problem = limits_problem({"target": target, "lower": lower, "upper": upper})
    assert (problem is None) == (bool(said) and said == sorted(said))


ROWS = st.dictionaries(
    st.sampled_from("abcd"),
    st.fixed_dictionaries(
        {"target": NUMBERS, "lower": NUMBERS, "upper": NUMBERS, "unit": st.sampled_from(["mm", "g"])}
    ),
)


@given(before=ROWS, after=ROWS)
def test_what_changed_leads_from_the_one_to_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = ([{"name": n, "critical": False, **row} for n, row in rows.items()] for rows in (before, after))
    found = differences(old, new)
    made = {row["name"]: {name: row[name] for name in LIMITS} for row in old}
    for item in found:
        assert item.before != item.after
        if item.after is None:
            del made[item.name]
        else:
            made[item.name] = {name: item.after[name] for name in LIMITS}
    assert made == {row["name"]: {name: row[name] for name in LIMITS} for row in new}
    assert len({item.name for item in found}) == len(found)
