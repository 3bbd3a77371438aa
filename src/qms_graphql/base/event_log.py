"""The event log: one append-only, gapless, hash-chained stream per organization.

An event's hash is SHA-256 over the canonical JSON (see :func:`qms_graphql.base.columns.canonical_json`) of this array::

    [previous hash, organization id, seq, at, actor kind, actor id, actor name, origin, action, record type, record id,
     record version, changed fields, payload, sealed, subject id]

with ids as 32 hexadecimal digits, ``at`` as ``YYYY-MM-DDTHH:MM:SS.ffffff`` in UTC, absent values as null, and the hash
before the first event as 64 zeros. Whoever knows this paragraph can verify an export without our code.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from qms_graphql.base.access import Viewer
from qms_graphql.base.bulk import insert_rows
from qms_graphql.base.columns import canonical_json, utc_text
from qms_graphql.base.model import Action, Event, OrganizationStream
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import insert_new

GENESIS = "0" * 64
_PAGE = 500


@dataclass(slots=True)
class Change:
    """One record's change, about to become one event. ``values`` maps a field to (before, after)."""

    record_type: str
    record_id: UUID
    action: Action
    version: int
    values: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    personal: frozenset[str] = frozenset()
    subject_id: UUID | None = None
    origin: str | None = None
    sealed: str | None = None
    notes: dict[str, Any] = field(default_factory=dict)
    """What else the payload says, for example ``{"mergedInto": …}``."""


@dataclass(frozen=True, slots=True)
class Integrity:
    """What a verification found. ``first_broken`` is the number of the first event that does not fit."""

    entries: int
    intact: bool
    first_broken: int | None
    head_hash: str


def digest(previous: str, row: Mapping[str, Any]) -> str:
    """The hash of an event row, given the hash before it. The module's docstring is its specification."""
    return hashlib.sha256(
        canonical_json(
            [
                previous,
                row["organization_id"].hex,
                row["seq"],
                utc_text(row["at"]),
                row["actor_kind"].value,
                row["actor_id"].hex if row["actor_id"] else None,
                row["actor_name"],
                row["origin"],
                row["action"].value,
                row["record_type"],
                row["record_id"].hex,
                row["record_version"],
                row["changed_fields"],
                row["payload"],
                row["sealed"],
                row["subject_id"].hex if row["subject_id"] else None,
            ]
        )
    ).hexdigest()


async def append(reader: Reader, viewer: Viewer, at: datetime, changes: Sequence[Change]) -> int:
    """Write the events of a transaction, as its last statements, and return the new end of the stream.

    The organization's row stays locked until the commit, so numbers follow the order of commits, without holes.
    """
    organization_id = viewer.organization_id
    stream = OrganizationStream.__table__
    seq, head = (
        await reader.connection.execute(
            select(stream.c.seq, stream.c.head).where(stream.c.organization_id == organization_id).with_for_update()
        )
    ).one()
    rows = []
    for change in changes:
        seq += 1
        row = {
            "organization_id": organization_id,
            "seq": seq,
            "at": at,
            "actor_kind": viewer.actor_kind,
            "actor_id": viewer.actor_id,
            "actor_name": viewer.actor_name,
            "origin": change.origin,
            "action": change.action,
            "record_type": change.record_type,
            "record_id": change.record_id,
            "record_version": change.version,
            "changed_fields": sorted(change.values),
            "payload": _payload(change),
            "sealed": change.sealed,
            "subject_id": change.subject_id if change.sealed else None,
        }
        head = row["hash"] = digest(head, row)
        rows.append(row)
    await insert_rows(reader, Event.__table__, rows)  # type: ignore[arg-type]
    await reader.connection.execute(
        update(stream).where(stream.c.organization_id == organization_id).values(seq=seq, head=head)
    )
    return int(seq)


def _payload(change: Change) -> dict[str, Any]:
    clear = {name: list(pair) for name, pair in change.values.items() if name not in change.personal}
    return {"changes": clear, **change.notes}


def personal_payload(change: Change) -> bytes | None:
    """The part of a change that must be sealed: canonical JSON, or None if nothing in it is personal."""
    personal = {name: list(pair) for name, pair in change.values.items() if name in change.personal}
    return canonical_json(personal) if personal else None


async def end_position(reader: Reader, organization_id: UUID) -> int:
    """The number of the newest event; 0 before the first."""
    table = OrganizationStream.__table__
    rows = await reader.rows(select(table.c.seq).where(table.c.organization_id == organization_id))
    return int(rows[0]["seq"]) if rows else 0


async def open_stream(connection: AsyncConnection, organization_id: UUID) -> None:
    """Give a new organization its empty stream; harmless when it has one."""
    await connection.execute(
        insert_new(OrganizationStream.__table__, connection.dialect).values(
            organization_id=organization_id, seq=0, head=GENESIS
        )
    )


async def pages(reader: Reader, organization_id: UUID, after: int) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """The events after a position, in order, a page at a time. Of one that cannot be read there is only its number."""
    table = Event.__table__
    page = (
        select(table)
        .where(table.c.organization_id == organization_id, table.c.seq > bindparam("after"))
        .order_by(table.c.seq)
        .limit(_PAGE)
    )
    while True:
        try:
            rows = await reader.rows(page, {"after": after})
        except _UNREADABLE:
            rows = await _one_by_one(reader, page, after)
        if not rows:
            return
        yield rows
        after = rows[-1]["seq"]


_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
"""What the columns' types say of a value that they did not write: somebody else did."""


async def _one_by_one(reader: Reader, page: Select[Any], after: int) -> Sequence[Mapping[str, Any]]:
    table, rows = Event.__table__, list[Mapping[str, Any]]()
    for numbered in await reader.rows(page.with_only_columns(table.c.seq), {"after": after}):
        try:
            rows += await reader.rows(page.where(table.c.seq == numbered["seq"]), {"after": after})
        except _UNREADABLE:
            rows.append(numbered)
    return rows


async def verify(reader: Reader, organization_id: UUID, told: Callable[[int, int], None] | None = None) -> Integrity:
    """Recompute the whole chain. A changed, removed or inserted event is located; so is a cut end.

    ``told`` hears after each page how many events are verified, and about how many there are.
    """
    stream = OrganizationStream.__table__
    ends = await reader.rows(select(stream).where(stream.c.organization_id == organization_id))
    last, head = (ends[0]["seq"], ends[0]["head"]) if ends else (0, GENESIS)
    entries, expected, previous, broken = 0, 1, GENESIS, None
    async for page in pages(reader, organization_id, -1):
        for row in page:
            entries += 1
            if broken is not None:
                continue
            if row["seq"] != expected or "hash" not in row or row["hash"] != digest(previous, row):
                broken = min(expected, row["seq"])
            else:
                previous, expected = row["hash"], expected + 1
        if told is not None:
            told(entries, max(entries, last))
    if broken is None and (expected - 1 != last or previous != head):
        broken = min(expected, last + 1) if expected - 1 != last else last
    return Integrity(entries=entries, intact=broken is None, first_broken=broken, head_hash=head)
