"""What a nonconformity needs to go on, said once: for the machine that moves it, and for the 8D view of it.

Each group of conditions holds from its state on: what a later move asks for begins with what the earlier ones asked
for, so that an action that is cancelled meanwhile, or a cause that is found later, is not overlooked.
"""

from dataclasses import dataclass
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
    by_another,
    either,
    fails,
    holds,
    needs,
    where,
)
from qms_graphql.nonconformities.rules import NonconformityStatus as Status


def _or_waived(fact: str, waiver: str, field: str, message: str) -> Guard:
    """That a fact holds, or that the column ``waiver`` says why it need not."""

    def known(facts: Facts) -> Unmet | None:
        return None if facts.get(fact) else Unmet(ErrorCode.REQUIRED, message, field)

    return either(needs(waiver, field, message), known)


def _not_own_work(facts: Facts) -> Unmet | None:
    if facts[ACTOR] is None or facts[ACTOR] not in facts["inconclusive_owners"]:
        return None
    return Unmet(ErrorCode.FORBIDDEN, "Somebody other than its owner accepts an action that is INCONCLUSIVE.")


CONTAINED = (
    _or_waived(
        "containments",
        "containment_not_needed",
        "containmentNotNeeded",
        "Carry out a containment action, or say why none is needed.",
    ),
)
ROOT_CAUSE = (holds("root_causes", "No root cause is verified.", None, ErrorCode.REQUIRED),)
SIMILAR_CHECKED = (
    needs("similar_occurrence", "similarOccurrence", "Say whether it happens, or could happen, elsewhere."),
)
ANALYSED = ROOT_CAUSE + SIMILAR_CHECKED
COVERED = (fails("uncovered", "A root cause has no corrective action that stands.", "plan"),)
CARRIED_OUT = (fails("pending", "An action is not done yet."),)
JUDGED = (fails("unjudged", "A corrective action has no verdict yet."),)
PROVEN = (
    fails("ineffective", "An action was INEFFECTIVE, and no other took its place.", "plan"),
    where(
        lambda facts: facts["inconclusive"] > 0,
        needs(
            "inconclusive_accepted",
            "inconclusiveAccepted",
            "What was observed of a corrective action decides nothing: say why that is accepted.",
        ),
    ),
)
SEEN_TO = (
    _or_waived("risks_rerated", "risk_waived", "riskWaived", "Rate its risks again, or say why not."),
    _or_waived("document_changed", "document_waived", "documentWaived", "Change a document, or say why none."),
)
"""The fact ``document_changed`` is contributed by the room of documents."""
BY_ANOTHER = (
    needs("owner_id", "owner", "It needs an owner, so that somebody else can end it."),
    by_another("owner_id", "Somebody other than the owner ends it."),
)


def answers_reported(facts: Facts) -> bool:
    """Whether a reported review rests on it, by a major or minor finding: a fact of the room of reviews."""
    return bool(facts.get("answers_reported"))


WITHOUT_CORRECTIVE = needs("corrective_not_needed", "correctiveNotNeeded", "Say why no corrective action is needed.")
NONE_NEEDED = (
    WITHOUT_CORRECTIVE,
    needs("re_verification", "reVerification", "Say how the correction was verified."),
    fails("correctives", "A corrective action is planned: so one is needed.", "plan"),
)

PLANNED = ANALYSED + COVERED
IMPLEMENTED = PLANNED + CARRIED_OUT
VERIFIED = IMPLEMENTED + JUDGED
CLOSED = VERIFIED + PROVEN + SEEN_TO + BY_ANOTHER + (_not_own_work,)

_HELD: dict[Enum, tuple[Guard, ...]] = {
    Status.CONTAINED: CONTAINED,
    Status.ANALYSED: CONTAINED + ANALYSED,
    Status.PLANNED: CONTAINED + PLANNED,
    Status.IMPLEMENTED: CONTAINED + PLANNED,
    Status.VERIFIED: CONTAINED + PLANNED,
}
"""What a state rests on: no edit takes it away."""

CLOSE = "nonconformities:close"
"""The permission to close."""

