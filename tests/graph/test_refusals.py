"""What makes no sense is refused with a code and the name of the argument; limits are where they are said to be."""

from typing import Any

import pytest

from tests.conftest import Company

NOBODY = "0" * 32
BAD = "BAD_USER_INPUT"


async def code_of(company: Company, query: str, variables: dict[str, Any] | None = None) -> tuple[str, Any]:
    """Code and field of the only error of an answer."""
    (error,) = (await company.ask(query, variables))["errors"]
    return error["extensions"]["code"], error["extensions"].get("field")


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ("first: 201", BAD, ["first"]),
        ("first: -1", BAD, ["first"]),
        ("last: 201", BAD, ["last"]),
        ("last: -1", BAD, ["last"]),
        ("first: 1, last: 1", BAD, ["last"]),
        ('after: "nonsense"', BAD, ["after"]),
        ('after: "5b5d"', BAD, ["after"]),
        ('before: "6e756c6c"', BAD, ["before"]),
        (
            "orderBy: [{field: NAME}, {field: KIND}, {field: ID}, {field: COUNTRY}, {field: SEGMENT}, {field: ACTIVE}]",
            BAD,
            ["orderBy"],
        ),
        ("where: {name: null}", BAD, ["where", "name"]),
        ("where: {name: {eq: null}}", BAD, ["where", "name", "eq"]),
        ("where: {and: null}", BAD, ["where", "and"]),
        ("where: {not: null}", BAD, ["where", "not"]),
        ("where: {feedback: {some: null}}", BAD, ["where", "feedback", "some"]),
        ('where: {id: {eq: "nonsense"}}', BAD, ["where", "id", "eq"]),
        ('where: {id: {in: ["nonsense"]}}', BAD, ["where", "id", "in"]),
        ('where: {parent: {id: {eq: "customer_1"}}}', BAD, ["where", "parent", "id", "eq"]),
        ('where: {name: {eq: "a\\u0000"}}', BAD, None),
        ('where: {name: {contains: "a\\u0000"}}', BAD, None),
        ('where: {name: {in: ["a\\u0000"]}}', BAD, None),
        (
            'where: {interactions: {some: {amount: {eq: "0.0000001"}}}}',
            "INVALID",
            ["where", "interactions", "some", "amount", "eq"],
        ),
        (
            'where: {interactions: {some: {amount: {gt: "1e12"}}}}',
            "OUT_OF_RANGE",
            ["where", "interactions", "some", "amount", "gt"],
        ),
        (
            'where: {interactions: {some: {amount: {in: ["-1e300"]}}}}',
            "OUT_OF_RANGE",
            ["where", "interactions", "some", "amount", "in"],
        ),
    ],
)
async def test_arguments_that_make_no_sense_are_refused(
    full: Company, arguments: str, code: str, field: list[str]
) -> None:
    assert await code_of(full, f"{{ customers({arguments}) {{ nodes {{ id }} totalCount }} }}") == (code, field)


BESIDE = """
query ($asked: Boolean!) {
  risks { totalCount }
  theirs: products(first: 1) { totalCount }
  complaint(by: { number: "none" }) { id }
  metric(code: CSAT) { code }
  refs: externalRefs(system: "shop", type: CUSTOMER) { nodes { externalId } }
  nodes(ids: ["nonsense"]) { id }
  auditIntegrity { intact }
  __schema @include(if: $asked) { queryType { name } }
}
"""


@pytest.mark.parametrize("asked", [False, True], ids=["by us", "by graphql-core"])
async def test_what_is_refused_is_null_and_what_stands_beside_it_is_answered(full: Company, asked: bool) -> None:
    known = (await full.data("{ products(first: 1) { totalCount } }"))["products"]
    answer = await full.ask(BESIDE, {"asked": asked}, who="employee")
    found = {(error["path"][0], error["extensions"]["code"]) for error in answer["errors"]}
    refused = {(name, "FORBIDDEN") for name in ("risks", "complaint", "refs", "auditIntegrity")}
    assert found == refused | {("nodes", BAD)}
    assert len(answer["errors"]) == 5
    schema = {"__schema": {"queryType": {"name": "Query"}}} if asked else {}
    assert answer["data"] == {
        "risks": None,
        "theirs": known,
        "complaint": None,
        "metric": {"code": "CSAT"},
        "refs": None,
        "nodes": None,
        "auditIntegrity": None,
        **schema,
    }


