"""What training says of a revision, and whether a record counts at a moment."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, cast, distinct, func, or_, select

from qms_graphql.base.database import Reader
from qms_graphql.base.facts import fact, gathered
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import RevisionStatus
from qms_graphql.training.commands import is_one_of
from qms_graphql.training.courses import courses_of, people_of
from qms_graphql.training.model import TrainingRecord
from qms_graphql.training.rules import DONE, TrainingStatus, concerned


def counts(record: Any, now: Any) -> ColumnElement[bool]:
    """Whether a training is passed and has not expired, or is waived."""
    lasting = or_(record.expires_at.is_(None), record.expires_at > now)
    return or_(and_(record.status == TrainingStatus.PASSED, lasting), record.status == TrainingStatus.WAIVED)


@fact(Revision)
def training_share(revision: Any) -> ColumnElement[Any]:
    """The share of the people to be trained who have passed, or for whom it was waived; null if there is nobody."""
    asked = _people(revision, lambda record: record.status != TrainingStatus.CANCELLED)
    done = _people(revision, lambda record: is_one_of(DONE, record))
    return cast(done, Float) / func.nullif(asked, 0)


@fact(Revision)
def trainees(revision: Any) -> ColumnElement[int]:
    """How many people are to be trained in it, or were."""
    return _people(revision, lambda record: record.status != TrainingStatus.CANCELLED)


def _people(revision: Any, which: Any) -> ColumnElement[int]:
    """How many people have a training in it of which the condition holds."""
    record = TrainingRecord.__table__.alias()
    mine = record.c.organization_id == revision.organization_id, record.c.revision_id == revision.id
    found = select(func.count(distinct(record.c.user_id))).where(*mine, which(record.c))
    return found.correlate_except(record).scalar_subquery()


@gathered(Revision)
async def training_assigned(reader: Reader, revisions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Whether training is assigned, or there is nobody whom the policy wants to be trained."""
    waiting = [row for row in revisions if row["status"] is RevisionStatus.APPROVED and not row["trainees"]]
    unassigned: set[Any] = set()
    if waiting:
        organization_id = waiting[0]["organization_id"]
        courses = await courses_of(reader, organization_id, [row["document_id"] for row in waiting])
        people = await people_of(reader, organization_id)
        for row in waiting:
            course = courses[row["document_id"]]
            if concerned(people, course.roles, course.departments):
                unassigned.add(row["id"])
    return [{"training_assigned": row["id"] not in unassigned} for row in revisions]
