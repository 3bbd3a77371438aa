"""Hostile documents and values over HTTP: every answer is below 500 and coded, and nothing is written."""

from typing import Any

import httpx
import orjson
import pytest

from bench.hostile_documents import FAMILIES
from qms_graphql.app.http import read_json
from qms_graphql.graph.requests.documents import Documents
from tests.conftest import FREE, Company
from tests.live import frames

CODES = {
    "BAD_USER_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "TOO_COSTLY",
    "TOO_LONG",
    "OUT_OF_RANGE",
}
CREATE = """
mutation ($input: CreateInteractionInput!) {
  createInteraction(input: $input) { interaction { id } errors { code message field } }
}
"""


def codes(response: httpx.Response) -> set[str]:
    """The codes of an answer's errors."""
    assert response.status_code < 500, response.text[:500]
    body = response.json()
    assert response.status_code == (200 if "data" in body else 400)
    return {error["extensions"]["code"] for error in body.get("errors", [])}


@pytest.mark.parametrize("name", FAMILIES)
async def test_a_hostile_document_is_no_fault_of_ours(company: Company, name: str) -> None:
    for size in (1_000, 8_000):
        answer = await company.post(FAMILIES[name](size))
        assert codes(answer) <= CODES
        assert len(answer.content) < 2_000_000


async def test_hostile_documents_over_the_limit_are_not_even_parsed(company: Company) -> None:
    for name, family in FAMILIES.items():
        answer = await company.post(family(500_000))
        if len(family(500_000)) > 200_000:
            assert codes(answer) == {"GRAPHQL_PARSE_FAILED"}, name
            assert len(answer.content) < 1_000


async def raw(company: Company, content: bytes) -> httpx.Response:
    headers = {"Authorization": f"Bearer {await company.token('admin')}", "Content-Type": "application/json"}
    return await company.installation.http.post("/graphql", content=content, headers=headers)


