"""What colleagues suggest: raised by anybody, judged like other feedback, and its author sees what comes of it."""

from typing import Any

import pytest

from tests.conftest import Company
from tests.records import made, moved, refused

RAISE = """
mutation ($input: RaiseIdeaInput!) {
  raiseIdea(input: $input) { idea { id number voice text author { name } confidential state } errors { code field } }
}
"""
MINE = "{ me { ideas { number status actions { number status } } } }"


async def raised(company: Company, text: str, who: str = "employee", **more: Any) -> Any:
    answer = (await company.data(RAISE, {"input": {"text": text} | more}, who=who))["raiseIdea"]
    assert answer["errors"] == []
    return answer["idea"]


async def test_the_author_sees_what_comes_of_an_idea(company: Company) -> None:
    idea = await raised(company, "Polish the hinge edge.")
    assert {key: idea[key] for key in idea if key != "id"} == {
        "number": "FB-2026-00001", "voice": "EMPLOYEE", "text": "Polish the hinge edge.",
        "author": {"name": "employee"}, "confidential": False, "state": "RECEIVED",
    }  # fmt: skip
    theme = await made(company, "Theme", name="Lid")
    decided = {"themes": [theme], "isComplaint": {"decision": False, "reason": "An idea."}}
    await moved(company, idea["id"], "TRIAGED", changes={"feedback": decided})
    await made(company, "Action", title="Polish", kind="IMPROVEMENT", feedback=idea["id"])
    await moved(company, idea["id"], "ACTED_ON")
    assert (await company.data(MINE, who="employee"))["me"]["ideas"] == [
        {
            "number": "FB-2026-00001",
            "status": "ACTED_ON",
            "actions": [{"number": "ACT-2026-00001", "status": "PLANNED"}],
        }
    ]
    told = await company.data("{ notifications { nodes { kind record { number } } } }", who="employee")
    assert told["notifications"]["nodes"] == [{"kind": "MOVED", "record": {"number": "FB-2026-00001"}}] * 2


async def test_an_employee_sees_the_own_words_only(company: Company) -> None:
    mine = await raised(company, "Mine.")
    others = await raised(company, "Another's.", "department_head")
    said = await made(company, "Feedback", source="REVIEW", occurredAt="2026-03-01T08:00:00Z", text="A customer's.")
    found = await company.data(
        """
        query ($ids: [ID!]!) {
          feedbacks { totalCount nodes { text } } nodes(ids: $ids) { id } records { nodes { number } }
          users(where: { ideas: { some: {} } }) { nodes { name } }
        }
        """,
        {"ids": [mine["id"], others["id"], said]},
        who="employee",
    )
    assert found["feedbacks"] == {"totalCount": 1, "nodes": [{"text": "Mine."}]}
    assert [node and node["id"] for node in found["nodes"]] == [mine["id"], None, None]
    assert found["records"]["nodes"] == [{"number": "FB-2026-00001"}]
    assert found["users"]["nodes"] == [{"name": "employee"}]


async def test_a_figure_counts_what_is_shared_also_for_an_employee(company: Company) -> None:
    await raised(company, "Mine.")
    value = "{ metric(code: CSAT) { value { n rule } } }"
    assert await company.data(value, who="employee") == await company.data(value, who="department_head")


async def test_a_confidential_idea_is_seen_by_its_author_and_who_sees_all(company: Company) -> None:
    idea = await raised(company, "My manager hides scrap.", confidential=True)
    text = "query ($id: ID!) { node(id: $id) { ... on Feedback { text } } }"
    seen = {
        who: (await company.data(text, {"id": idea["id"]}, who=who))["node"] is not None
        for who in ("employee", "quality_manager", "auditor", "department_head", "complaint_handler", "connector:shop")
    }
    assert seen == {
        "employee": True, "quality_manager": True, "auditor": True,
        "department_head": False, "complaint_handler": False, "connector:shop": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"text": " "}, ("REQUIRED", ["text"])),
        ({"text": "x" * 20_001}, ("TOO_LONG", ["text"])),
        ({"text": "Well.", "product": "product_" + "0" * 32}, ("NOT_FOUND", ["product"])),
    ],
)
async def test_an_idea_that_cannot_be_is_refused(company: Company, given: Any, error: Any) -> None:
    await refused(company, RAISE, given, error)


async def test_an_employee_moves_nothing(company: Company) -> None:
    idea = await raised(company, "Mine.")
    move = "mutation ($input: TransitionInput!) { transition(input: $input) { errors { code } } }"
    given = {"input": {"id": idea["id"], "to": "TRIAGED", "version": 1}}
    answer = await company.data(move, given, who="employee")
    assert {"code": "FORBIDDEN"} in answer["transition"]["errors"]


async def test_a_repeated_request_raises_one_idea(company: Company) -> None:
    first = await raised(company, "Once.", idempotencyKey="1")
    assert await raised(company, "Once.", idempotencyKey="1") == first
