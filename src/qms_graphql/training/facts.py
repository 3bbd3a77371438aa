"""What training says of a revision, who still owes it, and whether a record counts at a moment."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, distinct, func, or_, select

from qms_graphql.base.facts import fact, gathered
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import RevisionStatus
from qms_graphql.people.model import User
from qms_graphql.training.commands import is_one_of
from qms_graphql.training.courses import Course, courses_of, people_of
from qms_graphql.training.model import TrainingRecord
from qms_graphql.training.rules import DONE, OPEN, Person, TrainingStatus, owes


def counts(record: Any, now: Any) -> ColumnElement[bool]:
    """Whether a training is passed and has not expired, or is waived."""
    lasting = or_(record.expires_at.is_(None), record.expires_at > now)
    return or_(and_(record.status == TrainingStatus.PASSED, lasting), record.status == TrainingStatus.WAIVED)


@fact(Revision)
def trainees(revision: Any) -> ColumnElement[int]:
    """How many people are to be trained in it, or were; not those for whom it was cancelled."""
    return _people(revision, lambda record: record.status != TrainingStatus.CANCELLED)


@fact(Revision)
def trained_people(revision: Any) -> ColumnElement[int]:
    """How many of them have passed, or need not."""
    return _people(revision, lambda record: is_one_of(DONE, record))


def _people(revision: Any, which: Any) -> ColumnElement[int]:
    """How many people have a training in it of which the condition holds."""
    record = TrainingRecord.__table__.alias()
    mine = record.c.organization_id == revision.organization_id, record.c.revision_id == revision.id
    found = select(func.count(distinct(record.c.user_id))).where(*mine, which(record.c))
    return found.correlate_except(record).scalar_subquery()


@gathered(Revision)
async def training_so_far(reader: Reader, revisions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What its training lacks, as long as that is waited for (APPROVED).

    ``training_assigned``: whether it is assigned, or there is nobody whom the policy wants to be trained.
    ``training_cancelled``: for how many people it was cancelled who owe it all the same (``rules.owes``).
    ``training_share``: the share of those who are to be trained, these among them, who have passed, or for whom it was
    waived; None if there is nobody.
    """
    waiting = [row for row in revisions if row["status"] is RevisionStatus.APPROVED]
    courses: dict[Any, Course] = {}
    gone: dict[Any, set[Any]] = {}
    people: list[Person] = []
    if waiting:
        organization_id = waiting[0]["organization_id"]
        courses = await courses_of(reader, organization_id, [row["document_id"] for row in waiting])
        gone = await _cancelled(reader, waiting)
        if gone or not all(row["trainees"] for row in waiting):
            people = await people_of(reader, organization_id)
    told = []
    for row in revisions:
        course = courses.get(row["document_id"]) if row["status"] is RevisionStatus.APPROVED else None
        wanted = {one.id for one in people if course is not None and owes(one, course.roles, course.departments, row)}
        cancelled = len(wanted & gone.get(row["id"], set()))
        asked = row["trainees"] + cancelled
        told.append(
            {
                "training_assigned": bool(row["trainees"]) or not wanted,
                "training_cancelled": cancelled,
                "training_share": row["trained_people"] / asked if asked else None,
            }
        )
    return told


async def _cancelled(reader: Reader, revisions: Sequence[Mapping[str, Any]]) -> dict[Any, set[Any]]:
    """The people for whom the training in each of these revisions was cancelled, and who have none beside that."""
    record, other = TrainingRecord.__table__.alias(), TrainingRecord.__table__.alias()
    same = [record.c[name] == other.c[name] for name in ("organization_id", "revision_id", "user_id")]
    beside = select(other.c.id).where(*same, other.c.status != TrainingStatus.CANCELLED).correlate(record).exists()
    rows = await reader.rows(
        select(record.c.revision_id, record.c.user_id).where(
            record.c.organization_id == revisions[0]["organization_id"],
            within(record.c.revision_id, [row["id"] for row in revisions], reader.dialect),
            record.c.status == TrainingStatus.CANCELLED,
            ~beside,
        )
    )
    found: dict[Any, set[Any]] = {}
    for row in rows:
        found.setdefault(row["revision_id"], set()).add(row["user_id"])
    return found


@fact(TrainingRecord)
def author_id(record: Any) -> ColumnElement[Any]:
    """Who wrote the revision."""
    return _of_revision(record, "author_id")


@fact(TrainingRecord)
def document_id(record: Any) -> ColumnElement[Any]:
    """The document that it is a revision of."""
    return _of_revision(record, "document_id")


@fact(TrainingRecord)
def training_waived(record: Any) -> ColumnElement[Any]:
    """Why nobody need be trained in the revision; null where people are."""
    return _of_revision(record, "training_waived")


def _of_revision(record: Any, column: str) -> ColumnElement[Any]:
    held = Revision.__table__.alias()
    own = held.c.organization_id == record.organization_id, held.c.id == record.revision_id
    return select(held.c[column]).where(*own).correlate_except(held).scalar_subquery()


@gathered(TrainingRecord)
async def still_owed(reader: Reader, records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of what is still to be done: whether it is asked of the person because of the present place."""
    waiting = [row for row in records if row["status"] in OPEN]
    courses: dict[Any, Course] = {}
    people: dict[Any, Person] = {}
    if waiting:
        organization_id = waiting[0]["organization_id"]
        courses = await courses_of(reader, organization_id, [row["document_id"] for row in waiting])
        who = within(User.__table__.c.id, {row["user_id"] for row in waiting}, reader.dialect)
        people = {one.id: one for one in await people_of(reader, organization_id, who)}
    told = []
    for row in records:
        course = courses.get(row["document_id"]) if row["status"] in OPEN else None
        person = people.get(row["user_id"])
        told.append({"owed": course is not None and owes(person, course.roles, course.departments, row)})
    return told
