"""Tracing records up to the customers behind them, and down to what was done."""

from typing import Any

import pytest

from tests.conftest import Company
from tests.graph.observe import statements
from tests.records import made

TRACE = """
query ($id: ID!, $direction: TraceDirection!, $depth: Int! = 6) {
  node(id: $id) { ... on Record {
    trace(direction: $direction, depth: $depth) {
      distance via reachedFrom record { __typename id ... on Record { number } ... on Customer { name } }
    }
  } }
}
"""


async def chain(company: Company) -> dict[str, str]:
    """A customer's words, a requirement they led to, the risk of missing it, and what is done."""
    ids = {"customer": await made(company, "Customer", name="Ada")}
    ids["feedback"] = await made(
        company, "Feedback", source="REVIEW", occurredAt="2026-03-01T08:00:00Z", customer=ids["customer"]
    )
    ids["requirement"] = await made(company, "Requirement", source="CUSTOMER", evidence=[ids["feedback"]])
    ids["risk"] = await made(company, "Risk", title="Lid cracks", requirement=ids["requirement"])
    ids["action"] = await made(company, "Action", title="Old plastic", kind="CORRECTIVE", risk=ids["risk"])
    return ids


async def traced(company: Company, id_: str, direction: str, who: str = "admin", **more: Any) -> list[Any]:
    answer = await company.data(TRACE, {"id": id_, "direction": direction} | more, who=who)
    return [(e["distance"], e["via"], e["record"]["id"], e["reachedFrom"]) for e in answer["node"]["trace"]]


async def test_up_to_the_customer_and_down_to_the_action(company: Company) -> None:
    ids = await chain(company)
    assert await traced(company, ids["action"], "UP") == [
        (1, "risk", ids["risk"], ids["action"]),
        (2, "requirement", ids["requirement"], ids["risk"]),
        (3, "evidence", ids["feedback"], ids["requirement"]),
        (4, "customer", ids["customer"], ids["feedback"]),
    ]
    assert await traced(company, ids["feedback"], "DOWN") == [
        (1, "requirements", ids["requirement"], ids["feedback"]),
        (2, "risks", ids["risk"], ids["requirement"]),
        (3, "actions", ids["action"], ids["risk"]),
    ]
    assert await traced(company, ids["action"], "DOWN") == []
    assert [e[0] for e in await traced(company, ids["action"], "UP", depth=2)] == [1, 2]
    shown = (await company.data(TRACE, {"id": ids["risk"], "direction": "UP"}))["node"]["trace"]
    assert [entry["record"] for entry in shown] == [
        {"__typename": "Requirement", "id": ids["requirement"], "number": "REQ-2026-00001"},
        {"__typename": "Feedback", "id": ids["feedback"], "number": "FB-2026-00001"},
        {"__typename": "Customer", "id": ids["customer"], "name": "Ada"},
    ]


async def test_a_trace_ends_at_what_the_viewer_does_not_see(company: Company) -> None:
    ids = await chain(company)
    hide = "mutation ($input: UpdateFeedbackInput!) { updateFeedback(input: $input) { errors { code } } }"
    await company.data(hide, {"input": {"id": ids["feedback"], "version": 1, "confidential": True}})
    assert [e[1] for e in await traced(company, ids["action"], "UP", "complaint_handler")] == ["risk", "requirement"]
    assert [e[1] for e in await traced(company, ids["action"], "UP", "auditor")][2:] == ["evidence", "customer"]
    # An employee may read actions and requirements, not the risk between them.
    assert await traced(company, ids["action"], "UP", "employee") == []


@pytest.mark.parametrize("depth", [0, 11, -1])
async def test_a_trace_goes_only_so_far(company: Company, depth: int) -> None:
    ids = await chain(company)
    answer = await company.ask(TRACE, {"id": ids["risk"], "direction": "UP", "depth": depth})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_the_statements_do_not_depend_on_how_many_records_are_traced(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            await chain(company)
        with statements(monkeypatch) as seen:
            page = await company.data("{ actions { nodes { trace(direction: UP) { distance } } } }")
        assert {len(node["trace"]) for node in page["actions"]["nodes"]} == {4}
        counts.append(len(seen))
    assert counts[0] == counts[1]
