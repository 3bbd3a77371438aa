"""The data set of the read measurement, made by set-based SQL straight into the tables of an organization.

For measuring only: it writes no events, so the audit trail knows nothing of these rows. Everything follows from the
row's number, so that the same scale gives the same data.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import place
from bench.place import Place

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = 19
"""Seconds between two feedback."""
KINDS = (
    *("customer", "product", "survey", "question", "interaction", "feedback", "risk", "action"),
    *("user", "nonconformity", "complaint"),
    *("standard", "requirement", "document", "revision", "review", "finding", "training_record"),
    *("department", "theme", "cause", "objective", "effectiveness_check"),
)
"""The records there are: a kind's place is a part of its ids."""
LISTS = (
    *("answer", "feedback_theme", "requirement_evidence", "nonconformity_risk", "nonconformity_action"),
    *("risk_complaint", "characteristic", "revision_action", "revision_requirement", "external_ref", "event"),
)
"""Parts of records and other rows, which have no ids."""
OPEN = ("RECEIVED", "ACKNOWLEDGED", "ASSESSED", "INVESTIGATING", "RESPONDED")
"""How far complaints have come: the oldest nine tenths are closed, a handler's others are evenly in these."""
START = f"timestamptz '{FIRST}'"
ACTIVE = {"active": "true", "custom": "'{}'"}
RANKS = ("severity", "occurrence", "detection")
Made = Callable[[str, Any], list[str]]
"""Makes the inserts of a data set for an organization, in a size."""


