"""What may be done with comments, follows and notifications."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.access import Viewer
from qms_graphql.base.columns import Record
from qms_graphql.base.drafts import Draft, check_columns
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.ids import new_id
from qms_graphql.base.machines import Facts
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.transitions import witness
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.communication.model import Comment, CommentMention, DepartmentFollow, Follow, Notification
from qms_graphql.communication.rules import NotificationKind
from qms_graphql.people.identity import as_person
from qms_graphql.people.model import User

CONCERNED = ("author_id", "owner_id", "handler_id", "assignee_id")
"""The columns that say whose a record is."""

Place = tuple[RecordType, UUID]
"""A record: its kind and id."""

Sees = Callable[[Viewer], Awaitable[bool]]
"""Whether somebody sees the record."""


def writer(unit: UnitOfWork) -> UUID:
    """The person who asks. Raises ``Refusal(FORBIDDEN)`` for a program."""
    if unit.viewer.user_id is None:
        raise Refusal(ErrorCode.FORBIDDEN, "Only a person can do this.")
    return unit.viewer.user_id


async def add_comment(unit: UnitOfWork, place: Place, text: str, mentions: Sequence[UUID], sees: Sees) -> UUID:
    """Say something about a record; those named and those who follow it are told. Whoever comments follows from then.

    Raises ``Refusals`` on ``text`` and ``mentions``: nobody is named who does not see the record, and so could not
    read what is said.
    """
    author = writer(unit)
    people = await unit.lock(User, mentions)
    draft = Draft(new_id(), {"record_type": place[0], "record_id": place[1], "text": text, "author_id": author})
    for index, user in enumerate(mentions):
        if user not in people or not people[user]["active"]:
            draft.refuse(ErrorCode.NOT_FOUND, "There is no such person.", "mentions", str(index))
        elif not await sees(as_person(people[user])):
            draft.refuse(ErrorCode.INVALID, "This person does not see the record.", "mentions", str(index))
    draft.parts[CommentMention] = [{"user_id": user} for user in sorted(set(mentions))]
    check_columns(Comment, draft, {"text": "text"})
    if draft.refused:
        raise Refusals(draft.refusals)
    await unit.save(Comment, [draft])
    await follow(unit, place, author)
    named = set(mentions) - {author}
    await notify(unit, place, NotificationKind.MENTIONED, named)
    await notify(unit, place, NotificationKind.COMMENTED, set(await followers(unit, place)) - named - {author})
    return draft.id


async def follow(unit: UnitOfWork, place: Place, user_id: UUID, *, active: bool = True) -> None:
    """Have a person hear of a record from now on, or no more. Saying it again changes nothing."""
    await _follow(unit, Follow, "user_id", place, user_id, active=active)


async def follow_for_department(unit: UnitOfWork, place: Place, department_id: UUID, *, active: bool) -> None:
    """Have a department hear of a record from now on, or no more. Saying it again changes nothing."""
    await _follow(unit, DepartmentFollow, "department_id", place, department_id, active=active)


async def _follow(
    unit: UnitOfWork, model: type[Record], whose: str, place: Place, follower: UUID, *, active: bool
) -> None:
    table = model.__table__
    own = table.c.organization_id == unit.organization_id, table.c[whose] == follower
    held = await unit.rows(select(table.c.id).where(*own, table.c.record_id == place[1]))
    if held:
        (row,) = (await unit.lock(model, [held[0]["id"]])).values()
        await unit.save(model, [Draft(row["id"], {"active": active}, row)])
    elif active:
        fields = {"record_type": place[0], "record_id": place[1], whose: follower, "active": True}
        await unit.save(model, [Draft(new_id(), fields)])


async def followers(unit: UnitOfWork, place: Place) -> list[UUID]:
    """Who hears of a record."""
    table = Follow.__table__
    rows = await unit.rows(
        select(table.c.user_id)
        .where(table.c.organization_id == unit.organization_id, table.c.record_id == place[1], table.c.active.is_(True))
        .order_by(table.c.user_id)
    )
    return [row["user_id"] for row in rows]


async def notify(unit: UnitOfWork, place: Place, kind: NotificationKind, people: Iterable[UUID]) -> None:
    """Tell people of a record, in the transaction of what they are told of."""
    await notify_each(unit, kind, [(place, user) for user in sorted(people)])


async def notify_each(unit: UnitOfWork, kind: NotificationKind, told: Iterable[tuple[Place, UUID]]) -> None:
    """Tell people of a record each."""
    said = {"kind": kind, "actor_name": unit.viewer.actor_name, "at": unit.now}
    drafts = [
        Draft(new_id(), said | {"record_type": place[0], "record_id": place[1], "user_id": user})
        for place, user in told
    ]
    await unit.save(Notification, drafts)


async def mark_read(unit: UnitOfWork, ids: Sequence[UUID]) -> int:
    """Note that the person who asks has read these; answers how many were unread. Others' are left alone."""
    person, held = writer(unit), await unit.lock(Notification, ids)
    mine = [row for row in held.values() if row["user_id"] == person and row["read_at"] is None]
    await unit.save(Notification, [Draft(row["id"], {"read_at": unit.now}, row) for row in mine])
    return len(mine)


@witness
async def tell_of_move(unit: UnitOfWork, model: type[Record], facts: Facts) -> None:
    """Tell those who follow a record, and those whose it is, that it moved."""
    place = RecordType(model.__tablename__.upper()), facts["id"]
    people = {*await followers(unit, place), *map(facts.get, CONCERNED)} - {unit.viewer.user_id}
    await notify(unit, place, NotificationKind.MOVED, {user for user in people if user is not None})
