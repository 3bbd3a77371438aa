"""Complaints made of feedback: one complaint, many people's words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.drafts import Draft, check_columns
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.ids import new_id
from qms_graphql.base.transitions import refuse_settled
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.complaints.commands import save_complaints
from qms_graphql.complaints.model import Complaint
from qms_graphql.customers.model import Customer, Interaction
from qms_graphql.feedback.commands import save_feedback
from qms_graphql.feedback.model import Feedback

T = TypeVar("T")
MOST_FEEDBACK = 200
"""Most feedback in one request."""
_LINKS = ("customer_id", "contact_id", "product_id", "interaction_id")


async def open_complaint(unit: UnitOfWork, feedback: Sequence[UUID], fields: Mapping[str, Any]) -> UUID:
    """Make a complaint of what was said: it takes over what all that was said agrees on, and ``fields``.

    Raises ``Refusals`` if some of the feedback cannot be part of a new complaint.
    """
    rows = await _feedback(unit, feedback)
    complaint = Draft(new_id(), await _taken_over(unit, rows) | dict(fields))
    check_columns(Complaint, complaint, {"nature": "nature"})
    await save_complaints(unit, [complaint])
    if complaint.refused:
        raise Refusals(complaint.refusals)
    await _link(unit, complaint, rows)
    return complaint.id


async def add_feedback(unit: UnitOfWork, complaint_id: UUID, version: int, feedback: Sequence[UUID]) -> None:
    """Make more feedback part of a complaint. Raises ``Refusals`` if some of it cannot be, or the complaint is done."""
    current = await unit.lock_one(Complaint, complaint_id, version)
    refuse_settled(Complaint, current)
    rows = await _feedback(unit, feedback)
    hidden = any(row["confidential"] for row in rows)
    complaint = Draft(complaint_id, {"confidential": True} if hidden else {}, current)
    await save_complaints(unit, [complaint])
    await _link(unit, complaint, rows)


async def _feedback(unit: UnitOfWork, ids: Sequence[UUID]) -> list[Mapping[str, Any]]:
    """The feedback, locked, in the order given."""
    locked = await unit.lock(Feedback, ids)
    refusals = []
    for index, id_ in enumerate(ids):
        problem = _problem(locked[id_])
        if id_ in ids[:index]:
            problem = ErrorCode.INVALID, "This feedback is named twice."
        if problem is not None:
            refusals.append(Refusal(*problem, ("feedback", str(index))))
    if refusals:
        raise Refusals(refusals)
    return [locked[id_] for id_ in ids]


def _problem(row: Mapping[str, Any]) -> tuple[ErrorCode, str] | None:
    """Why this feedback cannot become part of a complaint, or None."""
    try:
        refuse_settled(Feedback, row)
    except Refusal as refusal:
        return refusal.code, refusal.message
    if row["complaint_id"] is not None:
        return ErrorCode.INVALID, "It is part of a complaint already."
    if row["is_complaint"] is False:
        return ErrorCode.INVALID, "It was decided that it is no complaint; decide anew first."
    return None


async def _taken_over(unit: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the complaint knows from the feedback: its earliest times, and what all of it agrees on."""
    fields: dict[str, Any] = {name: _agreed(row[name] for row in rows) for name in _LINKS}
    received = min(row["received_at"] for row in rows)
    fields |= {
        "details": rows[0]["text"],
        "event_at": min(row["occurred_at"] for row in rows),
        "aware_at": received,
        "received_at": received,
        "handler_id": _agreed(row["assignee_id"] for row in rows),
        "confidential": any(row["confidential"] for row in rows),
        "is_complaint": True,
        "complaint_reason": _agreed(row["complaint_reason"] for row in rows) or "Opened from feedback.",
    }
    person = await _row(unit, Customer, fields["contact_id"] or fields["customer_id"])
    if person is not None:
        fields |= {
            "complainant_name": person["name"],
            "complainant_phone": person["phone"],
            "country": person["country"],
        }
    interaction = await _row(unit, Interaction, fields["interaction_id"])
    if interaction is not None:
        fields |= {"lot": interaction["lot"], "serial": interaction["serial"]}
    return fields


async def _row(unit: UnitOfWork, model: type[Customer | Interaction], id_: UUID | None) -> Mapping[str, Any] | None:
    if id_ is None:
        return None
    table = model.__table__
    rows = await unit.rows(select(table).where(table.c.organization_id == unit.organization_id, table.c.id == id_))
    return rows[0]


def _agreed(values: Iterable[T | None]) -> T | None:
    """The one value that all who say something say, if there is one."""
    said = {value for value in values if value is not None}
    return said.pop() if len(said) == 1 else None


async def _link(unit: UnitOfWork, complaint: Draft, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make the feedback part of the complaint; with that it is decided that it is one."""
    drafts = []
    for row in rows:
        fields: dict[str, Any] = {"complaint_id": complaint.id}
        if row["is_complaint"] is None:
            # Without its number: more people see the words than a complaint that is, or once will be, confidential.
            fields |= {"is_complaint": True, "complaint_reason": "It is part of a complaint."}
        drafts.append(Draft(row["id"], fields, row))
    await save_feedback(unit, drafts)
    refusals = [refusal for draft in drafts for refusal in draft.refusals]
    if refusals:
        raise Refusals(refusals)
