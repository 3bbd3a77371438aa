"""Raw bytes over real sockets: whatever is sent, the server answers below 500 or closes, and goes on serving."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import orjson
import pytest
from starlette.types import Receive, Scope, Send

from qms_graphql.app import connections, http
from qms_graphql.app.frames import wire
from tests.conftest import FREE, Company
from tests.live import PATIENCE, opened, served

HEAD = b"POST /graphql HTTP/1.1\r\nHost: qms\r\n"
END = b"Connection: close\r\n\r\n"


class Line:
    """A client that sends exactly these bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, text: bytes) -> None:
        """Send; a server that has closed already is fine."""
        with suppress(ConnectionError):
            self._writer.write(text)
            await self._writer.drain()

    async def answer(self, patience: float = PATIENCE) -> bytes:
        """All that comes until the server closes, or until nothing came for so many seconds."""
        found = b""
        with suppress(ConnectionError, TimeoutError):
            while piece := await asyncio.wait_for(self._reader.read(65536), patience):
                found += piece
        return found


@asynccontextmanager
async def line(address: str) -> AsyncIterator[Line]:
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


async def serves(company: Company, address: str) -> None:
    """The server is as it was."""
    headers = {"Authorization": f"Bearer {await company.token('admin')}"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"http://{address}/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert answer.json() == {"data": {"__typename": "Query"}, "extensions": FREE}


def coded(answer: bytes, status: int) -> bool:
    """Whether it is a refusal of ours with this status."""
    head, _, body = answer.partition(b"\r\n\r\n")
    error = orjson.loads(body)["errors"][0]
    return head.startswith(b"HTTP/1.1 %d " % status) and error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_endless_headers_are_cut_off(company: Company, address: str) -> None:
    for flood in (b"A: " + b"x" * 60_000 + b"\r\n", b"x" * 60_000, b"A: b\r\n" * 10_000):
        async with line(address) as client:
            await client.send(HEAD)
            for _ in range(20):
                await client.send(flood)
            answer = await client.answer()
        # The client may still have been sending when the connection was closed; then the answer is lost.
        assert not answer or coded(answer, 431), answer[:200]
    await serves(company, address)


async def test_an_endless_line_is_cut_off(company: Company, address: str) -> None:
    async with line(address) as client:
        await client.send(b"GET /" + b"x" * 100_000)
        assert coded(await client.answer(), 431)
    await serves(company, address)


@pytest.mark.parametrize(
    "headers",
    [
        b"A: b\r\n" * 101,
        b"A: " + b"x" * 66_000 + b"\r\n",
        b"".join(b"A%d: %b\r\n" % (i, b"x" * 900) for i in range(80)),
    ],
)
async def test_many_or_large_headers_in_one_piece_are_refused(company: Company, address: str, headers: bytes) -> None:
    async with line(address) as client:
        await client.send(HEAD + b"Connection: close\r\nContent-Length: 0\r\n" + headers + b"\r\n")
        assert coded(await client.answer(), 431)
    await serves(company, address)


async def test_who_is_silent_or_slow_is_let_go(company: Company, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(http, "BODY_SECONDS", 0.3)
    async with line(address) as silent, line(address) as slow, line(address) as bodiless:
        await slow.send(HEAD)
        authorization = b"Authorization: Bearer " + (await company.token("admin")).encode()
        body = HEAD + authorization + b"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        await bodiless.send(body)
        assert await silent.answer() == b""
        assert coded(await slow.answer(), 408)
        assert coded(await bodiless.answer(), 408)
    await serves(company, address)


async def test_an_open_socket_may_be_silent(company: Company, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    async with opened(address, await company.token("admin")) as socket:
        await asyncio.sleep(0.6)
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


RAW = {
    "nothing": b"\r\n\r\n",
    "noise": bytes(range(256)) * 20,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /graphql\r\n\r\n",
    "HTTP/9.9": b"GET /graphql HTTP/9.9\r\nHost: qms\r\n\r\n",
    "no host": b"GET /graphql HTTP/1.1\r\n" + END,
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n" + END + b"{}",
    "a length and chunks": HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n" + END + b"0\r\n\r\n",
    "a length below 0": HEAD + b"Content-Length: -1\r\n" + END,
    "a huge length": HEAD + b"Content-Length: 99999999999999999999999\r\n" + END,
    "chunks of no size": HEAD + b"Transfer-Encoding: chunked\r\n" + END + b"zz\r\n",
    "a NUL in a header": HEAD + b"A: \x00\r\n" + END,
    "bytes in a header": HEAD + b"Accept: \xff\xfe\r\nAuthorization: \xff\r\n" + END,
    "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: qms\r\n" + END,
    "an escaped path": b"GET /%00%ff%c0%af HTTP/1.1\r\nHost: qms\r\n" + END,
    "an absolute path": b"GET http://other/graphql?query=%ff HTTP/1.1\r\nHost: qms\r\n" + END,
    "a garbled query": b"GET /graphql?query=%ZZ%ff&variables=%00&extensions={ HTTP/1.1\r\nHost: q\r\n" + END,
    "an odd Accept": HEAD + b"Accept: ;;;q=,,/*;q=1e309;q=nan,text/event-stream;q=inf\r\n" + END,
    "an upgrade to nothing": HEAD + b"Connection: upgrade, close\r\nUpgrade: \r\n\r\n",
    "an upgrade to h2c": HEAD + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n",
    "half a socket": b"GET /graphql HTTP/1.1\r\nHost: q\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "a socket of version 1": (
        b"GET /graphql HTTP/1.1\r\nHost: q\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 1\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ),
    "a trace": b"TRACE / HTTP/1.1\r\nHost: qms\r\n" + END,
    "a tunnel": b"CONNECT qms:443 HTTP/1.1\r\nHost: qms\r\n" + END,
}  # fmt: skip


@pytest.mark.parametrize("sent", RAW.values(), ids=RAW)
async def test_bytes_that_are_no_request_are_no_fault_of_ours(
    company: Company, address: str, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    async with line(address) as client:
        await client.send(sent)
        # Some leave the connection open, as they may.
        answer = await client.answer(1)
    assert not answer or int(answer.split(b" ")[1]) < 500, answer[:300]
    await serves(company, address)


CHUNK = b"5\r\nready\r\n"


async def test_chunks_are_taken_between_the_head_of_an_answer_and_its_end() -> None:
    told: list[bool] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        write = wire(scope)
        told.append(write(CHUNK))
        plain = scope["path"] == "/plain"
        headers = [(b"content-length", b"4")] if plain else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        told.append(write(CHUNK))
        await send({"type": "http.response.body", "body": b"sent", "more_body": not plain})
        told.append(write(CHUNK))
        if not plain:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            told.append(write(CHUNK))

    async with served(app) as address, line(address) as client:
        await client.send(b"GET /chunks HTTP/1.1\r\nHost: q\r\n\r\nGET /plain HTTP/1.1\r\nHost: q\r\n" + END)
        first, second = (await client.answer()).split(b"HTTP/1.1 200 OK\r\n")[1:]
    # The second request came while the first was answered: its chunks are its own.
    assert first.partition(b"\r\n\r\n")[2] == CHUNK + b"4\r\nsent\r\n" + CHUNK + b"0\r\n\r\n"
    assert second.partition(b"\r\n\r\n")[2] == b"sent"
    assert told == [False, True, True, False, False, False, False]


ANSWERS = {
    "whole": ([(b"content-length", b"4")], [b"sent"], b"sent", True),
    "empty": ([(b"content-length", b"0")], [b""], b"", True),
    "in parts": ([(b"content-length", b"4")], [b"se", b"nt"], b"sent", True),
    "of unknown length": ([], [b"sent"], b"4\r\nsent\r\n0\r\n\r\n", True),
    "the last": ([(b"content-length", b"4"), (b"connection", b"close")], [b"sent"], b"sent", False),
    "too short": ([(b"content-length", b"5")], [b"sent"], b"sent", False),
    "with a line break in a header": ([(b"content-length", b"4"), (b"x", b"1\r\ny: 2")], [b"sent"], None, False),
    "with a NUL in a header": ([(b"content-length", b"4"), (b"x", b"\x00")], [b"sent"], None, False),
}
"""Headers, parts of a body, what comes after the head (None if nothing may leave), whether the connection goes on."""


@pytest.mark.parametrize(("headers", "parts", "expected", "goes_on"), ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_is_what_the_application_sent(
    headers: list[tuple[bytes, bytes]], parts: list[bytes], expected: bytes | None, goes_on: bool
) -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number, part in enumerate(parts, 1):
            await send({"type": "http.response.body", "body": part, "more_body": number < len(parts)})

    async with served(app) as address, line(address) as client:
        await client.send(b"GET / HTTP/1.1\r\nHost: q\r\n\r\nHEAD / HTTP/1.1\r\nHost: q\r\n" + END)
        answer = await client.answer()
    head, _, rest = answer.partition(b"\r\n\r\n")
    if expected is None:
        assert not head.startswith(b"HTTP/1.1 200")
        assert b"sent" not in answer
        return
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert all(b"\r\n%b: %b" % header in head for header in headers)
    body, _, second = rest.partition(b"HTTP/1.1 200 OK\r\n")
    assert body == expected
    # The second asked for the head alone; there is none if the first said that it is the last, or broke off.
    assert second.partition(b"\r\n\r\n")[2] == b""
    assert bool(second) == goes_on
