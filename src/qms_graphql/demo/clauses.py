"""The lists of clauses of the demonstration: an edition that is followed, and an example of the one to come."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qms_graphql.standards.clause_list import read_clauses

FRAMEWORK = "ISO 9001"
NOTE = "Draft: compare what it asks for when the edition is published."
"""Said of every clause that the example maps: nobody here claims to know the edition to come."""


@dataclass(frozen=True)
class Edition:
    """An edition of the framework, with its list of clauses."""

    edition: str
    status: str

    def given(self) -> dict[str, Any]:
        """The input of ``importClauses``."""
        file = Path(__file__).with_name(f"iso_9001_{self.edition}.csv")
        standard = {"framework": FRAMEWORK, "edition": self.edition, "body": "ISO", "status": self.status}
        rows = read_clauses(file.read_bytes())
        return {"standard": standard, "clauses": [{"clause": row.clause, "title": row.title} for row in rows]}


FOLLOWED = Edition("2015", "CURRENT")
TO_COME = Edition("2026", "DRAFT")


def mappings(earlier: dict[str, str], later: dict[str, str]) -> list[dict[str, Any]]:
    """Each clause of the later edition with that of the same number in the earlier one; both map clauses to ids."""
    return [
        {"earlier": earlier[clause], "later": id_, "kind": "CHANGED", "note": NOTE} for clause, id_ in later.items()
    ]
