"""What the graph shows of events: the change feed as query and subscription, and the integrity of the audit trail."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, or_, select, true

from qms_graphql.base import event_log
from qms_graphql.base.columns import Record
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import to_global
from qms_graphql.base.model import Action, Event
from qms_graphql.base.model import ExternalRef as Reference
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.sets import within
from qms_graphql.base.visibility import is_made_for_others, restriction, visible, visible_ids
from qms_graphql.events.feed import Row, head_position
from qms_graphql.events.references import ExternalRef, shown_ref
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import TypeDeclaration, query, subscription
from qms_graphql.graph.types import Node, describe_enum

PAGE_CAP = 1000

After = Annotated[str | None, strawberry.argument(description="Cursor of the last change seen.")]
Types = Annotated[
    list[RecordType] | None,
    strawberry.argument(description="Only these kinds of record; all but notifications if left out."),
]
ExcludeOrigin = Annotated[list[str] | None, strawberry.argument(description="Not what came from these systems.")]

describe_enum(RecordType)


@strawberry.type(description="Where a change came from.")
class Origin:
    """Where a change came from."""

    system: str = strawberry.field(description="The external system.")


class _Refs:
    """The external references of all records of a page, read once when the first is asked for."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._ids = {row["record_id"] for row in rows}
        self._found: dict[UUID, list[ExternalRef]] | None = None

    async def of(self, context: Context, record_id: UUID) -> list[ExternalRef]:
        if self._found is None:
            self._found = {}
            table = Reference.__table__
            reader = await context.reader()
            rows = await reader.rows(
                select(table)
                .where(
                    table.c.organization_id == context.viewer.organization_id,
                    within(table.c.record_id, self._ids, reader.dialect),
                )
                .order_by(table.c.system, table.c.external_id)
            )
            for row in rows:
                self._found.setdefault(row["record_id"], []).append(shown_ref(row))
        return self._found.get(record_id, [])


@strawberry.type(
    description="One change of one record. Erasable personal values are not in here; `record` shows what is now."
)
class Change:
    """One change of one record."""

    cursor: str = strawberry.field(description="Where it stands in the stream; resume after it.")
    previous_cursor: str | None = strawberry.field(description="Cursor of the event sent before this one.")
    at: datetime = strawberry.field(description="When it happened.")
    action: Action = strawberry.field(description="What was done.")
    type: RecordType | None = strawberry.field(description="Kind of record; null for a heartbeat.")
    record_id: strawberry.ID | None = strawberry.field(description="The record; null for a heartbeat.")
    version: int | None = strawberry.field(description="The record's version after it.")
    changed_fields: list[str] = strawberry.field(description="Which fields changed.")
    merged_into: strawberry.ID | None = strawberry.field(description="For a merge: the winner.")
    actor_name: str | None = strawberry.field(description="Who did it; null for a heartbeat, which nobody does.")
    origin: Origin | None = strawberry.field(description="The external system it came from.")
    record: Node | None = strawberry.field(description="The record as it is now; null when it is gone.")
    position: strawberry.Private[int] = 0
    key: strawberry.Private[UUID | None] = None
    refs: strawberry.Private[Any] = None

    @strawberry.field(description="The record's keys in external systems.")
    async def external_refs(self, info: strawberry.Info) -> list[ExternalRef]:
        """The record's keys in external systems."""
        return [] if self.key is None else await self.refs.of(info.context, self.key)


@strawberry.type(description="A page of changes in commit order.")
class ChangePage:
    """A page of changes in commit order."""

    nodes: list[Change] = strawberry.field(description="The changes.")
    end_cursor: str = strawberry.field(description="Resume after this; it has passed what was filtered out.")
    head_cursor: str = strawberry.field(description="The newest end of the stream.")
    horizon_cursor: str = strawberry.field(description="The oldest position still kept.")
    has_next_page: bool = strawberry.field(description="Whether more changes follow.")


