"""What may be done with standards and requirements."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusals
from qms_graphql.base.facts import fact, facts_of
from qms_graphql.base.machines import Unmet
from qms_graphql.base.sets import within
from qms_graphql.base.transitions import refuse_settled
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.standards.model import Requirement, RequirementEvidence, Standard
from qms_graphql.standards.rules import (
    FOUNDED,
    RequirementStatus,
    clause_is_free,
    clause_key,
    clause_taken,
    excuse_problem,
)

_SAID = ("statement", "title", "clause", "standard_id")
"""What words a requirement, and what places it."""
_PLACE = ("clause_key", "standard_id", "supersedes_id")


@fact(Requirement)
def evidenced(requirement: Any) -> ColumnElement[bool]:
    """Whether feedback is evidence for the requirement."""
    pairs = RequirementEvidence.__table__.c
    named = pairs.organization_id == requirement.organization_id, pairs.requirement_id == requirement.id
    return select(pairs.feedback_id).where(*named).exists()


@fact(Requirement)
def clause_held_by(requirement: Any) -> ColumnElement[Any]:
    """The number of another one that is ACTIVE with the same clause of the same standard; null if there is none."""
    other = Requirement.__table__.alias()
    same = (
        other.c.organization_id == requirement.organization_id,
        other.c.standard_id == requirement.standard_id,
        other.c.clause_key == requirement.clause_key,
        other.c.status == RequirementStatus.ACTIVE,
        other.c.id != requirement.id,
    )
    return select(func.min(other.c.number)).where(*same).correlate_except(other).scalar_subquery()


async def save_standards(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change standards; a framework has each of its editions once."""
    table = Standard.__table__
    for draft in drafts:
        if draft.refused or not {"framework", "edition"} & draft.fields.keys():
            continue
        same = await unit.rows(
            select(table.c.id).where(
                table.c.organization_id == unit.organization_id,
                table.c.framework == draft.value("framework"),
                table.c.edition == draft.value("edition"),
                table.c.id != draft.id,
            )
        )
        if same:
            draft.refuse(ErrorCode.CONFLICT, "There is this edition of the framework.", "edition")
    await unit.save(Standard, drafts)


