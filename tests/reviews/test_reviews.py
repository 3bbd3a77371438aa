"""Reviews and findings: planned, held, reported, closed; impartial, and what each state rests on."""

import asyncio
from datetime import timedelta

from tests.conftest import START, Company
from tests.records import MOVE, id_of, made, moved, refused, signature_of, unmoved, version_of
from tests.reviews.cases import CREATE, HELD_AT, UPDATE, changed, finding, held, review

AT = ["changes", "review"]
AHEAD = (START + timedelta(days=1)).isoformat()


async def test_an_internal_audit_goes_from_its_plan_to_its_end_by_its_leads_signature(company: Company) -> None:
    lead = await id_of(company, "department_head")
    standard = await made(company, "Standard", framework="ISO 9001", edition="2015")
    clause = await made(company, "Requirement", source="STANDARD", clause="7.1.5", standard=standard)
    one = await review(company, lead=lead, criteria=[{"standard": standard}], scope="The scales of hall 2.")
    await unmoved(company, one, "HELD", ("REQUIRED", [*AT, "heldAt"]))
    await moved(company, one, "HELD", changes={"review": {"heldAt": HELD_AT}})
    signed = {"signature": await signature_of(company, "department_head"), "who": "department_head"}
    await unmoved(company, one, "REPORTED", ("REQUIRED", [*AT, "noFindings"]), **signed)
    found = await finding(company, one, requirement=clause, grade="B", responseDue="2026-04-01T00:00:00Z")
    await unmoved(company, one, "REPORTED", ("FORBIDDEN", ["to"]), signature=await signature_of(company, "admin"))
    # Nobody becomes the lead in the move that the lead has to sign.
    own = {"changes": {"review": {"lead": await id_of(company, "admin")}}}
    await unmoved(
        company, one, "REPORTED", ("FORBIDDEN", ["to"]), signature=await signature_of(company, "admin"), **own
    )
    await unmoved(company, one, "REPORTED", ("REQUIRED", ["signature"]), who="department_head")
    await moved(company, one, "REPORTED", **signed)
    await unmoved(company, one, "CLOSED", ("INVALID", ["to"]), **signed)
    lapse = await made(company, "Nonconformity", title="Scale", origin="AUDIT", detectedAt=HELD_AT)
    await changed(company, "Finding", found, nonconformity=lapse)
    # The audit is reported: somebody other than its owner signs that what answers its finding is given up.
    given_up = {"reason": "Twice.", "changes": {"nonconformity": {"owner": lead}}}
    await unmoved(company, lapse, "CANCELLED", ("REQUIRED", ["signature"]), **given_up)
    nobody = ("REQUIRED", ["changes", "nonconformity", "owner"]), ("REQUIRED", ["signature"])
    await unmoved(company, lapse, "CANCELLED", *nobody, reason="Twice.")
    await unmoved(company, lapse, "CANCELLED", ("FORBIDDEN", ["to"]), **given_up, **signed)
    await moved(company, lapse, "CANCELLED", signature=await signature_of(company, "admin"), **given_up)
    await unmoved(company, one, "CLOSED", ("INVALID", ["to"]), **signed)
    other = await made(company, "Nonconformity", title="Scale", origin="AUDIT", detectedAt=HELD_AT)
    await changed(company, "Finding", found, nonconformity=other)
    await moved(company, one, "CLOSED", **signed)
    text = """
    query ($id: ID!) {
      requirement(by: { id: $id }) {
        verifiedBy {
          kind grade foundAt
          review { number heldAt reportedAt status }
          nonconformity { number status findings { grade } actions { number effectiveness { verdict } } }
        }
      }
    }
    """
    assert (await company.data(text, {"id": clause}))["requirement"]["verifiedBy"] == [
        {
            "kind": "MINOR",
            "grade": "B",
            "foundAt": HELD_AT,
            "review": {
                "number": "RVW-2026-00001",
                "heldAt": HELD_AT,
                "reportedAt": "2026-03-02T09:30:00Z",
                "status": "CLOSED",
            },
            "nonconformity": {"number": "NC-2026-00002", "status": "OPEN", "findings": [{"grade": "B"}], "actions": []},
        }
    ]
    closed = {"id": found, "version": 3, "grade": "C"}
    await refused(company, UPDATE["Finding"], closed, ("INVALID", ["review"]))


