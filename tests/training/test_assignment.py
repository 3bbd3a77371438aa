"""Who is to be trained in what, from the approval of a revision to the next one."""

from datetime import timedelta
from random import Random
from uuid import UUID

from qms_graphql.base.facts import facts_of
from qms_graphql.base.ids import from_global, new_id
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import USUAL, DocumentKind
from qms_graphql.training.model import TrainingRecord
from qms_graphql.training.rules import TrainingStatus
from tests.conftest import START, Company
from tests.documents.paper import approved, document, effective, revision
from tests.graph.data import put
from tests.journeys.hidden import change, done
from tests.records import made, moved, refused, signature_of, unmoved, version_of
from tests.training.staff import TRAINING, hired, policy, record_of, trained

ASSIGN = """
mutation ($input: AssignTrainingInput!) {
  assignTraining(input: $input) { assigned records { user { name } dueAt } errors { code field } }
}
"""
ASSIGN_ONLY = "mutation ($input: AssignTrainingInput!) { assignTraining(input: $input) { errors { code field } } }"
ACKNOWLEDGE = """
mutation ($input: AcknowledgeRevisionInput!) {
  acknowledgeRevision(input: $input) {
    record { number status acknowledgedAt completedAt expiresAt passed current } errors { code field }
  }
}
"""
CREATE = """
mutation ($input: CreateTrainingRecordInput!) {
  createTrainingRecord(input: $input) { trainingRecord { id } errors { code field } }
}
"""
ENDED = """
query ($id: ID!) {
  node(id: $id) { ... on TrainingRecord { endedAt history(first: 1) { nodes { toState reason } } } }
}
"""
PASS = {"completedAt": "2026-03-02T09:30:00Z"}


async def test_everybody_concerned_is_to_be_trained_from_the_approval_on(company: Company) -> None:
    staff = await hired(company)
    await made(company, "User", name="Gone", roles=["EMPLOYEE"], department=staff.moulding, active=False)
    await policy(
        company, "PROCEDURE", approverRoles=["QUALITY_MANAGER"], trainingDepartments=[staff.sales], trainingDays=7
    )
    paper = await document(company, kind="PROCEDURE", department=staff.moulding)
    id_ = await approved(company, paper, "A")
    found = (await company.data(TRAINING, {"revision": id_}))["trainingRecords"]["nodes"]
    assert {(node["user"]["name"], node["status"], node["dueAt"]) for node in found} == {
        (name, "ASSIGNED", "2026-03-09T09:30:00Z") for name in ("Ann", "Ed", "Mo", "Sue")
    }
    assert [node["number"] for node in found] == [f"TRN-2026-0000{n}" for n in range(1, 5)]
    told = await company.data("{ changes(types: [TRAINING_RECORD]) { nodes { action actorName } } }")
    assert told["changes"]["nodes"] == [{"action": "CREATED", "actorName": "quality_manager"}] * 4
    notices = "{ notifications { nodes { kind record { number ... on TrainingRecord { user { name } } } } } }"
    (notice,) = (await company.data(notices, who="employee"))["notifications"]["nodes"]
    mine = (await record_of(company, id_, "Ed"))["number"]
    assert notice == {"kind": "ASSIGNED", "record": {"number": mine, "user": {"name": "Ed"}}}
    await unmoved(company, id_, "EFFECTIVE", ("INVALID", ["to"]))
    # An instruction without policy trains nobody; by role it does.
    other = await approved(company, await document(company, kind="FORM"), "A")
    assert await trained(company, other) == []
    await moved(company, other, "EFFECTIVE")
    await policy(company, "FORM", trainingRoles=["DEPARTMENT_HEAD"])
    assert await trained(company, await approved(company, await document(company, kind="FORM"), "A")) == [
        ("Mo", "ASSIGNED")
    ]


async def test_as_usual_who_works_by_a_document_is_trained_in_it_and_nobody_else(company: Company) -> None:
    staff = await hired(company)
    everybody = [("Ann", "ASSIGNED"), ("Ed", "ASSIGNED"), ("Mo", "ASSIGNED")]
    for kind in DocumentKind:
        asked = USUAL[kind]
        paper = await document(company, kind=kind.value, department=staff.moulding)
        id_ = await revision(company, paper, "A", effectiveFrom="2026-03-01T00:00:00Z")
        await policy(company, kind.value, approverRoles=["QUALITY_MANAGER"])
        await moved(company, id_, "IN_REVIEW")
        pin = await signature_of(company, "quality_manager")
        await moved(company, id_, "APPROVED", who="quality_manager", signature=pin)
        works_by_it = kind not in (DocumentKind.FORM, DocumentKind.TRAINING)
        assert await trained(company, id_) == (everybody if works_by_it else [])
        # Where training is waited for, somebody is to be trained; and who is to acknowledge it can.
        assert works_by_it or not (asked.training_share or asked.acknowledgement)
        if asked.acknowledgement:
            assert (await done(company, ACKNOWLEDGE, "employee", revision=id_))["record"]["passed"] is True
    # The policy may name others instead.
    await policy(company, "WORK_INSTRUCTION", trainingOwnDepartment=False, trainingDepartments=[staff.sales])
    paper = await document(company, kind="WORK_INSTRUCTION", department=staff.moulding)
    assert await trained(company, await approved(company, paper, "A")) == [("Sue", "ASSIGNED")]


