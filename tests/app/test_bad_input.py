"""Bad input: whatever is sent, the answer is a coded error that names the field, and nothing is written."""

import json
import time
from typing import Any

import httpx
import orjson
import pytest

from qms_graphql.app.http import read_json
from qms_graphql.app.refusals import Refused
from tests.conftest import Company
from tests.live import SYNC_PRODUCTS, product

CREATE = """
mutation ($input: CreateProductInput!) { createProduct(input: $input) { product { id } errors { code message field } } }
"""
UPDATE = """
mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { product { id } errors { code message field } } }
"""
INTERACTION = """
mutation ($input: CreateInteractionInput!) {
  createInteraction(input: $input) { interaction { id } errors { code message field } }
}
"""
SYNC_INTERACTIONS = """
mutation ($input: SyncInteractionsInput!) {
  syncInteractions(input: $input) {
    created rejected results { outcome errors { code message field } } errors { code message field }
  }
}
"""
SURVEY = (
    "mutation ($input: SaveSurveyInput!) { saveSurvey(input: $input) { survey { id } errors { code message field } } }"
)
LINK = "mutation ($input: LinkExternalRefsInput!) { linkExternalRefs(input: $input) { linked errors { code field } } }"
CODES = {
    "BAD_USER_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "TOO_LONG",
    "NOT_FOUND",
    "CURSOR_EXPIRED",
}
INTERNAL = (
    "Traceback",
    "sqlalchemy",
    "asyncpg",
    "aiosqlite",
    "sqlite",
    "SELECT",
    "/src/",
    ".py",
    "qms_graphql",
    "INTERNAL",
)
AT = "2026-01-01T00:00:00Z"
FILTER = "query ($w: ProductFilter) { products(where: $w) { totalCount } }"
NO_PRODUCT = f"product_{0:032}"
REF = {"system": "s", "externalId": "e"}


def checked(response: httpx.Response) -> list[dict[str, Any]]:
    """The errors of an answer that must be one of ours: coded, and with nothing internal in them."""
    assert response.status_code < 500, response.text
    body = response.json()
    errors = body.get("errors", [])
    for payload in (body.get("data") or {}).values():
        if isinstance(payload, dict):
            rows = [payload, *(payload.get("results") or [])]
            errors = errors + [error for row in rows for error in row.get("errors", [])]
    for error in errors:
        assert not any(word in str(error) for word in INTERNAL), error
        assert "code" in error or error["extensions"]["code"] in CODES, error
    return errors  # type: ignore[no-any-return]


async def raw(company: Company, content: bytes) -> httpx.Response:
    """A POST of these bytes."""
    headers = {"Authorization": f"Bearer {await company.token('admin')}", "Content-Type": "application/json"}
    return await company.installation.http.post("/graphql", content=content, headers=headers)


BODIES = {
    "nothing": b"",
    "cut off": b'{"query": "{ __typename }"',
    "two": b'{"query": "{ __typename }"}{}',
    "a number": b"1",
    "null": b"null",
    "a list": b"[]",
    "a batch": b'[{"query": "{ __typename }"}]',
    "text": b'"{ __typename }"',
    "empty": b"{}",
    "no UTF-8": b'{"query": "\xff\xfe"}',
    "UTF-16": '{"query": "{ __typename }"}'.encode("utf-16"),
    "a surrogate": rb'{"query": "{ __typename }", "variables": {"a": "\ud800"}}',
    "NaN": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    "infinity": b'{"query": "{ __typename }", "variables": {"a": Infinity}}',
    "1e999": b'{"query": "{ __typename }", "variables": {"a": 1e999}}',
    "5,000 deep": b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 5000 + b"]" * 5000 + b"}}",
    "500 deep": b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}",
    "query a number": b'{"query": 5}',
    "query null": b'{"query": null}',
    "query blank": b'{"query": "  "}',
    "variables a list": b'{"query": "{ __typename }", "variables": []}',
    "variables text": b'{"query": "{ __typename }", "variables": "{}"}',
    "operationName a number": b'{"query": "{ __typename }", "operationName": 1}',
    "extensions a number": b'{"query": "{ __typename }", "extensions": 1}',
    "10 MB of brackets": b"[" * 10_000_000,
    "10 MB of blanks": b" " * 10_000_000,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_body_that_is_no_request_is_refused(company: Company, body: bytes) -> None:
    answer = await raw(company, body)
    assert answer.status_code == 400, answer.text
    assert [error["extensions"]["code"] for error in checked(answer)] == ["BAD_USER_INPUT"]
    assert "data" not in answer.json()


