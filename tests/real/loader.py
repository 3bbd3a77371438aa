"""A connector that speaks only GraphQL over HTTP: brings the reference data in by its own keys, in batches of 1000.

Also a script: ``python -m tests.real.loader URL TOKEN`` loads everything into a running server and prints the counts.
Times in the files have no zone; they are taken as UTC.
"""

import asyncio
import csv
import gzip
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

BATCH = 1000
OLIST, SFO = "olist", "sfo"
SHARED = Path(__file__).resolve().parents[3] / "shared"

Item = dict[str, Any]

_SYNC = """
mutation Sync{title}($input: Sync{title}Input!) {{
  sync: sync{title}(input: $input) {{
    created updated unchanged stale rejected
    results {{ index ref {{ system externalId }} outcome errors {{ code message field retryable }} }}
    errors {{ code message field }}
  }}
}}
"""
_SAVE_SURVEY = """
mutation SaveSurvey($input: SaveSurveyInput!) {
  saveSurvey(input: $input) { survey { id } errors { code message field } }
}
"""


@dataclass
class Report:
    """What became of the rows that were sent: every one is counted, and every refused one is kept with its reason."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def add(self, payload: dict[str, Any]) -> None:
        """Take the answer to one batch."""
        self.counts.update({name: payload[name] for name in ("created", "updated", "unchanged", "stale", "rejected")})
        self.rejected += [result for result in payload["results"] if result["outcome"] == "REJECTED"]


class Connector:
    """One client of the API. Raises ``RuntimeError`` if a request or a batch as such is refused."""

    def __init__(self, http: httpx.AsyncClient, url: str, token: str) -> None:
        self._http = http
        self._url = url
        self._token = token

    async def ask(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        """The data of an answer."""
        response = await self._http.post(
            self._url,
            json={"query": query, "variables": variables or {}},
            headers={"Authorization": f"Bearer {self._token}"},
        )
        body = response.json()
        if body.get("errors"):
            raise RuntimeError(f"{response.status_code}: {body['errors']}")
        return body["data"]

    async def sync(self, title: str, items: Sequence[Item], *, batch: int = BATCH) -> Report:
        """Send items through ``sync{title}``."""
        report = Report()
        for start in range(0, len(items), batch):
            given = {"items": list(items[start : start + batch]), "backfill": True}
            payload = (await self.ask(_SYNC.format(title=title), {"input": given}))["sync"]
            if payload["errors"]:
                raise RuntimeError(str(payload["errors"]))
            report.add(payload)
        return report

    async def save_survey(self, given: Item) -> str:
        """Make or change a survey; its id."""
        payload = (await self.ask(_SAVE_SURVEY, {"input": given}))["saveSurvey"]
        if payload["errors"]:
            raise RuntimeError(str(payload["errors"]))
        return str(payload["survey"]["id"])


def read(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a compressed CSV file; messages keep their line breaks."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _utc(text: str) -> str:
    return text.replace(" ", "T") + "Z"


def _ref(system: str, external_id: str) -> dict[str, str]:
    return {"system": system, "externalId": external_id}


class Olist:
    """Orders and reviews of a market place, as items of the sync mutations."""

    SURVEY: Item = {  # noqa: RUF012 - read only
        "ref": _ref(OLIST, "review"),
        "name": "Order review",
        "source": "REVIEW",
        "questions": [
            {"key": "score", "text": "How was it?", "metric": "CSAT", "scaleMin": 1, "scaleMax": 5, "satisfiedFrom": 4}
        ],
    }

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        return read(self._folder / f"olist_{name}_dataset.csv.gz")

    def customers(self) -> list[Item]:
        """One customer for each person: the file has a row for each order, under a `customer_id` of its own."""
        people = {
            row["customer_unique_id"]: row for row in sorted(self._rows("customers"), key=lambda r: r["customer_id"])
        }
        return [
            {
                "ref": _ref(OLIST, person),
                "name": person[:8],
                "kind": "PERSON",
                "segment": row["customer_state"],
                "country": "BR",
            }
            for person, row in people.items()
        ]

    def products(self) -> list[Item]:
        """The products, in their Portuguese categories."""
        return [
            {
                "ref": _ref(OLIST, row["product_id"]),
                "sku": row["product_id"][:12],
                "name": row["product_category_name"] or row["product_id"][:8],
                "kind": "GOOD",
                "category": row["product_category_name"] or None,
            }
            for row in self._rows("products")
        ]

    def purchases(self) -> list[Item]:
        """One purchase for each order, whatever its lines; about a product where the order holds only one."""
        people = {row["customer_id"]: row["customer_unique_id"] for row in self._rows("customers")}
        paid: Counter[str] = Counter()
        for row in self._rows("order_payments"):
            paid[row["order_id"]] += Decimal(row["payment_value"])  # type: ignore[assignment]
        ordered = self._ordered()
        return [
            {
                "ref": _ref(OLIST, row["order_id"]),
                "customer": _ref(OLIST, people[row["customer_id"]]),
                "product": ordered.get(row["order_id"]),
                "kind": "PURCHASE",
                "occurredAt": _utc(row["order_purchase_timestamp"]),
                "amount": str(paid[row["order_id"]]),
                "currency": "BRL",
                "custom": {"status": row["order_status"]},
            }
            for row in self._rows("orders")
        ]

    def _ordered(self) -> dict[str, dict[str, str]]:
        """The product of each order that holds only one."""
        products: dict[str, set[str]] = {}
        for row in self._rows("order_items"):
            products.setdefault(row["order_id"], set()).add(row["product_id"])
        return {order: _ref(OLIST, min(found)) for order, found in products.items() if len(found) == 1}

    def reviews(self) -> list[Item]:
        """Every row of the reviews: `review_id` repeats over orders, so the order is part of the key."""
        buyers = {item["ref"]["externalId"]: item for item in self.purchases()}
        return [
            {
                "ref": _ref(OLIST, f"{row['review_id']}:{row['order_id']}"),
                "source": "REVIEW",
                "survey": _ref(OLIST, "review"),
                "customer": buyers[row["order_id"]]["customer"],
                "product": buyers[row["order_id"]]["product"],
                "interaction": _ref(OLIST, row["order_id"]),
                "occurredAt": _utc(row["review_creation_date"]),
                "receivedAt": _utc(row["review_answer_timestamp"]),
                "text": "\n".join(filter(None, (row["review_comment_title"], row["review_comment_message"]))) or None,
                "language": "pt",
                "answers": [{"question": "score", "number": int(row["review_score"])}],
            }
            for row in self._rows("order_reviews")
        ]

    async def load(self, connector: Connector, arrange: Any = list) -> dict[str, Report]:
        """Send everything; ``arrange`` may shuffle the rows of a kind or repeat them."""
        await connector.save_survey(self.SURVEY)
        return {
            "customers": await connector.sync("Customers", arrange(self.customers())),
            "products": await connector.sync("Products", arrange(self.products())),
            "interactions": await connector.sync("Interactions", arrange(self.purchases())),
            "feedback": await connector.sync("Feedback", arrange(self.reviews())),
        }


class AirportSurvey:
    """The passengers' survey of San Francisco airport in May 2017."""

    SURVEY: Item = {  # noqa: RUF012 - read only
        "ref": _ref(SFO, "2017"),
        "name": "Passenger survey 2017",
        "source": "SURVEY",
        "questions": [
            {
                "key": "overall",
                "text": "SFO as a whole",
                "metric": "CSAT",
                "scaleMin": 1,
                "scaleMax": 5,
                "satisfiedFrom": 4,
            },
            {"key": "recommend", "text": "Would you recommend SFO?", "metric": "NPS", "scaleMin": 0, "scaleMax": 10},
        ],
    }
    _CODES = {"overall": ("Q7ALL", 1, 5), "recommend": ("NETPRO", 0, 10)}  # noqa: RUF012 - read only

    def __init__(self, folder: Path) -> None:
        self._file = next(iter(sorted(folder.glob("2017_*.csv.gz"))))

    def responses(self) -> list[Item]:
        """One feedback for each respondent. Codes off the scale (11, "Blank", nothing) are no answers."""
        return [
            {
                "ref": _ref(SFO, f"2017-{row['RESPNUM']}"),
                "source": "SURVEY",
                "survey": _ref(SFO, "2017"),
                "channel": row["BAREA"] or None,
                "occurredAt": f"2017-05-{int(row['INTDATE']):02d}T00:00:00Z",
                "answers": list(self._answers(row)),
            }
            for row in read(self._file)
        ]

    def _answers(self, row: dict[str, str]) -> Iterable[Item]:
        for question, (column, low, high) in self._CODES.items():
            if row[column].isdigit() and low <= int(row[column]) <= high:
                yield {"question": question, "number": int(row[column])}

    async def load(self, connector: Connector, arrange: Any = list) -> Report:
        """Send everything."""
        await connector.save_survey(self.SURVEY)
        return await connector.sync("Feedback", arrange(self.responses()))


async def main(url: str, token: str) -> None:
    """Load both sets into a running server and print what became of the rows."""
    async with httpx.AsyncClient(timeout=60) as http:
        connector = Connector(http, url, token)
        reports = await Olist(SHARED / "data" / "olist").load(connector)
        reports["survey"] = await AirportSurvey(SHARED / "data" / "sfo_survey").load(connector)
    for name, report in reports.items():
        print(name, dict(report.counts))
        for row in report.rejected[:5]:
            print("  refused:", row["ref"]["externalId"], row["errors"])


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