async def test_a_newer_revision_and_leaving_cancel_what_is_still_to_be_done(company: Company) -> None:
    staff = await hired(company)
    await policy(
        company, "SPECIFICATION", trainingDepartments=[staff.moulding], trainingShare=0.3, acknowledgement=True
    )
    paper = await document(company)
    first = await approved(company, paper, "A")
    await done(company, ACKNOWLEDGE, "employee", revision=first)
    await moved(company, first, "EFFECTIVE")
    assert (await record_of(company, first, "Ed"))["current"] is True
    second = await approved(company, paper, "B")
    # What holds is still trained: another revision may come first.
    assert await trained(company, first) == [("Ann", "ASSIGNED"), ("Ed", "PASSED"), ("Mo", "ASSIGNED")]
    assert await trained(company, second) == [("Ann", "ASSIGNED"), ("Ed", "ASSIGNED"), ("Mo", "ASSIGNED")]
    await change(company, "User", staff.ann, active=False)
    assert await trained(company, second) == [("Ann", "CANCELLED"), ("Ed", "ASSIGNED"), ("Mo", "ASSIGNED")]
    await unmoved(company, second, "EFFECTIVE", ("INVALID", ["to"]))
    await done(company, ACKNOWLEDGE, "employee", revision=second)
    await moved(company, second, "EFFECTIVE")
    assert await trained(company, first) == [("Ann", "CANCELLED"), ("Ed", "PASSED"), ("Mo", "CANCELLED")]
    for trained_in, person, why in ((first, "Mo", "superseded"), (first, "Ann", "left"), (second, "Ann", "left")):
        told = await company.data(ENDED, {"id": (await record_of(company, trained_in, person))["id"]})
        assert told["node"] == {
            "endedAt": "2026-03-02T09:30:00Z", "history": {"nodes": [{"toState": "CANCELLED", "reason": why}]}
        }  # fmt: skip
    # What holds now counts; that of the earlier revision was passed, and is not current any more.
    assert [(await record_of(company, id_, "Ed"))["current"] for id_ in (first, second)] == [False, True]
    assert (await record_of(company, first, "Ed"))["passed"] is True
    # What is put away before it takes effect trains nobody.
    third = await approved(company, paper, "C")
    await moved(company, third, "OBSOLETE", reason="Not needed.", who="quality_manager")
    assert await trained(company, third) == [("Ed", "CANCELLED"), ("Mo", "CANCELLED")]


