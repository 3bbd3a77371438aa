"""What documents have done at intervals: revisions whose date is reached become effective."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.schedule import Shift, timed
from qms_graphql.base.transitions import Intent, move
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import RevisionStatus


@timed("documents: take effect", every=timedelta(minutes=1))
async def take_effect(shift: Shift) -> None:
    """Make approved revisions effective whose date is reached; what lacks training is held until it does not."""
    table = Revision.__table__
    async with shift.database.reading(shift.organization_id) as reader:
        due = await reader.rows(
            select(table.c.id)
            .where(
                table.c.organization_id == shift.organization_id,
                table.c.status == RevisionStatus.APPROVED,
                table.c.effective_from <= shift.clock.now(),
            )
            .order_by(table.c.effective_from, table.c.id)
        )
    await shift.each([row["id"] for row in due], _make_effective)


async def _make_effective(unit: UnitOfWork, id_: UUID) -> None:
    row = await unit.lock_one(Revision, id_)
    await move(unit, Revision, id_, Intent(RevisionStatus.EFFECTIVE.value, row["version"]))
