"""The training of a revision is waived for everybody: what was still to be done is over, and counts against nobody."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qms_graphql.base.machines import moves
from qms_graphql.training.rules import DONE, OPEN, TRAINING, TrainingStatus
from tests.conftest import START, Company, Installation, found_company
from tests.documents.paper import APPROVER, approved, document
from tests.documents.test_approval import WAIVE, answered, signing
from tests.journeys.hidden import change
from tests.records import id_of, made, moved, signature_of, unmoved, version_of
from tests.training.staff import Staff, hired, policy, trained

WHY = "A comma."
ENDED = """
query ($revision: ID!) {
  trainingRecords(where: { revision: { id: { eq: $revision } } }, orderBy: [{ field: NUMBER }]) {
    nodes { user { name } status endedAt current history(first: 1) { nodes { actorName reason toState } } }
  }
}
"""
CURRENCY = "{ metric(code: TRAINING_CURRENCY) { value { numerator denominator } } }"
RECORDS = """
query ($revision: ID!) {
  trainingRecords(where: { revision: { id: { eq: $revision } } }, orderBy: [{ field: NUMBER }]) {
    nodes { id status user { id active } }
  }
}
"""
PASSED, FAILED, WAIVED, CANCELLED, ASSIGNED = (
    TrainingStatus[name] for name in ("PASSED", "FAILED", "WAIVED", "CANCELLED", "ASSIGNED")
)


async def asked_of_all(company: Company) -> tuple[Staff, str]:
    """People of the moulding (Mo, Ed, Ann) who are to be trained in an approved revision, assessed."""
    staff = await hired(company)
    await policy(company, "SPECIFICATION", trainingDepartments=[staff.moulding], trainingShare=1)
    return staff, await approved(company, await document(company), "A")


async def waived(company: Company, revision: str) -> None:
    """The quality manager waives the training."""
    given_ = await signing(company, revision, APPROVER, reason=WHY)
    assert await answered(company, WAIVE, APPROVER, **given_) == []


async def test_what_is_to_be_done_is_waived_with_the_reason_and_what_was_done_stays(company: Company) -> None:
    staff, revision = await asked_of_all(company)
    records = (await company.data(RECORDS, {"revision": revision}))["trainingRecords"]["nodes"]
    by_person = {node["user"]["id"]: node["id"] for node in records}
    done = {"trainingRecord": {"completedAt": "2026-03-02T09:30:00Z", "assessor": await id_of(company, APPROVER)}}
    await moved(company, by_person[staff.ed], "PASSED", changes=done)
    await moved(company, by_person[staff.ann], "FAILED")
    await waived(company, revision)
    found = (await company.data(ENDED, {"revision": revision}))["trainingRecords"]["nodes"]
    over = {"nodes": [{"actorName": APPROVER, "reason": WHY, "toState": "WAIVED"}]}
    passed = {"nodes": [{"actorName": "admin", "reason": None, "toState": "PASSED"}]}
    ended = "2026-03-02T09:30:00Z"
    assert {node.pop("user")["name"]: node for node in found} == {
        "Mo": {"status": "WAIVED", "endedAt": ended, "current": False, "history": over},
        "Ann": {"status": "WAIVED", "endedAt": ended, "current": False, "history": over},
        "Ed": {"status": "PASSED", "endedAt": ended, "current": False, "history": passed},
    }
    await moved(company, revision, "EFFECTIVE")
    assert (await company.data(CURRENCY))["metric"]["value"] == {"numerator": 3.0, "denominator": 3}
    # Who comes afterwards has it no more to do than those who were there; whom somebody asks is asked.
    await made(company, "User", name="Bo", roles=["EMPLOYEE"], department=staff.moulding)
    text = (
        "mutation ($input: AssignTrainingInput!) { assignTraining(input: $input) { assigned errors { code field } } }"
    )
    given_ = {"revision": revision, "users": [staff.sue]}
    assert (await company.data(text, {"input": given_}))["assignTraining"] == {"assigned": 1, "errors": []}
    assert await trained(company, revision) == [
        ("Ann", "WAIVED"),
        ("Ed", "PASSED"),
        ("Mo", "WAIVED"),
        ("Sue", "ASSIGNED"),
    ]
    assert (await company.data(CURRENCY))["metric"]["value"] == {"numerator": 3.0, "denominator": 4}


async def test_a_waiver_that_is_refused_ends_no_training(company: Company) -> None:
    _, revision = await asked_of_all(company)
    given_ = await signing(company, revision, APPROVER, reason=WHY)
    events = await company.event_count()
    for wrong, error in (
        ({"reason": " "}, ("REQUIRED", ["reason"])),
        ({"version": given_["version"] - 1}, ("CONFLICT", ["version"])),
        ({"signature": {"pin": "not-the-pin"}}, ("FORBIDDEN", ["signature", "pin"])),
    ):
        assert await answered(company, WAIVE, APPROVER, **given_ | wrong) == [error]
    assert await company.event_count() == events
    assert {status for _, status in await trained(company, revision)} == {"ASSIGNED"}


TRANSITIONS = """
query ($id: ID!) { node(id: $id) { ... on Record { transitions { to allowed unmet { code message } } } } }
"""
OWED = "It is asked of people of this role or department: train the person, or have it waived."
BY_AUTHOR = "Somebody other than its author lets people off the training in it."


async def unmet(company: Company, id_: str, to: str, who: str = "admin") -> list[str]:
    """What somebody's move of a record to a state lacks, as `transitions` says it."""
    found = (await company.data(TRANSITIONS, {"id": id_}, who=who))["node"]["transitions"]
    (way,) = [item for item in found if item["to"] == to]
    assert way["allowed"] == (not way["unmet"])
    return [lack["message"] for lack in way["unmet"]]


