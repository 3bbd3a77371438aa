"""Tables of complaints."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, or_
from sqlalchemy.orm import Mapped, MappedColumn

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Part, Record
from qms_graphql.base.visibility import Visibility
from qms_graphql.complaints.rules import COMPLAINT, SETTLED, ComplaintSeverity, ComplaintStatus
from qms_graphql.feedback.model import Decided


class Complaint(Decided, Record, Base):
    """What a customer is not content with, and how it is taken to an answer.

    It holds what 21 CFR 820.35(a) asks of a complaint's record.
    """

    __tablename__ = "complaint"
    __prefix__ = "CMP"
    __machine__ = COMPLAINT
    __subject__ = ("contact_id", "customer_id")
    __visibility__ = Visibility(
        all_with="feedback:confidential",
        rows=lambda row, person: or_(row.confidential.is_(False), row.handler_id.is_not_distinct_from(person)),
        rests_on=(("confidential", "confidential"), ("handler_id", "handler")),
    )

    number: Mapped[str] = columns.text("Its number, for example CMP-2026-00017.", limit=40)
    status: Mapped[ComplaintStatus] = columns.choice(
        ComplaintStatus, "How far it has come.", default=ComplaintStatus.RECEIVED
    )
    external_status: Mapped[str | None] = columns.text(
        "How far the connected system says it has come; it moves nothing here.", limit=100
    )
    nature: Mapped[str | None] = columns.text("What is complained of, in a few words.")
    details: Mapped[str | None] = columns.text("What happened.", limit=20_000, personal=True)
    severity: Mapped[ComplaintSeverity | None] = columns.choice(
        ComplaintSeverity, "How bad it is; null until it is assessed."
    )
    safety_related: Mapped[bool | None] = columns.truth("Whether it is about safety; null until it is assessed.")
    reportable: Mapped[bool | None] = columns.truth("Whether an authority must be told; null until it is assessed.")
    harm: Mapped[str | None] = columns.text("Who was hurt, and how.", limit=2000, personal=True)
    country: Mapped[str | None] = columns.text("Where it happened: ISO 3166-1 alpha-2 code.", limit=20)
    lot: Mapped[str | None] = columns.text("The lot of the goods.", limit=100)
    serial: Mapped[str | None] = columns.text("The serial number of the goods.", limit=100)
    udi: Mapped[str | None] = columns.text("The device's unique identifier (UDI, UPC or another).", limit=200)
    sample_returned: Mapped[bool] = columns.flag("Whether the goods came back to be looked at.", default=False)
    complainant_name: Mapped[str | None] = columns.text("Who complains.", personal=True)
    complainant_address: Mapped[str | None] = columns.text("Where the person lives.", limit=1000, personal=True)
    complainant_phone: Mapped[str | None] = columns.text("Telephone number.", limit=60, personal=True)
    correction: Mapped[str | None] = columns.text("What was put right.", limit=5000)
    response: Mapped[str | None] = columns.text("What the complainant was told.", limit=20_000, personal=True)
    accepted: Mapped[bool | None] = columns.truth("Whether the complainant accepts it; null as long as nobody said.")
    recourse_exhausted: Mapped[bool] = columns.flag(
        "Whether nothing more can be offered, and the complainant knows where else to turn.", default=False
    )
    satisfaction: Mapped[int | None] = columns.integer(
        "How content the complainant is with how it was handled, from 1 to 5, 5 the most.", low=1, high=5
    )
    not_confirmed: Mapped[bool] = columns.flag("Whether nothing was found to be wrong.", default=False)
    skip_reason: Mapped[str | None] = columns.text("Why it is not investigated.", limit=2000)
    skipped_by: Mapped[str | None] = columns.text("Who decided that: the printed name at that time.")
    event_at: Mapped[datetime | None] = columns.moment("When it happened.", past=True)
    aware_at: Mapped[datetime] = columns.moment(
        "When the organization learned of it: regulatory clocks begin.", past=True
    )
    received_at: Mapped[datetime] = columns.moment("When it was received as a complaint: our clocks begin.", past=True)
    acknowledge_due_at: Mapped[datetime] = columns.moment("By when the complainant shall know that it is here.")
    due_at: Mapped[datetime] = columns.moment("By when it shall be closed.")
    acknowledged_at: Mapped[datetime | None] = columns.moment("When the complainant was told that it is here.")
    assessed_at: Mapped[datetime | None] = columns.moment("When it was assessed.")
    investigated_at: Mapped[datetime | None] = columns.moment("When its investigation began first.")
    responded_at: Mapped[datetime | None] = columns.moment("When the complainant was told what was decided.")
    no_reply_at: Mapped[datetime | None] = columns.moment("From when on it may be closed without a reply.")
    closed_at: Mapped[datetime | None] = columns.moment("When it was closed or withdrawn.")
    active: Mapped[bool] = columns.flag("False once its source deleted it; the record stays.", default=True)
    confidential: Mapped[bool] = columns.flag("Only quality managers, auditors and its handler see it.", default=False)
    custom: Mapped[Any] = columns.json(
        "Further fields of the connected systems, by name.", personal=True, default=lambda _: {}
    )
    handler_id: Mapped[UUID | None] = columns.link(
        "user", "Who takes it to an answer.", index=("due_at", "id"), assigns=True
    )
    customer_id: Mapped[UUID | None] = columns.link("customer", "Whose complaint: the account.")
    contact_id: Mapped[UUID | None] = columns.link("customer", "The person who complains.")
    product_id: Mapped[UUID | None] = columns.link("product", "The product.", index=("received_at", "id"))
    interaction_id: Mapped[UUID | None] = columns.link("interaction", "The purchase or contact it is about.")
    earlier_investigation_id: Mapped[UUID | None] = columns.link(
        "complaint", "The complaint whose investigation answers this one too."
    )

    nonconformity_id: Mapped[UUID | None] = columns.link("nonconformity", "The nonconformity that it shows.")

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "due_at", "id"),
        Index(None, "organization_id", "received_at", "id"),
        Index(None, "organization_id", "status", "due_at", "id"),
        # What a handler has to do: it stays short, however much is closed.
        columns.index_but(SETTLED, "ix_complaint_open", "organization_id", "handler_id", "due_at", "id"),
    )


class ComplaintReport(Part, Base):
    """Whether one authority must be told of a complaint, and what became of it."""

    __tablename__ = "complaint_report"
    __owner__ = "complaint_id"
    __list__ = "reports"

    complaint_id: Mapped[UUID] = columns.link("complaint", "The complaint.", index=None, part_of_key=True)
    regime: Mapped[str] = columns.text("By which rule, for example 21 CFR 803.", limit=100)
    decision: Mapped[bool | None] = columns.truth("Whether it must be told; null until somebody decided.")
    reason: Mapped[str | None] = columns.text("Why it must, or need not.", limit=2000)
    due_at: Mapped[datetime | None] = columns.moment("By when.")
    submitted_at: Mapped[datetime | None] = columns.moment("When it was told.")
    reference: Mapped[str | None] = columns.text("The authority's sign for it.", limit=200)


def _days(doc: str) -> MappedColumn[int]:
    return columns.integer(doc, low=1, high=3650)


class ComplaintPolicy(Record, Base):
    """An organization's deadlines for complaints, in days; it has one or none."""

    __tablename__ = "complaint_policy"

    minor_acknowledge: Mapped[int] = _days("Until a minor one is acknowledged.")
    minor_resolve: Mapped[int] = _days("Until a minor one is closed.")
    major_acknowledge: Mapped[int] = _days("Until a major one is acknowledged.")
    major_resolve: Mapped[int] = _days("Until a major one is closed.")
    critical_acknowledge: Mapped[int] = _days("Until a critical one is acknowledged.")
    critical_resolve: Mapped[int] = _days("Until a critical one is closed.")
    no_reply: Mapped[int] = _days("From the response until it may be closed without a reply.")

    __table_args__ = (UniqueConstraint("organization_id"),)