async def test_what_happened_to_a_finding_is_its_history_and_comes_by_the_feed(company: Company) -> None:
    found = await finding(company, await review(company))
    lapse = await made(company, "Nonconformity", title="Scale", origin="AUDIT", detectedAt=HELD_AT)
    other = await made(company, "Nonconformity", title="Scale", origin="AUDIT", detectedAt=HELD_AT)
    for came in (lapse, other):
        await changed(company, "Finding", found, nonconformity=came)
    text = """
    query ($id: ID!) {
      finding(by: { id: $id }) { history(first: 2) { nodes { actorName version changes { field before after } } } }
      changes(types: [FINDING], first: 9) { nodes { type action changedFields record { __typename } } }
    }
    """
    shown = await company.data(text, {"id": found})
    assert shown["finding"]["history"]["nodes"] == [
        {
            "actorName": "admin",
            "version": version,
            "changes": [{"field": "nonconformity", "before": before, "after": after}],
        }
        for version, before, after in ((3, lapse, other), (2, None, lapse))
    ]
    assert [(node["action"], node["record"]["__typename"]) for node in shown["changes"]["nodes"]] == [
        ("CREATED", "Finding"),
        ("UPDATED", "Finding"),
        ("UPDATED", "Finding"),
    ]


async def test_who_would_audit_their_own_work_needs_a_reason(company: Company) -> None:
    works = await made(company, "Department", name="Works")
    line = await made(company, "Department", name="Line 1", parent=works)
    other = await made(company, "Department", name="Sales")
    welder = await made(company, "User", name="Ana", roles=["DEPARTMENT_HEAD"], department=line)
    seller = await made(company, "User", name="Ben", roles=["EMPLOYEE"], department=other)
    owned = await made(company, "Requirement", source="INTERNAL", statement="Welds hold.", owner=seller)
    foreign = await review(company, department=other, team=[welder])
    await held(company, foreign)
    one = await review(company, department=works, team=[welder, seller])
    lacking = ("REQUIRED", [*AT, "independenceWaived"])
    await unmoved(company, one, "HELD", lacking, changes={"review": {"heldAt": HELD_AT}})
    await changed(company, "Review", one, team=[seller])
    text = "query ($id: ID!) { review(by: { id: $id }) { ownWork { name } independenceWaived } }"
    assert (await company.data(text, {"id": one}))["review"] == {"ownWork": [], "independenceWaived": None}
    await changed(company, "Review", one, criteria=[{"requirement": owned}], lead=welder)
    shown = (await company.data(text, {"id": one}))["review"]["ownWork"]
    assert {person["name"] for person in shown} == {"Ana", "Ben"}
    await held(company, one, independenceWaived="Nobody else knows welds.")
    # What was held stays impartial, or overridden with a reason.
    taken = {"id": one, "version": await version_of(company, one), "independenceWaived": None}
    await refused(company, UPDATE["Review"], taken, ("REQUIRED", ["independenceWaived"]))
    added = {"id": foreign, "version": await version_of(company, foreign), "team": [seller]}
    await refused(company, UPDATE["Review"], added, ("REQUIRED", ["independenceWaived"]))


async def test_what_is_held_against_a_review_is_refused_and_named(company: Company) -> None:
    buyer = await made(company, "Customer", name="Buyer")
    clause = await made(company, "Requirement", source="INTERNAL", statement="It is clean.")
    person = await id_of(company, "employee")
    given = {"title": "Audit", "kind": "SUPPLIER_AUDIT"}
    for field, value, *errors in (
        ("supplier", buyer, ("INVALID", ["supplier"])),
        ("lead", await id_of(company, "auditor"), ("INVALID", ["lead"])),
        ("heldAt", AHEAD, ("OUT_OF_RANGE", ["heldAt"])),
        ("heldAt", HELD_AT, ("INVALID", ["heldAt"])),
        ("criteria", [{}], ("INVALID", ["criteria", "0"])),
        ("criteria", [{"requirement": clause}] * 2, ("INVALID", ["criteria", "1"])),
        ("team", [person, person], ("INVALID", ["team", "1"])),
        ("periodFrom", HELD_AT, ("INVALID", ["periodFrom"])),
        ("title", " ", ("REQUIRED", ["title"])),
    ):
        await refused(company, CREATE["Review"], given | {field: value}, *errors)
    one = await review(company, "TEAM_MEETING", attendees=[person], heldAt=None)
    # When it took place is said with the move that says that it did, and with no other change.
    await refused(company, UPDATE["Review"], {"id": one, "version": 1, "heldAt": HELD_AT}, ("INVALID", ["heldAt"]))
    ahead = {"review": {"heldAt": AHEAD}}
    await unmoved(company, one, "HELD", ("OUT_OF_RANGE", [*AT, "heldAt"]), changes=ahead)
    await held(company, one)
    for field, value, error in (
        ("kind", "FOCUS_GROUP", ("INVALID", ["kind"])),
        ("attendees", [], ("REQUIRED", ["attendees"])),
        ("heldAt", None, ("REQUIRED", ["heldAt"])),
    ):
        await refused(company, UPDATE["Review"], {"id": one, "version": 2, field: value}, error)
    await moved(company, one, "REPORTED", changes={"review": {"noFindings": True}})
    nothing = {"id": one, "version": 3, "noFindings": False}
    await refused(company, UPDATE["Review"], nothing, ("INVALID", ["id"]))
    said = {"kind": "DECISION", "statement": "We buy a scale."}
    await refused(company, CREATE["Finding"], said | {"review": one}, ("INVALID", ["review"]))
    await moved(company, one, "CLOSED")


