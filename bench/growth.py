"""Whether the cost of a page grows with the table: the same pages on databases of more and more feedback.

`python -m bench.growth [--sizes 10000,100000,1000000,5000000] [--rounds 15] [--requests 60] [--keep]`
"""

import argparse
import json
import os
import time
import urllib.request
from contextlib import ExitStack
from typing import Any

from bench import dataset, place
from bench.contenders import Contender, bearing, by_graphql
from bench.dataset import Scale
from bench.load import Send, sending
from bench.table import show
from bench.workloads import Workload, customer_id

FIRST_PORT = 9482
DATABASE = "qms_bench_growth"
SIZES = [10_000, 100_000, 1_000_000, 5_000_000]
_FIELDS = "id number status text receivedAt customer { id name segment } product { id name sku }"
_NEWEST = "orderBy: [{ field: RECEIVED_AT, direction: DESC }]"
_MIDDLE = f"""query Middle($before: DateTime!) {{
  feedbacks(first: 1, {_NEWEST}, where: {{ receivedAt: {{ lt: $before }} }}) {{ pageInfo {{ endCursor }} }}
}}"""


class Page(Workload):
    """A page whose query is not in a file."""

    def text(self, kind: str) -> str:
        return _QUERIES[self.name]


_QUERIES = {
    "inbox": f"query Inbox {{ feedbacks(first: 50, {_NEWEST}) {{ nodes {{ {_FIELDS} }} }} }}",
    "deep": f"""query Deep($after: String!) {{
  feedbacks(first: 50, after: $after, {_NEWEST}) {{ nodes {{ {_FIELDS} }} pageInfo {{ endCursor hasNextPage }} }}
}}""",
    "customer": f"""query Filtered($id: ID!) {{
  feedbacks(first: 50, {_NEWEST}, where: {{ customer: {{ id: {{ eq: $id }} }} }}) {{ nodes {{ {_FIELDS} }} }}
}}""",
    "total": f"query Total {{ feedbacks(first: 50, {_NEWEST}) {{ totalCount nodes {{ {_FIELDS} }} }} }}",
}


def scale_of(feedback: int) -> Scale:
    """A tenth as many customers; products as they are in a company. What the pages do not read is left out."""
    return Scale(feedback // 10, feedback, 0, 2000, 0, 0, answers=0, complaints=0)


def pages(cursor: str) -> list[Page]:
    """The pages of one database, of which ``cursor`` is a place in the middle."""

    def nothing(_number: int, _scale: Scale) -> dict[str, Any]:
        return {}

    return [
        Page("inbox", "inbox", nothing),
        Page("deep", "deep cursor", lambda number, scale: {"after": cursor}),
        Page("customer", "of a customer", lambda number, scale: {"id": customer_id(number, scale)}),
        Page("total", "inbox with totalCount", nothing),
    ]


def middle(contender: Contender, token: str, scale: Scale) -> str:
    """The cursor of the feedback in the middle of the table."""
    before = dataset.said_at(scale.feedback // 2).isoformat()
    body = json.dumps({"query": _MIDDLE, "variables": {"before": before}}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"http://127.0.0.1:{contender.port}/graphql", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: str = json.load(answer)["data"]["feedbacks"]["pageInfo"]["endCursor"]
    return found


def run(sizes: list[int], rounds: int, most: int, *, keep: bool = False) -> None:
    """Make the databases, one server on each, measure them in turns, print the table."""
    start, load = time.monotonic(), os.getloadavg()[0]
    with ExitStack() as stack:
        send = stack.enter_context(sending())
        served = [_serve(stack, send, FIRST_PORT + place_, size, keep) for place_, size in enumerate(sizes)]
        lines = []
        for at in range(len(_QUERIES)):
            for contender, scale, cursor in served:
                contender.prepare(pages(cursor)[at], scale, 1, most)
            for turn in range(rounds):
                for contender, scale, cursor in served:
                    contender.measure(pages(cursor)[at], scale, 1, turn)
            lines += [_line(pages("")[at].title, served[0][0], contender) for contender, _, _ in served]
    mood = f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after, {(time.monotonic() - start) / 60:.0f} minutes"
    head = ["page", "server ms", "database ms", "p50 ms", "× server + database", "× p50"]
    show(f"Growth, one request at a time; medians of {rounds} rounds of at most {most}; {mood}", head, lines)


def _serve(stack: ExitStack, send: Send, port: int, size: int, keep: bool) -> tuple[Contender, Scale, str]:
    scale, database = scale_of(size), f"{DATABASE}_{size}"
    installation = stack.enter_context(dataset.on_postgresql(database, scale, keep=keep))
    token = installation.token()
    pid = stack.enter_context(place.serving(place.product_server(port), installation.environment, port))
    ask = by_graphql("", bearing(token))
    contender = Contender(f"{size:,}", port, pid, ask, send, database=database, application="qms")
    return contender, scale, middle(contender, token, scale)


def _line(page: str, smallest: Contender, contender: Contender) -> list[str]:
    figures = [f"{contender.median(name):.2f}" for name in ("server", "database", "p50")]
    return [f"{page}: {contender.title}", *figures, *(f"{contender.ratio(smallest, n):.2f}" for n in ("both", "p50"))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="how many feedback, smallest first")
    parser.add_argument(
        "--rounds", type=int, default=15, help="many short ones: latencies suffer from the machine's moods"
    )
    parser.add_argument("--requests", type=int, default=60, help="most requests in a round")
    parser.add_argument("--keep", action="store_true", help="leave the data for the next run, which then uses it")
    given = parser.parse_args()
    run([int(size) for size in given.sizes.split(",")], given.rounds, given.requests, keep=given.keep)


if __name__ == "__main__":
    main()
