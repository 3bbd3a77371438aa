"""Shapes of questions that are easy to get wrong: keys, aliases, fragments, empty things."""

from typing import Any

from qms_graphql.base.access import system_viewer
from qms_graphql.graph.running.answers import Request
from tests.conftest import Company

LONG = "a" * 63
"""PostgreSQL cuts identifiers after 63 bytes; two such keys would be one."""


async def test_long_response_keys_are_told_apart(full: Company) -> None:
    text = f"""{{
      {LONG}Roots: customers(first: 1) {{
        {LONG}Nodes: nodes {{ {LONG}One: name {LONG}Two: id }}
        {LONG}Nodes2: totalCount
      }}
      {LONG}Roots2: customers(first: 1) {{ nodes {{ {"b" * 3000}: name parent {{ {LONG}1: id {LONG}2: name }} }} }}
    }}"""
    data = await full.data(text)
    plain = await full.data("{ customers(first: 1) { nodes { id name parent { id name } } totalCount } }")
    (item,) = plain["customers"]["nodes"]
    parent = item["parent"] and {f"{LONG}1": item["parent"]["id"], f"{LONG}2": item["parent"]["name"]}
    assert data == {
        f"{LONG}Roots": {
            f"{LONG}Nodes": [{f"{LONG}One": item["name"], f"{LONG}Two": item["id"]}],
            f"{LONG}Nodes2": plain["customers"]["totalCount"],
        },
        f"{LONG}Roots2": {"nodes": [{"b" * 3000: item["name"], "parent": parent}]},
    }


async def test_more_keys_than_a_function_takes_arguments(full: Company) -> None:
    keys = [f"k{number}" for number in range(200)]
    text = f"{{ products(first: 2) {{ nodes {{ {' '.join(f'{key}: name' for key in keys)} id }} }} }}"
    (one, other) = (await full.data(text))["products"]["nodes"]
    assert list(one) == [*keys, "id"]
    assert len({one[key] for key in keys}) == len({other[key] for key in keys}) == 1


async def test_aliases_may_name_other_fields(full: Company) -> None:
    """Each field under the name of another; and the engine's own names for columns and rows."""
    text = """{ customers(first: 1) {
      pageInfo: totalCount
      totalCount: nodes { id: name name: id nodes: __typename rn: kind cnt: version by0: active t1: id }
    } }"""
    plain = await full.data("{ customers(first: 1) { totalCount nodes { id name kind version active } } }")
    (item,) = plain["customers"]["nodes"]
    assert await full.data(text) == {
        "customers": {
            "pageInfo": plain["customers"]["totalCount"],
            "totalCount": [
                {
                    "id": item["name"],
                    "name": item["id"],
                    "nodes": "Customer",
                    "rn": item["kind"],
                    "cnt": item["version"],
                    "by0": item["active"],
                    "t1": item["id"],
                }
            ],
        }
    }


async def test_fields_of_one_key_are_merged_and_keep_the_order_of_first_mention(full: Company) -> None:
    text = """query($no: Boolean = false) {
      customers(first: 1) { ...A nodes { version } ...A ... on CustomerConnection { nodes { ...B id } } }
    }
    fragment A on CustomerConnection { nodes { ...B name } }
    fragment B on Customer { parent { id } ...C @include(if: $no) feedback(first: 1) { totalCount } }
    fragment C on Customer { kind parent { name } }"""
    for no, keys in ((False, ["parent", "feedback", "name", "version", "id"]), (True, None)):
        (item,) = (await full.data(text, {"no": no}))["customers"]["nodes"]
        assert list(item) == (keys or ["parent", "kind", "feedback", "name", "version", "id"])


async def test_unicode_goes_through_as_it_is(company: Company) -> None:
    """In texts and in keys of JSON, beyond the basic plane too; and as a filter's value."""
    name = "\U0001f389 Größe 漢字 e\u0301 \u2028 \\ \" '"
    custom: dict[str, Any] = {"schlüssel": {"漢": ["\U0001f600", None, 1.5, True, {}]}, "z": [], "": ""}
    made = await company.data(
        "mutation($i: CreateCustomerInput!) { createCustomer(input: $i) { customer { id } errors { code } } }",
        {"i": {"name": name, "kind": "PERSON", "custom": custom}},
    )
    assert made["createCustomer"]["errors"] == []
    text = """query($name: String) { customers(where: { name: { eq: $name } }) {
      nodes {
        name custom relations { role }
        feedback { nodes { id } edges { cursor } totalCount pageInfo { endCursor } }
      }
    } }"""
    empty = {"nodes": [], "edges": [], "totalCount": 0, "pageInfo": {"endCursor": None}}
    assert await company.data(text, {"name": name}) == {
        "customers": {"nodes": [{"name": name, "custom": custom, "feedback": empty, "relations": []}]}
    }


async def test_counts_of_relations_filter(full: Company) -> None:
    text = """query($where: CustomerFilter) {
      customers(first: 200, where: $where) { nodes { id feedback { totalCount } } } }"""
    everybody = (await full.data(text))["customers"]["nodes"]
    sizes = [item["feedback"]["totalCount"] for item in everybody]
    assert max(sizes) >= 3
    assert min(sizes) == 0
    for comparison, holds in (
        ({"gte": 3}, lambda size: size >= 3),
        ({"eq": 0}, lambda size: size == 0),
        ({"gt": 0, "lt": 3}, lambda size: 0 < size < 3),
        ({"in": [1, 4]}, lambda size: size in (1, 4)),
    ):
        found = (await full.data(text, {"where": {"feedback": {"count": comparison}}}))["customers"]["nodes"]
        assert found == [item for item in everybody if holds(item["feedback"]["totalCount"])]


async def test_what_python_answers_keeps_the_order_and_the_rules_of_graphql(full: Company) -> None:
    """Root functions beside compiled fields; a refusal of one takes its field, and no other."""
    text = """{ what: __typename viewer { name } products(first: 1) { nodes { id } } again: viewer { roles ...N } }
    fragment N on Viewer { name }"""
    data = await full.data(text)
    assert list(data) == ["what", "viewer", "products", "again"]
    assert data["what"] == "Query"
    assert list(data["again"]) == ["roles", "name"]
    viewer = system_viewer(full.id)
    wrong = "query($id: ID) { metric(code: CSAT) { code value(scope: { customer: $id }) { n } } me { name } }"
    answer = await full.installation.graph.answer(viewer, Request(wrong, {"id": "nonsense"}))
    (error,) = answer.errors
    assert error["path"] == ["metric"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "field": ["scope", "customer"]}
    assert answer.data == {"metric": None, "me": None}
    right = await full.installation.graph.answer(viewer, Request(wrong, {"id": None}))
    assert right.errors == []
    assert right.data["metric"]["code"] == "CSAT"
    assert right.data["me"] is None
