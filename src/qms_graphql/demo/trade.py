"""The story's customers and what they do: purchases, calls, and what comes back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from qms_graphql.demo import story

_FIRST = (
    "Amelia", "Oliver", "Priya", "George", "Isla", "Hamza", "Freya", "Arthur", "Grace", "Noah",
    "Zofia", "Leo", "Maya", "Owen", "Niamh", "Callum", "Ines", "Jonas", "Clara", "Theo",
    "Lucía", "Mateo", "Chloé", "Hugo", "Anke", "Lars", "Femke", "Sean", "Ruth", "Derek",
)  # fmt: skip
_LAST = (
    "Hartley", "Okafor", "Patel", "Whitaker", "Brennan", "Kowalska", "Ahmed", "Thwaite",
    "Sinclair", "Morgan", "Dyson", "Ellis", "Lindqvist", "Bauer", "Vogel", "Moreau",
    "Lefèvre", "Navarro", "Iglesias", "De Wit", "Murphy", "Garside", "Ackroyd", "Pryce",
)  # fmt: skip
_TOWNS = (
    "Skipton", "Harrogate", "Leeds", "York", "Kendal", "Durham", "Chester", "Bath", "Oxford",
    "Dublin", "Cork", "Bremen", "Köln", "Lyon", "Nantes", "Sevilla", "Utrecht", "Wien",
)  # fmt: skip
_TRADES = (
    ("Home & Kitchen", "Retail"),
    ("Hotel", "Hospitality"),
    ("Tea Rooms", "Hospitality"),
    ("Offices", "Offices"),
    ("Wholesale", "Retail"),
)
_COUNTRIES = ("GB",) * 13 + ("IE", "IE", "DE", "DE", "FR", "ES", "NL", "AT")
_TOWN_COUNTRY = {
    "Dublin": "IE",
    "Cork": "IE",
    "Bremen": "DE",
    "Köln": "DE",
    "Lyon": "FR",
    "Nantes": "FR",
    "Sevilla": "ES",
    "Utrecht": "NL",
    "Wien": "AT",
}
_CONTACT_ROLES = ("Buyer", "Facilities", "Owner", "Shift lead", "Accounts")
_SEASON = (9, 8, 8, 8, 7, 7, 7, 7, 9, 10, 14, 15)
ACCOUNTS, CONSUMERS, PURCHASES = 70, 140, 2600


@dataclass
class Somebody:
    """A customer of the story: an account with its contacts, or a consumer."""

    item: dict[str, Any]
    since: datetime
    weight: int = 1
    contacts: list["Somebody"] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The key in the shop."""
        return str(self.item["ref"]["externalId"])

    @property
    def country(self) -> str:
        """Where the customer is."""
        return str(self.item["country"])

    def contact_at(self, random: Random, at: datetime) -> "Somebody | None":
        """One of the contacts known by then, or None."""
        known = [contact for contact in self.contacts if contact.since <= at]
        return random.choice(known) if known else None


@dataclass
class Deed:
    """An interaction of the story, and what is needed to tell what came of it."""

    item: dict[str, Any]
    at: datetime
    who: Somebody
    contact: Somebody | None = None
    sku: str | None = None
    units: int = 0
    may_crack: bool = False
    cracked: int = 0
    """How many of its units cracked."""


def customers(random: Random) -> list[Somebody]:
    """Accounts with their contacts, and consumers."""
    found = [_account(random, number) for number in range(ACCOUNTS)]
    found += [_person(random, f"P{number:04d}", random.choice(_COUNTRIES), "Consumers") for number in range(CONSUMERS)]
    for somebody in found:
        early = random.random() < 0.6
        somebody.since = story.BEGIN if early else story.BEGIN + timedelta(days=random.randrange(1, 480))
        for contact in somebody.contacts:
            contact.since = somebody.since
    # Some contacts work for two accounts: the reason why relations are a list.
    accounts = [somebody for somebody in found if somebody.contacts]
    for first, second in zip(accounts[0:12:2], accounts[1:12:2], strict=True):
        contact = first.contacts[0]
        contact.since = max(first.since, second.since)
        contact.item["relations"].append({"to": story.key(second.key), "role": "Advisor"})
    return found


def _account(random: Random, number: int) -> Somebody:
    town = _TOWNS[number % len(_TOWNS)]
    trade, segment = _TRADES[number % len(_TRADES)]
    name = f"{random.choice(_LAST)}'s {trade} {town}" if number % 3 else f"{town} {trade}"
    key, country = f"A{number:04d}", _TOWN_COUNTRY.get(town, "GB")
    account = Somebody(_item(random, key, name, "ORGANISATION", country, segment), story.BEGIN, weight=4)
    for place in range(random.choice((1, 1, 2))):
        contact = _person(random, f"{key}-{place + 1}", country, segment)
        contact.item |= {
            "parent": story.key(key),
            "relations": [{"to": story.key(key), "role": random.choice(_CONTACT_ROLES)}],
        }
        account.contacts.append(contact)
    return account


def _person(random: Random, key: str, country: str, segment: str) -> Somebody:
    name = f"{random.choice(_FIRST)} {random.choice(_LAST)}"
    return Somebody(_item(random, key, name, "PERSON", country, segment), story.BEGIN)


