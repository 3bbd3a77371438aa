"""What comes of reviews: nonconformities and actions of findings, feedback of focus groups; and what a trace finds."""

from typing import Any

from tests.conftest import Company
from tests.records import id_of, made, moved, refused
from tests.reviews.cases import HELD_AT, changed, finding, held, review

OPEN = """
mutation ($input: OpenNonconformityFromFindingInput!) {
  openNonconformityFromFinding(input: $input) { nonconformity { id } errors { code field } }
}
"""
PLAN = """
mutation ($input: PlanActionFromFindingInput!) {
  planActionFromFinding(input: $input) { action { id } errors { code field } }
}
"""
RECORD = """
mutation ($input: RecordStatementsInput!) {
  recordStatements(input: $input) {
    feedback { number source voice text occurredAt focusGroup { number } customer { name } themes { name } }
    errors { code field }
  }
}
"""


async def test_a_finding_becomes_a_nonconformity_that_knows_what_was_found(company: Company) -> None:
    clause = await made(company, "Requirement", source="STANDARD", clause="7.1.5")
    works = await made(company, "Department", name="Works")
    head = await id_of(company, "department_head")
    one = await review(company, lead=head)
    await held(company, one)
    found = await finding(company, one, "MAJOR", requirement=clause, department=works)
    given = {"finding": found, "version": 1, "owner": head, "idempotencyKey": "once"}
    answers = [(await company.data(OPEN, {"input": given}, who="department_head")) for _ in range(2)]
    assert answers[0] == answers[1]
    opened = answers[0]["openNonconformityFromFinding"]["nonconformity"]["id"]
    text = """
    query ($id: ID!) {
      nonconformity(by: { id: $id }) {
        title description origin detectedAt status owner { name } department { name } requirements { clause }
        findings { kind review { number } }
      }
      nonconformities { totalCount }
    }
    """
    assert await company.data(text, {"id": opened}) == {
        "nonconformity": {
            "title": "The scale was not calibrated.",
            "description": "The scale was not calibrated.",
            "origin": "AUDIT",
            "detectedAt": HELD_AT,
            "status": "OPEN",
            "owner": {"name": "department_head"},
            "department": {"name": "Works"},
            "requirements": [{"clause": "7.1.5"}],
            "findings": [{"kind": "MAJOR", "review": {"number": "RVW-2026-00001"}}],
        },
        "nonconformities": {"totalCount": 1},
    }
    again = {"finding": found, "version": 2}
    await refused(company, OPEN, again, ("INVALID", ["finding"]))
    await refused(company, OPEN, again | {"version": 1}, ("CONFLICT", ["version"]))
    await moved(company, opened, "CANCELLED", reason="It was the wrong scale.")
    supplier = await made(company, "Customer", name="Acme", supplier=True)
    foreign = await finding(company, None, authority="FDA", supplier=supplier)
    for one_of, version in ((found, 2), (foreign, 1)):
        done = await company.data(OPEN, {"input": {"finding": one_of, "version": version, "title": "Scale"}})
        assert done["openNonconformityFromFinding"]["errors"] == []
    met = await finding(company, one, "CONFORMITY")
    await refused(company, OPEN, {"finding": met, "version": 1}, ("INVALID", ["finding"]))
    await refused(company, OPEN, {"finding": one, "version": 1}, ("INVALID", ["finding"]))
    for who in ("complaint_handler", "auditor"):
        await company.token(who)
    events = await company.event_count()
    answer = await company.data(OPEN, {"input": again}, who="complaint_handler")
    assert answer["openNonconformityFromFinding"]["errors"] == [{"code": "FORBIDDEN", "field": None}]
    (error,) = (await company.ask(OPEN, {"input": again}, who="auditor"))["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert await company.event_count() == events


async def test_a_decision_becomes_an_action_with_an_owner_and_a_due_time(company: Company) -> None:
    person = await id_of(company, "employee")
    one = await review(company, "TEAM_MEETING", attendees=[person])
    await held(company, one)
    decided = await finding(company, one, "DECISION", statement="We buy a scale.")
    given = {
        "finding": decided,
        "title": "Buy a scale",
        "kind": "IMPROVEMENT",
        "owner": person,
        "dueAt": "2026-04-01T00:00:00Z",
    }
    await refused(company, PLAN, given | {"version": 1, "title": " "}, ("REQUIRED", ["title"]))
    await refused(company, PLAN, given | {"version": 1, "owner": decided}, ("INVALID", ["owner"]))
    for version in (1, 2):
        done = await company.data(PLAN, {"input": given | {"version": version}})
        assert done["planActionFromFinding"]["errors"] == []
    text = "{ actions { nodes { number title kind dueAt owner { name } findings { statement review { number } } } } }"
    planned = {
        "title": "Buy a scale",
        "kind": "IMPROVEMENT",
        "dueAt": "2026-04-01T00:00:00Z",
        "owner": {"name": "employee"},
        "findings": [{"statement": "We buy a scale.", "review": {"number": "RVW-2026-00001"}}],
    }
    assert (await company.data(text))["actions"]["nodes"] == [{"number": f"ACT-2026-0000{n}"} | planned for n in (1, 2)]
    for to in ("REPORTED", "CLOSED"):
        await moved(company, one, to)
    await refused(company, PLAN, given | {"version": 3}, ("INVALID", ["finding"]))


async def test_what_is_said_in_a_focus_group_is_feedback(company: Company) -> None:
    customer = await made(company, "Customer", name="Carla", kind="PERSON")
    lids, steam = [await made(company, "Theme", name=name) for name in ("Lids", "Steam")]
    person = await id_of(company, "employee")
    group = await review(company, "FOCUS_GROUP", attendees=[person])
    await held(company, group)
    said: list[dict[str, Any]] = [
        {"text": "The lid cracks.", "customer": customer, "themes": [lids, steam]},
        {"text": "It whistles."},
    ]
    given = {"review": group, "statements": said, "idempotencyKey": "minutes"}
    answers = [(await company.data(RECORD, {"input": given}, who="complaint_handler")) for _ in range(2)]
    assert answers[0] == answers[1]
    common = {
        "source": "FOCUS_GROUP",
        "voice": "CUSTOMER",
        "occurredAt": HELD_AT,
        "focusGroup": {"number": "RVW-2026-00001"},
    }
    assert answers[0]["recordStatements"] == {
        "feedback": [
            common
            | {
                "number": "FB-2026-00001",
                "text": "The lid cracks.",
                "customer": {"name": "Carla"},
                "themes": [{"name": "Lids"}, {"name": "Steam"}],
            },
            common | {"number": "FB-2026-00002", "text": "It whistles.", "customer": None, "themes": []},
        ],
        "errors": [],
    }
    text = "query ($id: ID!) { review(by: { id: $id }) { statements { totalCount } } }"
    assert (await company.data(text, {"id": group}))["review"]["statements"]["totalCount"] == 2


async def test_statements_are_recorded_all_of_them_or_none(company: Company) -> None:
    lids = await made(company, "Theme", name="Lids")
    group, audit = await review(company, "FOCUS_GROUP"), await review(company)
    said: list[dict[str, Any]] = [{"text": "The lid cracks.", "themes": [lids]}, {"text": "It whistles."}]
    planned = await company.event_count()
    for wrong, *errors in (
        ({"review": audit}, ("INVALID", ["review"])),
        ({"review": lids}, ("INVALID", ["review"])),
        ({"statements": []}, ("OUT_OF_RANGE", ["statements"])),
        ({"statements": [said[1], {"text": " "}]}, ("REQUIRED", ["statements", "1", "text"])),
        ({"statements": [{"text": "?", "customer": lids}]}, ("INVALID", ["statements", "0", "customer"])),
        ({"statements": [{"text": "?", "themes": [lids, lids]}]}, ("INVALID", ["statements", "0", "themes", "1"])),
        ({"statements": [{"text": "x" * 20_001}]}, ("TOO_LONG", ["statements", "0", "text"])),
    ):
        answer = await company.data(RECORD, {"input": {"review": group, "statements": said} | wrong})
        assert answer["recordStatements"] == {
            "feedback": [],
            "errors": [{"code": code, "field": field} for code, field in errors],
        }
        assert await company.event_count() == planned


async def test_a_trace_leads_from_what_was_decided_to_the_customers_who_said_so(company: Company) -> None:
    customer = await made(company, "Customer", name="Carla", kind="PERSON")
    group = await review(company, "FOCUS_GROUP")
    said = [{"text": "The lid cracks.", "customer": customer}, {"text": "It whistles."}]
    answer = await company.data(RECORD, {"input": {"review": group, "statements": said}})
    assert answer["recordStatements"]["errors"] == []
    decided = await finding(company, group, "DECISION")
    action = await made(company, "Action", title="A thicker lid", kind="IMPROVEMENT")
    await changed(company, "Finding", decided, actions=[action])
    text = """
    query ($id: ID!) {
      action(by: { id: $id }) {
        trace(direction: UP) { distance via record { __typename ... on Record { number } } }
      }
    }
    """
    found = await company.data(text, {"id": action})
    assert [(e["distance"], e["via"], e["record"].get("number")) for e in found["action"]["trace"]] == [
        (1, "findings", None),
        (2, "review", "RVW-2026-00001"),
        (3, "statements", "FB-2026-00001"),
        (3, "statements", "FB-2026-00002"),
        (4, "customer", None),
    ]
    assert found["action"]["trace"][-1]["record"]["__typename"] == "Customer"
