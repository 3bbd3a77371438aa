"""An organization with varied data: unicode, missing values, ties, decimals, times, long texts, nested JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Integer, PrimaryKeyConstraint, Table, UniqueConstraint, Uuid, insert

from qms_graphql.base.columns import Choice, Exact, Json, Timestamp
from qms_graphql.base.model import RefState
from qms_graphql.graph.declare import EmbeddedField
from qms_graphql.schema import tables as metadata
from tests.conftest import Company
from tests.graph.plain import Dump, declarations, tables

TEXTS = [
    "",
    "Plain",
    "plain",
    "PLAIN",
    "Größe ß ẞ",
    "ÄÖÜ äöü",
    "İstanbul ıI",
    "ΟΔΟΣ οδός",
    "Ёлка и ёж",
    "漢字かな",
    "\U0001f389 party \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "e\u0301 é",
    "'single' \"double\" \\ back / slash",
    "line\nbreak\ttab\r\u0001\u007f\u2028",
    "100% _under_ *star* ?",
    '{"json": [1, null]}',
    "-- DROP; /* */ $1 :name",
    "z" * 290,
    "  spaces  ",
    "\ufeffmark",
]
NUMBERS = [
    "0",
    "1",
    "-1",
    "0.1",
    "-0.000001",
    "19.9",
    "100",
    "1e3",
    "123456.789",
    "-42.5",
    "999999999999.999999",
    "3.14",
]
MOMENTS = [
    "2026-03-01T08:00:00Z",
    "2026-03-01T08:00:00.5Z",
    "2026-03-01T08:00:00.000001Z",
    "2026-03-01T10:00:00+02:00",
    "2025-12-31T23:59:59.999999Z",
    "2026-02-28T00:00:00Z",
    "1999-01-01T00:00:00.120Z",
    "2001-09-09T01:46:40Z",
]
CUSTOM = [{}, {"a": 1}, {"b": {"c": [1, 2.5, "ü", None, True]}, "a": "\U0001f389\n"}, {"deep": {"er": {"est": [[[]]]}}}]
MANY = 24


class Varied:
    """Values drawn with a fixed seed."""

    def __init__(self, seed: int | str) -> None:
        self.random = Random(seed)

    def maybe(self, value: Any, share: float = 0.7) -> Any:
        """The value, or None."""
        return value if self.random.random() < share else None

    def text(self, limit: int = 300) -> str:
        """One of the texts, as long as allowed."""
        return self.random.choice(TEXTS)[:limit]

    def of(self, choices: list[Any]) -> Any:
        """One of them."""
        return self.random.choice(choices)

    def key(self, kind: str) -> dict[str, str]:
        """The external key of some record of a kind."""
        return {"system": "shop", "externalId": f"{kind}-{self.random.randrange(MANY)}"}


async def populate(company: Company, seed: int = 1) -> None:
    """Fill an organization through the API."""
    varied = Varied(seed)
    await _synced(company, "syncProducts", "product", [_product(varied) for _ in range(MANY)])
    await _synced(company, "syncCustomers", "customer", [_customer(varied, n) for n in range(MANY)])
    await _synced(company, "syncInteractions", "interaction", [_interaction(varied) for _ in range(MANY)])
    await company.data(
        "mutation($i: SaveSurveyInput!) { saveSurvey(input: $i) { errors { code field message } } }",
        {"i": _survey()},
    )
    await _synced(company, "syncFeedback", "feedback", [_feedback(varied, n) for n in range(2 * MANY)])
    await _themed(company, varied)
    await _threaded(company)
    await _synced(company, "syncInspections", "inspection", [_inspection(varied) for _ in range(MANY)])
    complaints = [{"nature": varied.text(), "customer": varied.key("customer")} for _ in range(4)]
    await _synced(company, "syncComplaints", "complaint", complaints)
    found = [
        {"kind": "MINOR", "statement": "?", "authority": varied.of(TEXTS[1:4]), "foundAt": MOMENTS[0]} for _ in range(4)
    ]
    await _synced(company, "syncFindings", "finding", found)


async def _synced(company: Company, mutation: str, kind: str, items: list[dict[str, Any]]) -> None:
    rows = [{"ref": {"system": "shop", "externalId": f"{kind}-{n}"}} | item for n, item in enumerate(items)]
    # The same keys in another system too: two references of one record with the same external id.
    others = [{"ref": {"system": "erp", "externalId": f"{kind}-{n}"}} | item for n, item in enumerate(items[:3])]
    await _put(company, mutation, rows)
    await _put(company, mutation, others)


async def _put(company: Company, mutation: str, items: list[dict[str, Any]]) -> None:
    type_ = mutation[0].upper() + mutation[1:] + "Input"
    wanted = "{ created rejected results { errors { code field message } } }"
    text = f"mutation($i: {type_}!) {{ {mutation}(input: $i) {wanted} }}"
    done = (await company.data(text, {"i": {"items": items}}))[mutation]
    assert (done["created"], done["rejected"]) == (len(items), 0), done["results"]


def _product(varied: Varied) -> dict[str, Any]:
    return {
        "name": varied.text() or "?",
        "sku": varied.maybe(varied.text(100)),
        "kind": varied.of(["GOOD", "SERVICE", "SOFTWARE"]),
        "category": varied.maybe(varied.text(200)),
        "active": varied.of([True, False]),
        "custom": varied.of(CUSTOM),
    }


def _customer(varied: Varied, number: int) -> dict[str, Any]:
    others = [
        {"to": varied.key("customer"), "role": varied.maybe(varied.text(100))}
        for _ in range(varied.random.randrange(4))
    ]
    mine = f"customer-{number}"
    return {
        "name": varied.text() or "?",
        "kind": varied.of(["ORGANISATION", "PERSON"]),
        "supplier": varied.of([True, False]),
        "segment": varied.maybe(varied.of(["retail", "Retail", "wholesale"])),
        "email": varied.maybe("somebody@example.com"),
        "country": varied.maybe(varied.of(["DE", "FR", "JP"])),
        "custom": varied.of(CUSTOM),
        "parent": {"system": "shop", "externalId": f"customer-{number // 3}"} if number > 2 else None,
        "relations": [item for item in others if item["to"]["externalId"] != mine],
    }


def _interaction(varied: Varied) -> dict[str, Any]:
    amount = varied.maybe(varied.of(NUMBERS))
    return {
        "kind": varied.of(["PURCHASE", "RETURN", "CALL", "VISIT"]),
        "occurredAt": varied.of(MOMENTS),
        # A quantity is never negative; what is sold in all is shown as a whole number of 32 bits.
        "quantity": (varied.maybe(varied.of(NUMBERS)) or "").lstrip("-")[:4].rstrip(".") or None,
        "amount": amount,
        "currency": "EUR" if amount is not None else None,
        "channel": varied.maybe(varied.text(100)),
        "lot": varied.maybe(varied.of(["A", "B"])),
        "custom": varied.of(CUSTOM),
        "customer": varied.maybe(varied.key("customer")),
        "contact": varied.maybe(varied.key("customer")),
        "product": varied.maybe(varied.key("product")),
    }


def _inspection(varied: Varied) -> dict[str, Any]:
    return {
        "at": varied.of(MOMENTS),
        "step": varied.maybe(varied.text(200)),
        "lot": varied.maybe(varied.of(["A", "B"])),
        "inspected": varied.of([10, 2_000_000]),
        "defective": varied.random.randrange(11),
        "defects": varied.maybe(varied.random.randrange(10, 21)),
        "opportunities": varied.of([2, 7]),
        "active": varied.of([True, False]),
        "custom": varied.of(CUSTOM),
        "product": varied.maybe(varied.key("product")),
    }


def _survey() -> dict[str, Any]:
    questions = [
        {"key": "nps", "text": "Würden Sie …?", "metric": "NPS", "scaleMin": 0, "scaleMax": 10},
        {"key": "csat", "metric": "CSAT", "scaleMin": 1, "scaleMax": 5, "satisfiedFrom": 4},
        {"key": "why", "text": "Why?", "choices": ["a", "ü", ""]},
    ]
    return {"ref": {"system": "shop", "externalId": "survey-1"}, "name": "Survey \U0001f389", "questions": questions}


def _feedback(varied: Varied, number: int) -> dict[str, Any]:
    answers = [
        {"question": "nps", "number": varied.random.randrange(11)},
        {"question": "csat", "number": varied.of([1, 2.5, 4.25, 5])},
        {"question": "why", "text": varied.text()},
    ]
    surveyed = varied.random.random() < 0.6
    return {
        "source": varied.of(["SURVEY", "REVIEW", "POST_SERVICE", "SOCIAL_MEDIA"]),
        "text": "long " * 3000 if number == 0 else varied.maybe(varied.text()),
        "language": varied.maybe(varied.of(["de", "en-GB"])),
        "occurredAt": varied.of(MOMENTS),
        "custom": varied.of(CUSTOM),
        "survey": {"system": "shop", "externalId": "survey-1"} if surveyed else None,
        "answers": varied.random.sample(answers, varied.random.randrange(4)) if surveyed else [],
        "customer": varied.maybe(varied.key("customer")),
        "contact": varied.maybe(varied.key("customer")),
        "product": varied.maybe(varied.key("product")),
        "interaction": varied.maybe(varied.key("interaction"), 0.4),
    }


async def _themed(company: Company, varied: Varied) -> None:
    """Themes in a tree, on feedback; feedback that repeats other feedback."""
    create = "mutation($i: CreateThemeInput!) { createTheme(input: $i) { theme { id } errors { code field } } }"
    themes: list[str] = []
    for number in range(6):
        given = {"name": f"{number} {varied.text(100)}", "parent": themes[number // 2 - 1] if number > 1 else None}
        made = (await company.data(create, {"i": given}))["createTheme"]
        assert made["errors"] == []
        themes.append(made["theme"]["id"])
    people = [user["id"] for user in (await company.data("{ users { nodes { id } } }"))["users"]["nodes"]]
    known = (await company.data("{ feedbacks(first: 200) { nodes { id version } } }"))["feedbacks"]["nodes"]
    update = "mutation($i: UpdateFeedbackInput!) { updateFeedback(input: $i) { errors { code field message } } }"
    for number, item in enumerate(known[:30]):
        change = {"themes": varied.random.sample(themes, varied.random.randrange(4))}
        if number % 5 == 4:
            change |= {"duplicateOf": known[number - 1]["id"], "loopClosedAt": varied.of(MOMENTS)}
        if number % 3 == 0:
            change |= {"confidential": True, "assignee": varied.maybe(varied.of(people))}
        done = await company.data(update, {"i": {"id": item["id"], "version": item["version"]} | change})
        assert done["updateFeedback"]["errors"] == []


async def _threaded(company: Company) -> None:
    """One thread that leads to its end, whatever else chance made: a purchase, its parent's words, a requirement."""
    system = {"system": "thread"}
    parent, customer = system | {"externalId": "parent"}, system | {"externalId": "customer"}
    words = system | {"externalId": "words"}
    latest = "2026-03-02T09:00:00Z"
    for mutation, item in (
        ("syncCustomers", {"ref": parent, "name": "Parent", "kind": "ORGANISATION", "segment": "retail"}),
        ("syncCustomers", {"ref": customer, "name": "Child", "kind": "PERSON", "parent": parent}),
        ("syncInteractions", {"ref": customer, "kind": "PURCHASE", "occurredAt": latest, "customer": customer}),
        ("syncFeedback", {"ref": words, "source": "REVIEW", "text": "?", "occurredAt": latest, "customer": parent}),
    ):
        await _put(company, mutation, [item])
    found = await company.data("query($r: ExternalKey!) { feedback(by: { ref: $r }) { id } }", {"r": words})
    given = {"source": "CUSTOMER", "statement": "Thread", "evidence": [found["feedback"]["id"]]}
    create = "mutation($i: CreateRequirementInput!) { createRequirement(input: $i) { errors { code field message } } }"
    assert (await company.data(create, {"i": given}))["createRequirement"]["errors"] == []


