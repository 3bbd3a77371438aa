"""What comes of reviews: nonconformities and actions of findings, and feedback of what was said in focus groups."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from qms_graphql.actions.commands import save_actions
from qms_graphql.actions.model import Action
from qms_graphql.base.drafts import Draft, check_columns
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.ids import new_id
from qms_graphql.base.sets import within
from qms_graphql.base.transitions import refuse_settled
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.feedback.commands import save_feedback
from qms_graphql.feedback.model import Feedback, FeedbackTheme
from qms_graphql.feedback.rules import FeedbackSource, Voice
from qms_graphql.nonconformities.commands import save_nonconformities
from qms_graphql.nonconformities.model import Nonconformity, NonconformityRequirement
from qms_graphql.nonconformities.rules import NonconformityOrigin, NonconformityStatus
from qms_graphql.reviews.commands import save_findings
from qms_graphql.reviews.model import Finding, FindingAction, Review
from qms_graphql.reviews.rules import NOT_WRONG, ReviewKind

MOST_STATEMENTS = 200
"""Most statements in one request."""
_TITLE = 300


async def open_nonconformity(unit: UnitOfWork, id_: UUID, version: int, fields: Mapping[str, Any]) -> UUID:
    """Make a nonconformity of a finding: it takes over what was found, where, when, and the requirement not met.

    Where it was found: as the finding says, else as the review does. Raises ``Refusals``: INVALID for what is not
    wrong, for a finding of which one came already that stands, and where the review is closed and none was cancelled.
    """
    finding = await unit.lock_one(Finding, id_, version)
    if finding["kind"] in NOT_WRONG:
        raise Refusal(ErrorCode.INVALID, f"A {finding['kind'].value} is nothing wrong.", ("finding",))
    before = await unit.lock(Nonconformity, {finding["nonconformity_id"]} - {None})
    if any(row["status"] is not NonconformityStatus.CANCELLED for row in before.values()):
        raise Refusal(ErrorCode.INVALID, "A nonconformity came of it already.", ("finding",))
    place = await _place(unit, finding)
    taken = {
        "title": finding["statement"][:_TITLE],
        "description": finding["statement"],
        "origin": NonconformityOrigin.AUDIT if place["supplier_id"] is None else NonconformityOrigin.SUPPLIER,
        "detected_at": finding["found_at"],
        **place,
    }
    draft = Draft(new_id(), taken | dict(fields))
    if finding["requirement_id"] is not None:
        draft.parts[NonconformityRequirement] = [{"requirement_id": finding["requirement_id"]}]
    check_columns(Nonconformity, draft, {name: name for name in ("title", "description")})
    await save_nonconformities(unit, [draft])
    _refuse(draft)
    await _come_of(unit, Draft(id_, {"nonconformity_id": draft.id}, finding))
    return draft.id


async def plan_action(unit: UnitOfWork, id_: UUID, version: int, fields: Mapping[str, Any]) -> UUID:
    """Plan an action that carries out a decision, or answers a finding.

    Raises ``Refusals``, for example OUT_OF_RANGE if it would be due before it is planned.
    """
    finding = await unit.lock_one(Finding, id_, version)
    if fields["due_at"] < unit.now:
        raise Refusal(ErrorCode.OUT_OF_RANGE, "This is past already.", ("dueAt",))
    department = (await _place(unit, finding))["department_id"]
    taken = {"requirement_id": finding["requirement_id"], "department_id": department}
    draft = Draft(new_id(), taken | dict(fields))
    check_columns(Action, draft, {"title": "title", "description": "description", "due_at": "dueAt"})
    await save_actions(unit, [draft])
    _refuse(draft)
    pairs = FindingAction.__table__
    mine = pairs.c.organization_id == unit.organization_id, within(pairs.c.finding_id, [id_], unit.dialect)
    planned = [row["action_id"] for row in await unit.rows(select(pairs.c.action_id).where(*mine))]
    change = Draft(id_, {}, finding)
    change.parts[FindingAction] = [{"action_id": action} for action in (*planned, draft.id)]
    await _come_of(unit, change)
    return draft.id


async def _place(unit: UnitOfWork, finding: Mapping[str, Any]) -> dict[str, Any]:
    """The department and the supplier where it was found: those of its review, where the finding names none."""
    review = (await unit.lock(Review, {finding["review_id"]} - {None})).get(finding["review_id"], {})
    return {name: finding[name] or review.get(name) for name in ("department_id", "supplier_id")}


async def _come_of(unit: UnitOfWork, change: Draft) -> None:
    """Note at the finding what came of it."""
    await save_findings(unit, [change])
    if change.refused:
        raise Refusals([Refusal(refusal.code, refusal.message, ("finding",)) for refusal in change.refusals])


def _refuse(draft: Draft) -> None:
    if draft.refused:
        raise Refusals(draft.refusals)


async def record_statements(unit: UnitOfWork, review_id: UUID, statements: Sequence[Draft]) -> None:
    """Take what customers said in a focus group in as feedback: by the same command as all other feedback.

    ``statements`` hold the words, whose they are and what they are about. Each draft says itself what is wrong with it.
    Raises ``Refusal``: INVALID where the review is no focus group, or is reported.
    """
    try:
        review = await unit.lock_one(Review, review_id)
        refuse_settled(Review, review)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, ("review",)) from None
    if review["kind"] is not ReviewKind.FOCUS_GROUP:
        raise Refusal(ErrorCode.INVALID, "This review is no focus group.", ("review",))
    for draft in statements:
        draft.fields |= {
            "source": FeedbackSource.FOCUS_GROUP,
            "voice": Voice.CUSTOMER,
            "focus_group_id": review_id,
            "occurred_at": review["held_at"] or unit.now,
            "received_at": unit.now,
        }
        draft.hold_as_set(FeedbackTheme, "theme_id", "themes")
        if not (draft.value("text") or "").strip():
            draft.refuse(ErrorCode.REQUIRED, "This cannot be empty.", "text")
        check_columns(Feedback, draft, {"text": "text"})
    await save_feedback(unit, statements)
