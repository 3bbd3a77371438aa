"""What may be done with departments and users."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.people.model import Department, User
from qms_graphql.people.rules import administers, roles_problem

Leaving = Callable[[UnitOfWork, Sequence[UUID]], Awaitable[None]]
_LEAVING: list[Leaving] = []


def when_leaving(function: Leaving) -> Leaving:
    """Have a function follow when people leave: ``async def f(unit, user_ids)``, in the same transaction."""
    _LEAVING.append(function)
    return function


async def save_departments(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change departments. Refuses one that would be part of itself."""
    await refuse_circles(unit, Department, drafts)
    await unit.save(Department, drafts)


async def save_users(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change users. Their roles come as members and are stored as sorted text.

    Refuses what would leave nobody who works here and is an administrator.
    """
    for draft in drafts:
        roles = draft.fields.get("roles")
        if roles is None:
            continue
        problem = roles_problem(roles)
        if problem is not None:
            draft.refuse(ErrorCode.INVALID, problem, "roles")
        draft.fields["roles"] = sorted({role.value for role in roles})
    await _keep_an_administrator(unit, drafts)
    await unit.save(User, drafts)
    left = [d.id for d in drafts if d.current and d.current["active"] and not d.refused and not d.value("active")]
    for follow in _LEAVING if left else ():
        await follow(unit, left)


async def _keep_an_administrator(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    leaving = [draft for draft in drafts if draft.current and administers(draft.current) and not _stays(draft)]
    if not leaving:
        return
    table = User.__table__
    mine = table.c.organization_id == unit.organization_id, table.c.active
    working = await unit.rows(select(table.c.id, table.c.active, table.c.roles).where(*mine))
    # Locked, so that two administrators who take the role from each other do not both succeed.
    held = await unit.lock(User, [row["id"] for row in working if administers(row)])
    left = {draft.id for draft in leaving}
    if any(administers(row) for id_, row in held.items() if id_ not in left):
        return
    for draft in leaving:
        field = "active" if not draft.value("active") else "roles"
        draft.refuse(ErrorCode.INVALID, "This is the last administrator: make another one first.", field)


def _stays(draft: Draft) -> bool:
    return administers({name: draft.value(name) for name in ("active", "roles")})
