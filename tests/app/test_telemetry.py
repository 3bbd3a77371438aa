"""What a request leaves in the log: its id, what it was, and nothing of a token or a person."""

import logging
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import orjson
import pytest
import structlog

from qms_graphql.app.media import GRAPHQL_RESPONSE
from qms_graphql.base.database import Database
from qms_graphql.base.telemetry import Account, account, sane_id, start_logging, without_secrets
from qms_graphql.graph.running.answers import Answer
from qms_graphql.graph.running.live import Broadcast, Event
from tests.conftest import Company
from tests.live import LIVE, frames, opened, served
from tests.telling import Log, told

TOKEN = "qms_" + "0a" * 16 + "_" + "A-b_c" * 8 + "xyz"
PERSON = "Ann Unlikely"
INBOX = "query Inbox($first: Int) { products(first: $first) { nodes { sku } } }"
CREATE = "mutation Make($input: CreateProductInput!) { createProduct(input: $input) { errors { code field } } }"
VARYING = ("ms", "time", "request_id")


def plain(line: dict[str, Any]) -> dict[str, Any]:
    """A line without what differs from run to run."""
    assert line["ms"] >= 0
    return {name: value for name, value in line.items() if name not in VARYING}


async def send(company: Company, body: Any, **headers: str) -> httpx.Response:
    given = {"Authorization": f"Bearer {await company.token('admin')}", "Accept": GRAPHQL_RESPONSE}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await company.installation.http.post("/graphql", json=body, headers=given)


@pytest.mark.parametrize(
    "given", ["a", "0af7651916cd43dd8448eb211c80319c", "Root=1-67891233-abcdef", "a.b_c:d/e+f=", "x" * 100]
)
async def test_a_sane_request_id_is_taken(given: str) -> None:
    assert sane_id(given) == given


@pytest.mark.parametrize("given", ["", " ", "-a", "a b", "ann@example.com", "ü", "a\n", "x" * 101, TOKEN, "x" + TOKEN])
async def test_another_request_id_is_made_anew(given: str) -> None:
    made = {sane_id(given), sane_id(given), sane_id(None)}
    assert len(made) == 3
    assert all(len(id_) == 32 and int(id_, 16) for id_ in made)


async def test_the_request_id_is_answered_and_in_every_line(company: Company) -> None:
    async with told(company) as (observed, log):
        given = await send(observed, {"query": "{ __typename }"}, X_Request_Id="from-the-proxy")
        made = await send(observed, {"query": "{ __typename }"}, X_Request_Id="two words")
        health = await observed.installation.http.get("/health", headers={"X-Request-Id": "h1"})
        ids = [line["request_id"] for line in log.lines("operation")]
    assert given.headers["x-request-id"] == "from-the-proxy"
    assert health.headers["x-request-id"] == "h1"
    assert ids == ["from-the-proxy", made.headers["x-request-id"]]
    assert made.headers["x-request-id"] != "two words"
    assert log.lines("request") == []


async def test_a_query_is_one_line(company: Company) -> None:
    async with told(company) as (observed, log):
        answer = await send(observed, {"query": INBOX, "variables": {"first": 3}})
    assert [plain(line) for line in log.lines("operation")] == [
        {
            "event": "operation",
            "level": "info",
            "transport": "http",
            "kind": "query",
            "operation": "Inbox",
            "organization": str(company.id),
            "actor": "USER",
            "cost": answer.json()["extensions"]["cost"]["requested"],
            "statements": 1,
            "outcome": "ok",
            "status": 200,
            "bytes": len(answer.content),
        }
    ]
    assert log.text().count("\n") == 1


REFUSALS: list[tuple[Any, str, int, str, list[str]]] = [
    ({"query": "{"}, "", 400, "refused", ["GRAPHQL_PARSE_FAILED"]),
    ({"query": "{ nothing }"}, "", 400, "refused", ["GRAPHQL_VALIDATION_FAILED"]),
    ({"query": 5}, "", 400, "refused", ["BAD_USER_INPUT"]),
    ({"query": "subscription { changes { cursor } }"}, "", 400, "refused", ["BAD_USER_INPUT"]),
    ({"query": INBOX, "variables": {"first": 10_000}}, "query", 200, "errors", ["BAD_USER_INPUT"]),
    (
        {"query": CREATE, "variables": {"input": {"sku": "", "name": ""}}},
        "mutation",
        200,
        "refused",
        ["REQUIRED"],
    ),
]


@pytest.mark.parametrize(("body", "kind", "status", "outcome", "codes"), REFUSALS, ids=lambda v: str(v)[:40])
async def test_what_is_refused_is_told_with_its_codes(
    company: Company, body: Any, kind: str, status: int, outcome: str, codes: list[str]
) -> None:
    before = await company.event_count()
    async with told(company) as (observed, log):
        answer = await send(observed, body)
    assert answer.status_code == status, answer.text
    (line,) = log.lines("operation")
    assert (line["kind"], line["status"], line["outcome"], line["codes"]) == (kind, status, outcome, codes)
    assert "nothing" not in log.text()
    assert await company.event_count() == before


