"""SQL and answers of what a connector does and of who follows, one after another, for people to read in a review.

The operations are those of ``tests/conformance/operations.graphql``; of the agreed ones, `MetricUpdated` and
`SignalRaised` come with later issues. What is new each time stands in the snapshots as ``<customer 1>`` or
``<cursor 1>``, the same for the same. QMS_UPDATE_SNAPSHOTS=1 writes them anew.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qms_graphql.base.access import ActorKind, Role, Viewer, permissions_of, system_viewer
from qms_graphql.graph.running.answers import Delivery, Request
from qms_graphql.graph.running.explain import readable
from qms_graphql.graph.running.live import Gone
from tests.conftest import Company
from tests.graph.observe import all_statements, as_it_was

EXCHANGES = Path(__file__).with_name("exchanges")
OPERATIONS = Path(__file__).parents[1] / "conformance" / "operations.graphql"
_ID = re.compile(r"([a-z_]+)_[0-9a-f]{32}")


def _key(external_id: str, **more: Any) -> dict[str, Any]:
    return {"system": "shop", "externalId": external_id} | more


CUSTOMERS: list[dict[str, Any]] = [
    {
        "ref": _key("ann", version=1),
        "name": "Ann",
        "kind": "PERSON",
        "parent": _key("acme"),
        "email": "ann@example.com",
    },
    {"ref": _key("acme", version=1), "name": "Acme", "relations": [{"to": _key("ann"), "role": "buyer"}]},
]
SAID = {"source": "REVIEW", "customer": _key("acme"), "contact": _key("ann"), "survey": _key("review")}

STEPS: dict[str, tuple[str, Callable[[list[Any]], dict[str, Any]]]] = {
    # A contact of an account comes before the account.
    "1_customers": ("SyncCustomers", lambda _: {"input": {"items": CUSTOMERS, "idempotencyKey": "first"}}),
    "2_customers_repeated": ("SyncCustomers", lambda _: {"input": {"items": CUSTOMERS, "idempotencyKey": "first"}}),
    # One is equal, one has a new name, one an older version, one no name.
    "3_customers_changed": (
        "SyncCustomers",
        lambda _: {
            "input": {
                "items": [
                    CUSTOMERS[0],
                    CUSTOMERS[1] | {"ref": _key("acme", version=2), "name": "Acme Ltd"},
                    {"ref": _key("ann", version=0), "name": "Anna"},
                    {"ref": _key("bob", version=1)},
                ]
            }
        },
    ),
    "4_products": (
        "SyncProducts",
        lambda _: {"input": {"items": [{"ref": _key("kettle"), "sku": "K-100", "name": "Kettle"}]}},
    ),
    # One refers to a customer whom nobody knows yet.
    "5_interactions": (
        "SyncInteractions",
        lambda _: {
            "input": {
                "items": [
                    {"ref": _key(who), "kind": "PURCHASE", "occurredAt": "2026-03-01T08:00:00Z", "customer": _key(who)}
                    for who in ("acme", "nobody")
                ]
            }
        },
    ),
    "6_survey": (
        "SaveSurvey",
        lambda _: {
            "input": {
                "ref": _key("review"),
                "name": "Order review",
                "source": "REVIEW",
                "questions": [{"key": "score", "metric": "CSAT", "scaleMin": 1, "scaleMax": 5, "satisfiedFrom": 4}],
            }
        },
    ),
    # The second is confidential: it is taken in, and not shown to who brought it.
    "7_feedback": (
        "SyncFeedback",
        lambda _: {
            "input": {
                "items": [
                    SAID | {
                        "ref": _key(text), "text": text, "confidential": text == "whispered",
                        "occurredAt": f"2026-03-01T0{number}:00:00Z",
                        "answers": [{"question": "score", "number": number}],
                    }
                    for number, text in enumerate(("said", "whispered"), start=4)
                ]
            }
        },
    ),
    "8_links": (
        "LinkExternalRefs",
        lambda told: {
            "input": {
                "items": [
                    {"recordId": told[0]["syncCustomers"]["results"][1]["customer"]["id"], "ref": _key("A-1")},
                    {"recordId": f"customer_{0:032x}", "ref": _key("A-2")},
                ]
            }
        },
    ),
    "9_changes": ("Changes", lambda _: {"types": ["CUSTOMER", "PRODUCT", "FEEDBACK"], "excludeOrigin": ["elsewhere"]}),
}  # fmt: skip


def test_no_agreed_operation_is_left_out() -> None:
    agreed = re.findall(r"^(?:query|mutation|subscription) (\w+)", OPERATIONS.read_text(), re.MULTILINE)
    in_cases = {"ByRef", "OutsideCensus"}
    assert set(agreed) == {operation for operation, _ in STEPS.values()} | {"Live"} | in_cases


class Placeholders:
    """Names for what is new each time: the same for the same."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def named(self, value: Any, key: str = "") -> Any:
        """A value without what is new each time. ``key`` is where it stands."""
        if isinstance(value, dict):
            return {name: self.named(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.named(item, key) for item in value]
        if not isinstance(value, str):
            return value
        found = _ID.fullmatch(value)
        kind = found[1] if found else "cursor" if key.lower().endswith("cursor") else None
        return value if kind is None else self._known.setdefault(value, self._next(value, kind))

    def _next(self, value: str, kind: str) -> str:
        if value not in self._known:
            self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"<{kind} {self._counts[kind]}>"


def shop(company: Company) -> Viewer:
    """The shop's connector."""
    roles = frozenset({Role.CONNECTOR})
    systems = frozenset({"shop"})
    return Viewer(company.id, ActorKind.CONNECTOR, None, "shop", roles, permissions_of(roles), systems)


async def listened(company: Company, variables: dict[str, Any], most: int) -> list[Any]:
    """The first so many events of the subscription."""
    events: list[Any] = []

    def take(delivery: Delivery) -> None:
        for answer in delivery.answers:
            assert answer.errors == []
            events.append(answer.data)
            if len(events) == most:
                raise Gone

    request = Request(OPERATIONS.read_text(), variables, "Live")
    try:
        await company.installation.graph.deliver(system_viewer(company.id), request, take)
    except Gone:
        return events
    raise AssertionError("the stream ended by itself")


async def test_what_a_connector_does_is_as_it_was(company: Company) -> None:
    graph, database = company.installation.graph, company.installation.database
    dialect = "sqlite" if company.installation.settings.on_sqlite else "postgresql"
    text, names, told = OPERATIONS.read_text(), Placeholders(), list[Any]()

    def held(step: str, answer: Any, seen: list[str]) -> None:
        as_it_was(EXCHANGES / f"{step}.{dialect}.sql", "\n".join(readable(sql).rstrip() + ";\n" for sql in seen))
        shown = json.dumps(names.named(answer), indent=1, ensure_ascii=False)
        as_it_was(EXCHANGES / f"{step}.json", shown + "\n")

    for step, (operation, variables) in STEPS.items():
        with all_statements(database) as seen:
            answer = await graph.answer(shop(company), Request(text, variables(told), operation))
        assert answer.errors == []
        told.append(json.loads(answer.json())["data"])
        held(step, told[-1], seen)
    after = told[-1]["changes"]["horizonCursor"]
    with all_statements(database) as seen:
        events = await listened(company, {"after": after, "types": ["CUSTOMER", "FEEDBACK"]}, most=5)
    # Each statement once: every event reads its record, and the reader of the stream looks again now and then.
    held("live", events, list(dict.fromkeys(seen)))
