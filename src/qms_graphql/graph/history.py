"""The history of records: their events, with what changed, why, and who signed what.

One statement reads the events of all records of a page. Personal values are unsealed for who may read the field, as
long as the person's key is there; after an erasure they stay null.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import FromClause, Text, type_coerce

from qms_graphql.base.ids import to_global
from qms_graphql.base.machines import SignatureMeaning
from qms_graphql.base.model import Action, Event
from qms_graphql.base.sealing import opened
from qms_graphql.base.visibility import restriction
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import FieldDeclaration, ManyField, TypeDeclaration
from qms_graphql.graph.pages import keyset_page, newest_of_each, page_size
from qms_graphql.graph.scalars import JSON
from qms_graphql.graph.types import PageInfo, describe_enum

FIRST_OF_HISTORY = 20
MOST_OF_HISTORY = 200
MOST_SIGNATURES = 50

describe_enum(Action, name="ChangeAction")


@strawberry.type(description="What a change did to one field.")
class FieldChange:
    """What a change did to one field."""

    field: str = strawberry.field(description="The field.")
    before: JSON | None = strawberry.field(description="Its value before; null if there was none, or it is not shown.")
    after: JSON | None = strawberry.field(description="Its value after; null if there is none, or it is not shown.")


@strawberry.type(description="One entry of a record's audit trail.")
class HistoryEntry:
    """One entry of a record's audit trail."""

    at: datetime = strawberry.field(description="When it happened.")
    action: Action = strawberry.field(description="What was done.")
    actor_name: str = strawberry.field(description="Who did it: the printed name at that time.")
    version: int = strawberry.field(description="The record's version after it.")
    reason: str | None = strawberry.field(description="Why, where a reason was given.")
    signature_meaning: SignatureMeaning | None = strawberry.field(
        description="What the actor stated by signing; null where nothing was signed."
    )
    from_state: str | None = strawberry.field(description="The state it was moved from; null if it was not moved.")
    to_state: str | None = strawberry.field(description="The state it was moved to; null if it was not moved.")
    changes: list[FieldChange] = strawberry.field(description="What changed, by field.")


@strawberry.type(description="A person's signature at a record (21 CFR 11.50).")
class RecordSignature:
    """A person's signature at a record."""

    at: datetime = strawberry.field(description="When it was signed.")
    meaning: SignatureMeaning = strawberry.field(description="What was stated by it.")
    printed_name: str = strawberry.field(description="Who signed: the printed name at that time.")
    version: int = strawberry.field(description="The record's version that it is bound to.")


@strawberry.type(description="A page of a record's history, newest first.")
class HistoryPage:
    """A page of a record's history."""

    nodes: list[HistoryEntry] = strawberry.field(description="The entries.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


async def history_of(
    context: Context, declared: TypeDeclaration, ids: Sequence[UUID], first: int, after: str | None
) -> list[HistoryPage]:
    """The newest entries of each of these records of one type. Raises ``Refusal`` on ``first`` or ``after``."""
    page_size(first, MOST_OF_HISTORY, "entries")
    organization_id, reader = context.viewer.organization_id, await context.reader()
    table = Event.__table__
    mine = [table.c.organization_id == organization_id]
    if after is not None:
        mine.append(table.c.seq < context.secrets.position(organization_id, after))
    rows = await newest_of_each(reader, table.c.record_id, table.c.seq, ids, first, *mine)
    personal = await opened(reader, context.secrets, organization_id, rows)
    found: dict[UUID, list[tuple[str, HistoryEntry]]] = {id_: [] for id_ in ids}
    for row, unsealed in zip(rows, personal, strict=True):
        cursor = context.secrets.cursor(organization_id, row["seq"])
        found[row["record_id"]].append((cursor, _entry(context, declared, row, unsealed)))
    return [_page(found[id_], first, after) for id_ in ids]


async def signatures_of(context: Context, ids: Sequence[UUID]) -> list[list[RecordSignature]]:
    """The newest signatures of each of these records, newest first: one statement."""
    organization_id, reader = context.viewer.organization_id, await context.reader()
    table = Event.__table__
    signed = type_coerce(table.c.payload, Text).contains('"signature":')
    mine = [table.c.organization_id == organization_id, table.c.action == Action.TRANSITIONED, signed]
    found: dict[UUID, list[RecordSignature]] = {id_: [] for id_ in ids}
    for row in await newest_of_each(reader, table.c.record_id, table.c.seq, ids, MOST_SIGNATURES - 1, *mine):
        signature = row["payload"].get("signature")
        if signature is not None:
            meaning = SignatureMeaning(signature["meaning"])
            shown = RecordSignature(
                at=row["at"], meaning=meaning, printed_name=signature["printedName"], version=row["record_version"]
            )
            found[row["record_id"]].append(shown)
    return [found[id_] for id_ in ids]


def _page(entries: Sequence[tuple[str, HistoryEntry]], first: int, after: str | None) -> HistoryPage:
    shown, info = keyset_page(entries, first, after)
    return HistoryPage(nodes=[node for _, node in shown], page_info=info)


def _entry(
    context: Context, declared: TypeDeclaration, row: Mapping[str, Any], personal: Mapping[str, Any]
) -> HistoryEntry:
    payload = row["payload"]
    signature, states = payload.get("signature"), payload.get("transition") or (None, None)
    return HistoryEntry(
        at=row["at"],
        action=row["action"],
        actor_name=row["actor_name"],
        version=row["record_version"],
        reason=payload.get("reason"),
        signature_meaning=SignatureMeaning(signature["meaning"]) if signature else None,
        from_state=states[0],
        to_state=states[1],
        changes=[
            _change(context, declared, stored, (payload["changes"] | personal).get(stored))
            for stored in row["changed_fields"]
        ],
    )


def _change(context: Context, declared: TypeDeclaration, stored: str, pair: Sequence[Any] | None) -> FieldChange:
    before, after = (_value(context, declared, stored, value) for value in pair or (None, None))
    return FieldChange(field=declared.spelling(stored), before=before, after=after)


def _value(context: Context, declared: TypeDeclaration, stored: str, value: Any) -> Any:
    """A stored value as the graph shows it: links by global id, and nothing that the viewer may not read.

    A list is shown as a whole or not at all: its length would tell of what is hidden.
    """
    shown = _field_of(declared, stored)
    if shown is None or value is None or not context.viewer.may(shown.read):
        return None
    if not isinstance(shown, ManyField):
        return None if _is_hidden(context, declared.table, stored) else _by_global_id(declared.table, stored, value)
    table = shown.column.table
    if any(_is_hidden(context, table, name) for row in value for name in row):
        return None
    return [{name: _by_global_id(table, name, cell) for name, cell in row.items()} for row in value]


def _is_hidden(context: Context, table: FromClause, stored: str) -> bool:
    """Whether a column links to records that the viewer does not see, or not all of them."""
    link = _link(table, stored)
    if link is None:
        return False
    target = context.engine.by_table.get(link)
    return (
        target is None or not context.viewer.may(target.read) or restriction(target.model, context.viewer) is not None
    )


def _by_global_id(table: FromClause, stored: str, value: Any) -> Any:
    link = _link(table, stored)
    return value if link is None or value is None else to_global(link, UUID(hex=value))


def _link(table: FromClause, stored: str) -> str | None:
    """The table that a column links to."""
    column = table.columns.get(stored)
    return column.info.get("link") if column is not None else None


def _field_of(declared: TypeDeclaration, stored: str) -> FieldDeclaration | None:
    """The field that shows a column or a list; None for what the graph does not show."""
    return declared.fields.get(declared.spelling(stored).split(".")[0])
