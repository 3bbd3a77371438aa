"""The story's quality system: its people, what they must meet, what may go wrong, and what they do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Link:
    """Stands for the id of another record of the story: by the name it was told under, or by its key in the shop."""

    type: str
    name: str


@dataclass(frozen=True)
class Step:
    """A record that is made at the end of a month, and what is changed of it at the end of a later one."""

    month: date
    type: str
    name: str
    values: dict[str, Any]
    change_month: date | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    moves: tuple["Moved", ...] = ()


@dataclass(frozen=True)
class Moved:
    """That a record comes to another state at the end of a month, with what is set in the same step."""

    month: date
    to: str
    changes: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None


_JANUARY = date(2025, 1, 1)
HEAVY_CUSTOMER = "A0001"
"""The account that gets a visit of its own."""

_DEPARTMENTS = (
    ("Quality", "QA"),
    ("Engineering", "ENG"),
    ("Moulding", "MLD"),
    ("Customer care", "CARE"),
    ("Purchasing", "PUR"),
)
_STAFF = (
    ("Helen Marsden", "Quality", "Head of quality", ["QUALITY_MANAGER"]),
    ("Tomasz Zielinski", "Engineering", "Head of engineering", ["DEPARTMENT_HEAD"]),
    ("Joyce Adeyemi", "Customer care", "Customer care lead", ["COMPLAINT_HANDLER", "DEPARTMENT_HEAD"]),
    ("Ben Holroyd", "Customer care", "Complaint handler", ["COMPLAINT_HANDLER"]),
    ("Shabnam Rahimi", "Moulding", "Head of moulding", ["DEPARTMENT_HEAD"]),
    ("Piers Cartwright", "Purchasing", "Buyer, polymers", ["EMPLOYEE"]),
    ("Dee Lomas", "Moulding", "Line operator", ["EMPLOYEE"]),
    ("Ingrid Solberg", "Quality", "Internal auditor", ["AUDITOR"]),
)
_CLAUSES = (
    ("8.2.1", "Customers can reach us, ask, complain, and hear from us when something concerns them."),
    ("8.4.1", "What suppliers deliver is checked to be what we ordered, above all when they change it."),
    ("8.5.6", "A change to how we make things is reviewed and approved before it is made."),
    ("8.7.1", "What does not conform is kept from reaching a customer."),
    ("9.1.2", "We watch how far customers think their needs are met."),
    ("9.1.3", "We analyse what we measure, and use what it says."),
    ("10.2.1", "A nonconformity is put right, its causes are removed, and we look whether that worked."),
)
_FAILURES = (
    (
        date(2026, 2, 1),
        "Heron's lid",
        "Lid cracks under steam",
        "Steam gets out",
        "Same plastic as in the Kestrel",
        (8, 5, 7),
        "KT-210",
    ),
    (
        _JANUARY,
        "No switch-off",
        "Kettle does not switch off",
        "Boils dry, base overheats",
        "Steam channel blocked",
        (9, 2, 3),
        "KT-170",
    ),
    (
        _JANUARY,
        "Hot handle",
        "Handle gets hot",
        "Customer puts it down in a hurry",
        "Thin wall near the spout",
        (5, 3, 4),
        "KT-171",
    ),
    (_JANUARY, "Wrong temperature", "Water hotter than shown", "Tea spoiled", "Sensor drifts", (3, 4, 3), "KV-150"),
    (_JANUARY, "Tap drips", "Urn's tap drips", "Hot water on the counter", "Seal worn", (6, 3, 2), "UR-600"),
)
"""Other risks: when told, name, failure mode, effect, cause, rating, product."""


def steps(complaints: Sequence[str]) -> list[Step]:
    """Everything in order. ``complaints`` are the shop's keys of the first complaints about lids, oldest first."""
    return [*_people(), *_requirements(complaints), *_risks(), *_actions(complaints)]


def _people() -> list[Step]:
    found = [Step(_JANUARY, "Department", name, {"name": name, "code": code}) for name, code in _DEPARTMENTS]
    for name, department, title, roles in _STAFF:
        mail = name.lower().replace(" ", ".") + "@brightwater.example"
        values = {
            "name": name,
            "email": mail,
            "title": title,
            "roles": roles,
            "department": Link("Department", department),
        }
        found.append(Step(_JANUARY, "User", name, values))
    return found


