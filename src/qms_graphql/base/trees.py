"""Trees: records that stand under others of their kind. Nothing may stand under itself, however far up."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.columns import Record
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork

_HIGHEST = 100
"""Levels that are looked through."""


async def refuse_circles(
    unit: UnitOfWork, model: type[Record], drafts: Sequence[Draft], *, column: str = "parent_id", name: str = "parent"
) -> None:
    """Refuse the drafts that would lead back to themselves by ``column``; ``name`` is what the input calls it.

    One statement for each level above the drafts, whatever their number.
    """
    placed = [draft for draft in drafts if draft.fields.get(column) is not None]
    above: dict[UUID, UUID | None] = {draft.id: draft.value(column) for draft in drafts}
    table = model.__table__
    for _ in range(_HIGHEST):
        unknown = {parent for parent in above.values() if parent is not None} - above.keys()
        if not placed or not unknown:
            break
        mine = (table.c.organization_id == unit.organization_id) & within(table.c.id, unknown, unit.dialect)
        above |= dict.fromkeys(unknown)
        above |= {row["id"]: row[column] for row in await unit.rows(select(table.c.id, table.c[column]).where(mine))}
    for draft in placed:
        if _leads_back(draft.id, above):
            draft.refuse(ErrorCode.INVALID, f"It would lead back to itself by {name}.", name)


def _leads_back(start: UUID, above: dict[UUID, UUID | None]) -> bool:
    """Whether the way up from a record comes back to it."""
    seen: set[UUID] = set()
    at = above.get(start)
    while at is not None and at not in seen:
        if at == start:
            return True
        seen.add(at)
        at = above.get(at)
    return False
