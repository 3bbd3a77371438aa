"""API tokens: issued once, stored hashed, bound to a user or to a connector."""

import asyncio
import hmac
import re
import secrets as randomness
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select

from qms_graphql.base.access import ActorKind, Role, Viewer, permissions_of
from qms_graphql.base.database import Database
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import new_id
from qms_graphql.base.prepared import Prepared
from qms_graphql.base.reader import Reader
from qms_graphql.base.secrets import Secrets
from qms_graphql.base.unit import UnitOfWork, admission
from qms_graphql.people.commands import save_users
from qms_graphql.people.model import ApiToken, User

_TOKEN = re.compile(r"qms_([0-9a-f]{32})_([0-9A-Za-z_-]{43})")
_FRESH_SECONDS = 2.0
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. Its text is shown once and stored nowhere."""

    id: UUID
    text: str


async def issue_for_user(unit: UnitOfWork, role: Role, name: str) -> Issued:
    """A token for the user of this name, who is made with this role if there is none.

    A user who is there already keeps the roles held and gets this one too.
    """
    users = User.__table__
    rows = await unit.rows(select(users).where(users.c.organization_id == unit.organization_id, users.c.name == name))
    current = rows[0] if rows else None
    roles = {role, *(Role(held) for held in (current["roles"] if current else ()))}
    draft = Draft(current["id"] if current else new_id(), {"name": name, "roles": roles}, current)
    await save_users(unit, [draft])
    return await _issue(unit, name=f"{name} ({role.value})", user_id=draft.id)


async def issue_for_connector(unit: UnitOfWork, name: str, systems: Sequence[str]) -> Issued:
    """A token for a connector that may write for these external systems."""
    if not systems:
        raise Refusal(ErrorCode.REQUIRED, "A connector needs at least one external system.", ("systems",))
    return await _issue(unit, name=name, systems=sorted(set(systems)))


async def _issue(
    unit: UnitOfWork, *, name: str, user_id: UUID | None = None, systems: list[str] | None = None
) -> Issued:
    id_, secret = new_id(), randomness.token_urlsafe(32)
    fields = {"name": name, "digest": unit.secrets.token_digest(secret), "user_id": user_id, "systems": systems}
    await unit.save(ApiToken, [Draft(id_, fields)])
    return Issued(id_, f"qms_{id_.hex}_{secret}")


async def tokens(unit: UnitOfWork) -> Sequence[Any]:
    """All tokens of the organization, oldest first."""
    table = ApiToken.__table__
    return await unit.rows(
        select(table).where(table.c.organization_id == unit.organization_id).order_by(table.c.created_at, table.c.id)
    )


async def revoke(unit: UnitOfWork, id_: UUID) -> None:
    """Make a token invalid. Raises ``Refusal(NOT_FOUND)``."""
    rows = await unit.lock(ApiToken, [id_])
    if id_ not in rows or rows[id_]["revoked_at"] is not None:
        raise Refusal(ErrorCode.NOT_FOUND, "There is no such valid token.", ("id",))
    await unit.save(ApiToken, [Draft(id_, {"revoked_at": unit.now}, rows[id_])])


def _standing() -> Select[Any]:
    """Whether a token is valid, and whose it is, with the roles of this moment."""
    token, user = ApiToken.__table__, User.__table__
    whose = (user.c.organization_id == token.c.organization_id) & (user.c.id == token.c.user_id)
    own = (
        token.c.organization_id == bindparam("organization", type_=Uuid()),
        token.c.id == bindparam("token", type_=Uuid()),
    )
    columns = [token.c.revoked_at, token.c.name, token.c.systems, token.c.user_id]
    columns += [user.c.active, user.c.name.label("user_name"), user.c.roles]
    return select(*columns).select_from(token.outerjoin(user, whose)).where(*own)


_STANDING = Prepared(_standing())
"""It is asked at the beginning of each transaction, and every two seconds for each token that is in use."""


@admission
async def still_who_they_were(unit: UnitOfWork) -> None:
    """Whoever writes has the token and the roles with which they came in: the doorkeeper, who remembers, may be late.

    Raises ``Refusal``: UNAUTHENTICATED for who was let go or whose token was revoked, FORBIDDEN for who lost a role.
    """
    viewer = unit.viewer
    if viewer.token_id is None or viewer.actor_kind is ActorKind.SYSTEM:
        return
    now = await _standing_of(unit, unit.organization_id, viewer.token_id)
    if now is None:
        raise _unknown()
    if not viewer.roles <= now.roles:
        raise Refusal(ErrorCode.FORBIDDEN, "A role was just taken from you; ask again with those that you have.")


async def _standing_of(reader: Reader, organization_id: UUID, token_id: UUID) -> Viewer | None:
    """The viewer of a token, as of now; None if it was revoked, or if the person is not active any more."""
    found = await _STANDING.rows(reader, {"organization": organization_id, "token": token_id})
    if not found or found[0]["revoked_at"] is not None:
        return None
    token = found[0]
    if token["user_id"] is None:
        return _connector(organization_id, token_id, token)
    person = {"organization_id": organization_id, "id": token["user_id"], "name": token["user_name"]}
    return as_person(person | {"roles": token["roles"]}, token_id) if token["active"] else None


class Doorkeeper:
    """Tells who presents a token. Remembers an answer for two seconds; what is written is held by the roles of then."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self._database = database
        self._secrets = secrets
        self._seen: dict[str, tuple[float, Viewer]] = {}
        self._looking: dict[str, asyncio.Task[Viewer | None]] = {}

    async def viewer(self, presented: str | None) -> Viewer:
        """The viewer of a presented token. Raises ``Refusal(UNAUTHENTICATED)``, always with the same words."""
        seen = self._seen.get(presented or "")
        if seen is not None and seen[0] > time.monotonic():
            return seen[1]
        found = await self._found(presented, seen[1] if seen else None) if presented is not None else None
        if found is None or presented is None:
            self._seen.pop(presented or "", None)
            raise _unknown()
        if len(self._seen) >= _MOST_REMEMBERED:
            self._seen.clear()
        self._seen[presented] = (time.monotonic() + _FRESH_SECONDS, found)
        return found

    async def known(self, token_id: UUID) -> Viewer | None:
        """The viewer of a token that signed something earlier, as of now; None if the token is not valid any more."""
        token = await self._token(token_id)
        return await self._standing(token["organization_id"], token_id) if token is not None else None

    async def _found(self, presented: str, before: Viewer | None) -> Viewer | None:
        """Look a token up; those who present the same one meanwhile wait for the same answer."""
        match = _TOKEN.fullmatch(presented)
        if match is None:
            return None
        task = self._looking.get(presented)
        if task is None:
            task = self._looking[presented] = asyncio.create_task(self._look_up(UUID(hex=match[1]), match[2], before))
            task.add_done_callback(lambda _done: self._looking.pop(presented, None))
        return await asyncio.shield(task)

    async def _look_up(self, id_: UUID, secret: str, before: Viewer | None) -> Viewer | None:
        if before is not None:
            # The secret was right, and does not change.
            return await self._standing(before.organization_id, id_)
        token = await self._token(id_)
        if token is None or not hmac.compare_digest(token["digest"], self._secrets.token_digest(secret)):
            return None
        return await self._standing(token["organization_id"], id_)

    async def _standing(self, organization_id: UUID, id_: UUID) -> Viewer | None:
        async with self._database.reading(organization_id, at_the_door=True) as reader:
            return await _standing_of(reader, organization_id, id_)

    async def _token(self, id_: UUID) -> Any:
        """The row of a token, or None; it is not known yet whose it is."""
        table = ApiToken.__table__
        async with self._database.looking_up("app.token", str(id_)) as reader:
            found = await reader.rows(select(table).where(table.c.id == id_))
        return found[0] if found else None


def as_person(user: Mapping[str, Any], token_id: UUID | None = None) -> Viewer:
    """A user, with the rights of the user's roles."""
    roles = frozenset(Role(name) for name in user["roles"])
    return Viewer(
        organization_id=user["organization_id"],
        actor_kind=ActorKind.USER,
        actor_id=user["id"],
        actor_name=user["name"],
        roles=roles,
        permissions=permissions_of(roles),
        token_id=token_id,
    )


def _unknown() -> Refusal:
    """Always the same words: they tell nobody what is wrong with a token."""
    return Refusal(ErrorCode.UNAUTHENTICATED, "A valid API token is needed: Authorization: Bearer qms_….")


def _connector(organization_id: UUID, token_id: UUID, token: Mapping[str, Any]) -> Viewer:
    roles = frozenset({Role.CONNECTOR})
    return Viewer(
        organization_id=organization_id,
        actor_kind=ActorKind.CONNECTOR,
        actor_id=token_id,
        actor_name=token["name"],
        roles=roles,
        permissions=permissions_of(roles),
        systems=frozenset(token["systems"] or ()),
        token_id=token_id,
    )
