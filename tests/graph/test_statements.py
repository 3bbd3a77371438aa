"""One statement for each operation, plans that are reused only where they fit, and refusals that are coded."""

from typing import Any

import pytest

from qms_graphql.base.access import system_viewer
from qms_graphql.graph.running.answers import Request
from tests.conftest import START, Company
from tests.graph.observe import statements
from tests.graph.operations import COMPUTED as COMPUTED_BY_PYTHON
from tests.graph.operations import OPERATIONS
from tests.graph.plain import declarations, dump
from tests.graph.twin import Twin


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - set(COMPUTED_BY_PYTHON)))
async def test_an_operation_is_one_statement(full: Company, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    rows = await dump(full.installation.database, full.id)
    text, variables = OPERATIONS[name](Twin(rows, ("feedback:others",), None, START))
    with statements(monkeypatch) as seen:
        answer = await full.installation.graph.answer(system_viewer(full.id), Request(text, variables))
    assert answer.errors == []
    assert len(seen) == 1


def nested_pages(depth: int) -> str:
    """A selection of feedback with this many connections in one another below it."""
    inner = "nodes { id }"
    for _ in range(depth):
        inner = f"nodes {{ id customer {{ feedback(first: 2) {{ {inner} }} }} }}"
    return inner


async def test_root_fields_are_one_statement_whatever_their_depth(
    full: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = nested_pages(2 if full.installation.settings.on_sqlite else 7)
    with statements(monkeypatch) as seen:
        others = "b: products { totalCount } c: customers(first: 200) { nodes { id } }"
        text = f"{{ a: feedbacks {{ {inner} }} {others} }}"
        answer = await full.installation.graph.answer(system_viewer(full.id), Request(text))
    assert answer.errors == []
    assert len(seen) == 1


async def test_what_the_embedded_database_cannot_read_is_refused(full: Company) -> None:
    answer = await full.ask(f"{{ feedbacks {{ {nested_pages(7)} }} }}")
    if full.installation.settings.on_sqlite:
        (error,) = answer["errors"]
        assert error["message"].startswith("The selection is nested too deeply for the embedded database")
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert answer["data"] == {"feedbacks": None}
    else:
        assert "errors" not in answer


async def test_more_levels_than_allowed_are_refused(full: Company) -> None:
    (error,) = (await full.ask(f"{{ feedbacks {{ {nested_pages(8)} }} }}"))["errors"]
    assert error["message"] == "The document is nested more than 24 levels deep."


async def test_many_nodes_of_many_types_are_one_statement(full: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    found = await full.data("{ customers { nodes { id } } feedbacks { nodes { id } } products { nodes { id } } }")
    ids = [item["id"] for page in found.values() for item in page["nodes"]]
    with statements(monkeypatch) as seen:
        request = Request("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids[::-1]})
        again = await full.installation.graph.answer(system_viewer(full.id), request)
    assert [item["id"] for item in again.data["nodes"]] == ids[::-1]
    assert len(seen) == 1


# -- plans -----------------------------------------------------------------------------------------------------------


def plans(company: Company, text: str) -> int:
    """How many plans a document has."""
    return len(company.installation.graph.documents.read(text).plans)


async def test_other_values_take_the_same_plan(full: Company) -> None:
    where = "{name: {eq: $name}, id: {in: $ids}}"
    text = f"query($name: String, $ids: [ID!]) {{ customers(where: {where}) {{ totalCount }} }} # same"
    one = (await full.data("{ customers(first: 1) { nodes { id name } } }"))["customers"]["nodes"][0]
    for name, ids, count in (
        (one["name"], [one["id"]], 1),
        ("nobody", [one["id"]], 0),
        (one["name"], [one["id"]] * 2, 1),
    ):
        found = await full.data(text, {"name": name, "ids": ids})
        assert found["customers"]["totalCount"] == count
    assert plans(full, text) == 1


@pytest.mark.parametrize(
    ("declared", "argument", "values"),
    [
        ("$first: Int", "first: $first", [1, 3, 2, None]),
        ("$after: String", "after: $after, first: 3", [None, "cursor", None]),
        (
            "$where: CustomerFilter",
            "where: $where",
            [None, {}, {"supplier": {"eq": True}}, {"supplier": {"eq": False}}],
        ),
        (
            "$order: [CustomerOrder!]",
            "orderBy: $order",
            [[], None, [{"field": "NAME"}], [{"field": "NAME", "direction": "DESC"}]],
        ),
        ("$no: Boolean", "where: {segment: {isNull: $no}}", [True, False]),
        (
            "$kinds: [CustomerKind!]",
            "where: {kind: {in: $kinds}}",
            [["PERSON"], ["ORGANISATION"], [], ["PERSON", "ORGANISATION"]],
        ),
        ("$n: [Int!]", "where: {version: {in: $n}}", [[1], [2], [], [1, 2]]),
        (
            "$all: [CustomerFilter!]",
            "where: {and: $all}",
            [[], [{"active": {"eq": False}}], [{}, {"name": {"ne": ""}}]],
        ),
        ("$any: [CustomerFilter!]", "where: {or: $any}", [[], [{"active": {"eq": False}}], [{}, {"name": {"eq": ""}}]]),
    ],
)
async def test_a_plan_is_not_taken_where_it_does_not_fit(
    full: Company, declared: str, argument: str, values: list[Any]
) -> None:
    """Each value is asked twice in one document, and held against the twin."""
    twin = Twin(await dump(full.installation.database, full.id), _everything(), None, START)
    name = declared[1 : declared.index(":")]
    text = f"query({declared}) {{ customers({argument}) {{ totalCount edges {{ cursor node {{ id name }} }} }} }}"
    for value in values * 2:
        given = value if value != "cursor" else twin.cursor(twin.all(twin.types["Customer"])[4], twin.keys([]))
        expected = twin.answer(text, {name: given})
        assert expected.errors is None
        assert await full.data(text, {name: given}) == expected.data


async def test_skip_and_include_choose_the_plan(full: Company) -> None:
    text = (
        "query($a: Boolean!, $b: Boolean!) { customers(first: 1) { nodes { id @skip(if: $a) name @include(if: $b) } } }"
    )
    for a, b, keys in (
        (True, True, {"name"}),
        (False, True, {"id", "name"}),
        (False, False, {"id"}),
        (True, False, set()),
    ):
        assert set((await full.data(text, {"a": a, "b": b}))["customers"]["nodes"][0]) == keys


async def test_permissions_choose_the_plan(full: Company) -> None:
    text = "{ products(first: 1, orderBy: [{field: ID}]) { nodes { id feedback { totalCount } } } }"
    wanted = await full.data(text)
    counts = []
    for who in ("admin", "employee", "admin"):
        answer = await full.data(text, who=who)
        assert answer["products"]["nodes"][0]["id"] == wanted["products"]["nodes"][0]["id"]
        counts.append(answer["products"]["nodes"][0]["feedback"]["totalCount"])
    assert counts[0] == counts[2]
    assert counts[1] == 0


async def test_operations_that_share_a_fragment_do_not_share_plans(full: Company) -> None:
    text = """
    query A { ...F }
    query B { ...F customers(first: 2) { nodes { name } } }
    fragment F on Query { customers(first: 2) { nodes { id } } }
    """
    token = await full.token("admin")
    keys = []
    for name in ("A", "B", "A"):
        response = await full.installation.http.post(
            "/graphql", json={"query": text, "operationName": name}, headers={"Authorization": f"Bearer {token}"}
        )
        keys.append(set(response.json()["data"]["customers"]["nodes"][0]))
    assert keys == [{"id"}, {"id", "name"}, {"id"}]


async def test_a_list_may_mix_literals_and_variables(full: Company) -> None:
    nodes = (await full.data("{ customers(first: 3) { nodes { id version } } }"))["customers"]["nodes"]
    one, other, third = (item["id"] for item in nodes)
    text = f'query($id: ID!) {{ customers(where: {{id: {{in: ["{one}", $id]}}}}) {{ nodes {{ id }} }} }}'
    for id_ in (other, third, one):
        found = await full.data(text, {"id": id_})
        assert [item["id"] for item in found["customers"]["nodes"]] == sorted({one, id_})


def _everything() -> set[str]:
    return {declared.read for declared in declarations().values() if declared.read}


async def test_ids_of_other_types_are_other_statements(full: Company) -> None:
    """Also where the ids are variables of a fragment, or of a list."""
    pages = (
        "customers(first: 2) { nodes { id } } feedbacks(first: 2) { nodes { id } } products(first: 1) { nodes { id } }"
    )
    found = [[item["id"] for item in page["nodes"]] for page in (await full.data(f"{{ {pages} }}")).values()]
    customers, feedback, (product,) = found
    nobody = f"nothing_{'0' * 32}"
    one = "query($id: ID!) { ... { ...F } } fragment F on Query { node(id: $id) { __typename id } }"
    for id_, type_ in [(customers[0], "Customer"), (feedback[0], "Feedback"), (product, "Product")] * 2:
        assert await full.data(one, {"id": id_}) == {"node": {"__typename": type_, "id": id_}}
    many = "query($ids: [ID!]!) { ...F } fragment F on Query { nodes(ids: $ids) { id } }"
    mixed = "query($a: ID!, $b: ID!) { nodes(ids: [$b, $a, $b]) { id } }"
    for ids in [customers, [feedback[1], customers[0]], [product], [], [nobody, product, nobody]] * 2:
        expected = [None if id_ == nobody else {"id": id_} for id_ in ids]
        assert await full.data(many, {"ids": ids}) == {"nodes": expected}
        if ids:
            a, b = expected[0], expected[-1]
            assert await full.data(mixed, {"a": ids[0], "b": ids[-1]}) == {"nodes": [b, a, b]}


async def test_nodes_go_the_direct_way(full: Company) -> None:
    ids = [item["id"] for item in (await full.data("{ customers(first: 3) { nodes { id } } }"))["customers"]["nodes"]]
    request = Request("query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Customer { name } } }", {"ids": ids})
    answer = await full.installation.graph.answer(system_viewer(full.id), request)
    assert answer.raw is not None
    assert [item["id"] for item in answer.data["nodes"]] == ids


async def test_a_nodes_id_that_is_none_is_refused(full: Company) -> None:
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    known = f"customer_{'0' * 32}"
    for ids, code, field in (
        ([known, "customer_1"], "BAD_USER_INPUT", ["ids", "1"]),
        ([known] * 201, "TOO_LONG", ["ids"]),
    ):
        answer = await full.ask(text, {"ids": ids})
        (error,) = answer["errors"]
        assert (error["path"], error["extensions"]) == (["nodes"], {"code": code, "field": field})
        assert answer["data"] == {"nodes": None}
