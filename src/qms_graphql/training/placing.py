"""What people are to be trained in when they come, leave, or get another department or other roles."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import RevisionStatus
from qms_graphql.people.commands import Placing, when_placed
from qms_graphql.training.commands import TRAINED_IN, assign_each, end, is_one_of
from qms_graphql.training.courses import courses_of
from qms_graphql.training.model import TrainingRecord
from qms_graphql.training.rules import LEFT, MOVED, OPEN, Person, gains

_TABLE = TrainingRecord.__table__


@when_placed
async def follow_people(unit: UnitOfWork, placings: Sequence[Placing]) -> None:
    """Train people in what holds, or is approved, for where they are now, and no more in what was for another place.

    Who has left is trained in nothing, however it was assigned.
    """
    gained: list[tuple[UUID, UUID]] = []
    lost: set[tuple[UUID, UUID]] = set()
    revisions = await _trained_in(unit)
    courses = await courses_of(unit, unit.organization_id, {row["document_id"] for row in revisions})
    for one in placings:
        before, after = (None if row is None else Person.of(row) for row in (one.before, one.after))
        for revision in revisions:
            course = courses[revision["document_id"]]
            change = gains(before, after, course.roles, course.departments)
            if change:
                gained.append((revision["id"], one.id))
            elif change is False:
                lost.add((revision["id"], one.id))
    left = {one.id for one in placings if one.left}
    if left:
        await end(unit, within(_TABLE.c.user_id, left, unit.dialect), LEFT)
    await _lose(unit, {pair for pair in lost if pair[1] not in left})
    await _gain(unit, gained)


async def _trained_in(unit: UnitOfWork) -> Sequence[Mapping[str, Any]]:
    """The revisions that people are trained in because of their place, in the order of their ids.

    What is in review is locked: whoever approves it at this moment is waited for, or waits and sees who has come.
    """
    table = Revision.__table__
    status = or_(*(table.c.status == status for status in (*TRAINED_IN, RevisionStatus.IN_REVIEW)))
    mine = table.c.organization_id == unit.organization_id, table.c.training_waived.is_(None)
    columns = table.c.id, table.c.document_id, table.c.status
    rows = await unit.rows(select(*columns).where(*mine, status).order_by(table.c.id))
    reviewed = await unit.lock(Revision, [row["id"] for row in rows if row["status"] is RevisionStatus.IN_REVIEW])
    return [row for row in rows if reviewed.get(row["id"], row)["status"] in TRAINED_IN]


async def _lose(unit: UnitOfWork, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """Cancel what of the training in these revisions these people have still to do: pairs (revision, person)."""
    if not pairs:
        return
    rows = await unit.rows(
        select(_TABLE.c.id, _TABLE.c.revision_id, _TABLE.c.user_id).where(
            _TABLE.c.organization_id == unit.organization_id,
            within(_TABLE.c.user_id, {person for _, person in pairs}, unit.dialect),
            is_one_of(OPEN, _TABLE.c),
        )
    )
    found = [row["id"] for row in rows if (row["revision_id"], row["user_id"]) in pairs]
    if found:
        await end(unit, within(_TABLE.c.id, found, unit.dialect), MOVED)


async def _gain(unit: UnitOfWork, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Assign training in these revisions to these people, as their approval would have."""
    # Locked, so that nobody assigns at the same time, and read again: one of them may be put away by now.
    locked = await unit.lock(Revision, {revision for revision, _ in pairs})
    wanted = [(locked[id_], person) for id_, person in pairs if locked[id_]["status"] in TRAINED_IN]
    await assign_each(unit, wanted, for_others=True)
