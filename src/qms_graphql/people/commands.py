"""What may be done with departments and users."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.people.model import Department, User
from qms_graphql.people.rules import administers, roles_problem


@dataclass(frozen=True, slots=True)
class Placing:
    """That somebody came, left, or got another department or other roles: the person's row before, and as it is now.

    Either is None where the person does not work here: not yet, or not any more.
    """

    id: UUID
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def left(self) -> bool:
        """Whether the person works here no more."""
        return self.after is None


Follower = Callable[[UnitOfWork, Sequence[Placing]], Awaitable[None]]
_FOLLOWERS: list[Follower] = []


def when_placed(function: Follower) -> Follower:
    """Have a function follow when people come, leave, or change their place: ``async def f(unit, placings)``.

    It is in the same transaction, after the people are written.
    """
    _FOLLOWERS.append(function)
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
    placings = [found for draft in drafts if not draft.refused and (found := _placing(draft)) is not None]
    for follow in _FOLLOWERS if placings else ():
        await follow(unit, placings)


def _placing(draft: Draft) -> Placing | None:
    """What a draft changes of somebody's place; None if nothing."""
    held = draft.current or {"active": True, "department_id": None}
    row = {**held, **draft.fields, "id": draft.id}
    before = draft.current if draft.current is not None and draft.current["active"] else None
    after = row if row["active"] else None
    if before is None or after is None:
        return None if before is after else Placing(draft.id, before, after)
    same = all(before[name] == after[name] for name in ("department_id", "roles"))
    return None if same else Placing(draft.id, before, after)


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
