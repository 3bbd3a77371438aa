"""The story told in order: what the shop sends in each month, what triage decides, what the quality system does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from qms_graphql.demo import quality, story, trade, voices
from qms_graphql.demo.quality import Moved, Step
from qms_graphql.demo.trade import Deed, Somebody
from qms_graphql.demo.voices import Voice

MOST_ITEMS = 1000
"""How many rows the API takes in one batch."""


@dataclass(frozen=True)
class Batch:
    """Rows of one kind that the shop sends."""

    mutation: str
    items: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Month:
    """What happens in a month; it is told at the month's end."""

    at: datetime
    batches: tuple[Batch, ...]
    made: tuple[Step, ...]
    """Records of the quality system that are made."""
    changed: tuple[Step, ...]
    """Records made earlier, or just now, that are changed."""
    moved: tuple[tuple[Step, Moved], ...]
    """Records that come to another state."""


@dataclass(frozen=True)
class Telling:
    """The months in order, and the feedback that triage looks at, by its key in the shop."""

    months: tuple[Month, ...]
    judged: dict[str, Voice]


def tell() -> Telling:
    """The whole story. It is the same each time."""
    random = Random(f"{story.NAME} {story.EDITION}")
    people = trade.customers(random)
    bought = trade.purchases(random, people)
    broken = trade.tickets(random, bought)
    contacts = _told(trade.contacts_about(random, bought))
    deeds = bought + broken + contacts + _told(trade.returns(random, bought, broken))
    complaints = voices.complaints(random, broken)
    said = complaints + voices.reviews(random, bought) + voices.relationship(random, people, bought)
    said = _told(said + voices.service(random, contacts) + voices.elsewhere(random, bought))
    steps = quality.steps([voice.key for voice in sorted(complaints, key=lambda voice: voice.at)])
    months: list[Month] = []
    for since, until in story.months():
        coming = [somebody.item for somebody in _with_contacts(people) if since <= somebody.since < until]
        batches = _batches("syncProducts", [_product(product) for product in story.PRODUCTS]) if not months else []
        batches += _batches("syncCustomers", coming)
        batches += _batches("syncInteractions", _items(deeds, since, until))
        batches += _batches("syncFeedback", _items(said, since, until))
        first = since.date().replace(day=1)
        made = tuple(step for step in steps if step.month == first)
        changed = tuple(step for step in steps if step.change_month == first)
        moved = tuple((step, move) for step in steps for move in step.moves if move.month == first)
        months.append(Month(until - timedelta(minutes=1), tuple(batches), made, changed, moved))
    return Telling(tuple(months), {voice.key: voice for voice in said if voice.status != "RECEIVED"})


def _told(found: list[Any]) -> list[Any]:
    return [one for one in found if one.at < story.END]


def _with_contacts(people: Sequence[Somebody]) -> list[Somebody]:
    return [one for somebody in people for one in (somebody, *somebody.contacts)]


def _items(found: Sequence[Deed] | Sequence[Voice], since: datetime, until: datetime) -> list[dict[str, Any]]:
    here = sorted(
        (one for one in found if since <= one.at < until), key=lambda one: (one.at, one.item["ref"]["externalId"])
    )
    return [one.item for one in here]


def _batches(mutation: str, items: list[dict[str, Any]]) -> list[Batch]:
    return [Batch(mutation, tuple(items[start : start + MOST_ITEMS])) for start in range(0, len(items), MOST_ITEMS)]


def _product(product: story.Product) -> dict[str, Any]:
    return {
        "ref": story.key(product.sku),
        "sku": product.sku,
        "name": product.name,
        "kind": product.kind,
        "category": product.category,
    }