@pytest.mark.parametrize("size", [-1, 201])
async def test_a_list_has_bounds_too(full: Company, size: int) -> None:
    text = f"{{ customers {{ nodes {{ relations(first: {size}) {{ role }} }} }} }}"
    assert await code_of(full, text) == (BAD, ["first"])


async def test_a_list_may_be_cut_to_nothing(full: Company) -> None:
    found = await full.data(
        "{ customers { nodes { externalRefs(first: 0) { system } all: externalRefs { system } } } }"
    )
    assert {len(item["externalRefs"]) for item in found["customers"]["nodes"]} == {0}
    assert max(len(item["all"]) for item in found["customers"]["nodes"]) > 0


async def test_a_page_of_none_tells_what_lies_beyond(full: Company) -> None:
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    text = f"{{ customers(%s: 0) {{ nodes {{ id }} edges {{ cursor }} totalCount {info} }} }}"
    for side, beyond in (("first", (True, False)), ("last", (False, True))):
        page = (await full.data(text % side))["customers"]
        assert (page["nodes"], page["edges"]) == ([], [])
        assert page["totalCount"] > 0
        assert page["pageInfo"] == {
            "hasNextPage": beyond[0], "hasPreviousPage": beyond[1], "startCursor": None, "endCursor": None
        }  # fmt: skip


def cursor(text: str) -> str:
    return text.encode().hex()


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ("[]", '["name","x","0"]'),
        ("[{field: NAME}]", '["id","%s"]'),
        ("[{field: NAME}]", '["-name,-id","x","%s"]'),
        ("[{field: NAME}]", '["name,id","x"]'),
        ("[{field: NAME}]", '["name,id",null,"%s"]'),
        ("[{field: NAME}]", '["name,id","\\u0000","%s"]'),
        ("[{field: NAME}]", '["name,id",1,"%s"]'),
        ("[{field: ACTIVE}]", '["active,id",1,"%s"]'),
        ("[{field: KIND}]", '["kind,id","ROBOT","%s"]'),
        ("[{field: VERSION}]", '["version,id",1e400,"%s"]'),
        ("[{field: VERSION}]", '["version,id",9223372036854775808,"%s"]'),
        ("[{field: VERSION}]", '["version,id",true,"%s"]'),
        ("[{field: CREATED_AT}]", '["createdAt,id","2026-01-01","%s"]'),
        ("[{field: CREATED_AT}]", '["createdAt,id","0001-01-01T00:00:00+23:59","%s"]'),
        ("[]", '["id","not a key"]'),
        ("[]", '["id",5]'),
        ("[]", '["id",null]'),
        ("[]", '["id","%s","more"]'),
    ],
)
async def test_forged_cursors_are_refused(full: Company, order: str, text: str) -> None:
    forged = cursor(text.replace("%s", NOBODY))
    query = f"query($c: String) {{ customers(orderBy: {order}, after: $c) {{ nodes {{ id }} }} }}"
    assert await code_of(full, query, {"c": forged}) == (BAD, ["after"])


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e400", "1e12", "0.0000001", "x"])
async def test_forged_amounts_in_cursors_are_refused(full: Company, amount: str) -> None:
    forged = cursor(f'["amount,id","{amount}","{NOBODY}"]')
    query = "query($c: String) { interactions(orderBy: [{field: AMOUNT}], before: $c) { nodes { id } } }"
    assert await code_of(full, query, {"c": forged}) == (BAD, ["before"])


