"""What was found stays answered: nothing that answers a reported audit is given up in passing, no finding made less."""

import pytest

from tests.conftest import Company
from tests.records import id_of, made, moved, refused, signature_of, unmoved
from tests.reviews.cases import CREATE, HELD_AT, UPDATE, changed, finding, held, review, version_of_any
from tests.reviews.test_raising import OPEN, PLAN

HEAD = "department_head"
FOUND = """
query ($review: ID!, $finding: ID!) {
  review(by: { id: $review }) { status unansweredFindings }
  finding(by: { id: $finding }) { kind nonconformity { number status } }
}
"""


async def opened(company: Company, found: str, **more: object) -> str:
    """The nonconformity that is made of a finding."""
    given = {"finding": found, "version": await version_of_any(company, found)} | more
    answer = (await company.data(OPEN, {"input": given}))["openNonconformityFromFinding"]
    assert answer["errors"] == []
    return answer["nonconformity"]["id"]


async def becomes(company: Company, found: str, kind: str) -> None:
    """Have a finding be of another kind."""
    given = {"id": found, "version": await version_of_any(company, found), "kind": kind}
    assert (await company.data(UPDATE["Finding"], {"input": given}))["updateFinding"]["errors"] == []


async def closed_audit(company: Company) -> tuple[str, str, str]:
    """A closed audit, its major finding, and the nonconformity that answers it."""
    lead = await id_of(company, HEAD)
    audit = await review(company, lead=lead)
    await held(company, audit)
    found = await finding(company, audit, "MAJOR")
    signed = {"signature": await signature_of(company, HEAD), "who": HEAD}
    await moved(company, audit, "REPORTED", **signed)
    lapse = await opened(company, found, owner=lead)
    await moved(company, audit, "CLOSED", **signed)
    return audit, found, lapse


async def test_what_answers_a_closed_audit_is_given_up_by_a_signature_and_can_be_answered_anew(
    company: Company,
) -> None:
    audit, found, lapse = await closed_audit(company)
    why = {"reason": "It was another scale."}
    await unmoved(company, lapse, "CANCELLED", ("REQUIRED", ["signature"]), **why)
    by_owner = {"signature": await signature_of(company, HEAD), "who": HEAD}
    await unmoved(company, lapse, "CANCELLED", ("FORBIDDEN", ["to"]), **by_owner, **why)
    again = {"finding": found, "version": await version_of_any(company, found)}
    await refused(company, OPEN, again, ("INVALID", ["finding"]))
    await moved(company, lapse, "CANCELLED", signature=await signature_of(company, "quality_manager"),
                who="quality_manager", **why)  # fmt: skip
    asked = {"review": audit, "finding": found}
    given_up = {"kind": "MAJOR", "nonconformity": {"number": "NC-2026-00001", "status": "CANCELLED"}}
    assert await company.data(FOUND, asked) == {
        "review": {"status": "CLOSED", "unansweredFindings": 1},
        "finding": given_up,
    }
    # The way out: it gets another, and nothing else.
    for fields in ({"nonconformity": None}, {"grade": "C"}, {"kind": "OBSERVATION"}):
        await refused(company, UPDATE["Finding"], {"id": found, "version": 2} | fields, ("INVALID", ["review"]))
    await opened(company, found)
    assert await company.data(FOUND, asked) == {
        "review": {"status": "CLOSED", "unansweredFindings": 0},
        "finding": {"kind": "MAJOR", "nonconformity": {"number": "NC-2026-00002", "status": "OPEN"}},
    }
    other = await made(company, "Nonconformity", title="Scale", origin="AUDIT", detectedAt=HELD_AT)
    given = {"id": found, "version": 3, "nonconformity": other}
    await refused(company, UPDATE["Finding"], given, ("INVALID", ["review"]))


async def test_what_answers_no_reported_audit_is_given_up_with_a_reason(company: Company) -> None:
    audit = await review(company)
    of_a_plan = await opened(company, await finding(company, audit, "MAJOR"))
    of_an_authority = await opened(company, await finding(company, None, "MAJOR", authority="FDA"))
    alone = await made(company, "Nonconformity", title="Scale", origin="AUDIT", detectedAt=HELD_AT)
    for lapse in (of_a_plan, of_an_authority, alone):
        await unmoved(company, lapse, "CANCELLED", ("REQUIRED", ["reason"]))
        await moved(company, lapse, "CANCELLED", reason="Noted twice.")


