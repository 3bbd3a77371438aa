"""Tables of nonconformities, their causes, and what is planned about them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Part, Record
from qms_graphql.nonconformities.machine import NONCONFORMITY
from qms_graphql.nonconformities.rules import (
    CauseCategory,
    DetectionStage,
    Disposition,
    NonconformityOrigin,
    NonconformityStatus,
)


class Nonconformity(Record, Base):
    """That something did not meet a requirement: found, contained, understood, put right, and kept from recurring."""

    __tablename__ = "nonconformity"
    __prefix__ = "NC"
    __machine__ = NONCONFORMITY

    number: Mapped[str] = columns.text("Its number, for example NC-2026-00017.", limit=40)
    title: Mapped[str] = columns.text("What did not conform, in a few words.")
    description: Mapped[str | None] = columns.text("What, where, when and how much.", limit=5000)
    status: Mapped[NonconformityStatus] = columns.choice(
        NonconformityStatus, "How far it has come.", default=NonconformityStatus.OPEN
    )
    origin: Mapped[NonconformityOrigin] = columns.choice(NonconformityOrigin, "How it came to be known.")
    stage: Mapped[DetectionStage | None] = columns.choice(DetectionStage, "Where on its way it was detected.")
    detected_at: Mapped[datetime] = columns.moment("When it was detected.", past=True)
    contained_at: Mapped[datetime | None] = columns.moment("When it was contained.")
    closed_at: Mapped[datetime | None] = columns.moment("When it was closed.")
    lot: Mapped[str | None] = columns.text("The lot it was found in.", limit=100)
    suspect_quantity: Mapped[Decimal | None] = columns.number("How many units may be affected.", low=0)
    defective_quantity: Mapped[Decimal | None] = columns.number("How many units are affected for certain.", low=0)
    amount: Mapped[Decimal | None] = columns.exact("What it cost, in the currency.", low=0)
    currency: Mapped[str | None] = columns.text("ISO 4217 code.", limit=20)
    disposition: Mapped[Disposition | None] = columns.choice(Disposition, "What becomes of what does not conform.")
    re_verification: Mapped[str | None] = columns.text(
        "How it was verified that what was corrected conforms (ISO 9001, 8.7.1).", limit=2000
    )
    similar_occurrence: Mapped[str | None] = columns.text(
        "What was found on looking whether it happens, or could happen, elsewhere (ISO 9001, 10.2.1 b).", limit=5000
    )
    similar_checked_at: Mapped[datetime | None] = columns.moment("When that was looked at.")
    containment_not_needed: Mapped[str | None] = columns.text("Why nothing needs to be contained.", limit=2000)
    corrective_not_needed: Mapped[str | None] = columns.text("Why no corrective action is needed.", limit=2000)
    inconclusive_accepted: Mapped[str | None] = columns.text(
        "Why it is accepted that the effect of a corrective action stays INCONCLUSIVE; who closes it signs for that.",
        limit=2000,
    )
    risk_waived: Mapped[str | None] = columns.text("Why no risk is rated again.", limit=2000)
    document_waived: Mapped[str | None] = columns.text("Why no document is changed.", limit=2000)
    product_id: Mapped[UUID | None] = columns.link("product", "What did not conform.", index=("detected_at", "id"))
    supplier_id: Mapped[UUID | None] = columns.link("customer", "The supplier it came from.")
    owner_id: Mapped[UUID | None] = columns.link("user", "Who answers for it.", assigns=True)
    department_id: Mapped[UUID | None] = columns.link("department", "Where it arose.")
    disposed_by_id: Mapped[UUID | None] = columns.link("user", "Who decided on the disposition (ISO 9001, 8.7.2).")

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "status", "detected_at", "id"),
        Index(None, "organization_id", "detected_at", "id"),
    )


class NonconformityMember(Part, Base):
    """That a person is in the team of a nonconformity."""

    __tablename__ = "nonconformity_member"
    __owner__ = "nonconformity_id"
    __list__ = "team"

    nonconformity_id: Mapped[UUID] = columns.link("nonconformity", "The nonconformity.", index=None, part_of_key=True)
    user_id: Mapped[UUID] = columns.link("user", "The person.", index=("nonconformity_id",))


class NonconformityRequirement(Part, Base):
    """That a nonconformity is about a requirement."""

    __tablename__ = "nonconformity_requirement"
    __owner__ = "nonconformity_id"
    __list__ = "requirements"

    nonconformity_id: Mapped[UUID] = columns.link("nonconformity", "The nonconformity.", index=None, part_of_key=True)
    requirement_id: Mapped[UUID] = columns.link("requirement", "What was not met.", index=("nonconformity_id",))


class NonconformityRisk(Part, Base):
    """That a risk came true in a nonconformity, or is seen anew because of it."""

    __tablename__ = "nonconformity_risk"
    __owner__ = "nonconformity_id"
    __list__ = "risks"

    nonconformity_id: Mapped[UUID] = columns.link("nonconformity", "The nonconformity.", index=None, part_of_key=True)
    risk_id: Mapped[UUID] = columns.link("risk", "The risk.", index=("nonconformity_id",))


class Cause(Record, Base):
    """Why a nonconformity came about.

    Causes form a tree: each explains the one above it, so that five times "why?" is a way down.
    """

    __tablename__ = "cause"

    statement: Mapped[str] = columns.text("The cause, in a sentence that can be checked.", limit=2000)
    category: Mapped[CauseCategory | None] = columns.choice(CauseCategory, "Where it lies (6M).")
    evidence: Mapped[str | None] = columns.text("What shows that it is so.", limit=5000)
    evidence_link: Mapped[str | None] = columns.text("Where to look at what shows it.", limit=2000)
    is_root: Mapped[bool] = columns.flag(
        "Whether it is a root cause: removing it removes the problem. It counts once it is verified.", default=False
    )
    escape_point: Mapped[bool] = columns.flag(
        "Whether it says why the problem was not noticed where it should have been.", default=False
    )
    verified_at: Mapped[datetime | None] = columns.moment(
        "When somebody verified it against its evidence; null again once one of these is changed."
    )
    verified_by_id: Mapped[UUID | None] = columns.link("user", "Who verified it.")
    nonconformity_id: Mapped[UUID] = columns.link("nonconformity", "What it explains.")
    parent_id: Mapped[UUID | None] = columns.link("cause", "The cause that it explains; null for the topmost.")


class NonconformityAction(Part, Base):
    """That an action serves a nonconformity, and which of its causes it removes. One action may serve several."""

    __tablename__ = "nonconformity_action"
    __owner__ = "nonconformity_id"
    __list__ = "plan"

    nonconformity_id: Mapped[UUID] = columns.link("nonconformity", "The nonconformity.", index=None, part_of_key=True)
    action_id: Mapped[UUID] = columns.link("action", "What is done.", index=("nonconformity_id",))
    cause_id: Mapped[UUID | None] = columns.link(
        "cause", "The cause it removes; null where it removes none.", index=("nonconformity_id",)
    )
