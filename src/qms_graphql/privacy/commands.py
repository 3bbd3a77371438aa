"""What may be done with a person's data: erase them, or say that they must be kept."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from qms_graphql.base.drafts import Draft, check_value
from qms_graphql.base.erasing import blank, destroy_keys, drop_keys, forget_refs
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.model import Action
from qms_graphql.base.transitions import REASON_LIMIT
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.communication.model import Comment
from qms_graphql.complaints.model import Complaint
from qms_graphql.customers.model import Customer
from qms_graphql.customers.rules import ErasureBasis
from qms_graphql.feedback.model import Feedback
from qms_graphql.feedback.similar import mark
from qms_graphql.files.model import File
from qms_graphql.files.rules import FileState
from qms_graphql.privacy import reach
from qms_graphql.privacy.rules import FILE_REASON, held_by, held_by_duty


async def erase(unit: UnitOfWork, id_: UUID, version: int, basis: ErasureBasis, reason: str) -> None:
    """Erase a person's data. Raises ``Refusal`` or ``Refusals``: LEGAL_HOLD where something keeps them.

    Records, numbers, times, ratings and links stay, so what is counted stays. What was said, and who it was, is gone.
    """
    current = await unit.lock_one(Customer, id_, version)
    _check_reason(reason)
    if current["erased_at"] is not None:
        raise Refusal(ErrorCode.INVALID, "The person's data were erased before.", ("id",))
    if await reach.winner_of(unit, id_) is not None:
        raise Refusal(ErrorCode.INVALID, "It was merged into another customer; erase that one.", ("id",))
    persons = await reach.same_person(unit, id_)
    customers = await unit.lock(Customer, persons)
    # First, so that whoever writes for the person now is waited for, or fails.
    await destroy_keys(unit, persons)
    found = {model: await reach.rows_of_persons(unit, model, persons) for model in reach.models_of_persons()}
    _refuse_held(customers, found[Complaint])
    notes = {"reason": reason}
    said = blank(Customer.__table__) | {"erased_at": unit.now, "erasure_basis": basis}
    drafts = [Draft(key, said, row, action=Action.ERASED, notes=dict(notes)) for key, row in customers.items()]
    await unit.save(Customer, drafts)
    for model, rows in found.items():
        drafts = await reach.blanked(unit, model, rows, notes)
        await unit.save(model, drafts)
        if model is Feedback:
            await mark(unit, drafts)
    shared = await _erase_quotations(unit, found, notes)
    records = {*persons, *(record for rows in found.values() for record in rows)}
    records |= await _erase_beside(unit, records, notes)
    await drop_keys(unit, (records | shared) - set(persons))
    await forget_refs(unit, persons)


async def hold(unit: UnitOfWork, id_: UUID, version: int, reason: str | None) -> None:
    """Say why a person's data must be kept, or (None) that nothing keeps them any more."""
    current = await unit.lock_one(Customer, id_, version)
    if reason is not None:
        if not reason.strip():
            raise Refusal(ErrorCode.REQUIRED, "Say why.", ("reason",))
        problem = check_value(Customer.__table__.c.legal_hold, reason)
        if problem is not None:
            raise Refusal(*problem, ("reason",))
        if current["erased_at"] is not None:
            raise Refusal(ErrorCode.INVALID, "The person's data were erased; there is nothing to keep.", ("id",))
    await unit.save(Customer, [Draft(id_, {"legal_hold": reason}, current)])


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal(ErrorCode.REQUIRED, "Say why.", ("reason",))
    if len(reason) > REASON_LIMIT or "\x00" in reason:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {REASON_LIMIT} characters.", ("reason",))


def _refuse_held(customers: reach.Rows, complaints: reach.Rows) -> None:
    holds = [refusal for row in customers.values() for refusal in held_by(row["legal_hold"])]
    by_number = sorted(complaints.values(), key=lambda row: row["number"])
    holds += [refusal for row in by_number for refusal in held_by_duty(row)]
    if holds:
        raise Refusals(holds)


async def _erase_quotations(unit: UnitOfWork, found: Mapping[type, reach.Rows], notes: Mapping[str, Any]) -> set[UUID]:
    """Take the person's words out of complaints of others, or of many, that were opened from them."""
    words = {row["text"] for row in found[Feedback].values() if row["text"]}
    named = {row["complaint_id"] for row in found[Feedback].values()} - found[Complaint].keys()
    rows = await reach.complaints_with(unit, named, words)
    drafts = [Draft(id_, {"details": None}, row, action=Action.ERASED, notes=dict(notes)) for id_, row in rows.items()]
    await unit.save(Complaint, drafts)
    return set(rows)


async def _erase_beside(unit: UnitOfWork, records: Iterable[UUID], notes: Mapping[str, Any]) -> set[UUID]:
    """What colleagues said about the person's records, and the files that belong to them."""
    comments = await reach.rows_about(unit, Comment, records)
    await unit.save(Comment, await reach.blanked(unit, Comment, comments, notes))
    files = await reach.rows_about(unit, File, records)
    drafts = await reach.blanked(unit, File, files, notes)
    for draft in drafts:
        # What its bytes are known by may not tell of them either.
        draft.fields |= {"sha256": None, "reason": FILE_REASON}
        gone = {FileState.STORED: FileState.REMOVED, FileState.PENDING: FileState.REFUSED}
        draft.fields["state"] = gone.get(files[draft.id]["state"], files[draft.id]["state"])
    await unit.save(File, drafts)
    return {*comments, *files}
