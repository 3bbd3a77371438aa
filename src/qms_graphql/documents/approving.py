"""Approving and taking effect: what happens to a revision beside its fields."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.facts import facts_of
from qms_graphql.base.machines import ACTOR, ROLES, Facts, SignatureMeaning
from qms_graphql.base.transitions import Signature, follow_up, preparation, signed_note
from qms_graphql.base.unit import UnitOfWork, part_columns
from qms_graphql.documents.machine import by_others, changes_what_holds_or_will, named, own_role, unsigned
from qms_graphql.documents.model import Document, Revision, RevisionApproval
from qms_graphql.documents.rules import RevisionStatus


async def approve(unit: UnitOfWork, id_: UUID, version: int, signature: Signature, comment: str | None) -> None:
    """Sign one of several approvals that a revision needs; the last one is signed by moving it to APPROVED.

    Raises ``Refusal``: INVALID if it is not in review, was overtaken, or nobody but the last has to sign; FORBIDDEN for
    the author, for who has signed, and for who has none of the roles that are still asked for.
    """
    row = await unit.lock_one(Revision, id_, version)
    if row["status"] is not RevisionStatus.IN_REVIEW:
        raise Refusal(ErrorCode.INVALID, f"It is {row['status'].value}; what is IN_REVIEW is approved.", ("id",))
    known = await facts_of(unit, Revision, unit.organization_id, [id_], unit.now)
    facts = {**known[id_], ACTOR: unit.viewer.user_id, ROLES: unit.viewer.roles}
    barred = by_others(facts) or changes_what_holds_or_will(facts)
    if barred is not None:
        raise Refusal(barred.code, barred.message, ("id",))
    if own_role(facts) is None:
        asked = named(facts, unsigned(facts)) or "nobody"
        why = f"Each signs once, as one of the roles that are still asked for: {asked}."
        raise Refusal(ErrorCode.FORBIDDEN, why, ("id",))
    if len(unsigned(facts)) == 1:
        raise Refusal(ErrorCode.INVALID, "Yours is the last signature: move it to APPROVED.", ("id",))
    draft = Draft(id_, {}, row)
    draft.parts[RevisionApproval] = await _signed_by(unit, facts)
    draft.notes = signed_note(signature, SignatureMeaning.APPROVED)
    if comment is not None:
        draft.notes["reason"] = comment
    await unit.save(Revision, [draft])


async def _signed_by(unit: UnitOfWork, facts: Facts) -> list[dict[str, Any]]:
    """The approvals of a revision with that of the one who asks."""
    table = RevisionApproval.__table__
    mine = table.c.organization_id == unit.organization_id, table.c.revision_id == facts["id"]
    rows = await unit.rows(select(table).where(*mine).order_by(table.c.position))
    held = [{name: row[name] for name in part_columns(RevisionApproval)} for row in rows]
    role = own_role(facts)
    return held if role is None else [*held, {"user_id": facts[ACTOR], "role": role, "at": unit.now}]


@preparation(Revision, RevisionStatus.APPROVED)
async def note_approval(unit: UnitOfWork, facts: Facts, draft: Draft) -> None:
    """Who moves it to APPROVED signs the last approval."""
    draft.parts[RevisionApproval] = await _signed_by(unit, facts)


@preparation(Revision, RevisionStatus.DRAFT)
async def lapse(_unit: UnitOfWork, _facts: Facts, draft: Draft) -> None:
    """What goes back to be changed is approved anew."""
    draft.parts[RevisionApproval] = []


@preparation(Revision, RevisionStatus.EFFECTIVE)
async def replace(unit: UnitOfWork, facts: Facts, draft: Draft) -> None:
    """Make what it changes OBSOLETE, in the same transaction and before it takes effect itself.

    Raises ``Refusal`` CONFLICT if another request changed meanwhile what is effective.
    """
    # Whoever makes a revision of the document effective waits here for the others, and looks again.
    await unit.lock(Document, [facts["document_id"]])
    held = await _held(unit, facts["document_id"])
    if held != facts["held_id"]:
        raise Refusal(ErrorCode.CONFLICT, "Another request changed what is effective; read again.", ("to",))
    if held is not None:
        await follow_up(unit, Revision, held, RevisionStatus.OBSOLETE, f"{facts['number']} became effective.")


async def _held(unit: UnitOfWork, document_id: UUID) -> UUID | None:
    """The effective revision of a document, locked; None if there is none."""
    table = Revision.__table__
    mine = table.c.organization_id == unit.organization_id, table.c.document_id == document_id
    rows = await unit.rows(select(table.c.id).where(*mine, table.c.status == RevisionStatus.EFFECTIVE))
    locked = await unit.lock(Revision, [row["id"] for row in rows])
    return next((id_ for id_, row in locked.items() if row["status"] is RevisionStatus.EFFECTIVE), None)
