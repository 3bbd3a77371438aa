"""Interfaces, unions and Python's fields against the naive twin; what goes wrong in them has its path."""

import os
from typing import Any

import orjson
import pytest
from graphql import ExecutionResult
from structlog.testing import capture_logs

from qms_graphql.graph.running.answers import Request
from tests.conftest import START
from tests.graph.generate import Generator, Query
from tests.graph.observe import statements
from tests.graph.own import schema
from tests.graph.own.built import EVERYTHING, PLAIN, Own
from tests.graph.test_twin import DEEPEST, too_costly, too_deep
from tests.graph.twin import Twin

GENERATED = max(40, int(os.environ.get("QMS_TEST_GENERATED", "100")) // 2)
BATCH = 20
SOME = frozenset({"feedback:read", "feedback:others", "actions:read"})


def buried(path: tuple[Any, ...], data: Any) -> bool:
    """Whether null stands above a path: then it is open whether errors below were still found."""
    for step in path:
        if data is None:
            return True
        data = data[step]
    return False


def same(answer: dict[str, Any], expected: ExecutionResult, note: str) -> None:
    """Hold an answer against the twin's."""
    found = {(tuple(error["path"]), error["extensions"]["code"]) for error in answer.get("errors", [])}
    wanted = {(tuple(error.path or ()), (error.extensions or {}).get("code")) for error in expected.errors or []}
    assert answer["data"] == expected.data, f"{answer}\n!=\n{expected}\n{note}"
    assert bool(found) == bool(wanted), note
    different = {(path, code) for path, code in found ^ wanted if not buried(path, expected.data)}
    # A call that failed for all rows is told once, with the path of the first.
    different = {item for item in different if item[1] != "INTERNAL_SERVER_ERROR"}
    assert different == set(), f"{answer}\n!=\n{expected}\n{note}"


async def check(own: Own, query: Query, permissions: frozenset[str], note: str = "") -> Any:
    """Ask both; the JSON they agree on, or None where a limit refused it."""
    twin = Twin(own.rows, permissions, None, START, PLAIN)
    answer = await own.graph.answer(own.viewer(permissions), Request(query.text, query.variables))
    shown: dict[str, Any] = {"data": answer.data, "errors": answer.errors}
    if too_deep(shown) or too_costly(shown):
        return None
    same(shown, twin.answer(query.text, query.variables), f"{note}\n{query.text}\n{query.variables}")
    return shown["data"]


@pytest.mark.parametrize("start", range(0, GENERATED, BATCH))
async def test_generated_queries(own: Own, start: int) -> None:
    deepest = DEEPEST["sqlite" if own.company.installation.settings.on_sqlite else "postgresql"]
    compared = 0
    for seed in range(start, start + BATCH):
        permissions = SOME if seed % 4 == 0 else EVERYTHING
        query = Generator(Twin(own.rows, permissions, None, START, PLAIN), seed, deepest=deepest).query()
        compared += await check(own, query, permissions, f"seed {seed}") is not None
    assert compared > BATCH // 3


PAGE = """query(
  $first: Int, $after: String, $last: Int, $before: String, $where: NumberedFilter, $order: [NumberedOrder!]
) {
  records(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $order) {
    totalCount
    pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    edges { cursor node { __typename number } }
    nodes { id number about ... on Action { title subject { __typename ... on Node { id } } } ... on Risk { version } }
  } }"""


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ["ID", "NUMBER", "ABOUT", "VERSION"])
async def test_pages_of_an_interface_visit_each_record_once(own: Own, field: str, direction: str) -> None:
    order = [{"field": field, "direction": direction}]
    everything = sum(len(own.rows[name]) for name in ("feedback", "requirement", "risk", "action"))
    for size, beyond, edge, more in (
        ("first", "after", "endCursor", "hasNextPage"),
        ("last", "before", "startCursor", "hasPreviousPage"),
    ):
        seen: list[str] = []
        given: dict[str, Any] = {"order": order, size: 23}
        while True:
            page = (await check(own, Query(PAGE, given), EVERYTHING))["records"]
            ids = [item["id"] for item in page["nodes"]]
            seen = seen + ids if size == "first" else ids + seen
            assert page["totalCount"] == everything
            assert len(seen) <= everything
            if not page["pageInfo"][more]:
                break
            given[beyond] = page["pageInfo"][edge]
        assert len(set(seen)) == everything
    assert len({id_.rpartition("_")[0] for id_ in seen}) == 4


