"""What may be done with competences."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.people.model import User
from qms_graphql.training.model import Competence, RequiredCompetence
from qms_graphql.training.rules import CompetenceArea


async def save_competences(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Judge what people are able to do; who asks is the assessor, and never of oneself.

    Refuses a second competence of a person in an area, and to give one to another person or area.
    """
    taken = await _taken(unit, drafts)
    for draft in drafts:
        person, area = draft.value("user_id"), draft.value("area")
        if draft.current is None:
            if (person, area) in taken:
                draft.refuse(ErrorCode.CONFLICT, "The person's competence in this area is known; change it.", "area")
            taken.add((person, area))
        else:
            for column, name in (("user_id", "user"), ("area", "area")):
                if draft.value(column) != draft.current[column]:
                    draft.refuse(ErrorCode.INVALID, "This stays as it was.", name)
        if person is not None and person == unit.viewer.user_id:
            draft.refuse(ErrorCode.FORBIDDEN, "Somebody else judges what a person is able to do.", "user")
        draft.fields |= {"assessor_id": unit.viewer.user_id, "assessed_at": unit.now}
    await unit.save(Competence, drafts)


async def _taken(unit: UnitOfWork, drafts: Sequence[Draft]) -> set[tuple[UUID, CompetenceArea]]:
    """In which areas the competence of the people of new drafts is known. Locks them: one at a time judges a person."""
    people = {draft.value("user_id") for draft in drafts if draft.current is None} - {None}
    await unit.lock(User, people)
    table = Competence.__table__
    found = await unit.rows(
        select(table.c.user_id, table.c.area).where(
            table.c.organization_id == unit.organization_id, within(table.c.user_id, people, unit.dialect)
        )
    )
    return {(row["user_id"], row["area"]) for row in found}


async def save_required_competences(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Say which level people need in an area, or change it."""
    await unit.save(RequiredCompetence, drafts)