NONCONFORMITY = Machine(
    start=Status.OPEN,
    moves=(
        Move(Status.CONTAINED, (Status.OPEN,), CONTAINED, stamps=("contained_at",)),
        Move(
            Status.CLOSED,
            (Status.CONTAINED,),
            NONE_NEEDED + CARRIED_OUT + BY_ANOTHER,
            permission=CLOSE,
            signing=Signing(SignatureMeaning.WAIVED),
            stamps=("closed_at",),
        ),
        Move(Status.ANALYSED, (Status.CONTAINED,), ANALYSED),
        Move(Status.PLANNED, (Status.ANALYSED,), PLANNED),
        Move(Status.IMPLEMENTED, (Status.PLANNED,), IMPLEMENTED),
        Move(Status.VERIFIED, (Status.IMPLEMENTED,), VERIFIED),
        Move(
            Status.CLOSED,
            (Status.VERIFIED,),
            CLOSED,
            permission=CLOSE,
            signing=Signing(SignatureMeaning.CLOSED),
            stamps=("closed_at",),
        ),
        Move(
            Status.ANALYSED,
            (Status.IMPLEMENTED, Status.VERIFIED),
            (holds("ineffective", "No action was INEFFECTIVE."),),
        ),
        Move(
            Status.CANCELLED,
            (Status.OPEN,),
            tuple(where(answers_reported, guard) for guard in BY_ANOTHER),
            signing=Signing(SignatureMeaning.WAIVED, answers_reported),
            reason=True,
        ),
        Move(
            Status.CANCELLED,
            (Status.CONTAINED, Status.ANALYSED, Status.PLANNED, Status.IMPLEMENTED, Status.VERIFIED),
            BY_ANOTHER,
            signing=Signing(SignatureMeaning.WAIVED),
            reason=True,
        ),
    ),
    permission="nonconformities:write",
    settled=frozenset({Status.CLOSED, Status.CANCELLED}),
    held=_HELD,
)
"""An INCONCLUSIVE corrective action is accepted by the nonconformity that rests on it: ``inconclusive_accepted`` says
why, in the move to CLOSED or before, and who signs that move accepts it. So one signature is bound to one version and
one event, the computed verdict of the action stays as it is, and an action that serves several nonconformities is
accepted by each of them on its own.
"""


@dataclass(frozen=True, slots=True)
class Discipline:
    """One of the disciplines of 8D, and what it needs to be done."""

    step: str
    title: str
    guards: tuple[Guard, ...]

    def missing(self, facts: Facts) -> list[str]:
        """What is missing, in sentences."""
        return [lack.message for guard in self.guards if (lack := guard(facts)) is not None]


def _unless_waived(*guards: Guard) -> tuple[Guard, ...]:
    """What is only asked for where a corrective action is needed."""
    return tuple(where(lambda facts: WITHOUT_CORRECTIVE(facts) is not None, guard) for guard in guards)


def _recognised(facts: Facts) -> Unmet | None:
    closed = facts["status"] is Status.CLOSED
    return None if closed else Unmet(ErrorCode.INVALID, "It is not closed yet.")


EIGHT_D = (
    Discipline(
        "D0",
        "Emergency response",
        (needs("disposition", "disposition", "Decide what becomes of what does not conform."),),
    ),
    Discipline(
        "D1",
        "Team",
        (
            needs("owner_id", "owner", "Nobody owns it."),
            holds("team_size", "Nobody is in the team.", "team"),
        ),
    ),
    Discipline(
        "D2",
        "Problem",
        (
            needs("description", "description", "Describe it: what, where, when, how much."),
            needs("product_id", "product", "Say which product is affected."),
            either(
                needs("suspect_quantity", "suspectQuantity", "Say how much is affected."),
                needs("defective_quantity", "defectiveQuantity", "Say how much is affected."),
            ),
        ),
    ),
    Discipline("D3", "Containment", CONTAINED),
    Discipline(
        "D4",
        "Root cause and escape point",
        _unless_waived(*ANALYSED, holds("escape_points", "Where it should have been noticed is not verified.")),
    ),
    Discipline("D5", "Permanent corrective action", _unless_waived(*ROOT_CAUSE, *COVERED)),
    Discipline(
        "D6", "Implemented and validated", _unless_waived(*ROOT_CAUSE, *COVERED, *CARRIED_OUT, *JUDGED, *PROVEN)
    ),
    Discipline("D7", "Recurrence prevented", _unless_waived(*SEEN_TO)),
    Discipline("D8", "Team recognised", (_recognised,)),
)
"""The disciplines in order: D0 to D8."""
