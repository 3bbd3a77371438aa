"""What files have done at intervals: what is left of those that are not there is cleared away."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.schedule import Shift, timed
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.files.model import File
from qms_graphql.files.rules import ABANDONED, FileState
from qms_graphql.files.storage import Storage

_MOST = 1000
"""Of one run; the next one goes on."""


@timed("files: sweep", every=timedelta(minutes=10))
async def sweep(shift: Shift) -> None:
    """Take the bytes of refused and removed files out of the store, and give up uploads that were begun long ago.

    It can be broken off: a row says that there may be bytes until they are gone.
    """
    table, storage = File.__table__, Storage(shift.database.settings)
    gone = table.c.state.in_((FileState.REFUSED, FileState.REMOVED)) & table.c.held.is_(True)
    abandoned = (table.c.state == FileState.PENDING) & (table.c.created_at < shift.clock.now() - ABANDONED)
    left = select(table.c.id).where(table.c.organization_id == shift.organization_id, or_(gone, abandoned))
    async with shift.database.reading(shift.organization_id) as reader:
        rows = await reader.rows(left.order_by(table.c.id).limit(_MOST))

    async def clear(unit: UnitOfWork, id_: UUID) -> None:
        row = await unit.lock_one(File, id_)
        await storage.delete(row["storage_key"])
        fields: dict[str, Any] = {"held": False}
        if row["state"] is FileState.PENDING:
            fields |= {"state": FileState.REFUSED, "reason": "It was not brought in time."}
        await unit.save(File, [Draft(id_, fields, row)])

    await shift.each([row["id"] for row in rows], clear)
