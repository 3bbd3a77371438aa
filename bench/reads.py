"""Reads: the API beside the least that can be done, and beside what else people would serve the same pages with.

`python -m bench.reads [--scale 1] [--rounds 5] [--requests 400] [--keep] [--rivals mercurius,…]`
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from bench import dataset, place, sqlite_copy
from bench.contenders import Contender, bearing, by_graphql, by_route, measure_in_turns, with_plain_ids
from bench.contents import same
from bench.dataset import Scale
from bench.load import Send, sending
from bench.place import Place
from bench.rivals import PREPARATION, RIVALS
from bench.table import show
from bench.workloads import WORKLOADS, Workload

FIRST_PORT = 9472
DATABASE = "qms_bench_reads"
CONCURRENCIES = (1, 16)
KINDS = {"API": "graphql"}
"""How the API is asked: a title, and the kind of the queries."""
SQLITE_SCALE = 0.1
"""SQLite gets at most a tenth: it is copied row by row, and the cost of a page does not grow with the table."""
FIGURES = (
    ("server ms", "server", ".2f"),
    ("database ms", "database", ".2f"),
    ("p50 ms", "p50", ".1f"),
    ("p99 ms", "p99", ".1f"),
    ("requests/s", "throughput", ",.0f"),
)
RATIOS = (("× server", "server"), ("× server + database", "both"), ("× p50", "p50"))
OF_TWO_PROCESSES = {"database ms", "× server + database"}
"""What says nothing where the database works in the server's process."""


def compare(contenders: Sequence[Contender], scale: Scale, rounds: int, most: int) -> list[dict[str, str]]:
    """Measure all pages on all servers in turns, the first being the limit, the second the API; the table's lines."""
    for workload in WORKLOADS:
        for number in (1, 2):
            variables = workload.variables(number, scale)
            agree(workload, {contender.title: contender.answer(workload, variables) for contender in contenders})
    return [line for workload in WORKLOADS for line in measured(contenders, workload, scale, rounds, most)]


def agree(workload: Workload, answers: Mapping[str, Any]) -> None:
    """End here if one of the servers, by their titles, answers otherwise than the first."""
    first = next(iter(answers.values()))
    for title, answer in answers.items():
        if not same(first, answer):
            raise SystemExit(f"{workload.title}: {title} answers differently\n{first}\n{answer}")


def measured(
    contenders: Sequence[Contender], workload: Workload, scale: Scale, rounds: int, most: int
) -> list[dict[str, str]]:
    """Measure one page on all servers in turns, the first being the limit, the second the API; the table's lines."""
    lines = []
    for concurrency in CONCURRENCIES:
        measure_in_turns(contenders, workload, scale, concurrency, rounds, most)
        print(f"measured: {workload.title}, {concurrency} at a time", file=sys.stderr, flush=True)
        lines += [_line(f"{workload.title}, {concurrency} at a time", contenders, c) for c in contenders]
    return lines


def _line(page: str, contenders: Sequence[Contender], contender: Contender) -> dict[str, str]:
    limit, api = contenders[:2]
    line = {"page": f"{page}: {contender.title}"}
    line |= {title: format(contender.median(name), form) for title, name, form in FIGURES}
    line |= {title: f"{contender.ratio(limit, name):.2f}" for title, name in RATIOS}
    line["× the API's server"] = f"{contender.ratio(api, 'server'):.1f}"
    return line if contender.database else {k: v for k, v in line.items() if k not in OF_TWO_PROCESSES}


