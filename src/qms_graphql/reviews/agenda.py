"""What a management review looks at (ISO 9001, 9.3.2): its topics, and what is measured and counted for each.

A count is a condition on the rows of a table; all counts of all reviews of a page are asked for by one statement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Alias, ColumnElement, and_, func, or_, select

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import PENDING, ActionKind, ActionStatus
from qms_graphql.base.access import Viewer
from qms_graphql.base.columns import Record
from qms_graphql.base.visibility import visible
from qms_graphql.complaints.model import Complaint
from qms_graphql.complaints.rules import ComplaintStatus
from qms_graphql.effectiveness.model import EffectivenessCheck, Objective
from qms_graphql.effectiveness.rules import ObjectiveStatus
from qms_graphql.feedback.model import Feedback
from qms_graphql.feedback.rules import Voice
from qms_graphql.metrics.rules import MetricCode
from qms_graphql.nonconformities.model import Nonconformity
from qms_graphql.nonconformities.rules import NonconformityStatus
from qms_graphql.products.model import Inspection
from qms_graphql.reviews.facts import has_nonconformity
from qms_graphql.reviews.model import Finding, FindingAction, Review
from qms_graphql.reviews.rules import AUDITS, NOT_WRONG, UNMET, FindingKind, ReviewKind, ReviewStatus
from qms_graphql.risks.model import Risk
from qms_graphql.risks.rules import RiskStatus
from qms_graphql.training.model import TrainingRecord
from qms_graphql.training.rules import OPEN as UNTRAINED

Such = Callable[[Alias, Any, datetime], Sequence[ColumnElement[bool]]]
"""Which rows count: given the table, the review's row, and now."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of records: which, and by which rule."""

    name: str
    rule: str
    model: type[Record]
    such: Such

    def expression(self, review: Any, now: datetime, viewer: Viewer) -> ColumnElement[int]:
        """How many there are, of those that the viewer sees."""
        rows = self.model.__table__.alias()
        mine = rows.c.organization_id == review.organization_id, visible(self.model, rows, viewer)
        counted = select(func.count()).select_from(rows).where(*mine, *self.such(rows, review, now))
        return counted.correlate_except(rows).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the topics: where the standard asks for it, what it is about, what is measured and counted."""

    clause: str
    title: str
    metrics: tuple[MetricCode, ...] = ()
    counts: tuple[Counted, ...] = ()
    objectives: bool = False
    """Whether it shows the objectives, each with its present value."""


def _within(moment: str, *more: Such) -> Such:
    """Those whose ``moment`` lies in the review's period, and for which all of ``more`` holds."""

    def such(rows: Alias, review: Any, now: datetime) -> Sequence[ColumnElement[bool]]:
        inside = rows.c[moment] >= review.period_from, rows.c[moment] < review.period_until
        return (*inside, *(condition for other in more for condition in other(rows, review, now)))

    return such


def _all(*all_of: Such) -> Such:
    return lambda rows, review, now: tuple(found for such in all_of for found in such(rows, review, now))


def _is(column: str, *values: Any) -> Such:
    return lambda rows, _review, _now: (or_(*(rows.c[column] == value for value in values)),)


def _is_not(column: str, *values: Any) -> Such:
    return lambda rows, _review, _now: tuple(rows.c[column] != value for value in values)


def _given(column: str) -> Such:
    return lambda rows, _review, _now: (rows.c[column].is_not(None),)


def _late(rows: Alias, _review: Any, now: datetime) -> Sequence[ColumnElement[bool]]:
    return (rows.c.due_at < now,)


def _counts(rows: Alias, _review: Any, _now: datetime) -> Sequence[ColumnElement[bool]]:
    """Complaints that were not taken back by their source, or found to be none."""
    return rows.c.active.is_(True), rows.c.is_complaint.is_not(False)


def _active(rows: Alias, _review: Any, _now: datetime) -> Sequence[ColumnElement[bool]]:
    return (rows.c.active.is_(True),)


def _unanswered(rows: Alias, _review: Any, _now: datetime) -> Sequence[ColumnElement[bool]]:
    return (~has_nonconformity(rows),)


