"""Vocabulary and rules of effectiveness checks and objectives."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from itertools import pairwise
from typing import Any

from qms_graphql.base.machines import Machine, Move, fails, holds
from qms_graphql.metrics.comparisons import Difference, Goal, Verdict, compare, verdict
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.planning import n_to_decide
from qms_graphql.metrics.rules import DEFINITIONS, Estimate, Family, MetricCode


class ObjectiveStatus(Enum):
    """How far an objective has come.

    ACTIVE: It is being worked for.
    MET: When it was due, the target was met.
    MISSED: When it was due, the target was not met, or there was nothing to measure.
    CANCELLED: Given up.
    """

    ACTIVE = "ACTIVE"
    MET = "MET"
    MISSED = "MISSED"
    CANCELLED = "CANCELLED"


_DUE = holds("due", "It is not due yet: whether it is met is decided then.", "dueAt")
_ACTIVE = (ObjectiveStatus.ACTIVE,)

OBJECTIVE = Machine(
    start=ObjectiveStatus.ACTIVE,
    permission="effectiveness:write",
    moves=(
        Move(
            ObjectiveStatus.MET,
            _ACTIVE,
            (_DUE, holds("target_met", "When it was due, the target was not met.")),
            stamps=("decided_at",),
        ),
        Move(
            ObjectiveStatus.MISSED,
            _ACTIVE,
            (_DUE, fails("target_met", "When it was due, the target was met.")),
            stamps=("decided_at",),
        ),
        Move(ObjectiveStatus.CANCELLED, _ACTIVE, reason=True, stamps=("decided_at",)),
    ),
    settled=frozenset({ObjectiveStatus.MET, ObjectiveStatus.MISSED, ObjectiveStatus.CANCELLED}),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured value, and by which rule it was counted."""

    estimate: Estimate
    rule: str

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Measured":
        """As it was kept by `asdict`."""
        return cls(Estimate(**kept["estimate"]), kept["rule"])


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What came back in the lots of a product that were first inspected or sold in an observation.

    Attributes:
        lots: how many such lots there are.
        recurrences: complaints about them, and inspections that found something in them.
        unplaced: complaints of the observation whose lot nobody knows.
    """

    lots: int
    recurrences: int
    unplaced: int

    def verdict(self, wanted: int) -> Verdict:
        """What follows, if in so many lots nothing may come back.

        A complaint whose lot nobody knows may be about a new one.
        """
        if self.recurrences:
            return Verdict.INEFFECTIVE
        return Verdict.EFFECTIVE if self.lots >= wanted and not self.unplaced else Verdict.INCONCLUSIVE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found: before, after, their difference, what came back if lots decide, and what follows."""

    before: Measured
    after: Measured
    difference: Difference | None
    verdict: Verdict
    recurrence: Recurrence | None = None

    def kept(self) -> dict[str, Any]:
        """As JSON, for when it is not computed any more."""
        return asdict(self) | {"verdict": self.verdict.value}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Outcome":
        """As it was kept."""
        difference, recurrence = kept["difference"], kept.get("recurrence")
        return cls(
            Measured.of(kept["before"]),
            Measured.of(kept["after"]),
            None if difference is None else Difference(**difference),
            Verdict(kept["verdict"]),
            None if recurrence is None else Recurrence(**recurrence),
        )


def family(code: MetricCode) -> Family:
    """What sort of number a metric is."""
    return DEFINITIONS[code].family


def goal(row: Mapping[str, Any]) -> Goal:
    """What the value of a check or objective shall reach."""
    return Goal(float(row["target"]), row["direction"])


def judge(
    row: Mapping[str, Any], before: Measured, after: Measured, now: datetime, recurrence: Recurrence | None = None
) -> Outcome:
    """What a check says, given what was measured until now; and what came back, if lots decide."""
    difference = compare(family(row["metric_code"]), before.estimate, after.estimate)
    if recurrence is not None:
        return Outcome(before, after, difference, recurrence.verdict(row["lots"]), recurrence)
    over = now >= row["observation_until"]
    return Outcome(before, after, difference, verdict(goal(row), difference, after.estimate, over=over))


def still_to_decide(row: Mapping[str, Any], outcome: Outcome) -> int | None:
    """The n of the observation that would decide; None where it is decided, where none would, or lots decide."""
    if outcome.verdict is not Verdict.INCONCLUSIVE or outcome.recurrence is not None:
        return None
    return n_to_decide(family(row["metric_code"]), goal(row), outcome.before.estimate, outcome.after.estimate)


SCOPE = (
    "customer_id",
    "product_id",
    "survey_id",
    "theme_id",
    "question",
    "segment",
    "country",
    "channel",
    "source",
    "language",
)
"""The part of the organization's records that is measured."""
AIM = ("metric_code", "counting", "direction", "target", "baseline_from", "baseline_until", *SCOPE)
"""By what it is decided; it stays as it was once there is something to see."""
BY_LOTS = ("lots", "risk_id")
"""By what a check is decided beside that."""


def current_window(row: Mapping[str, Any], now: datetime) -> Window | None:
    """Over which window an objective's present value is measured: as long as its baseline, up to now or its due date.

    It never reaches back into the baseline; None before it has begun.
    """
    until = min(now, row["due_at"])
    start = max(row["baseline_until"], until - (row["baseline_until"] - row["baseline_from"]))
    return Window(start, until) if start < until else None


def progress(target: float, baseline: Estimate, current: Estimate) -> float | None:
    """Which share of the way from the baseline to the target is done; below 0 it went the wrong way.

    None where one of them is unknown, or where there was no way to go.
    """
    if baseline.value is None or current.value is None or baseline.value == target:
        return None
    return (current.value - baseline.value) / (target - baseline.value)


def on_track(row: Mapping[str, Any], baseline: Estimate, current: Estimate, now: datetime) -> bool | None:
    """Whether the target is met, or as much of the way is done as of the time has gone.

    From the due date on only the target counts. None where nothing is measured, so that nobody can tell.
    """
    if current.value is None:
        return None
    if goal(row).met_by(current.value):
        return True
    if now >= row["due_at"]:
        return False
    done = progress(float(row["target"]), baseline, current)
    if done is None:
        return None
    gone: float = (now - row["baseline_until"]) / (row["due_at"] - row["baseline_until"])
    return done >= gone


def out_of_order(moments: Sequence[tuple[str, datetime]]) -> str | None:
    """The name of the first moment that comes before the one before it, or at the same time; None if all is in order.

    An observation may begin the moment its baseline ends.
    """
    for (_, earlier), (name, later) in pairwise(moments):
        if later < earlier or (later == earlier and name != "observation_from"):
            return name
    return None
