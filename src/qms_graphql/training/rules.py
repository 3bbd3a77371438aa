"""Vocabulary and rules of training and competence."""

import calendar
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from qms_graphql.base.access import Role
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.machines import (
    Facts,
    Machine,
    Move,
    SignatureMeaning,
    Signing,
    Unmet,
    by_another,
    fails,
    needs,
    where,
)


class CompetenceArea(Enum):
    """What a person is able to do (ISO 9001, 7.2).

    TECHNICAL: To do the work itself.
    CUSTOMER_SERVICE: To serve customers.
    PROBLEM_SOLVING: To find causes and remove them.
    COMMUNICATION: To make oneself understood, and to listen.
    """

    TECHNICAL = "TECHNICAL"
    CUSTOMER_SERVICE = "CUSTOMER_SERVICE"
    PROBLEM_SOLVING = "PROBLEM_SOLVING"
    COMMUNICATION = "COMMUNICATION"


LOWEST_LEVEL, HIGHEST_LEVEL = 0, 4
LEVELS = "0 none, 1 learns, 2 works with guidance, 3 works alone, 4 teaches others"


@dataclass(frozen=True, slots=True)
class Person:
    """A person, as far as it matters for who is to be trained and what they shall be able to do."""

    id: UUID
    department: UUID | None
    roles: frozenset[Role]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Person":
        """From a row of the table of users."""
        return cls(row["id"], row["department_id"], frozenset(Role(role) for role in row["roles"]))


@dataclass(frozen=True, slots=True)
class Requirement:
    """The level that people of a role and a department need in an area; None stands for all."""

    area: CompetenceArea
    level: int
    role: Role | None
    department: UUID | None

    def meets(self, person: Person) -> bool:
        """Whether it is about this person."""
        return (self.role is None or self.role in person.roles) and self.department in (None, person.department)


def required_level(person: Person, area: CompetenceArea, required: Iterable[Requirement]) -> int | None:
    """The highest level that anything asks of a person in an area; None if nothing does."""
    return max((one.level for one in required if one.area is area and one.meets(person)), default=None)


def gap(level: int | None, required: int | None) -> int | None:
    """How many levels are lacking, at least 0; None if nothing is required. Who was never judged is at level 0."""
    return None if required is None else max(0, required - (level or LOWEST_LEVEL))


def concerns(person: Person | None, roles: Collection[Role], departments: Collection[UUID | None]) -> bool:
    """Whether training for these roles and departments is for somebody; for nobody who does not work here."""
    if person is None:
        return False
    return bool(person.roles & set(roles) or (person.department and person.department in departments))


def concerned(people: Iterable[Person], roles: Collection[Role], departments: Collection[UUID | None]) -> list[UUID]:
    """Who has one of the roles or belongs to one of the departments."""
    return [one.id for one in people if concerns(one, roles, departments)]


def gains(
    before: Person | None, after: Person | None, roles: Collection[Role], departments: Collection[UUID]
) -> bool | None:
    """Whether somebody who comes, leaves or changes place gets training for these roles and departments, or loses it.

    True: it is for the person now, and was not: it is assigned. False: it was, and is no more: what is still to be done
    of it is cancelled, what was passed stays. None: nothing changes by that, so what was assigned by hand stays too.
    """
    was, is_ = concerns(before, roles, departments), concerns(after, roles, departments)
    return None if was == is_ else is_


# -- training records ------------------------------------------------------------------------------------------------


class TrainingStatus(Enum):
    """How far a training has come. That it has expired is computed.

    ASSIGNED: It is to be done.
    PASSED: It was done, and what was asked was reached.
    FAILED: It was done, and what was asked was not reached; it can be assigned again.
    WAIVED: The person does not need it, or nobody does, for the stated reason.
    CANCELLED: Nobody asks for it any more: the person left or moved, or there is a newer revision.
    """

    ASSIGNED = "ASSIGNED"
    PASSED = "PASSED"
    FAILED = "FAILED"
    WAIVED = "WAIVED"
    CANCELLED = "CANCELLED"


OPEN = (TrainingStatus.ASSIGNED, TrainingStatus.FAILED)
"""What is still to be done."""

DONE = (TrainingStatus.PASSED, TrainingStatus.WAIVED)
"""What counts as trained. What is neither open nor this was cancelled: it is as if it had not been asked for, unless
the person owes it (``owes``)."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of training that is still to be done (``OPEN``) because of something else, and why.

    What was done stays as it is.
    """

    to: TrainingStatus
    reason: str


LEFT = Ending(TrainingStatus.CANCELLED, "left")
"""The person works here no more."""
MOVED = Ending(TrainingStatus.CANCELLED, "moved")
"""The person has another department or other roles, for which it is not."""
SUPERSEDED = Ending(TrainingStatus.CANCELLED, "superseded")
"""The revision was effective, and is no more."""
PUT_AWAY = Ending(TrainingStatus.CANCELLED, "put away")
"""The revision will not take effect."""


def owes(person: Person | None, roles: Collection[Role], departments: Collection[UUID | None], revision: Facts) -> bool:
    """Whether somebody owes the training in a revision: it is for the present place, and was not waived for everybody.

    What is owed does not go by being cancelled: people are trained, or somebody waives it (``WAIVED``), who is not the
    author of the revision, by signature. Cancelled by hand is only what was asked of somebody by hand, or for a place
    that the person does not have any more; by the author neither, who could change whose place it is (the document's
    department) for as long as that takes. Whoever owes it counts as not trained, even if it was cancelled.
    """
    return revision["training_waived"] is None and concerns(person, roles, departments)


