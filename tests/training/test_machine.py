"""How a training goes: the whole table of moves, and what each asks for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.base.access import PERMISSIONS, Role
from qms_graphql.base.machines import ACTOR, NOW, SignatureMeaning, moves
from qms_graphql.training.rules import TRAINING, TrainingStatus, expiry, terms
from tests.conftest import START, Company
from tests.documents.paper import document, effective, revision
from tests.journeys.hidden import change, done
from tests.records import made, moved, refused, signature_of, unmoved
from tests.training.staff import Staff, hired, policy, trained

UPDATE = """
mutation ($input: UpdateTrainingRecordInput!) {
  updateTrainingRecord(input: $input) { trainingRecord { id } errors { code field } }
}
"""
SHOWN = """
query ($id: ID!) {
  trainingRecord(by: { id: $id }) {
    status score passMark completedAt expiresAt expired current passed overdue effectiveness assessor { name }
  }
}
"""
DONE_AT = "2026-03-02T09:30:00Z"
TO = {
    "ASSIGNED": ["PASSED", "FAILED", "WAIVED", "CANCELLED"],
    "PASSED": [],
    "FAILED": ["ASSIGNED", "WAIVED", "CANCELLED"],
    "WAIVED": [],
    "CANCELLED": [],
}


def test_the_table_of_moves() -> None:
    found: dict[str, list[str]] = {state.value: [] for state in TrainingStatus}
    for source, target in moves(TRAINING):
        found[source.value].append(target.value)
    assert {state: sorted(targets) for state, targets in found.items()} == {s: sorted(t) for s, t in TO.items()}


KNOWN: dict[str, Any] = {
    "assessed": True, "pass_mark": 80, "score": 80, "completed_at": NOW, "assessor_id": 2, "user_id": 1, ACTOR: 3,
    "author_id": 4, "owed": False, NOW: 0,
}  # fmt: skip
LACKS = [
    ("PASSED", {}, []),
    ("PASSED", {"completed_at": None, "score": None, "assessor_id": None}, ["completedAt", "assessor", "score"]),
    ("PASSED", {"score": 79}, ["score"]),
    ("PASSED", {"assessor_id": 1}, ["assessor"]),
    ("PASSED", {ACTOR: 1}, [None]),
    ("PASSED", {ACTOR: 1, "assessed": False, "assessor_id": None, "pass_mark": None}, []),
    ("PASSED", {"pass_mark": None, "score": None}, []),
    ("FAILED", {"score": 79}, []),
    ("FAILED", {"score": 80}, ["score"]),
    ("FAILED", {"score": None}, []),
    ("FAILED", {"pass_mark": None}, []),
    ("FAILED", {"assessed": False, "pass_mark": None}, [None]),
    ("FAILED", {ACTOR: 1, "score": 79}, [None]),
    ("WAIVED", {}, []),
    ("WAIVED", {ACTOR: 1}, [None]),
    ("WAIVED", {ACTOR: 4}, [None]),
    ("WAIVED", {"owed": True}, []),
    ("CANCELLED", {ACTOR: 1}, []),
    ("CANCELLED", {"owed": True}, [None]),
    ("CANCELLED", {ACTOR: 4}, [None]),
]


@pytest.mark.parametrize(("to", "facts", "lacking"), LACKS)
def test_what_a_move_lacks(to: str, facts: dict[str, Any], lacking: list[str | None]) -> None:
    allowed = frozenset({"training:write", "training:waive"})
    judged = TRAINING.judged(TrainingStatus[to], KNOWN | facts | {"status": TrainingStatus.ASSIGNED}, allowed)
    assert judged is not None
    assert [lack.field for lack in judged.unmet] == lacking
    assert judged.move.reason == (to in ("WAIVED", "CANCELLED"))
    assert judged.meaning is (SignatureMeaning.WAIVED if to == "WAIVED" else None)


@pytest.mark.parametrize("role", list(Role))
def test_which_role_moves_it(role: Role) -> None:
    for status in TrainingStatus:
        for item in TRAINING.possible(KNOWN | {"status": status, "pass_mark": None}, PERMISSIONS[role]):
            owns = role in (Role.ADMIN, Role.QUALITY_MANAGER)
            waives = item.move.to is TrainingStatus.WAIVED
            assert item.allowed == (owns or (role is Role.DEPARTMENT_HEAD and not waives))


@given(st.integers(0, 36_000), st.integers(1, 120))
def test_a_training_lasts_whole_months(days: int, months: int) -> None:
    at = START + timedelta(days=days)
    ends = expiry(at, months)
    assert ends is not None
    assert (ends.year - at.year) * 12 + ends.month - at.month == months
    assert ends.day == at.day or (ends.day < at.day and ends.month in (2, 4, 6, 9, 11))
    assert ends.timetz() == at.timetz()
    assert expiry(at, None) is None


def test_a_pass_mark_needs_an_assessor() -> None:
    for said, mark, assessed in (
        (None, None, False), (None, 5, True), (False, None, False), (True, None, True), (True, 5, True),
    ):  # fmt: skip
        asked = terms(acknowledged=True, assessed=said, pass_mark=mark, validity_months=None)
        assert asked.assessed is assessed


async def assigned(company: Company, staff: Staff, **plan: Any) -> str:
    """Ed's training in a course that is effective."""
    paper = await document(company, kind="TRAINING")
    await made(company, "TrainingPlan", document=paper, **plan)
    id_: str = await made(company, "TrainingRecord", user=staff.ed, revision=await effective(company, paper, "A"))
    return id_