async def test_an_interface_is_one_statement(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    with statements(monkeypatch) as seen:
        answer = await own.graph.answer(
            own.viewer(), Request(PAGE, {"first": 5, "where": {"number": {"contains": "1"}}})
        )
    assert answer.errors == []
    assert answer.raw is not None
    assert len(seen) == 1


async def test_a_page_costs_a_look_into_each_of_its_types(own: Own) -> None:
    for text, cost in (("{ risks { totalCount } }", 11), ("{ records { totalCount } }", 14)):
        assert (await own.graph.answer(own.viewer(), Request(text))).cost == cost


async def test_types_that_may_not_be_read_are_left_out(own: Own) -> None:
    page = await check(own, Query(PAGE, {"first": 200}), SOME)
    assert {item["node"]["__typename"] for item in page["records"]["edges"]} == {"Feedback", "Action"}
    subjects = [item["subject"] for item in page["records"]["nodes"] if item.get("subject")]
    assert {subject["__typename"] for subject in subjects} == {"Feedback"}
    answer = await own.graph.answer(own.viewer(frozenset()), Request("{ records { totalCount } }"))
    (error,) = answer.errors
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert answer.data == {"records": None}


# -- fields that Python computes -------------------------------------------------------------------------------------


async def test_a_batch_field_is_called_once_for_a_page_also_in_nested_lists(own: Own) -> None:
    schema.CALLS.clear()
    text = """{ feedbacks(first: 40, orderBy: [{ field: NUMBER }]) {
      nodes { length edges: customer { shout children(first: 3) { nodes { shout } } } }
    } }"""
    data = await check(own, Query(text, {}), EVERYTHING)
    rows = data["feedbacks"]["nodes"]
    assert len(rows) == 40
    names = [name for name, _ in schema.CALLS]
    assert sorted(names) == ["length", "shout", "shout"]
    assert ("length", 40) in schema.CALLS


async def test_an_error_of_a_row_has_its_path(own: Own) -> None:
    text = "{ page: feedbacks(first: 30, orderBy: [{ field: NUMBER }]) { nodes { number long: length } } }"
    answer = await own.graph.answer(own.viewer(), Request(text))
    rows = answer.data["page"]["nodes"]
    wrong = [index for index, row in enumerate(rows) if row["number"].endswith("7")]
    assert len(wrong) == 3
    assert answer.errors == [
        {
            "message": "no length",
            "locations": [{"line": 1, "column": 77}],
            "path": ["page", "nodes", index, "long"],
            "extensions": {"code": "INVALID"},
        }
        for index in wrong
    ]
    assert all(rows[index]["long"] is None for index in wrong)
    assert any(row["long"] for row in rows)


async def test_null_goes_up_to_what_may_be_null(own: Own) -> None:
    """``verdict`` is never null: with it go its answer, the list, the feedback, and stop at the record."""
    failing = next(
        row["id"]
        for row in own.rows["feedback"]
        if any(answer["feedback_id"] == row["id"] and answer["number"] == 5 for answer in own.rows["answer"])
    )
    id_ = f"feedback_{failing.hex}"
    wanted = "... on Feedback { id answers { verdict } next { id answers { verdict } } }"
    text = f"query($id: ID!) {{ node(id: $id) {{ {wanted} }} other: customers(first: 1) {{ nodes {{ id }} }} }}"
    answer = await own.graph.answer(own.viewer(), Request(text, {"id": id_}))
    assert answer.data["node"] is None
    assert len(answer.data["other"]["nodes"]) == 1
    (error,) = answer.errors
    assert (error["message"], error["extensions"]) == ("no verdict", {"code": "INVALID"})
    assert error["path"][:2] == ["node", "answers"]
    assert error["path"][3:] == ["verdict"]
    text = "query($id: ID!) { node(id: $id) { ... on Feedback { id next { answers { verdict } } } } }"
    answer = await own.graph.answer(own.viewer(), Request(text, {"id": id_}))
    assert answer.data == {"node": {"id": id_, "next": None}}
    assert answer.errors[0]["path"][:3] == ["node", "next", "answers"]


async def test_a_call_that_fails_is_told_once(own: Own) -> None:
    text = "{ actions(first: 5) { nodes { id broken } } customers(first: 1) { totalCount } }"
    with capture_logs() as logged:
        answer = await own.graph.answer(own.viewer(), Request(text))
    assert [row["broken"] for row in answer.data["actions"]["nodes"]] == [None] * 5
    assert answer.data["customers"]["totalCount"] > 0
    (error,) = answer.errors
    assert error["path"] == ["actions", "nodes", 0, "broken"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["extensions"]["rows"] == 5
    assert "secret" not in str(answer.errors)
    assert [str(entry["exc_info"]) for entry in logged] == ["secret"]


async def test_errors_below_records_that_python_names_have_their_path(own: Own) -> None:
    numbers = {row["number"]: f"feedback_{row['id'].hex}" for row in own.rows["feedback"]}
    ids = [next(id_ for number, id_ in numbers.items() if number.endswith(digit)) for digit in ("1", "7", "1")]
    wanted = "... on Feedback { number length }"
    for text, place in (
        (f"query($ids: [ID!]!) {{ found(ids: $ids) {{ records {{ {wanted} }} }} }}", ["found", "records", 1]),
        (f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {wanted} }} }}", ["nodes", 1]),
    ):
        answer = await own.graph.answer(own.viewer(), Request(text, {"ids": ids}))
        (error,) = answer.errors
        assert error["path"] == [*place, "length"]
        rows = answer.data["found"]["records"] if place[0] == "found" else answer.data["nodes"]
        assert [row["number"][-1] for row in rows] == ["1", "7", "1"]