async def check_requirements(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Refuse a requirement that stands under or supersedes itself, names a feedback twice, or is excused for no reason.

    And an ACTIVE one that is worded otherwise or stands elsewhere, and nobody says why (``draft.notes["reason"]``):
    others work by it (EU Annex 11, 9). Why it does not apply is the reason of its event, unless another is given.
    """
    await refuse_circles(unit, Requirement, drafts)
    await refuse_circles(unit, Requirement, drafts, column="supersedes_id", name="supersedes")
    for draft in drafts:
        draft.hold_as_set(RequirementEvidence, "feedback_id", "evidence")
        if _rewords_active(draft) and not draft.notes.get("reason"):
            why = "It is ACTIVE: say why it is worded or placed otherwise, or have another one take its place."
            draft.refuse(ErrorCode.REQUIRED, why, "reason")
    excused = [draft for draft in drafts if _is_new(draft, "not_applicable_reason")]
    held = [draft.id for draft in excused if draft.current is not None]
    known = await facts_of(unit, Requirement, unit.organization_id, held, unit.now) if held else {}
    for draft in excused:
        reason = draft.fields["not_applicable_reason"]
        major_open = draft.id in known and bool(known[draft.id].get("major_open"))
        problem = excuse_problem(reason, major_open=major_open)
        if problem is not None:
            draft.refuse(*problem, "notApplicableReason")
        elif reason is not None:
            draft.notes.setdefault("reason", reason)


def _is_new(draft: Draft, column: str) -> bool:
    """Whether a draft gives a column another value than it has."""
    return column in draft.fields and draft.fields[column] != (draft.current[column] if draft.current else None)


def _rewords_active(draft: Draft) -> bool:
    """Whether it says otherwise what must be met, or where that stands."""
    is_active = draft.current is not None and draft.current["status"] is RequirementStatus.ACTIVE
    return is_active and any(_is_new(draft, name) for name in _SAID)


async def save_requirements(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change requirements, after ``check_requirements``.

    Refuses one that would lose what an ACTIVE one rests on (``rules.FOUNDED``).
    """
    await check_requirements(unit, drafts)
    for draft in drafts:
        if "clause" in draft.fields:
            draft.fields["clause_key"] = clause_key(draft.fields["clause"])
    await _hold_clauses(unit, drafts)
    await unit.give_numbers(Requirement, drafts)
    await unit.save(Requirement, drafts)
    await _hold_active(unit, drafts)


async def _hold_clauses(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """A clause of an edition is that of one requirement that is not RETIRED, and of the one that shall take its place.

    Said here and under the lock of the standard: the index holds what is ACTIVE only, and names no field.
    """
    places = {draft.id: _place(draft) for draft in drafts if any(_is_new(draft, name) for name in _PLACE)}
    standards = {place[0] for place in places.values() if place is not None}
    if not standards:
        return
    await unit.lock(Standard, standards)
    table = Requirement.__table__
    columns = [table.c[name] for name in ("id", "number", "status", "standard_id", "clause_key", "supersedes_id")]
    rows = await unit.rows(
        select(*columns)
        .where(
            table.c.organization_id == unit.organization_id,
            within(table.c.standard_id, standards, unit.dialect),
            table.c.status != RequirementStatus.RETIRED,
            table.c.clause_key.is_not(None),
        )
        .order_by(table.c.id)
    )
    held: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["id"] not in places:
            held.setdefault((row["standard_id"], row["clause_key"]), []).append(row)
    for draft in drafts:
        place = places.get(draft.id)
        if place is None or any(refusal.field == ("clause",) for refusal in draft.refusals):
            continue
        lack = next((lack for row in held.get(place, ()) if (lack := _taken(draft, row)) is not None), None)
        if lack is not None:
            draft.refuse(lack.code, lack.message, lack.field or "")
        if not draft.refused:
            number = draft.value("number") or "Another one of this request"
            own = {name: draft.value(name) for name in ("status", "supersedes_id")}
            held.setdefault(place, []).append({"id": draft.id, "number": number, **own})


def _place(draft: Draft) -> tuple[Any, Any] | None:
    """The edition and the clause that a requirement has by a draft; None if it has no place for itself."""
    place = draft.value("standard_id"), draft.value("clause_key")
    return None if None in place or draft.value("status") is RequirementStatus.RETIRED else place


def _taken(draft: Draft, other: Mapping[str, Any]) -> Unmet | None:
    """Why a requirement does not have the clause of another one that is not RETIRED; None if it may."""
    active = RequirementStatus.ACTIVE
    if draft.value("status") is active and other["status"] is active:
        return clause_is_free({"clause_held_by": other["number"]})
    follows = draft.value("supersedes_id") == other["id"] or other["supersedes_id"] == draft.id
    return None if follows else clause_taken(other["number"])


async def link_evidence(unit: UnitOfWork, requirement_id: UUID, feedback_id: UUID) -> None:
    """Make feedback evidence for a requirement beside what it rests on already. Raises ``Refusals``."""
    row = await unit.lock_one(Requirement, requirement_id)
    refuse_settled(Requirement, row)
    pairs = RequirementEvidence.__table__
    mine = pairs.c.organization_id == unit.organization_id, pairs.c.requirement_id == requirement_id
    named = {found["feedback_id"] for found in await unit.rows(select(pairs.c.feedback_id).where(*mine))}
    evidence = [{"feedback_id": id_} for id_ in sorted({*named, feedback_id})]
    draft = Draft(requirement_id, {}, row, {RequirementEvidence: evidence})
    await save_requirements(unit, [draft])
    if draft.refused:
        raise Refusals(draft.refusals)


async def _hold_active(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """What must be met keeps what it rests on. Looks at what was just written: a refused batch leaves nothing of it."""
    active = {d.id: d for d in drafts if not d.refused and d.value("status") is RequirementStatus.ACTIVE}
    if not active:
        return
    known = await facts_of(unit, Requirement, unit.organization_id, active, unit.now)
    for id_, draft in active.items():
        for guard in FOUNDED:
            lack = guard(known[id_])
            if lack is not None:
                draft.refuse(lack.code, lack.message, lack.field or "")
