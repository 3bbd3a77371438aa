"""Moving records: what a client is told, what the mutation does, and that both agree."""

import asyncio
from typing import Any

import pytest

from tests.conftest import Company
from tests.graph.observe import statements
from tests.records import MOVE, id_of, made, moved, signature_of, unmoved

SHOWN = """
query Shown($id: ID!) {
  node(id: $id) { ... on Record {
    number state
    transitions { to allowed unmet { code message field } requiresSignature requiresReason signatureMeaning }
  } }
}
"""
HISTORY = """
query History($id: ID!, $first: Int!, $after: String) {
  node(id: $id) { ... on Requirement { history(first: $first, after: $after) {
    nodes {
      at action actorName version reason signatureMeaning fromState toState changes { field before after }
    }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } }
}
"""
AT = "2026-03-02T09:30:00Z"


async def requirement(company: Company, **fields: Any) -> str:
    id_: str = await made(company, "Requirement", source="INTERNAL", **fields)
    return id_


async def test_a_record_says_where_it_can_go_and_what_it_lacks(company: Company) -> None:
    id_ = await requirement(company)
    assert (await company.data(SHOWN, {"id": id_}))["node"] == {
        "number": "REQ-2026-00001",
        "state": "DRAFT",
        "transitions": [
            {
                "to": "ACTIVE",
                "allowed": False,
                "unmet": [
                    {
                        "code": "REQUIRED",
                        "message": "An active requirement needs a statement.",
                        "field": "statement",
                    },
                    {
                        "code": "REQUIRED",
                        "message": "It needs evidence, or the clause it comes from.",
                        "field": "evidence",
                    },
                ],
                "requiresSignature": False,
                "requiresReason": False,
                "signatureMeaning": None,
            }
        ],
    }
    only_reads = (await company.data(SHOWN, {"id": id_}, who="auditor"))["node"]["transitions"][0]
    assert only_reads["unmet"][0] == {
        "code": "FORBIDDEN",
        "message": "This needs the permission standards:write.",
        "field": None,
    }


async def test_a_move_sets_what_it_needs_in_the_same_step(company: Company) -> None:
    id_ = await requirement(company)
    await unmoved(
        company,
        id_,
        "ACTIVE",
        ("REQUIRED", ["changes", "requirement", "evidence"]),
        changes={"requirement": {"statement": "The lid stays whole."}},
    )
    changes = {"requirement": {"statement": "The lid stays whole.", "clause": "4.2"}}
    assert await moved(company, id_, "ACTIVE", changes=changes) == {"id": id_, "state": "ACTIVE", "version": 2}
    await unmoved(company, id_, "RETIRED", ("REQUIRED", ["reason"]))
    await unmoved(company, id_, "DRAFT", ("INVALID", ["to"]))
    await unmoved(company, id_, "GONE", ("INVALID", ["to"]))
    assert (await moved(company, id_, "RETIRED", reason="Replaced."))["state"] == "RETIRED"


