"""What the graph shows of standards and requirements."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry import auto

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import Refusal, Refusals
from qms_graphql.base.ids import new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.graph.compiling.dialects import quoted
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import mutation, node, one, part, parts, sql_field, through, writes
from qms_graphql.graph.record import Record
from qms_graphql.graph.types import Node, UserError
from qms_graphql.graph.writing.mutations import resolve_ids
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

    mappings: "list[RequirementMapping]" = parts(model.RequirementMapping.standard_id)
    version: auto
    created_at: auto
    updated_at: auto


@part(model.RequirementMapping, read="standards:read")
class RequirementMapping:
    """What became of a clause from one edition of a framework to a later one."""

    earlier: "Requirement | None" = one(
        model.RequirementMapping.earlier_id,
        back="mapped_to",
        back_list=True,
        back_doc="What became of it in later editions.",
    )
    later: "Requirement | None" = one(
        model.RequirementMapping.later_id,
        back="mapped_from",
        back_list=True,
        back_doc="What it was in earlier editions.",
    )
    kind: auto
    note: auto


@node(model.Requirement, read="standards:read", plural="requirements", numbered=True)
class Requirement(Record):
    """What must be met: a clause of a standard, a law, an expectation of customers, a rule of our own."""

    number: auto
    source: auto
    status: auto
    clause: auto
    title: auto
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
        "source clause title statement importance notApplicableReason evidence standard parent supersedes theme product"
        " owner"
    ),
    reasoned=True,
)


@strawberry.input(description="Feedback that a requirement shall rest on.")
class LinkRequirementInput:
    """Feedback that a requirement shall rest on."""

    feedback: strawberry.ID = strawberry.field(description="The customer's words.")
    requirement: strawberry.ID = strawberry.field(description="The requirement.")


@strawberry.type(description="What came of linkRequirement.")
class LinkRequirementPayload:
    """What came of linkRequirement."""

    requirement: Requirement | None = strawberry.field(description="The requirement.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="feedback:write", input=LinkRequirementInput)
async def link_requirement(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> LinkRequirementPayload:
    """Make feedback evidence for a requirement, beside what it rests on already. Needs feedback:write."""
    named: dict[str, Any] = {}
    draft, types = Draft(new_id(), {}), context.engine.by_table
    await resolve_ids(
        unit, draft, [(named, key, types[key], given[key], (key,)) for key in ("feedback", "requirement")]
    )
    if draft.refused:
        raise Refusals(draft.refusals)
    try:
        await commands.link_evidence(unit, named["requirement"], named["feedback"])
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, ("requirement",)) from None
    return LinkRequirementPayload(requirement=ref("Requirement", named["requirement"]))
