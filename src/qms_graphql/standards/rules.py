"""Vocabulary and rules of standards and requirements."""

import re
from collections.abc import Sequence
from enum import Enum

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.machines import Facts, Machine, Move, Unmet, either, holds, needs, where


class StandardStatus(Enum):
    """Where an edition of a standard stands.

    DRAFT: Announced, not in force yet.
    CURRENT: In force.
    WITHDRAWN: No longer in force, or replaced by a later edition.
    """

    DRAFT = "DRAFT"
    CURRENT = "CURRENT"
    WITHDRAWN = "WITHDRAWN"


def status_named(text: str) -> StandardStatus:
    """The status of this name, in any case. Raises ``Refusal(INVALID)`` that lists them."""
    if text.upper() not in StandardStatus.__members__:
        known = ", ".join(status.value.lower() for status in StandardStatus)
        raise Refusal(ErrorCode.INVALID, f"There is no status {text}; there are {known}.", ("status",))
    return StandardStatus[text.upper()]


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


class MappingKind(Enum):
    """What became of a clause from one edition to the next.

    SAME: It asks for the same.
    CHANGED: It asks for something else than before, or is worded so that one has to look.
    NEW: It has no clause that it came from.
    REMOVED: Nothing took its place.
    """

    SAME = "SAME"
    CHANGED = "CHANGED"
    NEW = "NEW"
    REMOVED = "REMOVED"


ENDS = {
    MappingKind.SAME: (True, True),
    MappingKind.CHANGED: (True, True),
    MappingKind.NEW: (False, True),
    MappingKind.REMOVED: (True, False),
}
"""Whether each kind of mapping has a clause of the earlier and one of the later edition."""

_NUMBER = re.compile("[0-9]+")
_STEP = re.compile(r"[.\s(]+")


def tidy_clause(clause: str) -> str:
    """A clause's number without space around it, more than one space between words, or a stop at its end."""
    return " ".join(clause.split()).rstrip(".: ")


def clause_key(clause: str | None) -> str | None:
    """The number of a clause in its normal form: who writes 8.5.1, 08.5.1 or " 8.5.1." means the same clause.

    It sorts, byte by byte, as the numbers of clauses do: 4.4.2 before 4.10, 4.1 before 4.1.1. Each number stands behind
    the count of its digits.
    """
    if clause is None:
        return None

    def counted(found: re.Match[str]) -> str:
        digits = found.group().lstrip("0") or "0"
        return f"{len(digits):02d}{digits}"

    return _NUMBER.sub(counted, tidy_clause(clause))


def is_earlier(edition: str, other: str) -> bool:
    """Whether an edition comes before another, by the numbers in their names: 2015 before 2026, 9 before 10."""
    return (clause_key(edition) or "") < (clause_key(other) or "")


def clauses_above(clause: str) -> Sequence[str]:
    """The numbers under which a clause's number stands, the nearest first: of 8.2.1 they are 8.2 and 8."""
    steps = [step.start() for step in _STEP.finditer(clause)]
    return [clause[:end] for end in reversed(steps) if end > 0]


LEAST_LETTERS = 5


def excuse_problem(reason: str | None, *, major_open: bool) -> tuple[ErrorCode, str] | None:
    """What is wrong with the reason why a requirement does not apply; None if nothing, or if it applies.

    ISO 9001, 4.3, asks for a justification: words, of at least ``LEAST_LETTERS`` letters. And what an auditor found to
    be a MAJOR lack is mended, not excused.
    """
    if reason is None:
        return None
    if not reason.strip():
        return ErrorCode.REQUIRED, "Say why it does not apply; null if it does."
    if sum(map(str.isalpha, reason)) < LEAST_LETTERS:
        return ErrorCode.INVALID, "Say in words why it does not apply."
    if major_open:
        return ErrorCode.INVALID, "A MAJOR finding on it is open: that is answered first."
    return None


def clause_is_free(facts: Facts) -> Unmet | None:
    """That no other requirement is ACTIVE with its clause of the same edition."""
    if facts["clause_held_by"] is None:
        return None
    why = f"{facts['clause_held_by']} is ACTIVE with this clause of the standard: retire that one first."
    return Unmet(ErrorCode.CONFLICT, why, "clause")


def clause_taken(number: str) -> Unmet:
    """That another requirement, by its number, has the clause: in force or being worded, but not to be replaced."""
    why = f"{number} has this clause of the standard: change that one, or name it in supersedes."
    return Unmet(ErrorCode.CONFLICT, why, "clause")


def _is_of_standard(facts: Facts) -> bool:
    return facts["source"] is RequirementSource.STANDARD


FOUNDED = (
    needs("statement", "statement", "An active requirement needs a statement."),
    either(
        holds("evidenced", "It needs evidence, or the clause it comes from.", "evidence", ErrorCode.REQUIRED),
        needs("clause", "clause", "It needs the clause it comes from."),
    ),
    where(_is_of_standard, needs("standard_id", "standard", "Say which standard it comes from.")),
    clause_is_free,
)
"""What a requirement has as long as it must be met: a statement, something it rests on, and its clause for itself."""

REQUIREMENT = Machine(
    start=RequirementStatus.DRAFT,
    moves=(
        Move(RequirementStatus.ACTIVE, (RequirementStatus.DRAFT,), FOUNDED),
        Move(RequirementStatus.RETIRED, (RequirementStatus.ACTIVE,), reason=True),
    ),
    permission="standards:write",
    settled=frozenset({RequirementStatus.RETIRED}),
)
