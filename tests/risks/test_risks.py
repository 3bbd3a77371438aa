"""Risks: their ratings stand in the row, and the database computes Action Priority and RPN from them."""

import itertools
from typing import Any

import pytest

from qms_graphql.base.access import system_viewer
from qms_graphql.base.drafts import Draft
from qms_graphql.base.ids import new_id
from qms_graphql.base.unit import UnitOfWork, transact
from qms_graphql.risks.commands import save_risks
from qms_graphql.risks.rules import action_priority, rpn
from tests.conftest import Company
from tests.records import made, refused

RATED = """
    initial { severity occurrence detection rpn actionPriority }
    current { severity occurrence detection rpn actionPriority }
"""
CREATE = f"""
mutation Create($input: CreateRiskInput!) {{
  createRisk(input: $input) {{
    risk {{ id number version kind status failureMode rpn actionPriority {RATED} }} errors {{ code field }}
  }}
}}
"""
UPDATE = f"""
mutation Update($input: UpdateRiskInput!) {{
  updateRisk(input: $input) {{ risk {{ version status rpn actionPriority {RATED} }} errors {{ code field }} }}
}}
"""


def rating(severity: int, occurrence: int, detection: int) -> dict[str, Any]:
    return {"severity": severity, "occurrence": occurrence, "detection": detection}


def shown(severity: int, occurrence: int, detection: int) -> dict[str, Any]:
    """A rating as the API shows it, by the rules in Python."""
    computed = {
        "rpn": rpn(severity, occurrence, detection),
        "actionPriority": action_priority(severity, occurrence, detection).value,
    }
    return rating(severity, occurrence, detection) | computed


async def risk(company: Company, **fields: Any) -> dict[str, Any]:
    answer = (await company.data(CREATE, {"input": {"failureMode": "The lid cracks."} | fields}))["createRisk"]
    assert answer["errors"] == []
    return answer["risk"]


async def test_the_first_rating_is_both_the_initial_and_the_current_one(company: Company) -> None:
    one = await risk(company, initial=rating(8, 4, 3))
    assert one == {
        "id": one["id"],
        "number": "RISK-2026-00001",
        "version": 1,
        "kind": "FAILURE_MODE",
        "status": "OPEN",
        "failureMode": "The lid cracks.",
        "rpn": 96,
        "actionPriority": "MEDIUM",
        "initial": shown(8, 4, 3),
        "current": shown(8, 4, 3),
    }
    from_current = await risk(company, current=rating(2, 2, 2))
    assert (from_current["initial"], from_current["current"]) == (shown(2, 2, 2), shown(2, 2, 2))
    without = await risk(company, initial=None, current=None)
    assert [without[name] for name in ("rpn", "actionPriority", "initial", "current")] == [None] * 4


async def test_a_new_rating_moves_the_current_one_alone(company: Company) -> None:
    one = await risk(company, initial=rating(9, 6, 7))
    change = {"id": one["id"], "version": 1, "current": rating(9, 2, 3)}
    changed = (await company.data(UPDATE, {"input": change}))["updateRisk"]
    expected = {"version": 2, "status": "OPEN", "rpn": 54, "actionPriority": "LOW"}
    assert changed == {"risk": expected | {"initial": shown(9, 6, 7), "current": shown(9, 2, 3)}, "errors": []}
    events = await company.event_count()
    again = (await company.data(UPDATE, {"input": change | {"version": 2, "initial": rating(9, 6, 7)}}))["updateRisk"]
    assert (again["errors"], again["risk"]["version"]) == ([], 2)
    assert await company.event_count() == events
    page = await company.data("{ changes(types: [RISK]) { nodes { action changedFields } } }")
    assert page["changes"]["nodes"][-1] == {
        "action": "UPDATED", "changedFields": ["current.detection", "current.occurrence", "ratings"],
    }  # fmt: skip


async def test_a_risk_that_was_not_rated_can_be_rated_later(company: Company) -> None:
    one = await risk(company)
    changed = (await company.data(UPDATE, {"input": {"id": one["id"], "version": 1, "current": rating(5, 5, 5)}}))[
        "updateRisk"
    ]
    assert (changed["risk"]["initial"], changed["risk"]["current"]) == (shown(5, 5, 5), shown(5, 5, 5))


async def test_the_initial_rating_stays(company: Company) -> None:
    one = await risk(company, initial=rating(9, 6, 7))
    update = {"id": one["id"], "version": 1}
    await refused(company, UPDATE, update | {"initial": rating(1, 1, 1)}, ("INVALID", ["initial"]))
    await refused(company, UPDATE, update | {"initial": None}, ("INVALID", ["initial"]))
    await refused(company, UPDATE, update | {"current": None}, ("INVALID", ["current"]))


