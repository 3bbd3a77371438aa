"""How risks are rated and how they move: Action Priority, RPN, the occurrence rank that field data imply, the machine.

Pure: no database, no clock. A failure mode's ranks are whole numbers from 1 to 10, 10 the worst: severity of the
effect, occurrence of the cause, detection (10 = hardly ever detected). A hazard's are from 1 to 5: probability and
severity of the harm.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from operator import itemgetter
from typing import Any

from qms_graphql.base.machines import Facts, Machine, Move, SignatureMeaning, Signing, holds, needs, where


class RiskKind(Enum):
    """What sort of risk a record describes.

    FAILURE_MODE: A way in which a product, process or service can fail; rated by severity, occurrence, detection.
    HAZARD: A source of harm to people; rated by probability and severity, without detection (ISO 14971).
    BUSINESS: A threat to an objective of the organization (ISO 9001, 6.1).
    OPPORTUNITY: A chance to do better than planned (ISO 9001, 6.1).
    """

    FAILURE_MODE = "FAILURE_MODE"
    HAZARD = "HAZARD"
    BUSINESS = "BUSINESS"
    OPPORTUNITY = "OPPORTUNITY"


class RiskStatus(Enum):
    """Where a risk stands: OPEN ↔ TREATED ↔ ACCEPTED → RETIRED.

    OPEN: Known, and nothing decided yet.
    TREATED: Actions are taken and the risk is rated again.
    ACCEPTED: What is left of it is accepted by someone who may do so.
    RETIRED: No longer possible: the product, process or service is gone.
    """

    OPEN = "OPEN"
    TREATED = "TREATED"
    ACCEPTED = "ACCEPTED"
    RETIRED = "RETIRED"


class SpecialCharacteristic(Enum):
    """What a failure mode's characteristic is classified as, where it is special (IATF 16949, 8.3.3.3).

    CRITICAL: It may affect safety, or compliance with what the law asks.
    SIGNIFICANT: It may affect fit, function, performance, or how well the product can be processed further.
    """

    CRITICAL = "CRITICAL"
    SIGNIFICANT = "SIGNIFICANT"


class ActionPriority(Enum):
    """How urgent action is (AIAG & VDA 2019). It ranks the need for action, not the risk.

    HIGH: Identify an action, or justify in writing why the controls in place are enough.
    MEDIUM: An action should be identified, or a justification given.
    LOW: An action could be identified.
    """

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


Ranks = tuple[int, int]
"""An inclusive range of ratings, lowest first."""


@dataclass(frozen=True, slots=True)
class Band:
    """A box of ratings that share one Action Priority; all ranges are inclusive."""

    severity: Ranks
    occurrence: Ranks
    detection: Ranks
    priority: ActionPriority

    def holds(self, severity: int, occurrence: int, detection: int) -> bool:
        """Whether the three ratings lie in this box."""
        return (
            self.severity[0] <= severity <= self.severity[1]
            and self.occurrence[0] <= occurrence <= self.occurrence[1]
            and self.detection[0] <= detection <= self.detection[1]
        )


_DETECTION: tuple[Ranks, ...] = ((7, 10), (5, 6), (2, 4), (1, 1))

# Severity → occurrence → one letter for each range of _DETECTION. Severity 9-10 alone does not make a risk HIGH: with
# occurrence 1 it is LOW whatever the detection.
_LETTERS: Mapping[Ranks, Mapping[Ranks, str]] = {
    (9, 10): {(8, 10): "HHHH", (6, 7): "HHHH", (4, 5): "HHHM", (2, 3): "HMLL", (1, 1): "LLLL"},
    (7, 8): {(8, 10): "HHHH", (6, 7): "HHHM", (4, 5): "HMMM", (2, 3): "MMLL", (1, 1): "LLLL"},
    (4, 6): {(8, 10): "HHMM", (6, 7): "MMML", (4, 5): "MLLL", (2, 3): "LLLL", (1, 1): "LLLL"},
    (2, 3): {(8, 10): "MMLL", (6, 7): "LLLL", (4, 5): "LLLL", (2, 3): "LLLL", (1, 1): "LLLL"},
    (1, 1): {(1, 10): "LLLL"},
}

_PRIORITIES: Mapping[str, ActionPriority] = {priority.name[0]: priority for priority in ActionPriority}


def _bands() -> Iterator[Band]:
    """The table as boxes, most severe first; neighbouring detections of the same priority make one box."""
    for severity, rows in _LETTERS.items():
        for occurrence, letters in rows.items():
            for letter, run in groupby(zip(letters, _DETECTION, strict=True), key=itemgetter(0)):
                ranks = [rank for _, detection in run for rank in detection]
                yield Band(severity, occurrence, (min(ranks), max(ranks)), _PRIORITIES[letter])


AP_BANDS: tuple[Band, ...] = tuple(_bands())
"""The Action Priority table of the AIAG & VDA FMEA Handbook (1st edition, 2019, DFMEA and PFMEA) as boxes.