@dataclass(frozen=True)
class Scale:
    """How many rows of each kind."""

    customers: int
    feedback: int
    interactions: int
    products: int
    risks: int
    actions: int
    answers: int
    complaints: int

    @property
    def handlers(self) -> int:
        """Each has a thousand complaints, of which a hundred are open."""
        return max(1, self.complaints // 1000)

    @classmethod
    def of(cls, factor: float) -> "Scale":
        """1 is the full size: 100,000 customers and 1,000,000 feedback."""
        return cls(
            customers=max(200, round(100_000 * factor)),
            feedback=max(2000, round(1_000_000 * factor)),
            interactions=max(600, round(300_000 * factor)),
            products=max(12, round(2000 * factor)),
            risks=max(60, round(10_000 * factor)),
            actions=max(1000, round(400_000 * factor)),
            answers=max(2000, round(1_000_000 * factor)),
            complaints=max(2000, round(100_000 * factor)),
        )

    def at_most(self, factor: float) -> "Scale":
        """This one, or that of the factor if it is smaller."""
        return min(self, Scale.of(factor), key=lambda scale: scale.feedback)

    def __str__(self) -> str:
        return (
            f"{self.customers:,} customers, {self.feedback:,} feedback, {self.answers:,} answers,"
            f" {self.interactions:,} interactions, {self.products:,} products,"
            f" {self.risks:,} risks, {self.actions:,} actions, {self.complaints:,} complaints"
        )


def key(kind: str, number: str) -> str:
    """SQL for the id of the row of a number: rising with it, as the product's own ids rise with time."""
    return f"('0198{KINDS.index(kind):04x}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def global_id(kind: str, number: int) -> str:
    """The id of the same row as the API writes it."""
    return f"{kind}_0198{KINDS.index(kind):04x}000070008000{number:012x}"


def spread(number: str, count: int) -> str:
    """SQL for a number from 1 to ``count`` that looks like chance."""
    return f"(({number})::bigint * 2654435761 % 1000003 % {count} + 1)"


def _either(condition: str, first: str, second: str) -> str:
    return f"CASE WHEN {condition} THEN '{first}' ELSE '{second}' END"


SAID_AT = f"{START} + n * interval '{EVERY} seconds'"


def said_at(number: int) -> datetime:
    """When the feedback of a number was said."""
    return FIRST + timedelta(seconds=EVERY * number)


def statements(organization: str, scale: Scale) -> list[str]:
    """The inserts, in the order of their foreign keys."""
    return [
        insert(organization, table, count, columns)
        for table, count, columns in (*base(scale), *_complaints(scale), *_records(scale))
    ]


def insert(organization: str, table: str, count: int, columns: dict[str, str]) -> str:
    """SQL for ``count`` rows, numbered n: a column's value is an SQL expression of n."""
    own = {"organization_id": f"'{organization}'::uuid"}
    if table not in LISTS:
        own |= {"id": key(table, "n"), "version": "1", "created_at": START, "updated_at": START}
    every = own | columns
    values = ", ".join(every.values())
    return f'INSERT INTO "{table}" ({", ".join(every)}) SELECT {values} FROM generate_series(1, {count}) n'


def base(scale: Scale) -> list[tuple[str, int, dict[str, str]]]:
    """Tables, how many rows, and their columns: what the other records are about."""
    customer = {
        "name": "'Customer ' || n",
        "kind": "(ARRAY['PERSON', 'ORGANISATION'])[n % 2 + 1]",
        "supplier": "false",
        "segment": "'segment ' || n % 20",
        "email": "'customer' || n || '@example.org'",
        "country": "(ARRAY['DE', 'BR', 'FR', 'US'])[n % 4 + 1]",
        **ACTIVE,
    }
    product = {
        "sku": "'SKU-' || n",
        "name": "'Kettle ' || n",
        "kind": "'GOOD'",
        "category": "'range'",
        **ACTIVE,
    }
    first = "n = 1"
    question = {
        "survey_id": key("survey", "1"),
        "key": _either(first, "satisfaction", "recommend"),
        "text": _either(first, "How was it?", "Would you recommend us?"),
        "metric": _either(first, "CSAT", "NPS"),
        "scale_min": f"CASE WHEN {first} THEN 1 ELSE 0 END",
        "scale_max": f"CASE WHEN {first} THEN 5 ELSE 10 END",
        "satisfied_from": f"CASE WHEN {first} THEN 4 END",
        "rank": "n - 1",
        "active": "true",
    }
    return [
        ("customer", scale.customers, customer),
        ("product", scale.products, product),
        ("survey", 1, {"name": "'Review'", "source": "'REVIEW'"}),
        ("question", 2, question),
    ]


def _complaints(scale: Scale) -> list[tuple[str, int, dict[str, str]]]:
    """Handlers and their complaints, of which one in eleven has a nonconformity."""
    handler = {"name": "'Handler ' || n", "roles": "'[\"COMPLAINT_HANDLER\"]'", "active": "true"}
    nonconformity = {
        "number": "'NC-2026-' || lpad(n::text, 5, '0')",
        "title": "'Lids crack, ' || n",
        "status": "'OPEN'",
        "origin": "'COMPLAINT'",
        "detected_at": START,
    }
    nonconformities = scale.complaints // 100
    turn = f"n / {scale.handlers}"  # the handlers have theirs in turn, so what hangs on it is spread over each one's
    reached = f"CASE WHEN n <= {scale.complaints * 9 // 10} THEN 6 ELSE {turn} % 5 + 1 END"
    received = f"{START} + n * interval '5 minutes'"

    def after(step: int, value: str) -> str:
        return f"CASE WHEN {reached} > {step} THEN {value} END"

    complaint = {
        "number": "'CMP-2026-' || lpad(n::text, 6, '0')",
        "status": f"coalesce((ARRAY{list(OPEN)})[{reached}], 'CLOSED')",
        "nature": "'The lid of kettle ' || n || ' cracked.'",
        "severity": after(2, f"(ARRAY['MINOR', 'MAJOR', 'CRITICAL'])[{turn} % 3 + 1]"),
        "safety_related": after(2, f"{turn} % 4 = 0"),
        "reportable": after(2, f"{turn} % 49 = 0"),
        "response": after(4, "'A new lid is on its way.'"),
        "accepted": after(5, "true"),
        "aware_at": received,
        "received_at": received,
        "acknowledge_due_at": f"{received} + interval '3 days'",
        "due_at": f"{received} + interval '20 days'",
        "acknowledged_at": after(1, f"{received} + interval '1 day'"),
        "assessed_at": after(2, f"{received} + interval '2 days'"),
        "investigated_at": after(3, f"{received} + interval '3 days'"),
        "responded_at": after(4, f"{received} + interval '9 days'"),
        "no_reply_at": after(4, f"{received} + interval '39 days'"),
        "closed_at": after(5, f"{received} + interval '15 days'"),
        "handler_id": key("user", f"n % {scale.handlers} + 1"),
        "customer_id": key("customer", spread("n", scale.customers)),
        "product_id": key("product", spread("n * 7", scale.products)),
        "nonconformity_id": f"CASE WHEN {turn} % 11 = 0 THEN {key('nonconformity', spread('n', nonconformities))} END",
        **dict.fromkeys(("sample_returned", "recourse_exhausted", "not_confirmed", "confidential"), "false"),
        **ACTIVE,
    }
    return [
        ("user", scale.handlers, handler),
        ("nonconformity", nonconformities, nonconformity),
        ("complaint", scale.complaints, complaint),
    ]


def _records(scale: Scale) -> list[tuple[str, int, dict[str, str]]]:
    """Tables, how many rows, and their columns: what happened, was said, may happen and is done."""
    about = {
        "customer_id": key("customer", spread("n", scale.customers)),
        "product_id": key("product", spread("n * 7", scale.products)),
    }
    interaction = {
        "kind": "'PURCHASE'",
        "occurred_at": f"{START} + n * interval '61 seconds'",
        "quantity": "1",
        "amount": "39.9",
        "currency": "'EUR'",
        "channel": "'web'",
        **about,
        **ACTIVE,
    }
    answer = {
        "feedback_id": key("feedback", "n"),
        "position": "0",
        "question_id": key("question", "n % 2 + 1"),
        "number": f"CASE WHEN n % 2 = 0 THEN {spread('n * 13', 5)} ELSE {spread('n * 13', 11)} - 1 END",
    }
    risk = {
        "number": "'RISK-2026-' || lpad(n::text, 5, '0')",
        "kind": "'FAILURE_MODE'",
        "status": "'OPEN'",
        "title": "'Lid ' || n || ' cracks'",
        "failure_mode": "'cracks'",
        "product_id": key("product", f"n % {scale.products} + 1"),
        **{f"{prefix}{rank}": "n % 10 + 1" for prefix in ("", "initial_") for rank in RANKS},
    }
    action = {
        "number": "'ACT-2026-' || lpad(n::text, 6, '0')",
        "title": "'Exchange lid ' || n",
        "kind": "'CORRECTION'",
        "status": "'PLANNED'",
        "due_at": f"{START} + n * interval '5 minutes'",
        "feedback_id": key("feedback", spread("n * 3", scale.feedback)),
        "customer_id": about["customer_id"],
    }
    return [
        ("interaction", scale.interactions, interaction),
        ("feedback", scale.feedback, said_by(scale) | about),
        ("answer", scale.answers, answer),
        ("risk", scale.risks, risk),
        ("action", scale.actions, action),
    ]


def said_by(scale: Scale) -> dict[str, str]:
    """Columns of feedback, but for whom and what it is about; as many as there are complaints have one each."""
    return {
        "number": "'FB-2026-' || lpad(n::text, 7, '0')",
        "status": "'RECEIVED'",
        "source": "'REVIEW'",
        "voice": "'CUSTOMER'",
        "text": "'The lid of kettle ' || n || ' cracked after two weeks; support was slow but friendly.'",
        "language": "'en'",
        "channel": "'web'",
        "occurred_at": SAID_AT,
        "received_at": SAID_AT,
        "survey_id": key("survey", "1"),
        "complaint_id": f"CASE WHEN n <= {scale.complaints} THEN {key('complaint', 'n')} END",
        **ACTIVE,
    }


async def fill(url: str, size: Any, made: Made) -> None:
    """Write the rows into the one organization there is, and let the database look at what it holds then."""
    async with place.connected(url) as connection:
        organization = str(await connection.fetchval("SELECT id FROM organization"))
        inserts = made(organization, size)
        # Every id is made from a number in range: the foreign keys hold without being checked a million times.
        await connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        await connection.execute("SET synchronous_commit = off")
        # An index is made at once in a fraction of the time it takes row by row; ix_ are those without a constraint.
        found = "SELECT indexname, indexdef FROM pg_indexes WHERE starts_with(indexname, 'ix_')"
        indexes = await connection.fetch(found)
        for name, _ in indexes:
            await connection.execute(f'DROP INDEX "{name}"')
        for statement in (*inserts, *(definition for _, definition in indexes)):
            await connection.execute(statement)
        await connection.execute("VACUUM ANALYZE")


@contextmanager
def on_postgresql(database: str, scale: Any, *, keep: bool, made: Made = statements) -> Iterator[Place]:
    """An installation with the data set, or with another that ``made`` makes in the size that ``scale`` says.

    With ``keep`` it stays, and one that stayed is used again.
    """
    installation = Place(place.postgres_url(database))
    if asyncio.run(place.mark(database)) == str(scale):
        installation.qms("migrate")
    else:
        installation = place.fresh(installation.url)
        print(f"filling {database}: {scale}", file=sys.stderr, flush=True)
        installation.token()  # the organization comes with its first token
        asyncio.run(fill(installation.url, scale, made))
        asyncio.run(place.administer(f"COMMENT ON DATABASE \"{database}\" IS '{scale}'"))
    try:
        yield installation
    finally:
        if not keep:
            place.remove(installation)