async def test_who_is_not_let_in_is_told_without_the_token(company: Company) -> None:
    async with told(company) as (observed, log):
        answer = await send(observed, {"query": "{ __typename }"}, Authorization=f"Bearer {TOKEN}", X_Request_Id=TOKEN)
    assert answer.status_code == 401
    (line,) = log.lines("operation")
    assert (line["organization"], line["actor"], line["outcome"], line["codes"]) == (
        None,
        None,
        "refused",
        ["UNAUTHENTICATED"],
    )
    assert TOKEN[4:] not in log.text()


async def test_nothing_of_a_token_or_a_person_is_in_the_log(company: Company) -> None:
    token = await company.token("admin")
    name = token.replace("-", "_")
    async with told(company, level="DEBUG") as (observed, log):
        http = observed.installation.http
        await send(observed, {"query": f"query {name} {{ __typename }}"})
        await send(observed, {"query": INBOX, "variables": {"first": token}})
        customer = {"input": {"name": PERSON, "kind": "PERSON", "email": "ann@unlikely.example"}}
        made = await send(
            observed,
            {
                "query": CREATE.replace("Product", "Customer"),
                "variables": customer,
            },
        )
        await send(observed, {"query": '{ customers(where: {name: {eq: "Ann Unlikely"}}) { nodes { email } } }'})
        await http.get(f"/{token}", params={"query": token})
        await http.get("/graphql", params={"query": "{ __typename }", "token": token})
    assert made.json()["data"] == {"createCustomer": {"errors": []}}
    assert len(log.lines("operation")) == 5
    for secret in (token[4:36], token[37:], token[37:].replace("-", "_"), "Unlikely", "unlikely"):
        assert secret not in log.text()


async def test_a_masked_fault_is_in_the_log_beside_the_request_id(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **_named: object) -> None:
        raise ValueError(PERSON)

    async with told(company) as (observed, log):
        with monkeypatch.context() as patch:
            patch.setattr(Database, "reading", broken)
            answer = await send(observed, {"query": INBOX}, X_Request_Id="r-1")
    (error,) = answer.json()["errors"]
    (fault,) = log.lines("fault")
    assert (fault["fault"], fault["request_id"], fault["error"]) == (error["extensions"]["fault"], "r-1", "ValueError")
    assert fault["traceback"].endswith("ValueError\n")
    assert "in broken" in fault["traceback"]
    (line,) = log.lines("operation")
    assert (line["request_id"], line["outcome"], line["codes"]) == ("r-1", "fault", ["INTERNAL_SERVER_ERROR"])
    assert "Unlikely" not in log.text()


async def test_the_texts_of_faults_are_told_at_debug_only(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **_named: object) -> None:
        raise ValueError(f"about {TOKEN}")

    async with told(company, level="DEBUG") as (observed, log):
        with monkeypatch.context() as patch:
            patch.setattr(Database, "reading", broken)
            await send(observed, {"query": INBOX})
    (fault,) = log.lines("fault")
    assert fault["traceback"].endswith("ValueError: about [secret]\n")


async def test_at_warning_an_operation_leaves_no_line(company: Company) -> None:
    async with told(company, level="WARNING") as (observed, log):
        answer = await send(observed, {"query": INBOX}, X_Request_Id="w")
    assert (answer.status_code, answer.headers["x-request-id"], log.text()) == (200, "w", "")


async def test_the_page_is_a_request_and_health_is_not_told(company: Company) -> None:
    async with told(company) as (observed, log):
        http = observed.installation.http
        page = await http.get("/graphql", headers={"Accept": "text/html", "Accept-Encoding": "identity"})
        await http.get("/health")
        await http.get("/ann@unlikely.example")
    assert [plain(line) for line in log.lines("request")] == [
        {
            "event": "request",
            "level": "info",
            "method": "GET",
            "path": "/graphql",
            "status": 200,
            "bytes": len(page.content),
        },
        {"event": "request", "level": "info", "method": "GET", "path": None, "status": 404, "bytes": 70},
    ]


