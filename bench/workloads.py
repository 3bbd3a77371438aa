"""The pages that are read. What asks for them, in each language, is in ``pages/``.

`NAME.graphql` is asked of the product, `NAME.postgresql.sql` and `NAME.sqlite.sql` are what somebody would write by
hand, `NAME.plain.graphql` and `NAME.postgraphile.graphql` are for the rivals. `complaints.transitions.graphql`,
`clauses.verdicts.graphql` and `thread.graphql` ask for what nobody would write in SQL, too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench import dataset
from bench.dataset import Scale

PAGES = Path(__file__).with_name("pages")


@dataclass(frozen=True)
class Workload:
    """One page. ``variables`` makes those of the n-th request, ``taken`` names those that the statements take."""

    name: str
    title: str
    variables: Callable[[int, Scale], dict[str, Any]]
    taken: tuple[str, ...] = ()

    def text(self, kind: str) -> str:
        """The query or statement of a kind, for example ``plain.graphql``."""
        return _read(f"{self.name}.{kind}")


@cache
def _read(name: str) -> str:
    return (PAGES / name).read_text()


def customer_id(number: int, scale: Scale) -> str:
    """The id of the customer whom the n-th request is about."""
    return dataset.global_id("customer", number * 7919 % scale.customers + 1)


def _customer(number: int, scale: Scale) -> dict[str, Any]:
    return {"id": customer_id(number, scale), "feedback": 20, "risks": 5, "actions": 10}


def _product(number: int, scale: Scale) -> dict[str, Any]:
    chosen = number * 7919 % scale.products + 1
    return {"id": dataset.global_id("product", chosen), "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}


def _handler(number: int, scale: Scale) -> dict[str, Any]:
    return {"id": dataset.global_id("user", number % scale.handlers + 1)}


def _said(number: int, scale: Scale) -> dict[str, Any]:
    return {"id": dataset.global_id("feedback", number * 7919 % scale.feedback + 1)}


WORKLOADS = (
    Workload("inbox", "inbox", lambda number, scale: {"first": 50}),
    Workload("customer", "360°", _customer, ("id",)),
    Workload("wide", "wide", lambda number, scale: {"customers": 50, "feedback": 10, "actions": 5}),
    Workload("metric", "metric", _product, ("id", "from", "until")),
)
"""What all servers are asked for."""

COMPLAINTS = Workload("complaints", "complaints", _handler, ("id",))
"""A complaint handler's inbox: the limit and the API are asked for it."""

CLAUSES = Workload("clauses", "clauses", lambda number, scale: {"framework": "ISO 9001"}, ("framework",))
"""An auditor's matrix of clauses: the limit and the API are asked for it."""

THREAD = Workload("thread", "thread", _said, ("id",))
"""The golden thread, from feedback to what came of it: the limit, the API and parts of the query are asked for it."""
