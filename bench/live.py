"""Subscriptions: messages per second and core beside a bare socket and plain strawberry, memory, many idle sockets.

`python -m bench.live [rates] [streams] [memory] [idle] [--database postgresql] [--rounds 3] [--messages 20000]`.
`streams` are server-sent events, the others WebSockets.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import place
from bench.place import Place
from bench.table import show

PRODUCT_PORT, WRITER_PORT, LIMIT_PORT, PLAIN_PORT = 9582, 9583, 9584, 9585
SECTIONS = ("rates", "streams", "memory", "idle")
AUDIENCES = (200, 1000)
BURSTS = (1, 20)
PLAIN_SHARE = 10
"""Plain strawberry is sent a tenth of the messages, or it would take most of the time."""
DELIVERED = 1_000_000
KEPT = 1100
"""A little more than the events that the server keeps in memory."""
SUBSCRIPTION = """
subscription { changes { cursor previousCursor at action type recordId version changedFields actorName } }
"""
WRITE = "mutation ($input: SyncProductsInput!) { syncProducts(input: $input) { created updated } }"
LONGEST_WAIT = 120.0


class Listeners:
    """A process with many sockets of one server."""

    def __init__(self, wire: str, port: int, path: str, texts: list[str], count: int) -> None:
        command = [str(place.PYTHON), "-m", "bench.live_listeners", wire, str(port), path, str(count)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.count = count
        self._say(json.dumps(texts))
        self._hear()

    def expect(self, frames: int) -> None:
        """From now on so many frames are to reach each socket."""
        self._say(str(frames))
        self._hear()

    def arrived(self) -> tuple[float, float]:
        """Wait for them; the monotonic times at which the first socket had all of them, and the last."""
        told = self._hear()
        return told["first"], told["last"]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)

    def _hear(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the listeners ended")
        return json.loads(line)


@dataclass
class Server:
    """One of the servers, and what was measured of it: a figure for each round."""

    name: str
    pid: int
    port: int
    path: str = "/graphql"
    wire: str = "socket"
    texts: list[str] = field(default_factory=list)
    figures: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def listeners(self, count: int) -> Iterator[Listeners]:
        """So many sockets that surely listen: a first event has reached them all."""
        found = Listeners(self.wire, self.port, self.path, self.texts, count)
        try:
            time.sleep(1 + count / 1000)
            found.expect(1)
            self.emit(1)
            found.arrived()
            yield found
        finally:
            found.close()

    def emit(self, events: int) -> None:
        """Have so many events happen; returns when they are acknowledged."""
        post(f"http://127.0.0.1:{self.port}/emit?{events}", b"")

    def deliver(self, listeners: Listeners, events: int, burst: int) -> list[float]:
        """Deliver events, each burst when the one before has come; seconds from acknowledged to delivered."""
        latencies = []
        for _ in range(events // burst):
            listeners.expect(burst)
            self.emit(burst)
            acknowledged = time.monotonic()
            latencies.append(max(0.0, listeners.arrived()[1] - acknowledged))
        return latencies

    def spent(self) -> float:
        """Seconds of processor time that the server process has used so far."""
        return place.processor_seconds([self.pid])[self.pid]

    def measure(self, listeners: Listeners, events: int, burst: int) -> None:
        """One round: processor time for each message, and the latencies."""
        events = max(events // burst, 1) * burst
        before = self.spent()
        latencies = self.deliver(listeners, events, burst)
        spent = self.spent() - before
        self.figures.setdefault("cost", []).append(spent / (events * listeners.count))
        self.figures.setdefault("latency", []).extend(latencies)


@dataclass
class Limit(Server):
    """The bare application, which is told the text to send."""

    text: bytes = b""

    def emit(self, events: int) -> None:
        """The text, so many times."""
        post(f"http://127.0.0.1:{self.port}/emit?{events}", self.text)


@dataclass
class Product(Server):
    """`qms serve`. On PostgreSQL another process writes, so that only reading and delivering is counted here."""

    token: str = ""
    writer: int = 0
    written: int = 0

    def emit(self, events: int) -> None:
        """Change so many products."""
        self.written += 1
        rows = [
            {"ref": {"system": "shop", "externalId": str(n)}, "sku": str(n), "name": str(self.written)}
            for n in range(events)
        ]
        body = {"query": WRITE, "variables": {"input": {"items": rows}}}
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        answer = json.loads(post(f"http://127.0.0.1:{self.writer}/graphql", json.dumps(body).encode(), headers))
        done = answer["data"]["syncProducts"]
        if done["created"] + done["updated"] != events:
            raise SystemExit(f"not all was written: {answer}")


def post(url: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}), timeout=LONGEST_WAIT) as answer:
        found: bytes = answer.read()
    return found


def opening(token: str) -> list[str]:
    """What a client of graphql-transport-ws sends to subscribe."""
    init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
    return [json.dumps(init), json.dumps({"id": "1", "type": "subscribe", "payload": {"query": SUBSCRIPTION}})]


def resident(pid: int) -> int:
    """Resident memory of a process, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