async def test_operations_on_a_websocket_have_ids_of_their_own(company: Company) -> None:
    token = await company.token("admin")
    async with told(company) as (observed, log), served(observed.installation.app) as address:
        given = {"X-Request-Id": "socket-1"}
        async with opened(address, token, additional_headers=given) as client:
            assert client.connection.response is not None
            assert client.connection.response.headers["x-request-id"] == "socket-1"
            await client.subscribe("op-1", INBOX, {"first": 1})
            answered = await client.receive()
            assert await client.receive() == {"id": "op-1", "type": "complete"}
            await client.subscribe(token, "{ nothing }")
            assert (await client.receive())["type"] == "error"
            await client.subscribe("op-3", "subscription Follow { changes { cursor } }")
            heartbeat = await client.change("op-3", heartbeats=True)
            await client.send({"id": "op-3", "type": "complete"})
            await client.subscribe("op-4", "{ __typename }")
            await client.receive()
            await client.receive()
    first, second, *others = log.lines("operation")
    # One that is told to stop ends while the next is answered already.
    third, fourth = sorted(others, key=lambda line: line["operation_id"])
    assert [line["request_id"] for line in (first, second, third, fourth)] == ["socket-1"] * 4
    assert (first["operation_id"], first["transport"], first["operation"], first["statements"], first["outcome"]) == (
        "op-1",
        "websocket",
        "Inbox",
        1,
        "ok",
    )
    assert first["bytes"] == len(orjson.dumps(answered))
    assert (second["outcome"], second["codes"]) == ("refused", ["GRAPHQL_VALIDATION_FAILED"])
    assert (third["operation_id"], third["kind"], third["operation"]) == ("op-3", "subscription", "Follow")
    assert (third["answers"] >= 1, heartbeat["cursor"] in log.text()) == (True, False)
    assert fourth["operation_id"] == "op-4"
    (ended,) = log.lines("connection")
    assert (ended["request_id"], ended["path"]) == ("socket-1", "/graphql")
    assert token[37:] not in log.text()


async def test_a_stream_is_one_line_at_its_end(company: Company) -> None:
    async with told(company) as (observed, log), served(observed.installation.app) as address:
        headers = {"Authorization": f"Bearer {await company.token('admin')}", "Accept": "text/event-stream"}
        async with (
            httpx.AsyncClient() as http,
            http.stream(
                "POST",
                f"http://{address}/graphql",
                json={"query": INBOX, "variables": {"first": 1}},
                headers=headers | {"X-Request-Id": "s-1"},
            ) as response,
        ):
            assert response.headers["x-request-id"] == "s-1"
            kinds = [frame.partition("\n")[0] async for frame in frames(response)]
    assert kinds == ["event: next", "event: complete"]
    (line,) = log.lines("operation")
    assert (line["request_id"], line["transport"], line["kind"], line["operation"], line["answers"]) == (
        "s-1",
        "sse",
        "query",
        "Inbox",
        1,
    )


def test_a_terminal_gets_text_for_people() -> None:
    log = Log()
    log.isatty = lambda: True  # type: ignore[method-assign]
    start_logging("INFO", "auto", log)
    try:
        structlog.get_logger("qms").info("operation", outcome="ok")
    finally:
        start_logging("ERROR", "console")
    assert "operation" in log.text()
    assert not log.text().startswith("{")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nothing special", "nothing special"),
        (f"a {TOKEN} b", "a [secret] b"),
        (f"Authorization: Bearer {TOKEN}", "Authorization: Bearer [secret]"),
        ("bearer eyJhbGciOi.x.y", "bearer [secret]"),
        ("postgresql://ann:pass@db/qms", "postgresql://[secret]db/qms"),
        ("https://example.org/a", "https://example.org/a"),
    ],
)
def test_what_looks_like_a_secret_is_blanked(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


async def test_lines_of_libraries_go_the_same_way(company: Company) -> None:
    async with told(company) as (_, log):
        try:
            raise ValueError(PERSON)
        except ValueError:
            logging.getLogger("asyncio").exception("Trouble with %s", TOKEN)
    (line,) = log.lines("Trouble with [secret]")
    assert (line["logger"], line["level"], line["error"]) == ("asyncio", "error", "ValueError")
    assert "Unlikely" not in log.text()


async def test_what_outlives_a_request_is_nobody_s(company: Company) -> None:
    """The reader of events and the broadcast are begun by the first who listens, and go on for others."""
    seen: list[Account | None] = []
    token = await company.token("admin")

    async def events() -> AsyncGenerator[Event, None]:
        seen.append(account())
        yield Event(1, Answer("told"), 4)

    with Account("first"):
        assert account() is not None
        broadcast = Broadcast(events())
    handed: list[bytes] = []
    await broadcast.follow(0, lambda delivery: handed.extend(delivery.bodies))
    assert handed == [b'{"data":"told"}']
    assert seen == [None]
    async with (
        told(company) as (observed, _),
        served(observed.installation.app) as address,
        opened(address, token) as client,
    ):
        observed.installation.graph.feed.readers.append(lambda _at: seen.append(account()))
        await client.subscribe("1", LIVE)
        await client.change("1", heartbeats=True)
        await observed.data('mutation { createProduct(input: {sku: "K", name: "K"}) { errors { code } } }')
        await client.change("1")
    assert seen == [None, None]