async def test_who_comes_or_moves_is_trained_in_what_holds_for_the_new_place(company: Company) -> None:
    staff = await hired(company)
    await policy(
        company, "PROCEDURE", approverRoles=["QUALITY_MANAGER"], trainingRoles=["COMPLAINT_HANDLER"],
        trainingShare=0, trainingDays=7,
    )  # fmt: skip
    moulding = await document(company, kind="PROCEDURE", department=staff.moulding)
    sales = await document(company, kind="PROCEDURE", department=staff.sales)
    await effective(company, moulding, "A")
    now = await effective(company, moulding, "B")
    soon, other = await approved(company, moulding, "C"), await effective(company, sales, "A")
    await made(company, "Revision", document=sales, label="B", reason="…", content="…")
    mine = [("Ann", "ASSIGNED"), ("Ed", "ASSIGNED"), ("Mo", "ASSIGNED")]
    assert (await trained(company, now), await trained(company, soon)) == (mine, mine)
    # Who comes is trained in what holds and what will, and in no more.
    new = await made(company, "User", name="Bo", roles=["EMPLOYEE"], department=staff.moulding)
    assert (await trained(company, now), await trained(company, soon)) == (sorted([*mine, ("Bo", "ASSIGNED")]),) * 2
    assert (await record_of(company, now, "Bo"))["dueAt"] == "2026-03-09T09:30:00Z"
    assert await trained(company, other) == [("Sue", "ASSIGNED")]
    # Who moves is not trained any more in what the old place asked for; what was passed, and what was assigned by
    # hand beside it, stays.
    by_hand = await effective(company, await document(company), "A")
    await done(company, ASSIGN, revision=by_hand, users=[new])
    passed = await record_of(company, now, "Bo")
    outcome = {"completedAt": "2026-03-02T09:30:00Z", "assessor": staff.mo}
    await moved(company, passed["id"], "PASSED", changes={"trainingRecord": outcome})
    await change(company, "User", new, department=staff.sales)
    assert await trained(company, by_hand) == [("Bo", "ASSIGNED")]
    assert ("Bo", "PASSED") in await trained(company, now)
    assert ("Bo", "CANCELLED") in await trained(company, soon)
    assert await trained(company, other) == [("Bo", "ASSIGNED"), ("Sue", "ASSIGNED")]
    told = await company.data(ENDED, {"id": (await record_of(company, soon, "Bo"))["id"]})
    assert told["node"]["history"]["nodes"] == [{"toState": "CANCELLED", "reason": "moved"}]
    # A role that the policy names: both departments' documents are for it; what the department asks for stays.
    await change(company, "User", new, roles=["EMPLOYEE", "COMPLAINT_HANDLER"])
    assert [status for name, status in await trained(company, soon) if name == "Bo"] == ["ASSIGNED", "CANCELLED"]
    assert [status for name, status in await trained(company, now) if name == "Bo"] == ["PASSED"]
    assert await trained(company, other) == [("Bo", "ASSIGNED"), ("Sue", "ASSIGNED")]
    await change(company, "User", new, roles=["EMPLOYEE"])
    assert [status for name, status in await trained(company, soon) if name == "Bo"] == ["CANCELLED", "CANCELLED"]
    assert await trained(company, other) == [("Bo", "ASSIGNED"), ("Sue", "ASSIGNED")]
    # Who comes back begins anew; what was passed and holds still counts.
    await change(company, "User", new, active=False)
    assert await trained(company, by_hand) == [("Bo", "CANCELLED")]
    await change(company, "User", new, active=True, department=staff.moulding)
    assert [status for name, status in await trained(company, now) if name == "Bo"] == ["PASSED"]
    assert (await record_of(company, soon, "Bo"))["status"] == "ASSIGNED"
    assert await trained(company, other) == [("Bo", "CANCELLED"), ("Sue", "ASSIGNED")]
    # Another name is no other place, and a place that is refused is none.
    events = await company.event_count()
    await change(company, "User", new, name="Bob")
    assert await company.event_count() == events + 1
    text = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } errors { code field } } }"
    await refused(
        company, text,
        {"id": new, "version": await version_of(company, new), "roles": ["CONNECTOR"], "department": staff.sales},
        ("INVALID", ["roles"]),
    )  # fmt: skip


async def test_what_is_only_read_is_passed_by_saying_so(company: Company) -> None:
    staff = await hired(company)
    roles = {"trainingRoles": ["EMPLOYEE"], "acknowledgement": True}
    await policy(company, "POLICY", approverRoles=["QUALITY_MANAGER"], **roles)
    await policy(company, "TRAINING", **roles)
    paper, course = await document(company, kind="POLICY"), await document(company, kind="TRAINING")
    await made(company, "TrainingPlan", document=paper, validityMonths=12)
    await made(company, "TrainingPlan", document=course, passMark=80)
    read, taught = await approved(company, paper, "A"), await approved(company, course, "A")
    said = (await done(company, ACKNOWLEDGE, "employee", revision=read))["record"]
    assert {name: said[name] for name in ("status", "acknowledgedAt", "completedAt", "expiresAt", "current")} == {
        "status": "PASSED", "acknowledgedAt": "2026-03-02T09:30:00Z", "completedAt": "2026-03-02T09:30:00Z",
        "expiresAt": "2027-03-02T09:30:00Z", "current": False,
    }  # fmt: skip
    # Where somebody assesses it, to have read it is noted, and no more.
    said = (await done(company, ACKNOWLEDGE, "employee", revision=taught))["record"]
    assert (said["status"], said["acknowledgedAt"], said["passed"]) == ("ASSIGNED", "2026-03-02T09:30:00Z", False)
    events = await company.event_count()
    for id_ in (read, taught):
        await done(company, ACKNOWLEDGE, "employee", revision=id_)
    for who, id_ in (("department_head", read), ("employee", staff.ed.replace("user", "revision"))):
        answer = await company.data(ACKNOWLEDGE, {"input": {"revision": id_}}, who=who)
        errors = [{"code": "NOT_FOUND", "field": ["revision"]}]
        assert answer["acknowledgeRevision"] == {"record": None, "errors": errors}
    assert await company.event_count() == events


