"""Clearing away what is left of files that are not there: refused and removed ones, and uploads that broke off."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from qms_graphql.base.access import system_viewer
from qms_graphql.base.clock import Clock
from qms_graphql.base.database import Database
from qms_graphql.base.drafts import Draft
from qms_graphql.base.secrets import Secrets
from qms_graphql.base.unit import UnitOfWork, transact
from qms_graphql.files.model import File
from qms_graphql.files.rules import ABANDONED, FileState
from qms_graphql.files.storage import Storage

_AT_ONCE = 200


async def sweep(database: Database, clock: Clock, secrets: Secrets, organization_id: UUID) -> int:
    """Take the bytes of files that are not there out of the store, and give up uploads that were begun long ago.

    Says of how many files something was left. It may run twice at once, and be broken off.
    """
    table, storage = File.__table__, Storage(database.settings)
    gone = table.c.state.in_((FileState.REFUSED, FileState.REMOVED)) & table.c.held.is_(True)
    abandoned = (table.c.state == FileState.PENDING) & (table.c.created_at < clock.now() - ABANDONED)
    left = select(table).where(table.c.organization_id == organization_id, or_(gone, abandoned)).order_by(table.c.id)
    swept = 0
    while True:
        async with database.reading(organization_id) as reader:
            rows = await reader.rows(left.limit(_AT_ONCE))
        if not rows:
            return swept
        for row in rows:
            if row["held"]:
                await storage.delete(row["storage_key"])

        async def clear(unit: UnitOfWork, ids: frozenset[UUID] = frozenset(row["id"] for row in rows)) -> None:
            await _clear(unit, ids)

        await transact(database, system_viewer(organization_id), clock, secrets, clear)
        swept += len(rows)


async def _clear(unit: UnitOfWork, ids: frozenset[UUID]) -> None:
    drafts = []
    for row in (await unit.lock(File, ids)).values():
        fields: dict[str, Any] = {"held": False}
        if row["state"] is FileState.PENDING:
            fields |= {"state": FileState.REFUSED, "reason": "It was not brought in time."}
        drafts.append(Draft(row["id"], fields, row))
    await unit.save(File, drafts)
