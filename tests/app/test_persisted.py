"""Documents that are named instead of sent: automatic persisted queries, and a list of trusted ones."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLError

from qms_graphql.app.media import GRAPHQL_RESPONSE
from qms_graphql.app.server import create_app
from qms_graphql.base.errors import SetupError
from qms_graphql.base.settings import Settings
from qms_graphql.graph.requests.persisted import LearnedTexts, TrustedTexts
from qms_graphql.graph.running.answers import Request
from tests.conftest import FREE, Company
from tests.live import opened

CREATE = 'mutation { createProduct(input: {sku: "K-1", name: "Kettle"}) { product { sku } errors { code } } }'


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def named(text: str, *, sent: bool = False) -> dict[str, Any]:
    """A request by hash, with or without its text."""
    extension = {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}
    return {"query": text, "extensions": extension} if sent else {"extensions": extension}


async def send(company: Company, body: dict[str, Any], **headers: str) -> httpx.Response:
    token = await company.token("admin")
    return await company.installation.http.post(
        "/graphql", json=body, headers={"Authorization": f"Bearer {token}", "Accept": GRAPHQL_RESPONSE} | headers
    )


async def get(company: Company, **parameters: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {await company.token('admin')}", "Accept": f"text/html, {GRAPHQL_RESPONSE}"}
    return await company.installation.http.get("/graphql", params=parameters, headers=headers)


def refusal(response: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message of the only error; there is no data."""
    body = response.json()
    assert list(body) == ["errors"], body
    (error,) = body["errors"]
    return response.status_code, error["extensions"]["code"], error["message"]


NOT_FOUND = (400, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")


async def test_a_text_is_asked_for_once(company: Company) -> None:
    text = f"query {company.slug.replace('-', '_')} {{ __typename }}"
    assert refusal(await send(company, named(text))) == NOT_FOUND
    expected = {"data": {"__typename": "Query"}, "extensions": FREE}
    assert (await send(company, named(text, sent=True))).json() == expected
    assert (await send(company, named(text))).json() == expected
    assert (await get(company, extensions=json.dumps(named(text)["extensions"]))).json() == expected


async def test_a_wrong_hash_is_refused_and_not_remembered(company: Company) -> None:
    text = f"query Wrong_{company.slug.replace('-', '_')} {{ __typename }}"
    wrong = named("{ other }") | {"query": text}
    status, code, _ = refusal(await send(company, wrong))
    assert (status, code) == (400, "PERSISTED_QUERY_MISMATCH")
    assert refusal(await send(company, named("{ other }"))) == NOT_FOUND
    assert refusal(await send(company, named(text))) == NOT_FOUND


async def test_an_invalid_document_is_not_remembered(company: Company) -> None:
    for text, code in (("{ nothing }", "GRAPHQL_VALIDATION_FAILED"), ("{", "GRAPHQL_PARSE_FAILED")):
        assert refusal(await send(company, named(text, sent=True)))[:2] == (400, code)
        assert refusal(await send(company, named(text))) == NOT_FOUND


async def test_a_mutation_by_hash_needs_post_all_the_same(company: Company) -> None:
    text = CREATE.replace("K-1", company.slug)
    assert (await send(company, named(text, sent=True))).status_code == 200
    before = await company.event_count()
    by_get = await get(company, extensions=json.dumps(named(text)["extensions"]))
    assert (by_get.status_code, by_get.headers["allow"]) == (405, "POST")
    assert await company.event_count() == before


EXTENSIONS: dict[str, Any] = {
    "a list": [],
    "text": "persistedQuery",
    "persistedQuery a number": {"persistedQuery": 1},
    "no hash": {"persistedQuery": {"version": 1}},
    "hash a number": {"persistedQuery": {"version": 1, "sha256Hash": 5}},
    "hash short": {"persistedQuery": {"version": 1, "sha256Hash": "abc"}},
    "hash with more": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64 + "\n"}},
    "version 2": {"persistedQuery": {"version": 2, "sha256Hash": "0" * 64}},
    "no version": {"persistedQuery": {"sha256Hash": "0" * 64}},
}


@pytest.mark.parametrize("extensions", EXTENSIONS.values(), ids=EXTENSIONS)
async def test_a_malformed_extension_is_refused(company: Company, extensions: Any) -> None:
    for body in ({"extensions": extensions}, {"query": "{ __typename }", "extensions": extensions}):
        assert refusal(await send(company, body))[:2] == (400, "BAD_USER_INPUT")
    assert refusal(await get(company, extensions=json.dumps(extensions)))[:2] == (400, "BAD_USER_INPUT")


async def test_other_extensions_say_nothing(company: Company) -> None:
    for extensions in (None, {}, {"persistedQuery": None}, {"tracing": True}):
        answer = await send(company, {"query": "{ __typename }", "extensions": extensions})
        assert answer.json() == {"data": {"__typename": "Query"}, "extensions": FREE}
        assert refusal(await send(company, {"extensions": extensions}))[:2] == (400, "BAD_USER_INPUT")


