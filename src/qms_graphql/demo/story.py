"""The story's frame: when it happens, what the company makes, whom it employs, and what went wrong.

Brightwater Kettles makes kettles in the north of England. In September 2025 a cheaper plastic goes into the lid of its
best seller, and lids of the lots made with it crack under steam. Customers say so; by March 2026 the old plastic is
back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

NAME = "Brightwater Kettles"
TIME_ZONE = "Europe/London"
EDITION = "2026-06"
"""Names this telling of the story: a changed story needs another, or its batches are taken for the old ones."""

SYSTEM = "shop"
"""The external system that customers, products, purchases and feedback come from."""

BEGIN = datetime(2025, 1, 1, 8, 0, tzinfo=UTC)
END = datetime(2026, 6, 30, 17, 0, tzinfo=UTC)
MONTHS = 18

HERO = "KT-170"
"""The product whose lids crack."""
FIRST_BAD_LOT, LAST_BAD_LOT = date(2025, 9, 1), date(2026, 2, 1)
COMPLAINT_SHARE = Decimal("0.04")
"""Complaints about lids, as a share of the units of that product sold in the whole story."""


@dataclass(frozen=True)
class Product:
    """Something the company sells. ``weight`` is its share of purchases; ``charm`` shifts what reviewers give it."""

    sku: str
    name: str
    kind: str
    category: str
    price: Decimal
    weight: int
    charm: float


PRODUCTS = (
    Product(HERO, "Kestrel 1.7 l", "GOOD", "Kettles", Decimal("49.90"), 30, 0.25),
    Product("KT-100", "Wren 1.0 l", "GOOD", "Kettles", Decimal("34.90"), 14, 0.1),
    Product("KT-171", "Kestrel 1.7 l steel", "GOOD", "Kettles", Decimal("64.90"), 10, 0.3),
    Product("KT-210", "Heron 2.1 l", "GOOD", "Kettles", Decimal("59.90"), 8, 0.0),
    Product("KT-080", "Dipper travel kettle", "GOOD", "Kettles", Decimal("29.90"), 7, -0.3),
    Product("KV-150", "Plover variable temperature", "GOOD", "Kettles", Decimal("89.90"), 8, 0.2),
    Product("KG-090", "Swift gooseneck", "GOOD", "Kettles", Decimal("99.90"), 5, 0.35),
    Product("UR-600", "Bittern urn 6 l", "GOOD", "Urns", Decimal("189.00"), 3, 0.0),
    Product("AC-010", "Descaler, pack of 6", "GOOD", "Accessories", Decimal("11.90"), 6, 0.2),
    Product("AC-020", "Spare lid for Kestrel", "GOOD", "Accessories", Decimal("7.90"), 3, -0.1),
    Product("SV-100", "Urn maintenance, yearly", "SERVICE", "Service", Decimal("120.00"), 2, 0.1),
    Product("SW-001", "Brew planner app, yearly", "SOFTWARE", "Software", Decimal("9.90"), 4, -0.2),
)

SURVEYS = (
    {
        "ref": {"system": SYSTEM, "externalId": "review"},
        "name": "Product review",
        "source": "REVIEW",
        "questions": [
            {
                "key": "score",
                "text": "How satisfied are you with your kettle?",
                "metric": "CSAT",
                "scaleMin": 1,
                "scaleMax": 5,
                "satisfiedFrom": 4,
            }
        ],
    },
    {
        "ref": {"system": SYSTEM, "externalId": "relationship"},
        "name": "Quarterly relationship survey",
        "source": "SURVEY",
        "invited": 1260,
        "questions": [
            {
                "key": "recommend",
                "text": "How likely are you to recommend Brightwater to a friend or colleague?",
                "metric": "NPS",
                "scaleMin": 0,
                "scaleMax": 10,
            },
            {"key": "reason", "text": "What is the main reason for your score?"},
        ],
    },
    {
        "ref": {"system": SYSTEM, "externalId": "service"},
        "name": "After the call",
        "source": "POST_SERVICE",
        "questions": [
            {
                "key": "effort",
                "text": "Brightwater made it easy to solve my problem.",
                "metric": "CES",
                "scaleMin": 1,
                "scaleMax": 7,
            }
        ],
    },
)

THEMES = {
    "Lid": "The lid: cracks, hinge, seal, steam that gets out.",
    "Switch-off": "The automatic switch-off and boil-dry protection.",
    "Noise": "How loud it is while it boils.",
    "Limescale": "Scale, filters, cleaning.",
    "Speed": "How fast it boils.",
    "Design": "Looks, handle, weight, pouring.",
    "Delivery": "How and when it came, and in what packaging.",
    "Price": "What it costs for what it does.",
    "Service": "How our people answered.",
}


def months() -> Iterator[tuple[datetime, datetime]]:
    """The story's months: each from its first moment until the next one's (the last until the end)."""
    for number in range(MONTHS):
        first, following = _month(number), _month(number + 1)
        yield max(first, BEGIN), min(following, END)


def _month(number: int) -> datetime:
    return datetime(BEGIN.year + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def lot_of(sku: str, sold: datetime) -> tuple[str, bool]:
    """The lot a unit sold at that time is from (made about a month earlier), and whether its lid may crack."""
    made = (sold - timedelta(days=25)).date().replace(day=1)
    bad = sku == HERO and FIRST_BAD_LOT <= made <= LAST_BAD_LOT
    return f"{sku.replace('-', '')}-{made:%y%m}", bad


def stamp(moment: datetime) -> str:
    """A time as the API takes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def key(external_id: str) -> dict[str, str]:
    """The external key of a record of the shop."""
    return {"system": SYSTEM, "externalId": external_id}