REFUSED = {
    "a byte order mark": b'\xef\xbb\xbf{"query": "{ __typename }"}',
    "a NUL after the end": b'{"query": "{ __typename }"}\x00',
    "a NUL in text": b'{"query": "{ __typename }\x00"}',
    "a surrogate in bytes": b'{"query": "{ __typename } #\xed\xa0\x80"}',
    "half a surrogate": rb'{"query": "{ __typename } #\ud83d"}',
    "an overlong NUL": b'{"query": "{ __typename } #\xc0\x80"}',
    "1e400": b'{"query": "{ __typename }", "variables": {"a": 1e400}}',
    "a number of 100,000 digits": b'{"query": "{ __typename }", "variables": {"a": 1' + b"0" * 100_000 + b"}}",
    "minus infinity": b'{"query": "{ __typename }", "variables": {"a": -Infinity}}',
    "hexadecimal": b'{"query": "{ __typename }", "variables": {"a": 0x10}}',
    "a comment": b'{"query": "{ __typename }" /* */}',
    "single quotes": b"{'query': '{ __typename }'}",
    "a comma too many": b'{"query": "{ __typename }",}',
    "objects 5,000 deep": b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
    "a batch": b'[{"query": "{ __typename }"}, {"query": "{ __typename }"}]',
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
async def test_what_is_not_quite_json_is_refused(company: Company, body: bytes) -> None:
    answer = await raw(company, body)
    assert (answer.status_code, codes(answer)) == (400, {"BAD_USER_INPUT"})


ANSWERED = {
    "a key twice": b'{"query": "{", "query": "{ __typename }"}',
    "a key of a megabyte": b'{"query": "{ __typename }", "variables": {"' + b"k" * 1_000_000 + b'": 1}}',
    "a million items": b'{"query": "{ __typename }", "variables": {"a": [' + b"1," * 1_000_000 + b"1]}}",
    "a hundred thousand variables": (
        b'{"query": "{ __typename }", "variables": {' + b",".join(b'"v%d":0' % i for i in range(100_000)) + b"}}"
    ),
    "a fraction of 100,000 digits": b'{"query": "{ __typename }", "variables": {"a": 0.' + b"1" * 100_000 + b"}}",
    "1e-400": b'{"query": "{ __typename }", "variables": {"a": 1e-400}}',
    "minus zero": b'{"query": "{ __typename }", "variables": {"a": -0}}',
    "63 deep": b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 61 + b"]" * 61 + b"}}",
    "what it does not know": b'{"query": "{ __typename }", "__proto__": {"a": 1}, "constructor": null}',
}


@pytest.mark.parametrize("body", ANSWERED.values(), ids=ANSWERED)
async def test_what_is_json_and_not_asked_for_does_no_harm(company: Company, body: bytes) -> None:
    answer = await raw(company, body)
    assert (answer.status_code, answer.json()) == (200, {"data": {"__typename": "Query"}, "extensions": FREE})


NUMBERS = [
    2**31,
    -(2**31) - 1,
    2**53 + 1,
    2**63,
    1e308,
    -1e308,
    0.1,
    1e-308,
    True,
    "1",
    "１",
    "1e5",
    "0x1",
    "",
    " ",
    [],
    {},
]


@pytest.mark.parametrize("value", NUMBERS, ids=repr)
async def test_a_number_that_does_not_fit_is_refused(company: Company, value: Any) -> None:
    before = await company.event_count()
    answer = await company.post("query ($n: Int) { products(first: $n) { totalCount } }", {"n": value})
    assert (answer.status_code, codes(answer)) == (400, {"BAD_USER_INPUT"})
    given = {"kind": "PURCHASE", "occurredAt": "2026-01-01T00:00:00Z", "quantity": value, "version": value}
    assert codes(await company.post(CREATE, {"input": given})) == {"BAD_USER_INPUT"}
    assert await company.event_count() == before


async def test_an_array_of_a_million_is_read_once(company: Company) -> None:
    value = read_json(b'{"a": [' + b"[1]," * 200_000 + b"[1]]}")
    assert len(value["a"]) == 200_001


ODD = [
    ";",
    ",",
    "text/event-stream;q=nan",
    "text/event-stream;q=-1",
    "a/b;q=1;q=2",
    "/" * 5000,
    "*/*;" * 5000,
    "é",
    "q=1",
]


@pytest.mark.parametrize("accept", ODD, ids=range(len(ODD)))
async def test_an_odd_accept_is_answered_or_refused(company: Company, accept: str) -> None:
    headers = [
        (b"accept", accept.encode()),
        (b"authorization", f"Bearer {await company.token('admin')}".encode()),
        (b"content-type", b"application/json"),
    ]
    answer = await company.installation.http.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)
    assert answer.status_code in (200, 406)
    assert answer.headers["content-type"].partition(";")[0] in ("application/json", "application/graphql-response+json")


async def test_a_hostile_document_on_a_stream_ends_it(company: Company, address: str) -> None:
    headers = {"Authorization": f"Bearer {await company.token('admin')}", "Accept": "text/event-stream"}
    async with httpx.AsyncClient() as http:
        for name in ("fragments in a ring", "opening braces", "directives", "a long number"):
            body = {"query": FAMILIES[name](8_000)}
            async with http.stream("POST", f"http://{address}/graphql", json=body, headers=headers) as response:
                # A heartbeat may come first: after a document that took long the next one waits.
                first, last = [frame async for frame in frames(response) if frame != ":"]
            errors = orjson.loads(first.removeprefix("event: next\ndata: "))["errors"]
            assert {error["extensions"]["code"] for error in errors} <= CODES
            assert last == "event: complete\ndata:"


async def test_a_flood_of_invalid_requests_leaves_the_valid_documents(company: Company) -> None:
    documents: Documents = company.installation.graph.documents
    text = f"query Kept_{company.slug.replace('-', '_')} {{ __typename }}"
    await company.data(text)
    kept, known = documents.read(text), len(documents._known)
    for number in range(200):
        assert codes(await company.post(f"{{ nothing{number} }}")) == {"GRAPHQL_VALIDATION_FAILED"}
    assert (documents.read(text) is kept, len(documents._known)) == (True, known)
