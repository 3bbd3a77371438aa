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
    ids = (show_id(declared.table.name, row.values["id"]) for row in twin.all(declared))
    return next(ids, f"{declared.table.name}_{1:032x}")


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


def _keys(twin: Twin) -> dict[str, Any]:
    known = [ref for ref in twin.rows["external_ref"] if ref["type"] == "CUSTOMER"][:2]
    keys = [{"system": ref["system"], "externalId": ref["external_id"]} for ref in known]
    return {"refs": [*keys, {"system": "nowhere", "externalId": "?"}]}


def _census(twin: Twin) -> dict[str, Any]:
    return {"system": next(ref["system"] for ref in twin.rows["external_ref"] if ref["type"] == "CUSTOMER")}


def _ids(twin: Twin) -> dict[str, Any]:
    return {"ids": [_id(twin, "Risk"), _id(twin, "Customer"), f"customer_{0:032x}"]}


VARIABLES: dict[str, Callable[[Twin], dict[str, Any]]] = {
    "auditor": lambda twin: {"framework": next((row["framework"] for row in twin.rows["standard"]), "ISO 9001")},
    "back_list": lambda _: {},
    "by_ref": _keys,
    "customer_360": lambda twin: {"id": _id(twin, "Customer")},
    "dashboard": lambda _: {"window": {"from": "2026-01-01T00:00:00Z", "until": "2026-04-01T00:00:00Z"}},
    "deep_cursor": _deep,
    "department_head": lambda _: {},
    "employee": lambda _: {},
    "external_refs": _referenced,
    "golden_thread": lambda _: {"segment": ["wholesale"]},
    "inbox": lambda _: {},
    "node": lambda twin: {"id": _id(twin, "Feedback")},
    "nodes": _ids,
    "order_by_link": lambda _: {},
    "outside_census": _census,
    "relation_counts": lambda _: {"open": ["PLANNED", "IN_PROGRESS"]},
    "relation_filter": _related,
    "thread_of_feedback": lambda twin: {"id": _id(twin, "Feedback")},
    "wide_page": lambda _: {},
}
COMPUTED = ("by_ref", "dashboard", "department_head", "employee", "outside_census")
"""Those with root fields that Python computes: they may take several statements, and the twin does not know them."""


def _operation(path: Path) -> Operation:
    return lambda twin: (path.read_text(), VARIABLES[path.stem](twin))


OPERATIONS: dict[str, Operation] = {path.stem: _operation(path) for path in CASES.glob("*.graphql")}