# -- rows put straight into the tables -------------------------------------------------------------------------------


def invented(organization_id: UUID, known: Dump, seed: int, at_least: int = 12) -> Dump:
    """Rows for the declared tables that have few: made from the columns alone, so new types need nothing here.

    Each table has a chance of its own, so that another table leaves the rows of this one as they were.
    """
    made: Dump = {}
    everything = {name: list(rows) for name, rows in known.items()}
    declared = {table.name for table in tables()}
    for table in metadata().sorted_tables:
        if table.name not in declared or len(everything.get(table.name, ())) >= at_least:
            continue
        rows, varied = made.setdefault(table.name, []), Varied(f"{seed} {table.name}")
        for _ in range(at_least):
            row = _invented_row(table, organization_id, everything, varied)
            if row is not None and not _taken(table, row, everything.get(table.name, ())):
                rows.append(row)
                everything.setdefault(table.name, []).append(row)
    return made


def fixed(organization_id: UUID) -> Dump:
    """Rows for all declared tables that are the same each time; the external keys are those of records."""
    rows = invented(organization_id, {}, seed=4)
    for number, known in enumerate(rows["external_ref"]):
        table = ("customer", "product", "feedback")[number % 3]
        record = rows[table][number // 3]["id"]
        known |= {"type": table.upper(), "record_id": record, "target_id": record, "state": RefState.LIVE}
    return rows


def _taken(table: Table, row: dict[str, Any], known: Sequence[dict[str, Any]]) -> bool:
    """Whether an index that allows no two such rows has one already."""
    for index in table.indexes:
        where = index.dialect_options["sqlite"]["where"]
        if index.unique and where is not None:
            column, value = str(where).replace("'", "").split(" = ")
            names = {item.name for item in index.columns}
            same = [other for other in known if all(other[name] == row[name] for name in names)]
            if row[column].value == value and any(other[column].value == value for other in same):
                return True
    return False


def _invented_row(table: Table, organization_id: UUID, known: Dump, varied: Varied) -> dict[str, Any] | None:
    row: dict[str, Any] = {}
    mine = len(known.get(table.name, ()))
    single = {name for constraint in table.constraints for name in _unique_columns(constraint)}
    single |= {column.name for index in table.indexes if index.unique for column in index.columns}
    for column in table.columns:
        target = column.info.get("link")
        if column.name == "organization_id":
            row[column.name] = organization_id
        elif target is not None:
            others = known.get(target, [])
            if {"organization_id", column.name} in (set(_unique_columns(c)) for c in table.constraints):
                # No two rows have the same.
                others = others[mine : mine + 1]
            if not others and not column.nullable:
                return None
            row[column.name] = (
                varied.maybe(varied.of(others)["id"])
                if others and column.nullable
                else others and varied.of(others)["id"]
            )
            # The first row of each table has no link that it can do without: some row must be without.
            row[column.name] = (row[column.name] or None) if mine or not column.nullable else None
        elif column.name in ("position", "version", "number") and isinstance(column.type, Integer):
            row[column.name] = mine
        elif column.nullable and varied.random.random() < 0.3:
            row[column.name] = None
        else:
            row[column.name] = _invented_value(column, mine, single, varied)
    return row | _whole_objects(table, row)


def _whole_objects(table: Table, row: dict[str, Any]) -> dict[str, None]:
    """An object within a row is there whole or not at all: empties those of which something is missing."""
    emptied: dict[str, None] = {}
    for declared in declarations().values():
        for item in declared.fields.values() if declared.table is table else ():
            if isinstance(item, EmbeddedField) and any(row[name] is None for name in item.columns()):
                emptied |= dict.fromkeys(item.columns())
    return emptied


def _unique_columns(constraint: Any) -> list[str]:
    unique = isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
    return [column.name for column in constraint.columns] if unique else []


def _invented_value(column: Any, mine: int, single: set[str], varied: Varied) -> Any:
    kind, info = column.type, column.info
    if isinstance(kind, Uuid):
        return UUID(int=varied.random.getrandbits(128))
    if isinstance(kind, Choice):
        return varied.of(list(kind.choices))
    if isinstance(kind, Timestamp):
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(
            microseconds=varied.of([0, 1, 500_000, 86_400_000_000, 10**12])
        )
    if isinstance(kind, Exact):
        return Decimal(varied.of(NUMBERS[:8]))
    if isinstance(kind, Json):
        return column.default.arg({}) if column.default is not None and column.default.is_callable else []
    if isinstance(kind, Boolean):
        return varied.of([True, False])
    if isinstance(kind, Integer):
        low = info.get("low") or 0
        return (
            mine
            if column.name in single
            else low + varied.random.randrange(max(1, min(5, (info.get("high") or 5) - low + 1)))
        )
    text = varied.text(info.get("limit") or 40)
    return f"{mine} {text}"[: info.get("limit") or 40] if column.name in single else text


async def put(database: Any, organization_id: UUID, rows: Dump) -> None:
    """Insert rows as they are, those first that others refer to."""
    async with database.begin(organization_id) as connection:
        for table in metadata().sorted_tables:
            if rows.get(table.name):
                await connection.execute(insert(table), rows[table.name])