def _of_earlier(rows: Alias, review: Any, _now: datetime) -> Sequence[ColumnElement[bool]]:
    """The actions that an earlier management review decided on."""
    pair, finding, earlier = (model.__table__.alias() for model in (FindingAction, Finding, Review))
    same = finding.c.organization_id == pair.c.organization_id, finding.c.id == pair.c.finding_id
    its = earlier.c.organization_id == finding.c.organization_id, earlier.c.id == finding.c.review_id
    decided = (
        select(pair.c.action_id)
        .select_from(pair.join(finding, and_(*same)).join(earlier, and_(*its)))
        .where(
            pair.c.organization_id == rows.c.organization_id,
            pair.c.action_id == rows.c.id,
            earlier.c.kind == ReviewKind.MANAGEMENT_REVIEW,
            earlier.c.status != ReviewStatus.PLANNED,
            earlier.c.id != review.id,
            earlier.c.held_at < review.period_until,
        )
        .correlate_except(pair, finding, earlier)
    )
    return (decided.exists(),)


def _of_audit(rows: Alias, _review: Any, _now: datetime) -> Sequence[ColumnElement[bool]]:
    """The findings of internal audits."""
    audit = Review.__table__.alias()
    mine = audit.c.organization_id == rows.c.organization_id, audit.c.id == rows.c.review_id
    audits = select(audit.c.id).where(*mine, audit.c.kind == ReviewKind.INTERNAL_AUDIT).correlate_except(audit)
    return (audits.exists(),)


_PENDING = _is("status", *PENDING)
_OPEN_COMPLAINT = _all(_counts, _is_not("status", ComplaintStatus.CLOSED, ComplaintStatus.WITHDRAWN))
_GONE = (NonconformityStatus.CLOSED, NonconformityStatus.CANCELLED)
_REMEDY = _is("kind", ActionKind.CORRECTIVE, ActionKind.PREVENTIVE)
_EARLIER = _all(_of_earlier, _is_not("status", ActionStatus.CANCELLED))
_FOUND = _within("found_at", _active, _of_audit)
_SUPPLIED = _within("found_at", _active, _given("supplier_id"), _is_not("kind", *NOT_WRONG))
_TREATS = _given("risk_id")

