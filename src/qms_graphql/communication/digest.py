"""Digests: what happened since a moment to the records that concern a person or a department.

A record concerns whom its links name as owner, handler, assignee or author, or give work to, the department that it
names or whose people those are, and whoever follows it. So does a revision of a concerned document, and one that
satisfies a concerned requirement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import Select, func, select, union

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.model import Action, Event
from qms_graphql.base.sets import within
from qms_graphql.communication.commands import CONCERNED
from qms_graphql.communication.model import DepartmentFollow, Follow
from qms_graphql.documents.model import Document, Revision, RevisionRequirement
from qms_graphql.events.schema import readable, unless_hidden
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import batch_field, extend
from qms_graphql.graph.pages import keyset_page
from qms_graphql.graph.types import Node, PageInfo
from qms_graphql.people.model import User

READ = "communication:read"
OF_OTHERS = "events:read"
"""The permission to read digests that are not one's own."""
FIRST_OF_DIGEST = 20
MOST_OF_DIGEST = 200
_EVENT, _USER = Event.__table__, User.__table__

Since = Annotated[datetime, strawberry.argument(description="The first moment that belongs to it.")]
First = Annotated[int, strawberry.argument(description=f"The newest so many, at most {MOST_OF_DIGEST}.")]
After = Annotated[str | None, strawberry.argument(description="Cursor that the page begins after.")]


@strawberry.type(description="Something that happened to a record.")
class DigestEntry:
    """Something that happened to a record."""

    at: datetime = strawberry.field(description="When it happened.")
    action: Action = strawberry.field(description="What was done.")
    actor_name: str = strawberry.field(description="Who did it: the printed name at that time.")
    to_state: str | None = strawberry.field(description="The state it was moved to; null if it was not moved.")
    record: Node | None = strawberry.field(description="The record as it is now.")


