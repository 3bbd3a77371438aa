"""From what was found to what works: the whole way of a nonconformity, through the API."""

from datetime import timedelta
from typing import Any

from tests.conftest import START, Company
from tests.nonconformities.chain import (
    CLOSING,
    DONE,
    action,
    analysed,
    changed,
    closing,
    nonconformity,
    observed,
    plan,
    root_cause,
    status,
)
from tests.observing import observing
from tests.records import id_of, made, moved, signature_of, unmoved, walked

__all__ = ["observing"]
AT = ["changes", "nonconformity"]


async def eight_d(company: Company, id_: str) -> dict[str, list[str]]:
    text = "query ($id: ID!) { nonconformity(by: { id: $id }) { eightD { step done missing } } }"
    steps = (await company.data(text, {"id": id_}))["nonconformity"]["eightD"]
    assert [step["done"] for step in steps] == [not step["missing"] for step in steps]
    return {step["step"]: step["missing"] for step in steps if step["missing"]}


async def test_the_whole_way_with_an_action_that_did_not_work(company: Company, observing: None) -> None:
    owner = await id_of(company, "department_head")
    one = await nonconformity(company, owner=owner, team=[owner])
    assert sorted(await eight_d(company, one)) == ["D0", "D2", "D3", "D4", "D5", "D6", "D7", "D8"]

    await unmoved(company, one, "CONTAINED", ("REQUIRED", [*AT, "containmentNotNeeded"]))
    held_back = await action(company, "CONTAINMENT")
    contained = {"nonconformity": {"plan": [{"action": held_back}]}}
    still = ("REQUIRED", [*AT, "containmentNotNeeded"])
    await unmoved(company, one, "CONTAINED", still, changes=contained)
    await walked(company, held_back, "IN_PROGRESS", "DONE", changes=DONE)
    await moved(company, one, "CONTAINED", changes=contained)

    await unmoved(company, one, "ANALYSED", ("REQUIRED", ["to"]), ("REQUIRED", [*AT, "similarOccurrence"]))
    cause = await root_cause(company, one)
    await moved(company, one, "ANALYSED", changes={"nonconformity": {"similarOccurrence": "The Heron, too."}})

    await unmoved(company, one, "PLANNED", ("INVALID", [*AT, "plan"]))
    first = await action(company)
    rows = [{"action": held_back}, {"action": first, "cause": cause}]
    await moved(company, one, "PLANNED", changes={"nonconformity": {"plan": rows}})

    await unmoved(company, one, "IMPLEMENTED", ("INVALID", ["to"]))
    for pending in (first,):
        await walked(company, pending, "IN_PROGRESS", "DONE", changes=DONE)
    await moved(company, one, "IMPLEMENTED")
    await unmoved(company, one, "VERIFIED", ("INVALID", ["to"]))

    await moved(company, first, "CHECKING", changes={"action": {"description": "INEFFECTIVE"}})
    await moved(company, first, "INEFFECTIVE")
    assert await status(company, one) == "ANALYSED"
    await unmoved(company, one, "PLANNED", ("INVALID", [*AT, "plan"]))

    second = await action(company, title="Another", supersedes=first)
    rows.append({"action": second, "cause": cause})
    await moved(company, one, "PLANNED", changes={"nonconformity": {"plan": rows}})
    await observed(company, second, "EFFECTIVE")
    await walked(company, one, "IMPLEMENTED", "VERIFIED")

    signed = {"who": "quality_manager", "signature": await signature_of(company, "quality_manager")}
    await unmoved(
        company, one, "CLOSED", ("REQUIRED", [*AT, "riskWaived"]), ("REQUIRED", [*AT, "documentWaived"]), **signed
    )
    await moved(company, one, "CLOSED", changes={"nonconformity": CLOSING}, **signed)
    assert await eight_d(company, one) == {
        "D0": ["Decide what becomes of what does not conform."],
        "D2": [
            "Describe it: what, where, when, how much.",
            "Say which product is affected.",
            "Say how much is affected.",
        ],
        "D4": ["Where it should have been noticed is not verified."],
    }
    await told(company, one)


async def told(company: Company, id_: str) -> None:
    """Its history says each step, why it went back, and what the signature stated."""
    text = """query ($id: ID!) { nonconformity(by: { id: $id }) { closedAt containedAt history(first: 50) { nodes {
      toState reason signatureMeaning actorName
    } } } }"""
    found = (await company.data(text, {"id": id_}))["nonconformity"]
    assert (found["containedAt"], found["closedAt"]) == ("2026-03-02T09:30:00Z", "2026-03-02T09:30:00Z")
    steps = [entry for entry in found["history"]["nodes"][::-1] if entry["toState"]]
    assert [step["toState"] for step in steps] == [
        "CONTAINED", "ANALYSED", "PLANNED", "IMPLEMENTED", "ANALYSED", "PLANNED", "IMPLEMENTED", "VERIFIED", "CLOSED",
    ]  # fmt: skip
    assert steps[4]["reason"] == "ACT-2026-00002 was INEFFECTIVE."
    assert (steps[-1]["signatureMeaning"], steps[-1]["actorName"]) == ("CLOSED", "quality_manager")
    assert {step["signatureMeaning"] for step in steps[:-1]} == {None}


