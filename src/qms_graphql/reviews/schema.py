"""What the graph shows of reviews and findings."""

from typing import Any

from strawberry import auto

from qms_graphql.graph.declare import node, one, part, parts, sql_field, syncs, through, writes
from qms_graphql.graph.record import Record
from qms_graphql.graph.types import Node
from qms_graphql.reviews import commands, facts, model

READ, WRITE = "reviews:read", "reviews:write"


@node(model.Review, read=READ, plural="reviews", numbered=True)
class Review(Record):
    """Some people looked at something together: an audit, a management review, a meeting, a focus group."""

    number: auto
    title: auto
    kind: auto
    status: auto
    scope: auto
    planned_at: auto
    held_at: auto
    reported_at: auto
    closed_at: auto
    no_findings: auto
    independence_waived: auto
    summary: auto
    improvement_opportunities: auto
    needed_changes: auto
    resource_needs: auto
    context_changes: auto
    period_from: auto
    period_until: auto
    inputs_at: auto

    @sql_field
    def unanswered_findings(review: Any) -> int:
        """How many of its major and minor findings have no nonconformity that stands."""
        counted: Any = facts.unanswered(review)
        return counted

    lead: "User | None" = one(model.Review.lead_id, back="led_reviews", back_doc="The reviews the person leads.")
    department: "Department | None" = one(
        model.Review.department_id, back="reviews", back_doc="The reviews that look at it."
    )
    supplier: "Customer | None" = one(model.Review.supplier_id, back="audits", back_doc="The audits of this supplier.")
    team: "list[User]" = through(
        model.ReviewMember.review_id, model.ReviewMember.user_id, back="reviews", back_doc="Where the person reviews."
    )
    attendees: "list[User]" = through(
        model.ReviewAttendee.review_id,
        model.ReviewAttendee.user_id,
        back="attended_reviews",
        back_doc="Where the person takes part.",
    )
    criteria: "list[ReviewCriterion]" = parts(model.ReviewCriterion.review_id)
    version: auto
    created_at: auto
    updated_at: auto


@part(model.ReviewCriterion, read=READ)
class ReviewCriterion:
    """What a review holds the work against: a requirement, or all of a standard."""

    requirement: "Requirement | None" = one(model.ReviewCriterion.requirement_id)
    standard: "Standard | None" = one(model.ReviewCriterion.standard_id)


@node(model.Finding, read=READ, plural="findings", external=True)
class Finding(Node):
    """What a review found or decided, or what an authority found."""

    kind: auto
    statement: auto
    evidence: auto
    link: auto
    grade: auto
    authority: auto
    reference: auto
    found_at: auto
    response_due: auto
    action_waived: auto
    active: auto
    review: "Review | None" = one(model.Finding.review_id, back="findings", back_doc="What it found and decided.")
    requirement: "Requirement | None" = one(
        model.Finding.requirement_id,
        back="verified_by",
        back_list=True,
        back_doc="What was found on looking whether it is met.",
    )
    nonconformity: "Nonconformity | None" = one(
        model.Finding.nonconformity_id, back="findings", back_list=True, back_doc="The findings it came of."
    )
    actions: "list[Action]" = through(
        model.FindingAction.finding_id,
        model.FindingAction.action_id,
        back="findings",
        back_list=True,
        back_doc="The decisions it carries out, and the findings it answers.",
    )
    department: "Department | None" = one(
        model.Finding.department_id, back="findings", back_doc="What was found there."
    )
    supplier: "Customer | None" = one(
        model.Finding.supplier_id, back="findings", back_doc="What was found at this supplier."
    )
    version: auto
    created_at: auto
    updated_at: auto


review_writes = writes(
    Review,
    commands.save_reviews,
    permission=WRITE,
    fields=(
        "title kind scope plannedAt heldAt noFindings independenceWaived summary improvementOpportunities neededChanges"
        " resourceNeeds contextChanges periodFrom periodUntil lead department supplier team attendees criteria"
    ),
)
_FINDING = "kind statement evidence link grade authority reference foundAt responseDue requirement department supplier"
finding_writes = writes(
    Finding,
    commands.save_findings,
    permission=WRITE,
    fields=f"{_FINDING} actionWaived review nonconformity actions",
    defaulted="foundAt",
)
finding_syncs = syncs(
    Finding,
    commands.save_findings,
    name="syncFindings",
    fields=f"{_FINDING} active",
    defaulted="foundAt",
    tombstone={"active": False},
)