def waived(reason: str) -> Ending:
    """The training of the whole revision was waived: nobody has it to do, nor counts as not trained for it.

    Nor is anybody assigned it from then on because of their place; who shall have it all the same is, by hand.
    """
    return Ending(TrainingStatus.WAIVED, reason)


BEST_SCORE = 100
LONGEST_VALIDITY = 120
"""In months."""


def _assessed(facts: Facts) -> bool:
    return bool(facts["assessed"])


def _assessor_is_another(facts: Facts) -> Unmet | None:
    if facts["assessor_id"] is None or facts["assessor_id"] != facts["user_id"]:
        return None
    return Unmet(ErrorCode.INVALID, "Nobody assesses themselves.", "assessor")


def _mark_reached(facts: Facts) -> Unmet | None:
    mark, score = facts["pass_mark"], facts["score"]
    if mark is None:
        return None
    if score is None:
        return Unmet(ErrorCode.REQUIRED, f"Give the score; the pass mark is {mark}.", "score")
    return None if score >= mark else Unmet(ErrorCode.INVALID, f"The score is below the pass mark, {mark}.", "score")


def _mark_missed(facts: Facts) -> Unmet | None:
    mark, score = facts["pass_mark"], facts["score"]
    if mark is None or score is None or score < mark:
        return None
    return Unmet(ErrorCode.INVALID, f"The score reaches the pass mark, {mark}: it is passed.", "score")


def _can_fail(facts: Facts) -> Unmet | None:
    return None if _assessed(facts) else Unmet(ErrorCode.INVALID, "It is read, not assessed: nobody fails.")


BY_ANOTHER = where(_assessed, by_another("user_id", "Somebody other than the person says how it went."))
_NOT_OWED = fails("owed", "It is asked of people of this role or department: train the person, or have it waived.")
_WAIVED_BY_ANOTHER = by_another("user_id", "Somebody other than the person waives it.")
LET_OFF_BY_NO_AUTHOR = by_another("author_id", "Somebody other than its author lets people off the training in it.")
WRITE, WAIVE = "training:write", "training:waive"
"""To assign training and say how it went; to say that somebody need not be trained, or everybody."""

TRAINING = Machine(
    start=TrainingStatus.ASSIGNED,
    moves=(
        Move(
            TrainingStatus.PASSED,
            (TrainingStatus.ASSIGNED,),
            (
                needs("completed_at", "completedAt", "Say when it was done."),
                where(_assessed, needs("assessor_id", "assessor", "Say who assessed it.")),
                _assessor_is_another,
                _mark_reached,
                BY_ANOTHER,
            ),
            stamps=("ended_at",),
        ),
        Move(TrainingStatus.FAILED, (TrainingStatus.ASSIGNED,), (_can_fail, _mark_missed, BY_ANOTHER)),
        Move(TrainingStatus.ASSIGNED, (TrainingStatus.FAILED,)),
        Move(
            TrainingStatus.WAIVED,
            OPEN,
            (_WAIVED_BY_ANOTHER, LET_OFF_BY_NO_AUTHOR),
            permission=WAIVE,
            signing=Signing(SignatureMeaning.WAIVED),
            reason=True,
            stamps=("ended_at",),
        ),
        Move(TrainingStatus.CANCELLED, OPEN, (_NOT_OWED, LET_OFF_BY_NO_AUTHOR), reason=True, stamps=("ended_at",)),
    ),
    permission=WRITE,
    settled=frozenset({TrainingStatus.WAIVED, TrainingStatus.CANCELLED}),
    held={TrainingStatus.FAILED: (_mark_missed,)},
)
"""ASSIGNED → PASSED or FAILED, and from FAILED again; WAIVED by who owns the quality system;
CANCELLED where it is not owed (``owes``)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a training asks for: an assessment or only that one has read it, a mark, and how long it lasts."""

    assessed: bool
    pass_mark: int | None
    validity_months: int | None


def terms(*, acknowledged: bool, assessed: bool | None, pass_mark: int | None, validity_months: int | None) -> Terms:
    """What the plan of a document says, else the policy of its kind: to have read it is enough if ``acknowledged``.

    A pass mark needs somebody who gives the score.
    """
    by_plan = not acknowledged if assessed is None else assessed
    return Terms(by_plan or pass_mark is not None, pass_mark, validity_months)


def completion_problem(completed_at: datetime, approved_at: datetime | None, now: datetime) -> str | None:
    """What is wrong with the moment at which a training was done; None if nothing.

    Nobody was trained in what was not approved yet: before, it could have been changed.
    """
    if completed_at > now:
        return "This lies in the future."
    if approved_at is not None and completed_at < approved_at:
        return f"Nobody was trained in it before it was approved, at {approved_at.isoformat()}."
    return None


def expiry(completed_at: datetime, months: int | None) -> datetime | None:
    """When a training expires: the same day so many months later, or the last of that month. None: never."""
    if months is None:
        return None
    year, month = divmod(completed_at.month - 1 + months, 12)
    year, month = completed_at.year + year, month + 1
    return completed_at.replace(year=year, month=month, day=min(completed_at.day, calendar.monthrange(year, month)[1]))