async def test_a_training_fails_is_passed_and_expires(company: Company) -> None:
    staff = await hired(company)
    id_ = await assigned(company, staff, passMark=80, validityMonths=12)
    place = ["changes", "trainingRecord"]
    outcome = {"completedAt": DONE_AT, "score": 60, "assessor": staff.mo}
    await unmoved(
        company, id_, "PASSED",
        *(("REQUIRED", [*place, name]) for name in ("completedAt", "assessor", "score")), who="department_head",
    )  # fmt: skip
    below = {"changes": {"trainingRecord": outcome}}
    await unmoved(company, id_, "PASSED", ("INVALID", [*place, "score"]), **below)
    reached = {"changes": {"trainingRecord": outcome | {"score": 80}}}
    await unmoved(company, id_, "FAILED", ("INVALID", [*place, "score"]), who="department_head", **reached)
    await moved(company, id_, "FAILED", who="department_head", **below)
    # Nor is what was failed made good by another score: it is assigned again.
    await refused(company, UPDATE, {"id": id_, "version": 2, "score": 80}, ("INVALID", ["score"]))
    await moved(company, id_, "ASSIGNED", who="department_head")
    again = (await company.data(SHOWN, {"id": id_}))["trainingRecord"]
    assert (again["status"], again["score"], again["completedAt"], again["assessor"]) == ("ASSIGNED", None, None, None)
    for wrong, error in (
        ({"completedAt": "2026-03-03T00:00:00Z"}, ("OUT_OF_RANGE", ["completedAt"])),
        # The revision was approved at half past nine.
        ({"completedAt": "2026-03-02T09:29:59.999999Z"}, ("OUT_OF_RANGE", ["completedAt"])),
        ({"assessor": staff.ed}, ("INVALID", ["assessor"])),
        ({"score": 101}, ("OUT_OF_RANGE", ["score"])),
        ({"user": staff.ann}, ("INVALID", ["user"])),
    ):
        await refused(company, UPDATE, {"id": id_, "version": 3} | wrong, error)
    passed = {"changes": {"trainingRecord": outcome | {"score": 80}}}
    await moved(company, id_, "PASSED", who="department_head", **passed)
    shown = {
        "status": "PASSED", "score": 80, "passMark": 80, "completedAt": DONE_AT, "expiresAt": "2027-03-02T09:30:00Z",
        "expired": False, "current": True, "passed": True, "overdue": False, "effectiveness": None,
        "assessor": {"name": "Mo"},
    }  # fmt: skip
    assert (await company.data(SHOWN, {"id": id_}))["trainingRecord"] == shown
    await refused(company, UPDATE, {"id": id_, "version": 4, "score": 90}, ("INVALID", ["score"]))
    await change(company, "TrainingRecord", id_, effectiveness="No more scratches.")
    company.installation.clock.set(datetime(2027, 3, 2, 9, 30, tzinfo=UTC))
    changed = {"expired": True, "current": False, "effectiveness": "No more scratches."}
    assert (await company.data(SHOWN, {"id": id_}))["trainingRecord"] == shown | changed
    # What has expired is assigned anew; the old record stays.
    back = "query ($id: ID!) { trainingRecord(by: { id: $id }) { revision { id training { status } } } }"
    held = (await company.data(back, {"id": id_}))["trainingRecord"]["revision"]
    await made(company, "TrainingRecord", user=staff.ed, revision=held["id"])
    held = (await company.data(back, {"id": id_}))["trainingRecord"]["revision"]
    assert [item["status"] for item in held["training"]] == ["PASSED", "ASSIGNED"]


