"""TRAINING_CURRENCY: people counted by whether they are trained in what holds at one moment, the end of the window."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)

from qms_graphql.base.access import Viewer
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.base.visibility import Visibility, counting_limit
from qms_graphql.documents.model import Revision
from qms_graphql.metrics import prepared
from qms_graphql.metrics.count import Count, Form, Rows
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.rules import Counting, Estimate, MetricCode, proportion
from qms_graphql.metrics.scope import Scope
from qms_graphql.people.model import User
from qms_graphql.training.model import TrainingRecord
from qms_graphql.training.rules import TrainingStatus

_RECORD, _REVISION, _USER = (model.__table__ for model in (TrainingRecord, Revision, User))
_ONE, _ZERO = literal_column("1", Integer), literal_column("0", Integer)

RULE = (
    "Of the people who work here and are to be trained in revisions that are effective at the end of the window, those "
    "who are trained in all of them: passed and not expired, or waived. Cancelled trainings do not count; `counting` "
    "is about answers and not used."
)
HIDDEN = "People whose training you may not see are left out, but for those of your department."


def rule(viewer: Viewer, _code: MetricCode, _counting: Counting) -> str:
    """What was counted."""
    return RULE if counting_limit(TrainingRecord, viewer) is None else f"{RULE} {HIDDEN}"


def beyond(_code: MetricCode, scope: Scope) -> list[str]:
    """The restrictions that trainings cannot meet: they have people, who have a department."""
    return scope.beyond(_ANY)


def counted(form: Form) -> Select[Any]:
    """How many people there are, and how many of them are trained, at the end of the window."""
    people = _people(form.limit, form.scope)
    sums: tuple[Any, ...] = _ZERO.label("period"), func.sum(people.c.trained).label("part"), func.count().label("whole")
    return select(*sums).select_from(people).having(func.count() > _ZERO)


def estimates(_count: Count, rows: Rows) -> dict[int, Estimate]:
    """The share, if there is anybody to be trained."""
    return {row["period"]: proportion(row["part"], row["whole"]) for row in rows}


async def by_department(
    reader: Reader, viewer: Viewer, departments: Sequence[UUID], now: datetime
) -> Mapping[UUID, Estimate]:
    """The share of the people of each of these departments at a moment, of those that have anybody to be trained."""
    theirs = within(_USER.c.department_id, departments, reader.dialect)
    people = _people(counting_limit(TrainingRecord, viewer), Scope(), theirs)
    sums = func.sum(people.c.trained).label("part"), func.count().label("whole")
    statement = select(people.c.department_id, *sums).group_by(people.c.department_id)
    rows = await reader.rows(statement, prepared.values(viewer, Scope(), Window(None, now)))
    return {row["department_id"]: proportion(row["part"], row["whole"]) for row in rows}


def _people(limit: Visibility | None, scope: Scope, *conditions: ColumnElement[bool]) -> Subquery:
    """Each person who is to be trained, and whether the person is trained in all: 1 or 0."""
    training = _trainings(limit, *conditions)
    # A training that has expired may have been assigned anew: of a person's trainings in a revision, one is enough.
    trained = (
        select(training.c.user_id, training.c.department_id, func.max(training.c.counts).label("counts"))
        .where(*scope.of_records(training))
        .group_by(training.c.user_id, training.c.department_id, training.c.revision_id)
        .subquery("trained")
    )
    return (
        select(trained.c.user_id, trained.c.department_id, func.min(trained.c.counts).label("trained"))
        .group_by(trained.c.user_id, trained.c.department_id)
        .subquery("people")
    )


def _trainings(limit: Visibility | None, *conditions: ColumnElement[bool]) -> Subquery:
    """What is asked for at the end of the window: with the person's department, and whether it counts, 1 or 0."""
    at: Any = bindparam("window_until", type_=_RECORD.c.due_at.type)
    by_then = and_(_RECORD.c.ended_at.is_not(None), _RECORD.c.ended_at <= at)
    passed = and_(
        _RECORD.c.status == TrainingStatus.PASSED,
        _RECORD.c.completed_at <= at,
        or_(_RECORD.c.expires_at.is_(None), _RECORD.c.expires_at > at),
    )
    counts = or_(passed, and_(_RECORD.c.status == TrainingStatus.WAIVED, by_then))
    revision = and_(
        _REVISION.c.organization_id == _RECORD.c.organization_id,
        _REVISION.c.id == _RECORD.c.revision_id,
        _REVISION.c.effective_at <= at,
        or_(_REVISION.c.obsolete_at.is_(None), _REVISION.c.obsolete_at > at),
    )
    person = and_(
        _USER.c.organization_id == _RECORD.c.organization_id,
        _USER.c.id == _RECORD.c.user_id,
        _USER.c.active.is_(True),
    )
    asked: list[ColumnElement[bool]] = [
        prepared.owned(_RECORD.c.organization_id),
        or_(_RECORD.c.status != TrainingStatus.CANCELLED, ~by_then),
        _RECORD.c.created_at <= at,
        prepared.seen(_RECORD, limit),
    ]
    columns = _RECORD.c.organization_id, _RECORD.c.user_id, _RECORD.c.revision_id, _USER.c.department_id
    return (
        select(*columns, case((counts, _ONE), else_=_ZERO).label("counts"))
        .select_from(_RECORD.join(_REVISION, revision).join(_USER, person))
        .where(*asked, *conditions)
        .subquery("training")
    )


_ANY = _trainings(None)
