"""What the graph shows of complaints."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, not_, or_
from strawberry import auto

from qms_graphql.complaints import commands, model
from qms_graphql.complaints import facts as facts
from qms_graphql.complaints.rules import SETTLED, ComplaintStatus
from qms_graphql.graph.declare import (
    column,
    embedded,
    guarded,
    node,
    one,
    part,
    parts,
    sql_field,
    syncs,
    writes,
)
from qms_graphql.graph.record import Record

CONTACT = "customers:contact"


def _open(complaint: Any) -> Any:
    return not_(or_(*(complaint.status == status for status in SETTLED)))


@node(model.Complaint, read="complaints:read", plural="complaints", numbered=True, external=True)
class Complaint(Record):
    """What a customer is not content with, and how it is taken to an answer (ISO 10002; 21 CFR 820.35(a))."""

    number: auto
    status: auto
    external_status: auto
    nature: auto
    details: auto
    severity: auto
    safety_related: auto
    reportable: auto
    is_complaint: "ComplaintDecision | None" = embedded("Whether it is a complaint; null until somebody decided.")
    reports: "list[ComplaintReport]" = parts(model.ComplaintReport.complaint_id)
    harm: auto
    country: auto
    lot: auto
    serial: auto
    udi: auto
    sample_returned: auto
    complainant: "Complainant | None" = embedded("Who complains, and how they are reached.")
    correction: auto
    response: auto
    accepted: auto
    recourse_exhausted: auto
    satisfaction: auto
    not_confirmed: auto
    skip_reason: auto
    skipped_by: auto
    event_at: auto
    aware_at: auto
    received_at: auto
    acknowledge_due_at: auto
    due_at: auto
    acknowledged_at: auto
    assessed_at: auto
    investigated_at: auto
    responded_at: auto
    no_reply_at: auto
    closed_at: auto

    @sql_field
    def overdue(complaint: Any, now: datetime) -> bool:
        """Whether it should have been closed by now, and is not."""
        late: Any = and_(_open(complaint), complaint.due_at < now)
        return late

    @sql_field
    def acknowledgement_overdue(complaint: Any, now: datetime) -> bool:
        """Whether the complainant should know by now that it is here, and nobody has said so."""
        late: Any = and_(complaint.status == ComplaintStatus.RECEIVED, complaint.acknowledge_due_at < now)
        return late

    active: auto
    confidential: auto
    custom: auto
    handler: "User | None" = one(
        model.Complaint.handler_id, back="complaints", back_doc="The complaints the person takes to an answer."
    )
    customer: "Customer | None" = one(
        model.Complaint.customer_id, back="complaints", back_doc="What the customer complained of."
    )
    contact: "Customer | None" = one(
        model.Complaint.contact_id, back="contact_complaints", back_doc="What the person complained of for an account."
    )
    product: "Product | None" = one(
        model.Complaint.product_id, back="complaints", back_doc="What was complained of about it."
    )
    interaction: "Interaction | None" = one(
        model.Complaint.interaction_id, back="complaints", back_doc="What was complained of about it."
    )
    earlier_investigation: "Complaint | None" = one(
        model.Complaint.earlier_investigation_id,
        back="answered_too",
        back_doc="The complaints that its investigation answers too.",
    )
    version: auto
    created_at: auto
    updated_at: auto


@part(model.Complaint, read="complaints:read")
class Complainant:
    """Who complains, and how they are reached."""

    name: str | None = guarded(CONTACT, column(model.Complaint.complainant_name))
    address: str | None = guarded(CONTACT, column(model.Complaint.complainant_address))
    phone: str | None = guarded(CONTACT, column(model.Complaint.complainant_phone))


@part(model.ComplaintReport, read="complaints:read")
class ComplaintReport:
    """Whether one authority must be told of a complaint, and what became of it."""

    regime: auto
    decision: auto
    reason: auto
    due_at: auto
    submitted_at: auto
    reference: auto


INTAKE = (
    "nature details harm country lot serial udi sampleReturned complainant eventAt awareAt receivedAt"
    " active confidential custom customer contact product interaction"
)

complaint_writes = writes(
    Complaint,
    commands.save_complaints,
    permission="complaints:write",
    fields=(
        f"{INTAKE} isComplaint severity safetyRelated reportable reports correction response accepted"
        " recourseExhausted satisfaction notConfirmed skipReason earlierInvestigation handler"
    ),
    defaulted="awareAt receivedAt",
)
complaint_syncs = syncs(
    Complaint,
    commands.save_complaints,
    name="syncComplaints",
    fields=f"externalStatus {INTAKE}",
    defaulted="awareAt receivedAt",
    tombstone={"active": False},
)