@pytest.mark.parametrize(
    "id_",
    ["", "customer", f"customer_{NOBODY[:-1]}", f"Customer_{NOBODY}", f"customer_{NOBODY}x", "customer_" + "A" * 32],
)
async def test_malformed_ids_are_refused(full: Company, id_: str) -> None:
    assert await code_of(full, "query($i: ID!) { node(id: $i) { id } }", {"i": id_}) == (BAD, ["id"])
    assert await code_of(full, "query($i: ID!) { nodes(ids: [$i]) { id } }", {"i": id_}) == (BAD, ["ids", "0"])
    assert await code_of(full, "query($i: ID!) { customer(by: {id: $i}) { id } }", {"i": id_}) == (BAD, ["by", "id"])


async def test_ids_of_another_kind_find_nothing(full: Company) -> None:
    product = (await full.data("{ products(first: 1) { nodes { id } } }"))["products"]["nodes"][0]["id"]
    as_customer = product.replace("product_", "customer_")
    found = await full.data(
        """query($p: ID!, $c: ID!, $none: ID!) {
          a: customer(by: {id: $p}) { id }
          b: node(id: $c) { id }
          c: node(id: $none) { id }
          d: customers(where: {id: {eq: $p}}) { totalCount }
          e: nodes(ids: [$c, $p, $none, $p]) { id }
        }""",
        {"p": product, "c": as_customer, "none": f"api_token_{NOBODY}"},
    )
    assert found == {
        "a": None,
        "b": None,
        "c": None,
        "d": {"totalCount": 0},
        "e": [None, {"id": product}, None, {"id": product}],
    }


async def test_too_many_nodes_are_refused(full: Company) -> None:
    ids = [f"customer_{NOBODY}"] * 201
    assert await code_of(full, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids}) == ("TOO_LONG", ["ids"])


async def test_too_many_values_are_refused(full: Company) -> None:
    query = "query($names: [String!]!) { customers(where: {name: {in: $names}}) { totalCount } }"
    assert (await full.data(query, {"names": ["x"] * 1000}))["customers"]["totalCount"] == 0
    assert await code_of(full, query, {"names": ["x"] * 1001}) == ("TOO_LONG", ["where", "name", "in"])


def nested(depth: int, word: str) -> Any:
    """A filter of this depth."""
    inner: Any = {"name": {"eq": "nobody"}}
    for _ in range(depth):
        inner = {word: inner if word in ("not", "parent") else [inner]}
    return inner


@pytest.mark.parametrize("word", ["not", "and", "or", "parent"])
async def test_filters_may_be_deep_but_not_too_deep(full: Company, word: str) -> None:
    # On PostgreSQL the tables of this test have no statistics: joined, so many relations would take it hours.
    deep = 18 if word != "parent" or not full.installation.settings.on_sqlite else 5
    query = "query($w: CustomerFilter) { customers(where: $w) { totalCount } }"
    assert (await full.data(query, {"w": nested(deep, word)}))["customers"]["totalCount"] == 0
    assert (await code_of(full, query, {"w": nested(30, word)}))[0] == BAD


@pytest.mark.parametrize("word", ["and", "or"])
async def test_filters_may_be_wide_but_not_too_wide(full: Company, word: str) -> None:
    query = "query($w: CustomerFilter) { customers(where: $w) { totalCount } }"
    # Each is a name and an operator; the word itself is one more.
    many = [{"name": {"eq": "nobody"}}] * 199
    assert (await full.data(query, {"w": {word: many}}))["customers"]["totalCount"] == 0
    assert await code_of(full, query, {"w": {word: [*many, *many[:1]]}}) == (BAD, ["where"])


async def test_a_filter_counts_once_for_a_page_and_its_total(full: Company) -> None:
    filter_ = {"and": [{"name": {"eq": "nobody"}}] * 199}
    query = "query($w: CustomerFilter) { customers(where: $w) { nodes { id } %s } }"
    found = await full.data(query % "totalCount", {"w": filter_})
    assert found == {"customers": {"nodes": [], "totalCount": 0}}
    assert await code_of(full, query % "totalCount again: totalCount", {"w": filter_}) == (BAD, ["where"])
