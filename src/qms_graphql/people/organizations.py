"""Organizations: found by their short name, made when they are new."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import select

from qms_graphql.base import event_log
from qms_graphql.base.database import Database
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import new_id
from qms_graphql.base.model import Organization
from qms_graphql.base.sets import insert_new

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


async def find(database: Database, slug: str) -> UUID | None:
    """The organization of this short name."""
    table = Organization.__table__
    async with database.looking_up("app.slug", slug) as reader:
        rows = await reader.rows(select(table.c.id).where(table.c.slug == slug))
    return rows[0]["id"] if rows else None


async def known(database: Database, slug: str) -> UUID:
    """The organization of this short name. Raises ``Refusal(NOT_FOUND)``."""
    found = await find(database, slug)
    if found is None:
        raise Refusal(ErrorCode.NOT_FOUND, f"There is no organization {slug}.", ("organization",))
    return found


async def find_or_create(
    database: Database, slug: str, now: datetime, *, name: str | None = None, zone: str = "UTC"
) -> UUID:
    """The organization of this short name; made, with an empty event stream, if there is none."""
    if not _SLUG.fullmatch(slug):
        raise Refusal(ErrorCode.INVALID, "A short name has lower-case letters, digits and hyphens.", ("organization",))
    if zone not in available_timezones():
        raise Refusal(ErrorCode.INVALID, f"There is no time zone {zone}.", ("timeZone",))
    found = await find(database, slug)
    if found is not None:
        return found
    id_ = new_id()
    async with database.begin(id_) as connection:
        await connection.execute(
            insert_new(Organization.__table__, database.dialect).values(
                id=id_, slug=slug, name=name or slug, time_zone=zone, created_at=now
            )
        )
        if (await connection.execute(select(Organization.id).where(Organization.id == id_))).scalar() is not None:
            await event_log.open_stream(connection, id_)
    made = await find(database, slug)
    assert made is not None  # noqa: S101 - ours, or that of whoever was first
    return made


async def all_organizations(database: Database) -> Sequence[Any]:
    """Every organization of the installation: for the operator's command line only."""
    async with database.looking_up("app.operator", "on") as reader:
        return await reader.rows(select(Organization.__table__).order_by(Organization.slug))
