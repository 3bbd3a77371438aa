"""What may be done with complaints."""

from collections.abc import Sequence
from uuid import UUID

from qms_graphql.base.drafts import Draft, past_problem
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.machines import Facts
from qms_graphql.base.transitions import consequence, holding
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.complaints.model import Complaint, ComplaintReport
from qms_graphql.complaints.policy import policy_of
from qms_graphql.complaints.rules import ComplaintStatus, made_lighter
from qms_graphql.customers.rules import is_code
from qms_graphql.feedback.commands import note_decision


async def save_complaints(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Take in or change complaints: gives the new ones their numbers, and all of them their deadlines.

    Refuses one that would lose what its status rests on, or that everybody would see although it is about feedback
    that not everybody sees.
    """
    await refuse_circles(unit, Complaint, drafts, column="earlier_investigation_id", name="earlierInvestigation")
    for draft in drafts:
        country = draft.fields.get("country")
        if country is not None and not is_code(country, 2):
            draft.refuse(ErrorCode.INVALID, "A country is two capital letters (ISO 3166-1 alpha-2).", "country")
        note_decision(unit, draft)
        _note_skipping(unit, draft)
        _keep_grave(draft)
        _refuse_reports_to_come(draft, unit)
    await _set_deadlines(unit, drafts)
    await unit.give_numbers(Complaint, drafts)
    async with holding(unit, Complaint, drafts):
        await unit.save(Complaint, drafts)


def _keep_grave(draft: Draft) -> None:
    """Once it is answered, nobody makes a complaint lighter than it was: it would end by other rules."""
    if draft.current is None or draft.current["status"] is not ComplaintStatus.RESPONDED:
        return
    for field in made_lighter(draft.current, {**draft.current, **draft.fields}):
        draft.refuse(ErrorCode.INVALID, "It was answered as graver; take it back to INVESTIGATING first.", field)


def _refuse_reports_to_come(draft: Draft, unit: UnitOfWork) -> None:
    """An authority was told, or it was not yet."""
    for index, report in enumerate(draft.parts.get(ComplaintReport, ())):
        problem = past_problem(report["submitted_at"], unit.now)
        if problem is not None:
            draft.refuse(*problem, "reports", str(index), "submittedAt")


def _note_skipping(unit: UnitOfWork, draft: Draft) -> None:
    """Who says that it is not investigated."""
    reason = draft.value("skip_reason")
    if draft.current is None or draft.current["skip_reason"] != reason:
        draft.fields["skipped_by"] = None if reason is None else unit.viewer.actor_name


async def _set_deadlines(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Deadlines follow from when it was received and how bad it is, by the policy at the time that is written."""
    changed = [draft for draft in drafts if _clocks_change(draft)]
    if not changed:
        return
    policy = await policy_of(unit, unit.viewer)
    for draft in changed:
        if draft.value("received_at") is None:
            draft.fields["received_at"] = unit.now
        received, severity = draft.value("received_at"), draft.value("severity")
        if draft.value("aware_at") is None:
            draft.fields["aware_at"] = received
        draft.fields["acknowledge_due_at"] = policy.acknowledge_due(received, severity)
        draft.fields["due_at"] = policy.resolve_due(received, severity)


def _clocks_change(draft: Draft) -> bool:
    return draft.current is None or any(
        draft.current[name] != draft.value(name) for name in ("received_at", "severity")
    )


async def rate_handling(unit: UnitOfWork, id_: UUID, version: int, satisfaction: int) -> None:
    """Note how content the complainant is. Raises ``Refusal(INVALID)`` where no answer was given."""
    row = await unit.lock_one(Complaint, id_, version)
    if row["status"] not in (ComplaintStatus.RESPONDED, ComplaintStatus.CLOSED):
        raise Refusal(ErrorCode.INVALID, "People are asked once they have an answer.", ("id",))
    await unit.save(Complaint, [Draft(id_, {"satisfaction": satisfaction}, row)])


@consequence(Complaint, ComplaintStatus.RESPONDED)
async def await_reply(unit: UnitOfWork, facts: Facts) -> None:
    """The complainant has the policy's time to reply to this answer, whatever became of an earlier one."""
    policy = await policy_of(unit, unit.viewer)
    accepted = True if facts["accepted"] else None
    await _set(unit, facts, {"no_reply_at": policy.no_reply_from(facts["responded_at"]), "accepted": accepted})


@consequence(Complaint, ComplaintStatus.INVESTIGATING)
async def await_answer(unit: UnitOfWork, facts: Facts) -> None:
    """It is open again: the next answer is a new one. What the last one was, and that it was refused, is in history."""
    refused = False if facts["accepted"] is False else None
    emptied = dict.fromkeys(("response", "responded_at", "no_reply_at", "closed_at"))
    await _set(unit, facts, emptied | {"accepted": refused, "recourse_exhausted": False})


async def _set(unit: UnitOfWork, facts: Facts, fields: dict[str, object]) -> None:
    id_ = facts["id"]
    await unit.save(Complaint, [Draft(id_, fields, (await unit.lock(Complaint, [id_]))[id_])])