async def test_a_training_is_waived_by_who_owns_the_quality_system(company: Company) -> None:
    staff = await hired(company)
    id_ = await assigned(company, staff)
    why = {"reason": "Wrote the course."}
    await unmoved(
        company, id_, "WAIVED", ("FORBIDDEN", ["to"]), ("REQUIRED", ["signature"]), who="department_head", **why
    )
    signed = {"signature": await signature_of(company, "quality_manager")}
    await unmoved(company, id_, "WAIVED", ("REQUIRED", ["reason"]), who="quality_manager", **signed)
    await unmoved(company, id_, "WAIVED", ("REQUIRED", ["signature"]), who="quality_manager", **why)
    await unmoved(company, id_, "CANCELLED", ("REQUIRED", ["reason"]), who="quality_manager")
    await moved(company, id_, "WAIVED", who="quality_manager", **why, **signed)
    found = (await company.data(SHOWN, {"id": id_}))["trainingRecord"]
    assert (found["status"], found["passed"], found["current"]) == ("WAIVED", False, True)
    await refused(company, UPDATE, {"id": id_, "version": 2, "effectiveness": "?"}, ("INVALID", ["id"]))
    await unmoved(company, id_, "ASSIGNED", ("INVALID", ["to"]))


async def test_nobody_passes_themselves_where_somebody_assesses(company: Company) -> None:
    staff = await hired(company)
    paper = await document(company, kind="TRAINING")
    id_ = await made(company, "TrainingRecord", user=staff.mo, revision=await effective(company, paper, "A"))
    events = await company.event_count()
    given_ = {"completedAt": DONE_AT, "assessor": staff.ann}
    both = [{"code": "FORBIDDEN", "field": [name]} for name in ("completedAt", "assessor")]
    for mutation, fields in ((UPDATE, given_),):
        answer = await company.data(mutation, {"input": {"id": id_, "version": 1} | fields}, who="department_head")
        assert answer["updateTrainingRecord"] == {"trainingRecord": None, "errors": both}
    assert await company.event_count() == events
    await change(company, "TrainingRecord", id_, **given_)
    await unmoved(company, id_, "PASSED", ("FORBIDDEN", ["to"]), who="department_head")
    await moved(company, id_, "PASSED")


ASSIGN = """
mutation ($input: AssignTrainingInput!) {
  assignTraining(input: $input) { assigned errors { code field } }
}
"""
CREATE = """
mutation ($input: CreateTrainingRecordInput!) {
  createTrainingRecord(input: $input) { errors { code field } }
}
"""
OWN = "{ me { training { user { name } } } trainingRecords { totalCount nodes { user { name } } } }"
LOOK = "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"


