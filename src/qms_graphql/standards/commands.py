"""What may be done with standards and requirements."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusals
from qms_graphql.base.facts import fact, facts_of
from qms_graphql.base.transitions import refuse_settled
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.standards.model import Requirement, RequirementEvidence, Standard
from qms_graphql.standards.rules import FOUNDED, RequirementStatus, clause_key


@fact(Requirement)
def evidenced(requirement: Any) -> ColumnElement[bool]:
    """Whether feedback is evidence for the requirement."""
    pairs = RequirementEvidence.__table__.c
    named = pairs.organization_id == requirement.organization_id, pairs.requirement_id == requirement.id
    return select(pairs.feedback_id).where(*named).exists()


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
    """Refuse a requirement that stands under or supersedes itself, names a feedback twice, or is blankly excused."""
    await refuse_circles(unit, Requirement, drafts)
    await refuse_circles(unit, Requirement, drafts, column="supersedes_id", name="supersedes")
    for draft in drafts:
        draft.hold_as_set(RequirementEvidence, "feedback_id", "evidence")
        reason = draft.fields.get("not_applicable_reason")
        if reason is not None and not reason.strip():
            draft.refuse(ErrorCode.REQUIRED, "Say why it does not apply; null if it does.", "notApplicableReason")


async def save_requirements(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change requirements, after ``check_requirements``.

    Refuses one that would lose what an ACTIVE one rests on (``rules.FOUNDED``).
    """
    await check_requirements(unit, drafts)
    for draft in drafts:
        if "clause" in draft.fields:
            draft.fields["clause_key"] = clause_key(draft.fields["clause"])
    await unit.give_numbers(Requirement, drafts)
    await unit.save(Requirement, drafts)
    await _hold_active(unit, drafts)


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
