"""A server under load: how it is asked, and what its answers cost."""

import asyncio
import json
import statistics
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import asyncpg

from bench import place
from bench.contents import content
from bench.dataset import Scale
from bench.load import Send
from bench.workloads import Workload

Ask = Callable[[Workload, dict[str, Any]], str]
ROUND_SECONDS = 1.5
"""A round of a slow server is cut short, so that all rounds together stay bounded."""
FEWEST = 16


def by_route(workload: Workload, variables: dict[str, Any]) -> str:
    """A request for the page by its own route."""
    given = urlencode({name: variables[name] for name in workload.taken})
    return f"GET /{workload.name}?{given} HTTP/1.1\r\nHost: bench\r\n\r\n"


def by_graphql(kind: str, headers: str = "", prepared: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> Ask:
    """Requests by GraphQL, in a dialect of the queries, with variables as this server takes them."""

    def ask(workload: Workload, variables: dict[str, Any]) -> str:
        body = json.dumps({"query": workload.text(kind), "variables": prepared(variables)})
        return (
            f"POST /graphql HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{headers}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    return ask


def bearing(token: str) -> str:
    """The header that presents a token."""
    return f"Authorization: Bearer {token}\r\n"


def with_plain_ids(variables: dict[str, Any]) -> dict[str, Any]:
    """The variables with an id as PostgreSQL writes it."""
    if "id" not in variables:
        return variables
    return variables | {"id": str(UUID(variables["id"].rpartition("_")[2]))}


@dataclass
class Contender:
    """One server under load, and what was measured of it, a figure for each round."""

    title: str
    port: int
    pid: int
    ask: Ask
    send: Send
    database: str | None = None
    """The PostgreSQL database it reads; None where reading is done in its own process."""
    application: str = ""
    """The name its connections have there."""
    count: int = 0
    """How many requests a round has."""
    figures: dict[str, list[float]] = field(default_factory=dict)

    def answer(self, workload: Workload, variables: dict[str, Any]) -> Any:
        """What one answer says."""
        return content(self.data(workload, variables))

    def data(self, workload: Workload, variables: dict[str, Any]) -> Any:
        """One answer as it is."""
        head, _, body = self.ask(workload, variables).partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        url = f"http://127.0.0.1:{self.port}{first.split()[1]}"
        with urllib.request.urlopen(urllib.request.Request(url, body.encode() or None, headers), timeout=60) as answer:
            return json.load(answer)["data"]

    def prepare(self, workload: Workload, scale: Scale, concurrency: int, most: int) -> None:
        """Warm up, and find how many requests a round may have."""
        self.figures.clear()
        self.send(self.port, concurrency, self._requests(workload, scale, 0, FEWEST))
        found = self.send(self.port, concurrency, self._requests(workload, scale, FEWEST, 2 * FEWEST))
        self.count = max(FEWEST, min(most, round(ROUND_SECONDS / found["seconds"] * FEWEST)))
        # What compiles itself while it runs (V8, plans of PostgreSQL) is to be done with that.
        self.send(self.port, concurrency, self._requests(workload, scale, 0, min(self.count, 200)))

    def measure(self, workload: Workload, scale: Scale, concurrency: int, turn: int) -> None:
        """One round: note latencies, throughput, and the processor time of the server and of its database processes."""
        requests = self._requests(workload, scale, turn * self.count, (turn + 1) * self.count)
        backends = place.processor_seconds(self._backends())
        server = place.processor_seconds([self.pid])
        found = self.send(self.port, concurrency, requests)
        self._note("server", sum(place.processor_seconds([self.pid]).values()) - sum(server.values()))
        after = place.processor_seconds(self._backends())
        self._note("database", sum(spent - backends.get(pid, 0.0) for pid, spent in after.items()))
        for name in ("server", "database"):
            self.figures[name][-1] *= 1e3 / self.count
        self._note("both", self.figures["server"][-1] + self.figures["database"][-1])
        self._note("p50", found["p50"])
        self._note("p99", found["p99"])
        self._note("throughput", self.count / found["seconds"])

    def median(self, name: str) -> float:
        return statistics.median(self.figures[name])

    def ratio(self, other: "Contender", name: str) -> float:
        """The median of the rounds' ratios: neighbours in time share the machine's mood."""
        pairs = zip(self.figures[name], other.figures[name], strict=True)
        return statistics.median(mine / (theirs or 1e-9) for mine, theirs in pairs)

    def _requests(self, workload: Workload, scale: Scale, first: int, end: int) -> list[str]:
        return [self.ask(workload, workload.variables(number, scale)) for number in range(first, end)]

    def _note(self, name: str, value: float) -> None:
        self.figures.setdefault(name, []).append(value)

    def _backends(self) -> list[int]:
        return asyncio.run(_backends(self.database, self.application)) if self.database else []


async def _backends(database: str, application: str) -> list[int]:
    connection = await asyncpg.connect(place.POSTGRES)
    try:
        found = await connection.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND application_name = $2", database, application
        )
    finally:
        await connection.close()
    return [row[0] for row in found]


def measure_in_turns(
    contenders: Sequence[Contender], workload: Workload, scale: Scale, concurrency: int, rounds: int, most: int
) -> None:
    """Some rounds, in each of which every server has its turn."""
    for contender in contenders:
        contender.prepare(workload, scale, concurrency, most)
    for turn in range(rounds):
        for contender in contenders:
            contender.measure(workload, scale, concurrency, turn)
