"""What departments follow: records, products, documents, whatever has an id."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import select

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.communication import commands
from qms_graphql.communication.model import DepartmentFollow
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import batch_field, extend, mutation
from qms_graphql.graph.named import named_record
from qms_graphql.graph.types import Node, UserError
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.people.model import Department as DepartmentRow
from qms_graphql.people.model import User
from qms_graphql.people.schema import Department

OWN, ANY = "departments:follow", "departments:follow_any"
"""The permissions to say what one's own department follows, and what any does."""
MOST_FOLLOWED = 200


@extend("Department")
class DepartmentFollows:
    """What a department follows."""

    @batch_field(needs=())
    async def followed(rows: Sequence[Any], context: Context) -> list[list[Node | None]]:
        """What it follows, the newest first, at most 200; null where the viewer may not see it."""
        keys = [from_global(row.id)[1] for row in rows]
        found: dict[UUID, list[Any]] = {key: [] for key in keys}
        if context.viewer.may("communication:read"):
            reader, table = await context.reader(), DepartmentFollow.__table__
            mine = [
                table.c.organization_id == context.viewer.organization_id,
                within(table.c.department_id, set(keys), reader.dialect),
                table.c.active,
            ]
            for row in await reader.rows(select(table).where(*mine).order_by(table.c.id.desc())):
                declared = context.engine.by_table[row["record_type"].value.lower()]
                found[row["department_id"]].append(ref(declared.name, row["record_id"]))
        return [found[key][:MOST_FOLLOWED] for key in keys]


@strawberry.input(description="What a department wants to hear of.")
class FollowForDepartmentInput:
    """What a department wants to hear of."""

    department: strawberry.ID = strawberry.field(description="The department.")
    record: strawberry.ID = strawberry.field(description="The record, for example a product or a requirement.")
    follow: bool = strawberry.field(description="False to hear of it no more.", default=True)


@strawberry.type(description="What came of followForDepartment.")
class FollowForDepartmentPayload:
    """What came of followForDepartment."""

    department: Department | None = strawberry.field(description="The department.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission=OWN, input=FollowForDepartmentInput)
async def follow_for_department(
    context: Context, unit: UnitOfWork, given: Mapping[str, Any]
) -> FollowForDepartmentPayload:
    """Have a department hear of a record: it is in its digest, and it is told of changes. Needs departments:follow.

    Who does not hold departments:follow_any says so for the own department only.
    """
    department_id = own_key(given["department"], context.engine.by_table["department"], ("department",))
    person = (await unit.lock(User, [commands.writer(unit)])).get(commands.writer(unit))
    if not await unit.lock(DepartmentRow, [department_id]):
        raise Refusal(ErrorCode.NOT_FOUND, "There is no such department.", ("department",))
    if not unit.viewer.may(ANY) and (person is None or person["department_id"] != department_id):
        raise Refusal(ErrorCode.FORBIDDEN, "This is not your department.", ("department",))
    place = (await named_record(context, unit, given["record"], Node)).place
    await commands.follow_for_department(unit, place, department_id, active=given["follow"])
    return FollowForDepartmentPayload(department=ref("Department", department_id))
