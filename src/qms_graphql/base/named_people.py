"""Who is named for work works here: a rule of all columns that say so (``columns.link("user", …, works=True)``)."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Table, select

from qms_graphql.base.columns import Base, Record
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.sets import within

if TYPE_CHECKING:
    from qms_graphql.base.unit import UnitOfWork


async def refuse_gone(unit: "UnitOfWork", model: type[Record], drafts: Sequence[Draft]) -> None:
    """Refuse each draft that newly names somebody for work who does not work here any more.

    Who was named before they left may stay named, and history that is brought in names whom it names.
    """
    named = [
        (draft, column, draft.fields[column])
        for column in _working(model.__table__)
        for draft in drafts
        if draft.fields.get(column) is not None
        and not draft.backfill
        and (draft.current is None or draft.current[column] != draft.fields[column])
    ]
    if not named:
        return
    user = Base.metadata.tables["user"]
    ids = {id_ for _, _, id_ in named}
    mine = user.c.organization_id == unit.organization_id, within(user.c.id, ids, unit.dialect)
    gone = {row["id"] for row in await unit.rows(select(user.c.id).where(*mine, user.c.active.is_(False)))}
    for draft, column, id_ in named:
        if id_ in gone:
            draft.refuse(ErrorCode.INVALID, "This person does not work here any more.", column.removesuffix("_id"))


@cache
def _working(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.info.get("works"))
