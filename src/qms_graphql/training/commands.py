"""What may be done with training records: assigned, passed, cancelled by what happens elsewhere."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import new_id
from qms_graphql.base.machines import ACTOR, Facts, SignatureMeaning
from qms_graphql.base.sets import within
from qms_graphql.base.transitions import (
    Signature,
    consequence,
    follow_up,
    follow_up_all,
    holding,
    preparation,
    signed_note,
)
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import RevisionStatus
from qms_graphql.training.courses import Course, courses_of, people_of
from qms_graphql.training.model import TrainingRecord
from qms_graphql.training.rules import (
    BY_ANOTHER,
    DONE,
    LET_OFF_BY_NO_AUTHOR,
    OPEN,
    PUT_AWAY,
    SUPERSEDED,
    Ending,
    TrainingStatus,
    completion_problem,
    concerned,
    expiry,
    waived,
)

_TABLE = TrainingRecord.__table__
TRAINED_IN = (RevisionStatus.APPROVED, RevisionStatus.EFFECTIVE)
"""What people are trained in."""
_OUTCOME = {"completed_at": "completedAt", "score": "score", "assessor_id": "assessor"}
_FIXED = {"user_id": "user", "revision_id": "revision"}


def is_one_of(statuses: Sequence[TrainingStatus], record: Any) -> ColumnElement[bool]:
    """Whether a record is in one of these states."""
    return or_(*(record.status == status for status in statuses))


# -- one record ------------------------------------------------------------------------------------------------------


async def save_records(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Assign trainings one by one, or change them.

    Refuses a revision that nobody is trained in (not approved, or obsolete), a second training of a person who has one
    to do or one that holds, another person or revision, an outcome in the future, from before the approval or told by
    the person, somebody who assesses themselves, to change the outcome once it was passed, and a score that reaches the
    pass mark where it was failed.
    """
    await _begin(unit, [draft for draft in drafts if draft.current is None])
    approved = await _approvals(unit, [draft for draft in drafts if draft.fields.get("completed_at") is not None])
    for draft in drafts:
        if draft.current is not None:
            _hold(unit, draft, draft.current)
        completed = draft.fields.get("completed_at")
        if completed is not None and not (draft.current and draft.current["completed_at"] == completed):
            problem = completion_problem(completed, approved.get(draft.value("revision_id")), unit.now)
            if problem is not None:
                draft.refuse(ErrorCode.OUT_OF_RANGE, problem, "completedAt")
        assessor = draft.value("assessor_id")
        if assessor is not None and assessor == draft.value("user_id"):
            draft.refuse(ErrorCode.INVALID, "Nobody assesses themselves.", "assessor")
    await unit.give_numbers(TrainingRecord, drafts)
    async with holding(unit, TrainingRecord, drafts):
        await unit.save(TrainingRecord, drafts)


async def _approvals(unit: UnitOfWork, drafts: Sequence[Draft]) -> dict[UUID, datetime]:
    """When the revisions were approved that these drafts train in."""
    revisions = {draft.value("revision_id") for draft in drafts} - {None}
    if not revisions:
        return {}
    table = Revision.__table__
    mine = (table.c.organization_id == unit.organization_id) & within(table.c.id, revisions, unit.dialect)
    rows = await unit.rows(select(table.c.id, table.c.approved_at).where(mine))
    return {row["id"]: row["approved_at"] for row in rows}