def _requirements(complaints: Sequence[str]) -> list[Step]:
    found = []
    iso = {
        "framework": "ISO 9001",
        "edition": "2015",
        "body": "ISO",
        "title": "Quality management systems: requirements",
    }
    iec = {
        "framework": "IEC 60335-2-15",
        "edition": "2012",
        "body": "IEC",
        "title": "Household appliances: heating liquids",
    }
    found += [Step(_JANUARY, "Standard", "ISO 9001", iso), Step(_JANUARY, "Standard", "IEC 60335-2-15", iec)]
    for clause, statement in _CLAUSES:
        values = {
            "source": "STANDARD",
            "clause": clause,
            "statement": statement,
            "standard": Link("Standard", "ISO 9001"),
        }
        values["owner"] = Link("User", "Helen Marsden")
        found.append(_requirement(_JANUARY, f"ISO 9001 {clause}", values))
    scald = {
        "source": "REGULATION",
        "clause": "20.101",
        "importance": 5,
        "standard": Link("Standard", "IEC 60335-2-15"),
        "statement": "Steam or water from an opening must not scald the hand that holds the handle.",
        "product": Link("Product", "KT-170"),
    }
    found.append(_requirement(_JANUARY, "No scalding", scald))
    lid = {
        "source": "CUSTOMER",
        "importance": 5,
        "product": Link("Product", "KT-170"),
        "theme": Link("Theme", "Lid"),
        "statement": "A lid survives five years of daily use, steam included, without a crack.",
        "evidence": [Link("Feedback", key) for key in complaints[:6]],
        "owner": Link("User", "Tomasz Zielinski"),
    }
    found.append(_requirement(date(2025, 12, 1), "Lid lasts", lid))
    answer = {
        "source": "INTERNAL",
        "importance": 4,
        "clause": "CARE-03",
        "theme": Link("Theme", "Service"),
        "statement": "Whoever writes or calls has an answer from a person within two working days.",
        "owner": Link("User", "Joyce Adeyemi"),
    }
    found.append(_requirement(_JANUARY, "Answer in two days", answer))
    return found


def _requirement(month: date, name: str, values: dict[str, Any]) -> Step:
    """A requirement that holds from the month it is made."""
    return Step(month, "Requirement", name, values, moves=(Moved(month, "ACTIVE"),))


def _risks() -> list[Step]:
    lid = {
        "item": "Lid",
        "failureMode": "Lid cracks under steam",
        "classification": "CRITICAL",
        "effect": "Steam gets out at the hinge; scalded hand; kettle does not switch off",
        "cause": "Lid plastic loses its strength with heat and moisture",
        "function": "Keep steam in, open for filling",
        "preventionControls": "Material specification M-114",
        "detectionControls": "Visual inspection, first piece of each shift",
        "initial": _rating(8, 9, 7),
        "product": Link("Product", "KT-170"),
        "requirement": Link("Requirement", "No scalding"),
        "owner": Link("User", "Tomasz Zielinski"),
    }
    # Rated when the field had spoken; rated again when the old plastic was back and lids were steam-tested.
    again = {
        "current": _rating(8, 2, 3),
        "ratingReason": "The old plastic is back, and each lot is steam-tested.",
    }
    only = {
        "kind": "BUSINESS",
        "title": "Only one supplier delivers the old lid plastic",
        "owner": Link("User", "Piers Cartwright"),
    }
    return [
        Step(date(2025, 12, 1), "Risk", "Lid cracks", lid, moves=(Moved(date(2026, 3, 1), "TREATED", again),)),
        *(_failure(*told) for told in _FAILURES),
        Step(date(2026, 2, 1), "Risk", "One polymer supplier", only),
    ]


def _failure(
    month: date, name: str, mode: str, effect: str, cause: str, rating: tuple[int, int, int], sku: str
) -> Step:
    values = {
        "failureMode": mode,
        "effect": effect,
        "cause": cause,
        "initial": _rating(*rating),
        "product": Link("Product", sku),
        "owner": Link("User", "Tomasz Zielinski"),
    }
    return Step(month, "Risk", name, values)