async def test_the_owner_does_not_close_it_and_who_closes_it_signs(company: Company, observing: None) -> None:
    manager = await id_of(company, "quality_manager")
    one, cause = await analysed(company, owner=manager)
    removing = await action(company)
    await plan(company, one, (removing, cause))
    await observed(company, removing, "EFFECTIVE")
    await walked(company, one, "PLANNED", "IMPLEMENTED", "VERIFIED")
    await unmoved(company, one, "CLOSED", ("FORBIDDEN", ["to"]), **await closing(company))
    unsigned = {"who": "admin", "changes": {"nonconformity": CLOSING}}
    await unmoved(company, one, "CLOSED", ("REQUIRED", ["signature"]), **unsigned)
    await unmoved(company, one, "CLOSED", ("FORBIDDEN", ["to"]), **await closing(company, "department_head"))
    wrong = {"pin": "not my PIN"}
    given = await closing(company, "admin") | {"signature": wrong}
    await unmoved(company, one, "CLOSED", ("FORBIDDEN", ["signature", "pin"]), **given)
    assert (await moved(company, one, "CLOSED", **await closing(company, "admin")))["state"] == "CLOSED"


async def test_what_stays_undecided_is_accepted_by_who_closes_it(company: Company, observing: None) -> None:
    owner, manager = await id_of(company, "department_head"), await id_of(company, "quality_manager")
    one, cause = await analysed(company, owner=owner)
    removing = await action(company, owner=manager)
    await plan(company, one, (removing, cause))
    await observed(company, removing, "INCONCLUSIVE")
    await walked(company, one, "PLANNED", "IMPLEMENTED", "VERIFIED")
    await unmoved(
        company, one, "CLOSED",
        ("REQUIRED", [*AT, "inconclusiveAccepted"]), ("FORBIDDEN", ["to"]), **await closing(company),
    )  # fmt: skip
    accepted = {"inconclusiveAccepted": "Too few are sold to tell; complaints stopped."}
    await unmoved(company, one, "CLOSED", ("FORBIDDEN", ["to"]), **await closing(company, **accepted))
    await moved(company, one, "CLOSED", **await closing(company, "admin", **accepted))
    # The closed nonconformity rests on the verdict; it stays as it was computed.
    assert await status(company, removing) == "INCONCLUSIVE"
    await unmoved(company, removing, "CHECKING", ("CONFLICT", ["to"]))


async def test_what_needs_no_corrective_action_is_corrected_and_signed_for(company: Company) -> None:
    one = await nonconformity(company, owner=await id_of(company, "department_head"))
    correction = await action(company, "CORRECTION")
    await plan(company, one, (correction, None))
    await moved(company, one, "CONTAINED", changes={"nonconformity": {"containmentNotNeeded": "One piece."}})
    evaluated = {"correctiveNotNeeded": "A single scratch.", "reVerification": "Looked at again."}
    signed = await closing(company)
    signed["changes"] = {"nonconformity": evaluated}
    await unmoved(company, one, "CLOSED", ("INVALID", ["to"]), **signed)
    await walked(company, correction, "IN_PROGRESS", "DONE", changes=DONE)
    await moved(company, one, "CLOSED", **signed)
    assert await eight_d(company, one) == {
        "D0": ["Decide what becomes of what does not conform."],
        "D1": ["Nobody is in the team."],
        "D2": [
            "Describe it: what, where, when, how much.",
            "Say which product is affected.",
            "Say how much is affected.",
        ],
    }


async def test_a_cancelled_action_leaves_its_root_cause_uncovered(company: Company, observing: None) -> None:
    one, cause = await analysed(company)
    given_up, removing = await action(company), await action(company, title="Another")
    await plan(company, one, (given_up, cause), (removing, None))
    await moved(company, one, "PLANNED")
    await moved(company, given_up, "CANCELLED", reason="It cannot be done.")
    await observed(company, removing, "EFFECTIVE")
    await unmoved(company, one, "IMPLEMENTED", ("INVALID", [*AT, "plan"]))
    text = "query ($id: ID!) { nonconformity(by: { id: $id }) { uncoveredRootCauses pendingActions } }"
    counted: Any = (await company.data(text, {"id": one}))["nonconformity"]
    assert counted == {"uncoveredRootCauses": 1, "pendingActions": 0}
    await moved(
        company, one, "IMPLEMENTED", changes={"nonconformity": {"plan": [{"action": removing, "cause": cause}]}}
    )


