"""Vocabulary and rules of standards and requirements."""

from enum import Enum

from qms_graphql.base.errors import ErrorCode
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