async def test_nobody_gets_round_what_is_owed_by_cancelling_it(company: Company) -> None:
    staff, revision = await asked_of_all(company)
    document_of = "query ($id: ID!) { revision(by: { id: $id }) { document { id } } }"
    paper = (await company.data(document_of, {"id": revision}))["revision"]["document"]["id"]
    by_person = {
        node["user"]["id"]: node["id"]
        for node in (await company.data(RECORDS, {"revision": revision}))["trainingRecords"]["nodes"]
    }
    for who in (APPROVER, "department_head"):
        assert await unmet(company, by_person[staff.ed], "CANCELLED", who) == [OWED]
        await unmoved(company, by_person[staff.ed], "CANCELLED", ("INVALID", ["to"]), who=who, reason="No time.")
    assert await unmet(company, by_person[staff.ed], "CANCELLED") == [OWED, BY_AUTHOR]
    both = ("INVALID", ["to"]), ("FORBIDDEN", ["to"])
    await unmoved(company, by_person[staff.ed], "CANCELLED", *both, reason="No time.")
    await moved(company, by_person[staff.ann], "FAILED")
    await unmoved(company, by_person[staff.ann], "CANCELLED", *both, reason="No time.")
    # Nor does the author who moves the document to another department for a while.
    await change(company, "Document", paper, department=staff.sales)
    await policy(company, "SPECIFICATION", trainingDepartments=[], trainingOwnDepartment=True)
    await unmoved(company, by_person[staff.ed], "CANCELLED", ("FORBIDDEN", ["to"]), reason="No time.")
    await policy(company, "SPECIFICATION", trainingDepartments=[staff.moulding], trainingOwnDepartment=False)
    # Whose place asks for it no more has it cancelled; back there it is asked of the person again.
    await change(company, "User", staff.ann, department=staff.sales)
    assert await trained(company, revision) == [("Ann", "CANCELLED"), ("Ed", "ASSIGNED"), ("Mo", "ASSIGNED")]
    # What somebody asked of Sue by hand, that can be cancelled by hand.
    sue = await made(company, "TrainingRecord", user=staff.sue, revision=revision)
    assert await unmet(company, sue, "CANCELLED", APPROVER) == []
    await moved(company, sue, "CANCELLED", who=APPROVER, reason="She does not make it.")
    # Neither counts as somebody who is to be trained.
    done = {"trainingRecord": {"completedAt": "2026-03-02T09:30:00Z", "assessor": await id_of(company, APPROVER)}}
    await moved(company, by_person[staff.ed], "PASSED", changes=done)
    half = "50% of those to be trained have passed; the policy asks for 100%."
    assert await unmet(company, revision, "EFFECTIVE") == [f"{half} Train them, or waive it with waiveTraining."]
    await moved(company, by_person[staff.mo], "PASSED", changes=done)
    await moved(company, revision, "EFFECTIVE")
    # It stays owed where it is in force.
    bo = await made(company, "User", name="Bo", roles=["EMPLOYEE"], department=staff.moulding)
    records = (await company.data(RECORDS, {"revision": revision}))["trainingRecords"]["nodes"]
    (his,) = [node["id"] for node in records if node["user"]["id"] == bo]
    await unmoved(company, his, "CANCELLED", ("INVALID", ["to"]), who=APPROVER, reason="No time.")


