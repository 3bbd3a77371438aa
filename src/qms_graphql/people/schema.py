"""What the graph shows of people."""

from datetime import datetime, timedelta

import strawberry
from strawberry import auto

from qms_graphql.base.access import Role
from qms_graphql.base.ids import to_global
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import node, one, query, writes
from qms_graphql.graph.types import Node, describe_enum
from qms_graphql.people import commands, model

describe_enum(Role)


@node(model.Department, read="people:read", plural="departments")
class Department(Node):
    """A part of the organization that owns work."""

    name: auto
    code: auto
    parent: "Department | None" = one(
        model.Department.parent_id, back="children", back_doc="The departments within it."
    )
    version: auto
    created_at: auto
    updated_at: auto


@node(model.User, read="people:read", plural="users")
class User(Node):
    """A person who works with the quality system."""

    name: auto
    email: auto
    title: auto
    roles: list[Role]
    active: auto
    department: "Department | None" = one(
        model.User.department_id, back="users", back_doc="The people who belong to it."
    )
    version: auto
    created_at: auto
    updated_at: auto


department_writes = writes(Department, commands.save_departments, permission="people:write", fields="name code parent")
user_writes = writes(
    User, commands.save_users, permission="people:write", fields="name email title roles active department"
)


@strawberry.type(description="Who asks: what the presented token stands for.")
class Viewer:
    """Who asks."""

    id: strawberry.ID | None = strawberry.field(description="The global id of the user; null for a connector.")
    name: str = strawberry.field(description="Name of the user or connector.")
    roles: list[Role] = strawberry.field(description="Its roles.")
    permissions: list[str] = strawberry.field(
        description="What the roles allow, as `area:read` and `area:write`, sorted."
    )
    systems: list[str] | None = strawberry.field(
        description="External systems a connector may write for; null for people."
    )


@strawberry.type(description="What the presented token may spend; operations are priced by `@cost` and `@listSize`.")
class RateLimit:
    """What the presented token may spend."""

    cost: int = strawberry.field(description="What this operation costs.")
    limit: int = strawberry.field(description="What may be spent when nothing is.")
    remaining: int = strawberry.field(description="What is left after this operation.")
    reset_at: datetime = strawberry.field(description="When all of it will be there again.")


@query(read=None)
async def rate_limit(context: Context) -> RateLimit | None:
    """What the presented token may spend; null where nobody counts."""
    balance = context.balance
    if balance is None:
        return None
    return RateLimit(
        cost=context.cost,
        limit=balance.limit,
        remaining=balance.remaining,
        reset_at=context.clock.now() + timedelta(seconds=balance.full_in),
    )


@query(read=None)
async def me(context: Context) -> User | None:
    """The user whose token was presented; null for a connector."""
    user_id = context.viewer.user_id
    return ref("User", user_id) if user_id else None


@query(read=None)
async def viewer(context: Context) -> Viewer:
    """Who asks: what the presented token stands for."""
    seen = context.viewer
    return Viewer(
        id=strawberry.ID(to_global(model.User.__tablename__, seen.user_id)) if seen.user_id else None,
        name=seen.actor_name,
        roles=sorted(seen.roles, key=lambda role: role.value),
        permissions=sorted(seen.permissions),
        systems=sorted(seen.systems) if seen.systems is not None else None,
    )