They do not overlap and together hold each of the 1000 ratings: `action_priority` and any SQL expression read this one
table.
"""


def action_priority(severity: int, occurrence: int, detection: int) -> ActionPriority:
    """The Action Priority of a rating by the AIAG & VDA 2019 table (`AP_BANDS`).

    Raises:
        ValueError: a rating is not a whole number from 1 to 10; the message names it.
    """
    _require_ranks(severity=severity, occurrence=occurrence, detection=detection)
    return next(band.priority for band in AP_BANDS if band.holds(severity, occurrence, detection))


def rpn(severity: int, occurrence: int, detection: int) -> int:
    """The risk priority number S·O·D, 1 to 1000 (AIAG 4th edition). For display: it must not be used to rank.

    Raises:
        ValueError: a rating is not a whole number from 1 to 10; the message names it.
    """
    _require_ranks(severity=severity, occurrence=occurrence, detection=detection)
    return severity * occurrence * detection


_OCCURRENCE_FROM: tuple[tuple[float, int], ...] = (
    (100.0, 10),
    (50.0, 9),
    (20.0, 8),
    (10.0, 7),
    (2.0, 6),
    (0.5, 5),
    (0.1, 4),
)
"""Failures per 1000 from which on (inclusive) an occurrence rank holds, worst first."""

_RARE = 0.001
"""Failures per 1000 up to which (inclusive) the occurrence rank is 2."""


def occurrence_from_rate(per_thousand: float, eliminated_by_prevention: bool = False) -> int:
    """The occurrence rank, 1 to 10, that a failure rate seen in the field implies (AIAG FMEA 4th edition, 2008).

    The manual lists single rates from "≥ 100" (10) to "≤ 0.001" (2). A rate between two of them takes the rank of the
    lower one; between 0.001 and 0.01 it takes 3, because it is not ≤ 0.001.

    Args:
        per_thousand: failures per 1000 items, ≥ 0.
        eliminated_by_prevention: the failure cannot happen any more, by a preventive control: rank 1. A failure that
            was seen all the same refutes that, so a rate above 0 is ranked by the rate.

    Raises:
        ValueError: `per_thousand` is negative or not finite.
    """
    if not (math.isfinite(per_thousand) and per_thousand >= 0):
        raise ValueError(f"per_thousand must be a finite number of at least 0, not {per_thousand}")
    if per_thousand == 0 and eliminated_by_prevention:
        return 1
    if per_thousand <= _RARE:
        return 2
    return next((rank for rate, rank in _OCCURRENCE_FROM if per_thousand >= rate), 3)


@dataclass(frozen=True, slots=True)
class FieldOccurrence:
    """What the field says of a failure mode: the rate per 1000 units, the rank it implies, or why it implies none."""

    per_thousand: float | None
    rank: int | None
    reason: str | None


def field_occurrence(kind: RiskKind, events: int, exposure: float) -> FieldOccurrence:
    """The rate of ``events`` among ``exposure`` units, and the occurrence rank that it implies."""
    if exposure <= 0:
        return FieldOccurrence(None, None, "It names no product, or no unit of it was sold in the window.")
    rate = 1000 * events / exposure
    if kind is RiskKind.HAZARD:
        return FieldOccurrence(rate, None, "A hazard is not rated by occurrence.")
    return FieldOccurrence(rate, occurrence_from_rate(rate), None)


RANKS = ("severity", "occurrence", "detection")
"""The three ranks of a failure mode's rating, in their order."""

