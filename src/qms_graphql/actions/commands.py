"""What may be done with actions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from qms_graphql.actions.model import Action, ActionDueChange, ActionEvidence
from qms_graphql.actions.rules import NOT_DONE, PENDING, ActionStatus, link_problem
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.facts import fact, facts_of
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork, kept_parts

MOST_PENDING = 200


@fact(Action)
def evidenced(action: Any) -> ColumnElement[bool]:
    """Whether something shows that the action was done."""
    shown = ActionEvidence.__table__.c
    mine = shown.organization_id == action.organization_id, shown.action_id == action.id
    return select(shown.position).where(*mine).exists()


async def save_actions(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change actions.

    Refuses a time of doing for what is not done, no evidence for what is, another kind or predecessor once it was
    begun, another due time once one was set (``change_due``), evidence that says nothing, and to take the place of
    itself or of one of another kind.
    """
    await refuse_circles(unit, Action, drafts, column="supersedes_id", name="supersedes")
    superseded = await _superseded(unit, drafts)
    bare = await _bared(unit, drafts)
    for draft in drafts:
        _hold_times(draft)
        if draft.id in bare:
            draft.refuse(ErrorCode.REQUIRED, "What was done keeps its evidence.", "evidence")
        kind = draft.value("kind")
        if draft.current is not None and draft.current["status"] is not ActionStatus.PLANNED:
            _hold_begun(draft, draft.current)
        if superseded.get(draft.value("supersedes_id"), kind) is not kind:
            draft.refuse(ErrorCode.INVALID, "An action takes the place of one of its own kind.", "supersedes")
        for index, row in enumerate(draft.parts.get(ActionEvidence, [])):
            _hold_evidence(draft, str(index), row)
    await unit.give_numbers(Action, drafts)
    await unit.save(Action, drafts)


def _hold_begun(draft: Draft, held: Mapping[str, Any]) -> None:
    """What others rest on stays as it was when it was begun."""
    for column, name in (("kind", "kind"), ("supersedes_id", "supersedes")):
        if draft.value(column) != held[column]:
            draft.refuse(ErrorCode.INVALID, "This stays, once the action was begun.", name)


def _hold_times(draft: Draft) -> None:
    if draft.value("status") in (None, *NOT_DONE):
        if draft.to != ActionStatus.DONE.value and draft.fields.get("done_at") is not None:
            draft.refuse(ErrorCode.INVALID, "It has not been done.", "doneAt")
    else:
        if draft.value("done_at") is None:
            draft.refuse(ErrorCode.REQUIRED, "What was done has a time.", "doneAt")
    due = draft.current["due_at"] if draft.current is not None else None
    if due is not None and draft.value("due_at") != due:
        draft.refuse(ErrorCode.INVALID, "Change it by changeDueDate, with a reason.", "dueAt")


async def _bared(unit: UnitOfWork, drafts: Sequence[Draft]) -> set[UUID]:
    """The actions that were done and would have no evidence left: ``evidence_files`` is a fact of the room of files."""
    emptied = [draft for draft in drafts if draft.parts.get(ActionEvidence) == []]
    done = [draft.id for draft in emptied if draft.value("status") not in (None, *NOT_DONE)]
    known = await facts_of(unit, Action, unit.organization_id, done, unit.now) if done else {}
    return {id_ for id_ in done if not known.get(id_, {}).get("evidence_files")}


def _hold_evidence(draft: Draft, place: str, row: Mapping[str, Any]) -> None:
    if not (row["text"] or "").strip() and row["link"] is None:
        draft.refuse(ErrorCode.REQUIRED, "Evidence is a text or a link.", "evidence", place, "text")
    problem = link_problem(row["link"])
    if problem is not None:
        draft.refuse(ErrorCode.INVALID, problem, "evidence", place, "link")


async def _superseded(unit: UnitOfWork, drafts: Sequence[Draft]) -> dict[UUID | None, Any]:
    """The kinds of the actions whose place the drafts take."""
    named = {draft.value("supersedes_id") for draft in drafts} - {None}
    if not named:
        return {}
    table = Action.__table__
    mine = (table.c.organization_id == unit.organization_id) & within(table.c.id, named, unit.dialect)
    rows = await unit.rows(select(table.c.id, table.c.kind).where(mine))
    return {row["id"]: row["kind"] for row in rows}


async def change_due(unit: UnitOfWork, id_: UUID, version: int, due_at: datetime, reason: str) -> None:
    """Change by when an action shall be done, and keep from when to when, why, and who approved: who asks.

    Raises ``Refusal``: FORBIDDEN for the action's owner; INVALID if it is not pending, or has no due time or this one.
    """
    row = await unit.lock_one(Action, id_, version)
    before = row["due_at"]
    if row["status"] not in PENDING:
        raise Refusal(ErrorCode.INVALID, f"It is {row['status'].value}: nothing is due any more.", ("id",))
    if before is None:
        raise Refusal(ErrorCode.INVALID, "It has no due time yet; set it by updateAction.", ("dueAt",))
    if due_at == before:
        raise Refusal(ErrorCode.INVALID, "This is when it is due already.", ("dueAt",))
    approver = unit.viewer.user_id
    if approver is not None and approver == row["owner_id"]:
        raise Refusal(ErrorCode.FORBIDDEN, "Somebody other than the owner approves another due time.", ("id",))
    draft = Draft(id_, {"due_at": due_at}, row)
    change = {"at": unit.now, "due_before": before, "due_after": due_at, "reason": reason, "approver_id": approver}
    draft.parts[ActionDueChange] = [*await kept_parts(unit, ActionDueChange, id_), change]
    await unit.save(Action, [draft])


async def pending_of(reader: Reader, organization_id: UUID, departments: Sequence[UUID]) -> list[Mapping[str, Any]]:
    """Id and department of what departments are to do and have not done: due first, at most 200 of each."""
    table = Action.__table__
    order = (table.c.due_at.is_(None), table.c.due_at, table.c.id)
    place = func.row_number().over(partition_by=table.c.department_id, order_by=order).label("place")
    ranked = (
        select(table.c.id, table.c.department_id, place)
        .where(
            table.c.organization_id == organization_id,
            within(table.c.department_id, departments, reader.dialect),
            or_(*(table.c.status == status for status in PENDING)),
        )
        .subquery()
    )
    found = select(ranked.c.id, ranked.c.department_id).where(ranked.c.place <= MOST_PENDING)
    return list(await reader.rows(found.order_by(ranked.c.place)))