def _item(random: Random, key: str, name: str, kind: str, country: str, segment: str) -> dict[str, Any]:
    return {
        "ref": story.key(key),
        "name": name,
        "kind": kind,
        "country": country,
        "segment": segment,
        "email": f"{key.lower()}@customers.example",
        # Numbers that the British regulator keeps free for stories.
        "phone": f"+44 1632 960{random.randrange(1000):03d}",
        "custom": {"newsletter": random.random() < 0.4},
    }


def purchases(random: Random, people: list[Somebody]) -> list[Deed]:
    """All purchases in order of time, those whose lids crack marked."""
    spans = list(story.months())
    weights = [_SEASON[since.month - 1] * (1 + place / 40) for place, (since, _) in enumerate(spans)]
    moments = sorted(_within(random, span) for span in random.choices(spans, weights, k=PURCHASES))
    made, serials = [], dict.fromkeys((product.sku for product in story.PRODUCTS), 1000)
    for number, at in enumerate(moments):
        known = [somebody for somebody in people if somebody.since <= at]
        who = random.choices(known, [somebody.weight for somebody in known])[0]
        product = random.choices(story.PRODUCTS, [product.weight for product in story.PRODUCTS])[0]
        units = random.choice((1, 2, 4, 6)) if who.contacts else 1
        deed = Deed(_deed(f"O{number:05d}", "PURCHASE", at, who, product.sku), at, who, sku=product.sku, units=units)
        deed.contact = who.contact_at(random, at)
        deed.item |= {
            "quantity": str(units),
            "amount": str(product.price * units),
            "currency": "GBP",
            "channel": random.choice(("web", "web", "shop", "telephone")),
        }
        if product.kind == "GOOD":
            lot, deed.may_crack = story.lot_of(product.sku, at)
            first = serials[product.sku] + 1
            serials[product.sku] += units
            deed.item |= {
                "lot": lot,
                "serial": f"{first:06d}" if units == 1 else f"{first:06d}-{serials[product.sku]:06d}",
            }
        if deed.contact is not None:
            deed.item["contact"] = story.key(deed.contact.key)
        made.append(deed)
    _crack(random, made)
    return made


def _crack(random: Random, made: list[Deed]) -> None:
    """Let lids of the bad lots crack, as many as the story says of all units of the product."""
    units = sum(deed.units for deed in made if deed.sku == story.HERO)
    wanted = int((units * story.COMPLAINT_SHARE).quantize(Decimal(1), ROUND_HALF_UP))
    units_at_risk = [deed for deed in made if deed.may_crack for _ in range(deed.units)]
    for deed in random.sample(units_at_risk, wanted):
        deed.cracked += 1


def _deed(key: str, kind: str, at: datetime, who: Somebody, sku: str | None) -> dict[str, Any]:
    return {"ref": story.key(key), "kind": kind, "occurredAt": story.stamp(at), "customer": story.key(who.key)} | (
        {"product": story.key(sku)} if sku else {}
    )


def _within(random: Random, span: tuple[datetime, datetime]) -> datetime:
    since, until = span
    return since + timedelta(seconds=random.randrange(int((until - since).total_seconds())))


def later(random: Random, at: datetime, least: int, most: int) -> datetime:
    """Some days afterwards; what then lies beyond the story's end is not told."""
    return at + timedelta(days=random.randrange(least, most), minutes=random.randrange(600))


def contacts_about(random: Random, bought: list[Deed]) -> list[Deed]:
    """Calls and visits about purchases, most of them harmless."""
    found = []
    for number, deed in enumerate(random.sample(bought, 520)):
        at = later(random, deed.at, 1, 60)
        kind = random.choice(("CALL", "CALL", "CALL", "EMAIL", "EMAIL", "VISIT" if deed.contact else "CALL"))
        found.append(_about(f"C{number:05d}", kind, at, deed))
    return found


def tickets(random: Random, bought: list[Deed]) -> list[Deed]:
    """A ticket for each lid that cracked, one per unit."""
    broken = [deed for deed in bought for _ in range(deed.cracked)]
    return [
        _about(f"T{number:05d}", "TICKET", later(random, deed.at, 12, 70), deed) for number, deed in enumerate(broken)
    ]


def returns(random: Random, bought: list[Deed], broken: list[Deed]) -> list[Deed]:
    """What came back: most kettles with a cracked lid, and a few others."""
    back = [deed for deed in broken if random.random() < 0.75] + random.sample(
        [deed for deed in bought if not deed.cracked], 60
    )
    found = []
    for number, deed in enumerate(back):
        returned = _about(f"R{number:05d}", "RETURN", later(random, deed.at, 2, 12), deed)
        returned.item["quantity"] = "1"
        found.append(returned)
    return found


def _about(key: str, kind: str, at: datetime, deed: Deed) -> Deed:
    item = _deed(key, kind, at, deed.who, deed.sku)
    item |= {name: deed.item[name] for name in ("lot", "contact") if name in deed.item}
    return Deed(item, at, deed.who, deed.contact, deed.sku)
