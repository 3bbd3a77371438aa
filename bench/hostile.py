"""Processor time that hostile documents cost to answer or to refuse, as a ratio to ordinary ones of the same size.

`python -m bench.hostile [--sizes 1000 10000 …] [--rounds 3] [--most 10]`
"""

import argparse
import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench import place
from bench.hostile_documents import FAMILIES, ORDINARY_NAME, ORDINARY_VARIABLES, Family, ordinary
from bench.table import show
from qms_graphql.app.server import create_app
from qms_graphql.base.access import Viewer, system_viewer
from qms_graphql.base.settings import Settings
from qms_graphql.graph.requests.documents import Documents
from qms_graphql.graph.running.answers import Answer, Request
from qms_graphql.graph.running.execution import Graph
from qms_graphql.people import organizations

BASELINE = "an ordinary document"


@dataclass(frozen=True)
class Cost:
    """What one document of a family cost."""

    name: str
    size: int
    milliseconds: float
    outcome: str


class Measured:
    """The API in this process, on a SQLite file with the demonstration company."""

    def __init__(self, graph: Graph, viewer: Viewer) -> None:
        self._graph = graph
        self._viewer = viewer

    async def cost(self, name: str, family: Family, size: int, rounds: int) -> Cost:
        """The median over rounds, each on a server that has never seen the document."""
        text = family(size)
        ordinarily = (ORDINARY_VARIABLES, ORDINARY_NAME) if family is ordinary else ()
        request = Request(text, *ordinarily)
        times = []
        for _ in range(rounds):
            self._graph.documents = Documents(self._graph.schema)
            gc.collect()
            started = time.process_time()
            answer = await self._graph.answer(self._viewer, request)
            answer.json()
            times.append(time.process_time() - started)
        return Cost(name, len(text), statistics.median(times) * 1e3, _outcome(answer))


def _outcome(answer: Answer) -> str:
    errors = answer.errors
    return f"{errors[0]['extensions']['code']}: {errors[0]['message'][:60]}" if errors else "answered"


@contextmanager
def _measured(folder: str) -> Iterator[Callable[[list[int], int], list[tuple[int, list[Cost]]]]]:
    installation = place.fresh(f"sqlite:///{folder}/hostile.db")
    installation.qms("demo", "--load-only")
    settings = Settings(database_url=installation.url, secret_key=place.SECRET)

    async def measure(sizes: list[int], rounds: int) -> list[tuple[int, list[Cost]]]:
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            graph, database = app.state.graph, app.state.database
            organization = await organizations.find_or_create(database, "demo", graph.clock.now())
            measured = Measured(graph, system_viewer(organization, "bench"))
            await measured.cost(BASELINE, ordinary, 1000, 3)
            found = []
            for size in sizes:
                costs = [await measured.cost(BASELINE, ordinary, size, 2 * rounds + 1)]
                costs += [await measured.cost(name, family, size, rounds) for name, family in FAMILIES.items()]
                found.append((size, costs))
            return found

    yield lambda sizes, rounds: asyncio.run(measure(sizes, rounds))


def run(sizes: list[int], rounds: int, most: int) -> None:
    """Measure all documents; for each size print the costliest."""
    with tempfile.TemporaryDirectory() as folder, _measured(folder) as measure:
        for size, costs in measure(sizes, rounds):
            baseline = costs[0]
            worst = sorted(costs[1:], key=lambda cost: cost.milliseconds, reverse=True)[:most]
            rows = [
                [
                    cost.name,
                    f"{cost.size:,}",
                    f"{cost.milliseconds:.1f}",
                    f"{cost.milliseconds / baseline.milliseconds:.1f}",
                    cost.outcome.replace("\n", " "),
                ]
                for cost in (baseline, *worst)
            ]
            show(f"Documents of {size:,} bytes", ["document", "bytes", "ms", "× ordinary", "outcome"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 40_000, 100_000, 200_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3, help="times that each document is measured")
    parser.add_argument("--most", type=int, default=10, help="how many of the costliest are shown for each size")
    given = parser.parse_args()
    run(given.sizes, given.rounds, given.most)


if __name__ == "__main__":
    main()
