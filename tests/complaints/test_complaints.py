"""Complaints as records: their fields, their clocks, the policy, and what a connected system says of them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.complaints.rules import USUAL, ComplaintSeverity
from tests.complaints.cases import UPDATE, change, complaint, shown
from tests.conftest import SHARED, START, Company
from tests.records import made, moved, refused, version_of, walked

SYNC = """
mutation ($input: SyncComplaintsInput!) {
  syncComplaints(input: $input) {
    created updated unchanged stale deleted
    results { outcome complaint { id number status externalStatus nature active } errors { code field } }
  }
}
"""
POLICY = "{ complaintPolicy { minor { acknowledgeDays resolveDays } major { resolveDays } noReplyDays } }"
SET = """
mutation ($input: SetComplaintPolicyInput!) {
  setComplaintPolicy(input: $input) { policy { noReplyDays } errors { code field } }
}
"""


def synced(version: int, **fields: Any) -> dict[str, Any]:
    return {"ref": {"system": "crm", "externalId": "case 1", "version": version}} | fields


async def test_a_case_of_a_crm_never_moves_the_machine(company: Company) -> None:
    async def sent(row: dict[str, Any]) -> dict[str, Any]:
        answer = (await company.data(SYNC, {"input": {"items": [row]}}, who="connector:crm"))["syncComplaints"]
        (result,) = answer["results"]
        assert result["errors"] == []
        return {"outcome": result["outcome"]} | result["complaint"]

    first = await sent(synced(1, nature="Lid", externalStatus="Open", receivedAt="2026-03-01T08:00:00Z"))
    same = {"number": "CMP-2026-00001", "status": "RECEIVED", "nature": "Lid", "active": True}
    id_ = first.pop("id")
    assert first == same | {"outcome": "CREATED", "externalStatus": "Open"}
    closed = await sent(synced(2, externalStatus="Closed"))
    assert closed == same | {"id": id_, "outcome": "UPDATED", "externalStatus": "Closed"}
    assert (await sent(synced(2, externalStatus="Closed")))["outcome"] == "UNCHANGED"
    assert (await sent(synced(1, externalStatus="Open")))["outcome"] == "STALE"
    gone = await sent(synced(3, deleted=True))
    assert gone == same | {"id": id_, "outcome": "DELETED", "externalStatus": "Closed", "active": False}
    assert await shown(company, id_, "receivedAt awareAt externalRefs { externalId }") == {
        "receivedAt": "2026-03-01T08:00:00Z", "awareAt": "2026-03-01T08:00:00Z",
        "externalRefs": [{"externalId": "case 1"}],
    }  # fmt: skip


async def test_a_connector_moves_nothing(company: Company) -> None:
    id_ = await complaint(company)
    text = "mutation ($input: TransitionInput!) { transition(input: $input) { record { id } errors { code } } }"
    await company.token("connector:crm")
    before = await company.event_count()
    answer = await company.ask(text, {"input": {"id": id_, "to": "ACKNOWLEDGED", "version": 1}}, who="connector:crm")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert await company.event_count() == before


async def test_it_holds_what_the_device_regulation_asks_for(company: Company) -> None:
    device = await made(company, "Product", sku="D1", name="Device")
    report = {
        "regime": "21 CFR 803", "decision": True, "reason": "Injury.", "dueAt": "2026-04-01T00:00:00Z",
        "submittedAt": None, "reference": None,
    }  # fmt: skip
    fields = {
        "nature": "Burn", "details": "Steam burnt a hand.", "harm": "First-degree burn.", "country": "US",
        "lot": "L1", "serial": "S1", "udi": "(01)0950", "sampleReturned": True,
        "complainant": {"name": "Ann", "address": "1 Main St", "phone": "555"},
        "eventAt": "2026-02-25T10:00:00Z", "awareAt": "2026-02-26T10:00:00Z", "receivedAt": "2026-02-27T10:00:00Z",
        "correction": "Replaced.", "response": "Sorry.", "reports": [report],
        "isComplaint": {"decision": True, "reason": "It alleges an injury."},
    }  # fmt: skip
    id_ = await made(company, "Complaint", product=device, **fields)
    shape = """
    product { name } nature details harm country lot serial udi sampleReturned complainant { name address phone }
    eventAt awareAt receivedAt correction response reports { regime decision reason dueAt submittedAt reference }
    isComplaint { decision reason by }
    """
    fields["isComplaint"] = {"decision": True, "reason": "It alleges an injury.", "by": "admin"}
    assert await shown(company, id_, shape) == {"product": {"name": "Device"}} | fields


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"country": "us"}, ("INVALID", ["country"])),
        ({"satisfaction": 6}, ("OUT_OF_RANGE", ["satisfaction"])),
        ({"isComplaint": {"decision": True}}, ("REQUIRED", ["isComplaint", "reason"])),
        (
            {"reports": [{"regime": "21 CFR 803", "submittedAt": "2026-03-02T09:36:00Z"}]},
            ("OUT_OF_RANGE", ["reports", "0", "submittedAt"]),
        ),
    ],
)
async def test_what_is_wrong_is_refused(company: Company, fields: dict[str, Any], error: tuple[str, list[str]]) -> None:
    text = """
    mutation ($input: CreateComplaintInput!) {
      createComplaint(input: $input) { complaint { id } errors { code field } }
    }
    """
    await refused(company, text, fields, error)
    id_ = await complaint(company)
    await refused(company, UPDATE, {"id": id_, "version": 1} | fields, error)


async def test_it_answers_for_no_investigation_of_its_own(company: Company) -> None:
    first, second = await complaint(company), await complaint(company)
    await change(company, first, earlierInvestigation=second)
    for id_, earlier in ((first, first), (second, first)):
        version = (await shown(company, id_, "version"))["version"]
        given_ = {"id": id_, "version": version, "earlierInvestigation": earlier}
        await refused(company, UPDATE, given_, ("INVALID", ["earlierInvestigation"]))


async def test_what_its_state_rests_on_stays(company: Company) -> None:
    assessed, responded = await complaint(company, "ASSESSED"), await complaint(company, "RESPONDED")
    closed = await complaint(company, "CLOSED")
    for id_, field, error in (
        (assessed, "severity", ("REQUIRED", ["severity"])),
        (assessed, "reportable", ("REQUIRED", ["reportable"])),
        (responded, "safetyRelated", ("REQUIRED", ["safetyRelated"])),
        (responded, "response", ("REQUIRED", ["response"])),
        (closed, "correction", ("INVALID", ["id"])),
    ):
        version = (await shown(company, id_, "version"))["version"]
        await refused(company, UPDATE, {"id": id_, "version": version, field: None}, error)


async def test_its_deadlines_follow_from_how_bad_it_is(company: Company) -> None:
    received = {"receivedAt": "2026-02-01T00:00:00Z"}
    id_ = await complaint(company, **received)
    fields = "acknowledgeDueAt dueAt overdue acknowledgementOverdue"
    unassessed = {"acknowledgeDueAt": "2026-02-04T00:00:00Z", "dueAt": "2026-02-21T00:00:00Z"}
    assert await shown(company, id_, fields) == unassessed | {"overdue": True, "acknowledgementOverdue": True}
    for severity, acknowledge, resolve, late in (
        ("MINOR", "2026-02-06", "2026-03-03", False),
        ("MAJOR", "2026-02-04", "2026-02-21", True),
        ("CRITICAL", "2026-02-02", "2026-02-11", True),
    ):
        await change(company, id_, severity=severity)
        assert await shown(company, id_, fields) == {
            "acknowledgeDueAt": f"{acknowledge}T00:00:00Z", "dueAt": f"{resolve}T00:00:00Z",
            "overdue": late, "acknowledgementOverdue": True,
        }  # fmt: skip
    late = "{ complaints(where: { overdue: { eq: true } }) { totalCount } }"
    assert (await company.data(late))["complaints"]["totalCount"] == 1
    await moved(
        company,
        id_,
        "WITHDRAWN",
        reason="Took it back.",
        changes={"complaint": {"reportable": False, "severity": "MAJOR"}},
    )
    assert await shown(company, id_, "overdue acknowledgementOverdue") == {
        "overdue": False,
        "acknowledgementOverdue": False,
    }


async def test_an_organization_sets_its_own_deadlines(company: Company, other_company: Company) -> None:
    usual = {
        "minor": {"acknowledgeDays": 5, "resolveDays": 30}, "major": {"resolveDays": 20}, "noReplyDays": 30,
    }  # fmt: skip
    assert (await company.data(POLICY, who="complaint_handler"))["complaintPolicy"] == usual
    before = await complaint(company, severity="MINOR")
    given_ = {"minor": {"resolveDays": 7}, "noReplyDays": 14}
    answer = await company.data(SET, {"input": given_}, who="quality_manager")
    assert answer["setComplaintPolicy"] == {"policy": {"noReplyDays": 14}, "errors": []}
    assert (await company.data(SET, {"input": {"major": {"resolveDays": 9}}}))["setComplaintPolicy"]["errors"] == []
    mine = {"minor": {"acknowledgeDays": 5, "resolveDays": 7}, "major": {"resolveDays": 9}, "noReplyDays": 14}
    assert (await company.data(POLICY))["complaintPolicy"] == mine
    assert (await other_company.data(POLICY))["complaintPolicy"] == usual
    after = await complaint(company, severity="MINOR")
    dues = [(await shown(company, id_, "dueAt"))["dueAt"] for id_ in (before, after)]
    assert dues == ["2026-04-01T09:30:00Z", "2026-03-09T09:30:00Z"]


@pytest.mark.parametrize(
    ("given_", "error"),
    [
        ({"minor": {"resolveDays": 4}}, ("INVALID", ["minor", "resolveDays"])),
        ({"critical": {"acknowledgeDays": 0}}, ("OUT_OF_RANGE", ["critical", "acknowledgeDays"])),
        ({"noReplyDays": 3651}, ("OUT_OF_RANGE", ["noReplyDays"])),
        ({"noReplyDays": None}, ("REQUIRED", ["noReplyDays"])),
    ],
)
async def test_deadlines_that_make_no_sense_are_refused(
    company: Company, given_: dict[str, Any], error: tuple[str, list[str]]
) -> None:
    await refused(company, SET, given_, error)


async def test_only_who_answers_for_the_system_sets_deadlines(company: Company) -> None:
    for who in ("complaint_handler", "department_head", "auditor", "employee", "connector:crm"):
        await company.token(who)
        before = await company.event_count()
        answer = await company.ask(SET, {"input": {"noReplyDays": 14}}, who=who)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
        assert await company.event_count() == before


@given(severity=st.sampled_from([None, *ComplaintSeverity]), days=st.integers(0, 10_000))
def test_what_is_acknowledged_in_time_is_not_late_to_be_closed(severity: ComplaintSeverity | None, days: int) -> None:
    received = START + timedelta(days=days)
    assert received < USUAL.acknowledge_due(received, severity) <= USUAL.resolve_due(received, severity)


async def test_a_handler_s_inbox_is_one_request(company: Company) -> None:
    """The operation that the product is built for, as written, without what later parts bring."""
    text = (SHARED / "design" / "operations" / "people.graphql").read_text()
    text = text[: text.index("query Auditor")]
    me = (await company.data("{ me { id } }", who="complaint_handler"))["me"]["id"]
    said = [
        await made(
            company, "Feedback", source="SUPPORT", occurredAt="2026-02-20T08:00:00Z", text=f"The lid cracked {when}."
        )
        for when in ("today", "yesterday")
    ]
    for feedback in said:
        open_ = "mutation ($input: OpenComplaintInput!) { openComplaint(input: $input) { errors { code } } }"
        given_ = {"feedback": [feedback], "handler": me}
        assert (await company.data(open_, {"input": given_}))["openComplaint"]["errors"] == []
    await complaint(company, "CLOSED", handler=me)
    found = (await company.data(text, {"me": me}, who="complaint_handler"))["complaints"]
    assert found["totalCount"] == 2
    first = next(node for node in found["nodes"] if node["number"] == "CMP-2026-00001")
    assert [move["to"] for move in first["transitions"]] == ["ACKNOWLEDGED", "ASSESSED", "WITHDRAWN"]
    (words,) = first["feedback"]
    assert words == {
        "text": "The lid cracked today.",
        "similar": [
            {
                "number": "FB-2026-00002",
                "complaint": {"number": "CMP-2026-00002", "status": "RECEIVED", "nonconformity": None},
            }
        ],
    }


RATE = """
mutation ($input: RateHandlingInput!) {
  rateHandling(input: $input) { complaint { satisfaction } errors { code field } }
}
"""


async def test_who_complained_is_asked_about_the_handling_when_it_is_over(company: Company) -> None:
    id_ = await made(company, "Complaint", nature="Lid", severity="MINOR", safetyRelated=False, reportable=False)
    given = {"id": id_, "version": 1, "satisfaction": 4}
    await refused(company, RATE, given, ("INVALID", ["id"]))
    await walked(company, id_, "ACKNOWLEDGED", "ASSESSED", "INVESTIGATING")
    await moved(company, id_, "RESPONDED", changes={"complaint": {"response": "A new lid.", "accepted": True}})
    await moved(company, id_, "CLOSED")
    given["version"] = await version_of(company, id_)
    for wrong in (0, 6):
        await refused(company, RATE, given | {"satisfaction": wrong}, ("OUT_OF_RANGE", ["satisfaction"]))
    answer = (await company.data(RATE, {"input": given}, who="complaint_handler"))["rateHandling"]
    assert answer == {"complaint": {"satisfaction": 4}, "errors": []}


async def test_what_happened_does_not_lie_ahead_but_for_what_clocks_differ(company: Company) -> None:
    asked = "createComplaint(input: $input) { complaint { id } errors { code field } }"
    create = f"mutation ($input: CreateComplaintInput!) {{ {asked} }}"
    await refused(
        company, create, {"nature": "Lid", "receivedAt": "2026-03-02T09:36:00Z"}, ("OUT_OF_RANGE", ["receivedAt"])
    )
    await made(company, "Complaint", nature="Lid", receivedAt="2026-03-02T09:34:00Z")
    row = {"ref": {"system": "shop", "externalId": "1"}, "nature": "Lid", "receivedAt": "2026-03-03T00:00:00Z"}
    text = "mutation ($input: SyncComplaintsInput!) { syncComplaints(input: $input) { results { errors { code } } } }"
    answer = await company.data(text, {"input": {"items": [row]}}, who="connector:shop")
    assert answer["syncComplaints"]["results"] == [{"errors": [{"code": "OUT_OF_RANGE"}]}]