@pytest.mark.parametrize("rank", ["severity", "occurrence", "detection"])
@pytest.mark.parametrize("name", ["initial", "current"])
async def test_a_rating_has_three_ranks_from_1_to_10(company: Company, name: str, rank: str) -> None:
    good = rating(5, 5, 5)
    half = {key: value for key, value in good.items() if key != rank}
    required = ("REQUIRED", [name, rank])
    await refused(company, CREATE, {"title": "x", name: half}, required)
    await refused(company, CREATE, {"title": "x", name: half | {rank: None}}, required)
    for wrong in (0, 11, -5, 2_000_000_000):
        error = ("OUT_OF_RANGE", [name, rank])
        await refused(company, CREATE, {"title": "x", name: good | {rank: wrong}}, error)


async def test_a_hazard_is_not_rated_by_detection(company: Company) -> None:
    for name in ("initial", "current"):
        error = ("INVALID", ["initial"])
        await refused(company, CREATE, {"title": "Scalding", "kind": "HAZARD", name: rating(9, 2, 2)}, error)
    assert (await risk(company, kind="HAZARD"))["initial"] is None
    rated = await risk(company, kind="BUSINESS", initial=rating(3, 3, 3))
    error = ("INVALID", ["initial"])
    await refused(company, UPDATE, {"id": rated["id"], "version": 1, "kind": "HAZARD"}, error)


async def test_the_worksheet_of_a_product_is_a_page_of_its_risks(company: Company) -> None:
    product = await made(company, "Product", name="Kettle")
    about = {"item": "Lid", "step": "Moulding", "classification": "SIGNIFICANT", "product": product}
    await risk(company, **about, place=2, failureMode="Flash", initial=rating(4, 3, 3))
    await risk(company, **about, place=1, initial=rating(9, 8, 7), current=rating(9, 6, 7))
    await risk(company, item="Base", product=product, place=3, failureMode="Rust", initial=rating(8, 5, 5))
    text = """query ($id: ID!, $order: [RiskOrder!]) { product(by: { id: $id }) {
      risks(where: { item: { eq: "Lid" } }, orderBy: $order) {
        nodes { place item step classification failureMode actionPriority }
      }
      urgent: risks(orderBy: [{ field: ACTION_PRIORITY }]) { nodes { failureMode actionPriority } }
    } }"""
    found = (await company.data(text, {"id": product, "order": [{"field": "PLACE"}]}))["product"]
    about.pop("product")
    assert found == {
        "risks": {
            "nodes": [
                {"place": 1, "failureMode": "The lid cracks.", "actionPriority": "HIGH"} | about,
                {"place": 2, "failureMode": "Flash", "actionPriority": "LOW"} | about,
            ]
        },
        "urgent": {
            "nodes": [
                {"failureMode": "The lid cracks.", "actionPriority": "HIGH"},
                {"failureMode": "Rust", "actionPriority": "MEDIUM"},
                {"failureMode": "Flash", "actionPriority": "LOW"},
            ]
        },
    }


async def test_a_risk_says_what_it_is(company: Company) -> None:
    error = ("REQUIRED", ["failureMode"])
    await refused(company, CREATE, {"effect": "Scalded hands."}, error)
    one = await risk(company, failureMode=None, title="Lids")
    await refused(company, UPDATE, {"id": one["id"], "version": 1, "title": ""}, error)


CELLS = list(itertools.product(range(1, 11), repeat=3))


