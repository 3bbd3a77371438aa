"""How fast `syncFeedback` takes in new rows over HTTP, as a ratio to a bare INSERT … ON CONFLICT of the same rows.

`python -m bench.sync [--database postgresql|sqlite] [--rounds 7] [--batches 3] [--customers 5000]`
"""

import argparse
import asyncio
import http.client
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bench import feedback_rows, place
from bench.bare import BarePostgres, BareSqlite
from bench.feedback_rows import BATCH
from bench.table import show

PORT = 9471


@dataclass
class Client:
    """A connection to the product's server that sends prepared bodies."""

    token: str
    connection: http.client.HTTPConnection = field(
        default_factory=lambda: http.client.HTTPConnection("127.0.0.1", PORT)
    )

    def send(self, body: bytes, expected: bytes) -> float:
        """Seconds from the first byte sent to the last received."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        start = time.perf_counter()
        self.connection.request("POST", "/graphql", body, headers)
        answer = self.connection.getresponse().read()
        seconds = time.perf_counter() - start
        if expected not in answer[:200]:
            raise SystemExit(f"unexpected answer: {answer[:500]!r}")
        return seconds


@dataclass
class Way:
    """One way to bring the batches in: seconds for each, and the processor time of all, database included."""

    name: str
    seconds: list[float] = field(default_factory=list)
    processor: float = 0.0

    @contextmanager
    def using(self, pids: list[int]) -> Iterator[None]:
        """Note the processor time that these processes use meanwhile."""
        before = sum(place.processor_seconds(pids).values())
        yield
        self.processor += sum(place.processor_seconds(pids).values()) - before


async def measure(installation: place.Place, rounds: int, batches: int, customers: int) -> list[Way]:
    """Take turns: a batch by the product, the same rows by the bare statements; replays at the end of each round."""
    bare_way, at_once, new = Way("bare, row by row"), Way("bare, one statement a table"), Way("syncFeedback, new rows")
    replayed = Way("syncFeedback, replayed")
    client = Client(installation.token())
    bare = BareSqlite(installation.file) if installation.on_sqlite else await BarePostgres.open(installation.url)
    with place.serving(place.product_server(PORT), installation.environment, PORT) as pid:
        for request in feedback_rows.foundations(customers):
            client.send(orjson.dumps(request), b'"data"')
        client.send(feedback_rows.batch(0, customers), b'"created":1000')
        twins = [await bare.twin(), await bare.twin()]
        for number in range(rounds):
            bodies = [feedback_rows.batch(1 + number * batches + n, customers) for n in range(batches)]
            server, direct = [pid, *await bare.backends("qms")], [os.getpid(), *await bare.backends("bare")]
            for body in bodies:
                end = await bare.end()
                with new.using(server):
                    new.seconds.append(client.send(body, b'"created":1000'))
                rows = await bare.rows_after(end, twins[0])
                with bare_way.using(direct):
                    bare_way.seconds.append(await bare.write(rows))
                if isinstance(bare, BarePostgres):
                    rows = await bare.rows_after(end, twins[1])
                    with at_once.using(direct):
                        at_once.seconds.append(await bare.write(rows, at_once=True))
            for body in bodies:
                with replayed.using(server):
                    replayed.seconds.append(client.send(body, b'"created":0'))
    await bare.close()
    return [way for way in (bare_way, at_once, new, replayed) if way.seconds]


def report(name: str, ways: list[Way]) -> None:
    """Print medians over the batches, and the ratios to the first way: of neighbours in time, and of processor time."""
    bare = ways[0]
    lines = []
    for way in ways:
        middle, count = statistics.median(way.seconds), len(way.seconds)
        ratio = statistics.median(own / other for own, other in zip(way.seconds, bare.seconds, strict=True))
        line = [way.name, f"{BATCH / middle:,.0f}", f"{middle * 1e3:.0f}", f"{ratio:.2f}"]
        lines.append([*line, f"{way.processor / count * 1e3:.0f}", f"{way.processor / bare.processor:.2f}"])
    head = ["", "rows/s", "ms a batch", "× bare", "processor ms a batch", "× bare"]
    show(f"syncFeedback on {name}: {len(bare.seconds)} batches of {BATCH}", head, lines)


def run(databases: list[str], rounds: int, batches: int, customers: int) -> None:
    """Measure on each of the databases, in an installation made for it and removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        for name in databases:
            url = f"sqlite:///{Path(folder) / 'qms.db'}" if name == "sqlite" else place.postgres_url("qms_bench_sync")
            installation = place.fresh(url)
            try:
                report(name, asyncio.run(measure(installation, rounds, batches, customers)))
            finally:
                place.remove(installation)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sync", description=__doc__)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), action="append")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batches", type=int, default=3)
    parser.add_argument("--customers", type=int, default=5000)
    given = parser.parse_args()
    run(given.database or ["postgresql", "sqlite"], given.rounds, given.batches, given.customers)


if __name__ == "__main__":
    main()