@contextmanager
def limit_and_api(
    installation: Place, send: Send, first_port: int, role: str = "admin", kinds: Mapping[str, str] = KINDS
) -> Iterator[list[Contender]]:
    """The limit and the API on one installation; somebody of the role asks the API, by queries of each kind."""
    header = bearing(installation.token(role))
    made = partial(Contender, send=send, database=None if installation.on_sqlite else installation.database)
    limit = [*place.UVICORN, "bench.limit:app", "--port", str(first_port)]
    environment = os.environ | {"LIMIT_DATABASE_URL": installation.url}
    port = first_port + 1
    with (
        place.serving(limit, environment, first_port) as pid,
        place.serving(place.product_server(port), installation.environment, port) as other,
    ):
        yield [
            made("limit", first_port, pid, by_route, application="limit"),
            *(made(title, port, other, by_graphql(kind, header), application="qms") for title, kind in kinds.items()),
        ]


@contextmanager
def contending(
    installation: Place, send: Send, first_port: int, only: frozenset[str] | None = None
) -> Iterator[list[Contender]]:
    """The servers on one installation: the limit, the API, and on PostgreSQL the rivals that can be started."""
    with ExitStack() as stack:
        found = stack.enter_context(limit_and_api(installation, send, first_port))
        if not installation.on_sqlite:
            made = partial(Contender, send=send, database=installation.database)
            organization = asyncio.run(_prepared(installation.url))
            chosen = [rival for rival in RIVALS if only is None or rival.application in only]
            for port, rival in enumerate(chosen, first_port + 2):
                if reason := rival.why_not():
                    print(f"{rival.title} is left out: {reason}.", flush=True)
                    continue
                command, surroundings = rival.command(port), rival.environment(installation.url)
                pid = stack.enter_context(place.serving(command, surroundings, port))
                ask = by_graphql(rival.kind, prepared=partial(_for_rival, rival.application, organization))
                found.append(made(rival.title, port, pid, ask, application=rival.application))
        yield found


def _for_rival(application: str, organization: str, variables: dict[str, object]) -> dict[str, object]:
    """PostGraphile serves all organizations; the others know the one there is."""
    plain = with_plain_ids(variables)
    return plain | {"organization": organization} if application == "postgraphile" else plain


async def _prepared(url: str) -> str:
    """The organization's id; what the rivals need is in the database then."""
    async with place.connected(url) as connection:
        await connection.execute(PREPARATION)
        return str(await connection.fetchval("SELECT id FROM organization"))


def run(scale: Scale, rounds: int, most: int, *, keep: bool, only: frozenset[str] | None = None) -> None:
    """Make the data set, measure all pages, print the table."""
    start, load = time.monotonic(), os.getloadavg()[0]
    small = scale.at_most(SQLITE_SCALE)
    with sending() as send:
        with (
            dataset.on_postgresql(DATABASE, scale, keep=keep) as installation,
            contending(installation, send, FIRST_PORT, only) as contenders,
        ):
            lines = compare(contenders, scale, rounds, most)
        with (
            sqlite_copy.on_sqlite(small, keep=keep) as installation,
            contending(installation, send, FIRST_PORT) as contenders,
        ):
            embedded = compare(contenders, small, rounds, most)
    took = f"medians of {rounds} rounds of at most {most} requests"
    mood = f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after, {(time.monotonic() - start) / 60:.0f} minutes"
    show_lines(f"Reads on PostgreSQL, {scale}; {took}; {mood}", lines)
    show_lines(f"Reads on SQLite, {small}; {took}; the database works in the server's process", embedded)


def show_lines(title: str, lines: Sequence[dict[str, str]]) -> None:
    """Print what was measured as a table."""
    show(title, list(lines[0]), [list(line.values()) for line in lines])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reads", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 100,000 customers and 1,000,000 feedback")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=400, help="most requests in a round")
    parser.add_argument("--keep", action="store_true", help="leave the data for the next run, which then uses it")
    parser.add_argument("--rivals", help="which of strawberry,mercurius,postgraphile; all if not given, '' for none")
    given = parser.parse_args()
    only = None if given.rivals is None else frozenset(given.rivals.split(","))
    run(Scale.of(given.scale), given.rounds, given.requests, keep=given.keep, only=only)


if __name__ == "__main__":
    main()
