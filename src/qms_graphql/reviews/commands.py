"""What may be done with reviews and findings."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from qms_graphql.actions.rules import link_problem
from qms_graphql.base.access import PERMISSIONS, Role, permissions_of
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.signing import SIGN
from qms_graphql.base.transitions import holding
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.customers.commands import suppliers_among
from qms_graphql.nonconformities.model import Nonconformity
from qms_graphql.nonconformities.rules import NonconformityStatus
from qms_graphql.people.model import User
from qms_graphql.reviews.model import (
    Finding,
    FindingAction,
    Review,
    ReviewAttendee,
    ReviewCriterion,
    ReviewMember,
)
from qms_graphql.reviews.rules import AUDITS, NOT_WRONG, REVIEW, FindingKind, ReviewKind, ReviewStatus

_COMES_OF_IT = ("nonconformity_id", "action_waived", "response_due")
"""What of a finding may still change once its review is reported: what comes of it."""
_LEADING = frozenset({REVIEW.permission, SIGN})
"""What it takes to lead an audit: to write its report, and to sign it."""
_PERIOD = timedelta(days=365)
"""What a management review looks at, if nobody says: the year before."""


async def save_reviews(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Plan reviews or change them.

    Refuses a supplier who is none, a time of holding that lies ahead or of what is only planned, another kind once it
    was held, a criterion that names nothing or two things, a period that ends before it begins or begins after the
    review was held, to state that nothing was found where something was, and an edit that takes away what the present
    state rests on (``Machine.held``).
    """
    suppliers = await suppliers_among(unit, [draft.fields.get("supplier_id") for draft in drafts])
    named = [draft.fields["lead_id"] for draft in drafts if draft.fields.get("lead_id") is not None]
    leads = await unit.lock(User, named)
    for draft in drafts:
        _hold_values(unit, draft)
        _hold_lead(draft, leads)
        if draft.fields.get("supplier_id") is not None and draft.fields["supplier_id"] not in suppliers:
            draft.refuse(ErrorCode.INVALID, "This customer is no supplier.", "supplier")
        draft.hold_as_set(ReviewMember, "user_id", "team")
        draft.hold_as_set(ReviewAttendee, "user_id", "attendees")
        _hold_criteria(draft)
        _hold_period(unit, draft)
    await unit.give_numbers(Review, drafts)
    async with holding(unit, Review, drafts):
        await unit.save(Review, drafts)


