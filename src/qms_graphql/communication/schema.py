"""What the graph shows of communication: comments and followers of every record, and a person's notifications."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import select
from strawberry import auto

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.base.visibility import visible_ids
from qms_graphql.communication import commands, model
from qms_graphql.graph.abstract import one_of
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import batch_field, extend, mutation, node, one
from qms_graphql.graph.named import named_record
from qms_graphql.graph.pages import id_after, keyset_page, newest_of_each, page_size
from qms_graphql.graph.record import Record
from qms_graphql.graph.types import Node, PageInfo, UserError
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.people.schema import User

FIRST_OF_COMMENTS = 20
MOST_OF_COMMENTS = 200
MOST_FOLLOWERS = 200


@strawberry.type(description="What a person says about a record.")
class Comment:
    """What a person says about a record."""

    at: datetime = strawberry.field(description="When it was said.")
    author: User | None = strawberry.field(description="Who said it; null to who may not see people.")
    text: str = strawberry.field(description="The words.")
    mentions: list[User | None] = strawberry.field(description="Whom it names; null to who may not see people.")


@strawberry.type(description="A page of a record's comments, newest first.")
class CommentPage:
    """A page of a record's comments."""

    nodes: list[Comment] = strawberry.field(description="The comments.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


First = Annotated[int, strawberry.argument(description=f"The newest so many, at most {MOST_OF_COMMENTS}.")]
After = Annotated[str | None, strawberry.argument(description="Cursor that the page begins after.")]


@extend("Record")
class RecordCommunication:
    """What is said about a record, and who listens."""

    @batch_field(needs=())
    async def comments(
        rows: Sequence[Any], context: Context, first: First = FIRST_OF_COMMENTS, after: After = None
    ) -> list[CommentPage]:
        """What is said about it, newest first."""
        return await _comments(context, _keys(rows), page_size(first, MOST_OF_COMMENTS, "comments"), after)

    @batch_field(needs=())
    async def followers(rows: Sequence[Any], context: Context) -> list[list[User | None]]:
        """Who hears of it."""
        found = await _following(context, _keys(rows))
        return [[ref("User", user) for user in found.get(key, ())[:MOST_FOLLOWERS]] for key in _keys(rows)]

    @batch_field(needs=(), personal=True)
    async def followed(rows: Sequence[Any], context: Context) -> list[bool]:
        """Whether the person who asks hears of it."""
        found = await _following(context, _keys(rows))
        return [context.viewer.user_id in found.get(key, ()) for key in _keys(rows)]


@node(model.Notification, read="communication:read", plural="notifications", newest_first="at")
class Notification(Node):
    """That a person is told of something about a record. Everybody sees the own ones only."""

    kind: auto
    record: "Record | None" = one_of(
        model.Notification.record_id, kind=model.Notification.record_type, about="The record; null if it is not seen."
    )
    actor_name: auto
    at: auto
    read_at: auto
    user: "User | None" = one(
        model.Notification.user_id, back="notifications", back_doc="What the person is told; seen only by that person."
    )
    version: auto


def _keys(rows: Sequence[Any]) -> list[UUID]:
    return [from_global(row.id)[1] for row in rows]


async def _comments(context: Context, keys: Sequence[UUID], first: int, after: str | None) -> list[CommentPage]:
    """A page for each record: one statement for the comments, one for whom they name."""
    organization_id, reader = context.viewer.organization_id, await context.reader()
    if not context.viewer.may("communication:read"):
        return [_page([], first, after) for _ in keys]
    table, named = model.Comment.__table__, model.CommentMention.__table__
    mine = [table.c.organization_id == organization_id]
    if after is not None:
        mine.append(table.c.id < id_after(after, "comments"))
    rows = await newest_of_each(reader, table.c.record_id, table.c.id, keys, first, *mine)
    mentions: dict[UUID, list[UUID]] = {}
    if rows:
        ids = [row["id"] for row in rows]
        for row in await reader.rows(
            select(named.c.comment_id, named.c.user_id)
            .where(named.c.organization_id == organization_id, within(named.c.comment_id, ids, reader.dialect))
            .order_by(named.c.comment_id, named.c.position)
        ):
            mentions.setdefault(row["comment_id"], []).append(row["user_id"])
    found: dict[UUID, list[tuple[str, Comment]]] = {}
    for row in rows:
        comment = Comment(
            at=row["created_at"],
            author=ref("User", row["author_id"]),
            text=row["text"],
            mentions=[ref("User", user) for user in mentions.get(row["id"], ())],
        )
        found.setdefault(row["record_id"], []).append((row["id"].hex, comment))
    return [_page(found.get(key, []), first, after) for key in keys]


def _page(entries: Sequence[tuple[str, Comment]], first: int, after: str | None) -> CommentPage:
    shown, info = keyset_page(entries, first, after)
    return CommentPage(nodes=[comment for _, comment in shown], page_info=info)


async def _following(context: Context, keys: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    table, reader = model.Follow.__table__, await context.reader()
    if not context.viewer.may("communication:read"):
        return {}
    found: dict[UUID, list[UUID]] = {}
    for row in await reader.rows(
        select(table.c.record_id, table.c.user_id)
        .where(
            table.c.organization_id == context.viewer.organization_id,
            within(table.c.record_id, set(keys), reader.dialect),
            table.c.active.is_(True),
        )
        .order_by(table.c.user_id)
    ):
        found.setdefault(row["record_id"], []).append(row["user_id"])
    return found


# -- mutations ---------------------------------------------------------------------------------------------------------


@strawberry.input(description="What to say about which record.")
class AddCommentInput:
    """What to say about which record."""

    record: strawberry.ID = strawberry.field(description="The record.")
    text: str = strawberry.field(description="The words.")
    mentions: list[strawberry.ID] | None = strawberry.field(
        description="People to name: they are told. At most 50.", default=strawberry.UNSET
    )


@strawberry.input(description="Which record to hear of.")
class FollowRecordInput:
    """Which record to hear of."""

    record: strawberry.ID = strawberry.field(description="The record.")
    follow: bool = strawberry.field(description="False to hear of it no more.", default=True)


@strawberry.input(description="What was read.")
class MarkNotificationsReadInput:
    """What was read."""

    ids: list[strawberry.ID] = strawberry.field(description="The notifications, at most 200.")


@strawberry.type(description="What came of addComment.")
class AddCommentPayload:
    """What came of addComment."""

    record: Record | None = strawberry.field(description="The record, with its comments.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@strawberry.type(description="What came of followRecord.")
class FollowRecordPayload:
    """What came of followRecord."""

    record: Node | None = strawberry.field(description="The record.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@strawberry.type(description="What came of markNotificationsRead.")
class MarkNotificationsReadPayload:
    """What came of markNotificationsRead."""

    marked: int = strawberry.field(description="How many of them were unread.", default=0)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


MOST_MENTIONS = 50
WRITE = "communication:write"


@mutation(permission=WRITE, input=AddCommentInput)
async def add_comment(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> AddCommentPayload:
    """Say something about a record; those named and those who follow it are told. Needs communication:write."""
    named = await named_record(context, unit, given["record"])
    mentions = given.get("mentions") or []
    if len(mentions) > MOST_MENTIONS:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_MENTIONS} people.", ("mentions",))
    user = context.engine.by_table["user"]
    people = [own_key(text, user, ("mentions", str(index))) for index, text in enumerate(mentions)]

    async def sees(viewer: Viewer) -> bool:
        seen = await visible_ids(unit, named.model, viewer, [named.id])
        return viewer.may(named.declared.read) and bool(seen)

    await commands.add_comment(unit, named.place, given["text"], people, sees)
    return AddCommentPayload(record=named.ref)


@mutation(permission=WRITE, input=FollowRecordInput)
async def follow_record(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> FollowRecordPayload:
    """Hear of a record from now on, or no more. Needs communication:write."""
    named = await named_record(context, unit, given["record"], Node)
    await commands.follow(unit, named.place, commands.writer(unit), active=given["follow"])
    return FollowRecordPayload(record=named.ref)


@mutation(permission=WRITE, input=MarkNotificationsReadInput)
async def mark_notifications_read(
    context: Context, unit: UnitOfWork, given: Mapping[str, Any]
) -> MarkNotificationsReadPayload:
    """Note that notifications were read; only the own ones change. Needs communication:write."""
    if len(given["ids"]) > MOST_OF_COMMENTS:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_OF_COMMENTS} at a time.", ("ids",))
    notification = context.engine.by_table["notification"]
    ids = [own_key(text, notification, ("ids", str(index))) for index, text in enumerate(given["ids"])]
    return MarkNotificationsReadPayload(marked=await commands.mark_read(unit, ids))
