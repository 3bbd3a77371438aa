"""What browsers are told, what they may do from other sites, and compression."""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs
from websockets.exceptions import InvalidStatus

from qms_graphql.app.refusals import faulty
from qms_graphql.app.server import create_app
from tests.conftest import FREE, Company, Installation
from tests.live import frames, opened, served

DATA = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
CREATE = 'mutation { createProduct(input: {sku: "K-1", name: "Kettle"}) { product { sku } errors { code } } }'
TYPES = "{ __schema { types { name description } } }"


def protection(response: httpx.Response) -> dict[str, str]:
    return {name: response.headers.get(name, "") for name in DATA}


async def ask(company: Company, query: str, **headers: str) -> httpx.Response:
    given = {"Authorization": f"Bearer {await company.token('admin')}"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await company.installation.http.post("/graphql", json={"query": query}, headers=given)


async def test_every_response_protects_itself(company: Company) -> None:
    http = company.installation.http
    for response in (
        await ask(company, "{ __typename }"),
        await ask(company, "{"),
        await ask(company, TYPES, Accept_Encoding="gzip"),
        await ask(company, "{ __typename }", Accept="text/event-stream"),
        await ask(company, "{ __typename }", Accept="text/csv"),
        await http.post("/graphql", json={"query": "{ __typename }"}),
        await http.put("/graphql"),
        await http.get("/health"),
        await http.get("/nowhere"),
        await http.get("/"),
    ):
        assert protection(response) == DATA, response.url
    page = protection(await http.get("/graphql", headers={"Accept": "text/html"}))
    assert page.pop("content-security-policy").startswith("default-src 'none'; script-src ")
    assert page == {name: DATA[name] for name in page}


async def test_errors_outside_of_graphql_have_its_form(installation: Installation) -> None:
    for method, path, status, code in (
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("POST", "/", 405, "BAD_USER_INPUT"),
        ("DELETE", "/health", 405, "BAD_USER_INPUT"),
        ("GET", "/graphql/x", 404, "NOT_FOUND"),
    ):
        response = await installation.http.request(method, path)
        assert response.status_code == status
        assert response.headers["content-type"] == "application/json; charset=utf-8"
        (error,) = response.json()["errors"]
        assert error["extensions"] == {"code": code}


async def test_a_fault_outside_of_graphql_is_masked_and_its_id_is_in_the_log() -> None:
    async def broken(_request: Request) -> Response:
        raise RuntimeError("the secret of the house")

    app = Starlette(routes=[Route("/", broken)], exception_handlers={Exception: faulty})
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://qms") as http:
        with capture_logs() as told:
            response = await http.get("/")
    assert (response.status_code, protection(response)) == (500, DATA)
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "secret" not in response.text
    assert [line["fault"] for line in told] == [error["extensions"]["fault"]]


SMALL, LARGE = "{ __typename }", TYPES
ENCODINGS = [
    ("gzip", LARGE, True),
    ("br, gzip;q=0.5", LARGE, True),
    ("gzip", SMALL, False),
    ("", LARGE, False),
    ("identity", LARGE, False),
    ("gzip;q=0", LARGE, False),
]


@pytest.mark.parametrize(("accepted", "query", "compressed"), ENCODINGS)
async def test_large_answers_are_compressed_for_who_takes_it(
    company: Company, accepted: str, query: str, compressed: bool
) -> None:
    plain = await ask(company, query, Accept_Encoding="identity")
    answer = await ask(company, query, Accept_Encoding=accepted)
    assert answer.headers.get("content-encoding") == ("gzip" if compressed else None)
    data = answer.json()["data"]
    assert data == plain.json()["data"]
    if compressed:
        assert int(answer.headers["content-length"]) < len(plain.content) / 3
        assert "accept-encoding" in answer.headers["vary"].lower()


async def test_streams_are_never_compressed(company: Company, address: str) -> None:
    headers = {
        "Authorization": f"Bearer {await company.token('admin')}",
        "Accept": "text/event-stream",
        "Accept-Encoding": "gzip",
    }
    async with (
        httpx.AsyncClient() as http,
        http.stream("POST", f"http://{address}/graphql", json={"query": LARGE}, headers=headers) as response,
    ):
        assert "content-encoding" not in response.headers
        (first, last) = [frame async for frame in frames(response)]
    assert len(first) > 4096
    assert last == "event: complete\ndata:"


async def test_sockets_are_never_compressed(company: Company, address: str) -> None:
    async with opened(address, await company.token("admin"), compression="deflate") as socket:
        assert socket.connection.response is not None
        assert "Sec-WebSocket-Extensions" not in socket.connection.response.headers


FRIEND, STRANGER = "https://app.example", "https://evil.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@asynccontextmanager
async def friendly(installation: Installation, origins: str) -> AsyncIterator[tuple[Any, httpx.AsyncClient]]:
    """A server on the same database whose API pages of other origins may use."""
    app = create_app(installation.settings.model_copy(update={"cors_origins": origins}), installation.clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://qms") as http:
        yield app, http
    await app.state.database.close()


async def test_other_origins_may_nothing_unless_they_are_named(company: Company) -> None:
    http = company.installation.http
    preflight = await http.options("/graphql", headers=PREFLIGHT | {"Origin": FRIEND})
    answer = await ask(company, "{ __typename }", Origin=FRIEND)
    assert (preflight.status_code, answer.status_code) == (405, 200)
    for response in (preflight, answer):
        assert not [name for name in response.headers if name.startswith("access-control")]


async def test_a_named_origin_may_read_answers_and_a_stranger_may_not(company: Company) -> None:
    headers = {"Authorization": f"Bearer {await company.token('admin')}"}
    async with friendly(company.installation, f"{FRIEND}, https://other.example") as (_, http):
        allowed = await http.options("/graphql", headers=PREFLIGHT | {"Origin": FRIEND})
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == FRIEND
        assert "authorization" in allowed.headers["access-control-allow-headers"].lower()
        assert "access-control-allow-credentials" not in allowed.headers
        denied = await http.options("/graphql", headers=PREFLIGHT | {"Origin": STRANGER})
        assert denied.status_code == 400
        assert "access-control-allow-origin" not in denied.headers
        for origin, shown in ((FRIEND, FRIEND), (STRANGER, None)):
            answer = await http.post("/graphql", json={"query": "{"}, headers=headers | {"Origin": origin})
            assert answer.headers.get("access-control-allow-origin") == shown
            assert protection(answer) == DATA


async def test_a_socket_from_another_site_is_refused(company: Company, address: str) -> None:
    for origin in (STRANGER, "null", f"http://{address}.evil.example", "http://[", ""):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(address, origin=origin):
                pass
        assert refused.value.response.status_code == 403
    async with opened(address, await company.token("admin"), origin=f"http://{address}") as socket:
        await socket.subscribe("1", "{ __typename }")
        assert (await socket.receive())["payload"] == {"data": {"__typename": "Query"}, "extensions": FREE}


async def test_a_socket_from_a_named_site_is_let_in(company: Company) -> None:
    token = await company.token("admin")
    for origins, origin in ((FRIEND, FRIEND), ("*", STRANGER)):
        async with (
            friendly(company.installation, origins) as (app, _),
            served(app) as address,
            opened(address, token, origin=origin) as socket,
        ):
            await socket.send({"type": "ping"})
            assert await socket.receive() == {"type": "pong"}


SIMPLE = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "text/plain; a=application/json",
)
UNREADABLE = (
    "application/json, text/plain",
    "application/json; charset=utf-16",
    "application/json+x",
    "application/JSON5",
)


@pytest.mark.parametrize("kind", SIMPLE + UNREADABLE)
async def test_what_a_form_of_another_site_can_send_writes_nothing(company: Company, kind: str) -> None:
    before = await company.event_count()
    headers = {"Authorization": f"Bearer {await company.token('admin')}", "Content-Type": kind}
    body = json.dumps({"query": CREATE}).encode()
    answer = await company.installation.http.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert await company.event_count() == before


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"', "application/json;"]
)
async def test_json_may_say_that_it_is_utf_8(company: Company, kind: str) -> None:
    answer = await ask(company, "{ __typename }", Content_Type=kind)
    assert answer.json() == {"data": {"__typename": "Query"}, "extensions": FREE}


async def test_an_encoded_body_is_415(company: Company) -> None:
    headers = {
        "Authorization": f"Bearer {await company.token('admin')}",
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
    }
    body = gzip.compress(json.dumps({"query": CREATE}).encode())
    answer = await company.installation.http.post("/graphql", content=body, headers=headers)
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")