async def test_one_action_that_does_not_work_takes_back_all_that_rest_on_it(company: Company, observing: None) -> None:
    shared = await action(company)
    found = []
    for _ in range(3):
        one, cause = await analysed(company)
        await plan(company, one, (shared, cause))
        found.append(one)
    await walked(company, shared, "IN_PROGRESS", "DONE", changes=DONE)
    await moved(company, found[1], "PLANNED")
    await walked(company, found[2], "PLANNED", "IMPLEMENTED")
    await moved(company, shared, "CHECKING", changes={"action": {"description": "INEFFECTIVE"}})
    await moved(company, shared, "INEFFECTIVE")
    assert [await status(company, one) for one in found] == ["ANALYSED", "PLANNED", "ANALYSED"]
    text = "query ($id: ID!) { action(by: { id: $id }) { nonconformities { number } causes { statement } } }"
    served = (await company.data(text, {"id": shared}))["action"]
    assert [item["number"] for item in served["nonconformities"]] == [f"NC-2026-0000{n}" for n in (1, 2, 3)]
    assert len(served["causes"]) == 3


async def test_risks_rated_since_it_was_detected_are_not_waived(company: Company, observing: None) -> None:
    rating = {"severity": 8, "occurrence": 9, "detection": 7}
    cracks = await made(company, "Risk", failureMode="The lid cracks.", current=rating)
    one, cause = await analysed(company, owner=await id_of(company, "department_head"), risks=[cracks])
    removing = await action(company)
    await plan(company, one, (removing, cause))
    await observed(company, removing, "EFFECTIVE")
    await walked(company, one, "PLANNED", "IMPLEMENTED", "VERIFIED")
    waived = {"nonconformity": {"documentWaived": "None says so."}}
    signed = {"signature": await signature_of(company, "quality_manager"), "changes": waived}
    company.installation.clock.set(START - timedelta(days=30))
    old = await made(company, "Risk", failureMode="Steam gets out.", current=rating)
    company.installation.clock.set(START)
    await changed(company, one, risks=[cracks, old])
    missing = ("REQUIRED", [*AT, "riskWaived"])
    await unmoved(company, one, "CLOSED", missing, who="quality_manager", **signed)
    text = "mutation ($input: UpdateRiskInput!) { updateRisk(input: $input) { errors { code field } } }"
    given = {"id": old, "version": 1, "current": rating | {"occurrence": 2}}
    assert (await company.data(text, {"input": given}))["updateRisk"]["errors"] == []
    await moved(company, one, "CLOSED", who="quality_manager", **signed)


async def test_a_grave_complaint_ends_when_it_made_a_nonconformity_known(company: Company) -> None:
    one = await nonconformity(company)
    grave = {"severity": "CRITICAL", "safetyRelated": False, "reportable": False}
    complaint = await made(company, "Complaint", nature="Lid", nonconformity=one, **grave)
    for to in ("ACKNOWLEDGED", "ASSESSED", "INVESTIGATING"):
        await moved(company, complaint, to)
    await moved(company, complaint, "RESPONDED", changes={"complaint": {"response": "It is being put right."}})
    accepted = {"complaint": {"accepted": True}}
    await moved(company, one, "CANCELLED", reason="It was none.")
    lacks = [("REQUIRED", ["changes", "complaint", "notConfirmed"]), ("REQUIRED", ["signature"])]
    await unmoved(company, complaint, "CLOSED", *lacks, changes=accepted)
    other = await nonconformity(company)
    await moved(company, complaint, "CLOSED", changes={"complaint": {"accepted": True, "nonconformity": other}})
    text = "query ($id: ID!) { nonconformity(by: { id: $id }) { complaints { nodes { number status } } } }"
    known = (await company.data(text, {"id": other}))["nonconformity"]["complaints"]["nodes"]
    assert known == [{"number": "CMP-2026-00001", "status": "CLOSED"}]


async def test_it_is_cancelled_with_a_reason_from_wherever_it_is_open(company: Company) -> None:
    one, _ = await analysed(company, owner=await id_of(company, "admin"))
    signed = {"who": "quality_manager", "signature": await signature_of(company, "quality_manager")}
    await unmoved(company, one, "CANCELLED", ("REQUIRED", ["reason"]), **signed)
    own = {"signature": await signature_of(company, "admin")}
    await unmoved(company, one, "CANCELLED", ("FORBIDDEN", ["to"]), reason="Recorded twice.", **own)
    unsigned = {"who": "quality_manager", "reason": "Recorded twice."}
    await unmoved(company, one, "CANCELLED", ("REQUIRED", ["signature"]), **unsigned)
    await moved(company, one, "CANCELLED", reason="Recorded twice.", **signed)
    await unmoved(company, one, "ANALYSED", ("INVALID", ["to"]))