def _rating(severity: int, occurrence: int, detection: int) -> dict[str, int]:
    return {"severity": severity, "occurrence": occurrence, "detection": detection}


def _actions(complaints: Sequence[str]) -> list[Step]:
    lid, rule, words = Link("Risk", "Lid cracks"), Link("Requirement", "Lid lasts"), Link("Feedback", complaints[0])
    change, supplier = Link("Requirement", "ISO 9001 8.5.6"), Link("Requirement", "ISO 9001 8.4.1")
    return [
        _action(
            "2025-12", "CONTAINMENT", "Steam-test all Kestrel lids in stock, hold back lots from 2509 on",
            "Shabnam Rahimi", "Moulding", "2025-12-19", {"risk": lid, "feedback": words},
            done="2025-12", shown="Steam test 25-118: 14 of 300 lids cracked; lots from 2509 on are held back.",
        ),
        _action(
            "2025-12", "CORRECTION", "Send a new lid to everybody who complained, without asking for a receipt",
            "Joyce Adeyemi", "Customer care", "2026-02-27", {"risk": lid},
            done="2026-02", shown="Dispatch list of the parcels with new lids.",
        ),
        _action(
            "2025-12", "CORRECTIVE", "Go back to the heat-stabilised lid plastic",
            "Tomasz Zielinski", "Engineering", "2026-02-27", {"risk": lid, "requirement": rule},
            done="2026-02", shown="Material specification M-114, approved; first lids of lot 2602 tested.",
        ),
        _action(
            "2026-01", "CORRECTIVE",
            "Any change of material needs a steam test of 48 hours and the signature of quality",
            "Helen Marsden", "Quality", "2026-03-31", {"requirement": change},
            done="2026-03", shown="The form for changes of material has a field for the test and the signature.",
        ),
        _action(
            "2026-02", "PREVENTIVE", "Qualify a second supplier for the lid plastic",
            "Piers Cartwright", "Purchasing", "2026-05-29",
            {"risk": Link("Risk", "One polymer supplier"), "requirement": supplier},
        ),
        _action(
            "2026-02", "PREVENTIVE", "Look for the same plastic in the lids of Heron and Wren",
            "Tomasz Zielinski", "Engineering", "2026-04-30", {"product": Link("Product", "KT-210")},
        ),
        _action(
            "2026-03", "IMPROVEMENT", "Polish the hinge edge before assembly, as Dee Lomas proposed",
            "Shabnam Rahimi", "Moulding", "2026-06-12", {"risk": lid},
        ),
        _action(
            "2026-03", "CORRECTION", "Visit the customer, exchange all kettles of the bad lots, and say what was done",
            "Ben Holroyd", "Customer care", "2026-04-17", {"customer": Link("Customer", HEAVY_CUSTOMER)},
            done="2026-04", shown="Report of the visit, signed by the customer.",
        ),
        _action(
            "2026-04", "IMPROVEMENT", "A second person on the telephone from eight to ten",
            "Joyce Adeyemi", "Customer care", "2026-06-05", {"requirement": Link("Requirement", "Answer in two days")},
        ),
        _action(
            "2026-05", "IMPROVEMENT", "Card about water hardness in parcels to hard-water areas",
            "Ben Holroyd", "Customer care", "2027-01-29", {},
        ),
        _action(
            "2026-06", "PREVENTIVE", "Ask the account how the exchanged kettles do after half a year",
            "Ben Holroyd", "Customer care", "2027-03-31", {"customer": Link("Customer", HEAVY_CUSTOMER)},
        ),
    ]  # fmt: skip


def _action(
    month: str,
    kind: str,
    title: str,
    owner: str,
    department: str,
    due: str,
    links: dict[str, Link],
    *,
    done: str | None = None,
    shown: str | None = None,
) -> Step:
    values = {
        "title": title,
        "kind": kind,
        "dueAt": f"{due}T16:00:00Z",
        "owner": Link("User", owner),
        "department": Link("Department", department),
    }
    moves: tuple[Moved, ...] = ()
    if done is not None:
        moves = (
            Moved(_first(done), "IN_PROGRESS"),
            Moved(_first(done), "DONE", {"evidence": [{"text": shown}]}),
        )
    return Step(_first(month), "Action", title[:100], values | links, moves=moves)


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
