"""Hand-made answers and purchases, sent the way a connector sends them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import update

from qms_graphql.base.database import Database
from qms_graphql.base.model import Organization
from tests.conftest import Company

NOTHING = {"value": None, "n": 0, "numerator": 0.0, "denominator": 0}
"""A value of which there is no data."""
TIMES = ("TIME_TO_ACKNOWLEDGE", "TIME_TO_ACKNOWLEDGE_P90", "TIME_TO_RESOLVE", "TIME_TO_RESOLVE_P90")
COUNTINGS = ("EACH_ANSWER", "LATEST_PER_INTERACTION", "LATEST_PER_CUSTOMER")

SYNC = {
    "customers": """mutation ($input: SyncCustomersInput!) { sync: syncCustomers(input: $input) {
        rejected results { customer { id } errors { code field } } errors { code } } }""",
    "interactions": """mutation ($input: SyncInteractionsInput!) { sync: syncInteractions(input: $input) {
        rejected results { interaction { id } errors { code field } } errors { code } } }""",
    "feedback": """mutation ($input: SyncFeedbackInput!) { sync: syncFeedback(input: $input) {
        rejected results { feedback { id } errors { code field } } errors { code } } }""",
    "products": """mutation ($input: SyncProductsInput!) { sync: syncProducts(input: $input) {
        rejected results { product { id } errors { code field } } errors { code } } }""",
}
SURVEY = "mutation ($input: SaveSurveyInput!) { saveSurvey(input: $input) { survey { id } errors { code field } } }"
QUESTIONS = [
    {"key": "score", "metric": "CSAT", "scaleMin": 1, "scaleMax": 5, "satisfiedFrom": 4},
    {"key": "strict", "metric": "CSAT", "scaleMin": 0, "scaleMax": 10, "satisfiedFrom": 9},
    {"key": "recommend", "metric": "NPS"},
    {"key": "effort", "metric": "CES"},
    {"key": "age"},
]


async def live_in(company: Company, zone: str, database: Database | None = None) -> None:
    """Move the organization to another time zone, by another process's database if one is given."""
    async with (database or company.installation.database).begin(company.id) as connection:
        await connection.execute(update(Organization).where(Organization.id == company.id).values(time_zone=zone))


@contextmanager
def on_its_day(company: Company, *moments: str | None) -> Iterator[None]:
    """What lies ahead of the clock comes when it has happened; then the clock goes back: tests go by topic."""
    clock = company.installation.clock
    now = clock.now()
    clock.set(max([now, *(datetime.fromisoformat(moment) for moment in moments if moment is not None)]))
    yield
    clock.set(now)


def key(external_id: str) -> dict[str, str]:
    return {"system": "shop", "externalId": external_id}


class Shop:
    """One company's connector and analyst."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.ids: dict[str, str] = {}

    async def sync(self, kind: str, items: Iterable[dict[str, Any]]) -> None:
        """Send a batch, of which no row may be refused."""
        rows = list(items)
        moments = [row.get(name) for row in rows for name in ("occurredAt", "receivedAt")]
        with on_its_day(self.company, *moments):
            found = (await self.company.data(SYNC[kind], {"input": {"items": rows}}))["sync"]
        assert found["errors"] == []
        assert [result["errors"] for result in found["results"]] == [[]] * len(rows)
        entity = {"feedback": "feedback"}.get(kind, kind[:-1])
        for row, result in zip(rows, found["results"], strict=True):
            if result[entity]:
                self.ids[row["ref"]["externalId"]] = result[entity]["id"]

    async def survey(self, external_id: str = "survey") -> None:
        given = {"ref": key(external_id), "name": external_id, "questions": QUESTIONS}
        found = (await self.company.data(SURVEY, {"input": given}))["saveSurvey"]
        assert found["errors"] == []
        self.ids[external_id] = found["survey"]["id"]

    def said(self, external_id: str, at: str, **answers: float) -> dict[str, Any]:
        """A feedback that occurred and arrived at this time, with these answers by question."""
        return {
            "ref": key(external_id),
            "source": "REVIEW",
            "survey": key("survey"),
            "occurredAt": at,
            "answers": [{"question": question, "number": number} for question, number in answers.items()],
        }

    def bought(self, external_id: str, customer: str | None, at: str, kind: str = "PURCHASE") -> dict[str, Any]:
        return {
            "ref": key(external_id),
            "customer": key(customer) if customer else None,
            "kind": kind,
            "occurredAt": at,
        }

    async def value(self, code: str, arguments: str = "", fields: str = "value n numerator denominator") -> Any:
        asked = f"({arguments})" if arguments else ""
        return (await self.company.data(f"{{ metric(code: {code}) {{ value{asked} {{ {fields} }} }} }}"))["metric"][
            "value"
        ]

    async def series(self, code: str, arguments: str, fields: str = "periodStart n numerator") -> Any:
        return (await self.company.data(f"{{ metric(code: {code}) {{ series({arguments}) {{ {fields} }} }} }}"))[
            "metric"
        ]["series"]

    async def refusal(self, code: str, field: str) -> tuple[Any, Any]:
        """Code and field of the refusal of a value or series."""
        answer = await self.company.ask(f"{{ metric(code: {code}) {{ {field} {{ n }} }} }}")
        assert answer["data"] == {"metric": None}
        (error,) = answer["errors"]
        return error["extensions"]["code"], error["extensions"].get("field")
