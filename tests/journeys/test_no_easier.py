"""A move brings what it needs; nobody gets out of a signature or of a bar by what it changes."""

from tests.conftest import Company
from tests.records import made, moved, refused, unmoved, walked


async def test_a_high_risk_is_not_accepted_unsigned_by_lowering_it_in_the_same_step(company: Company) -> None:
    high = {"severity": 9, "occurrence": 9, "detection": 9}
    risk = await made(company, "Risk", title="Lid cracks", initial=high)
    again = {"current": {"severity": 9, "occurrence": 8, "detection": 9}}
    await moved(company, risk, "TREATED", changes={"risk": again})
    lowered = {"risk": {"current": {"severity": 1, "occurrence": 1, "detection": 1}}}
    await unmoved(company, risk, "ACCEPTED", ("REQUIRED", ["signature"]), changes=lowered)


async def test_an_owner_does_not_close_by_giving_it_away_in_the_same_step(company: Company) -> None:
    me = (await company.data("{ me { id } }"))["me"]["id"]
    other = (await company.data("{ me { id } }", who="department_head"))["me"]["id"]
    found = await made(
        company, "Nonconformity", title="Lids crack", origin="COMPLAINT", detectedAt="2026-03-01T08:00:00Z", owner=me,
        containmentNotNeeded="None was sold.",
    )  # fmt: skip
    await moved(company, found, "CONTAINED")
    given = {"nonconformity": {"correctiveNotNeeded": "Once.", "reVerification": "Looked.", "owner": other}}
    await unmoved(company, found, "CLOSED", ("FORBIDDEN", ["to"]), ("REQUIRED", ["signature"]), changes=given)


async def test_a_grave_complaint_is_not_made_light_once_it_is_answered(company: Company) -> None:
    complaint = await made(company, "Complaint", nature="Lid", severity="CRITICAL", safetyRelated=True, reportable=True)
    for to in ("ASSESSED", "INVESTIGATING"):
        await moved(company, complaint, to)
    await moved(company, complaint, "RESPONDED", changes={"complaint": {"response": "It is being put right."}})
    light = {"severity": "MINOR", "safetyRelated": False, "reportable": False}
    await unmoved(
        company, complaint, "CLOSED",
        *(("INVALID", ["changes", "complaint", name]) for name in ("severity", "safetyRelated", "reportable")),
        changes={"complaint": light | {"accepted": True}},
    )  # fmt: skip


async def test_what_a_state_rests_on_is_not_taken_away_by_an_edit(company: Company) -> None:
    contain = await made(company, "Action", title="Hold the stock", kind="CONTAINMENT")
    found = await made(
        company, "Nonconformity", title="Lids crack", origin="COMPLAINT", detectedAt="2026-03-01T08:00:00Z",
        plan=[{"action": contain}],
    )  # fmt: skip
    done = {"action": {"evidence": [{"text": "It is behind bars."}]}}
    await walked(company, contain, "IN_PROGRESS", "DONE", changes=done)
    await moved(company, found, "CONTAINED")
    update = """
    mutation ($input: UpdateNonconformityInput!) {
      updateNonconformity(input: $input) { nonconformity { id } errors { code field } }
    }
    """
    await refused(company, update, {"id": found, "version": 2, "plan": []}, ("REQUIRED", ["containmentNotNeeded"]))
    other = {"id": found, "version": 2, "plan": [], "containmentNotNeeded": "None was sold."}
    assert (await company.data(update, {"input": other}))["updateNonconformity"]["errors"] == []


async def test_what_was_done_keeps_its_evidence(company: Company) -> None:
    action = await made(company, "Action", title="Hold the stock", kind="CONTAINMENT")
    await moved(company, action, "IN_PROGRESS")
    await moved(company, action, "DONE", changes={"action": {"evidence": [{"text": "Log of 3 February."}]}})
    update = """
    mutation ($input: UpdateActionInput!) { updateAction(input: $input) { action { id } errors { code field } } }
    """
    await refused(company, update, {"id": action, "version": 3, "evidence": []}, ("REQUIRED", ["evidence"]))