async def test_introspection_beside_data(own: Own) -> None:
    """What graphql-core executes takes the same answers, with the same errors."""
    text = (
        '{ __type(name: "Subject") { kind } feedbacks(first: 12, orderBy: [{ field: NUMBER }]) { nodes { length } } }'
    )
    answer = await own.graph.answer(own.viewer(), Request(text))
    alone = await own.graph.answer(own.viewer(), Request(text.replace('__type(name: "Subject") { kind } ', "")))
    assert answer.data == {"__type": {"kind": "UNION"}} | alone.data
    assert [error["path"] for error in answer.errors] == [error["path"] for error in alone.errors]
    assert len(alone.errors) == 1


async def test_a_payload_keeps_what_was_written_though_a_field_fails(own: Own) -> None:
    text = """mutation($i: CreateCustomerInput!) { made: createCustomer(input: $i) {
      customer { id name shout } errors { code } } }"""
    for name, customer in (("Ann", "ANN!"), ("A\u2028nn", None)):
        given = {"i": {"name": name, "kind": "PERSON"}}
        answer = await own.graph.answer(own.viewer(), Request(text, given))
        made = answer.data["made"]
        assert made["errors"] == []
        if customer:
            assert (made["customer"]["name"], made["customer"]["shout"]) == (name, customer)
            assert answer.errors == []
        else:
            assert made["customer"] is None
            (error,) = answer.errors
            assert error["path"] == ["made", "customer", "shout"]
        where = {"name": {"eq": name}}
        count = "query($w: CustomerFilter) { customers(where: $w) { totalCount } }"
        found = await own.graph.answer(own.viewer(), Request(count, {"w": where}))
        assert found.data == {"customers": {"totalCount": 1}}


@pytest.mark.parametrize(
    "where",
    [
        {"subject": {"isNull": True}},
        {"subject": {"isNull": False}},
        {"subject": {"risk": {}}},
        {"not": {"subject": {"risk": {}}}},
        {"subject": {"feedback": {"customer": {"name": {"ne": "?"}}}}},
        {"subject": {"customer": {"name": {"ne": "?"}}, "isNull": False}},
        {"record": {"requirement": {"version": {"gte": 0}}}},
        {"or": [{"record": {"isNull": True}}, {"record": {"feedback": {}}}]},
    ],
    ids=str,
)
async def test_links_to_several_types_filter(own: Own, where: dict[str, Any]) -> None:
    text = """query($where: ActionFilter) { actions(first: 200, where: $where) {
      nodes { id subject { __typename } record { id } } } }"""
    sizes = {}
    for permissions in (EVERYTHING, SOME):
        data = await check(own, Query(text, {"where": where}), permissions)
        sizes[permissions] = len(data["actions"]["nodes"])
    assert 0 < sizes[EVERYTHING] < len(own.rows["action"]) or "feedback" in str(where)


async def test_a_link_by_kind_filters_what_has_references(own: Own) -> None:
    text = """{ customers(first: 200, where: {
      externalRefs: { some: { system: { eq: "erp" }, subject: { customer: { name: { ne: "?" } } } } } }) {
      nodes { id externalRefs { system externalId subject { __typename ... on Customer { id name } } } } } }"""
    data = await check(own, Query(text, {}), EVERYTHING)
    assert 0 < len(data["customers"]["nodes"]) <= 3
    for item in data["customers"]["nodes"]:
        assert {ref["subject"]["id"] for ref in item["externalRefs"]} == {item["id"]}


async def test_an_event_with_a_failing_field_does_not_end_the_stream(own: Own) -> None:
    numbers = {row["number"]: f"feedback_{row['id'].hex}" for row in own.rows["feedback"]}
    ids = [next(id_ for number, id_ in numbers.items() if number.endswith(digit)) for digit in ("7", "1")]
    text = "subscription($ids: [ID!]!) { told(ids: $ids) { record { id ... on Feedback { length } } } }"
    told: list[bytes] = []
    await own.graph.deliver(own.viewer(), Request(text, {"ids": ids}), lambda delivery: told.extend(delivery.bodies))
    seen = [orjson.loads(body) for body in told]
    assert [event["data"]["told"]["record"]["id"] for event in seen] == ids
    assert [error["path"] for error in seen[0]["errors"]] == [["told", "record", "length"]]
    assert "errors" not in seen[1]
