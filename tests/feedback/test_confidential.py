"""Confidential feedback: those it is not for cannot tell it from feedback that is not there, whichever way they ask."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import Company
from tests.live import LIVE, opened
from tests.records import made

UPDATE = "mutation ($i: UpdateFeedbackInput!) { updateFeedback(input: $i) { feedback { id } errors { code field } } }"
BLIND = ["complaint_handler", "department_head", "connector:crm"]
SEEING = ["admin", "quality_manager", "auditor"]
NOWHERE = "feedback_" + "0" * 32


@dataclass(frozen=True)
class Case:
    """A customer with one open and one confidential feedback, and what hangs on the confidential one."""

    customer: str
    open: dict[str, Any]
    secret: dict[str, Any]
    action: str


@pytest.fixture
async def case(company: Company) -> Case:
    await company.data(SURVEY, {"input": SURVEYED})
    customer = {"system": "shop", "externalId": "customer"}
    await company.data(
        "mutation ($i: SyncCustomersInput!) { syncCustomers(input: $i) { created } }",
        {"i": {"items": [{"ref": customer, "name": "Ann", "kind": "PERSON"}]}},
    )
    items = [
        {
            "ref": {"system": "shop", "externalId": name}, "source": "SURVEY", "text": name, "customer": customer,
            "survey": SURVEYED["ref"], "answers": [{"question": "score", "number": number}],
            "occurredAt": f"2026-03-01T0{number}:00:00Z", "confidential": name == "secret",
        }
        for name, number in (("open", 5), ("secret", 1))
    ]  # fmt: skip
    sync = (
        "mutation ($i: SyncFeedbackInput!) { syncFeedback(input: $i) { results { feedback { id number version } } } }"
    )
    results = (await company.data(sync, {"i": {"items": items}}))["syncFeedback"]["results"]
    found = [result["feedback"] for result in results]
    known = await company.data("{ customers(first: 1) { nodes { id } } }")
    action = await made(company, "Action", title="Call", kind="CORRECTION", feedback=found[1]["id"])
    return Case(known["customers"]["nodes"][0]["id"], found[0], found[1], action)


SURVEY = "mutation ($input: SaveSurveyInput!) { saveSurvey(input: $input) { errors { code } } }"
SURVEYED: dict[str, Any] = {
    "ref": {"system": "shop", "externalId": "survey"},
    "name": "Survey",
    "questions": [{"key": "score", "metric": "CSAT", "scaleMin": 1, "scaleMax": 5, "satisfiedFrom": 4}],
}
EVERY_WAY = """
query ($secret: ID!, $number: String!, $customer: ID!, $action: ID!, $filter: FeedbackFilter!) {
  byId: feedback(by: { id: $secret }) { text }
  byNumber: feedback(by: { number: $number }) { text }
  byRef: feedback(by: { ref: { system: "shop", externalId: "secret" } }) { text }
  node(id: $secret) { id }
  nodes(ids: [$secret]) { id }
  feedbacks(last: 5) { totalCount nodes { text } edges { cursor node { text } } pageInfo { hasPreviousPage } }
  filtered: feedbacks(where: $filter) { totalCount nodes { text } }
  customer(by: { id: $customer }) { feedback { totalCount nodes { text } } }
  action(by: { id: $action }) { title feedback { text } }
  worst: customers(where: { feedback: { some: $filter } }) { totalCount }
  content: customers(where: { feedback: { none: $filter } }) { totalCount }
  several: customers(where: { feedback: { count: { gte: 2 } } }) { totalCount }
  leading: actions(where: { feedback: { id: { eq: $secret } } }) { totalCount }
  named: actions(where: { feedback: $filter }) { totalCount }
  without: actions(where: { feedback: { id: { isNull: true } } }) { totalCount }
  recordsByRef(type: FEEDBACK, refs: [{ system: "shop", externalId: "secret" }]) { ref { version } state record { id } }
  externalRefs(system: "shop", type: FEEDBACK) { nodes { externalId } }
  metric(code: CSAT) { value { n value rule } series(grain: MONTH) { n } }
}
"""


def asked(case: Case, id_: str, number: str) -> dict[str, Any]:
    return {
        "secret": id_,
        "number": number,
        "customer": case.customer,
        "action": case.action,
        "filter": {"text": {"eq": "secret"}},
    }


async def test_who_may_see_all_sees_it(company: Company, case: Case) -> None:
    for who in SEEING:
        found = await company.data(EVERY_WAY, asked(case, case.secret["id"], case.secret["number"]), who=who)
        assert found["byId"] == found["byNumber"] == found["byRef"] == {"text": "secret"}
        assert found["node"] == found["nodes"][0] == {"id": case.secret["id"]}
        assert (found["feedbacks"]["totalCount"], found["customer"]["feedback"]["totalCount"]) == (2, 2)
        assert [found[name]["totalCount"] for name in ("filtered", "worst", "content", "several")] == [1, 1, 0, 1]
        assert [found[name]["totalCount"] for name in ("leading", "named", "without")] == [1, 1, 0]
        assert found["action"]["feedback"] == {"text": "secret"}
        assert found["metric"]["value"]["n"] == 2
        assert "may not see" not in found["metric"]["value"]["rule"]


@pytest.mark.parametrize("who", ["complaint_handler", "department_head"])
async def test_to_the_others_it_is_as_if_it_were_not_there(company: Company, case: Case, who: str) -> None:
    found = await company.data(EVERY_WAY, asked(case, case.secret["id"], case.secret["number"]), who=who)
    (edge,) = found["feedbacks"].pop("edges")
    assert edge["node"] == {"text": "open"}
    assert found == {
        "byId": None,
        "byNumber": None,
        "byRef": None,
        "node": None,
        "nodes": [None],
        "feedbacks": {"totalCount": 1, "nodes": [{"text": "open"}], "pageInfo": {"hasPreviousPage": False}},
        "filtered": {"totalCount": 0, "nodes": []},
        "customer": {"feedback": {"totalCount": 1, "nodes": [{"text": "open"}]}},
        "action": {"title": "Call", "feedback": None},
        "worst": {"totalCount": 0},
        "content": {"totalCount": 1},
        "several": {"totalCount": 0},
        "leading": {"totalCount": 0},
        "named": {"totalCount": 0},
        "without": {"totalCount": 1},
        "recordsByRef": [{"ref": {"version": None}, "state": None, "record": None}],
        "externalRefs": {"nodes": [{"externalId": "open"}]},
        "metric": found["metric"],
    }
    assert (found["metric"]["value"]["n"], found["metric"]["value"]["value"]) == (1, 1.0)
    assert [point["n"] for point in found["metric"]["series"]] == [1]
    assert "Answers in feedback that you may not see are left out." in found["metric"]["value"]["rule"]


async def test_the_connector_of_its_system_keeps_its_census_and_nothing_more(company: Company, case: Case) -> None:
    text = """
    query ($id: ID!) {
      node(id: $id) { id }
      recordsByRef(type: FEEDBACK, refs: [{ system: "shop", externalId: "secret" }]) { state record { id } }
      externalRefs(system: "shop", type: FEEDBACK) { nodes { externalId } }
    }
    """
    own = await company.data(text, {"id": case.secret["id"]}, who="connector:shop")
    assert own == {
        "node": None,
        "recordsByRef": [{"state": "LIVE", "record": None}],
        "externalRefs": {"nodes": [{"externalId": "open"}, {"externalId": "secret"}]},
    }
    other = await company.data(text, {"id": case.secret["id"]}, who="connector:crm")
    assert other == {
        "node": None,
        "recordsByRef": [{"state": None, "record": None}],
        "externalRefs": {"nodes": [{"externalId": "open"}]},
    }


async def test_whom_it_is_assigned_to_sees_it(company: Company, case: Case) -> None:
    me = (await company.data("{ me { id } }", who="complaint_handler"))["me"]["id"]
    given = {"id": case.secret["id"], "version": case.secret["version"], "assignee": me}
    done = (await company.data(UPDATE, {"i": given}))["updateFeedback"]
    assert done == {"feedback": {"id": case.secret["id"]}, "errors": []}
    text = "{ feedbacks(where: { confidential: { eq: true } }) { totalCount nodes { text assignee { name } } } }"
    seen = await company.data(text, who="complaint_handler")
    shown = {"text": "secret", "assignee": {"name": "complaint_handler"}}
    assert seen == {"feedbacks": {"totalCount": 1, "nodes": [shown]}}
    assert await company.data(text, who="department_head") == {"feedbacks": {"totalCount": 0, "nodes": []}}


async def test_who_does_not_see_it_cannot_write_it_nor_link_to_it(company: Company, case: Case) -> None:
    await company.token("complaint_handler")
    before = await company.event_count()
    for id_ in (case.secret["id"], NOWHERE):
        update = {"id": id_, "version": 1, "text": "changed"}
        answer = await company.data(UPDATE, {"i": update}, who="complaint_handler")
        assert answer["updateFeedback"] == {"feedback": None, "errors": [{"code": "NOT_FOUND", "field": ["id"]}]}
        create = "mutation ($i: CreateActionInput!) { createAction(input: $i) { action { id } errors { code field } } }"
        given = {"title": "x", "kind": "CORRECTION", "feedback": id_}
        answer = await company.data(create, {"i": given}, who="complaint_handler")
        assert answer["createAction"] == {"action": None, "errors": [{"code": "NOT_FOUND", "field": ["feedback"]}]}
    assert await company.event_count() == before


CREATE = "mutation ($i: CreateFeedbackInput!) { createFeedback(input: $i) { feedback { text } errors { code field } } }"
SAID = {"source": "REVIEW", "text": "whispered", "occurredAt": "2026-03-01T08:00:00Z"}


async def test_nobody_puts_feedback_out_of_the_own_sight(company: Company, case: Case) -> None:
    me = (await company.data("{ me { id } }", who="complaint_handler"))["me"]["id"]
    other = (await company.data("{ me { id } }", who="department_head"))["me"]["id"]
    mine = {"id": case.secret["id"], "version": 1, "assignee": me}
    assert (await company.data(UPDATE, {"i": mine}))["updateFeedback"]["errors"] == []
    before, kept = await company.event_count(), await company.data(KEPT)
    opened_, secret = {"id": case.open["id"], "version": 1}, {"id": case.secret["id"], "version": 2}
    for text, given, field in (
        (CREATE, SAID | {"confidential": True}, "confidential"),
        (CREATE, SAID | {"confidential": True, "assignee": other, "idempotencyKey": "once"}, "confidential"),
        (UPDATE, opened_ | {"confidential": True, "text": "hushed"}, "confidential"),
        (UPDATE, opened_ | {"confidential": True, "assignee": other}, "confidential"),
        (UPDATE, secret | {"assignee": other}, "assignee"),
        (UPDATE, secret | {"assignee": None, "confidential": True}, "assignee"),
    ):
        (payload,) = (await company.data(text, {"i": given}, who="complaint_handler")).values()
        assert payload == {"feedback": None, "errors": [{"code": "FORBIDDEN", "field": [field]}]}
    assert await company.event_count() == before
    assert await company.data(KEPT) == kept
    # Nothing of what was refused is held against the next: neither its number nor its key.
    given = SAID | {"confidential": True, "assignee": me, "idempotencyKey": "once"}
    shown = await company.data(CREATE, {"i": given}, who="complaint_handler")
    assert shown["createFeedback"] == {"feedback": {"text": "whispered"}, "errors": []}
    assert (await company.data(KEPT))["feedbacks"]["nodes"][-1]["number"] == "FB-2026-00003"


KEPT = "{ feedbacks(orderBy: [{ field: NUMBER }]) { nodes { number version text confidential assignee { id } } } }"


async def test_who_sees_all_hides_what_they_like_and_who_is_assigned_may_write(company: Company, case: Case) -> None:
    me = (await company.data("{ me { id } }", who="complaint_handler"))["me"]["id"]
    for who in ("quality_manager", "admin"):
        made_ = (await company.data(CREATE, {"i": SAID | {"confidential": True}}, who=who))["createFeedback"]
        assert made_ == {"feedback": {"text": "whispered"}, "errors": []}
    mine = {"id": case.secret["id"], "version": 1, "assignee": me}
    assert (await company.data(UPDATE, {"i": mine}, who="quality_manager"))["updateFeedback"]["errors"] == []
    for version, change in ((2, {"text": "noted", "confidential": True}), (3, {"confidential": False})):
        given = {"id": case.secret["id"], "version": version} | change
        done = (await company.data(UPDATE, {"i": given}, who="complaint_handler"))["updateFeedback"]
        assert done == {"feedback": {"id": case.secret["id"]}, "errors": []}


async def test_a_connector_brings_in_what_it_does_not_see(company: Company, case: Case) -> None:
    sync = (
        "mutation ($i: SyncFeedbackInput!) { syncFeedback(input: $i)"
        " { created results { outcome feedback { id } errors { code } } } }"
    )
    ref = {"system": "shop", "externalId": "whispered"}
    item = SAID | {"ref": ref, "confidential": True}
    opened_ = {"ref": {"system": "shop", "externalId": "open"}, "confidential": True}
    for outcomes in (["CREATED", "UPDATED"], ["UNCHANGED", "UNCHANGED"]):
        done = (await company.data(sync, {"i": {"items": [item, opened_]}}, who="connector:shop"))["syncFeedback"]
        assert done == {
            "created": outcomes.count("CREATED"),
            "results": [{"outcome": outcome, "feedback": None, "errors": []} for outcome in outcomes],
        }
    nodes = (await company.data(KEPT))["feedbacks"]["nodes"]
    assert [node["confidential"] for node in nodes] == [True, True, True]


async def test_a_connector_cannot_link_a_key_to_what_it_does_not_see(company: Company, case: Case) -> None:
    link = "mutation ($i: LinkExternalRefsInput!) { linkExternalRefs(input: $i) { linked errors { code field } } }"
    await company.token("connector:crm")
    before = await company.event_count()
    for id_ in (case.secret["id"], NOWHERE):
        given = {"items": [{"recordId": id_, "ref": {"system": "crm", "externalId": "1"}}]}
        answer = await company.data(link, {"i": given}, who="connector:crm")
        expected = [{"code": "NOT_FOUND", "field": ["items", "0", "recordId"]}]
        assert answer["linkExternalRefs"] == {"linked": 0, "errors": expected}
    assert await company.event_count() == before


CHANGES = "{ changes(types: [FEEDBACK]) { nodes { recordId externalRefs { externalId } } } }"


async def test_its_changes_are_told_to_those_who_see_it(company: Company, case: Case, address: str) -> None:
    def told(answer: Any) -> list[str]:
        return [node["recordId"] for node in answer["changes"]["nodes"]]

    assert told(await company.data(CHANGES)) == [case.open["id"], case.secret["id"]]
    for who in BLIND:
        assert told(await company.data(CHANGES, who=who)) == [case.open["id"]]
    start = (await company.data("{ changes { headCursor } }"))["changes"]["headCursor"]
    given = {"after": start, "types": ["FEEDBACK"]}
    async with (
        opened(address, await company.token("quality_manager")) as manager,
        opened(address, await company.token("complaint_handler")) as handler,
        opened(address, await company.token("department_head")) as head,
    ):
        for socket in (manager, handler, head):
            await socket.subscribe("1", LIVE, given)
        me = (await company.data("{ me { id } }", who="complaint_handler"))["me"]["id"]
        for version, change in enumerate(({"text": "more secret"}, {"assignee": me}, {"confidential": False}), start=1):
            answer = await company.data(UPDATE, {"i": {"id": case.secret["id"], "version": version} | change})
            assert answer["updateFeedback"]["errors"] == []
            assert (await manager.change("1"))["recordId"] == case.secret["id"]
            if version >= 2:
                assert (await handler.change("1"))["record"]["id"] == case.secret["id"]
        assert (await head.change("1"))["record"]["text"] == "more secret"


async def test_how_a_customer_is_reached_is_null_to_who_need_not_know(company: Company) -> None:
    create = "mutation ($i: CreateCustomerInput!) { createCustomer(input: $i) { customer { id } errors { code } } }"
    for name, email in (("Ann", "ann@example.com"), ("Bob", None)):
        await company.data(create, {"i": {"name": name, "kind": "PERSON", "email": email, "phone": "1"}})
    text = """
    {
      customers(orderBy: [{ field: NAME }]) { nodes { name email phone } }
      known: customers(where: { email: { eq: "ann@example.com" } }) { totalCount }
      part: customers(where: { email: { contains: "example" } }) { totalCount }
      missing: customers(where: { email: { isNull: true } }) { totalCount }
      other: customers(where: { email: { ne: "ann@example.com" } }) { totalCount }
      among: customers(where: { email: { in: ["ann@example.com"] } }) { totalCount }
    }
    """
    ann, bob = {"name": "Ann", "email": "ann@example.com", "phone": "1"}, {"name": "Bob", "email": None, "phone": "1"}
    seen = await company.data(text, who="complaint_handler")
    assert seen["customers"]["nodes"] == [ann, bob]
    counted = ("known", "part", "missing", "other", "among")
    assert [seen[name]["totalCount"] for name in counted] == [1, 1, 1, 1, 1]
    hidden = await company.data(text, who="department_head")
    nothing = {"email": None, "phone": None}
    assert hidden["customers"]["nodes"] == [ann | nothing, bob | nothing]
    assert [hidden[name]["totalCount"] for name in counted] == [0, 0, 2, 2, 0]