async def test_the_database_finds_the_priority_of_each_cell_of_the_table(company: Company) -> None:
    async def save(unit: UnitOfWork) -> None:
        # The initial rating is another one, so that a mix-up of the two would show.
        initial = {"initial_severity": 10, "initial_occurrence": 10, "initial_detection": 10}
        await save_risks(unit, [Draft(new_id(), {"title": "x"} | rating(*cell) | initial) for cell in CELLS])

    place = company.installation
    await transact(place.database, system_viewer(company.id), place.clock, place.secrets, save)
    text = f"""query ($after: String) {{
      risks(first: 200, after: $after, orderBy: [{{ field: NUMBER }}]) {{
        nodes {{ rpn actionPriority {RATED} }} pageInfo {{ endCursor hasNextPage }}
      }}
    }}"""
    after, found, more = None, [], True
    while more:
        page = (await company.data(text, {"after": after}))["risks"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert [node["current"] for node in found] == [shown(*cell) for cell in CELLS]
    for node in found:
        assert node["initial"] == shown(10, 10, 10)
        assert (node["rpn"], node["actionPriority"]) == (node["current"]["rpn"], node["current"]["actionPriority"])
    counts = await company.data(
        """{
          high: risks(where: { actionPriority: { eq: HIGH } }) { totalCount }
          rest: risks(where: { actionPriority: { notIn: [HIGH] } }) { totalCount }
          medium: risks(where: { current: { actionPriority: { in: [MEDIUM] } } }) { totalCount }
          initially: risks(where: { initial: { actionPriority: { ne: HIGH } } }) { totalCount }
        }"""
    )
    # The numbers of the published table.
    assert {name: page["totalCount"] for name, page in counts.items()} == {
        "high": 318, "rest": 682, "medium": 214, "initially": 0,
    }  # fmt: skip


async def test_risks_are_filtered_and_sorted_by_what_is_computed(company: Company) -> None:
    await risk(company, title="a", initial=rating(9, 9, 9))
    await risk(company, title="b", initial=rating(2, 2, 2))
    await risk(company, title="c")
    await risk(company, title="d", initial=rating(9, 9, 9), current=rating(8, 5, 1))
    text = """
    query ($where: RiskFilter, $orderBy: [RiskOrder!], $after: String) {
      risks(first: 2, where: $where, orderBy: $orderBy, after: $after) {
        nodes { title } pageInfo { endCursor hasNextPage }
      }
    }
    """

    async def titles(where: dict[str, Any] | None, *order: dict[str, Any]) -> str:
        """Title by title, page by page."""
        found, after = "", None
        while True:
            page = (await company.data(text, {"where": where, "orderBy": list(order), "after": after}))["risks"]
            found += "".join(node["title"] for node in page["nodes"])
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    number = {"field": "NUMBER"}
    assert await titles(None, {"field": "RPN", "direction": "DESC"}, number) == "adbc"
    assert await titles(None, {"field": "RPN"}, number) == "bdac"
    assert await titles(None, {"field": "ACTION_PRIORITY"}, number) == "adbc"
    assert await titles(None, {"field": "ACTION_PRIORITY", "direction": "DESC"}, number) == "bdac"
    assert await titles({"actionPriority": {"isNull": True}}, number) == "c"
    assert await titles({"actionPriority": {"ne": "HIGH"}}, number) == "bcd"
    assert await titles({"rpn": {"gte": 40}}, number) == "ad"
    assert await titles({"current": {"severity": {"lt": 9}}}, number) == "bd"
    assert await titles({"initial": {"severity": {"eq": 9}}, "not": {"current": {"rpn": {"eq": 729}}}}, number) == "d"


async def test_risks_are_linked_both_ways_in_one_statement(company: Company) -> None:
    ids = {
        "product": await made(company, "Product", name="Kettle"),
        "requirement": await made(company, "Requirement", source="INTERNAL", statement="Whole lids."),
        "owner": await made(company, "User", name="Ada", roles=["EMPLOYEE"]),
    }
    await risk(company, initial=rating(8, 4, 3), **ids)
    await risk(company, failureMode="It leaks.")
    page = "risks { nodes { number initial { severity } product { name } requirement { statement } owner { name } } }"
    found = await company.data(
        f"""query ($product: ID!, $requirement: ID!, $owner: ID!) {{ nodes(ids: [$product, $requirement, $owner]) {{
          ... on Product {{ {page} }} ... on Requirement {{ {page} }} ... on User {{ {page} }}
        }} }}""",
        ids,
    )
    linked = {"product": {"name": "Kettle"}, "requirement": {"statement": "Whole lids."}, "owner": {"name": "Ada"}}
    one = {"number": "RISK-2026-00001", "initial": {"severity": 8}} | linked
    assert found["nodes"] == [{"risks": {"nodes": [one]}}] * 3


async def test_who_may_write_and_who_may_read(company: Company, other_company: Company) -> None:
    one = await risk(company, initial=rating(8, 4, 3))
    for who in ("employee", "auditor", "complaint_handler", "connector:shop"):
        await company.token(who)
    events = await company.event_count()
    for who in ("employee", "auditor", "complaint_handler", "connector:shop"):
        answer = await company.ask(CREATE, {"input": {"title": "x"}}, who=who)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await company.event_count() == events
    assert (await company.data("{ risks { totalCount } }", who="auditor"))["risks"]["totalCount"] == 1
    lookup = 'query ($id: ID!) { node(id: $id) { id } risk(by: { number: "RISK-2026-00001" }) { id } }'
    for who in ("employee", "connector:shop"):
        answer = await company.ask("query ($id: ID!) { node(id: $id) { id } }", {"id": one["id"]}, who=who)
        assert answer["data"] == {"node": None}
        assert "errors" not in answer
        answer = await company.ask("{ risks { totalCount } }", who=who)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await other_company.data(lookup, {"id": one["id"]}) == {"node": None, "risk": None}