Rating = tuple[int | None, ...]
"""The ranks of a rating in the order of its scale; all None where a risk is not rated."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A way to rate risks. ``initial`` and ``current`` are what the schema calls the first and the latest rating."""

    ranks: Mapping[str, str]
    """The columns of the current rating, with the schema's names of the ranks."""
    initial: str
    current: str
    kinds: frozenset[RiskKind]
    """What is rated by it."""
    whole: str
    """What a rating must have."""
    misplaced: str
    """Why another kind of risk is not rated by it."""

    @property
    def unrated(self) -> Rating:
        """What stands for no rating."""
        return (None,) * len(self.ranks)

    def incomplete(self, rating: Rating) -> tuple[str, ...]:
        """The schema's names of the ranks that a rating lacks; it has all of them, or none."""
        missing = tuple(name for name, rank in zip(self.ranks.values(), rating, strict=True) if rank is None)
        return () if len(missing) == len(self.ranks) else missing

    def problem(self, kind: RiskKind, held: Rating, initial: Rating, current: Rating) -> tuple[str, str] | None:
        """Which of a risk's ratings cannot stand, by the schema's name, and why; or None.

        ``held`` is the initial rating before the change: it is what the present state is measured against, so it stays.
        """
        if kind not in self.kinds and (initial != self.unrated or current != self.unrated):
            return (self.initial if initial != self.unrated else self.current), self.misplaced
        if held not in (self.unrated, initial):
            return self.initial, f"The {self.initial} rating stays as it was; rate the risk anew in {self.current}."
        if initial != self.unrated and current == self.unrated:
            return self.current, "A risk that was rated once has a current rating."
        return None


FMEA = Scale(
    ranks={rank: rank for rank in RANKS},
    initial="initial",
    current="current",
    kinds=frozenset(RiskKind) - {RiskKind.HAZARD},
    whole="A rating has severity, occurrence and detection.",
    misplaced="A hazard is rated by probability and severity, without detection (ISO 14971).",
)
HARM = Scale(
    ranks={"probability": "probability", "harm_severity": "harmSeverity"},
    initial="initialEstimate",
    current="currentEstimate",
    kinds=frozenset({RiskKind.HAZARD}),
    whole="An estimate has probability and severity.",
    misplaced="Only the risk of a hazard is estimated by probability and severity of harm (ISO 14971).",
)


def _is_grave(facts: Facts) -> bool:
    """Whether to accept a risk must be justified and signed: the Action Priority is HIGH, or people can be harmed.

    ISO 14971 leaves the criteria of acceptance to the maker's policy; without one, each hazard is judged by a person.
    """
    if facts["kind"] is RiskKind.HAZARD:
        return True
    ranks: list[Any] = [facts[rank] for rank in RANKS]
    return None not in ranks and action_priority(*ranks) is ActionPriority.HIGH


RISK = Machine(
    start=RiskStatus.OPEN,
    permission="risks:write",
    settled=frozenset({RiskStatus.RETIRED}),
    moves=(
        Move(
            RiskStatus.TREATED,
            (RiskStatus.OPEN,),
            guards=(
                where(
                    lambda facts: facts["kind"] is not RiskKind.HAZARD,
                    holds("rated_anew", "Rate the risk anew: there is no rating after the initial one.", FMEA.current),
                ),
                where(
                    lambda facts: facts["kind"] is RiskKind.HAZARD,
                    holds("rated_anew", "Estimate it anew: there is no estimate after the initial one.", HARM.current),
                ),
            ),
        ),
        Move(
            RiskStatus.ACCEPTED,
            (RiskStatus.TREATED,),
            guards=(where(_is_grave, needs("acceptance_reason", "acceptanceReason", "Say why it can be accepted.")),),
            signing=Signing(SignatureMeaning.ACCEPTED, when=_is_grave),
            stamps=("accepted_at",),
        ),
        Move(RiskStatus.OPEN, (RiskStatus.TREATED,), reason=True),
        Move(RiskStatus.TREATED, (RiskStatus.ACCEPTED,), reason=True),
        Move(RiskStatus.RETIRED, (RiskStatus.ACCEPTED,), reason=True),
    ),
)


def _require_ranks(**ranks: int) -> None:
    """Refuse the first rating that is not a whole number from 1 to 10, by its name."""
    for name, rank in ranks.items():
        if rank not in range(1, 11):
            raise ValueError(f"{name} must be a whole number from 1 to 10, not {rank}")
