"""Vocabulary and rules of actions."""

from datetime import datetime
from enum import Enum


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


def done_at(status: ActionStatus, known: datetime | None, now: datetime) -> datetime | None:
    """When an action in this status was done: as known, else now; never for one that is not done."""
    return None if status in NOT_DONE else known or now