@strawberry.type(description="Whether the audit trail is what was written.")
class AuditIntegrity:
    """Whether the audit trail is what was written."""

    entries: int = strawberry.field(description="How many events there are.")
    intact: bool = strawberry.field(description="Whether every event fits the one before it, and none is missing.")
    first_broken: int | None = strawberry.field(description="Number of the first event that does not fit.")
    head_hash: str = strawberry.field(description="Hash of the newest event, hexadecimal.")


@query(read="audit:read", weight=10_000)
async def audit_integrity(context: Context) -> AuditIntegrity:
    """Recompute the hash chain of the whole audit trail, and locate what was changed, removed or inserted."""
    found = await event_log.verify(await context.reader(), context.viewer.organization_id)
    return AuditIntegrity(
        entries=found.entries, intact=found.intact, first_broken=found.first_broken, head_hash=found.head_hash
    )


@query(read="events:read")
async def changes(
    context: Context,
    after: After = None,
    types: Types = None,
    exclude_origin: ExcludeOrigin = None,
    first: Annotated[int, strawberry.argument(description="The first so many, at most 1000.")] = 50,
) -> ChangePage:
    """What changed since a cursor, in commit order, deletions and merges included. Null starts at the horizon."""
    if not 0 < first <= PAGE_CAP:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"A page has 1 to {PAGE_CAP} changes.", ("first",))
    organization_id, reader = context.viewer.organization_id, await context.reader()
    table = Event.__table__
    head = await event_log.end_position(reader, organization_id)
    start = _position(context, after, head)
    condition = [table.c.organization_id == organization_id, table.c.seq > start, table.c.seq <= head]
    condition.append(within(table.c.record_type, readable(context, types), reader.dialect))
    condition += [unless_hidden(context, declared) for declared in context.engine.by_table.values()]
    if exclude_origin:
        condition.append(or_(table.c.origin.is_(None), ~within(table.c.origin, exclude_origin, reader.dialect)))
    rows = await reader.rows(select(table).where(*condition).order_by(table.c.seq).limit(first + 1))
    page, more = rows[:first], len(rows) > first
    secrets = context.secrets
    return ChangePage(
        nodes=_shown(context, page, start),
        end_cursor=secrets.cursor(organization_id, page[-1]["seq"] if more else head),
        head_cursor=secrets.cursor(organization_id, head),
        horizon_cursor=secrets.cursor(organization_id, 0),
        has_next_page=more,
    )


@subscription(read="events:read", name="changes", resume="after")
async def changes_live(
    context: Context,
    after: After = None,
    types: Types = None,
    exclude_origin: ExcludeOrigin = None,
) -> AsyncIterator[Change]:
    """Changes as they are committed, in order, none missed or repeated. `after` resumes; null starts now."""
    async with aclosing(followed(context, after, readable(context, types), exclude_origin or ())) as changes:
        async for change in changes:
            yield change


async def followed(
    context: Context, after: str | None, kinds: Iterable[str], left_out: Collection[str] = ()
) -> AsyncGenerator[Change, None]:
    """Changes of these kinds of record as they are committed, without those of records that the viewer does not see."""
    organization_id = context.viewer.organization_id
    start = None
    if after is not None:
        start = _position(context, after, await head_position(context.database, organization_id))
    wanted = set(kinds)
    limited = [type_ for type_ in context.engine.by_table.values() if restriction(type_.model, context.viewer)]
    previous, spoken = start, time.monotonic()
    # Closed at once when the subscriber goes: left to the collector, the reader would go on for nobody.
    async with aclosing(context.feed.follow(organization_id, start)) as pages:
        async for position, rows in pages:
            taken = [row for row in rows if row["record_type"] in wanted and row["origin"] not in left_out]
            taken = await _without_hidden(context, limited, taken)
            for change in _shown(context, taken, previous):
                yield change
            if taken:
                previous = taken[-1]["seq"]
            elif not rows or time.monotonic() - spoken >= context.feed.heartbeat:
                # Silence, or nothing but what is filtered out: the cursor advances all the same.
                yield _heartbeat(context, position, previous)
                previous = position
            else:
                continue
            spoken = time.monotonic()


