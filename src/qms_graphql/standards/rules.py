"""Vocabulary and rules of standards and requirements."""

import re
from collections.abc import Sequence
from enum import Enum

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.machines import Machine, Move, either, holds, needs


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


def clause_key(clause: str | None) -> str | None:
    """Text that sorts, byte by byte, as the numbers of clauses do: 4.4.2 before 4.10, 4.1 before 4.1.1.

    Each number stands behind the count of its digits.
    """
    if clause is None:
        return None

    def counted(found: re.Match[str]) -> str:
        digits = found.group().lstrip("0") or "0"
        return f"{len(digits):02d}{digits}"

    return _NUMBER.sub(counted, clause)


def clauses_above(clause: str) -> Sequence[str]:
    """The numbers under which a clause's number stands, the nearest first: of 8.2.1 they are 8.2 and 8."""
    steps = [step.start() for step in _STEP.finditer(clause)]
    return [clause[:end] for end in reversed(steps) if end > 0]


FOUNDED = (
    needs("statement", "statement", "An active requirement needs a statement."),
    either(
        holds("evidenced", "It needs evidence, or the clause it comes from.", "evidence", ErrorCode.REQUIRED),
        needs("clause", "clause", "It needs the clause it comes from."),
    ),
)
"""What a requirement has as long as it must be met: a statement, and something it rests on."""

REQUIREMENT = Machine(
    start=RequirementStatus.DRAFT,
    moves=(
        Move(RequirementStatus.ACTIVE, (RequirementStatus.DRAFT,), FOUNDED),
        Move(RequirementStatus.RETIRED, (RequirementStatus.ACTIVE,), reason=True),
    ),
    permission="standards:write",
    settled=frozenset({RequirementStatus.RETIRED}),
)
