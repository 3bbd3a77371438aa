"""Signing by a PIN of the person's own (21 CFR 11.200): kept as an argon2 digest, tried only so often.

An attempt is counted before the PIN is looked at, in a transaction of its own: whoever tries many at once, or hangs up
in between, has used them up all the same.
"""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from qms_graphql.base.access import Viewer
from qms_graphql.base.clock import Clock
from qms_graphql.base.database import Database
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.model import SigningPin
from qms_graphql.base.transitions import Signature

SIGN = "records:sign"
"""The permission to sign."""
ATTEMPTS = 5
"""Wrong PINs in a row after which signing is locked."""
LOCKED_FOR = timedelta(minutes=15)
SHORTEST, LONGEST = 6, 64
_HASHER = PasswordHasher()


async def signed(database: Database, clock: Clock, viewer: Viewer, pin: str) -> Signature:
    """The signature of the person who asks.

    Raises ``Refusal`` on ``pin``: FORBIDDEN for who may not sign and for a wrong PIN, REQUIRED if the person has none,
    RATE_LIMITED after too many wrong ones.
    """
    if viewer.user_id is None or not viewer.may(SIGN):
        raise Refusal(ErrorCode.FORBIDDEN, "Only a person who may sign can do this.", ("pin",))
    mine = _mine(viewer)
    async with database.begin(viewer.organization_id) as connection:
        digest = await _attempt(connection, clock, viewer, "pin")
    if digest is None:
        raise Refusal(ErrorCode.REQUIRED, "You have no signing PIN yet; set one with setSigningPin.", ("pin",))
    if not await asyncio.to_thread(_matches, digest, pin):
        raise _wrong("pin")
    async with database.begin(viewer.organization_id) as connection:
        table = SigningPin.__table__
        await connection.execute(update(table).where(*mine).values(attempts=0))
    return Signature(viewer.user_id, viewer.actor_name)


async def set_pin(connection: AsyncConnection, clock: Clock, viewer: Viewer, pin: str, present: str | None) -> None:
    """Give the person who asks a signing PIN; to replace one, the ``present`` one is needed.

    Raises ``Refusal`` on ``pin`` or ``currentPin``; the attempt is counted if the caller commits all the same.
    """
    if not SHORTEST <= len(pin) <= LONGEST:
        raise Refusal(ErrorCode.INVALID, f"A signing PIN has {SHORTEST} to {LONGEST} characters.", ("pin",))
    digest = await _attempt(connection, clock, viewer, "currentPin")
    if digest is not None and present is None:
        raise Refusal(ErrorCode.REQUIRED, "You have a signing PIN; give it as currentPin.", ("currentPin",))
    if digest is not None and not await asyncio.to_thread(_matches, digest, present or ""):
        raise _wrong("currentPin")
    await forget_pin(connection, viewer.organization_id, viewer.user_id)
    await connection.execute(
        insert(SigningPin.__table__).values(
            organization_id=viewer.organization_id,
            user_id=viewer.user_id,
            digest=await asyncio.to_thread(_HASHER.hash, pin),
            attempts=0,
            last_at=clock.now(),
        )
    )


async def forget_pin(connection: AsyncConnection, organization_id: UUID, user_id: UUID | None) -> None:
    """Take a person's signing PIN away, for example because it was forgotten; the person can set a new one."""
    table = SigningPin.__table__
    await connection.execute(
        delete(table).where(table.c.organization_id == organization_id, table.c.user_id == user_id)
    )


async def _attempt(connection: AsyncConnection, clock: Clock, viewer: Viewer, field: str) -> str | None:
    """Count an attempt and answer with the digest to hold the PIN against; None if there is none."""
    table, now = SigningPin.__table__, clock.now()
    found = await connection.execute(select(table).where(*_mine(viewer)).with_for_update())
    row = found.mappings().one_or_none()
    if row is None:
        return None
    waited = now - row["last_at"] >= LOCKED_FOR
    if row["attempts"] >= ATTEMPTS and not waited:
        minutes = LOCKED_FOR.seconds // 60
        raise Refusal(ErrorCode.RATE_LIMITED, f"Too many wrong PINs; wait {minutes} minutes.", (field,))
    attempts = 1 if waited else row["attempts"] + 1
    await connection.execute(update(table).where(*_mine(viewer)).values(attempts=attempts, last_at=now))
    return str(row["digest"])


def _wrong(field: str) -> Refusal:
    return Refusal(ErrorCode.FORBIDDEN, "This is not your signing PIN.", (field,))


def _mine(viewer: Viewer) -> tuple[Any, Any]:
    table = SigningPin.__table__
    return table.c.organization_id == viewer.organization_id, table.c.user_id == viewer.user_id


def _matches(digest: str, pin: str) -> bool:
    try:
        return _HASHER.verify(digest, pin)
    except VerifyMismatchError:
        return False
