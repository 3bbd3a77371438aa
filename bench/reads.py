"""Processor time of a read by the API, as a ratio to a bare route with one statement by hand, on PostgreSQL.

`python -m bench.reads [--scale 1] [--rounds 5] [--requests 400] [--keep]`
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import asyncpg

from bench import dataset, place
from bench.dataset import Scale
from bench.table import show
from bench.workloads import WORKLOADS, Workload

PRODUCT_PORT, LIMIT_PORT = 9472, 9473
DATABASE = "qms_bench_reads"
CONCURRENCIES = (1, 16)


@dataclass
class Server:
    """One of the two servers under load, and what was measured of it, a figure for each round."""

    application: str
    """The name its connections have at the database."""
    port: int
    pid: int
    token: str | None = None
    figures: dict[str, list[float]] = field(default_factory=dict)

    def request(self, workload: Workload, variables: dict[str, Any]) -> str:
        """One HTTP request, whole."""
        if self.token is None:
            query = "".join(f"?id={argument}" for argument in workload.arguments(variables))
            return f"GET /{quote(workload.name)}{query} HTTP/1.1\r\nHost: bench\r\n\r\n"
        body = json.dumps({"query": workload.query, "variables": variables})
        return (
            f"POST /graphql HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )

    def answer(self, workload: Workload, variables: dict[str, Any]) -> Any:
        """One answer, parsed."""
        head, _, body = self.request(workload, variables).partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        url = f"http://127.0.0.1:{self.port}{first.split()[1]}"
        with urllib.request.urlopen(urllib.request.Request(url, body.encode() or None, headers), timeout=60) as answer:
            return json.load(answer)

    def load(self, requests: list[str], concurrency: int) -> dict[str, float]:
        """Send requests from a process of their own."""
        command = [str(place.PYTHON), "-m", "bench.load", str(self.port), str(concurrency)]
        done = subprocess.run(command, input=json.dumps(requests), capture_output=True, text=True, check=True)
        found: dict[str, float] = json.loads(done.stdout)
        return found

    def measure(self, requests: list[str], concurrency: int) -> None:
        """One round: note latencies, throughput, and the processor time of the server and of its database processes."""
        backends = asyncio.run(_backends(self.application))
        server, database = place.processor_seconds([self.pid]), place.processor_seconds(backends)
        found = self.load(requests, concurrency)
        count = len(requests)
        self._note("server", (place.processor_seconds([self.pid]) - server) / count * 1e3)
        self._note("database", (place.processor_seconds(backends) - database) / count * 1e3)
        self._note("p50", found["p50"])
        self._note("p99", found["p99"])
        self._note("throughput", count / found["seconds"])

    def _note(self, name: str, value: float) -> None:
        self.figures.setdefault(name, []).append(value)


async def _backends(application: str) -> list[int]:
    connection = await asyncpg.connect(place.postgres_url(DATABASE))
    try:
        found = await connection.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1", application
        )
    finally:
        await connection.close()
    return [row[0] for row in found]


def compare(
    product: Server, limit: Server, workload: Workload, scale: Scale, rounds: int, count: int
) -> list[list[str]]:
    """Measure one page on both servers in turns; a line of the table for each concurrency."""
    for number in (1, 2):
        variables = workload.variables(number, scale)
        mine, theirs = product.answer(workload, variables), limit.answer(workload, variables)
        if mine != theirs:
            raise SystemExit(f"{workload.name}: the two servers answer differently\n{mine}\n{theirs}")
    lines = []
    for concurrency in CONCURRENCIES:
        for server in (product, limit):
            server.figures.clear()
            server.load([server.request(workload, workload.variables(n, scale)) for n in range(100)], concurrency)
        for turn in range(rounds):
            variables_of_round = [workload.variables(turn * count + n, scale) for n in range(count)]
            for server in (limit, product):
                server.measure([server.request(workload, variables) for variables in variables_of_round], concurrency)
        lines += _lines(workload.name, concurrency, product, limit)
    return lines


def _lines(name: str, concurrency: int, product: Server, limit: Server) -> list[list[str]]:
    lines = []
    for title, server in (("limit", limit), ("API", product)):
        middle = {key: statistics.median(values) for key, values in server.figures.items()}
        line = [f"{name}, {concurrency} at a time: {title}", f"{middle['server']:.2f}", f"{middle['database']:.2f}"]
        line += [f"{middle['p50']:.1f}", f"{middle['p99']:.1f}", f"{middle['throughput']:,.0f}"]
        ratios = [_ratio(server, limit, key) for key in ("server", "database", "p50")]
        lines.append([*line, *(f"{ratio:.2f}" for ratio in ratios)])
    return lines


def _ratio(server: Server, limit: Server, key: str) -> float:
    """The median of the rounds' ratios: neighbours in time share the machine's mood."""
    return statistics.median(
        mine / (other or 1e-9) for mine, other in zip(server.figures[key], limit.figures[key], strict=True)
    )


def run(scale: Scale, rounds: int, count: int, *, keep: bool) -> None:
    """Make the data set, measure all pages, print the table."""
    installation = place.fresh(place.postgres_url(DATABASE))
    try:
        token = installation.token()
        asyncio.run(dataset.fill(installation.url, scale))
        limit_command = [str(place.PYTHON), "-m", "uvicorn", "bench.limit:app", "--port", str(LIMIT_PORT)]
        limit_command += ["--no-access-log", "--log-level", "warning"]
        environment = os.environ | {"LIMIT_DATABASE_URL": installation.url}
        with (
            place.serving(
                place.product_server(installation, PRODUCT_PORT), installation.environment, _health(PRODUCT_PORT)
            ) as product_pid,
            place.serving(limit_command, environment, _health(LIMIT_PORT)) as limit_pid,
        ):
            product, limit = Server("qms", PRODUCT_PORT, product_pid, token), Server("limit", LIMIT_PORT, limit_pid)
            lines = [line for w in WORKLOADS for line in compare(product, limit, w, scale, rounds, count)]
    finally:
        if not keep:
            place.remove(installation)
    head = ["page", "server ms", "database ms", "p50 ms", "p99 ms", "requests/s", "× server", "× database", "× p50"]
    show(f"Reads on PostgreSQL, {scale}; medians of {rounds} rounds of {count} requests", head, lines)


def _health(port: int) -> str:
    return f"http://127.0.0.1:{port}/health"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reads", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 100,000 customers and 1,000,000 feedback")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=400, help="requests in a round")
    parser.add_argument("--keep", action="store_true", help="leave the database for a look at it")
    given = parser.parse_args()
    run(Scale.of(given.scale), given.rounds, given.requests, keep=given.keep)


if __name__ == "__main__":
    main()
