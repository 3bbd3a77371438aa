"""What privacy has done at intervals: scrubbing once more, where somebody kept it from being done after an erasure."""

from datetime import timedelta

from sqlalchemy import select

from qms_graphql.base.schedule import Shift, timed
from qms_graphql.base.scrubbing import scrub
from qms_graphql.customers.model import Customer

_EVERY = timedelta(hours=6)


@timed("privacy: scrub", every=_EVERY)
async def scrub_again(shift: Shift) -> None:
    """Take what was erased lately out of the database's files, once more."""
    table = Customer.__table__
    async with shift.database.reading(shift.organization_id) as reader:
        lately = await reader.rows(
            select(table.c.id)
            .where(table.c.organization_id == shift.organization_id, table.c.erased_at > shift.clock.now() - 2 * _EVERY)
            .limit(1)
        )
    if lately and not await scrub(shift.database):
        shift.held += 1
    else:
        shift.done += len(lately)
