"""Lists of inspections by authorities, as the FDA publishes them: read, and made into suppliers and findings.

Pure of databases: what is read here goes in through the sync mutations, by the same way as what connectors bring.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.set_aside import SetAside

COLUMNS = ("Record Date", "FEI Number", "Legal Name", "Record Type", "Date Posted", "Download", "Record ID")
"""The columns of the FDA's list of inspection records, which they call by these names."""
SYSTEM = "fda"
AUTHORITY = "FDA"
_FEI_DIGITS = (7, 10)
"""How many digits a number of an establishment (FEI) has."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A row that can stand: which establishment was inspected when, and the record of it."""

    line: int
    raw: Mapping[str, str]
    at: date
    posted: date | None

    @property
    def key(self) -> str:
        """The record's own number, which is its key here."""
        return self.raw["Record ID"]

    @property
    def establishment(self) -> str:
        """The number of the establishment, which is the supplier's key here."""
        return self.raw["FEI Number"]


@dataclass(slots=True)
class InspectionList:
    """A list as it was read: nothing of it is lost."""

    rows: list[Inspected] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)

    def suppliers(self) -> list[dict[str, Any]]:
        """The establishments, each once, by the name that the latest record gives it."""
        named = {row.establishment: row for row in sorted(self.rows, key=lambda row: (row.at, row.key))}
        return [
            {"ref": _ref(number), "name": row.raw["Legal Name"], "kind": "ORGANISATION", "supplier": True}
            for number, row in sorted(named.items())
        ]

    def findings(self) -> list[dict[str, Any]]:
        """What was found: one finding for each record. The list says that there are observations, not what they say."""
        return [_finding(row) for row in self.rows]

    def set_aside(self, refused: Mapping[int, str]) -> None:
        """Set rows aside that could be read, but were refused: by their places among the findings, each with why."""
        self.aside += [SetAside(self.rows[place].line, self.rows[place].raw, why) for place, why in refused.items()]
        self.rows = [row for place, row in enumerate(self.rows) if place not in refused]


def read_inspections(content: bytes) -> InspectionList:
    """Read a list. Raises ``Refusal(INVALID)`` if it is no CSV in UTF-8 with these columns, and says at which line."""
    begins = 1
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise Refusal(ErrorCode.INVALID, f"The file has no column {', '.join(missing)}.", ("file",))
        found, seen = InspectionList(), set[str]()
        for given in reader:
            raw = {name: (given[name] or "").strip() for name in COLUMNS}
            _take(found, seen, reader.line_num, raw)
            begins = reader.line_num + 1
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refusal(ErrorCode.INVALID, f"Line {line} is not UTF-8: {error.reason}.", ("file",)) from None
    except csv.Error as error:
        why = f"The record that begins at line {begins} is not CSV: {error}."
        raise Refusal(ErrorCode.INVALID, why, ("file",)) from None
    return found


def _take(found: InspectionList, seen: set[str], line: int, raw: Mapping[str, str]) -> None:
    at, posted = _day(raw["Record Date"]), _day(raw["Date Posted"])
    reasons = _problems(raw, at)
    if raw["Record ID"] in seen:
        reasons.append("The record was in the file before.")
    if reasons or at is None:
        found.aside.append(SetAside(line, raw, " ".join(reasons)))
        return
    seen.add(raw["Record ID"])
    found.rows.append(Inspected(line, raw, at, posted))


def _problems(raw: Mapping[str, str], at: date | None) -> list[str]:
    """Why a row cannot stand. Nobody guesses what was meant."""
    reasons = []
    if not raw["Record ID"]:
        reasons.append("It has no record id.")
    if not raw["Record Date"]:
        reasons.append("It has no record date.")
    elif at is None:
        reasons.append("Its record date is no date.")
    number = raw["FEI Number"]
    if not number:
        reasons.append("It has no FEI number.")
    elif not (number.isascii() and number.isdigit() and len(number) in _FEI_DIGITS):
        reasons.append("Its FEI number has not 7 or 10 digits.")
    if not raw["Legal Name"]:
        reasons.append("It has no legal name.")
    return reasons


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _ref(key: str) -> dict[str, str]:
    return {"system": SYSTEM, "externalId": key}


def _finding(row: Inspected) -> dict[str, Any]:
    """The supplier's name stands at the supplier alone, so that it can be erased."""
    raw = row.raw
    posted = f"; published on {row.posted}" if row.posted is not None else ""
    return {
        "ref": _ref(row.key),
        "kind": "OBSERVATION",
        "statement": f"Form {raw['Record Type']} was issued to FEI {row.establishment}{posted}.",
        "authority": AUTHORITY,
        "reference": f"{raw['Record Type']} {row.key}",
        "link": raw["Download"] or None,
        "foundAt": f"{row.at}T00:00:00Z",
        "supplier": _ref(row.establishment),
    }
