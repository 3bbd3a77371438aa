"""graphql-transport-ws, over real sockets: the protocol to the letter, and no message that hurts."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from qms_graphql.app import authentication, websocket
from qms_graphql.base.access import system_viewer
from qms_graphql.base.unit import transact
from qms_graphql.people import identity
from tests.conftest import FREE, Company
from tests.live import LIVE, SYNC_PRODUCTS, opened, product


async def test_init_by_the_payload_or_by_the_header(company: Company, address: str) -> None:
    token = await company.token("admin")
    async with opened(address, token) as socket:
        await socket.subscribe("1", "{ __typename }")
        assert await socket.receive() == {
            "id": "1",
            "type": "next",
            "payload": {"data": {"__typename": "Query"}, "extensions": FREE},
        }
        assert await socket.receive() == {"id": "1", "type": "complete"}
    async with opened(address, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        await socket.init(None)


async def test_ping_is_answered_before_and_after_init(company: Company, address: str) -> None:
    async with opened(address) as socket:
        await socket.send({"type": "ping", "payload": {"a": 1}})
        assert await socket.receive() == {"type": "pong"}
        await socket.send({"type": "pong"})
        await socket.init(await company.token("admin"))
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


async def test_a_query_a_mutation_and_a_subscription_on_one_socket(company: Company, address: str) -> None:
    async with opened(address, await company.token("admin")) as socket:
        await socket.subscribe("live", LIVE)
        await asyncio.sleep(0.2)
        await socket.subscribe("write", SYNC_PRODUCTS, {"input": {"items": [product("K-1")]}})
        messages = [await socket.receive() for _ in range(3)]
        by_id: dict[str, list[Any]] = {}
        for message in messages:
            by_id.setdefault(message["id"], []).append(message)
        assert [message["type"] for message in by_id["write"]] == ["next", "complete"]
        written = by_id["write"][0]["payload"]["data"]["syncProducts"]
        change = by_id["live"][0]["payload"]["data"]["changes"]
        assert (change["action"], change["type"]) == ("CREATED", "PRODUCT")
        assert change["recordId"] == written["results"][0]["product"]["id"]
        assert change["cursor"] == written["cursor"]


INVALID = {
    "no field": "{ nothing }",
    "no syntax": "{",
    "no subscription": "subscription { nothing }",
    "two roots": "subscription { a: changes { cursor } b: changes { cursor } }",
    "only a name": "subscription { __typename }",
    "a skipped root": "subscription { changes @skip(if: true) { cursor } }",
    "a foreign cursor": 'subscription { changes(after: "x") { cursor } }',
    "two operations": "query A { __typename } query B { __typename }",
}


@pytest.mark.parametrize("query", INVALID.values(), ids=INVALID)
async def test_an_invalid_operation_is_an_error_with_a_list_and_the_socket_lives_on(
    company: Company, address: str, query: str
) -> None:
    async with opened(address, await company.token("admin")) as socket:
        await socket.subscribe("1", query)
        message = await socket.receive()
        assert (message["id"], message["type"]) == ("1", "error"), message
        codes = [error["extensions"]["code"] for error in message["payload"]]
        assert codes
        assert set(codes) <= {"BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
        await socket.subscribe("1", "{ __typename }")
        assert (await socket.receive())["payload"] == {"data": {"__typename": "Query"}, "extensions": FREE}


async def test_wrong_variables_of_a_subscription_name_their_field(company: Company, address: str) -> None:
    async with opened(address, await company.token("admin")) as socket:
        await socket.subscribe("1", LIVE, {"types": ["PRODUCT", "UNICORN"]})
        message = await socket.receive()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"] == {"code": "BAD_USER_INPUT", "field": ["types", "1"]}


async def test_complete_stops_the_stream_and_frees_the_id(company: Company, address: str) -> None:
    async with opened(address, await company.token("admin")) as socket:
        for _ in range(3):
            await socket.subscribe("1", LIVE)
            await asyncio.sleep(0.05)
            await socket.send({"id": "1", "type": "complete"})
        await socket.send({"id": "unknown", "type": "complete"})
        await company.data(SYNC_PRODUCTS, {"input": {"items": [product("K-1")]}})
        await asyncio.sleep(0.3)
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}
    for _ in range(50):
        if not company.installation.graph.feed._streams:
            break
        await asyncio.sleep(0.1)
    assert company.id not in company.installation.graph.feed._streams


BEFORE = {
    "binary": b'{"type": "connection_init"}',
    "no JSON": "{",
    "a list": "[]",
    "null": "null",
    "a number": "5",
    "text": '"connection_init"',
    "deep": "[" * 5000 + "]" * 5000,
    "100 deep": '{"type": "ping", "payload": ' + "[" * 100 + "]" * 100 + "}",
    "no type": "{}",
    "type a number": '{"type": 1}',
    "type a list": '{"type": []}',
    "payload a list": '{"type": "connection_init", "payload": []}',
    "payload text": '{"type": "connection_init", "payload": "Bearer"}',
    "ping with a number": '{"type": "ping", "payload": 5}',
    "pong with a list": '{"type": "pong", "payload": []}',
    "a surrogate": '{"type": "ping", "payload": {"a": "\\ud800"}}',
    "NaN": '{"type": "ping", "payload": {"a": NaN}}',
    "1e400": '{"type": "ping", "payload": {"a": 1e400}}',
    "a byte order mark": '\ufeff{"type": "ping"}',
    "nothing": "",
    "a NUL": "\0",
    "10 MB of brackets": "[" * 10_000_000,
}


@pytest.mark.parametrize("message", BEFORE.values(), ids=BEFORE)
async def test_what_is_no_message_closes_with_4400(address: str, message: str | bytes) -> None:
    async with opened(address) as socket:
        await socket.send(message)
        assert await socket.closed() == 4400


AFTER = {
    "unknown type": {"type": "start", "id": "1"},
    "no id": {"type": "subscribe", "payload": {"query": "{ __typename }"}},
    "id an object": {"type": "subscribe", "id": {"a": 1}, "payload": {"query": "{ __typename }"}},
    "id a number": {"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}},
    "id empty": {"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}},
    "id long": {"type": "subscribe", "id": "x" * 201, "payload": {"query": "{ __typename }"}},
    "complete with an object": {"type": "complete", "id": {}},
    "complete without id": {"type": "complete"},
    "no payload": {"type": "subscribe", "id": "1"},
    "payload null": {"type": "subscribe", "id": "1", "payload": None},
    "payload a list": {"type": "subscribe", "id": "1", "payload": []},
    "query a number": {"type": "subscribe", "id": "1", "payload": {"query": 1}},
    "variables a list": {"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": []}},
    "a server's message": {"type": "next", "id": "1", "payload": {}},
}


@pytest.mark.parametrize("message", AFTER.values(), ids=AFTER)
async def test_what_is_no_operation_closes_with_4400(company: Company, address: str, message: Any) -> None:
    async with opened(address, await company.token("admin")) as socket:
        await socket.send(message)
        assert await socket.closed() == 4400


async def test_nothing_is_answered_before_init(address: str) -> None:
    async with opened(address) as socket:
        await socket.subscribe("1", "{ __typename }")
        assert await socket.closed() == 4401


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": 5}, {"Authorization": "Bearer qms_x"}, {"token": "x"}])
async def test_without_a_valid_token_the_door_stays_shut(address: str, payload: Any) -> None:
    async with opened(address) as socket:
        await socket.send({"type": "connection_init", "payload": payload})
        assert await socket.closed() == 4403


@pytest.mark.parametrize("subprotocols", [None, ["graphql-ws"], ["chat"]])
async def test_another_subprotocol_is_4406(address: str, subprotocols: Any) -> None:
    async with opened(address, subprotocols=subprotocols) as socket:
        assert await socket.closed() == 4406


async def test_silence_after_connecting_is_4408(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "INIT_SECONDS", 0.3)
    async with opened(address) as socket:
        await socket.send({"type": "ping"})
        assert await socket.closed() == 4408


@pytest.mark.parametrize("id_", ["1", "ü" * 200])
async def test_an_id_in_use_is_4409(company: Company, address: str, id_: str) -> None:
    async with opened(address, await company.token("admin")) as socket:
        await socket.subscribe(id_, LIVE)
        await socket.subscribe(id_, LIVE)
        assert await socket.closed() == 4409


async def test_a_second_init_is_4429(company: Company, address: str) -> None:
    async with opened(address, await company.token("admin")) as socket:
        await socket.send({"type": "connection_init"})
        assert await socket.closed() == 4429


async def test_too_many_operations_are_4430(company: Company, address: str) -> None:
    async with opened(address, await company.token("admin")) as socket:
        for number in range(websocket.MOST_OPERATIONS + 1):
            await socket.subscribe(str(number), LIVE)
        assert await socket.closed() == 4430


async def test_what_is_too_large_or_no_text_closes_the_socket(company: Company, address: str) -> None:
    async with opened(address, await company.token("admin")) as socket:
        with suppress(ConnectionClosed):
            await socket.send(" " * 10_485_761)
        assert await socket.closed() == 1009
    async with opened(address, await company.token("admin")) as socket:
        await socket.connection.send(b"\xff\xfe", text=True)
        assert await socket.closed() == 1007


async def test_a_message_in_pieces_and_a_flood_of_pings_are_answered(company: Company, address: str) -> None:
    async with opened(address, await company.token("admin")) as socket:
        await socket.connection.send(["{", '"type"', ": ", '"ping"', "}"])
        assert await socket.receive() == {"type": "pong"}
        for _ in range(2000):
            await socket.send({"type": "ping"})
        for _ in range(2000):
            assert await socket.receive() == {"type": "pong"}


async def test_other_paths_take_no_sockets(address: str) -> None:
    with pytest.raises(InvalidStatus):
        async with opened(address.replace("/", "") + "/nowhere"):
            pass


async def test_a_revoked_token_ends_its_sockets(
    company: Company, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "RECHECK_SECONDS", 0.2)
    place, token = company.installation, await company.token("auditor")
    async with opened(address, token) as socket, opened(address, await company.token("admin")) as other:
        await socket.subscribe("1", LIVE)
        id_ = identity.UUID(hex=token[4:36])  # type: ignore[attr-defined]
        await transact(
            place.database,
            system_viewer(company.id),
            place.clock,
            place.secrets,
            lambda unit: identity.revoke(unit, id_),
        )
        assert await socket.closed() == 4403
        await other.send({"type": "ping"})
        assert await other.receive() == {"type": "pong"}


async def test_dropped_connections_leave_the_database_usable(company: Company, address: str) -> None:
    token = await company.token("admin")
    for number in range(20):
        async with opened(address, token) as socket:
            await socket.subscribe("1", LIVE)
            await socket.subscribe(
                "2", SYNC_PRODUCTS, {"input": {"items": [product(f"K-{number}-{i}") for i in range(50)]}}
            )
            await asyncio.sleep(0.002 * number)
            socket.connection.transport.abort()
    found = await company.data("{ auditIntegrity { entries intact } products { totalCount } }")
    # The user and its token are in the log, too; a batch is there whole or not at all.
    assert found["auditIntegrity"]["intact"]
    assert found["products"]["totalCount"] % 50 == 0
    assert (await company.data(SYNC_PRODUCTS, {"input": {"items": [product("last")]}}))["syncProducts"]["created"] == 1