async def test_an_observation_of_a_reported_audit_needs_no_signature(company: Company) -> None:
    lead = await id_of(company, HEAD)
    audit = await review(company, lead=lead)
    await held(company, audit)
    lapse = await opened(company, await finding(company, audit, "OBSERVATION"))
    await moved(company, audit, "REPORTED", who=HEAD, signature=await signature_of(company, HEAD))
    await moved(company, lapse, "CANCELLED", reason="Noted twice.")


async def test_a_finding_stays_as_grave_as_its_nonconformity(company: Company) -> None:
    audit = await review(company)
    found = await finding(company, audit, "MAJOR")
    lapse = await opened(company, found)
    for kind in ("MINOR", "OBSERVATION"):
        await refused(company, UPDATE["Finding"], {"id": found, "version": 2, "kind": kind}, ("INVALID", ["kind"]))
    await changed(company, "Finding", found, statement="Two scales were not calibrated.")
    await moved(company, lapse, "CANCELLED", reason="It was seen once only.")
    await becomes(company, found, "OBSERVATION")
    # What an authority found is as it says now.
    foreign = await finding(company, None, "MAJOR", authority="FDA")
    await opened(company, foreign)
    await becomes(company, foreign, "MINOR")


async def test_a_nonconformity_and_an_action_arise_where_the_review_looked(company: Company) -> None:
    works, sales = [await made(company, "Department", name=name) for name in ("Works", "Sales")]
    maker = await made(company, "Customer", name="Maker", supplier=True)
    audit = await review(company, "SUPPLIER_AUDIT", department=works, supplier=maker)
    shown = (
        "query ($id: ID!) { node(id: $id) { ... on Nonconformity { origin department { name } supplier { name } } } }"
    )
    where = []
    for fields in ({}, {"department": sales}):
        lapse = await opened(company, await finding(company, audit, "MAJOR", **fields))
        where.append((await company.data(shown, {"id": lapse}))["node"])
    assert where == [
        {"origin": "SUPPLIER", "department": {"name": name}, "supplier": {"name": "Maker"}}
        for name in ("Works", "Sales")
    ]
    given = {
        "finding": await finding(company, audit, "MINOR"),
        "version": 1,
        "title": "Calibrate",
        "kind": "CORRECTION",
        "owner": await id_of(company, "employee"),
    }
    await refused(company, PLAN, given | {"dueAt": "2026-03-02T09:29:59Z"}, ("OUT_OF_RANGE", ["dueAt"]))
    done = (await company.data(PLAN, {"input": given | {"dueAt": "2026-03-02T09:30:00Z"}}))["planActionFromFinding"]
    text = "query ($id: ID!) { node(id: $id) { ... on Action { department { name } } } }"
    assert (await company.data(text, {"id": done["action"]["id"]}))["node"] == {"department": {"name": "Works"}}


async def test_a_management_review_was_held_once_its_period_had_begun(company: Company) -> None:
    given = {"title": "The year", "kind": "MANAGEMENT_REVIEW", "attendees": [await id_of(company, "employee")]}
    at = ["changes", "review", "heldAt"]
    for more, moment in (
        ({}, "2019-01-01T00:00:00Z"),
        ({"periodFrom": "2025-11-01T00:00:00Z"}, "2025-10-31T23:59:59Z"),
        # Of long ago, with the period of then.
        ({"periodFrom": "2018-01-01T00:00:00Z", "periodUntil": "2019-01-01T00:00:00Z"}, "2017-12-31T23:59:59Z"),
    ):
        one = await review(company, **(given | more))
        await unmoved(company, one, "HELD", ("OUT_OF_RANGE", at), changes={"review": {"heldAt": moment}})
    await held(company, one, "2019-01-01T00:00:00Z")


@pytest.mark.parametrize("who", ["employee", "auditor", "complaint_handler"])
async def test_who_cannot_lead_an_audit_is_told_who_can(company: Company, who: str) -> None:
    given = {"title": "Moulding", "kind": "INTERNAL_AUDIT", "lead": await id_of(company, who)}
    events = await company.event_count()
    text = CREATE["Review"].replace("code field", "message")
    (error,) = (await company.data(text, {"input": given}))["createReview"]["errors"]
    assert error["message"] == (
        "The lead signs for an audit: name somebody who is one of ADMIN, QUALITY_MANAGER, DEPARTMENT_HEAD;"
        " others can be in the team."
    )
    assert await company.event_count() == events
    await refused(company, CREATE["Review"], given, ("INVALID", ["lead"]))
    await review(company, team=[given["lead"]])
