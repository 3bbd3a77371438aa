"""The golden thread, from a customer's words to the changed specification, beside the least that can be done.

`python -m bench.thread [--feedback 20000] [--rounds 5] [--requests 400] [--keep]`

The statement by hand says what of the operation compiles. What Python computes is asked for beside it, field by field.
"""

import argparse
import os
from collections.abc import Sequence
from functools import cache
from typing import Any

from graphql import REMOVE, FieldNode, Visitor, parse, print_ast, visit

from bench import dataset, sqlite_copy
from bench.contenders import Contender, measure_in_turns
from bench.contents import content
from bench.load import Send, sending
from bench.place import Place
from bench.reads import agree, limit_and_api, measured, show_lines
from bench.thread_rows import Size, statements
from bench.workloads import THREAD, Workload

FIRST_PORT = 9512
DATABASE = "qms_bench_thread"
ROLE = "quality_manager"
COMPUTED = {
    "customer.churnRisk": "always null today; a prediction comes from Python",
    "themes.volume": "periods of a time zone, intervals of a count",
    "complaint.transitions": "rules of the machine, as data in Python",
    "nonconformity.signal": "always null today; a control chart comes from Python",
    "risks.observedOccurrence": "a window until now; the table of rates is in Python",
    "revisions.changes": "two lists held against each other by name",
    "revisions.history": "unseals personal values, signs cursors",
    "actions.effectiveness": "metrics with their intervals and tests",
    "objective.current": "a metric with its interval",
    "objective.onTrack": "a metric and a rule of Python",
}
"""What of the operation does not compile, by the field above it and its own name, and why."""
COMPILED, WHOLE = "compiled", "whole"
KINDS = {"API": COMPILED, "API, the whole": WHOLE}


class Thread(Workload):
    """The page, of which each kind asks for what compiles, and beside that for one field, or for all of them."""

    def text(self, kind: str) -> str:
        """The query of a kind: ``compiled``, ``whole``, or what is asked for beside what compiles."""
        if kind.endswith(".sql"):
            return super().text(kind)
        return _query(frozenset({*COMPUTED} - {kind}) if kind != WHOLE else frozenset())


PAGE = Thread(THREAD.name, THREAD.title, THREAD.variables, THREAD.taken)


class _Left(Visitor):
    """Leaves fields out of a document."""

    def __init__(self, out: frozenset[str]) -> None:
        super().__init__()
        self._out = out

    def enter_field(self, node: FieldNode, _key: Any, _parent: Any, _path: Any, ancestors: list[Any]) -> Any:
        above = next((found.name.value for found in reversed(ancestors) if isinstance(found, FieldNode)), "")
        return REMOVE if f"{above}.{node.name.value}" in self._out else None


@cache
def _query(left_out: frozenset[str]) -> str:
    """The operation without some of its fields."""
    return print_ast(visit(parse(THREAD.text("graphql")), _Left(left_out)))


def _compiled(value: Any, above: str = "") -> Any:
    """An answer without what Python computed."""
    if isinstance(value, list):
        return [_compiled(item, above) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _compiled(item, key) for key, item in value.items() if f"{above}.{key}" not in COMPUTED}


def report(installation: Place, send: Send, size: Size, rounds: int, most: int) -> None:
    """Measure the limit, what compiles and the whole in turns, then each computed field alone; print the tables."""
    load = os.getloadavg()[0]
    asked = KINDS | {name: name for name in COMPUTED}
    with limit_and_api(installation, send, FIRST_PORT, ROLE, asked) as contenders:
        for number in (1, 2):
            variables = PAGE.variables(number, size.scale)
            answers = {c.title: content(_compiled(c.data(PAGE, variables))) for c in contenders}
            agree(PAGE, answers)
        lines = measured(contenders[: 1 + len(KINDS)], PAGE, size.scale, rounds, most)
        fields = _beside(installation, contenders[1:], size, rounds, most)
    database = "SQLite" if installation.on_sqlite else "PostgreSQL"
    took = f"medians of {rounds} rounds of at most {most} requests; load {load:.1f} before"
    show_lines(f"The golden thread on {database}, {size}; {took}", lines)
    show_lines("What does not compile, asked for beside what does, one field at a time, 1 request at a time", fields)


def _beside(
    installation: Place, contenders: Sequence[Contender], size: Size, rounds: int, most: int
) -> list[dict[str, str]]:
    """What each computed field costs: the first contender asks for what compiles, the others for that and more."""
    measure_in_turns(contenders, PAGE, size.scale, 1, rounds, most)
    variables, compiled = PAGE.variables(1, size.scale), contenders[0]
    kinds = KINDS | {name: name for name in COMPUTED}
    lines = []
    for contender in contenders:
        count = installation.statements(PAGE.text(kinds[contender.title]), ROLE, variables)
        line = {"asked for": contender.title, "statements": str(count)}
        for title in ("server", "database") if contender.database else ("server",):
            line[f"{title} ms"] = f"{contender.median(title):.2f}"
        line["× what compiles"] = f"{contender.ratio(compiled, 'both' if contender.database else 'server'):.2f}"
        lines.append(line | {"why in Python": COMPUTED.get(contender.title, "")})
    return lines


def run(size: Size, rounds: int, most: int, *, keep: bool) -> None:
    """Make the data on each database, measure, print the tables."""
    with sending() as send:
        with dataset.on_postgresql(DATABASE, size, keep=keep, made=statements) as installation:
            report(installation, send, size, rounds, most)
        with sqlite_copy.on_sqlite(size, keep=keep, name="thread", made=statements) as installation:
            report(installation, send, size, rounds, most)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.thread", description=__doc__)
    parser.add_argument("--feedback", type=int, default=20_000, help="how many; ten show the same nonconformity")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=400, help="most requests in a round")
    parser.add_argument("--keep", action="store_true", help="leave the data for the next run, which then uses it")
    given = parser.parse_args()
    run(Size(given.feedback), given.rounds, given.requests, keep=given.keep)


if __name__ == "__main__":
    main()
