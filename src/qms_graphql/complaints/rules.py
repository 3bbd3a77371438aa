"""Vocabulary of complaints, their state machine (ISO 10002, clause 7), and their deadlines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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


class ComplaintStatus(Enum):
    """How far a complaint has come.

    RECEIVED: It is here; nobody has answered or judged it.
    ACKNOWLEDGED: The complainant knows that it is here.
    ASSESSED: How bad it is, whether it is about safety and whether an authority must know are decided.
    INVESTIGATING: Somebody looks for what happened.
    RESPONDED: The complainant was told what was found and decided.
    CLOSED: Nothing is left to do: the answer was accepted, or nothing more can be offered.
    WITHDRAWN: The complainant took it back.
    """

    RECEIVED = "RECEIVED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    ASSESSED = "ASSESSED"
    INVESTIGATING = "INVESTIGATING"
    RESPONDED = "RESPONDED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"


class ComplaintSeverity(Enum):
    """How bad what happened is.

    MINOR: A nuisance.
    MAJOR: The product does not do what it is for.
    CRITICAL: Somebody was or could have been hurt, or a law is broken.
    """

    MINOR = "MINOR"
    MAJOR = "MAJOR"
    CRITICAL = "CRITICAL"


SETTLED = (ComplaintStatus.CLOSED, ComplaintStatus.WITHDRAWN)
"""Where nothing is left to do, and no clock runs."""

# -- the machine -----------------------------------------------------------------------------------------------------


def weighs(facts: Facts) -> bool:
    """Whether it is so grave that it must not end without a nonconformity, or a signed statement that it needs none."""
    return facts["severity"] is ComplaintSeverity.CRITICAL or bool(facts["safety_related"])


def _unconfirmed(facts: Facts) -> bool:
    """Whether it ends on somebody's word that nothing was found wrong.

    The fact ``nonconformity_linked`` is contributed by the room of nonconformities.
    """
    return weighs(facts) and not facts["nonconformity_linked"]


def _confirmed_or_not(facts: Facts) -> Unmet | None:
    if not _unconfirmed(facts) or facts["not_confirmed"]:
        return None
    why = "It is critical or about safety: open a nonconformity, or state that it was not confirmed, and sign."
    return Unmet(ErrorCode.REQUIRED, why, "notConfirmed")


def _by_a_person(facts: Facts) -> Unmet | None:
    return None if facts.get(ACTOR) is not None else Unmet(ErrorCode.FORBIDDEN, "A person decides this.")


def _unanswered(facts: Facts) -> Unmet | None:
    """That the complainant has had the policy's time to reply, and did not."""
    waited = facts["time_to_reply_over"] and facts["accepted"] is None
    return None if waited else Unmet(ErrorCode.INVALID, "The complainant may still reply.", "accepted")


_ASSESSMENT: tuple[Guard, ...] = (
    needs("severity", "severity", "Say how bad it is."),
    needs("safety_related", "safetyRelated", "Decide whether it is about safety."),
    needs("reportable", "reportable", "Decide whether an authority must be told."),
)
_ANSWERED = needs("response", "response", "Say what the complainant was told.")
_NOT_REPORTABLE = fails("reportable", "An authority must be told of it, so it is investigated.", "reportable")
_SKIPPED: tuple[Guard, ...] = (
    _ANSWERED,
    _NOT_REPORTABLE,
    needs("skip_reason", "skipReason", "Say why it is not investigated."),
    needs("earlier_investigation_id", "earlierInvestigation", "Name the complaint that was investigated already."),
    where(
        lambda facts: facts["earlier_investigation_id"] is not None,
        holds("earlier_investigated", "That complaint was not investigated itself.", "earlierInvestigation"),
    ),
    _by_a_person,
)
_ENDED = either(
    holds(
        "accepted", "It ends when the answer is accepted, nobody replies in time, or recourse is exhausted.", "accepted"
    ),
    holds("recourse_exhausted", "Recourse is not exhausted.", "recourseExhausted"),
    _unanswered,
)


def _uninvestigated(facts: Facts) -> bool:
    """Whether it turned out to be reportable after its investigation had been left out."""
    return bool(facts["reportable"]) and facts["investigated_at"] is None


def _investigated_if_reportable(facts: Facts) -> Unmet | None:
    why = "An authority must be told of it, so it is investigated first."
    return Unmet(ErrorCode.INVALID, why, "reportable") if _uninvestigated(facts) else None


def _reason_to_go_back(facts: Facts) -> Unmet | None:
    if facts["accepted"] is False or _uninvestigated(facts):
        return None
    return Unmet(ErrorCode.INVALID, "Say that the answer was not accepted.", "accepted")


_STATED = Signing(SignatureMeaning.VERIFIED, _unconfirmed, curable=True)
"""That a grave complaint was not confirmed is signed: it was checked against the evidence."""


def _as_its_words(facts: Facts) -> Unmet | None:
    """The fact ``about_confidential`` is contributed by the room of complaints, of its feedback."""
    if facts["confidential"] or not facts["about_confidential"]:
        return None
    return Unmet(ErrorCode.INVALID, "It is about confidential feedback.", "confidential")


