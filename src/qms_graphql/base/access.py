"""Who asks, and what they may do."""

from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from qms_graphql.base.errors import ErrorCode, Refusal


class Role(Enum):
    """What a person or a connector is in the quality system.

    ADMIN: Sets the organization up; may do everything.
    QUALITY_MANAGER: Owns the quality system.
    COMPLAINT_HANDLER: Takes feedback and complaints to an answer.
    DEPARTMENT_HEAD: Owns actions and risks of a department.
    EMPLOYEE: Works by the quality system and raises ideas.
    AUDITOR: Reads everything, changes nothing.
    CONNECTOR: A program that keeps an external system in step; cannot sign.
    """

    ADMIN = "ADMIN"
    QUALITY_MANAGER = "QUALITY_MANAGER"
    COMPLAINT_HANDLER = "COMPLAINT_HANDLER"
    DEPARTMENT_HEAD = "DEPARTMENT_HEAD"
    EMPLOYEE = "EMPLOYEE"
    AUDITOR = "AUDITOR"
    CONNECTOR = "CONNECTOR"


AREAS = (
    "people",
    "customers",
    "products",
    "feedback",
    "complaints",
    "standards",
    "risks",
    "actions",
    "nonconformities",
    "documents",
    "training",
    "effectiveness",
    "reviews",
    "communication",
    "files",
)
READ_ALL = frozenset(
    {f"{area}:read" for area in AREAS} | {"metrics:read", "events:read", "feedback:others", "documents:drafts"}
)
WRITE_ALL = frozenset(f"{area}:write" for area in AREAS)
CONTACT = frozenset({"customers:contact"})
"""To read how a customer is reached: what is not needed to see who they are."""
SEE_ALL = CONTACT | {"feedback:confidential", "training:others"}
"""To read what is not for everybody who may read its type."""

CLOSE = frozenset({"nonconformities:close"})
"""To say that a nonconformity is over: for who owns the quality system."""

APPROVE = frozenset({"documents:approve"})
"""To approve what is laid down, and to put it away; the policy of its kind says who has to."""

WAIVE = frozenset({"training:waive"})
"""To let a person off a training."""

TALK = frozenset(
    {"communication:read", "communication:write", "ideas:write", "training:acknowledge", "actions:own", "files:write"}
)
"""To comment on what one sees, to follow it, to be told of it, to raise ideas, to say what one has read, and to do the
own actions."""

REMOVE = frozenset({"files:others"})
"""To take away files that others brought: evidence is not removed by those whom it is about."""

FOLLOW = frozenset({"departments:follow"})
"""To say what the own department follows."""
FOLLOW_ANY = FOLLOW | {"departments:follow_any"}
"""To say what any department follows."""

ERASE = frozenset({"customers:erase"})
"""To erase a person's data, and to say that they must be kept."""

POLICIES = frozenset({"complaints:policy", "documents:policy", "training:policy"})
"""To set the rules that others work by."""

SIGN = frozenset({"records:sign"})
"""To sign moves, with a signing PIN: for people who decide."""

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.ADMIN: READ_ALL
    | SEE_ALL
    | WRITE_ALL
    | TALK
    | POLICIES
    | ERASE
    | SIGN
    | CLOSE
    | APPROVE
    | FOLLOW_ANY
    | WAIVE
    | REMOVE
    | {"audit:read", "sync:write"},
    Role.QUALITY_MANAGER: READ_ALL
    | SEE_ALL
    | (WRITE_ALL - {"people:write"})
    | TALK
    | POLICIES
    | ERASE
    | SIGN
    | CLOSE
    | APPROVE
    | FOLLOW_ANY
    | WAIVE
    | REMOVE
    | {"audit:read"},
    Role.COMPLAINT_HANDLER: READ_ALL
    | CONTACT
    | SIGN
    | TALK
    | {
        "customers:write",
        "feedback:write",
        "complaints:write",
        "nonconformities:write",
        "actions:write",
        "effectiveness:write",
    },
    Role.DEPARTMENT_HEAD: READ_ALL
    | SIGN
    | TALK
    | APPROVE
    | FOLLOW
    | {
        "feedback:write",
        "risks:write",
        "nonconformities:write",
        "actions:write",
        "effectiveness:write",
        "documents:write",
        "reviews:write",
        "training:write",
        "training:department",
    },
    Role.EMPLOYEE: TALK
    | frozenset(
        {
            "people:read",
            "products:read",
            "feedback:read",
            "standards:read",
            "documents:read",
            "actions:read",
            "training:read",
            "effectiveness:read",
            "files:read",
            "metrics:read",
        }
    ),
    Role.AUDITOR: READ_ALL | SEE_ALL | {"audit:read"},
    Role.CONNECTOR: CONTACT
    | {
        "customers:read",
        "products:read",
        "feedback:read",
        "feedback:others",
        "complaints:read",
        "metrics:read",
        "events:read",
        "sync:write",
    },
}
"""What each role may do, as ``area:read`` and ``area:write``, and more finely where not all of an area is for all."""


class ActorKind(Enum):
    """What sort of actor did something.

    USER: A person.
    CONNECTOR: A program with a connector's token.
    SYSTEM: The product itself: the command line, the scheduler, the demonstration.
    """

    USER = "USER"
    CONNECTOR = "CONNECTOR"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: one token's organization, actor and rights."""

    organization_id: UUID
    actor_kind: ActorKind
    actor_id: UUID | None
    actor_name: str
    roles: frozenset[Role]
    permissions: frozenset[str] = field(default=frozenset())
    systems: frozenset[str] | None = None
    """External systems a connector may write for; None for people, who may write for any."""
    token_id: UUID | None = None

    @property
    def user_id(self) -> UUID | None:
        """The person, if it is one."""
        return self.actor_id if self.actor_kind is ActorKind.USER else None

    def may(self, permission: str | None) -> bool:
        """Whether the viewer holds ``permission``; None asks for none."""
        return permission is None or permission in self.permissions

    def require(self, permission: str | None) -> None:
        """Raise ``Refusal(FORBIDDEN)`` unless the viewer holds ``permission``."""
        if not self.may(permission):
            raise Refusal(ErrorCode.FORBIDDEN, f"This needs the permission {permission}.")


def permissions_of(roles: frozenset[Role]) -> frozenset[str]:
    """All permissions that any of the roles gives."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def write_of(read: str | None) -> str:
    """The permission to change what the permission ``read`` shows: that of the same area."""
    return f"{(read or '').partition(':')[0]}:write"


def system_viewer(organization_id: UUID, name: str = "system") -> Viewer:
    """The product itself, with every right in one organization."""
    return Viewer(
        organization_id=organization_id,
        actor_kind=ActorKind.SYSTEM,
        actor_id=None,
        actor_name=name,
        roles=frozenset({Role.ADMIN}),
        permissions=PERMISSIONS[Role.ADMIN],
    )
