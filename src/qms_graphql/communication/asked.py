"""What is asked of people: the work that others give them, and the revisions that wait for their signature."""

from collections.abc import Iterator, Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.columns import Base
from qms_graphql.base.drafts import Draft
from qms_graphql.base.event_log import Change
from qms_graphql.base.facts import facts_of
from qms_graphql.base.machines import ACTOR, ROLES, Facts
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.transitions import consequence
from qms_graphql.base.unit import UnitOfWork, conclusion
from qms_graphql.communication.commands import Place, notify, notify_each
from qms_graphql.communication.model import Notification
from qms_graphql.communication.rules import NotificationKind
from qms_graphql.documents.machine import may_sign
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import RevisionStatus
from qms_graphql.people.identity import as_person
from qms_graphql.people.model import User


@conclusion
async def tell_of_work(unit: UnitOfWork, changes: Sequence[Change]) -> None:
    """Tell people of the work that somebody else gave them: what their columns say ``assigns`` it."""
    told = dict.fromkeys(one for change in changes for one in _given(change) if one[1] != unit.viewer.user_id)
    if told:
        await notify_each(unit, NotificationKind.ASSIGNED, told)


def _given(change: Change) -> Iterator[tuple[Place, UUID]]:
    """To whom a change gives work that they did not have before."""
    for name in _assigning(change.record_type):
        before, after = change.values.get(name, (None, None))
        if after is not None and after != before:
            yield (RecordType(change.record_type), change.record_id), after


@cache
def _assigning(record_type: str) -> tuple[str, ...]:
    """The columns of a kind of record that give work to somebody."""
    table = Base.metadata.tables[record_type.lower()]
    return tuple(column.name for column in table.columns if column.info.get("assigns"))


@consequence(Revision, RevisionStatus.IN_REVIEW)
async def tell_approvers(unit: UnitOfWork, facts: Facts) -> None:
    """Tell those who may sign one of the approvals that a revision needs, but who submits it."""
    # Read anew: who wrote it is looked up of what is in review only.
    known = await facts_of(unit, Revision, unit.organization_id, [facts["id"]], unit.now)
    table = User.__table__
    working = table.c.organization_id == unit.organization_id, table.c.active
    people = [as_person(row) for row in await unit.rows(select(table).where(*working))]
    revision = known[facts["id"]]
    asked = {
        person.user_id
        for person in people
        if may_sign(revision | {ACTOR: person.user_id, ROLES: person.roles}, person.permissions)
    }
    place = RecordType.REVISION, facts["id"]
    await notify(unit, place, NotificationKind.TO_APPROVE, {id_ for id_ in asked if id_} - {unit.viewer.user_id})


@consequence(Revision, RevisionStatus.DRAFT, RevisionStatus.APPROVED)
async def ask_no_more(unit: UnitOfWork, facts: Facts) -> None:
    """Nobody is asked any more to sign what was approved or goes back: for all who were, it counts as read."""
    table = Notification.__table__
    rows = await unit.rows(
        select(table.c.id).where(
            table.c.organization_id == unit.organization_id,
            table.c.record_id == facts["id"],
            table.c.kind == NotificationKind.TO_APPROVE,
            table.c.read_at.is_(None),
        )
    )
    asked = await unit.lock(Notification, [row["id"] for row in rows])
    await unit.save(Notification, [Draft(id_, {"read_at": unit.now}, row) for id_, row in asked.items()])