async def test_a_hash_works_on_sockets_and_streams(company: Company, address: str) -> None:
    text = f"query Live_{company.slug.replace('-', '_')} {{ __typename }}"
    async with opened(address, await company.token("admin")) as socket:
        await socket.send({"id": "1", "type": "subscribe", "payload": named(text)})
        message = await socket.receive()
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "PERSISTED_QUERY_NOT_FOUND")
        for sent in (True, False):
            await socket.send({"id": "1", "type": "subscribe", "payload": named(text, sent=sent)})
            assert (await socket.receive())["payload"] == {"data": {"__typename": "Query"}, "extensions": FREE}
            assert (await socket.receive())["type"] == "complete"
        await socket.send({"id": "1", "type": "subscribe", "payload": {"extensions": {"persistedQuery": 1}}})
        assert await socket.closed() == 4400
    streamed = await send(company, named(text), Accept="text/event-stream")
    assert b'"__typename":"Query"' in streamed.content
    unknown = await send(company, named("{ unknown }"), Accept="text/event-stream")
    assert (unknown.status_code, b"PERSISTED_QUERY_NOT_FOUND" in unknown.content) == (200, True)


def test_what_is_remembered_has_a_bound() -> None:
    learned = LearnedTexts(most=2, most_characters=60)
    texts = [f"{{ a{number}: __typename }}" for number in range(3)]
    for text in texts:
        learned.learn(Request(text, document_id=hashed(text)), text)
    with pytest.raises(GraphQLError):
        learned.of(Request("", document_id=hashed(texts[0])))
    assert [learned.of(Request("", document_id=hashed(text))) for text in texts[1:]] == texts[1:]
    long = "{ __typename }".ljust(50)
    learned.learn(Request(long, document_id=hashed(long)), long)
    for text in texts:
        with pytest.raises(GraphQLError):
            learned.of(Request("", document_id=hashed(text)))


ME = "query Me { viewer { name } }"
SCHEMA = "query Schema { __schema { queryType { name } } }"


@asynccontextmanager
async def guarded(company: Company, folder: Path, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Another server on the company's database, that executes only what is listed."""
    path = folder / "trusted.json"
    path.write_text(
        json.dumps({hashed(ME): ME, "create": CREATE, "schema": SCHEMA, "live": "subscription { nothing }"})
    )
    place = company.installation
    app = create_app(place.settings.model_copy(update={"trusted_documents": path} | settings), place.clock)
    headers = {"Authorization": f"Bearer {await company.token('admin')}", "Accept": GRAPHQL_RESPONSE}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://qms", headers=headers) as http:
        yield http
    await app.state.database.close()


async def test_only_trusted_documents_are_executed(company: Company, tmp_path: Path) -> None:
    before = await company.event_count()
    async with guarded(company, tmp_path) as http:
        for body in ({"query": ME}, named(ME), named(ME, sent=True), {"documentId": f"sha256:{hashed(ME)}"}):
            answer = await http.post("/graphql", json=body)
            assert answer.json()["data"] == {"viewer": {"name": "admin"}}, body
        assert (await http.get("/graphql", params={"documentId": hashed(ME)})).status_code == 200
        other = CREATE.replace("Kettle", "Pot")
        for text in (other, ME + " ", "{ __typename }", "{ __schema { types { name } } }", "{"):
            for body in ({"query": text}, named(text, sent=True), {"query": text, "documentId": "create"}):
                assert refusal(await http.post("/graphql", json=body))[:2] == (400, "PERSISTED_QUERY_ONLY")
            assert refusal(await http.post("/graphql", json=named(text))) == NOT_FOUND
        assert refusal(await http.post("/graphql", json={"documentId": "none"})) == NOT_FOUND
        assert refusal(await http.post("/graphql", json={"documentId": 5}))[:2] == (400, "BAD_USER_INPUT")
        assert refusal(await http.get("/graphql", params={"documentId": "create"}))[0] == 405
        assert refusal(await http.post("/graphql", json={"documentId": "live"}))[1] == "GRAPHQL_VALIDATION_FAILED"
    assert await company.event_count() == before


async def test_introspection_is_a_setting(company: Company, tmp_path: Path) -> None:
    async with guarded(company, tmp_path) as http:
        answer = await http.post("/graphql", json={"documentId": "schema"})
        assert answer.json()["data"] == {"__schema": {"queryType": {"name": "Query"}}}
    async with guarded(company, tmp_path, introspection=False) as http:
        refused = await http.post("/graphql", json={"documentId": "schema"})
        assert refused.status_code == 400
        assert {error["extensions"]["code"] for error in refused.json()["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
        assert (await http.post("/graphql", json={"query": ME})).json()["data"] == {"viewer": {"name": "admin"}}


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"a": 1}', b'"text"', b"\xff"])
def test_a_list_that_cannot_be_read_keeps_the_server_from_starting(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "trusted.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SetupError, match="QMS_TRUSTED_DOCUMENTS"):
        TrustedTexts.load(path)
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'qms.db'}", secret_key="0" * 64, trusted_documents=path)
    with pytest.raises(SetupError):
        create_app(settings)
