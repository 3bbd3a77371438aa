"""How far an erasure reaches: who is the same person, and which records hold that person's values."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.columns import Base, Part, Record
from qms_graphql.base.drafts import Draft
from qms_graphql.base.erasing import belongs_to, blank, personal_parts, tells
from qms_graphql.base.model import Action, ExternalRef
from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork, part_columns
from qms_graphql.complaints.model import Complaint
from qms_graphql.customers.model import Customer

Rows = Mapping[UUID, Mapping[str, Any]]


async def same_person(unit: UnitOfWork, id_: UUID) -> list[UUID]:
    """The customer, and those that were merged into it."""
    table = ExternalRef.__table__
    merged = await unit.rows(
        select(table.c.record_id).where(
            table.c.organization_id == unit.organization_id,
            table.c.type == Customer.__tablename__.upper(),
            table.c.target_id == id_,
            table.c.record_id != id_,
        )
    )
    return [id_, *sorted({row["record_id"] for row in merged})]


async def winner_of(unit: UnitOfWork, id_: UUID) -> UUID | None:
    """What a customer was merged into; None if it stands for itself."""
    table = ExternalRef.__table__
    rows = await unit.rows(
        select(table.c.target_id).where(
            table.c.organization_id == unit.organization_id,
            table.c.type == Customer.__tablename__.upper(),
            table.c.record_id == id_,
            table.c.target_id != id_,
        )
    )
    return rows[0]["target_id"] if rows else None


def models_of_persons() -> list[type[Record]]:
    """The models whose rows belong to a customer."""
    return [
        mapper.class_
        for mapper in Base.registry.mappers
        if any(
            column.info.get("link") == Customer.__tablename__
            for column in mapper.local_table.columns
            if column.name in getattr(mapper.class_, "__subject__", ())
        )
    ]


async def rows_of_persons(unit: UnitOfWork, model: type[Record], persons: Sequence[UUID]) -> Rows:
    """The rows of a model that are of these persons, locked."""
    table = model.__table__
    found = await unit.rows(
        select(table.c.id).where(
            table.c.organization_id == unit.organization_id, belongs_to(model, persons, unit.dialect)
        )
    )
    return await unit.lock(model, [row["id"] for row in found])


async def rows_about(unit: UnitOfWork, model: type[Record], records: Iterable[UUID]) -> Rows:
    """The rows of a model that belong to these records, whatever their kind, locked."""
    table = model.__table__
    about = table.c.organization_id == unit.organization_id, within(table.c.record_id, list(records), unit.dialect)
    return await unit.lock(model, [row["id"] for row in await unit.rows(select(table.c.id).where(*about))])


async def complaints_with(unit: UnitOfWork, ids: Iterable[UUID | None], words: set[str]) -> Rows:
    """Those of the complaints that say what happened in just these words: they were opened from them."""
    rows = await unit.lock(Complaint, {id_ for id_ in ids if id_ is not None})
    return {id_: row for id_, row in rows.items() if row["details"] in words}


async def blanked(unit: UnitOfWork, model: type[Record], rows: Rows, notes: Mapping[str, Any]) -> list[Draft]:
    """A draft for each of the rows that says something personal, by which it says nothing personal any more."""
    empty = blank(model.__table__)
    lists = {part: await _parts(unit, part, rows) for part in personal_parts(model)}
    drafts = []
    for id_, row in rows.items():
        fields = {name: value for name, value in empty.items() if tells(row[name])}
        parts = {part: owned[id_] for part, owned in lists.items() if id_ in owned}
        if fields or parts:
            drafts.append(Draft(id_, fields, row, parts, action=Action.ERASED, notes=dict(notes)))
    return drafts


async def _parts(unit: UnitOfWork, part: type[Part], owners: Rows) -> dict[UUID, list[dict[str, Any]]]:
    """The lists of these owners that say something personal, without what is personal."""
    table, names, empty = part.__table__, part_columns(part), blank(part.__table__)
    owner = table.c[part.__owner__]
    rows = await unit.rows(
        select(table)
        .where(table.c.organization_id == unit.organization_id, within(owner, list(owners), unit.dialect))
        .order_by(owner, table.c.position)
    )
    telling = {row[part.__owner__] for row in rows if any(tells(row[name]) for name in empty)}
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        if row[part.__owner__] in telling:
            found.setdefault(row[part.__owner__], []).append({name: row[name] for name in names} | empty)
    return found
