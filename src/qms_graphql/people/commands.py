"""What may be done with departments and users."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.people.model import Department, User
from qms_graphql.people.rules import roles_problem

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
    """Make or change users. Their roles come as members and are stored as sorted text."""
    for draft in drafts:
        roles = draft.fields.get("roles")
        if roles is None:
            continue
        problem = roles_problem(roles)
        if problem is not None:
            draft.refuse(ErrorCode.INVALID, problem, "roles")
        draft.fields["roles"] = sorted({role.value for role in roles})
    await unit.save(User, drafts)
    left = [d.id for d in drafts if d.current and d.current["active"] and not d.refused and not d.value("active")]
    for follow in _LEAVING if left else ():
        await follow(unit, left)