async def test_a_body_over_the_limit_is_413_before_it_is_read(company: Company) -> None:
    over = company.installation.settings.max_body_bytes + 1
    asked = 0

    async def endless() -> Any:
        nonlocal asked
        while True:
            asked += 1
            yield b" " * 65536

    headers = {"Authorization": f"Bearer {await company.token('admin')}", "Content-Type": "application/json"}
    declared = await raw(company, b" " * over)
    streamed = await company.installation.http.post("/graphql", content=endless(), headers=headers)
    for answer in (declared, streamed):
        assert answer.status_code == 413
        assert [error["extensions"]["code"] for error in checked(answer)] == ["BAD_USER_INPUT"]
    assert asked <= over // 65536 + 2


BUY: dict[str, Any] = {"kind": "PURCHASE", "occurredAt": AT}
BY = "query ($by: ProductBy!) { product(by: $by) { id } }"

VARIABLES: dict[str, tuple[str, Any, list[str]]] = {
    "missing": (CREATE, {}, ["input"]),
    "null": (CREATE, {"input": None}, ["input"]),
    "a list": (CREATE, {"input": [[]]}, ["input"]),
    "no name": (CREATE, {"input": {"sku": "K"}}, ["input", "name"]),
    "unknown field": (CREATE, {"input": {"sku": "K", "name": "K", "colour": "red"}}, ["input", "colour"]),
    "number for text": (CREATE, {"input": {"sku": 5, "name": "K"}}, ["input", "sku"]),
    "object for text": (CREATE, {"input": {"sku": {"a": 1}, "name": "K"}}, ["input", "sku"]),
    "unknown enum": (INTERACTION, {"input": BUY | {"kind": "BARTER"}}, ["input", "kind"]),
    "enum a number": (INTERACTION, {"input": BUY | {"kind": 1}}, ["input", "kind"]),
    "none of one": (BY, {"by": {}}, ["by"]),
    "two of one": (BY, {"by": {"id": NO_PRODUCT, "ref": {"system": "s", "externalId": "1"}}}, ["by"]),
    "null for the one": (BY, {"by": {"id": None}}, ["by", "id"]),
    "naive time": (INTERACTION, {"input": BUY | {"occurredAt": "2026-01-01T00:00:00"}}, ["input", "occurredAt"]),
    "a day": (INTERACTION, {"input": BUY | {"occurredAt": "2026-01-01"}}, ["input", "occurredAt"]),
    "an epoch": (INTERACTION, {"input": BUY | {"occurredAt": 1767225600}}, ["input", "occurredAt"]),
    "year 0": (INTERACTION, {"input": BUY | {"occurredAt": "0000-01-01T00:00:00Z"}}, ["input", "occurredAt"]),
    "before time": (
        INTERACTION, {"input": BUY | {"occurredAt": "0001-01-01T00:00:00+23:59"}}, ["input", "occurredAt"],
    ),
    "amount NaN": (INTERACTION, {"input": BUY | {"amount": "NaN"}}, ["input", "amount"]),
    "amount infinite": (INTERACTION, {"input": BUY | {"amount": "-Infinity"}}, ["input", "amount"]),
    "amount a bomb": (INTERACTION, {"input": BUY | {"amount": "1e999999999"}}, ["input", "amount"]),
    "amount a small bomb": (INTERACTION, {"input": BUY | {"amount": "1e-999999999"}}, ["input", "amount"]),
    "amount a million digits": (INTERACTION, {"input": BUY | {"amount": "9" * 1_000_000}}, ["input", "amount"]),
    "amount a boolean": (INTERACTION, {"input": BUY | {"amount": True}}, ["input", "amount"]),
    "version huge": (UPDATE, {"input": {"id": "product_0", "version": 2**31}}, ["input", "version"]),
    "version text": (UPDATE, {"input": {"id": "product_0", "version": "1"}}, ["input", "version"]),
    "in a row": (
        SYNC_INTERACTIONS,
        {"input": {"items": [{"ref": REF, "occurredAt": AT if i != 3 else "noon"} for i in range(5)]}},
        ["input", "items", "3", "occurredAt"],
    ),
    "a version that is an etag": (
        SYNC_PRODUCTS, {"input": {"items": [product("K", ref=REF | {"version": 'W/"1"'})]}},
        ["input", "items", "0", "ref", "version"],
    ),
    "a version below 0": (
        SYNC_PRODUCTS, {"input": {"items": [product("K", ref=REF | {"version": -1})]}},
        ["input", "items", "0", "ref", "version"],
    ),
    "filter of the wrong type": (
        FILTER, {"w": {"name": {"eq": 5}}}, ["w", "name", "eq"],
    ),
    "NUL in a filter": (
        FILTER, {"w": {"name": {"in": ["a", "\0"]}}},
        ["w", "name", "in", "1"],
    ),
    "NUL in a key": (
        "query ($s: String!) { externalRefs(system: $s, type: PRODUCT) { nodes { externalId } } }", {"s": "\0"}, ["s"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("query", "variables", "field"), VARIABLES.values(), ids=VARIABLES)
async def test_variables_that_do_not_fit_are_refused_with_their_field(
    company: Company, query: str, variables: Any, field: list[str]
) -> None:
    before, started = await company.event_count(), time.process_time()
    answer = await company.post(query, variables)
    assert time.process_time() - started < 2
    assert answer.status_code == 400, answer.text
    (error,) = checked(answer)
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_USER_INPUT", field)
    assert "data" not in answer.json()
    assert await company.event_count() == before


REFUSED: dict[str, tuple[str, dict[str, Any], str, list[str]]] = {
    "empty name": (CREATE, {"sku": "K", "name": ""}, "REQUIRED", ["name"]),
    "blank name": (CREATE, {"sku": "K", "name": " \n"}, "REQUIRED", ["name"]),
    "null name": (UPDATE, {"id": NO_PRODUCT, "version": 1, "name": None}, "NOT_FOUND", ["id"]),
    "NUL in sku": (CREATE, {"sku": "K\0", "name": "K"}, "INVALID", ["sku"]),
    "NUL in custom": (CREATE, {"sku": "K", "name": "K", "custom": {"a": "\0"}}, "INVALID", ["custom"]),
    "NUL in the key": (CREATE, {"sku": "K", "name": "K", "idempotencyKey": "\0"}, "INVALID", ["idempotencyKey"]),
    "an empty key": (CREATE, {"sku": "K", "name": "K", "idempotencyKey": ""}, "INVALID", ["idempotencyKey"]),
    "a turned name": (CREATE, {"sku": "K", "name": "Lid \u202egnp.exe"}, "INVALID", ["name"]),
    "an isolate in a name": (CREATE, {"sku": "K", "name": "Lid \u2067png"}, "INVALID", ["name"]),
    "a long name": (CREATE, {"sku": "K", "name": "x" * 1_000_000}, "TOO_LONG", ["name"]),
    "custom a list": (CREATE, {"sku": "K", "name": "K", "custom": [1]}, "INVALID", ["custom"]),
    "custom too large": (CREATE, {"sku": "K", "name": "K", "custom": {"a": "x" * 40_000}}, "TOO_LONG", ["custom"]),
    "invited below 0": (
        SURVEY, {"ref": REF, "name": "n", "invited": -1}, "OUT_OF_RANGE", ["invited"],
    ),
    "amount huge": (INTERACTION, BUY | {"amount": 1e300, "currency": "EUR"}, "OUT_OF_RANGE", ["amount"]),
    "amount too fine": (INTERACTION, BUY | {"amount": "0.1234567", "currency": "EUR"}, "INVALID", ["amount"]),
    "time long past": (INTERACTION, BUY | {"occurredAt": "1066-10-14T09:00:00Z"}, "OUT_OF_RANGE", ["occurredAt"]),
    "unknown id": (INTERACTION, BUY | {"customer": f"customer_{0:032}"}, "NOT_FOUND", ["customer"]),
    "id of another type": (INTERACTION, BUY | {"customer": NO_PRODUCT}, "INVALID", ["customer"]),
    "no id": (INTERACTION, BUY | {"customer": "42"}, "BAD_USER_INPUT", ["customer"]),
    "NUL for an id": (INTERACTION, BUY | {"customer": "\0"}, "BAD_USER_INPUT", ["customer"]),
    "1001 items": (SYNC_PRODUCTS, {"items": [product(str(i)) for i in range(1001)]}, "TOO_LONG", ["items"]),
    "1001 links": (
        LINK, {"items": [{"recordId": NO_PRODUCT, "ref": {"system": "s", "externalId": str(i)}} for i in range(1001)]},
        "TOO_LONG", ["items"],
    ),
    "link of no record": (
        LINK, {"items": [{"recordId": "\0", "ref": REF}]},
        "BAD_USER_INPUT", ["items", "0", "recordId"],
    ),
    "NUL in a linked key": (
        LINK, {"items": [{"recordId": NO_PRODUCT, "ref": {"system": "s", "externalId": "\0"}}]},
        "INVALID", ["items", "0", "ref", "externalId"],
    ),
    "NUL in a question": (
        SURVEY, {"ref": REF, "name": "n", "questions": [{"key": "\0"}]},
        "INVALID", ["questions", "0", "key"],
    ),
    "an upside-down scale": (
        SURVEY,
        {"ref": REF, "name": "n", "questions": [{"key": "k", "scaleMin": 5, "scaleMax": 1}]},
        "INVALID", ["questions", "0"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("query", "given", "code", "field"), REFUSED.values(), ids=REFUSED)
async def test_values_that_break_a_rule_are_user_errors(
    company: Company, query: str, given: dict[str, Any], code: str, field: list[str]
) -> None:
    before = await company.event_count()
    answer = await company.post(query, {"input": given})
    assert answer.status_code == 200, answer.text
    assert [(error["code"], error["field"]) for error in checked(answer)] == [(code, field)]
    assert await company.event_count() == before


@pytest.mark.parametrize("path", ["system", "externalId"])
@pytest.mark.parametrize("link", ["customer", "product", "ref"])
async def test_nul_in_a_key_of_a_row_refuses_that_row_alone(company: Company, link: str, path: str) -> None:
    key = {"system": "shop", "externalId": "x"} | {path: "\0"}
    good = {"ref": {"system": "shop", "externalId": "good"}, "kind": "PURCHASE", "occurredAt": AT}
    bad = good | {"ref": {"system": "shop", "externalId": "bad"}} | {link: key}
    found = (await company.data(SYNC_INTERACTIONS, {"input": {"items": [bad, good]}}))["syncInteractions"]
    assert [result["outcome"] for result in found["results"]] == ["REJECTED", "CREATED"]
    (error,) = found["results"][0]["errors"]
    assert error["field"][0] == link


async def test_a_stale_version_is_a_conflict(company: Company) -> None:
    made = await company.data(CREATE, {"input": {"sku": "K", "name": "Kettle"}})
    id_ = made["createProduct"]["product"]["id"]
    change = {"input": {"id": id_, "version": 1, "name": "Kettle 2"}}
    assert (await company.data(UPDATE, change))["updateProduct"]["errors"] == []
    before = await company.event_count()
    (error,) = checked(await company.post(UPDATE, change))
    assert (error["code"], error["field"]) == ("CONFLICT", ["version"])
    for version in (-1, 0, 2**31 - 1):
        (error,) = checked(await company.post(UPDATE, {"input": change["input"] | {"version": version}}))
        assert (error["code"], error["field"]) == ("CONFLICT", ["version"])
    assert await company.event_count() == before


def _nested(depth: int) -> dict[str, Any]:
    where: dict[str, Any] = {"name": {"eq": "x"}}
    for _ in range(depth):
        where = {"not": where}
    return where


def _fragments(levels: int, width: int) -> str:
    """Each fragment spreads the next one several times: as a tree it has ``width ** levels`` leaves."""
    text = "{ products { nodes { ...F0 } } } "
    for level in range(levels):
        spreads = " ".join(
            f"a{level}{i}: interactions {{ nodes {{ product {{ ...F{level + 1} }} }} }}" for i in range(width)
        )
        text += f"fragment F{level} on Product {{ {spreads} }} "
    return text + f"fragment F{levels} on Product {{ id }}"


DOCUMENTS = {
    "100,000 tokens": "{" + " a" * 100_000 + "}",
    "10,000 times a field": "{" + " __typename" * 9_900 + "}",
    "3,000 aliases": "{" + "".join(f" a{i}: __typename" for i in range(3_000)) + "}",
    "500 pages": "{" + "".join(f" a{i}: products {{ totalCount }}" for i in range(500)) + "}",
    "filter literals 300 deep": "{ products(where: " + "{not: " * 300 + "{}" + "}" * 300 + ") { totalCount } }",
    "filter literals 2,000 deep": "{ products(where: " + "{not: " * 2_000 + "{}" + "}" * 2_000 + ") { totalCount } }",
    "a selection 2,000 deep": "{ customers { nodes " + "{ parent " * 2_000 + "{ id }" + "}" * 2_000 + "} }",
    "a selection 400 deep": "{ customers { nodes " + "{ parent " * 400 + "{ id }" + "}" * 400 + "} }",
    "a selection 100 deep": "{ customers { nodes " + "{ parent " * 100 + "{ id }" + "}" * 100 + "} }",
    "a selection 40 deep": "{ customers { nodes " + "{ parent " * 40 + "{ id }" + "}" * 40 + "} }",
    "inline fragments 2,000 deep": "{" + "... { " * 2_000 + "__typename" + "}" * 2_000 + "}",
    "fragments in a ring": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "fragments 3 wide, 12 levels": _fragments(12, 3),
    "fragments 2 wide, 30 levels": _fragments(30, 2),
    "an integer of 5,000 digits": "{ products(first: " + "9" * 5_000 + ") { totalCount } }",
    "a decimal of 5,000 digits": '{ interactions(where: {amount: {eq: ' + "9" * 5_000 + '}}) { totalCount } }',
    "1e999": "{ interactions(where: {amount: {eq: 1e999}}) { totalCount } }",
    "NUL in a literal": '{ products(where: {name: {eq: "\\u0000"}}) { totalCount } }',
    "NUL in the document": "{ products(where: {name: {eq: \"\0\"}}) { totalCount } }",
    "a surrogate in a literal": '{ products(where: {name: {eq: "\\ud800"}}) { totalCount } }',
    "first below 0": "{ products(first: -1) { nodes { id } } }",
    "first too large": "{ products(first: 2147483647) { nodes { id } } }",
    "a foreign cursor": '{ products(after: "6e6f") { nodes { id } } }',
    "a garbled cursor": '{ products(after: "\\u00e4") { nodes { id } } }',
    "a garbled id": '{ node(id: "x") { id } }',
    "a garbled cursor of changes": '{ changes(after: "x") { endCursor } }',
    "no changes asked for": "{ changes(first: 0) { endCursor } }",
}  # fmt: skip


@pytest.mark.parametrize("query", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_a_hostile_document_is_refused_quickly(company: Company, query: str) -> None:
    await company.token("admin")
    started = time.process_time()
    answer = await company.post(query)
    spent = time.process_time() - started
    assert spent < 2, f"{spent:.1f} s of processor"
    assert checked(answer), answer.text[:300]


async def test_nested_filters_in_variables_are_refused(company: Company) -> None:
    for depth in (25, 50, 300, 5000):
        content = (
            orjson.dumps({"query": FILTER})[:-1]
            + b',"variables":{"w":'
            + b'{"not":' * depth
            + b"{}"
            + b"}" * depth
            + b"}}"
        )
        (error,) = checked(await raw(company, content))
        assert error["extensions"]["code"] in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED")
    assert (await company.data(FILTER, {"w": _nested(10)}))["products"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        (b"[" * 64 + b"]" * 64, False),
        (b"[" * 65 + b"]" * 65, True),
        (b'{"a":' * 64 + b"1" + b"}" * 64, False),
        (b'{"a":' * 65 + b"1" + b"}" * 65, True),
        (b"[" + b"[]," * 500 + b"{}]", False),
        (b'["' + b"[{" * 500 + b'", "\\"[[[", {"a\\\\": "]"}]', False),
        (b'["]]]]", ' + b"[" * 64 + b"]" * 64 + b"]", True),
    ],
)
def test_how_deep_json_is_nested(text: bytes, deep: bool) -> None:
    if deep:
        with pytest.raises(Refused, match="nested too deeply"):
            read_json(text)
    else:
        assert read_json(text) == json.loads(text)
