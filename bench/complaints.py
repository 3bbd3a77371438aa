"""A complaint handler's inbox, without and with what each complaint may be moved to, beside the least that can be done.

`python -m bench.complaints [--scale 1] [--rounds 5] [--requests 400] [--keep]`
"""

import argparse
import os
from dataclasses import replace

from bench import dataset, sqlite_copy
from bench.contenders import Contender
from bench.dataset import Scale
from bench.load import Send, sending
from bench.place import Place
from bench.reads import agree, limit_and_api, measured, show_lines
from bench.workloads import COMPLAINTS

FIRST_PORT = 9492
DATABASE = "qms_bench_complaints"
ROLE = "complaint_handler"
MOVING = "API with transitions"
KINDS = {"API": "graphql", MOVING: "transitions.graphql"}
PAGE = 50


def scale_of(factor: float) -> Scale:
    """As many feedback as complaints, each with one. What neither page nor guards read is left out."""
    whole = Scale.of(factor)
    return replace(whole, feedback=whole.complaints, interactions=0, risks=0, actions=0, answers=0)


def report(installation: Place, send: Send, scale: Scale, rounds: int, most: int) -> None:
    """Measure the limit, the page, and the page with transitions in turns; print the table."""
    load = os.getloadavg()[0]
    with limit_and_api(installation, send, FIRST_PORT, ROLE, KINDS) as contenders:
        _agree(contenders, scale)
        lines = measured(contenders, COMPLAINTS, scale, rounds, most)
    database = "SQLite" if installation.on_sqlite else "PostgreSQL"
    took = f"medians of {rounds} rounds of at most {most} requests"
    mood = f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after"
    show_lines(f"Complaints on {database}, {scale}; {took}; {mood}; {statements(installation, scale)}", lines)


def _agree(contenders: list[Contender], scale: Scale) -> None:
    """End here if the pages differ in more than the transitions, or are not full of complaints that can be moved."""
    for number in (1, 2):
        variables = COMPLAINTS.variables(number, scale)
        answers = {contender.title: contender.answer(COMPLAINTS, variables) for contender in contenders}
        moves = [node.pop("transitions") for node in answers[MOVING]["nodes"]]
        if len(moves) != PAGE or not all(moves):
            raise SystemExit(f"the page is not full of complaints with transitions: {moves}")
        agree(COMPLAINTS, answers)


def statements(installation: Place, scale: Scale) -> str:
    """How many statements each page takes, as `qms explain` counts them."""
    variables = COMPLAINTS.variables(1, scale)
    counted = {kind: installation.statements(COMPLAINTS.text(kind), ROLE, variables) for kind in KINDS.values()}
    return ", ".join(f"{title}: {counted[kind]} statement{'s' * (counted[kind] > 1)}" for title, kind in KINDS.items())


def run(scale: Scale, rounds: int, most: int, *, keep: bool) -> None:
    """Make the data set on each database, measure, print the tables."""
    with sending() as send:
        with dataset.on_postgresql(DATABASE, scale, keep=keep) as installation:
            report(installation, send, scale, rounds, most)
        with sqlite_copy.on_sqlite(scale, keep=keep) as installation:
            report(installation, send, scale, rounds, most)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.complaints", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 100,000 complaints")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=400, help="most requests in a round")
    parser.add_argument("--keep", action="store_true", help="leave the data for the next run, which then uses it")
    given = parser.parse_args()
    run(scale_of(given.scale), given.rounds, given.requests, keep=given.keep)


if __name__ == "__main__":
    main()