def _hold_lead(draft: Draft, leads: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Who leads an audit signs for it: somebody who may."""
    lead = leads.get(draft.fields.get("lead_id") or draft.id)
    if lead is not None and draft.value("kind") in AUDITS:
        granted = permissions_of(frozenset(Role(role) for role in lead["roles"]))
        if not granted >= _LEADING:
            able = ", ".join(role.value for role in Role if PERMISSIONS[role] >= _LEADING)
            message = f"The lead signs for an audit: name somebody who is one of {able}; others can be in the team."
            draft.refuse(ErrorCode.INVALID, message, "lead")


def _hold_values(unit: UnitOfWork, draft: Draft) -> None:
    held_at = draft.fields.get("held_at")
    begun = draft.current is not None and draft.current["status"] is not ReviewStatus.PLANNED
    if held_at is not None and held_at > unit.now:
        draft.refuse(ErrorCode.OUT_OF_RANGE, "It cannot have taken place in the future.", "heldAt")
    elif held_at is not None and not begun and draft.to != ReviewStatus.HELD.value:
        draft.refuse(ErrorCode.INVALID, "It is planned: say so with the move to HELD.", "heldAt")
    if begun and draft.current is not None:
        for column, name in (("kind", "kind"), ("period_from", "periodFrom"), ("period_until", "periodUntil")):
            if draft.value(column) != draft.current[column]:
                draft.refuse(ErrorCode.INVALID, "This stays, once the review was held.", name)


def _hold_criteria(draft: Draft) -> None:
    seen: list[tuple[Any, Any]] = []
    for index, row in enumerate(draft.parts.get(ReviewCriterion, [])):
        named = row["requirement_id"], row["standard_id"]
        if named.count(None) != 1:
            draft.refuse(ErrorCode.INVALID, "A criterion is a requirement or a standard.", "criteria", str(index))
        elif named in seen:
            draft.refuse(ErrorCode.INVALID, "This is named twice.", "criteria", str(index))
        seen.append(named)


def _hold_period(unit: UnitOfWork, draft: Draft) -> None:
    """A management review looks at a period: the year up to now, if nobody says."""
    if draft.value("kind") is ReviewKind.MANAGEMENT_REVIEW:
        if draft.value("period_until") is None:
            draft.fields["period_until"] = draft.value("planned_at") or unit.now
        if draft.value("period_from") is None:
            draft.fields["period_from"] = draft.value("period_until") - _PERIOD
        if draft.value("period_from") >= draft.value("period_until"):
            draft.refuse(ErrorCode.INVALID, "The period begins before it ends.", "periodFrom")
        if draft.value("held_at") is not None and draft.value("held_at") < draft.value("period_from"):
            message = "The period that it looks at had not begun then; give the period too, if it is another."
            draft.refuse(ErrorCode.OUT_OF_RANGE, message, "heldAt")
    else:
        for column, name in (("period_from", "periodFrom"), ("period_until", "periodUntil")):
            if draft.fields.get(column) is not None:
                draft.refuse(ErrorCode.INVALID, "Only a management review looks at a period.", name)
            elif draft.value(column) is not None:
                draft.fields[column] = None


# -- findings --------------------------------------------------------------------------------------------------------


async def save_findings(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Write down findings or change them.

    Refuses what belongs to a closed review, or to one that states that it found nothing; a finding of no review without
    the authority that found it; to move it to another review; another kind of what a nonconformity came of; a supplier
    who is none; a time ahead; a nonconformity of what is not wrong; and a link that is none. A finding of a closed
    review whose nonconformity was cancelled gets another one, and nothing else.
    """
    wanted = {draft.value("review_id") for draft in drafts}
    wanted |= {draft.current["review_id"] for draft in drafts if draft.current is not None}
    reviews = await unit.lock(Review, wanted - {None})
    suppliers = await suppliers_among(unit, [draft.fields.get("supplier_id") for draft in drafts])
    came = await unit.lock(Nonconformity, {d.current["nonconformity_id"] for d in drafts if d.current} - {None})
    standing = {id_ for id_, row in came.items() if row["status"] is not NonconformityStatus.CANCELLED}
    for draft in drafts:
        _hold_review(draft, reviews, standing)
        _hold_kind(draft, standing)
        _hold_finding(unit, draft, reviews.get(draft.value("review_id")))
        if draft.fields.get("supplier_id") is not None and draft.fields["supplier_id"] not in suppliers:
            draft.refuse(ErrorCode.INVALID, "This customer is no supplier.", "supplier")
        draft.hold_as_set(FindingAction, "action_id", "actions")
    await unit.save(Finding, drafts)


def _hold_review(draft: Draft, reviews: Mapping[UUID, Mapping[str, Any]], standing: set[UUID]) -> None:
    review = reviews.get(draft.value("review_id"))
    held = draft.current["review_id"] if draft.current is not None else None
    if draft.current is not None and held != draft.value("review_id"):
        draft.refuse(ErrorCode.INVALID, "A finding stays with the review that found it.", "review")
    if review is None:
        if draft.value("review_id") is None and not (draft.value("authority") or "").strip():
            place = "review" if "review_id" in draft.fields else "authority"
            draft.refuse(ErrorCode.REQUIRED, "Name the review, or the authority that found it.", place)
        return
    if review["status"] is ReviewStatus.CLOSED and not _answers_anew(draft, standing):
        draft.refuse(ErrorCode.INVALID, "The review is closed; its findings stay as they are.", "review")
    elif review["status"] is ReviewStatus.REPORTED and _changes_report(draft):
        draft.refuse(ErrorCode.INVALID, "The review is reported: what it found stays as it was reported.", "review")
    elif review["no_findings"] and draft.current is None:
        draft.refuse(ErrorCode.INVALID, "The review states that it found nothing; change that first.", "review")


def _hold_kind(draft: Draft, standing: set[UUID]) -> None:
    """A nonconformity is as grave as the finding it came of: what was found is not made less of beside it."""
    held = draft.current
    if held is None or held["review_id"] is None or draft.value("kind") is held["kind"]:
        return
    if held["nonconformity_id"] in standing:
        message = "A nonconformity came of it; cancel that first, with a reason, then the finding can be another."
        draft.refuse(ErrorCode.INVALID, message, "kind")


def _answers_anew(draft: Draft, standing: set[UUID]) -> bool:
    """Whether all that a finding gets is a nonconformity, in place of one that was cancelled."""
    held = draft.current
    if held is None or held["nonconformity_id"] is None or held["nonconformity_id"] in standing:
        return False
    changed = {name for name, value in draft.fields.items() if value != held[name]}
    return changed == {"nonconformity_id"} and draft.fields["nonconformity_id"] is not None and not draft.parts


def _changes_report(draft: Draft) -> bool:
    """Whether a finding is new, or more of it changes than what comes of it."""
    held = draft.current
    return held is None or any(value != held[name] for name, value in draft.fields.items() if name not in _COMES_OF_IT)


def _hold_finding(unit: UnitOfWork, draft: Draft, review: Mapping[str, Any] | None) -> None:
    if draft.current is None and draft.fields.get("found_at") is None:
        draft.fields["found_at"] = (review["held_at"] if review is not None else None) or unit.now
    found_at = draft.value("found_at")
    if found_at is not None and found_at > unit.now:
        draft.refuse(ErrorCode.OUT_OF_RANGE, "It cannot have been found in the future.", "foundAt")
    if draft.value("kind") in NOT_WRONG and draft.value("nonconformity_id") is not None:
        draft.refuse(ErrorCode.INVALID, "No nonconformity comes of what is not wrong.", "nonconformity")
    if draft.value("kind") is not FindingKind.DECISION and draft.value("action_waived") is not None:
        draft.refuse(ErrorCode.INVALID, "Only a decision asks for an action.", "actionWaived")
    problem = link_problem(draft.fields.get("link"))
    if problem is not None:
        draft.refuse(ErrorCode.INVALID, problem, "link")
