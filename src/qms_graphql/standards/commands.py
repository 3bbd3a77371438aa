"""What may be done with standards and requirements."""

from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.sets import within
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.standards.model import Requirement, RequirementEvidence, Standard
from qms_graphql.standards.rules import RequirementStatus, activation_problems


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


async def save_requirements(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change requirements.

    Refuses one that stands under or supersedes itself, that names a feedback twice, or that is ACTIVE without a
    statement and something it rests on (``rules.activation_problems``).
    """
    await refuse_circles(unit, Requirement, drafts)
    await refuse_circles(unit, Requirement, drafts, column="supersedes_id", name="supersedes")
    held = await _evidenced(unit, drafts)
    for draft in drafts:
        _order_evidence(draft)
        if draft.value("status") is RequirementStatus.ACTIVE:
            rests = bool(draft.parts[RequirementEvidence]) if RequirementEvidence in draft.parts else draft.id in held
            for field, why in activation_problems(draft.value("statement"), draft.value("clause"), evidence=rests):
                draft.refuse(ErrorCode.REQUIRED, why, field)
    await unit.give_numbers(Requirement, drafts)
    await unit.save(Requirement, drafts)


def _order_evidence(draft: Draft) -> None:
    """Evidence is a set: each feedback once, in the order of their ids, so that another order is no change."""
    rows = draft.parts.get(RequirementEvidence, [])
    named = [row["feedback_id"] for row in rows]
    for index, feedback in enumerate(named):
        if feedback is not None and feedback in named[:index]:
            draft.refuse(ErrorCode.INVALID, "This feedback is named twice.", "evidence", str(index))
    if None not in named:
        rows.sort(key=itemgetter("feedback_id"))


async def _evidenced(unit: UnitOfWork, drafts: Sequence[Draft]) -> set[object]:
    """Which of the present requirements have evidence."""
    present = [draft.id for draft in drafts if draft.current is not None]
    if not present:
        return set()
    table = RequirementEvidence.__table__
    rows = await unit.rows(
        select(table.c.requirement_id)
        .where(table.c.organization_id == unit.organization_id, within(table.c.requirement_id, present, unit.dialect))
        .distinct()
    )
    return {row["requirement_id"] for row in rows}
