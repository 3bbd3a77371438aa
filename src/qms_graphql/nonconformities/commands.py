"""What may be done with nonconformities and their causes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import ActionStatus, link_problem
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.machines import Facts
from qms_graphql.base.sets import within
from qms_graphql.base.transitions import consequence, follow_up, holding, refuse_settled
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.customers.commands import suppliers_among
from qms_graphql.customers.rules import is_code
from qms_graphql.nonconformities.model import (
    Cause,
    Nonconformity,
    NonconformityAction,
    NonconformityMember,
    NonconformityRequirement,
    NonconformityRisk,
)
from qms_graphql.nonconformities.rules import NonconformityStatus

_VERIFIED = ("statement", "evidence", "evidence_link")
"""What somebody who verifies a cause looks at."""


async def save_nonconformities(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change nonconformities.

    Refuses a supplier who is none, more defective than suspect units, a cost without currency, a disposition without
    the person who decided on it, a plan that names an action twice for a cause, or a cause of another one, and an edit
    that takes away what the present state rests on.
    """
    suppliers = await suppliers_among(unit, [draft.fields.get("supplier_id") for draft in drafts])
    causes = await _causes(unit, drafts)
    for draft in drafts:
        _hold_values(draft)
        if draft.fields.get("supplier_id") is not None and draft.fields["supplier_id"] not in suppliers:
            draft.refuse(ErrorCode.INVALID, "This customer is no supplier.", "supplier")
        draft.hold_as_set(NonconformityMember, "user_id", "team")
        draft.hold_as_set(NonconformityRequirement, "requirement_id", "requirements")
        draft.hold_as_set(NonconformityRisk, "risk_id", "risks")
        _hold_plan(draft, causes)
        looked = draft.value("similar_occurrence")
        if looked != (draft.current or {}).get("similar_occurrence"):
            draft.fields["similar_checked_at"] = None if looked is None else unit.now
    await unit.give_numbers(Nonconformity, drafts)
    async with holding(unit, Nonconformity, drafts):
        await unit.save(Nonconformity, drafts)


def _hold_values(draft: Draft) -> None:
    suspect, defective = draft.value("suspect_quantity"), draft.value("defective_quantity")
    if suspect is not None and defective is not None and defective > suspect:
        draft.refuse(ErrorCode.INVALID, "No more can be defective than are suspect.", "defectiveQuantity")
    currency = draft.value("currency")
    if draft.value("amount") is not None and currency is None:
        draft.refuse(ErrorCode.REQUIRED, "An amount needs its currency.", "cost", "currency")
    if currency is not None and not is_code(currency, 3):
        draft.refuse(ErrorCode.INVALID, "A currency is three capital letters (ISO 4217).", "cost", "currency")
    if draft.value("disposition") is not None and draft.value("disposed_by_id") is None:
        draft.refuse(ErrorCode.REQUIRED, "Say who decided on the disposition.", "disposedBy")


def _hold_plan(draft: Draft, causes: Mapping[UUID | None, UUID]) -> None:
    """Each action once for each cause; the causes are its own."""
    seen: set[tuple[UUID, UUID | None]] = set()
    for index, row in enumerate(draft.parts.get(NonconformityAction, [])):
        pair = row["action_id"], row["cause_id"]
        if pair in seen:
            draft.refuse(ErrorCode.INVALID, "This action is planned twice for the cause.", "plan", str(index))
        seen.add(pair)
        if pair[1] is not None and causes.get(pair[1], draft.id) != draft.id:
            draft.refuse(ErrorCode.INVALID, "This is a cause of another nonconformity.", "plan", str(index), "cause")


async def _causes(unit: UnitOfWork, drafts: Sequence[Draft]) -> dict[UUID | None, UUID]:
    """The nonconformities of the causes that plans name."""
    named = {row["cause_id"] for draft in drafts for row in draft.parts.get(NonconformityAction, [])}
    return await _explained(unit, named)


async def _explained(unit: UnitOfWork, causes: set[UUID | None]) -> dict[UUID | None, UUID]:
    """What each of these causes explains: the nonconformity by the cause."""
    if not causes - {None}:
        return {}
    table = Cause.__table__
    mine = (table.c.organization_id == unit.organization_id) & within(table.c.id, causes - {None}, unit.dialect)
    rows = await unit.rows(select(table.c.id, table.c.nonconformity_id).where(mine))
    return {row["id"]: row["nonconformity_id"] for row in rows}


