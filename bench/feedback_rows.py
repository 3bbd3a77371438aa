"""The rows that the sync measurement brings in: batches of feedback, and the records they refer to."""

import random
from typing import Any

import orjson

SYSTEM = "bench"
BATCH = 1000
PRODUCTS = 12
WORDS = ["the", "lid", "cracked", "support", "was", "slow", "friendly", "water", "boils", "fast", "quiet", "again"]

SYNC_CUSTOMERS = "mutation ($input: SyncCustomersInput!) { syncCustomers(input: $input) { created rejected } }"
SYNC_PRODUCTS = "mutation ($input: SyncProductsInput!) { syncProducts(input: $input) { created rejected } }"
SAVE_SURVEY = "mutation ($input: SaveSurveyInput!) { saveSurvey(input: $input) { errors { message } } }"
SYNC_FEEDBACK = """
mutation SyncFeedback($input: SyncFeedbackInput!) {
  syncFeedback(input: $input) {
    created updated unchanged stale rejected cursor
    results {
      index ref { system externalId } outcome feedback { id number version } errors { code message field retryable }
    }
    errors { code message field }
  }
}"""


def request(query: str, given: dict[str, Any]) -> dict[str, Any]:
    """The body of a GraphQL request."""
    return {"query": query, "variables": {"input": given}}


def ref(kind: str, number: int) -> dict[str, str]:
    return {"system": SYSTEM, "externalId": f"{kind}-{number}"}


def foundations(customers: int) -> list[dict[str, Any]]:
    """The requests that make customers, products and the survey."""
    people = [
        {"ref": ref("customer", n), "name": f"Customer {n}", "kind": "PERSON", "country": "DE"}
        for n in range(customers)
    ]
    goods = [{"ref": ref("product", n), "name": f"Kettle {n}", "sku": f"K-{n}"} for n in range(PRODUCTS)]
    question = {
        "key": "score",
        "text": "How was it?",
        "metric": "CSAT",
        "scaleMin": 1,
        "scaleMax": 5,
        "satisfiedFrom": 4,
    }
    survey = {"ref": ref("survey", 0), "name": "Review", "source": "REVIEW", "questions": [question]}
    return [
        *(request(SYNC_CUSTOMERS, {"items": people[at : at + BATCH]}) for at in range(0, customers, BATCH)),
        request(SYNC_PRODUCTS, {"items": goods}),
        request(SAVE_SURVEY, survey),
    ]


def batch(number: int, customers: int) -> bytes:
    """The body of the request for one batch; the same number gives the same rows."""
    chance = random.Random(number)
    items = [_item(number * BATCH + row, chance, customers) for row in range(BATCH)]
    return orjson.dumps(request(SYNC_FEEDBACK, {"items": items}))


def _item(number: int, chance: random.Random, customers: int) -> dict[str, Any]:
    day = f"2026-{chance.randint(1, 9):02d}-{chance.randint(1, 28):02d}"
    at = f"{day}T{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}:00Z"
    return {
        "ref": ref("feedback", number) | {"version": at},
        "source": "REVIEW",
        "survey": ref("survey", 0),
        "customer": ref("customer", chance.randrange(customers)),
        "product": ref("product", chance.randrange(PRODUCTS)),
        "occurredAt": at,
        "text": " ".join(chance.choices(WORDS, k=12)),
        "language": "en",
        "channel": "web",
        "answers": [{"question": "score", "number": chance.randint(1, 5)}],
    }
