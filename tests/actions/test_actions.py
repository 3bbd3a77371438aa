"""Actions: who does what by when, what it serves, and when it is overdue."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import START, Company
from tests.records import made, refused

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
    await action(company, title="late", owner=owner, dueAt="2026-03-04T00:00:00Z", status="IN_PROGRESS")
    await action(company, title="soon", **due)
    await action(company, title="done", **due, status="DONE")
    await action(company, title="cancelled", **due, status="CANCELLED")
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


async def test_done_carries_its_time_and_loses_it_when_it_was_not_done(company: Company) -> None:
    one = await action(company, dueAt="2026-03-01T00:00:00Z")
    assert one["overdue"] is True
    steps: list[tuple[dict[str, Any], str | None, bool]] = [
        ({"status": "IN_PROGRESS"}, None, True),
        ({"status": "DONE"}, "2026-03-02T09:30:00Z", False),
        ({"status": "CHECKING"}, "2026-03-02T09:30:00Z", False),
        ({"doneAt": "2026-02-28T10:00:00Z", "status": "EFFECTIVE"}, "2026-02-28T10:00:00Z", False),
        ({"status": "IN_PROGRESS"}, None, True),
        ({"status": "CANCELLED"}, None, False),
    ]
    for version, (change, done_at, overdue) in enumerate(steps, start=1):
        answer = (await company.data(UPDATE, {"input": {"id": one["id"], "version": version} | change}))["updateAction"]
        assert answer["errors"] == []
        assert answer["action"] == {
            "version": version + 1,
            "status": change["status"],
            "dueAt": "2026-03-01T00:00:00Z",
            "doneAt": done_at,
            "overdue": overdue,
        }
    events = await company.event_count()
    same = (await company.data(UPDATE, {"input": {"id": one["id"], "version": 7, "status": "CANCELLED"}}))[
        "updateAction"
    ]
    assert (same["errors"], same["action"]["version"]) == ([], 7)
    assert await company.event_count() == events


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"title": ""}, ("REQUIRED", ["title"])),
        ({"title": "x" * 301}, ("TOO_LONG", ["title"])),
        ({"title": "a\0b"}, ("INVALID", ["title"])),
        ({"doneAt": "2026-03-01T00:00:00Z"}, ("INVALID", ["doneAt"])),
        ({"doneAt": "2026-03-01T00:00:00Z", "status": "CANCELLED"}, ("INVALID", ["doneAt"])),
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