async def test_what_was_cancelled_counts_as_long_as_the_place_asks_for_it(company: Company) -> None:
    staff, revision = await asked_of_all(company)
    for who in (staff.mo, staff.ed, staff.ann):
        await change(company, "User", who, department=staff.sales)
    # Nobody is left of whom it is asked; then those of the sales are, and it is not assigned to them anew.
    assert await unmet(company, revision, "EFFECTIVE") == []
    await policy(company, "SPECIFICATION", trainingDepartments=[staff.sales], trainingShare=1)
    said = "The training of 3 was cancelled who are to be trained all the same: assign it again, or"
    assert await unmet(company, revision, "EFFECTIVE") == [f"{said} waive it with waiveTraining."]
    await unmoved(company, revision, "EFFECTIVE", ("INVALID", ["to"]))
    ann = await made(company, "TrainingRecord", user=staff.ann, revision=revision)
    done = {"trainingRecord": {"completedAt": "2026-03-02T09:30:00Z", "assessor": await id_of(company, APPROVER)}}
    await moved(company, ann, "PASSED", changes=done)
    assert await unmet(company, revision, "EFFECTIVE") == [
        "33% of those to be trained have passed; the policy asks for 100%. The training of 2 was cancelled who are to "
        "be trained all the same: assign it again, or waive it with waiveTraining."
    ]
    await unmoved(company, revision, "EFFECTIVE", ("INVALID", ["to"]))
    await waived(company, revision)
    await moved(company, revision, "EFFECTIVE")


async def test_the_author_of_a_revision_lets_nobody_off(company: Company) -> None:
    staff, revision = await asked_of_all(company)
    records = (await company.data(RECORDS, {"revision": revision}))["trainingRecords"]["nodes"]
    (his,) = [node["id"] for node in records if node["user"]["id"] == staff.ed]
    assert await unmet(company, his, "WAIVED", "admin") == [BY_AUTHOR]
    assert await unmet(company, his, "WAIVED", "department_head") == ["This needs the permission training:waive."]
    assert await unmet(company, his, "WAIVED", APPROVER) == []
    why = {"reason": "He wrote the sheet."}
    signed = {"signature": await signature_of(company, "admin")}
    await unmoved(company, his, "WAIVED", ("FORBIDDEN", ["to"]), **why, **signed)
    await unmoved(company, his, "WAIVED", ("REQUIRED", ["signature"]), who=APPROVER, **why)
    signed = {"signature": await signature_of(company, APPROVER)}
    await moved(company, his, "WAIVED", who=APPROVER, **why, **signed)
    assert await trained(company, revision) == [("Ann", "ASSIGNED"), ("Ed", "WAIVED"), ("Mo", "ASSIGNED")]


STEPS = st.lists(
    st.tuples(st.sampled_from([PASSED, FAILED, ASSIGNED, WAIVED, CANCELLED, "leave"]), st.integers(0, 2)),
    max_size=6,
)
"""What becomes of the training of which of the people."""


@settings(max_examples=6, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(before=STEPS, waive=st.booleans())
async def test_nothing_that_is_over_stays_open_or_counts_against_anybody(
    installation: Installation, before: list[tuple[Any, int]], waive: bool
) -> None:
    installation.clock.set(START)
    company = await found_company(installation)
    _, revision = await asked_of_all(company)
    done = {"trainingRecord": {"completedAt": "2026-03-02T09:30:00Z", "assessor": await id_of(company, APPROVER)}}

    async def records() -> list[Any]:
        return list((await company.data(RECORDS, {"revision": revision}))["trainingRecords"]["nodes"])

    for deed, who in before:
        node = (await records())[who]
        if deed == "leave":
            await change(company, "User", node["user"]["id"], active=False)
        elif (TrainingStatus[node["status"]], deed) in moves(TRAINING):
            if deed is CANCELLED:
                # They are of the department that is asked; who has left has nothing to do any more.
                why = {"who": APPROVER, "reason": "So be it."}
                await unmoved(company, node["id"], "CANCELLED", ("INVALID", ["to"]), **why)
                continue
            more: dict[str, Any] = {"changes": done} if deed is PASSED else {}
            if deed is WAIVED:
                more = {"who": APPROVER, "reason": "So be it.", "signature": await signature_of(company, APPROVER)}
            await moved(company, node["id"], deed.value, **more)
    as_it_was = [TrainingStatus[node["status"]] for node in await records()]
    if waive:
        await waived(company, revision)
    found = await records()
    now = [TrainingStatus[node["status"]] for node in found]
    assert now == [WAIVED if waive and status in OPEN else status for status in as_it_was]
    # To look at what is in force, whatever the share of those who are trained.
    await policy(company, "SPECIFICATION", trainingShare=0)
    await moved(company, revision, "EFFECTIVE")
    asked = [
        status for node, status in zip(found, now, strict=True) if node["user"]["active"] and status is not CANCELLED
    ]
    value = (await company.data(CURRENCY))["metric"]["value"]
    assert value == {"numerator": float(sum(status in DONE for status in asked)), "denominator": len(asked)}
    assert not waive or value["numerator"] == value["denominator"]
    assert await version_of(company, revision) == (5 if waive else 4)
