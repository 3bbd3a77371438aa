"""Several processes, readers that do not read, a database that goes away."""

import asyncio
import socket as sockets
import statistics
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from sqlalchemy.engine import make_url

from tests.live import LIVE, SYNC_PRODUCTS, Place, opened, product, server_process

FEEDBACK = """
mutation ($input: SyncFeedbackInput!) { syncFeedback(input: $input) { created rejected } }
"""
HEAD = "{ changes(first: 1) { headCursor } }"
PROBES = 12
STUCK = 12


async def ask(http: httpx.AsyncClient, place: Place, address: str, query: str, variables: Any = None) -> httpx.Response:
    """One request."""
    headers = {"Authorization": f"Bearer {place.tokens['admin']}"}
    return await http.post(f"http://{address}/graphql", json={"query": query, "variables": variables}, headers=headers)


async def backends(place: Place, *, terminate: bool = False) -> int:
    """How many connections the servers hold to this database; ends them if wanted."""
    url = make_url(place.settings.database_url)
    connection = await asyncpg.connect(url.render_as_string(False))
    try:
        what = "pg_terminate_backend(pid)" if terminate else "pid"
        rows = await connection.fetch(
            f"SELECT {what} FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", url.database
        )
    finally:
        await connection.close()
    return len(rows)


async def test_a_write_through_one_worker_reaches_the_subscribers_of_all(postgresql: Place, capsys: Any) -> None:
    total, latencies = 60, []
    async with server_process(postgresql.settings, workers=2) as server, httpx.AsyncClient(timeout=20) as http:
        assert len(server.children()) >= 2
        start = (await ask(http, postgresql, server.address, HEAD)).json()["data"]["changes"]["headCursor"]
        arrived: list[dict[str, float]] = []

        async def listen() -> list[str]:
            async with opened(server.address, postgresql.tokens["admin"]) as socket:
                await socket.subscribe("1", LIVE, {"after": start})
                told, times, cursor = [], {}, start
                arrived.append(times)
                while len(told) < total:
                    change = await socket.change("1", heartbeats=True)
                    assert change["previousCursor"] == cursor
                    cursor = change["cursor"]
                    if change["action"] != "HEARTBEAT":
                        times[cursor] = time.perf_counter()
                        told.append(change["recordId"])
                return told

        # The processes start one after the other: ask until both have listeners.
        for _ in range(20):
            arrived.clear()
            listening = [asyncio.create_task(listen()) for _ in range(PROBES)]
            await asyncio.sleep(1)
            spread = [server.connections(pid) for pid in server.children()]
            if sum(count > 0 for count in spread) >= 2:
                break
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
        assert sum(count > 0 for count in spread) >= 2, spread
        acknowledged = {}
        for number in range(total):
            # A fresh connection for each, so that both workers are written through.
            async with httpx.AsyncClient(timeout=20) as writer:
                answer = await ask(
                    writer, postgresql, server.address, SYNC_PRODUCTS, {"input": {"items": [product(str(number))]}}
                )
            acknowledged[answer.json()["data"]["syncProducts"]["cursor"]] = time.perf_counter()
        told = await asyncio.gather(*listening)
    assert all(records == told[0] for records in told)
    assert len(set(told[0])) == total
    for times in arrived:
        latencies += [max(0.0, at - acknowledged[cursor]) for cursor, at in times.items()]
    cuts = statistics.quantiles(latencies, n=100)
    with capsys.disabled():
        print(f"\nacknowledged to delivered, 2 workers, {PROBES} listeners: p50 {cuts[49]:.4f} s, p99 {cuts[98]:.4f} s")


async def test_a_reader_that_does_not_read_costs_little_and_delays_nobody(place: Place) -> None:
    def batch(number: int) -> dict[str, Any]:
        rows = [
            {
                "ref": {"system": "shop", "externalId": f"{number}-{i}"}, "source": "REVIEW", "text": "x" * 15_000,
                "occurredAt": "2026-03-01T08:00:00Z",
            }
            for i in range(50)
        ]  # fmt: skip
        return {"input": {"items": rows}}

    async with server_process(place.settings) as server, httpx.AsyncClient(timeout=30) as http:
        token = place.tokens["admin"]

        async def write(number: int) -> float:
            began = time.perf_counter()
            answer = await ask(http, place, server.address, FEEDBACK, batch(number))
            assert answer.json()["data"]["syncFeedback"] == {"created": 50, "rejected": 0}
            return time.perf_counter() - began

        async with opened(server.address, token) as reader:
            await reader.subscribe("1", LIVE)
            await asyncio.sleep(0.3)
            alone = []
            for number in range(6):
                alone.append(await write(number))
                for _ in range(50):
                    await reader.change("1")
            before = memory(server.pid)
            stuck = [small_window(server.port) for _ in range(STUCK)]
            openings = [opened(server.address, token, sock=sock, max_queue=1) for sock in stuck]
            silent = [await opening.__aenter__() for opening in openings]
            for client in silent:
                await client.subscribe("1", LIVE)
            await asyncio.sleep(0.3)
            beside, delays = [], []
            for number in range(6, 26):
                beside.append(await write(number))
                began = time.perf_counter()
                for _ in range(50):
                    await reader.change("1")
                delays.append(time.perf_counter() - began)
            grown = memory(server.pid) - before
            for client in silent:
                client.connection.transport.abort()
    # Kept for them all, the thousand events would be 180 MB; the databases' caches take some, too.
    assert grown < 100_000, f"{grown} kB more"
    assert statistics.median(beside) < 3 * statistics.median(alone) + 0.2
    assert max(delays) < 3


def small_window(port: int) -> sockets.socket:
    """A connection whose receive buffer is small."""
    found = sockets.socket()
    found.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    found.connect(("127.0.0.1", port))
    found.setblocking(False)
    return found


def memory(pid: int) -> int:
    """Resident memory of a process, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


async def test_the_database_goes_away_and_comes_back(postgresql: Place) -> None:
    async with (
        server_process(postgresql.settings) as server,
        httpx.AsyncClient(timeout=20) as http,
        opened(server.address, postgresql.tokens["admin"]) as socket,
    ):
        await socket.subscribe("1", LIVE)
        await asyncio.sleep(0.3)
        for number in range(4):
            assert await backends(postgresql, terminate=True) > 0
            statuses = []
            for attempt in range(20):
                items = [product(f"{number}-{attempt}")]
                answer = await ask(http, postgresql, server.address, SYNC_PRODUCTS, {"input": {"items": items}})
                statuses.append(answer.status_code)
                body = answer.json()
                if "errors" not in body:
                    break
                (error,) = body["errors"]
                assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
                assert "not reachable" in error["message"], error
            assert "errors" not in body
            assert len(statuses) <= 5, statuses
            wanted = body["data"]["syncProducts"]["cursor"]
            while (await socket.change("1"))["cursor"] != wanted:
                pass