async def test_what_is_held_against_a_finding_is_refused_and_named(company: Company) -> None:
    one = await review(company, "TEAM_MEETING", attendees=[await id_of(company, "employee")])
    two = await review(company)
    buyer = await made(company, "Customer", name="Buyer")
    lapse = await made(company, "Nonconformity", title="Scale", origin="AUDIT", detectedAt=HELD_AT)
    given = {"kind": "DECISION", "statement": "We buy a scale.", "review": one}
    for more, error in (
        ({"review": None}, ("REQUIRED", ["review"])),
        ({"review": None, "authority": " "}, ("REQUIRED", ["review"])),
        ({"supplier": buyer}, ("INVALID", ["supplier"])),
        ({"foundAt": AHEAD}, ("OUT_OF_RANGE", ["foundAt"])),
        ({"nonconformity": lapse}, ("INVALID", ["nonconformity"])),
        ({"kind": "MINOR", "actionWaived": "Done."}, ("INVALID", ["actionWaived"])),
        ({"link": "javascript:alert(1)"}, ("INVALID", ["link"])),
        ({"statement": ""}, ("REQUIRED", ["statement"])),
    ):
        await refused(company, CREATE["Finding"], given | more, error)
    decided = await finding(company, one, "DECISION")
    moved_on = {"id": decided, "version": 1, "review": two}
    await refused(company, UPDATE["Finding"], moved_on, ("INVALID", ["review"]))
    stated = {"id": one, "version": 1, "noFindings": True}
    await refused(company, UPDATE["Review"], stated, ("INVALID", ["noFindings"]))
    await held(company, one)
    await moved(company, one, "REPORTED")
    await unmoved(company, one, "CLOSED", ("INVALID", ["to"]))
    bought = await made(company, "Action", title="Buy it", kind="IMPROVEMENT")
    await changed(company, "Finding", decided, actions=[bought])
    await moved(company, bought, "CANCELLED", reason="Too dear.")
    await unmoved(company, one, "CLOSED", ("INVALID", ["to"]))
    await changed(company, "Finding", decided, actionWaived="It is bought already.")
    await moved(company, one, "CLOSED")


async def test_a_finding_that_comes_while_its_review_is_reported_is_in_the_report_or_refused(company: Company) -> None:
    given = {"kind": "MAJOR", "statement": "The scale is broken."}
    count = "query ($id: ID!) { review(by: { id: $id }) { findings { totalCount } } }"
    for _ in range(3):
        one = await review(company, "TEAM_MEETING", attendees=[await id_of(company, "employee")])
        await held(company, one)
        first = await finding(company, one, "OBSERVATION")
        reporting = {"id": one, "to": "REPORTED", "version": await version_of(company, one)}
        found, reported = await asyncio.gather(
            company.data(CREATE["Finding"], {"input": given | {"review": one}}),
            company.data(MOVE, {"input": reporting}),
        )
        assert reported["transition"]["errors"] == []
        errors = [error["code"] for error in found["createFinding"]["errors"]]
        assert errors in ([], ["INVALID"])
        assert (await company.data(count, {"id": one}))["review"]["findings"]["totalCount"] == 2 - len(errors)
        # What was reported stays; what comes of it may still change.
        text = {"id": first, "version": 1, "kind": "OPPORTUNITY"}
        await refused(company, UPDATE["Finding"], text, ("INVALID", ["review"]))
        await refused(company, CREATE["Finding"], given | {"review": one}, ("INVALID", ["review"]))
        await changed(company, "Finding", first, responseDue="2026-04-01T00:00:00Z")


async def test_reviews_are_for_those_who_work_with_them(company: Company) -> None:
    one = await review(company, "TEAM_MEETING", attendees=[await id_of(company, "employee")])
    found = await finding(company, one, "OBSERVATION")
    text = "query ($r: ID!, $f: ID!) { review(by: { id: $r }) { title } finding(by: { id: $f }) { kind } }"
    seen = {"review": {"title": "Moulding"}, "finding": {"kind": "OBSERVATION"}}
    for who in ("admin", "quality_manager", "complaint_handler", "department_head", "auditor"):
        assert await company.data(text, {"r": one, "f": found}, who=who) == seen
    for who in ("employee", "connector:shop"):
        answer = await company.ask(text, {"r": one, "f": found}, who=who)
        assert answer["data"] == {"review": None, "finding": None}
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
        assert (await company.data("query ($r: ID!) { node(id: $r) { id } }", {"r": one}, who=who))["node"] is None
    for who in ("auditor", "complaint_handler", "employee", "connector:shop"):
        events = await company.event_count()
        answer = await company.ask(CREATE["Review"], {"input": {"title": "x", "kind": "TEAM_MEETING"}}, who=who)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
        assert await company.event_count() == events