async def save_causes(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change causes.

    Refuses a circle, a parent that explains another nonconformity, to explain another one from now on, and any change
    where the nonconformity is settled. A cause is no longer verified once its statement or its evidence changes.
    """
    await refuse_circles(unit, Cause, drafts)
    explained = await unit.lock(Nonconformity, {draft.value("nonconformity_id") for draft in drafts} - {None})
    parents = await _explained(unit, {draft.fields.get("parent_id") for draft in drafts})
    for draft in drafts:
        nonconformity_id = draft.value("nonconformity_id")
        if draft.current is not None and nonconformity_id != draft.current["nonconformity_id"]:
            draft.refuse(ErrorCode.INVALID, "A cause explains the nonconformity it was found for.", "nonconformity")
        _hold_open(draft, explained.get(nonconformity_id))
        if parents.get(draft.fields.get("parent_id"), nonconformity_id) != nonconformity_id:
            draft.refuse(ErrorCode.INVALID, "It is a cause of another nonconformity.", "parent")
        problem = link_problem(draft.fields.get("evidence_link"))
        if problem is not None:
            draft.refuse(ErrorCode.INVALID, problem, "evidenceLink")
        if any(draft.value(name) != (draft.current or {}).get(name) for name in _VERIFIED):
            draft.fields |= {"verified_at": None, "verified_by_id": None}
    await unit.save(Cause, drafts)


def _hold_open(draft: Draft, nonconformity: Mapping[str, Any] | None) -> None:
    if nonconformity is None:
        return
    try:
        refuse_settled(Nonconformity, nonconformity)
    except Refusal as refusal:
        draft.refuse(refusal.code, refusal.message, "nonconformity")


async def verify_cause(unit: UnitOfWork, id_: UUID, version: int) -> None:
    """Note that who asks verified a cause against its evidence.

    Raises ``Refusal``: FORBIDDEN for a program, REQUIRED without evidence, INVALID where the nonconformity is settled.
    """
    if unit.viewer.user_id is None:
        raise Refusal(ErrorCode.FORBIDDEN, "Only a person can verify a cause.", ("id",))
    row = await unit.lock_one(Cause, id_, version)
    explained = await unit.lock(Nonconformity, [row["nonconformity_id"]])
    refuse_settled(Nonconformity, explained[row["nonconformity_id"]])
    if not (row["evidence"] or "").strip() and row["evidence_link"] is None:
        raise Refusal(ErrorCode.REQUIRED, "There is no evidence to verify it against.", ("id",))
    await unit.save(Cause, [Draft(id_, {"verified_at": unit.now, "verified_by_id": unit.viewer.user_id}, row)])


@consequence(Action, ActionStatus.INEFFECTIVE)
async def analyse_again(unit: UnitOfWork, action: Facts) -> None:
    """Nonconformities whose action does not work go back to where their causes are looked for."""
    for served in await _served(unit, action["id"]):
        if served["status"] in (NonconformityStatus.IMPLEMENTED, NonconformityStatus.VERIFIED):
            why = f"{action['number']} was INEFFECTIVE."
            await follow_up(unit, Nonconformity, served["id"], NonconformityStatus.ANALYSED, why)


@consequence(Action, ActionStatus.CHECKING)
async def hold_verdict(unit: UnitOfWork, action: Facts) -> None:
    """Refuse to look again at an action while a nonconformity that rests on it is being closed by another request."""
    for served in await _served(unit, action["id"]):
        if served["status"] is NonconformityStatus.CLOSED:
            raise Refusal(ErrorCode.CONFLICT, f"{served['number']}, which rests on this verdict, was closed.", ("to",))


async def _served(unit: UnitOfWork, action_id: UUID) -> list[Mapping[str, Any]]:
    """The nonconformities that an action serves, locked."""
    plan = NonconformityAction.__table__.c
    mine = plan.organization_id == unit.organization_id, plan.action_id == action_id
    rows = await unit.rows(select(plan.nonconformity_id).where(*mine).distinct())
    locked = await unit.lock(Nonconformity, [row["nonconformity_id"] for row in rows])
    return [locked[id_] for id_ in sorted(locked)]
