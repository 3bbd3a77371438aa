"""The four pages that are read. What asks for them, in each language, is in ``pages/``.

`NAME.graphql` is asked of the product, `NAME.postgresql.sql` and `NAME.sqlite.sql` are what somebody would write by
hand, `NAME.plain.graphql` and `NAME.postgraphile.graphql` are for the rivals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.dataset import Scale

_PAGES = Path(__file__).with_name("pages")


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
    return (_PAGES / name).read_text()


def _id(kind: str, place: int, number: int) -> str:
    """The global id of the record with a number, as the data set makes them."""
    return f"{kind}_0198000{place}000070008000{number:012x}"


def customer_id(number: int, scale: Scale) -> str:
    """The id of the customer whom the n-th request is about."""
    return _id("customer", 0, number * 7919 % scale.customers + 1)


def _customer(number: int, scale: Scale) -> dict[str, Any]:
    return {"id": customer_id(number, scale), "feedback": 20, "risks": 5, "actions": 10}


def _product(number: int, scale: Scale) -> dict[str, Any]:
    chosen = number * 7919 % scale.products + 1
    return {"id": _id("product", 1, chosen), "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}


WORKLOADS = (
    Workload("inbox", "inbox", lambda number, scale: {"first": 50}),
    Workload("customer", "360°", _customer, ("id",)),
    Workload("wide", "wide", lambda number, scale: {"customers": 50, "feedback": 10, "actions": 5}),
    Workload("metric", "metric", _product, ("id", "from", "until")),
)