async def _begin(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """What is asked of new records."""
    revisions = await unit.lock(Revision, {draft.value("revision_id") for draft in drafts} - {None})
    courses = await courses_of(unit, unit.organization_id, [row["document_id"] for row in revisions.values()])
    trained = await _trained(unit, revisions)
    for draft in drafts:
        revision = revisions.get(draft.value("revision_id"))
        if revision is None:
            continue
        if revision["status"] not in TRAINED_IN:
            draft.refuse(ErrorCode.INVALID, _not_trained_in(revision), "revision")
        if (revision["id"], draft.value("user_id")) in trained:
            draft.refuse(ErrorCode.CONFLICT, "The person has this training already.", "user")
        course = courses[revision["document_id"]]
        draft.fields |= _asked(course)
        if draft.value("due_at") is None:
            draft.fields["due_at"] = unit.now + timedelta(days=course.days)
        if draft.value("user_id") == unit.viewer.user_id and draft.value("assessed"):
            _refuse_outcome(draft)


def _hold(unit: UnitOfWork, draft: Draft, held: Mapping[str, Any]) -> None:
    for column, name in _FIXED.items():
        if draft.value(column) != held[column]:
            draft.refuse(ErrorCode.INVALID, "This stays as it was assigned.", name)
    if held["status"] not in OPEN:
        for column, name in (_OUTCOME | {"due_at": "dueAt"}).items():
            if draft.value(column) != held[column]:
                draft.refuse(ErrorCode.INVALID, f"It is {held['status'].value}: this stays as it was.", name)
    elif BY_ANOTHER({**held, ACTOR: unit.viewer.user_id}) is not None:
        _refuse_outcome(draft)


def _refuse_outcome(draft: Draft) -> None:
    for column, name in _OUTCOME.items():
        if draft.fields.get(column) is not None:
            draft.refuse(ErrorCode.FORBIDDEN, "Somebody other than the person says how it went.", name)


@preparation(TrainingRecord, TrainingStatus.PASSED)
async def note_expiry(_unit: UnitOfWork, facts: Facts, draft: Draft) -> None:
    """From the day on which it was done."""
    draft.fields["expires_at"] = expiry(facts["completed_at"], facts["validity_months"])


@preparation(TrainingRecord, TrainingStatus.ASSIGNED)
async def begin_again(_unit: UnitOfWork, _facts: Facts, draft: Draft) -> None:
    """What came of it the last time stays in its history."""
    draft.fields |= dict.fromkeys((*_OUTCOME, "acknowledged_at"))


async def acknowledge(unit: UnitOfWork, revision_id: UUID) -> UUID:
    """Note that the person who asks has read and understood a revision: the person's training record.

    Where no more is asked, it is passed by that. To say it again changes nothing. Raises ``Refusal``: FORBIDDEN for a
    program, NOT_FOUND if the person is not to be trained in it.
    """
    person = unit.viewer.user_id
    if person is None:
        raise Refusal(ErrorCode.FORBIDDEN, "Only a person can do this.")
    mine = _TABLE.c.organization_id == unit.organization_id, _TABLE.c.user_id == person
    found = await unit.rows(
        select(_TABLE.c.id)
        .where(*mine, _TABLE.c.revision_id == revision_id, _TABLE.c.status != TrainingStatus.CANCELLED)
        .order_by(_TABLE.c.id.desc())
        .limit(1)
    )
    if not found:
        raise Refusal(ErrorCode.NOT_FOUND, "You are not to be trained in this revision.", ("revision",))
    row = await unit.lock_one(TrainingRecord, found[0]["id"])
    if row["status"] in OPEN and row["acknowledged_at"] is None:
        said = {"acknowledged_at": unit.now}
        if row["assessed"]:
            await unit.save(TrainingRecord, [Draft(row["id"], said, row)])
        else:
            await unit.save(TrainingRecord, [Draft(row["id"], said | {"completed_at": unit.now}, row)])
            await follow_up(unit, TrainingRecord, row["id"], TrainingStatus.PASSED, "Read and understood.")
    key: UUID = row["id"]
    return key


# -- many at once ----------------------------------------------------------------------------------------------------


async def assign(
    unit: UnitOfWork,
    revision: Mapping[str, Any],
    people: Sequence[UUID],
    due_at: datetime | None = None,
    *,
    for_others: bool = False,
) -> list[UUID]:
    """Assign training in a locked revision to these people: the new records, of those who have none already.

    ``for_others``: whoever's move brings it about need not see them.
    """
    return await assign_each(unit, [(revision, person) for person in people], due_at, for_others=for_others)


async def assign_each(
    unit: UnitOfWork,
    wanted: Sequence[tuple[Mapping[str, Any], UUID]],
    due_at: datetime | None = None,
    *,
    for_others: bool = False,
) -> list[UUID]:
    """Assign training in locked revisions, each to a person, as ``assign`` does in one."""
    courses = await courses_of(unit, unit.organization_id, {revision["document_id"] for revision, _ in wanted})
    held = await _trained(unit, {revision["id"] for revision, _ in wanted})
    drafts = []
    for revision, person in wanted:
        if (revision["id"], person) not in held:
            course = courses[revision["document_id"]]
            asked = {"user_id": person, "revision_id": revision["id"]}
            asked["due_at"] = due_at or unit.now + timedelta(days=course.days)
            drafts.append(Draft(new_id(), _asked(course) | asked))
    await unit.give_numbers(TrainingRecord, drafts)
    await unit.save(TrainingRecord, drafts, for_others=for_others)
    return [draft.id for draft in drafts]


def _asked(course: Course) -> dict[str, Any]:
    return {
        "assessed": course.terms.assessed,
        "pass_mark": course.terms.pass_mark,
        "validity_months": course.terms.validity_months,
    }


async def _trained(unit: UnitOfWork, revisions: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Who has training in which of these revisions to do, or has done it and it holds: pairs (revision, person)."""
    if not revisions:
        return set()
    lasting = or_(_TABLE.c.expires_at.is_(None), _TABLE.c.expires_at > unit.now)
    rows = await unit.rows(
        select(_TABLE.c.revision_id, _TABLE.c.user_id).where(
            _TABLE.c.organization_id == unit.organization_id,
            within(_TABLE.c.revision_id, revisions, unit.dialect),
            or_(is_one_of(OPEN, _TABLE.c), is_one_of(DONE, _TABLE.c) & lasting),
        )
    )
    return {(row["revision_id"], row["user_id"]) for row in rows}


async def revision_to_train_in(unit: UnitOfWork, revision_id: UUID) -> Mapping[str, Any]:
    """The revision, locked, so that nobody assigns at the same time. Raises ``Refusal`` at ``revision``."""
    try:
        revision = await unit.lock_one(Revision, revision_id)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, ("revision",)) from None
    if revision["status"] not in TRAINED_IN:
        raise Refusal(ErrorCode.INVALID, _not_trained_in(revision), ("revision",))
    return revision


def _not_trained_in(revision: Mapping[str, Any]) -> str:
    return f"It is {revision['status'].value}; people are trained in what is approved or effective."


@consequence(Revision, RevisionStatus.APPROVED)
async def assign_to_all_concerned(unit: UnitOfWork, revision: Facts) -> None:
    """Everybody concerned is to be trained in what was approved.

    What it will take the place of is still trained: another revision may come first.
    """
    course = (await courses_of(unit, unit.organization_id, [revision["document_id"]]))[revision["document_id"]]
    if course.roles or course.departments:
        people = await people_of(unit, unit.organization_id)
        await assign(unit, revision, concerned(people, course.roles, course.departments), for_others=True)


@consequence(Revision, RevisionStatus.OBSOLETE)
async def ask_no_more(unit: UnitOfWork, revision: Facts) -> None:
    """Nobody is trained in what is put away."""
    ending = SUPERSEDED if revision["effective_at"] is not None else PUT_AWAY
    await end(unit, _TABLE.c.revision_id == revision["id"], ending)


async def waive(unit: UnitOfWork, revision_id: UUID, version: int, reason: str, signature: Signature) -> None:
    """State why nobody need be trained in a revision; what is still to be done of its training is waived.

    Raises ``Refusal``: INVALID unless the revision is APPROVED; FORBIDDEN for its author.
    """
    row = await unit.lock_one(Revision, revision_id, version)
    if row["status"] is not RevisionStatus.APPROVED:
        why = f"It is {row['status'].value}; training is waived between its approval and its date."
        raise Refusal(ErrorCode.INVALID, why, ("id",))
    barred = LET_OFF_BY_NO_AUTHOR({**row, ACTOR: unit.viewer.user_id})
    if barred is not None:
        raise Refusal(barred.code, barred.message, ("id",))
    draft = Draft(revision_id, {"training_waived": reason}, row)
    draft.notes = signed_note(signature, SignatureMeaning.WAIVED) | {"reason": reason}
    await unit.save(Revision, [draft])
    await end(unit, _TABLE.c.revision_id == revision_id, waived(reason))


async def end(unit: UnitOfWork, which: ColumnElement[bool], ending: Ending) -> None:
    """End what of these is still to be done."""
    mine = _TABLE.c.organization_id == unit.organization_id
    rows = await unit.rows(select(_TABLE.c.id).where(mine, is_one_of(OPEN, _TABLE.c), which))
    await follow_up_all(unit, TrainingRecord, [row["id"] for row in rows], ending.to, ending.reason)