async def test_who_sees_and_assigns_whose_training(company: Company) -> None:
    staff = await hired(company)
    id_ = await effective(company, await document(company), "A")
    ed, sue = [await made(company, "TrainingRecord", user=user, revision=id_) for user in (staff.ed, staff.sue)]
    seen = {}
    for who in ("quality_manager", "auditor", "department_head", "employee", "complaint_handler"):
        found = await company.data(OWN, who=who)
        seen[who] = sorted(node["user"]["name"] for node in found["trainingRecords"]["nodes"])
        assert found["trainingRecords"]["totalCount"] == len(seen[who])
        assert [item["user"]["name"] for item in found["me"]["training"]] == (["Ed"] if who == "employee" else [])
    assert seen == {
        "quality_manager": ["Ed", "Sue"], "auditor": ["Ed", "Sue"], "department_head": ["Ed"], "employee": ["Ed"],
        "complaint_handler": [],
    }  # fmt: skip
    through = "query ($id: ID!) { revision(by: { id: $id }) { training { user { name } } } }"
    assert (await company.data(through, {"id": id_}, who="employee"))["revision"]["training"] == [
        {"user": {"name": "Ed"}}
    ]
    assert await company.data(LOOK, {"id": sue}, who="department_head") == {"node": None, "nodes": [None]}
    for given_, code, field in (
        ({"users": [staff.ann, staff.sue]}, "FORBIDDEN", ["users", "1"]),
        ({"department": staff.sales}, "INVALID", ["department"]),
    ):
        answer = await company.data(ASSIGN, {"input": {"revision": id_} | given_}, who="department_head")
        assert answer["assignTraining"] == {"assigned": 0, "errors": [{"code": code, "field": field}]}
    other = await effective(company, await document(company), "A")
    answer = await company.data(CREATE, {"input": {"user": staff.sue, "revision": other}}, who="department_head")
    assert answer["createTrainingRecord"]["errors"] == [{"code": "FORBIDDEN", "field": ["user"]}]
    for who in ("employee", "auditor", "complaint_handler"):
        answer = await company.ask(ASSIGN, {"input": {"revision": id_, "users": [staff.ann]}}, who=who)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await company.data("{ trainingRecords { totalCount } }") == {"trainingRecords": {"totalCount": 2}}
    # What follows of an approval is for people whom the approver does not see.
    await policy(company, "FORM", approverRoles=["DEPARTMENT_HEAD"], trainingDepartments=[staff.sales])
    form = await revision(company, await document(company, kind="FORM"), "A")
    await moved(company, form, "IN_REVIEW")
    await moved(
        company, form, "APPROVED", who="department_head", signature=await signature_of(company, "department_head")
    )
    assert await trained(company, form) == [("Sue", "ASSIGNED")]
    assert await trained(company, form, "department_head") == []
    done_ = await done(company, ASSIGN, "department_head", revision=id_, role="EMPLOYEE")
    assert done_["assigned"] == 1
    assert await company.data(LOOK, {"id": ed}, who="employee") == {"node": {"id": ed}, "nodes": [{"id": ed}]}


PLAN = """
mutation ($input: CreateTrainingPlanInput!) {
  createTrainingPlan(input: $input) { trainingPlan { id } errors { code field } }
}
"""


async def test_a_document_has_one_plan(company: Company) -> None:
    paper = await document(company)
    marked = {"document": paper, "assessed": False, "passMark": 50}
    await refused(company, PLAN, marked, ("INVALID", ["passMark"]))
    await refused(company, PLAN, {"document": paper, "passMark": 101}, ("OUT_OF_RANGE", ["passMark"]))
    plan = await made(company, "TrainingPlan", show="roles assessed", document=paper, roles=["EMPLOYEE", "AUDITOR"])
    assert plan == {"roles": ["AUDITOR", "EMPLOYEE"], "assessed": None}
    await refused(company, PLAN, {"document": paper}, ("CONFLICT", ["document"]))
    shown = await company.data("{ documents { nodes { trainingPlan { roles } } } }", who="employee")
    assert shown["documents"]["nodes"] == [{"trainingPlan": {"roles": ["AUDITOR", "EMPLOYEE"]}}]
    answer = await company.ask(PLAN, {"input": {"document": paper}}, who="department_head")
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
