"""Tables of training and competence."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped

from qms_graphql.base import columns
from qms_graphql.base.access import Role
from qms_graphql.base.columns import Base, Record
from qms_graphql.base.visibility import Visibility
from qms_graphql.people.model import User
from qms_graphql.training.rules import (
    BEST_SCORE,
    HIGHEST_LEVEL,
    LEVELS,
    LONGEST_VALIDITY,
    LOWEST_LEVEL,
    TRAINING,
    CompetenceArea,
    TrainingStatus,
)


def _own(row: Any, person: ColumnElement[UUID]) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = row.user_id == person
    return mine


def _of_the_department(row: Any, person: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether it is about the person, or about somebody of the same department."""
    viewer, who = User.__table__.alias(), User.__table__.alias()
    department = select(viewer.c.department_id).where(
        viewer.c.organization_id == who.c.organization_id, viewer.c.id == person
    )
    # One condition on whom it is about, not one of two: so the database can begin with the people.
    near = or_(who.c.id == person, who.c.department_id == department.correlate(who).scalar_subquery())
    about = select(who.c.id).where(who.c.organization_id == row.organization_id, who.c.id == row.user_id, near)
    return about.correlate_except(who).exists()


_ALL, _ABOUT = "training:others", (("user_id", "user"),)
OF_PEOPLE = Visibility(
    all_with=_ALL,
    rows=_of_the_department,
    rests_on=_ABOUT,
    without=("training:department", Visibility(_ALL, _own, _ABOUT)),
)
"""What is known of a person: seen by the person, and by the head of the person's department."""


class Competence(Record, Base):
    """What a person is able to do in an area, as somebody else judged it."""

    __tablename__ = "competence"
    __visibility__ = OF_PEOPLE

    user_id: Mapped[UUID] = columns.link("user", "Who is able to do it.", index=("area",))
    area: Mapped[CompetenceArea] = columns.choice(CompetenceArea, "What sort of work.")
    level: Mapped[int] = columns.integer(f"How well: {LEVELS}.", low=LOWEST_LEVEL, high=HIGHEST_LEVEL)
    evidence: Mapped[str | None] = columns.text("What shows it.", limit=2000)
    assessed_at: Mapped[datetime] = columns.moment("When the level was last judged.")
    assessor_id: Mapped[UUID | None] = columns.link("user", "Who judged it; null for a program.", index=None)


class RequiredCompetence(Record, Base):
    """The level that people need in an area: those of a role, of a department, of both, or all."""

    __tablename__ = "required_competence"

    area: Mapped[CompetenceArea] = columns.choice(CompetenceArea, "What sort of work.")
    level: Mapped[int] = columns.integer(f"How well at least: {LEVELS}.", low=LOWEST_LEVEL, high=HIGHEST_LEVEL)
    role: Mapped[Role | None] = columns.choice(Role, "Only people with this role; null for all.")
    department_id: Mapped[UUID | None] = columns.link("department", "Only people of this department; null for all.")
    active: Mapped[bool] = columns.flag("Whether it is still required.", default=True)


class Asked:
    """What a training asks for."""

    pass_mark: Mapped[int | None] = columns.integer(
        "The score that it takes to pass, 0 to 100; null where none is given.", low=0, high=BEST_SCORE
    )
    validity_months: Mapped[int | None] = columns.integer(
        "How many months it lasts; null if it never expires.", low=1, high=LONGEST_VALIDITY
    )


class TrainingPlan(Asked, Record, Base):
    """What training on a document asks for, beyond the policy of its kind."""

    __tablename__ = "training_plan"

    document_id: Mapped[UUID] = columns.link("document", "The document.", index=None)
    assessed: Mapped[bool | None] = columns.truth(
        "Whether somebody assesses it, or to have read it is enough; null: as the policy of its kind says."
    )
    roles: Mapped[list[Any]] = columns.json(
        "Who is trained beside those of the policy: people of these roles.", default=list
    )

    __table_args__ = (UniqueConstraint("organization_id", "document_id"),)


class TrainingRecord(Asked, Record, Base):
    """That a person is to be trained in a revision, and what came of it."""

    __tablename__ = "training_record"
    __prefix__ = "TRN"
    __machine__ = TRAINING
    __visibility__ = OF_PEOPLE

    number: Mapped[str] = columns.text("Its number, for example TRN-2026-00017.", limit=40)
    status: Mapped[TrainingStatus] = columns.choice(
        TrainingStatus, "How far it has come.", default=TrainingStatus.ASSIGNED
    )
    due_at: Mapped[datetime] = columns.moment("By when it shall be done.")
    assessed: Mapped[bool] = columns.flag("Whether somebody assesses it; else to have read it is enough.", default=True)
    acknowledged_at: Mapped[datetime | None] = columns.moment("When the person said to have read and understood it.")
    completed_at: Mapped[datetime | None] = columns.moment("When it was done.")
    score: Mapped[int | None] = columns.integer("What was reached, 0 to 100.", low=0, high=BEST_SCORE)
    effectiveness: Mapped[str | None] = columns.text(
        "What showed later whether it had its effect (ISO 9001, 7.2 c).", limit=2000
    )
    expires_at: Mapped[datetime | None] = columns.moment("From when on it does not count any more; null: never.")
    ended_at: Mapped[datetime | None] = columns.moment("When it was passed, waived or cancelled here.")
    user_id: Mapped[UUID] = columns.link("user", "Who is trained.", index=("due_at", "id"), assigns=True)
    revision_id: Mapped[UUID] = columns.link("revision", "The revision in which.", index=("user_id", "id"))
    assessor_id: Mapped[UUID | None] = columns.link("user", "Who assessed it: never the person.", index=None)

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "status", "due_at", "id"),
    )
