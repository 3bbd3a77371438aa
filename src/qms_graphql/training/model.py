"""Tables of training and competence."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Mapped

from qms_graphql.base import columns
from qms_graphql.base.access import Role
from qms_graphql.base.columns import Base, Record
from qms_graphql.base.visibility import Visibility
from qms_graphql.people.model import User
from qms_graphql.training.rules import HIGHEST_LEVEL, LEVELS, LOWEST_LEVEL, CompetenceArea


def _own(row: Any, person: ColumnElement[UUID]) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = row.user_id == person
    return mine


def _of_the_department(row: Any, person: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether it is about the person, or about somebody of the same department."""
    viewer, colleague = User.__table__.alias(), User.__table__.alias()
    same = (
        select(colleague.c.id)
        .select_from(
            colleague.join(
                viewer,
                (viewer.c.organization_id == colleague.c.organization_id)
                & (viewer.c.department_id == colleague.c.department_id),
            )
        )
        .where(colleague.c.organization_id == row.organization_id, colleague.c.id == row.user_id, viewer.c.id == person)
        .correlate_except(colleague, viewer)
    )
    return or_(_own(row, person), same.exists())


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
