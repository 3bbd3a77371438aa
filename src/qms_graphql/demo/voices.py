"""What the story's customers say, and what triage makes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from qms_graphql.demo import story, words
from qms_graphql.demo.trade import Deed, Somebody, later

_PER_QUARTER = 75
_CHARM = {product.sku: product.charm for product in story.PRODUCTS}
_CATEGORY = {product.sku: product.category for product in story.PRODUCTS}
_TRIAGED_UNTIL = story.END - timedelta(days=21)


@dataclass
class Voice:
    """A feedback of the story: the item as the shop sends it, and what triage decides."""

    item: dict[str, Any]
    at: datetime
    theme: str | None
    status: str = "RECEIVED"
    closed_at: datetime | None = None

    @property
    def key(self) -> str:
        """The key in the shop."""
        return str(self.item["ref"]["externalId"])


def complaints(random: Random, broken: list[Deed]) -> list[Voice]:
    """What was said when a lid cracked: one complaint for each unit."""
    found = []
    for number, ticket in enumerate(broken):
        language = words.language_of(random, ticket.who.country)
        voice = _voice(f"K{number:05d}", "SUPPORT", ticket.at, ticket.who, ticket, say=("Lid", "bad", language))
        voice.item |= {"channel": random.choice(("telephone", "e-mail", "web form"))}
        _decide(random, voice, follow=True)
        found.append(voice)
    return found


def reviews(random: Random, bought: list[Deed]) -> list[Voice]:
    """Reviews of products. Whoever had a lid crack says that."""
    found: list[Voice] = []
    for deed in bought:
        if random.random() > (0.7 if deed.cracked else 0.36):
            continue
        score = random.choice((1, 1, 2)) if deed.cracked else _score(random, _CHARM[deed.sku or ""])
        mood = "good" if score >= 4 else "bad"
        say = None
        if random.random() < 0.62:
            say = _about(random, deed, mood)
        voice = _voice(f"V{len(found):05d}", "REVIEW", later(random, deed.at, 4, 40), deed.who, deed, say=say)
        voice.item |= {
            "survey": story.key("review"),
            "answers": [{"question": "score", "number": score}],
            "channel": "web",
        }
        _decide(random, voice, follow=score <= 2)
        found.append(voice)
    return found


def _about(random: Random, deed: Deed, mood: str) -> tuple[str, str, str]:
    """What a review is about. Of what is no kettle nobody says how fast it boils."""
    language = words.language_of(random, deed.who.country)
    if deed.cracked:
        return "Lid", mood, language
    if _CATEGORY[deed.sku or ""] == "Kettles":
        return words.theme_of(random, mood, language), mood, language
    return "Price", mood, "en"


def _score(random: Random, charm: float) -> int:
    return max(1, min(5, round(random.gauss(4.15 + charm, 0.95))))


def relationship(random: Random, people: list[Somebody], bought: list[Deed]) -> list[Voice]:
    """The quarterly survey: whether they would recommend the company. Cracked lids in the last months weigh on it."""
    found: list[Voice] = []
    cracked = [deed for deed in bought if deed.cracked]
    for quarter, (since, _) in enumerate(list(story.months())[2::3]):
        known = [somebody for somebody in people if somebody.since < since]
        for who in random.sample(known, min(_PER_QUARTER, len(known))):
            at = since + timedelta(days=random.randrange(4, 24), minutes=random.randrange(1200))
            hurt = any(deed.who is who and at - timedelta(days=150) < deed.at < at for deed in cracked)
            score = max(0, min(10, round(random.gauss(3.5 if hurt else 8.4, 1.9))))
            mood = "good" if score >= 8 else "bad"
            voice = _voice(f"N{quarter}{len(found):05d}", "SURVEY", at, who, None, say=None)
            voice.item |= {
                "survey": story.key("relationship"),
                "answers": [{"question": "recommend", "number": score}],
                "channel": "e-mail",
            }
            if random.random() < 0.6:
                language = words.language_of(random, who.country)
                voice.theme = "Lid" if hurt else words.theme_of(random, mood, language)
                why = words.say(random, voice.theme, mood, language)
                voice.item["answers"].append({"question": "reason", "text": why})
                voice.item["language"] = language
            contact = who.contact_at(random, at)
            if contact is not None:
                voice.item["contact"] = story.key(contact.key)
            _decide(random, voice, follow=score <= 4)
            found.append(voice)
    return found


def service(random: Random, contacts: list[Deed]) -> list[Voice]:
    """How easy it was, asked after a call."""
    found: list[Voice] = []
    for contact in contacts:
        if random.random() > 0.66:
            continue
        # The telephone was short of people in the months of the cracked lids.
        busy = story.FIRST_BAD_LOT <= contact.at.date() < story.LAST_BAD_LOT
        score = max(1, min(7, round(random.gauss(4.7 if busy else 5.6, 1.2))))
        mood = "good" if score >= 5 else "bad"
        say = ("Service", mood, words.language_of(random, contact.who.country)) if random.random() < 0.5 else None
        voice = _voice(
            f"E{len(found):05d}", "POST_SERVICE", later(random, contact.at, 0, 3), contact.who, contact, say=say
        )
        voice.item |= {
            "survey": story.key("service"),
            "answers": [{"question": "effort", "number": score}],
            "channel": "e-mail",
        }
        _decide(random, voice, follow=score <= 2)
        found.append(voice)
    return found


def elsewhere(random: Random, bought: list[Deed]) -> list[Voice]:
    """Posts in social networks, whose authors are not known, what the salespeople hear, and ideas of colleagues."""
    found = []
    kettles = [deed for deed in bought if _CATEGORY[deed.sku or ""] == "Kettles"]
    for number in range(60):
        deed = random.choice(kettles)
        mood = random.choice(("good", "bad", "bad"))
        theme = "Lid" if deed.may_crack and mood == "bad" else words.theme_of(random, mood)
        known = number % 2 == 0
        voice = _voice(
            f"S{number:05d}",
            "SALES" if known else "SOCIAL_MEDIA",
            later(random, deed.at, 5, 90),
            deed.who,
            deed,
            say=(theme, mood, "en"),
        )
        if not known:
            for name in ("customer", "contact", "interaction"):
                voice.item.pop(name, None)
        _decide(random, voice, follow=False)
        found.append(voice)
    for number, idea in enumerate(_IDEAS):
        at = story.BEGIN + timedelta(days=70 * number + 45)
        item = {
            "ref": story.key(f"I{number:05d}"),
            "source": "OTHER",
            "voice": "EMPLOYEE",
            "occurredAt": story.stamp(at),
            "text": idea[1],
            "language": "en",
        }
        found.append(Voice(item, at, idea[0], status="TRIAGED"))
    return found


_IDEAS = (
    (
        "Lid",
        "Since the new lid plastic came in, the trimming leaves tiny notches at the hinge."
        " I would polish that edge before assembly.",
    ),
    ("Delivery", "If the inner carton was 8 mm taller, the base would not touch the wall when the parcel is dropped."),
    (
        "Service",
        "We could put the serial number on the lid's underside,"
        " then nobody has to turn over a full kettle on the phone.",
    ),
    ("Lid", "Let us steam-test ten lids of every lot for 48 hours. The rig from the urn line is free at night."),
    ("Limescale", "Half the scale calls are from three postcodes. A water hardness card in those parcels would help."),
)


def _voice(
    key: str, source: str, at: datetime, who: Somebody, deed: Deed | None, *, say: tuple[str, str, str] | None
) -> Voice:
    item: dict[str, Any] = {
        "ref": story.key(key),
        "source": source,
        "occurredAt": story.stamp(at),
        "customer": story.key(who.key),
    }
    if deed is not None:
        item["interaction"] = deed.item["ref"]
        item |= {name: deed.item[name] for name in ("product", "contact") if name in deed.item}
    if say is not None:
        # A generator of its own for each, so that one more draw here does not change all that follows.
        item |= {"text": words.say(Random(f"{story.EDITION} {key}"), *say), "language": say[2]}
    return Voice(item, at, say[0] if say else None)


def _decide(random: Random, voice: Voice, *, follow: bool) -> None:
    """Triage: what is old enough has a theme; what was serious was acted on, and most of those customers were told."""
    if voice.at > _TRIAGED_UNTIL or voice.theme is None or not (follow or random.random() < 0.1):
        return
    voice.status = "TRIAGED"
    if follow:
        told = later(random, voice.at, 3, 25)
        voice.status = "CLOSED" if random.random() < 0.7 and told < _TRIAGED_UNTIL else "ACTED_ON"
        voice.closed_at = told if voice.status == "CLOSED" else None


def decision(voice: Voice) -> dict[str, Any]:
    """Whether triage takes it for a complaint."""
    if voice.status == "TRIAGED":
        return {"decision": False, "reason": "An opinion: nothing was to be put right."}
    return {"decision": True, "reason": "The customer expects something to be put right."}


def handling(voice: Voice) -> list[tuple[str, dict[str, Any]]]:
    """The states that its complaint comes to, with what is set in the same step."""
    severity = "MAJOR" if voice.theme == "Lid" else "MINOR"
    assessed = {"severity": severity, "safetyRelated": False, "reportable": False}
    begun: list[tuple[str, dict[str, Any]]] = [("ACKNOWLEDGED", {}), ("ASSESSED", assessed), ("INVESTIGATING", {})]
    if voice.closed_at is None:
        return begun
    answer = "We looked into it, told you what we found, and sent what was owed to you."
    return [*begun, ("RESPONDED", {"response": answer}), ("CLOSED", {"accepted": True})]
