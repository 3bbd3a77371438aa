"""GraphQL over HTTP: what is answered, in which form, and to whom."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from qms_graphql.base.access import system_viewer
from qms_graphql.base.unit import transact
from qms_graphql.people import identity
from tests.conftest import FREE, Company, Installation

ME = "{ me { organization { id } } }"
CREATE = 'mutation { createProduct(input: {sku: "K-1", name: "Kettle"}) { product { sku } errors { code } } }'
JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


async def send(company: Company, method: str = "POST", body: Any = None, **headers: str) -> httpx.Response:
    """A request as it stands; bytes are sent as they are."""
    given = {"Authorization": f"Bearer {await company.token('admin')}", "Content-Type": JSON}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes | None) else orjson.dumps(body)
    return await company.installation.http.request(
        method, "/graphql", content=content, headers={k: v for k, v in given.items() if v}
    )


def code(response: httpx.Response) -> str:
    """The code of the only error; there is no data."""
    body = response.json()
    assert list(body) == ["errors"], body
    (error,) = body["errors"]
    return str(error["extensions"]["code"])


async def test_post_and_get_answer_the_same(company: Company) -> None:
    posted = await send(company, body={"query": "{ __typename }"})
    token = await company.token("admin")
    got = await company.installation.http.get(
        "/graphql", params={"query": "{ __typename }"}, headers={"Authorization": f"Bearer {token}"}
    )
    assert (posted.status_code, posted.json()) == (200, {"data": {"__typename": "Query"}, "extensions": FREE})
    assert (got.status_code, got.content) == (200, posted.content)


async def test_get_takes_variables_and_operation_name(company: Company) -> None:
    params = {
        "query": "query A { __typename } query B($n: Boolean!) { b: __typename @include(if: $n) c: __typename }",
        "operationName": "B",
        "variables": '{"n": false}',
    }
    token = await company.token("admin")
    got = await company.installation.http.get("/graphql", params=params, headers={"Authorization": f"Bearer {token}"})
    assert got.json() == {"data": {"c": "Query"}, "extensions": FREE}


async def test_a_mutation_by_get_is_refused_and_writes_nothing(company: Company) -> None:
    before = await company.event_count()
    token = await company.token("admin")
    got = await company.installation.http.get(
        "/graphql", params={"query": CREATE}, headers={"Authorization": f"Bearer {token}"}
    )
    assert (got.status_code, got.headers["allow"], code(got)) == (405, "POST", "BAD_USER_INPUT")
    assert await company.event_count() == before


async def test_a_subscription_by_plain_post_is_refused(company: Company) -> None:
    refused = await send(company, body={"query": "subscription { changes { cursor } }"}, Accept=GRAPHQL)
    assert (refused.status_code, code(refused)) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (GRAPHQL, GRAPHQL),
        (JSON, JSON),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{JSON};q=0.5, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL}, {JSON}, text/event-stream", GRAPHQL),
        (f"{JSON}; charset=utf-8, text/event-stream", JSON),
        (f"text/event-stream;q=0.1, {JSON}", JSON),
    ],
)
async def test_the_form_of_the_answer_is_the_one_liked_best(company: Company, accept: str, expected: str) -> None:
    answer = await send(company, body={"query": "{ __typename }"}, Accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{expected}; charset=utf-8")
    assert answer.json() == {"data": {"__typename": "Query"}, "extensions": FREE}


@pytest.mark.parametrize("accept", ["text/csv", "image/png, text/plain", f"{JSON};q=0", f"{JSON};q=nonsense"])
async def test_no_acceptable_form_is_406(company: Company, accept: str) -> None:
    refused = await send(company, body={"query": "{ __typename }"}, Accept=accept)
    assert (refused.status_code, code(refused)) == (406, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/graphql", "multipart/form-data; boundary=x", "application/jsonp"]
)
async def test_another_body_than_json_is_415(company: Company, kind: str) -> None:
    refused = await send(company, body=b'{"query": "{ __typename }"}', Content_Type=kind)
    assert (refused.status_code, code(refused)) == (415, "BAD_USER_INPUT")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
async def test_other_methods_are_405_and_say_what_is_allowed(company: Company, method: str) -> None:
    refused = await send(company, method, {"query": "{ __typename }"})
    assert (refused.status_code, refused.headers["allow"], code(refused)) == (405, "GET, POST", "BAD_USER_INPUT")


async def test_head_has_no_body(company: Company) -> None:
    refused = await send(company, "HEAD")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")


async def test_which_operation_must_be_said(company: Company) -> None:
    two = "query A { __typename } query B { b: __typename }"
    unsaid, unknown, said = [
        await send(company, body={"query": two} | extra, Accept=GRAPHQL)
        for extra in ({}, {"operationName": "C"}, {"operationName": "B"})
    ]
    assert (unsaid.status_code, code(unsaid)) == (400, "BAD_USER_INPUT")
    assert (unknown.status_code, code(unknown)) == (400, "BAD_USER_INPUT")
    assert said.json() == {"data": {"b": "Query"}, "extensions": FREE}


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL, 400), (JSON, 200), ("*/*", 200)])
async def test_errors_of_parsing_and_validation_have_their_codes(company: Company, accept: str, status: int) -> None:
    unparsed, invalid = [await send(company, body={"query": query}, Accept=accept) for query in ("{", "{ nothing }")]
    assert (unparsed.status_code, code(unparsed)) == (status, "GRAPHQL_PARSE_FAILED")
    assert (invalid.status_code, code(invalid)) == (status, "GRAPHQL_VALIDATION_FAILED")


GARBLED = [
    "",
    "Bearer",
    "Bearer ",
    "Basic YWRtaW46YWRtaW4=",
    "Bearer qms_0_0",
    "bearer ü",
    "Bearer qms_" + "0" * 32 + "_" + "A" * 43,
]


@pytest.mark.parametrize("authorization", GARBLED)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/graphql"),
        ("GET", "/graphql?query={__typename}"),
        ("POST", "/graphql?query={__typename}"),
        ("GET", "/graphql"),
    ],
)
async def test_without_a_valid_token_nothing_is_answered(
    installation: Installation, authorization: str, method: str, path: str
) -> None:
    headers = [(b"authorization", authorization.encode()), (b"content-type", b"application/json")]
    answer = await installation.http.request(
        method, path, content=b'{"query": "{ __schema { types { name } } }"}', headers=headers
    )
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_every_error_of_a_token_reads_the_same(company: Company) -> None:
    token = await company.token("admin")
    id_, secret = token[4:36], token[37:]
    wrong = [
        f"qms_{id_}_{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}",
        f"qms_{'0' * 32}_{secret}",
        token.upper(),
        token + "x",
        f"{token} {token}",
    ]
    answers = {(await send(company, body={"query": ME}, Authorization=f"Bearer {text}")).content for text in wrong}
    assert len(answers) == 1
    assert b"UNAUTHENTICATED" in answers.pop()


async def test_a_revoked_token_is_refused(company: Company) -> None:
    place = company.installation
    auditor = await company.token("auditor")
    assert "errors" not in await company.ask("{ __typename }", who="auditor")
    id_ = identity.UUID(hex=auditor[4:36])  # type: ignore[attr-defined]
    await transact(
        place.database, system_viewer(company.id), place.clock, place.secrets, lambda unit: identity.revoke(unit, id_)
    )
    for _ in range(60):
        answer = await company.post("{ __typename }", who="auditor")
        if answer.status_code == 401:
            break
        await asyncio.sleep(0.05)
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")


async def test_health_and_the_page_are_for_everybody(installation: Installation) -> None:
    health = await installation.http.get("/health")
    page = await installation.http.get("/graphql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_other_paths_tell_nothing(installation: Installation) -> None:
    for path in ("/", "/graphql/", "/graphiql", "/metrics", "/health/x"):
        answer = await installation.http.get(path)
        assert answer.status_code in (404, 307), path
        assert b"qms" not in answer.content.lower()