_BASIS: dict[Enum, tuple[Guard, ...]] = {
    ComplaintStatus.ASSESSED: _ASSESSMENT,
    ComplaintStatus.INVESTIGATING: _ASSESSMENT,
    ComplaintStatus.RESPONDED: (*_ASSESSMENT, _ANSWERED),
}

COMPLAINT = Machine(
    start=ComplaintStatus.RECEIVED,
    moves=(
        Move(ComplaintStatus.ACKNOWLEDGED, (ComplaintStatus.RECEIVED,), stamps=("acknowledged_at",)),
        Move(
            ComplaintStatus.ASSESSED,
            # Regulatory clocks run before any acknowledgement, and an anonymous post cannot be acknowledged.
            (ComplaintStatus.RECEIVED, ComplaintStatus.ACKNOWLEDGED),
            _ASSESSMENT,
            stamps=("assessed_at",),
        ),
        Move(ComplaintStatus.INVESTIGATING, (ComplaintStatus.ASSESSED,), stamps=("investigated_at",)),
        Move(
            ComplaintStatus.INVESTIGATING,
            (ComplaintStatus.RESPONDED,),
            (_reason_to_go_back,),
            stamps=("investigated_at",),
        ),
        Move(ComplaintStatus.INVESTIGATING, (ComplaintStatus.CLOSED,), reason=True, stamps=("investigated_at",)),
        Move(ComplaintStatus.RESPONDED, (ComplaintStatus.INVESTIGATING,), (_ANSWERED,), stamps=("responded_at",)),
        Move(ComplaintStatus.RESPONDED, (ComplaintStatus.ASSESSED,), _SKIPPED, stamps=("responded_at",)),
        Move(
            ComplaintStatus.CLOSED,
            (ComplaintStatus.RESPONDED,),
            (_ENDED, _investigated_if_reportable, _confirmed_or_not),
            signing=_STATED,
            stamps=("closed_at",),
        ),
        Move(
            ComplaintStatus.WITHDRAWN,
            tuple(status for status in ComplaintStatus if status not in SETTLED),
            (
                needs("reportable", "reportable", "Decide first whether an authority must be told."),
                fails("reportable", "An authority must be told of it, so it goes on.", "reportable"),
                _confirmed_or_not,
            ),
            signing=_STATED,
            reason=True,
            stamps=("closed_at",),
        ),
    ),
    permission="complaints:write",
    settled=frozenset(SETTLED),
    held={status: (*_BASIS.get(status, ()), _as_its_words) for status in ComplaintStatus},
)


def made_lighter(before: Facts, after: Facts) -> list[str]:
    """What of an assessment weighs less than before, in the schema's spelling."""
    grades = list(ComplaintSeverity)
    known = before["severity"] is not None and after["severity"] is not None
    lighter = ["severity"] if known and grades.index(after["severity"]) < grades.index(before["severity"]) else []
    for name, field in (("safety_related", "safetyRelated"), ("reportable", "reportable")):
        if before[name] and after[name] is False:
            lighter.append(field)
    return lighter


# -- deadlines -------------------------------------------------------------------------------------------------------

UNASSESSED = ComplaintSeverity.MAJOR
"""Whose deadlines hold as long as nobody has said how bad it is."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Days after receipt: until it is acknowledged, until it is closed."""

    acknowledge: int
    resolve: int


@dataclass(frozen=True, slots=True)
class Policy:
    """An organization's deadlines for complaints."""

    terms: Mapping[ComplaintSeverity, Terms]
    no_reply: int
    """Days after the response when it may be closed without a reply."""

    def acknowledge_due(self, received: datetime, severity: ComplaintSeverity | None) -> datetime:
        """By when the complainant shall know that it is here."""
        return received + timedelta(days=self.terms[severity or UNASSESSED].acknowledge)

    def resolve_due(self, received: datetime, severity: ComplaintSeverity | None) -> datetime:
        """By when it shall be closed."""
        return received + timedelta(days=self.terms[severity or UNASSESSED].resolve)

    def no_reply_from(self, responded: datetime) -> datetime:
        """From when on it may be closed without a reply."""
        return responded + timedelta(days=self.no_reply)


USUAL = Policy(
    terms={
        ComplaintSeverity.MINOR: Terms(acknowledge=5, resolve=30),
        ComplaintSeverity.MAJOR: Terms(acknowledge=3, resolve=20),
        ComplaintSeverity.CRITICAL: Terms(acknowledge=1, resolve=10),
    },
    no_reply=30,
)
"""The policy of an organization that has set none."""


def policy_problem(policy: Policy) -> tuple[str, str] | None:
    """What is wrong with a policy: the input's field and the reason; None if nothing."""
    for severity, terms in policy.terms.items():
        if terms.resolve < terms.acknowledge:
            return severity.value.lower(), "It is acknowledged before it is closed, not after."
    return None
