"""Vocabulary of actions, and the machine that moves them."""

from enum import Enum

from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.machines import Facts, Guard, Machine, Move, Own, Unmet, where


class ActionKind(Enum):
    """What an action is for.

    CONTAINMENT: Keeps the problem from spreading, until it is solved.
    CORRECTION: Puts right what is wrong.
    CORRECTIVE: Removes the cause, so that it does not happen again.
    PREVENTIVE: Removes the cause of what has not happened yet.
    IMPROVEMENT: Makes better what is not wrong.
    """

    CONTAINMENT = "CONTAINMENT"
    CORRECTION = "CORRECTION"
    CORRECTIVE = "CORRECTIVE"
    PREVENTIVE = "PREVENTIVE"
    IMPROVEMENT = "IMPROVEMENT"


class ActionStatus(Enum):
    """How far an action has come.

    PLANNED: Decided; nobody has begun.
    IN_PROGRESS: Somebody is at it.
    DONE: Done; whether it works is not looked at yet.
    CHECKING: Done; its effect is being observed.
    EFFECTIVE: Done, and it works.
    INEFFECTIVE: Done, and it does not work.
    INCONCLUSIVE: Done, and what was observed decides nothing.
    CANCELLED: Given up.
    """

    PLANNED = "PLANNED"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CHECKING = "CHECKING"
    EFFECTIVE = "EFFECTIVE"
    INEFFECTIVE = "INEFFECTIVE"
    INCONCLUSIVE = "INCONCLUSIVE"
    CANCELLED = "CANCELLED"


PENDING = (ActionStatus.PLANNED, ActionStatus.IN_PROGRESS)
"""What can be overdue."""

NOT_DONE = (*PENDING, ActionStatus.CANCELLED)

VERDICTS = (ActionStatus.EFFECTIVE, ActionStatus.INEFFECTIVE, ActionStatus.INCONCLUSIVE)
"""What a check of its effect can say of an action."""

CHECKED = (ActionKind.CORRECTIVE, ActionKind.PREVENTIVE, ActionKind.IMPROVEMENT)
"""The kinds whose effect is looked at; the others are over when they are done."""


def _is_checked(facts: Facts) -> Unmet | None:
    if facts["kind"] in CHECKED:
        return None
    return Unmet(ErrorCode.INVALID, f"The effect of a {facts['kind'].value} is not checked: it is over when done.")


def _check_planned(facts: Facts) -> Unmet | None:
    """The fact ``check_planned`` is contributed by the room that observes effects."""
    if facts.get("check_planned"):
        return None
    lack = "Say first what will be measured: metric, scope, window and criterion, before the observation starts."
    return Unmet(ErrorCode.REQUIRED, lack)


def _evidenced(facts: Facts) -> Unmet | None:
    """The fact ``evidence_files`` is contributed by the room of files."""
    if facts["evidenced"] or facts.get("evidence_files"):
        return None
    lack = "Show that it was done: evidence is missing, as text, link or file."
    return Unmet(ErrorCode.REQUIRED, lack, "evidence")


def _free_to_change(facts: Facts) -> Unmet | None:
    """The fact ``settles_closed`` is contributed by the room of what actions serve."""
    if not facts.get("settles_closed"):
        return None
    return Unmet(ErrorCode.CONFLICT, "A closed nonconformity rests on this verdict.")


def _verdict(status: ActionStatus) -> Guard:
    """That what was observed says so: the fact ``verdict``, contributed by the room that observes effects."""

    def guard(facts: Facts) -> Unmet | None:
        verdict = facts.get("verdict")
        if verdict == status.value:
            return None
        said = f"the verdict is {verdict}" if verdict else "there is no verdict yet"
        return Unmet(ErrorCode.INVALID, f"This is computed from what was observed, and {said}.")

    return guard


_OWNER = Own("owner_id", "actions:own", frozenset({"evidence", "doneAt"}))
"""Who does it may say so, and show it."""

ACTION = Machine(
    start=ActionStatus.PLANNED,
    moves=(
        Move(ActionStatus.IN_PROGRESS, (ActionStatus.PLANNED,), own=_OWNER),
        Move(
            ActionStatus.DONE,
            (ActionStatus.IN_PROGRESS,),
            (_evidenced,),
            stamps=("done_at",),
            own=_OWNER,
        ),
        Move(
            ActionStatus.CHECKING,
            (ActionStatus.DONE, ActionStatus.INCONCLUSIVE),
            (_is_checked, where(lambda facts: facts["kind"] in CHECKED, _check_planned), _free_to_change),
        ),
        *(Move(verdict, (ActionStatus.CHECKING,), (_verdict(verdict),)) for verdict in VERDICTS),
        Move(ActionStatus.CANCELLED, PENDING, reason=True),
    ),
    permission="actions:write",
    settled=frozenset({ActionStatus.EFFECTIVE, ActionStatus.INEFFECTIVE, ActionStatus.CANCELLED}),
)
"""PLANNED → IN_PROGRESS → DONE, and on to a verdict for what is checked. What is done cannot be given up any more."""


def link_problem(link: str | None) -> str | None:
    """What is wrong with a link to evidence, or None: it must be one that a reader can safely follow."""
    if link is None or link.startswith(("https://", "http://")):
        return None
    return "A link begins with https:// or http://."