async def test_training_is_assigned_to_people_roles_and_departments(company: Company) -> None:
    staff = await hired(company)
    paper = await document(company)
    id_ = await effective(company, paper, "A")
    given = {"revision": id_, "users": [staff.ann, staff.ed, staff.ann], "dueAt": "2026-04-01T00:00:00Z"}
    answer = await done(company, ASSIGN, **given)
    both = [{"user": {"name": name}, "dueAt": "2026-04-01T00:00:00Z"} for name in ("Ann", "Ed")]
    assert (answer["assigned"], answer["records"]) == (2, both)
    assert (await done(company, ASSIGN, revision=id_, role="EMPLOYEE", idempotencyKey="k"))["assigned"] == 1
    assert (await done(company, ASSIGN, revision=id_, role="EMPLOYEE", idempotencyKey="k"))["assigned"] == 1
    assert (await done(company, ASSIGN, revision=id_, department=staff.moulding))["assigned"] == 1
    everybody = [(name, "ASSIGNED") for name in ("Ann", "Ed", "Mo", "Sue")]
    assert await trained(company, id_) == everybody
    draft = await made(company, "Revision", document=paper, label="B", reason="…", content="…")
    invalid, users = ("INVALID", ["users"]), {"users": [staff.ed]}
    none = await made(company, "Department", name="Empty")
    events = await company.event_count()
    for wrong, error in (
        ({"revision": id_}, invalid),
        ({"revision": id_, "users": []}, ("REQUIRED", ["users"])),
        ({"revision": id_, "role": "EMPLOYEE"} | users, invalid),
        ({"revision": draft} | users, ("INVALID", ["revision"])),
        ({"revision": id_, "department": none}, ("INVALID", ["department"])),
        ({"revision": id_, "dueAt": "2026-03-01T00:00:00Z"} | users, ("OUT_OF_RANGE", ["dueAt"])),
        ({"revision": id_, "users": [staff.ed, "user_" + "0" * 32]}, ("NOT_FOUND", ["users", "1"])),
    ):
        refusal = {"code": error[0], "field": error[1]}
        assert await company.data(ASSIGN_ONLY, {"input": wrong}) == {"assignTraining": {"errors": [refusal]}}
    assert await company.event_count() == events
    await refused(company, CREATE, {"user": staff.ed, "revision": id_}, ("CONFLICT", ["user"]))
    await refused(company, CREATE, {"user": staff.ed, "revision": draft}, ("INVALID", ["revision"]))
    await change(company, "TrainingRecord", (await record_of(company, id_, "Ed"))["id"], assessor=staff.mo, **PASS)
    await moved(company, (await record_of(company, id_, "Ed"))["id"], "PASSED")
    await refused(company, CREATE, {"user": staff.ed, "revision": id_}, ("CONFLICT", ["user"]))


async def test_the_share_of_those_trained_is_that_of_a_count_by_hand(company: Company) -> None:
    random, place = Random(7), company.installation
    staff = await hired(company)
    people = [from_global(id_)[1] for id_ in (staff.mo, staff.ed, staff.ann, staff.sue)]
    paper = await document(company)
    revisions = [from_global(await made(company, "Revision", document=paper, label=f"{n}"))[1] for n in range(24)]
    rows = []
    for number in range(150):
        rows.append(
            {
                "organization_id": company.id, "id": new_id(), "version": 1, "created_at": START, "updated_at": START,
                "number": f"T{number}", "status": random.choice(list(TrainingStatus)), "assessed": False,
                "due_at": START, "expires_at": random.choice([None, START - timedelta(days=1)]),
                "user_id": random.choice(people), "revision_id": random.choice(revisions[:-1]),
            }
        )  # fmt: skip
    await put(place.database, company.id, {TrainingRecord.__tablename__: rows})
    async with place.database.reading(company.id) as reader:
        known = await facts_of(reader, Revision, company.id, revisions, START)
    for id_ in revisions:
        asked: dict[UUID, list[TrainingStatus]] = {}
        for row in rows:
            if row["revision_id"] == id_ and row["status"] is not TrainingStatus.CANCELLED:
                asked.setdefault(row["user_id"], []).append(row["status"])
        trained_ = [user for user, found in asked.items() if {TrainingStatus.PASSED, TrainingStatus.WAIVED} & {*found}]
        share = known[id_]["training_share"]
        assert share is None if not asked else abs(float(share) - len(trained_) / len(asked)) < 1e-9
        assert share is None or 0 <= share <= 1
        assert known[id_]["trainees"] == len(asked)