@contextmanager
def serving_product(installation: Place) -> Iterator[Product]:
    """The product's server, and on PostgreSQL a second one that writes."""
    environment = installation.environment | {"QMS_COST_LIMIT": str(10**12)}
    token = installation.token()
    ports = [PRODUCT_PORT] if installation.on_sqlite else [PRODUCT_PORT, WRITER_PORT]
    with ExitStack() as stack:
        pids = [stack.enter_context(place.serving(place.product_server(port), environment, port)) for port in ports]
        product = Product("qms", pids[0], PRODUCT_PORT, texts=opening(token), token=token, writer=ports[-1])
        product.emit(max(BURSTS))
        yield product


@contextmanager
def serving_other(kind: type[Server], name: str, application: str, port: int, texts: list[str]) -> Iterator[Any]:
    """Another application, behind uvicorn as the product is."""
    command = [str(place.PYTHON), "-m", "uvicorn", application, "--port", str(port), "--no-access-log"]
    command += ["--log-level", "warning", "--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]
    with place.serving(command, dict(os.environ), port) as pid:
        yield kind(name, pid, port, texts=texts)


def rates(product: Product, audience: int, rounds: int, messages: int) -> list[list[str]]:
    """Messages per second of processor time, all servers in turns; a line for each server and size of burst."""
    with ExitStack() as stack:
        limit = stack.enter_context(serving_other(Limit, "bare socket", "bench.live_limit:app", LIMIT_PORT, []))
        plain = stack.enter_context(
            serving_other(
                Server, "plain strawberry", "bench.rivals.plain_subscription:app", PLAIN_PORT, opening("none")
            )
        )
        limit.text = message_of(product)
        plain.path = "/graphql/"
        return in_turns(limit, [limit, product, plain], audience, rounds, messages)


def streams(product: Product, audience: int, rounds: int, messages: int) -> list[list[str]]:
    """The same of server-sent events, which plain strawberry does not have."""
    with serving_other(Limit, "bare stream", "bench.live_limit:app", LIMIT_PORT, ["none", ""]) as limit:
        payload = json.loads(message_of(product))["payload"]
        limit.text = f"event: next\ndata: {json.dumps(payload, separators=(',', ':'))}\n\n".encode()
        limit.wire, limit.path = "stream", "/stream"
        streamed = replace(
            product, wire="stream", texts=[product.token, json.dumps({"query": SUBSCRIPTION})], figures={}
        )
        lines = in_turns(limit, [limit, streamed], audience, rounds, messages)
        product.written = streamed.written
    return lines


def in_turns(limit: Limit, servers: list[Server], audience: int, rounds: int, messages: int) -> list[list[str]]:
    """All servers in turns, in bursts of each size."""
    lines = []
    with ExitStack() as stack:
        audiences = {server.name: stack.enter_context(server.listeners(audience)) for server in servers}
        for burst in BURSTS:
            for server in servers:
                server.figures.clear()
            for _ in range(rounds):
                for server in servers:
                    share = PLAIN_SHARE if server.port == PLAIN_PORT else 1
                    server.measure(audiences[server.name], messages // audience // share, burst)
            lines += [_line(server, limit, audience, burst) for server in servers]
    return lines


def message_of(product: Product) -> bytes:
    """One message as the product sends it, for the bare socket to send."""
    from websockets.sync.client import connect
    from websockets.typing import Subprotocol

    with connect(
        f"ws://127.0.0.1:{product.port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], compression=None
    ) as socket:
        init, subscribe = opening(product.token)
        socket.send(init)
        socket.recv()
        socket.send(subscribe)
        time.sleep(1)
        product.emit(2)
        socket.recv()
        found = socket.recv()
    assert isinstance(found, str)
    return found.encode()


def _line(server: Server, limit: Server, audience: int, burst: int) -> list[str]:
    cost = statistics.median(server.figures["cost"])
    # Neighbours in time share the machine's mood.
    ratio = statistics.median(b / a for a, b in zip(server.figures["cost"], limit.figures["cost"], strict=True))
    latencies = sorted(server.figures["latency"])
    p99 = latencies[min(len(latencies) - 1, int(len(latencies) * 0.99))]
    title = f"{audience:,} sockets, {burst} at a time: {server.name}"
    times = [f"{statistics.median(latencies) * 1e3:.1f}", f"{p99 * 1e3:.1f}"]
    return [title, f"{cost * 1e6:.1f}", f"{1 / cost:,.0f}", f"{ratio:.2f}", *times]


def memory(product: Product, audience: int, delivered: int) -> list[list[str]]:
    """Resident memory while many messages are delivered, at each tenth."""
    burst = max(BURSTS)
    lines = []
    with product.listeners(10) as few:
        # What is kept of the stream fills up first; the few keep it alive.
        product.deliver(few, KEPT, burst)
        with product.listeners(audience) as listeners:
            for tenth in range(11):
                if tenth:
                    product.deliver(listeners, max(burst, delivered // audience // 10), burst)
                lines.append([f"{delivered * tenth // 10:,}", f"{resident(product.pid) / 2**20:.1f}"])
    return lines


def idle(product: Product, sockets: int, seconds: float) -> list[list[str]]:
    """What sockets cost on which nothing happens, and how fast one event reaches all of them."""
    with product.listeners(50):
        pass
    time.sleep(2)
    before = resident(product.pid)
    with product.listeners(sockets) as listeners:
        held = resident(product.pid) - before
        spent = product.spent()
        time.sleep(seconds)
        spent = (product.spent() - spent) / seconds
        reached = product.deliver(listeners, 20, 1)
    return [
        ["memory for each socket, KiB", f"{held / sockets / 1024:.1f}"],
        ["processor time for each silent second, ms", f"{spent * 1e3:.1f}"],
        ["one event to all, median ms", f"{statistics.median(reached) * 1e3:.0f}"],
        ["one event to all, longest ms", f"{max(reached) * 1e3:.0f}"],
    ]


def run(sections: list[str], database: str, rounds: int, messages: int, sockets: int, delivered: int) -> None:
    """Measure the sections asked for, print a table for each."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as folder:
        on_postgres = database == "postgresql"
        url = place.postgres_url("qms_bench_live") if on_postgres else f"sqlite:///{folder}/live.db"
        installation = place.fresh(url)
        try:
            for name, measured in (("rates", rates), ("streams", streams)):
                if name not in sections:
                    continue
                with serving_product(installation) as product:
                    lines = [line for audience in AUDIENCES for line in measured(product, audience, rounds, messages)]
                head = ["", "µs a message", "messages/s and core", "× bare", "p50 ms to all", "p99 ms to all"]
                show(f"{name}, {database}; medians of {rounds} rounds of {messages:,} messages", head, lines)
            if "memory" in sections:
                with serving_product(installation) as product:
                    lines = memory(product, max(AUDIENCES), delivered)
                show(f"Memory over {delivered:,} messages, {database}", ["delivered", "resident MiB"], lines)
            if "idle" in sections:
                with serving_product(installation) as product:
                    lines = idle(product, sockets, 30)
                show(f"{sockets:,} idle sockets, {database}", ["", ""], lines)
        finally:
            place.remove(installation)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.live", description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="all if none is named")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=20_000, help="messages in a round, over all sockets")
    parser.add_argument("--idle", type=int, default=5000, help="sockets of the section idle; two files for each")
    parser.add_argument("--delivered", type=int, default=DELIVERED, help="messages of the section memory")
    given = parser.parse_args()
    run(given.sections or list(SECTIONS), given.database, given.rounds, given.messages, given.idle, given.delivered)


if __name__ == "__main__":
    main()
