"""Handwritten operations: the ``.graphql`` files of ``cases``, with variables drawn from the twin's rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.graph.twin import Twin
from tests.graph.values import show, show_id

CASES = Path(__file__).with_name("cases")
Operation = Callable[[Twin], tuple[str, dict[str, Any]]]


def _id(twin: Twin, type_name: str) -> str:
    declared = twin.types[type_name]
    return show_id(declared.table.name, twin.all(declared)[0].values["id"])


def _deep(twin: Twin) -> dict[str, Any]:
    feedback = twin.types["Feedback"]
    keys = twin.keys([{"field": "LANGUAGE", "direction": "ASC"}, {"field": "OCCURRED_AT", "direction": "DESC"}])
    rows = sorted(twin.all(feedback), key=lambda row: (row.values["language"] is None, row.values["language"] or ""))
    return {"after": twin.cursor(rows[0], keys), "before": twin.cursor(rows[-1], keys)}


def _related(twin: Twin) -> dict[str, Any]:
    names = [row["name"] for row in twin.rows["theme"]]
    earliest = min(row["occurred_at"] for row in twin.rows["feedback"])
    return {"segment": "retail", "themes": names, "since": show(earliest, "DateTime")}


def _referenced(twin: Twin) -> dict[str, Any]:
    known = [ref for ref in twin.rows["external_ref"] if ref["type"] == "PRODUCT"] or twin.rows["external_ref"]
    return {"ref": {"system": known[0]["system"], "externalId": known[0]["external_id"]}}


VARIABLES: dict[str, Callable[[Twin], dict[str, Any]]] = {
    "customer_360": lambda twin: {"id": _id(twin, "Customer")},
    "deep_cursor": _deep,
    "external_refs": _referenced,
    "golden_thread": lambda _: {"segment": ["wholesale"]},
    "inbox": lambda _: {},
    "back_list": lambda _: {},
    "order_by_link": lambda _: {},
    "node": lambda twin: {"id": _id(twin, "Feedback")},
    "relation_filter": _related,
    "wide_page": lambda _: {},
}


def _operation(path: Path) -> Operation:
    return lambda twin: (path.read_text(), VARIABLES[path.stem](twin))


OPERATIONS: dict[str, Operation] = {path.stem: _operation(path) for path in CASES.glob("*.graphql")}
