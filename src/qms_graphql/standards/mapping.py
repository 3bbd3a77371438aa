"""Mapping the clauses of one edition of a framework to those of another."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from qms_graphql.base.drafts import Draft, check_value
from qms_graphql.base.errors import ErrorCode, Refusals
from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork, part_columns
from qms_graphql.standards.model import Requirement, RequirementMapping, Standard
from qms_graphql.standards.rules import ENDS, is_earlier

MOST_MAPPINGS = 2000
Mapped = dict[str, Any]
"""A mapping by the names of its columns."""


async def map_requirements(
    unit: UnitOfWork, standard_id: UUID, version: int | None, mappings: Sequence[Mapped], *, replaces: bool
) -> None:
    """Say what became of earlier editions' clauses in this one.

    A pair that is mapped already gets the new kind and note, others are added; with ``replaces`` those that are not
    named are taken away. Raises ``Refusals`` that name the fields.
    """
    row = await unit.lock_one(Standard, standard_id, version)
    known = await _held(unit, standard_id)
    draft = Draft(standard_id, {}, row)
    named: dict[tuple[Any, Any], Mapped] = {}
    for index, mapped in enumerate(mappings):
        ends = mapped["earlier_id"], mapped["later_id"]
        if ends in named:
            draft.refuse(ErrorCode.CONFLICT, "This pair is named twice.", "mappings", str(index))
        named[ends] = mapped
    merged = named if replaces else {(m["earlier_id"], m["later_id"]): m for m in known} | named
    if len(merged) > MOST_MAPPINGS:
        draft.refuse(ErrorCode.TOO_LONG, f"At most {MOST_MAPPINGS} mappings of a standard.", "mappings")
    clauses = await _clauses(unit, [id_ for ends in merged for id_ in ends if id_ is not None])
    for index, mapped in enumerate(mappings):
        _check(draft, index, mapped, row, clauses)
    if draft.refused:
        raise Refusals(draft.refusals)
    draft.parts[RequirementMapping] = sorted(merged.values(), key=lambda mapped: _place(mapped, clauses))
    await unit.save(Standard, [draft])


async def _held(unit: UnitOfWork, standard_id: UUID) -> list[Mapped]:
    table = RequirementMapping.__table__
    columns = [table.c[name] for name in part_columns(RequirementMapping)]
    mine = table.c.organization_id == unit.organization_id, table.c.standard_id == standard_id
    return [dict(row) for row in await unit.rows(select(*columns).where(*mine))]


async def _clauses(unit: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Of these requirements the standard's id, framework and edition, and what their clause sorts by."""
    table, standard = Requirement.__table__, Standard.__table__
    same = and_(standard.c.organization_id == table.c.organization_id, standard.c.id == table.c.standard_id)
    rows = await unit.rows(
        select(table.c.id, table.c.standard_id, table.c.clause_key, standard.c.framework, standard.c.edition)
        .select_from(table.join(standard, same))
        .where(table.c.organization_id == unit.organization_id, within(table.c.id, set(ids), unit.dialect))
    )
    return {row["id"]: row for row in rows}


def _check(
    draft: Draft, index: int, mapped: Mapped, standard: Mapping[str, Any], clauses: Mapping[UUID, Mapping[str, Any]]
) -> None:
    place = "mappings", str(index)
    problem = check_value(RequirementMapping.__table__.c.note, mapped["note"])
    if problem is not None:
        draft.refuse(*problem, *place, "note")
    for name, asked in zip(("earlier", "later"), ENDS[mapped["kind"]], strict=True):
        if (mapped[f"{name}_id"] is not None) != asked:
            why = f"A mapping of the kind {mapped['kind'].value} has {'a' if asked else 'no'} clause here."
            draft.refuse(ErrorCode.REQUIRED if asked else ErrorCode.INVALID, why, *place, name)
    earlier, later = (clauses.get(mapped[name]) for name in ("earlier_id", "later_id"))
    if mapped["later_id"] is not None and (later is None or later["standard_id"] != standard["id"]):
        draft.refuse(ErrorCode.INVALID, "This is no clause of the standard.", *place, "later")
    own = earlier is not None and earlier["standard_id"] == standard["id"]
    if mapped["earlier_id"] is not None and (earlier is None or own or earlier["framework"] != standard["framework"]):
        draft.refuse(ErrorCode.INVALID, "This is no clause of another edition of the framework.", *place, "earlier")
    elif earlier is not None and not is_earlier(earlier["edition"], standard["edition"]):
        why = f"{earlier['edition']} is no earlier edition than {standard['edition']}: mappings lead forward."
        draft.refuse(ErrorCode.INVALID, why, *place, "earlier")


def _place(mapped: Mapped, clauses: Mapping[UUID, Mapping[str, Any]]) -> tuple[str, ...]:
    """By the clause of the later edition, then by that of the earlier; what was removed stands where it was."""
    ends = [clauses[id_]["clause_key"] or "" for id_ in (mapped["later_id"], mapped["earlier_id"]) if id_ is not None]
    return tuple(ends)