def _position(context: Context, after: str | None, head: int) -> int:
    if after is None:
        return 0
    position = context.secrets.position(context.viewer.organization_id, after)
    if position > head:
        raise Refusal(
            ErrorCode.CURSOR_EXPIRED, "The cursor lies beyond the stream: it was restored. Read afresh.", ("after",)
        )
    return position


def readable(context: Context, types: list[RecordType] | None = None) -> list[str]:
    """The kinds of record that are asked for and that the viewer may read; what is for one person only if named."""
    wanted = {item.value for item in types} if types is not None else None
    return sorted(
        declared.record_type
        for declared in context.engine.by_table.values()
        if context.viewer.may(declared.read)
        and (not is_made_for_others(declared.model) if wanted is None else declared.record_type in wanted)
    )


def unless_hidden(context: Context, declared: TypeDeclaration) -> ColumnElement[bool]:
    """That an event is not about a record of this type that the viewer does not see."""
    if restriction(declared.model, context.viewer) is None:
        return true()
    events, records = Event.__table__, declared.table
    seen = select(records.c.id).where(
        records.c.organization_id == events.c.organization_id,
        records.c.id == events.c.record_id,
        visible(declared.model, records, context.viewer),
    )
    return or_(events.c.record_type != declared.record_type, seen.exists())


async def _without_hidden(context: Context, limited: Iterable[TypeDeclaration], rows: list[Row]) -> list[Row]:
    """The events without those about records of these types that the viewer does not see now."""
    for declared in limited:
        ids = {row["record_id"] for row in rows if row["record_type"] == declared.record_type}
        if ids:
            assert issubclass(declared.model, Record)  # noqa: S101 - events are about records
            async with context.database.reading(context.viewer.organization_id) as reader:
                seen = await visible_ids(reader, declared.model, context.viewer, ids)
            rows = [row for row in rows if row["record_type"] != declared.record_type or row["record_id"] in seen]
    return rows


def _shown(context: Context, rows: Sequence[Row], previous: int | None) -> list[Change]:
    organization_id, refs = context.viewer.organization_id, _Refs(rows)
    before = None if previous is None else context.secrets.cursor(organization_id, previous)
    shown = []
    for row in rows:
        table = row["record_type"].lower()
        declared = context.engine.by_table[table]
        merged = row["payload"].get("mergedInto")
        cursor = context.secrets.cursor(organization_id, row["seq"])
        shown.append(
            Change(
                cursor=cursor,
                previous_cursor=before,
                at=row["at"],
                action=row["action"],
                type=RecordType(row["record_type"]),
                record_id=strawberry.ID(to_global(table, row["record_id"])),
                version=row["record_version"],
                changed_fields=sorted(declared.spelling(name) for name in row["changed_fields"]),
                merged_into=strawberry.ID(to_global(table, UUID(hex=merged))) if merged else None,
                actor_name=row["actor_name"],
                origin=Origin(system=row["origin"]) if row["origin"] else None,
                record=ref(declared.name, row["record_id"]),
                position=row["seq"],
                key=row["record_id"],
                refs=refs,
            )
        )
        before = cursor
    return shown


def _heartbeat(context: Context, position: int, previous: int | None) -> Change:
    cursor = context.secrets.cursor
    return Change(
        cursor=cursor(context.viewer.organization_id, position),
        previous_cursor=None if previous is None else cursor(context.viewer.organization_id, previous),
        at=context.clock.now(),
        action=Action.HEARTBEAT,
        type=None,
        record_id=None,
        version=None,
        changed_fields=[],
        merged_into=None,
        actor_name=None,
        origin=None,
        record=None,
        position=position,
    )
