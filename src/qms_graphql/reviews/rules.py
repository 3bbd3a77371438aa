"""Vocabulary of reviews and findings, and the machine that moves reviews."""

from enum import Enum

from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.machines import (
    ACTOR,
    Facts,
    Guard,
    Machine,
    Move,
    SignatureMeaning,
    Signing,
    Unmet,
    either,
    fails,
    holds,
    needs,
    where,
)


class ReviewKind(Enum):
    """What sort of review it is.

    INTERNAL_AUDIT: Our own people audit our own work (ISO 9001, 9.2).
    SUPPLIER_AUDIT: We audit a supplier.
    MANAGEMENT_REVIEW: Top management looks at the quality system as a whole (ISO 9001, 9.3).
    TEAM_MEETING: People talk about their work.
    FOCUS_GROUP: Customers talk about what they use and expect.
    """

    INTERNAL_AUDIT = "INTERNAL_AUDIT"
    SUPPLIER_AUDIT = "SUPPLIER_AUDIT"
    MANAGEMENT_REVIEW = "MANAGEMENT_REVIEW"
    TEAM_MEETING = "TEAM_MEETING"
    FOCUS_GROUP = "FOCUS_GROUP"


class ReviewStatus(Enum):
    """How far a review has come.

    PLANNED: It is to take place.
    HELD: It took place.
    REPORTED: What it found is written down, or that it found nothing.
    CLOSED: What it found is in the hands of nonconformities and actions.
    """

    PLANNED = "PLANNED"
    HELD = "HELD"
    REPORTED = "REPORTED"
    CLOSED = "CLOSED"


class FindingKind(Enum):
    """What a finding is.

    MAJOR: A requirement is not met, and the quality system fails there.
    MINOR: A requirement is not met in a single case.
    OBSERVATION: It is met, but may not be for long; or what an authority saw.
    OPPORTUNITY: It could be done better.
    CONFORMITY: A requirement is met, and this shows it.
    DECISION: What was decided.
    """

    MAJOR = "MAJOR"
    MINOR = "MINOR"
    OBSERVATION = "OBSERVATION"
    OPPORTUNITY = "OPPORTUNITY"
    CONFORMITY = "CONFORMITY"
    DECISION = "DECISION"


AUDITS = (ReviewKind.INTERNAL_AUDIT, ReviewKind.SUPPLIER_AUDIT)
"""The kinds that need auditors, who do not audit their own work."""

UNMET = (FindingKind.MAJOR, FindingKind.MINOR)
"""The kinds that need a nonconformity."""

NOT_WRONG = (FindingKind.CONFORMITY, FindingKind.DECISION)
"""The kinds of which no nonconformity comes."""


def is_audit(facts: Facts) -> bool:
    """Whether it is an audit."""
    return facts["kind"] in AUDITS


def _present(facts: Facts) -> Unmet | None:
    """Auditors for an audit; for anything else somebody who was there."""
    if facts["lead_id"] is not None or facts["team_size"]:
        return None
    if is_audit(facts):
        return Unmet(ErrorCode.REQUIRED, "Say who audits.", "team")
    return None if facts["attendance"] else Unmet(ErrorCode.REQUIRED, "Say who takes part.", "attendees")


def _by_lead(facts: Facts) -> Unmet | None:
    if facts["lead_id"] is None:
        return Unmet(ErrorCode.REQUIRED, "An audit has a lead auditor, who signs for it.", "lead")
    if facts.get(ACTOR) != facts["lead_id"]:
        return Unmet(ErrorCode.FORBIDDEN, "The lead auditor signs for an audit.")
    return None


IMPARTIAL: Guard = where(
    is_audit,
    either(
        needs("independence_waived", "independenceWaived", "Somebody would audit their own work: say why that stands."),
        fails("partial", "Somebody would audit their own work.", "team"),
    ),
)
"""ISO 9001, 9.2.2: auditors do not audit their own work. An override has a reason, which is kept and shown."""

_SUPPLIER = where(
    lambda facts: facts["kind"] is ReviewKind.SUPPLIER_AUDIT,
    needs("supplier_id", "supplier", "Say which supplier is audited."),
)
HELD = (needs("held_at", "heldAt", "Say when it took place."), _present, _SUPPLIER, IMPARTIAL)
REPORTED = (
    *HELD,
    either(
        holds(
            "finding_count",
            "Write down what it found, or state that it found nothing.",
            "noFindings",
            ErrorCode.REQUIRED,
        ),
        holds("no_findings", "State that it found nothing.", "noFindings", ErrorCode.REQUIRED),
    ),
)
CLOSED = (
    fails("unanswered", "A major or minor finding has no nonconformity that stands."),
    fails("undecided", "A decision has no action that stands, and no reason why it needs none."),
)

_STATED = where(lambda facts: facts["no_findings"] is True, fails("finding_count", "It has findings.", "noFindings"))
"""That it found nothing is stated only where it is so."""

_LEAD = where(is_audit, _by_lead)
_SIGNED = Signing(SignatureMeaning.REVIEWED, is_audit)

REVIEW = Machine(
    start=ReviewStatus.PLANNED,
    moves=(
        Move(ReviewStatus.HELD, (ReviewStatus.PLANNED,), HELD),
        Move(
            ReviewStatus.REPORTED,
            (ReviewStatus.HELD,),
            (*REPORTED, _LEAD),
            signing=_SIGNED,
            stamps=("reported_at",),
        ),
        Move(
            ReviewStatus.CLOSED,
            (ReviewStatus.REPORTED,),
            (*CLOSED, _LEAD),
            signing=_SIGNED,
            stamps=("closed_at",),
        ),
    ),
    permission="reviews:write",
    settled=frozenset({ReviewStatus.REPORTED, ReviewStatus.CLOSED}),
    held={ReviewStatus.PLANNED: (_STATED,), ReviewStatus.HELD: (*HELD, _STATED)},
)
"""The lead auditor signs that an audit is reported, and that it is over. What was reported stays as it was."""
