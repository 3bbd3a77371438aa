"""Tables of reviews and findings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Part, Record
from qms_graphql.reviews.rules import REVIEW, FindingKind, ReviewKind, ReviewStatus


class Review(Record, Base):
    """Some people looked at something together: an audit, a management review, a meeting, a focus group."""

    __tablename__ = "review"
    __prefix__ = "RVW"
    __machine__ = REVIEW

    number: Mapped[str] = columns.text("Its number, for example RVW-2026-00017.", limit=40)
    title: Mapped[str] = columns.text("What it is about, in a few words.")
    kind: Mapped[ReviewKind] = columns.choice(ReviewKind, "What sort of review it is; it stays once it was held.")
    status: Mapped[ReviewStatus] = columns.choice(ReviewStatus, "How far it has come.", default=ReviewStatus.PLANNED)
    scope: Mapped[str | None] = columns.text("What it covers, and what it does not.", limit=5000)
    planned_at: Mapped[datetime | None] = columns.moment("When it is to take place.")
    held_at: Mapped[datetime | None] = columns.moment("When it took place.")
    reported_at: Mapped[datetime | None] = columns.moment("When it was reported.")
    closed_at: Mapped[datetime | None] = columns.moment("When it was closed.")
    no_findings: Mapped[bool] = columns.flag("Whether it is stated that it found nothing.", default=False)
    independence_waived: Mapped[str | None] = columns.text(
        "Why it stands that somebody audits their own work (ISO 9001, 9.2.2).", limit=2000
    )
    summary: Mapped[str | None] = columns.text("What was said and seen, as minutes or report tell it.", limit=20_000)
    improvement_opportunities: Mapped[str | None] = columns.text(
        "What could be improved (ISO 9001, 9.3.3 a).", limit=5000
    )
    needed_changes: Mapped[str | None] = columns.text(
        "What has to change in the quality system (ISO 9001, 9.3.3 b).", limit=5000
    )
    resource_needs: Mapped[str | None] = columns.text("Which resources are needed (ISO 9001, 9.3.3 c).", limit=5000)
    context_changes: Mapped[str | None] = columns.text(
        "What has changed around and within the organization (ISO 9001, 9.3.2 b).", limit=5000
    )
    period_from: Mapped[datetime | None] = columns.moment("The first moment that a management review looks at.")
    period_until: Mapped[datetime | None] = columns.moment("The first moment after what a management review looks at.")
    inputs: Mapped[dict[str, Any] | None] = columns.json("What was shown to a management review when it was held.")
    inputs_at: Mapped[datetime | None] = columns.moment("When the inputs were kept as they are.")
    lead_id: Mapped[UUID | None] = columns.link("user", "Who leads it: the lead auditor, or who chairs.", assigns=True)
    department_id: Mapped[UUID | None] = columns.link("department", "The department that is looked at.")
    supplier_id: Mapped[UUID | None] = columns.link("customer", "The supplier that is audited.")

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "kind", "held_at", "id"),
        Index(None, "organization_id", "held_at", "id"),
        Index(None, "organization_id", "planned_at", "id"),
        Index(None, "organization_id", "status", "planned_at", "id"),
    )


class ReviewMember(Part, Base):
    """That somebody is in the team of a review: an auditor."""

    __tablename__ = "review_member"
    __owner__ = "review_id"
    __list__ = "team"

    review_id: Mapped[UUID] = columns.link("review", "The review.", index=None, part_of_key=True)
    user_id: Mapped[UUID] = columns.link("user", "Who is in the team.", index=("review_id",))


class ReviewAttendee(Part, Base):
    """That somebody takes part in a review."""

    __tablename__ = "review_attendee"
    __owner__ = "review_id"
    __list__ = "attendees"

    review_id: Mapped[UUID] = columns.link("review", "The review.", index=None, part_of_key=True)
    user_id: Mapped[UUID] = columns.link("user", "Who takes part.", index=("review_id",))


class ReviewCriterion(Part, Base):
    """What a review holds the work against: a requirement, or all of a standard."""

    __tablename__ = "review_criterion"
    __owner__ = "review_id"
    __list__ = "criteria"

    review_id: Mapped[UUID] = columns.link("review", "The review.", index=None, part_of_key=True)
    requirement_id: Mapped[UUID | None] = columns.link("requirement", "A requirement.", index=("review_id",))
    standard_id: Mapped[UUID | None] = columns.link("standard", "A standard, whole.", index=("review_id",))


class Finding(Record, Base):
    """What a review found or decided, or what an authority found."""

    __tablename__ = "finding"

    kind: Mapped[FindingKind] = columns.choice(FindingKind, "What it is.")
    statement: Mapped[str] = columns.text("What was found or decided, in a sentence that can be checked.", limit=5000)
    evidence: Mapped[str | None] = columns.text("What shows it.", limit=5000)
    link: Mapped[str | None] = columns.text("Where to read it in the words of who found it.", limit=2000)
    grade: Mapped[str | None] = columns.text("How whoever found it grades it, in their own words.", limit=100)
    authority: Mapped[str | None] = columns.text("Who found it, where it was no review of ours.", limit=200)
    reference: Mapped[str | None] = columns.text("How whoever found it refers to it.", limit=200)
    found_at: Mapped[datetime] = columns.moment("When it was found.")
    response_due: Mapped[datetime | None] = columns.moment("By when it shall be answered.")
    action_waived: Mapped[str | None] = columns.text("Why a decision needs no action.", limit=2000)
    active: Mapped[bool] = columns.flag("False once its source withdrew it: it counts no more.", default=True)
    review_id: Mapped[UUID | None] = columns.link("review", "The review that found it; null for an authority's.")
    requirement_id: Mapped[UUID | None] = columns.link(
        "requirement", "The requirement it is about.", index=("found_at", "id")
    )
    nonconformity_id: Mapped[UUID | None] = columns.link("nonconformity", "What came of it.")
    department_id: Mapped[UUID | None] = columns.link("department", "Where it was found.", index=("found_at", "id"))
    supplier_id: Mapped[UUID | None] = columns.link(
        "customer", "The supplier where it was found.", index=("found_at", "id")
    )

    __table_args__ = (
        Index(None, "organization_id", "found_at", "id"),
        Index(None, "organization_id", "kind", "found_at", "id"),
    )


class FindingAction(Part, Base):
    """That an action carries out a decision, or answers a finding."""

    __tablename__ = "finding_action"
    __owner__ = "finding_id"
    __list__ = "actions"

    finding_id: Mapped[UUID] = columns.link("finding", "The finding.", index=None, part_of_key=True)
    action_id: Mapped[UUID] = columns.link("action", "What is done.", index=("finding_id",))
