"""What may be done with documents and their revisions."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from qms_graphql.actions.rules import link_problem
from qms_graphql.base.columns import Part
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork, part_columns
from qms_graphql.documents.machine import ALWAYS_OPEN
from qms_graphql.documents.model import Characteristic, Document, Revision, RevisionAction, RevisionRequirement
from qms_graphql.documents.rules import RevisionStatus, date_problem, limits_problem

_REVISABLE = (RevisionStatus.APPROVED, RevisionStatus.EFFECTIVE)
"""What a revision may change: what was approved, so that nobody learns by it what somebody else's draft says."""
_KEPT = {"document_id": "document", "author_id": "author"}


async def save_documents(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change documents. Refuses another kind once there are revisions: its approvers would be others."""
    changed = {d.id for d in drafts if d.current is not None and d.value("kind") is not d.current["kind"]}
    revised = await _revised(unit, changed)
    for draft in drafts:
        if draft.id in revised:
            draft.refuse(ErrorCode.INVALID, "It has revisions already, so its kind stays.", "kind")
    await unit.give_numbers(Document, drafts)
    await unit.save(Document, drafts)


async def _revised(unit: UnitOfWork, ids: set[UUID]) -> set[UUID]:
    """Those of these documents that have revisions."""
    if not ids:
        return set()
    table = Revision.__table__
    mine = (table.c.organization_id == unit.organization_id) & within(table.c.document_id, ids, unit.dialect)
    return {row["document_id"] for row in await unit.rows(select(table.c.document_id).where(mine).distinct())}


async def save_revisions(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change revisions. Who makes one is its author, for good.

    A new one changes the effective one of its document, unless it says another, and has its characteristics, unless it
    gives its own. Refuses to change what is in review or was signed, but for ``machine.ALWAYS_OPEN`` of an APPROVED
    one; a date before the approval; another document; a label that the document has already; to change what is not
    approved, or of another document; limits that contradict each other.
    """
    documents = await unit.lock(Document, {draft.value("document_id") for draft in drafts} - {None})
    siblings = await _siblings(unit, documents)
    for draft in drafts:
        others = [row for row in siblings if row["document_id"] == draft.value("document_id")]
        if draft.current is None:
            await _begin(unit, draft, others)
        else:
            _hold_signed(draft, draft.current)
        _hold_place(draft, others)
        _hold_values(draft)
        draft.hold_as_set(RevisionAction, "action_id", "causedBy")
        draft.hold_as_set(RevisionRequirement, "requirement_id", "satisfies")
    await unit.give_numbers(Revision, drafts)
    await unit.save(Revision, drafts)


async def _siblings(unit: UnitOfWork, documents: Mapping[UUID, Any]) -> list[Mapping[str, Any]]:
    """All revisions of these documents."""
    if not documents:
        return []
    table = Revision.__table__
    mine = (table.c.organization_id == unit.organization_id) & within(table.c.document_id, documents, unit.dialect)
    columns = table.c.id, table.c.document_id, table.c.label, table.c.status
    return list(await unit.rows(select(*columns).where(mine)))


async def _begin(unit: UnitOfWork, draft: Draft, others: Sequence[Mapping[str, Any]]) -> None:
    """What a new revision starts from."""
    draft.fields["author_id"] = unit.viewer.user_id
    if "supersedes_id" not in draft.fields:
        held = next((row["id"] for row in others if row["status"] is RevisionStatus.EFFECTIVE), None)
        draft.fields["supersedes_id"] = held
    changed = draft.fields["supersedes_id"]
    if Characteristic not in draft.parts and changed in {row["id"] for row in others}:
        draft.parts[Characteristic] = await _characteristics(unit, changed)


async def _characteristics(unit: UnitOfWork, revision_id: UUID) -> list[dict[str, Any]]:
    table = Characteristic.__table__
    mine = table.c.organization_id == unit.organization_id, table.c.revision_id == revision_id
    rows = await unit.rows(select(table).where(*mine).order_by(table.c.position))
    return [{name: row[name] for name in part_columns(Characteristic)} for row in rows]


def _hold_signed(draft: Draft, held: Mapping[str, Any]) -> None:
    """What is being signed, or was, stays as it is; who made it, and of what, too."""
    for column, name in _KEPT.items():
        if draft.value(column) != held[column]:
            draft.refuse(ErrorCode.INVALID, "This stays as it was made.", name)
    status = held["status"]
    if status is RevisionStatus.DRAFT:
        return
    is_open = ALWAYS_OPEN if status is RevisionStatus.APPROVED else frozenset()
    given = [name for name, value in draft.fields.items() if value != held[name]]
    changed = [name for name in given if name not in is_open]
    problem = date_problem(draft.value("effective_from"), held["approved_at"]) if "effective_from" in given else None
    if status is RevisionStatus.APPROVED and problem is not None:
        draft.refuse(ErrorCode.OUT_OF_RANGE, problem, "effectiveFrom")
    spelled = {"content_link": "contentLink", "supersedes_id": "supersedes", "effective_from": "effectiveFrom"}
    lists: dict[type[Part], str] = {
        Characteristic: "characteristics",
        RevisionAction: "causedBy",
        RevisionRequirement: "satisfies",
    }
    for name in [
        *(spelled.get(name, name) for name in changed if name not in _KEPT),
        *(lists[part] for part in draft.parts),
    ]:
        draft.refuse(ErrorCode.INVALID, f"It is {status.value}: what is signed stays as it is.", name)


def _hold_place(draft: Draft, others: Sequence[Mapping[str, Any]]) -> None:
    """Its label is its own within the document, and what it changes is an approved revision of that."""
    rest = {row["id"]: row for row in others if row["id"] != draft.id}
    if "label" in draft.fields and draft.fields["label"] in {row["label"] for row in rest.values()}:
        draft.refuse(ErrorCode.CONFLICT, "The document has a revision of this label.", "label")
    named = draft.value("supersedes_id")
    if named is None or (draft.current is not None and named == draft.current["supersedes_id"]):
        return
    if named not in rest:
        draft.refuse(ErrorCode.INVALID, "A revision changes another one of the same document.", "supersedes")
    elif rest[named]["status"] not in _REVISABLE:
        draft.refuse(ErrorCode.INVALID, "A revision changes one that is approved or effective.", "supersedes")


def _hold_values(draft: Draft) -> None:
    problem = link_problem(draft.fields.get("content_link"))
    if problem is not None:
        draft.refuse(ErrorCode.INVALID, problem, "contentLink")
    seen: set[str] = set()
    for index, row in enumerate(draft.parts.get(Characteristic, [])):
        if row["critical"] is None:
            row["critical"] = False
        wrong = limits_problem(row)
        if wrong is not None:
            draft.refuse(ErrorCode.INVALID, wrong[1], "characteristics", str(index), wrong[0])
        name = (row["name"] or "").strip().casefold()
        if name in seen:
            draft.refuse(ErrorCode.INVALID, "This is named twice.", "characteristics", str(index), "name")
        seen.add(name)
