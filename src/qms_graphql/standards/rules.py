"""Vocabulary and rules of standards and requirements."""

from enum import Enum


class StandardStatus(Enum):
    """Where an edition of a standard stands.

    DRAFT: Announced, not in force yet.
    CURRENT: In force.
    WITHDRAWN: No longer in force, or replaced by a later edition.
    """

    DRAFT = "DRAFT"
    CURRENT = "CURRENT"
    WITHDRAWN = "WITHDRAWN"


class RequirementSource(Enum):
    """Who asks for it.

    CUSTOMER: Customers expect it; their words are its evidence.
    STANDARD: A clause of a standard that the organization follows.
    REGULATION: A law or authority.
    INTERNAL: The organization itself.
    """

    CUSTOMER = "CUSTOMER"
    STANDARD = "STANDARD"
    REGULATION = "REGULATION"
    INTERNAL = "INTERNAL"


class RequirementStatus(Enum):
    """Where a requirement stands: DRAFT → ACTIVE → RETIRED.

    DRAFT: Being worded.
    ACTIVE: Must be met.
    RETIRED: No longer asked for.
    """

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"


def activation_problems(statement: str | None, clause: str | None, *, evidence: bool) -> list[tuple[str, str]]:
    """What keeps a requirement from being ACTIVE: the field and the reason.

    It needs a statement, and something it rests on: evidence, or the clause it comes from.
    """
    problems = []
    if not statement:
        problems.append(("statement", "An active requirement needs a statement."))
    if not evidence and not clause:
        problems.append(("evidence", "An active requirement needs evidence, or the clause it comes from."))
    return problems
