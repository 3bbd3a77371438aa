"""Sorting by fields of linked records: pages, cursors, rights, refusals."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from qms_graphql.base.access import system_viewer
from qms_graphql.base.model import Base
from qms_graphql.graph.running.answers import Request
from tests.conftest import Company
from tests.records import made

TWO_LINKS = [{"customer": {"parent": {"field": "NAME", "direction": "DESC"}}}, {"product": {"field": "NAME"}}]


@pytest.mark.parametrize(
    "order",
    [
        [{"customer": {"field": "NAME"}}],
        [{"customer": {"field": "NAME", "direction": "DESC"}}],
        [{"survey": {"field": "CREATED_AT"}}, {"field": "NUMBER", "direction": "DESC"}],
        [{"interaction": {"field": "AMOUNT", "direction": "DESC"}}, {"interaction": {"field": "ID"}}],
        TWO_LINKS,
    ],
    ids=str,
)
async def test_pages_by_linked_records_visit_each_row_once(full: Company, order: list[dict[str, Any]]) -> None:
    text = """query($order: [FeedbackOrder!], $first: Int, $after: String, $last: Int, $before: String) {
      page: feedbacks(orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
        nodes { id } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }"""
    whole = (await full.data(text, {"order": order, "first": 200}))["page"]["nodes"]
    assert len(whole) > 40
    for size, beyond, edge, more in (
        ("first", "after", "endCursor", "hasNextPage"),
        ("last", "before", "startCursor", "hasPreviousPage"),
    ):
        seen: list[Any] = []
        given: dict[str, Any] = {"order": order, size: 7}
        while True:
            page = (await full.data(text, given))["page"]
            seen = seen + page["nodes"] if size == "first" else page["nodes"] + seen
            assert len(seen) <= len(whole)
            if not page["pageInfo"][more]:
                break
            given[beyond] = page["pageInfo"][edge]
        assert seen == whole


async def test_missing_links_come_last_either_way(full: Company) -> None:
    for direction in ("ASC", "DESC"):
        text = f"{{ feedbacks(first: 200, orderBy: [{{ customer: {{ field: NAME, direction: {direction} }} }}]) "
        nodes = (await full.data(text + "{ nodes { customer { name } } } }"))["feedbacks"]["nodes"]
        names = [item["customer"]["name"].encode() for item in nodes if item["customer"]]
        assert 0 < len(names) < len(nodes)
        assert names == sorted(names, reverse=direction == "DESC")
        assert all(item["customer"] is None for item in nodes[len(names) :])


async def test_what_may_not_be_seen_does_not_sort(full: Company) -> None:
    """The order would tell what is hidden; so a link to it counts as missing."""
    text = "query($order: [FeedbackOrder!]) { feedbacks(first: 200, orderBy: $order) { nodes { id } } }"
    viewer = replace(system_viewer(full.id), permissions=frozenset({"feedback:read", "feedback:others"}))
    found = []
    for order in ([{"customer": {"field": "NAME"}}], []):
        answer = await full.installation.graph.answer(viewer, Request(text, {"order": order}))
        assert answer.errors == []
        found.append(answer.data["feedbacks"]["nodes"])
    assert len(found[0]) > 40
    assert found[0] == found[1]


async def test_nothing_is_sorted_by_what_may_not_be_read(company: Company) -> None:
    """Neither the order tells it nor the cursor, on the row itself and behind a link."""
    for reason in ("We make no lids.", None, "Nor pots."):
        given = {"source": "INTERNAL", "statement": "The lid holds.", "notApplicableReason": reason}
        requirement = await made(company, "Requirement", **given)
        await made(company, "Risk", title="Lid cracks", requirement=requirement)
    text = """
    query ($way: OrderDirection) {
      own: requirements(orderBy: [{ field: COVERAGE, direction: $way }]) { edges { cursor node { number } } }
      linked: risks(orderBy: [{ requirement: { field: COVERAGE, direction: $way } }]) {
        edges { cursor node { number } }
      }
    }
    """

    async def asked(permissions: frozenset[str], way: str) -> tuple[list[str], list[Any]]:
        viewer = replace(system_viewer(company.id), permissions=permissions)
        answer = await company.installation.graph.answer(viewer, Request(text, {"way": way}))
        assert answer.errors == []
        numbers, told = [], []
        for edges in (answer.data["own"]["edges"], answer.data["linked"]["edges"]):
            numbers.append("".join(edge["node"]["number"][-1] for edge in edges))
            told.append([orjson.loads(bytes.fromhex(edge["cursor"]))[1] for edge in edges])
        return numbers, told

    every = system_viewer(company.id).permissions
    assert await asked(every, "ASC") == (["213", "213"], [[1, 4, 4]] * 2)
    assert await asked(every, "DESC") == (["312", "312"], [[4, 4, 1]] * 2)
    assert await asked(every - {"reviews:read"}, "ASC") == (["123", "123"], [[None] * 3] * 2)
    assert await asked(every - {"reviews:read"}, "DESC") == (["321", "321"], [[None] * 3] * 2)


async def test_of_what_is_personal_only_names_sort() -> None:
    """A cursor tells what its list is sorted by, and cursors end up in addresses and logs."""
    personal = {
        (mapper.class_.__name__, column.name): column.info["sorts"]
        for mapper in Base.registry.mappers
        for column in mapper.local_table.columns
        if column.info.get("personal") and "sorts" in column.info
    }
    assert {column for column, sorts in personal.items() if sorts} == {("Customer", "name"), ("User", "name")}
    assert {("Customer", "email"), ("User", "email"), ("Feedback", "text")} <= personal.keys()


async def test_what_is_personal_is_no_sort_key(full: Company) -> None:
    for order in ("customers(orderBy: [{field: EMAIL}])", "feedbacks(orderBy: [{customer: {field: PHONE}}])"):
        answer = await full.installation.graph.answer(
            system_viewer(full.id), Request(f"{{ {order} {{ totalCount }} }}")
        )
        assert not answer.executed
        assert [error["extensions"]["code"] for error in answer.errors] == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize(
    ("order", "message", "field"),
    [
        ([{}], "Say either a field or one link to sort by.", ["orderBy", "0"]),
        (
            [{"field": "ID"}, {"field": "NUMBER", "customer": {"field": "NAME"}}],
            "Say either a field or one link to sort by.",
            ["orderBy", "1"],
        ),
        ([{"customer": {}}], "Say either a field or one link to sort by.", ["orderBy", "0", "customer"]),
        (
            [{"customer": {"field": "NAME"}, "direction": "DESC"}],
            "The direction stands beside the field, not beside the link.",
            ["orderBy", "0", "direction"],
        ),
        (
            [{"customer": {"parent": {"parent": {"parent": {"field": "NAME"}}}}}],
            "At most 3 links to what is sorted by.",
            ["orderBy", "0", "customer", "parent", "parent", "parent"],
        ),
        ([{"field": "ID"}] * 6, "At most 5 sort fields.", ["orderBy"]),
    ],
    ids=str,
)
async def test_orders_that_say_nothing_are_refused(
    full: Company, order: list[dict[str, Any]], message: str, field: list[str]
) -> None:
    answer = await full.ask(
        "query($order: [FeedbackOrder!]) { feedbacks(orderBy: $order) { totalCount } }", {"order": order}
    )
    (error,) = answer["errors"]
    assert (error["message"], error["extensions"]) == (message, {"code": "BAD_USER_INPUT", "field": field})
    assert answer["data"] == {"feedbacks": None}


async def test_a_cursor_belongs_to_its_order(full: Company) -> None:
    text = "query($order: [FeedbackOrder!], $after: String) { feedbacks(first: 1, orderBy: $order, after: $after) "
    text += "{ pageInfo { endCursor } } }"
    page = await full.data(text, {"order": [{"customer": {"field": "NAME"}}]})
    cursor = page["feedbacks"]["pageInfo"]["endCursor"]
    answer = await full.ask(text, {"order": [{"contact": {"field": "NAME"}}], "after": cursor})
    (error,) = answer["errors"]
    assert error["message"] == "This is not a cursor of this list in this order."