async def test_history_tells_what_changed_why_and_who(company: Company) -> None:
    id_ = await requirement(company, statement="Whole lids.")
    await moved(company, id_, "ACTIVE", changes={"requirement": {"clause": "4.2"}})
    await moved(company, id_, "RETIRED", reason="Replaced.")
    page = (await company.data(HISTORY, {"id": id_, "first": 2}))["node"]["history"]
    assert page["nodes"] == [
        {
            "at": AT, "action": "TRANSITIONED", "actorName": "admin", "version": 3, "reason": "Replaced.",
            "signatureMeaning": None, "fromState": "ACTIVE", "toState": "RETIRED",
            "changes": [{"field": "status", "before": "ACTIVE", "after": "RETIRED"}],
        },
        {
            "at": AT, "action": "TRANSITIONED", "actorName": "admin", "version": 2, "reason": None,
            "signatureMeaning": None, "fromState": "DRAFT", "toState": "ACTIVE",
            "changes": [
                {"field": "clause", "before": None, "after": "4.2"},
                {"field": "status", "before": "DRAFT", "after": "ACTIVE"},
            ],
        },
    ]  # fmt: skip
    start, end = page["pageInfo"].pop("startCursor"), page["pageInfo"].pop("endCursor")
    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}
    assert start != end
    rest = (await company.data(HISTORY, {"id": id_, "first": 2, "after": end}))["node"]["history"]
    assert [(node["action"], node["version"]) for node in rest["nodes"]] == [("CREATED", 1)]
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)
    too_many = await company.ask(HISTORY, {"id": id_, "first": 201})
    assert too_many["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_personal_values_in_a_history_are_for_who_may_read_the_field(company: Company) -> None:
    words = await made(company, "Feedback", source="REVIEW", occurredAt="2026-03-01T08:00:00Z", text="It burnt me.")
    text = "query ($id: ID!) { node(id: $id) { ... on Feedback { history { nodes { changes { field after } } } } } }"
    answer = await company.data(text, {"id": words})
    changes = {c["field"]: c["after"] for c in answer["node"]["history"]["nodes"][0]["changes"]}
    assert changes["text"] == "It burnt me."
    assert (await company.data(text, {"id": words}, who="employee"))["node"] is None


async def test_a_page_costs_one_statement_more_for_transitions_and_one_for_history(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "{ requirements { nodes { number transitions { to } history(first: 3) { nodes { at } } } } }"
    for count in (3, 6):
        await asyncio.gather(*(requirement(company) for _ in range(3)))
        with statements(monkeypatch) as seen:
            page = (await company.data(text))["requirements"]["nodes"]
        tables = ("FROM requirement", "FROM event")
        assert (len(page), [sum(table in sql for sql in seen) for table in tables]) == (count, [2, 1])


async def test_a_page_shows_who_signed_by_one_statement_more(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = "signatures { at meaning printedName version }"
    text = f"{{ nonconformities(orderBy: [{{ field: NUMBER }}]) {{ nodes {{ number {shown} }} }} }}"
    pin = await signature_of(company, "quality_manager")
    owner = await id_of(company, "admin")
    for count in (1, 3):
        for _ in range(count):
            one = await made(
                company, "Nonconformity", title="A scratch", origin="COMPLAINT", detectedAt=AT, owner=owner
            )
            given = {"containmentNotNeeded": "One piece.", "correctiveNotNeeded": "One.", "reVerification": "Seen."}
            await moved(company, one, "CONTAINED", changes={"nonconformity": given})
            await moved(company, one, "CLOSED", who="quality_manager", signature=pin, reason='A "signature":')
            await made(company, "Nonconformity", title="Another", origin="COMPLAINT", detectedAt=AT)
        with statements(monkeypatch) as seen:
            page = (await company.data(text, who="auditor"))["nonconformities"]["nodes"]
        assert sum("FROM event" in sql for sql in seen) == 1
        signed = {"at": AT, "meaning": "WAIVED", "printedName": "quality_manager", "version": 3}
        assert [node["signatures"] for node in page] == [[signed], []] * (len(page) // 2)
    assert len(page) == 8


async def test_records_are_found_by_number_whatever_they_are(company: Company) -> None:
    id_ = await requirement(company)
    text = "query ($number: String!) { record(number: $number) { __typename id number state } }"
    found = {"__typename": "Requirement", "id": id_, "number": "REQ-2026-00001", "state": "DRAFT"}
    assert (await company.data(text, {"number": "REQ-2026-00001"}))["record"] == found
    for number in ("REQ-2026-00002", "XX-1", ""):
        assert (await company.data(text, {"number": number}))["record"] is None
    words = await made(
        company, "Feedback", show="id number", source="REVIEW", occurredAt="2026-03-01T08:00:00Z", confidential=True
    )
    assert (await company.data(text, {"number": words["number"]}))["record"]["id"] == words["id"]
    for who in ("employee", "complaint_handler"):
        assert (await company.data(text, {"number": words["number"]}, who=who))["record"] is None
    page = await company.data("{ records(orderBy: [{ field: NUMBER }]) { totalCount nodes { number state } } }")
    assert page["records"] == {
        "totalCount": 2,
        "nodes": [{"number": "FB-2026-00001", "state": "RECEIVED"}, {"number": "REQ-2026-00001", "state": "DRAFT"}],
    }


async def test_what_is_settled_stays_as_it_is(company: Company) -> None:
    id_ = await requirement(company, statement="Whole lids.", clause="4.2")
    await moved(company, id_, "ACTIVE")
    await moved(company, id_, "RETIRED", reason="Replaced.")
    events = await company.event_count()
    change = "mutation ($input: UpdateRequirementInput!) { updateRequirement(input: $input) { errors { code field } } }"
    answer = await company.data(change, {"input": {"id": id_, "version": 3, "clause": "4.3"}})
    assert answer["updateRequirement"]["errors"] == [{"code": "INVALID", "field": ["id"]}]
    assert await company.event_count() == events


async def test_two_moves_at_once_have_one_winner(company: Company) -> None:
    id_ = await requirement(company, statement="Whole lids.", clause="4.2")
    await company.token("admin")
    given = {"input": {"id": id_, "to": "ACTIVE", "version": 1}}
    answers = await asyncio.gather(*(company.data(MOVE, given) for _ in range(6)))
    outcomes = sorted(
        tuple(error["code"] for error in answer["transition"]["errors"]) or ("moved",) for answer in answers
    )
    assert outcomes == [("CONFLICT",)] * 5 + [("moved",)]


async def test_a_repeated_move_has_one_effect(company: Company) -> None:
    id_ = await requirement(company, statement="Whole lids.", clause="4.2")
    given = {"input": {"id": id_, "to": "ACTIVE", "version": 1, "idempotencyKey": "once"}}
    first = await company.data(MOVE, given)
    events = await company.event_count()
    assert await company.data(MOVE, given) == first
    assert await company.event_count() == events


@pytest.mark.parametrize("id_", ["", "customer_" + "0" * 32, "requirement_" + "0" * 32, "requirement_1"])
async def test_what_is_no_record_cannot_be_moved(company: Company, id_: str) -> None:
    answer = (await company.data(MOVE, {"input": {"id": id_, "to": "ACTIVE", "version": 1}}))["transition"]
    assert answer["record"] is None
    assert [error["field"] for error in answer["errors"]] == [["id"]]


async def test_another_organization_s_record_cannot_be_moved(company: Company, other_company: Company) -> None:
    id_ = await requirement(company, statement="Whole lids.", clause="4.2")
    answer = (await other_company.data(MOVE, {"input": {"id": id_, "to": "ACTIVE", "version": 1}}))["transition"]
    assert [(error["code"], error["field"]) for error in answer["errors"]] == [("NOT_FOUND", ["id"])]
    assert (await company.data(SHOWN, {"id": id_}))["node"]["state"] == "DRAFT"
