"""Actions: who does what by when, what it serves, and when it is overdue."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import START, Company
from tests.records import MOVE, id_of, made, moved, refused, unmoved, walked

CREATE = """
mutation Create($input: CreateActionInput!) {
  createAction(input: $input) { action { id number version kind status dueAt doneAt overdue } errors { code field } }
}
"""
UPDATE = """
mutation Update($input: UpdateActionInput!) {
  updateAction(input: $input) { action { version status dueAt doneAt overdue } errors { code field } }
}
"""
DUE = """
mutation Due($input: ChangeDueDateInput!) { changeDueDate(input: $input) { action { id } errors { code field } } }
"""
NOT_DONE = ("INVALID", ["doneAt"])
OVERDUE = """
query Overdue {
  actions(where: { overdue: { eq: true } }, orderBy: [{ field: DUE_AT, direction: ASC }], first: 20) {
    totalCount
    nodes { number title dueAt owner { name } }
  }
}
"""


async def action(company: Company, **fields: Any) -> dict[str, Any]:
    given = {"title": "Change the resin", "kind": "CORRECTIVE"} | fields
    answer = (await company.data(CREATE, {"input": given}))["createAction"]
    assert answer["errors"] == []
    return answer["action"]


async def test_an_action_is_planned_and_numbered(company: Company) -> None:
    first = await action(company, dueAt="2026-03-31T12:00:00+02:00")
    assert first == {
        "id": first["id"],
        "number": "ACT-2026-00001",
        "version": 1,
        "kind": "CORRECTIVE",
        "status": "PLANNED",
        "dueAt": "2026-03-31T10:00:00Z",
        "doneAt": None,
        "overdue": False,
    }
    assert (await action(company))["number"] == "ACT-2026-00002"
    found = await company.data('{ action(by: { number: "ACT-2026-00001" }) { id } }')
    assert found["action"] == {"id": first["id"]}


async def test_an_action_is_overdue_from_the_moment_after_its_due_time(company: Company) -> None:
    clock = company.installation.clock
    owner = await made(company, "User", name="Ada", roles=["EMPLOYEE"])
    due = {"dueAt": "2026-03-03T09:30:00Z"}
    late = await action(company, title="late", owner=owner, dueAt="2026-03-04T00:00:00Z")
    await moved(company, late["id"], "IN_PROGRESS")
    await action(company, title="soon", **due)
    done = await action(company, title="done", **due, evidence=[{"text": "Seen."}])
    await walked(company, done["id"], "IN_PROGRESS", "DONE")
    cancelled = await action(company, title="cancelled", **due)
    await moved(company, cancelled["id"], "CANCELLED", reason="Not needed.")
    await action(company, title="whenever")

    async def overdue() -> list[str]:
        page = (await company.data(OVERDUE))["actions"]
        assert page["totalCount"] == len(page["nodes"])
        return [node["title"] for node in page["nodes"]]

    assert await overdue() == []
    clock.set(START + timedelta(days=1))
    assert await overdue() == []
    clock.set(START + timedelta(days=1, microseconds=1))
    assert await overdue() == ["soon"]
    clock.set(START + timedelta(days=3))
    assert (await company.data(OVERDUE))["actions"]["nodes"] == [
        {"number": "ACT-2026-00002", "title": "soon", "dueAt": "2026-03-03T09:30:00Z", "owner": None},
        {"number": "ACT-2026-00001", "title": "late", "dueAt": "2026-03-04T00:00:00Z", "owner": {"name": "Ada"}},
    ]
    rest = await company.data("{ actions(where: { overdue: { eq: false } }) { nodes { title overdue } } }")
    assert sorted((node["title"], node["overdue"]) for node in rest["actions"]["nodes"]) == [
        ("cancelled", False), ("done", False), ("whenever", False),
    ]  # fmt: skip
    ordered = await company.data(
        "{ actions(orderBy: [{ field: OVERDUE, direction: DESC }, { field: NUMBER }], first: 3) { nodes { title } } }"
    )
    assert [node["title"] for node in ordered["actions"]["nodes"]] == ["late", "soon", "done"]


async def test_what_is_done_carries_its_time_which_can_be_put_right(company: Company) -> None:
    one = await action(company, dueAt="2026-03-01T00:00:00Z", evidence=[{"text": "Seen."}])
    assert one["overdue"] is True
    await refused(company, UPDATE, {"id": one["id"], "version": 1, "doneAt": "2026-02-28T10:00:00Z"}, NOT_DONE)
    await walked(company, one["id"], "IN_PROGRESS", "DONE")
    shown = {"status": "DONE", "dueAt": "2026-03-01T00:00:00Z", "overdue": False}
    for version, (given, done_at) in enumerate(
        [({}, "2026-03-02T09:30:00Z"), ({"doneAt": "2026-02-28T10:00:00Z"}, "2026-02-28T10:00:00Z")], start=3
    ):
        answer = (await company.data(UPDATE, {"input": {"id": one["id"], "version": 3} | given}))["updateAction"]
        assert answer == {"action": shown | {"version": version, "doneAt": done_at}, "errors": []}
    await refused(company, UPDATE, {"id": one["id"], "version": 4, "doneAt": None}, ("REQUIRED", ["doneAt"]))


async def test_what_was_begun_keeps_its_kind_and_whose_place_it_takes(company: Company) -> None:
    old = (await action(company))["id"]
    new = (await action(company, supersedes=old))["id"]
    contained = (await action(company, kind="CONTAINMENT"))["id"]
    at = {"id": new, "version": 1}
    await refused(company, UPDATE, at | {"supersedes": contained}, ("INVALID", ["supersedes"]))
    await refused(company, UPDATE, at | {"kind": "PREVENTIVE"}, ("INVALID", ["supersedes"]))
    await refused(company, UPDATE, {"id": old, "version": 1, "supersedes": new}, ("INVALID", ["supersedes"]))
    await moved(company, new, "IN_PROGRESS")
    at = {"id": new, "version": 2}
    await refused(company, UPDATE, at | {"supersedes": None}, ("INVALID", ["supersedes"]))
    changed = {"kind": "PREVENTIVE", "supersedes": None}
    await refused(company, UPDATE, at | changed, ("INVALID", ["kind"]), ("INVALID", ["supersedes"]))
    text = "query ($id: ID!) { action(by: { id: $id }) { supersedes { id } supersededBy { id } } }"
    assert (await company.data(text, {"id": old}))["action"] == {"supersedes": None, "supersededBy": [{"id": new}]}
    assert (await company.data(text, {"id": new}))["action"] == {"supersedes": {"id": old}, "supersededBy": []}


async def test_another_due_time_has_a_reason_and_is_approved_by_somebody_else(company: Company) -> None:
    owner = await id_of(company, "department_head")
    one = (await action(company, dueAt="2026-03-10T00:00:00Z", owner=owner))["id"]
    await refused(company, UPDATE, {"id": one, "version": 1, "dueAt": "2026-04-01T00:00:00Z"}, ("INVALID", ["dueAt"]))
    await refused(company, UPDATE, {"id": one, "version": 1, "dueAt": None}, ("INVALID", ["dueAt"]))
    later = {"id": one, "version": 1, "dueAt": "2026-04-01T00:00:00Z", "reason": "The tool comes late."}
    for given, error in (
        ({"reason": " "}, ("REQUIRED", ["reason"])),
        ({"reason": "x" * 2001}, ("TOO_LONG", ["reason"])),
        ({"dueAt": "9999-01-01T00:00:00Z"}, ("OUT_OF_RANGE", ["dueAt"])),
        ({"dueAt": "2026-03-10T00:00:00Z"}, ("INVALID", ["dueAt"])),
        ({"version": 2}, ("CONFLICT", ["version"])),
        ({"id": owner}, ("INVALID", ["id"])),
    ):
        await refused(company, DUE, later | given, error)
    own = await company.data(DUE, {"input": later}, who="department_head")
    assert own["changeDueDate"] == {"action": None, "errors": [{"code": "FORBIDDEN", "field": ["id"]}]}
    await company.data(DUE, {"input": later}, who="quality_manager")
    again = later | {"version": 2, "dueAt": "2026-05-01T00:00:00Z", "reason": "And later."}
    assert (await company.data(DUE, {"input": again}))["changeDueDate"]["errors"] == []
    text = """query ($id: ID!) { action(by: { id: $id }) {
      dueAt dueChanges { at dueBefore dueAfter reason approver { name } }
    } }"""
    at = {"at": "2026-03-02T09:30:00Z"}
    assert (await company.data(text, {"id": one}))["action"] == {
        "dueAt": "2026-05-01T00:00:00Z",
        "dueChanges": [
            at
            | {
                "dueBefore": "2026-03-10T00:00:00Z",
                "dueAfter": "2026-04-01T00:00:00Z",
                "reason": "The tool comes late.",
                "approver": {"name": "quality_manager"},
            },
            at
            | {
                "dueBefore": "2026-04-01T00:00:00Z",
                "dueAfter": "2026-05-01T00:00:00Z",
                "reason": "And later.",
                "approver": {"name": "admin"},
            },
        ],
    }
    await moved(company, one, "CANCELLED", reason="Not needed.")
    await refused(company, DUE, again | {"version": 4}, ("INVALID", ["id"]))
    undue = (await action(company))["id"]
    await refused(company, DUE, later | {"id": undue}, ("INVALID", ["dueAt"]))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"title": ""}, ("REQUIRED", ["title"])),
        ({"title": "x" * 301}, ("TOO_LONG", ["title"])),
        ({"title": "a\0b"}, ("INVALID", ["title"])),
        ({"doneAt": "2026-03-01T00:00:00Z"}, ("INVALID", ["doneAt"])),
        ({"dueAt": "9999-01-01T00:00:00Z"}, ("OUT_OF_RANGE", ["dueAt"])),
        ({"owner": "user_" + "0" * 32}, ("NOT_FOUND", ["owner"])),
        ({"risk": "user_" + "0" * 32}, ("INVALID", ["risk"])),
    ],
)
async def test_what_cannot_be_is_refused_and_uses_up_no_number(
    company: Company, fields: dict[str, Any], error: tuple[str, list[str]]
) -> None:
    await refused(company, CREATE, {"title": "x", "kind": "CORRECTION"} | fields, error)
    assert (await action(company))["number"] == "ACT-2026-00001"


async def test_a_stale_version_and_a_foreign_owner_are_refused(company: Company, other_company: Company) -> None:
    one = await action(company)
    foreign = await made(other_company, "User", name="Eve", roles=["EMPLOYEE"])
    await refused(company, UPDATE, {"id": one["id"], "version": 2, "title": "x"}, ("CONFLICT", ["version"]))
    await refused(company, UPDATE, {"id": one["id"], "version": 1, "owner": foreign}, ("NOT_FOUND", ["owner"]))
    await refused(other_company, UPDATE, {"id": one["id"], "version": 1, "title": "x"}, ("NOT_FOUND", ["id"]))


async def test_a_naive_time_is_a_request_error(company: Company) -> None:
    answer = await company.ask(CREATE, {"input": {"title": "x", "kind": "CORRECTION", "dueAt": "2026-03-01T00:00:00"}})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_an_action_is_linked_both_ways(company: Company) -> None:
    words = {"source": "REVIEW", "occurredAt": "2026-03-01T08:00:00Z", "text": "It cracks."}
    ids = {
        "owner": await made(company, "User", name="Ada", roles=["EMPLOYEE"]),
        "department": await made(company, "Department", name="Works"),
        "risk": await made(company, "Risk", failureMode="The lid cracks."),
        "feedback": await made(company, "Feedback", **words),
        "customer": await made(company, "Customer", name="Hotel"),
        "requirement": await made(company, "Requirement", source="INTERNAL", clause="8"),
        "product": await made(company, "Product", name="Kettle"),
    }
    one = await action(company, **ids)
    other = await action(company, title="Something else")
    found = await company.data(
        """
        query ($id: ID!) { action(by: { id: $id }) {
          owner { name } department { name } risk { number } feedback { number } customer { name }
          requirement { clause } product { name }
        } }
        """,
        {"id": one["id"]},
    )
    assert found["action"] == {
        "owner": {"name": "Ada"},
        "department": {"name": "Works"},
        "risk": {"number": "RISK-2026-00001"},
        "feedback": {"number": "FB-2026-00001"},
        "customer": {"name": "Hotel"},
        "requirement": {"clause": "8"},
        "product": {"name": "Kettle"},
    }
    back = await company.data(
        """
        query ($ids: [ID!]!) { nodes(ids: $ids) {
          ... on User { plain: actions { number } } ... on Feedback { plain: actions { number } }
          ... on Department { actions { nodes { number } } } ... on Risk { actions { nodes { number } } }
          ... on Customer { actions { nodes { number } } } ... on Requirement { actions { nodes { number } } }
          ... on Product { actions { nodes { number } } }
        } }
        """,
        {"ids": list(ids.values())},
    )
    listed = [{"number": "ACT-2026-00001"}]
    assert back["nodes"] == [
        {"plain": listed} if name in ("owner", "feedback") else {"actions": {"nodes": listed}} for name in ids
    ]
    linked = await company.data(
        """{
          actions(where: { risk: { failureMode: { contains: "LID" } }, owner: { name: { eq: "Ada" } } }) {
            nodes { id }
          }
        }"""
    )
    assert linked["actions"]["nodes"] == [{"id": one["id"]}]
    none = await company.data(
        "query ($id: ID!) { action(by: { id: $id }) { owner { name } risk { number } } }", {"id": other["id"]}
    )
    assert none["action"] == {"owner": None, "risk": None}


async def test_people_see_their_own_actions(company: Company) -> None:
    who = "employee"
    await company.token(who)
    me = (await company.data('{ users(where: { name: { eq: "employee" } }) { nodes { id } } }'))["users"]["nodes"][0][
        "id"
    ]
    await action(company, owner=me, dueAt="2026-03-03T00:00:00Z")
    await action(company, title="somebody else's")
    found = await company.data("query Employee { me { actions { number title dueAt } } }", who=who)
    assert found["me"]["actions"] == [
        {"number": "ACT-2026-00001", "title": "Change the resin", "dueAt": "2026-03-03T00:00:00Z"}
    ]


async def test_who_may_write_and_who_may_read(company: Company, other_company: Company) -> None:
    risk = await made(company, "Risk", failureMode="The lid cracks.")
    one = await action(company, risk=risk)
    refused_to = ("employee", "auditor", "connector:shop")
    for who in (*refused_to, "complaint_handler"):
        await company.token(who)
    events = await company.event_count()
    for who in refused_to:
        for mutation, fields in (
            (CREATE, {"title": "x", "kind": "CORRECTION"}),
            (UPDATE, {"id": one["id"], "version": 1, "title": "x"}),
        ):
            answer = await company.ask(mutation, {"input": fields}, who=who)
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await company.event_count() == events
    allowed = await company.data(
        UPDATE, {"input": {"id": one["id"], "version": 1, "title": "x"}}, who="complaint_handler"
    )
    assert allowed["updateAction"]["action"]["version"] == 2
    # An employee sees the action, but not the risk it lowers.
    seen = await company.data("{ actions { nodes { number risk { number } } } }", who="employee")
    assert seen["actions"]["nodes"] == [{"number": "ACT-2026-00001", "risk": None}]
    answer = await company.ask("{ actions { totalCount } }", who="connector:shop")
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    lookup = "query ($id: ID!) { node(id: $id) { id } }"
    assert await company.data(lookup, {"id": one["id"]}, who="connector:shop") == {"node": None}
    assert await other_company.data(lookup, {"id": one["id"]}) == {"node": None}
    assert (await other_company.data("{ actions { totalCount } }"))["actions"]["totalCount"] == 0


async def test_who_owns_an_action_does_it_without_further_permission(company: Company) -> None:
    mine = await made(
        company, "Action", title="Cool it longer", kind="CONTAINMENT", owner=await id_of(company, "employee")
    )
    others = await made(company, "Action", title="Cool it shorter", kind="CONTAINMENT")
    nobodys = {"who": "auditor"}
    await unmoved(company, others, "IN_PROGRESS", ("FORBIDDEN", ["to"]), who="employee")
    await unmoved(company, mine, "CANCELLED", ("FORBIDDEN", ["to"]), who="employee", reason="No time.")
    await moved(company, mine, "IN_PROGRESS", who="employee")
    beyond = {"action": {"evidence": [{"text": "Seen."}], "title": "Else"}}
    await unmoved(company, mine, "DONE", ("FORBIDDEN", ["changes", "action", "title"]), who="employee", changes=beyond)
    text = "query ($id: ID!) { node(id: $id) { ... on Action { transitions { to allowed unmet { code } } } } }"
    shown = (await company.data(text, {"id": mine}, who="employee"))["node"]["transitions"]
    assert {item["to"]: [lack["code"] for lack in item["unmet"]] for item in shown} == {
        "DONE": ["REQUIRED"],
        "CANCELLED": ["FORBIDDEN"],
    }
    done = {"action": {"evidence": [{"text": "The timer is set to 20 s."}]}}
    assert (await moved(company, mine, "DONE", who="employee", changes=done))["state"] == "DONE"
    given = {"id": others, "version": 1, "to": "IN_PROGRESS"}
    answer = await company.ask(MOVE, {"input": given}, **nobodys)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
