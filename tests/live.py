"""Real servers for tests: uvicorn in this process or in processes of its own, and clients that listen to it."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from qms_graphql.app.connections import HttpConnection, SocketConnection
from qms_graphql.app.server import create_app
from qms_graphql.base.clock import SetClock, SystemClock
from qms_graphql.base.settings import Settings
from tests.conftest import START, Installation, drop_database, found_company, make_database

PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE = 10.0
"""Seconds after which a test stops waiting for something that should have come at once."""

LIVE = """
subscription Live($after: String, $types: [RecordType!]) {
  changes(after: $after, types: $types) {
    cursor
    previousCursor
    at
    action
    type
    recordId
    actorName
    record { id ... on Customer { name } ... on Feedback { number text status customer { name } } }
  }
}
"""

SYNC_PRODUCTS = """
mutation ($input: SyncProductsInput!) {
  syncProducts(input: $input) {
    created updated unchanged rejected cursor
    results { outcome product { id sku } errors { code field } }
    errors { code field }
  }
}
"""


def product(sku: str, **fields: Any) -> dict[str, Any]:
    """An item of ``syncProducts``."""
    return {"ref": {"system": "shop", "externalId": sku}, "sku": sku, "name": sku} | fields


@asynccontextmanager
async def served(app: Any, *, compressed: bool = False) -> AsyncIterator[str]:
    """An application behind a real uvicorn and real sockets, in this event loop. Gives ``127.0.0.1:port``."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, lifespan="off", http=HttpConnection, ws=SocketConnection,
        ws_per_message_deflate=compressed,
        ws_max_size=10_485_760, log_level="critical", access_log=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    running = asyncio.create_task(server.main_loop())
    host, port = server.servers[0].sockets[0].getsockname()
    try:
        yield f"{host}:{port}"
    finally:
        server.should_exit = True
        await running
        await server.shutdown()


class Socket:
    """A client of graphql-transport-ws that says exactly what it is told to."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, message: Any) -> None:
        """Send a message: JSON of a value, or text and bytes as they are."""
        await self.connection.send(message if isinstance(message, str | bytes) else orjson.dumps(message).decode())

    async def receive(self) -> dict[str, Any]:
        """The next message; it must be a text frame."""
        frame = await asyncio.wait_for(self.connection.recv(), PATIENCE)
        assert isinstance(frame, str)
        return orjson.loads(frame)  # type: ignore[no-any-return]

    async def init(self, token: str | None) -> None:
        """Say who we are, and be let in."""
        await self.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"} if token else None})
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, id_: str, query: str, variables: Mapping[str, Any] | None = None) -> None:
        """Start an operation."""
        await self.send({"id": id_, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def change(self, id_: str, *, heartbeats: bool = False) -> dict[str, Any]:
        """The next change of a subscription to ``changes``."""
        while True:
            message = await self.receive()
            assert (message["id"], message["type"]) == (id_, "next"), message
            change: dict[str, Any] = message["payload"]["data"]["changes"]
            if heartbeats or change["action"] != "HEARTBEAT":
                return change

    async def closed(self) -> int:
        """Wait until the server closes; the code it gives."""
        with suppress(ConnectionClosed):
            while True:
                await asyncio.wait_for(self.connection.recv(), PATIENCE)
        assert self.connection.close_code is not None
        return self.connection.close_code


@asynccontextmanager
async def opened(address: str, token: str | None = None, **options: Any) -> AsyncIterator[Socket]:
    """A WebSocket; with a token it is already let in."""
    options = {"subprotocols": [PROTOCOL], "compression": None, "max_size": None} | options
    async with connect(f"ws://{address}/graphql", **options) as connection:
        client = Socket(connection)
        if token is not None:
            await client.init(token)
        yield client


async def frames(response: httpx.Response) -> AsyncIterator[str]:
    """The frames of an event stream, without the empty line that ends them."""
    held = ""
    async for text in response.aiter_text():
        held += text
        *whole, held = held.split("\n\n")
        for frame in whole:
            yield frame


@dataclass(frozen=True)
class Place:
    """A database of its own for servers in processes of their own, and tokens of one company in it."""

    settings: Settings
    tokens: dict[str, str]


@asynccontextmanager
async def place_of_its_own(folder: Path, url: str | None) -> AsyncIterator[Place]:
    """A fresh database (SQLite if no address is given); nothing in this process holds it open."""
    settings = Settings(
        database_url=url or f"sqlite:///{folder / 'qms.db'}", secret_key=secrets.token_hex(32), database_pool=5,
        live_poll_seconds=0.2, heartbeat_seconds=2.0,
    )  # fmt: skip
    await make_database(settings)
    try:
        app = create_app(settings, SystemClock())
        async with httpx.AsyncClient() as http:
            company = await found_company(Installation(app, settings, SetClock(START), http))
            tokens = {"admin": await company.token("admin")}
        await app.state.database.close()
        yield Place(settings, tokens)
    finally:
        await drop_database(settings)


class ServerProcess:
    """``qms serve`` in a process group of its own."""

    def __init__(self, settings: Settings, workers: int = 1) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        assert settings.secret_key is not None
        self._environment = os.environ | {
            "QMS_DATABASE_URL": settings.database_url,
            "QMS_SECRET_KEY": settings.secret_key.get_secret_value(),
            "QMS_HEARTBEAT_SECONDS": str(settings.heartbeat_seconds),
            "QMS_LIVE_POLL_SECONDS": str(settings.live_poll_seconds),
            "QMS_DATABASE_POOL": str(settings.database_pool),
        }
        self._workers = workers
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """``127.0.0.1:port``."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process (the supervisor, if there are several workers)."""
        assert self._process is not None
        return self._process.pid

    def children(self) -> list[int]:
        """The processes it started."""
        return [int(text) for text in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def connections(self, pid: int) -> int:
        """How many connections of clients a process has accepted."""
        held = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ours = [f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{self.port:04X}") and row[3] == "01"]
        return len(held.intersection(ours))

    async def start(self) -> None:
        """Start, and wait until it answers."""
        command = [
            str(Path(sys.executable).with_name("qms")),
            "serve",
            "--port",
            str(self.port),
            "--workers",
            str(self._workers),
        ]
        self._process = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
            command, env=self._environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        async with httpx.AsyncClient() as http:
            for _ in range(300):
                assert self._process.poll() is None, "the server ended"
                with suppress(httpx.TransportError):
                    if (await http.get(f"http://{self.address}/health")).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise AssertionError("the server does not answer")

    async def stop(self) -> None:
        """End the server as an operator does, and wait until it has ended."""
        assert self._process is not None
        self._process.terminate()
        assert await asyncio.to_thread(self._process.wait, PATIENCE * 2) == 0

    async def kill(self) -> None:
        """``kill -9`` of the server and all its workers."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await asyncio.to_thread(self._process.wait)
            self._process = None


@asynccontextmanager
async def server_process(settings: Settings, workers: int = 1) -> AsyncIterator[ServerProcess]:
    """A server that is surely gone at the end."""
    server = ServerProcess(settings, workers)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()
