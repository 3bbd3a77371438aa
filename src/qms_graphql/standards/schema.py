"""What the graph shows of standards and requirements."""

from typing import Any

from strawberry import auto

from qms_graphql.graph.declare import node, one, sql_field, through, writes
from qms_graphql.graph.dialects import quoted
from qms_graphql.graph.record import Record
from qms_graphql.graph.types import Node
from qms_graphql.standards import commands, model
from qms_graphql.standards import facts as facts


@node(model.Standard, read="standards:read", plural="standards")
class Standard(Node):
    """A framework in one edition: a standard, a regulation, a customer's own specification."""

    framework: auto
    edition: auto
    body: auto
    title: auto
    status: auto

    @sql_field
    def name(standard: Any) -> str:
        """How it is cited: framework and edition, for example ISO 9001:2015."""
        return standard.framework + quoted(":") + standard.edition

    version: auto
    created_at: auto
    updated_at: auto


@node(model.Requirement, read="standards:read", plural="requirements", numbered=True)
class Requirement(Record):
    """What must be met: a clause of a standard, a law, an expectation of customers, a rule of our own."""

    number: auto
    source: auto
    status: auto
    clause: auto
    statement: auto
    importance: auto
    not_applicable_reason: auto
    evidence: "list[Feedback]" = through(
        model.RequirementEvidence.requirement_id,
        model.RequirementEvidence.feedback_id,
        back="requirements",
        back_list=True,
        back_doc="The requirements it is evidence for.",
    )
    standard: "Standard | None" = one(
        model.Requirement.standard_id, back="requirements", back_doc="What it asks for, clause by clause."
    )
    parent: "Requirement | None" = one(
        model.Requirement.parent_id, back="children", back_doc="The requirements it is made of."
    )
    supersedes: "Requirement | None" = one(
        model.Requirement.supersedes_id,
        back="superseded_by",
        back_list=True,
        back_doc="The requirements that took its place.",
    )
    theme: "Theme | None" = one(
        model.Requirement.theme_id, back="requirements", back_doc="What must be met because of it."
    )
    product: "Product | None" = one(
        model.Requirement.product_id, back="requirements", back_doc="What it in particular must meet."
    )
    owner: "User | None" = one(
        model.Requirement.owner_id, back="requirements", back_doc="The requirements the person answers for."
    )
    version: auto
    created_at: auto
    updated_at: auto


standard_writes = writes(
    Standard,
    commands.save_standards,
    permission="standards:write",
    fields="framework edition body title status",
)
requirement_writes = writes(
    Requirement,
    commands.save_requirements,
    permission="standards:write",
    fields=(
        "source clause statement importance notApplicableReason evidence standard parent supersedes theme product owner"
    ),
)
