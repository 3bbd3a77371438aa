"""What people are able to do, beside what they shall be able to do: the competence matrix of a department."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import func, select

from qms_graphql.base.ids import from_global
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.base.visibility import visible
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import batch_field, extend
from qms_graphql.people.model import User as UserRow
from qms_graphql.people.schema import User
from qms_graphql.training import model
from qms_graphql.training.rules import CompetenceArea, Person, Requirement, gap, required_level

MOST_PEOPLE = 200
MOST_REQUIRED = 1000


@strawberry.type(description="What a person is able to do in an area, beside what is asked.")
class CompetenceCell:
    """What a person is able to do in an area, beside what is asked."""

    user: User | None = strawberry.field(description="The person; null to who may not see people.")
    area: CompetenceArea = strawberry.field(description="What sort of work.")
    level: int | None = strawberry.field(description="How well, 0 to 4; null as long as nobody has judged it.")
    required: int | None = strawberry.field(description="How well at least; null where nothing is asked.")
    gap: int | None = strawberry.field(description="How many levels are lacking; null where nothing is asked.")


@extend("Department")
class DepartmentCompetence:
    """What the people of a department are able to do."""

    @batch_field(needs=())
    async def competence_matrix(rows: Sequence[Any], context: Context) -> list[list[CompetenceCell]]:
        """For each person of the department that works here, and each area: the level, what is asked, and the gap.

        At most 200 people, by name; those whose competence the viewer sees.
        """
        ids = [from_global(row.id)[1] for row in rows]
        if not context.viewer.may("training:read"):
            return [[] for _ in ids]
        reader = await context.reader()
        people = await _people(reader, context, ids)
        levels = await _levels(reader, context, [person.id for person in people])
        required = await _required(reader, context)
        found: dict[UUID, list[CompetenceCell]] = {id_: [] for id_ in ids}
        for person in people:
            if person.department is not None:
                found[person.department] += [_cell(person, area, levels, required) for area in CompetenceArea]
        return [found[id_] for id_ in ids]


def _cell(
    person: Person,
    area: CompetenceArea,
    levels: dict[tuple[UUID, CompetenceArea], int],
    required: Sequence[Requirement],
) -> CompetenceCell:
    level, asked = levels.get((person.id, area)), required_level(person, area, required)
    return CompetenceCell(user=ref("User", person.id), area=area, level=level, required=asked, gap=gap(level, asked))


async def _people(reader: Reader, context: Context, departments: Sequence[UUID]) -> list[Person]:
    """The people of the departments of whom the viewer may know what they are able to do, by name."""
    table = UserRow.__table__
    place = func.row_number().over(partition_by=table.c.department_id, order_by=(table.c.name, table.c.id))
    rows = (
        select(*table.c, table.c.id.label("user_id"), place.label("place"))
        .where(
            table.c.organization_id == context.viewer.organization_id,
            table.c.active.is_(True),
            within(table.c.department_id, departments, reader.dialect),
        )
        .subquery()
    )
    seen = visible(model.Competence, rows, context.viewer)
    found = await reader.rows(
        select(rows.c.id, rows.c.department_id, rows.c.roles)
        .where(seen, rows.c.place <= MOST_PEOPLE)
        .order_by(rows.c.name, rows.c.id)
    )
    return [Person.of(row) for row in found]


async def _levels(reader: Reader, context: Context, people: Sequence[UUID]) -> dict[tuple[UUID, CompetenceArea], int]:
    table = model.Competence.__table__
    found = await reader.rows(
        select(table.c.user_id, table.c.area, table.c.level).where(
            table.c.organization_id == context.viewer.organization_id,
            within(table.c.user_id, people, reader.dialect),
            visible(model.Competence, table, context.viewer),
        )
    )
    return {(row["user_id"], row["area"]): row["level"] for row in found}


async def _required(reader: Reader, context: Context) -> list[Requirement]:
    table = model.RequiredCompetence.__table__
    found = await reader.rows(
        select(table.c.area, table.c.level, table.c.role, table.c.department_id)
        .where(table.c.organization_id == context.viewer.organization_id, table.c.active.is_(True))
        .limit(MOST_REQUIRED)
    )
    return [Requirement(row["area"], row["level"], row["role"], row["department_id"]) for row in found]