TOPICS = (
    Topic(
        "9.3.2 a",
        "What became of what earlier management reviews decided",
        counts=(
            Counted("actions", "Actions of earlier management reviews that were not cancelled.", Action, _EARLIER),
            Counted("not done", "Those of them that are planned or in progress now.", Action, _all(_EARLIER, _PENDING)),
            Counted("overdue", "Those of them that should be done by now.", Action, _all(_EARLIER, _PENDING, _late)),
        ),
    ),
    Topic(
        "9.3.2 c 1",
        "How satisfied customers are, and what they say",
        (MetricCode.CSAT, MetricCode.NPS, MetricCode.CES, MetricCode.COMPLAINT_RATE),
        (
            Counted(
                "feedback",
                "What others than colleagues said, received in the period; without what its source deleted.",
                Feedback,
                _within("received_at", _active, _is_not("voice", Voice.EMPLOYEE)),
            ),
            Counted(
                "complaints",
                "Complaints received in the period; without those found to be none, and what its source deleted.",
                Complaint,
                _within("received_at", _counts),
            ),
            Counted("open complaints", "Those neither closed nor withdrawn now.", Complaint, _OPEN_COMPLAINT),
            Counted(
                "overdue complaints", "Those of them to be closed by now.", Complaint, _all(_OPEN_COMPLAINT, _late)
            ),
        ),
    ),
    Topic(
        "9.3.2 c 2",
        "How far the quality objectives are reached",
        counts=(
            Counted(
                "met",
                "Objectives that were decided to be MET in the period.",
                Objective,
                _within("decided_at", _is("status", ObjectiveStatus.MET)),
            ),
            Counted(
                "missed",
                "Objectives that were decided to be MISSED in the period.",
                Objective,
                _within("decided_at", _is("status", ObjectiveStatus.MISSED)),
            ),
        ),
        objectives=True,
    ),
    Topic("9.3.2 c 3", "How well processes work and products conform", (MetricCode.DEFECT_RATE,)),
    Topic(
        "9.3.2 c 4",
        "What did not conform, and what removes its causes",
        (MetricCode.CAPA_EFFECTIVENESS,),
        (
            Counted(
                "nonconformities",
                "Those detected in the period that were not cancelled.",
                Nonconformity,
                _within("detected_at", _is_not("status", NonconformityStatus.CANCELLED)),
            ),
            Counted(
                "closed nonconformities",
                "Those closed in the period.",
                Nonconformity,
                _within("closed_at", _is("status", NonconformityStatus.CLOSED)),
            ),
            Counted(
                "open nonconformities",
                "Those neither closed nor cancelled now.",
                Nonconformity,
                _is_not("status", *_GONE),
            ),
            Counted(
                "open corrective actions",
                "Corrective and preventive actions planned or in progress now.",
                Action,
                _all(_REMEDY, _PENDING),
            ),
            Counted(
                "overdue corrective actions",
                "Those of them that should be done by now.",
                Action,
                _all(_REMEDY, _PENDING, _late),
            ),
        ),
    ),
    Topic(
        "9.3.2 c 5",
        "What monitoring and measuring showed",
        (MetricCode.RETENTION,),
        (
            Counted("inspections", "Inspections of products in the period.", Inspection, _within("at", _active)),
            Counted(
                "effectiveness checks",
                "Checks of actions that were decided in the period.",
                EffectivenessCheck,
                _within("decided_at"),
            ),
        ),
    ),
    Topic(
        "9.3.2 c 6",
        "What audits found",
        counts=(
            Counted(
                "audits",
                "Internal and supplier audits that took place in the period.",
                Review,
                _within("held_at", _is("kind", *AUDITS), _is_not("status", ReviewStatus.PLANNED)),
            ),
            *(
                Counted(
                    f"{kind.value.lower()} findings",
                    f"Findings of the kind {kind.value} that internal audits made in the period.",
                    Finding,
                    _all(_FOUND, _is("kind", kind)),
                )
                for kind in FindingKind
                if kind is not FindingKind.DECISION
            ),
            Counted(
                "unanswered findings",
                "Major and minor ones of the period without a nonconformity that stands.",
                Finding,
                _all(_FOUND, _is("kind", *UNMET), _unanswered),
            ),
        ),
    ),
    Topic(
        "9.3.2 c 7",
        "How well suppliers perform",
        counts=(
            Counted(
                "nonconformities of suppliers",
                "Those detected in the period that name a supplier and were not cancelled.",
                Nonconformity,
                _within("detected_at", _given("supplier_id"), _is_not("status", NonconformityStatus.CANCELLED)),
            ),
            Counted(
                "findings at suppliers",
                "What audits and authorities found at suppliers in the period, without conformities and decisions.",
                Finding,
                _SUPPLIED,
            ),
        ),
    ),
    Topic(
        "9.3.2 d",
        "Whether there are the means, skilled people among them",
        (MetricCode.TRAINING_CURRENCY,),
        (
            Counted(
                "overdue trainings",
                "Trainings that are assigned or were failed, and should be passed by now.",
                TrainingRecord,
                _all(_is("status", *UNTRAINED), _late),
            ),
        ),
    ),
    Topic(
        "9.3.2 e",
        "Whether what is done about risks works",
        counts=(
            Counted(
                "effective actions",
                "Actions on a risk that are EFFECTIVE now.",
                Action,
                _all(_TREATS, _is("status", ActionStatus.EFFECTIVE)),
            ),
            Counted(
                "ineffective actions",
                "Actions on a risk that are INEFFECTIVE now.",
                Action,
                _all(_TREATS, _is("status", ActionStatus.INEFFECTIVE)),
            ),
            Counted("open actions", "Actions on a risk planned or in progress now.", Action, _all(_TREATS, _PENDING)),
            Counted("open risks", "Risks of which nothing is decided now.", Risk, _is("status", RiskStatus.OPEN)),
        ),
    ),
    Topic(
        "9.3.2 f",
        "What could be improved",
        counts=(
            Counted(
                "opportunities",
                "Findings of the kind OPPORTUNITY in the period.",
                Finding,
                _within("found_at", _active, _is("kind", FindingKind.OPPORTUNITY)),
            ),
            Counted(
                "ideas",
                "What colleagues suggested or observed, received in the period.",
                Feedback,
                _within("received_at", _active, _is("voice", Voice.EMPLOYEE)),
            ),
            Counted(
                "improvements",
                "Improvement actions done in the period.",
                Action,
                _within("done_at", _is("kind", ActionKind.IMPROVEMENT)),
            ),
        ),
    ),
)
"""In the order of the standard. What changed around the organization (9.3.2 b) is told in words: `contextChanges`."""