@strawberry.type(description="A page of a digest, newest first.")
class DigestPage:
    """A page of a digest."""

    nodes: list[DigestEntry] = strawberry.field(description="What happened.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


@extend("User")
class UserDigest:
    """What happened to a person's records."""

    @batch_field(needs=(), personal=True)
    async def digest(
        rows: Sequence[Any], context: Context, since: Since, first: First = FIRST_OF_DIGEST, after: After = None
    ) -> list[DigestPage | None]:
        """What happened to the records that the person owns or follows, as far as who asks sees them.

        Null to others than the person, unless they may read events.
        """
        keys = [from_global(row.id)[1] for row in rows]
        asked = _Asked(since, first, after)
        return await _digests(context, _of_people(context), keys, {context.viewer.user_id}, asked)


@extend("Department")
class DepartmentDigest:
    """What happened to a department's records."""

    @batch_field(needs=(), personal=True)
    async def digest(
        rows: Sequence[Any], context: Context, since: Since, first: First = FIRST_OF_DIGEST, after: After = None
    ) -> list[DigestPage | None]:
        """What happened to the records that it or its people own, or that it follows, as far as who asks sees them.

        Null to others than its people, unless they may read events.
        """
        keys = [from_global(row.id)[1] for row in rows]
        mine = set() if context.viewer.may(OF_OTHERS) else {await _department(context)}
        return await _digests(context, _of_departments(context), keys, mine, _Asked(since, first, after))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which part of a digest."""

    since: datetime
    first: int
    after: str | None


async def _department(context: Context) -> UUID | None:
    """The department of the person who asks."""
    mine = _USER.c.organization_id == context.viewer.organization_id, _USER.c.id == context.viewer.user_id
    rows = await (await context.reader()).rows(select(_USER.c.department_id).where(*mine))
    return rows[0]["department_id"] if rows else None


def _of_people(context: Context) -> Iterator[Select[Any]]:
    """Whom records concern: person, record."""
    follow = Follow.__table__.c
    yield select(follow.user_id.label("whose"), follow.record_id).where(follow.active, _owned(context, follow))
    for table in _tables(context):
        for name in _whose(table):
            yield select(table.c[name].label("whose"), table.c.id.label("record_id")).where(_owned(context, table.c))


def _whose(table: Any) -> list[str]:
    """The columns of a table that say whom a record concerns: whose it is, or who has work by it."""
    return [column.name for column in table.c if column.name in CONCERNED or column.info.get("assigns")]


def _of_departments(context: Context) -> Iterator[Select[Any]]:
    """Which departments records concern: department, record."""
    follow = DepartmentFollow.__table__.c
    yield select(follow.department_id.label("whose"), follow.record_id).where(follow.active, _owned(context, follow))
    for table in _tables(context):
        own = _owned(context, table.c)
        if "department_id" in table.c:
            yield select(table.c.department_id.label("whose"), table.c.id.label("record_id")).where(own)
        for name in _whose(table):
            of_person = _owned(context, _USER.c), _USER.c.id == table.c[name]
            yield select(_USER.c.department_id.label("whose"), table.c.id.label("record_id")).where(own, *of_person)


def _belonging(context: Context, own: Any) -> Iterator[Select[Any]]:
    """The documents of a product and the revisions of a document or for a requirement, with whom those concern."""
    revision, document, pair = Revision.__table__.c, Document.__table__.c, RevisionRequirement.__table__.c
    of_document = _owned(context, revision), revision.document_id == own.c.record_id
    yield select(own.c.whose, revision.id).where(*of_document)
    of_requirement = _owned(context, pair), pair.requirement_id == own.c.record_id
    yield select(own.c.whose, pair.revision_id).where(*of_requirement)
    of_product = _owned(context, document), document.product_id == own.c.record_id
    yield select(own.c.whose, document.id).where(*of_product)
    made_for_it = _owned(context, revision), revision.document_id == document.id
    yield select(own.c.whose, revision.id).where(*of_product, *made_for_it)


def _tables(context: Context) -> Iterator[Any]:
    """The tables of records that the viewer may read at all."""
    kinds = set(readable(context))
    return (declared.table for declared in context.engine.by_table.values() if declared.record_type in kinds)


def _owned(context: Context, columns: Any) -> Any:
    return columns.organization_id == context.viewer.organization_id


async def _digests(
    context: Context, concerned: Iterator[Select[Any]], keys: Sequence[UUID], own: set[UUID | None], asked: _Asked
) -> list[DigestPage | None]:
    """A page for each person or department that the viewer may ask about, by one statement for all of them."""
    if not 0 <= asked.first <= MOST_OF_DIGEST:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"A page has at most {MOST_OF_DIGEST} entries.", ("first",))
    viewer, reader = context.viewer, await context.reader()
    allowed = {key for key in keys if viewer.may(READ) and (key in own or viewer.may(OF_OTHERS))}
    if not allowed:
        return [None] * len(keys)
    parts = [part.where(within(part.selected_columns.whose, allowed, reader.dialect)) for part in concerned]
    direct = union(*parts).cte("direct")
    records = union(select(direct), *_belonging(context, direct)).subquery("concerned")
    happened = [
        _EVENT.c.organization_id == viewer.organization_id,
        _EVENT.c.record_id == records.c.record_id,
        _EVENT.c.at >= asked.since,
        within(_EVENT.c.record_type, readable(context), reader.dialect),
        *(unless_hidden(context, declared) for declared in context.engine.by_table.values()),
    ]
    if asked.after is not None:
        happened.append(_EVENT.c.seq < context.secrets.position(viewer.organization_id, asked.after))
    place = func.row_number().over(partition_by=records.c.whose, order_by=_EVENT.c.seq.desc()).label("place")
    ranked = select(_EVENT, records.c.whose, place).where(*happened).subquery("ranked")
    newest = select(ranked).where(ranked.c.place <= asked.first + 1).order_by(ranked.c.seq.desc())
    found: dict[UUID, list[tuple[str, DigestEntry]]] = {}
    for row in await reader.rows(newest):
        cursor = context.secrets.cursor(viewer.organization_id, row["seq"])
        found.setdefault(row["whose"], []).append((cursor, _entry(context, row)))
    return [_page(found.get(key, ()), asked) if key in allowed else None for key in keys]


def _page(entries: Sequence[tuple[str, DigestEntry]], asked: _Asked) -> DigestPage:
    shown, info = keyset_page(entries, asked.first, asked.after)
    return DigestPage(nodes=[entry for _, entry in shown], page_info=info)


def _entry(context: Context, row: Any) -> DigestEntry:
    declared = context.engine.by_table[row["record_type"].lower()]
    states = row["payload"].get("transition") or (None, None)
    return DigestEntry(
        at=row["at"],
        action=row["action"],
        actor_name=row["actor_name"],
        to_state=states[1],
        record=ref(declared.name, row["record_id"]),
    )
