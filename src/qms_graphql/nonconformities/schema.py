"""What the graph shows of nonconformities and their causes."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry import auto

from qms_graphql.base.unit import UnitOfWork
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import embedded, mutation, node, one, part, parts, sql_field, through, writes
from qms_graphql.graph.record import Record
from qms_graphql.graph.types import Node, UserError
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.nonconformities import commands, facts, model

READ, WRITE = "nonconformities:read", "nonconformities:write"


@part(model.Nonconformity, read=READ)
class NonconformityCost:
    """What a nonconformity cost."""

    amount: auto
    currency: auto


@node(model.Nonconformity, read=READ, plural="nonconformities", numbered=True)
class Nonconformity(Record):
    """That something did not meet a requirement: found, contained, understood, put right, and kept from recurring."""

    number: auto
    title: auto
    description: auto
    status: auto
    origin: auto
    stage: auto
    detected_at: auto
    contained_at: auto
    closed_at: auto
    lot: auto
    suspect_quantity: auto
    defective_quantity: auto
    cost: "NonconformityCost | None" = embedded("What it cost.")
    disposition: auto
    re_verification: auto
    similar_occurrence: auto
    similar_checked_at: auto
    containment_not_needed: auto
    corrective_not_needed: auto
    inconclusive_accepted: auto
    risk_waived: auto
    document_waived: auto

    @sql_field
    def pending_actions(nonconformity: Any) -> int:
        """How many of its actions that stand are not done yet."""
        counted: Any = facts.pending(nonconformity)
        return counted

    @sql_field
    def uncovered_root_causes(nonconformity: Any) -> int:
        """How many of its root causes have no corrective action that stands and was not INEFFECTIVE."""
        counted: Any = facts.uncovered(nonconformity)
        return counted

    product: "Product | None" = one(
        model.Nonconformity.product_id, back="nonconformities", back_doc="Where it did not conform."
    )
    supplier: "Customer | None" = one(
        model.Nonconformity.supplier_id, back="nonconformities", back_doc="What did not conform that it supplied."
    )
    owner: "User | None" = one(
        model.Nonconformity.owner_id, back="nonconformities", back_doc="The nonconformities the person answers for."
    )
    department: "Department | None" = one(
        model.Nonconformity.department_id, back="nonconformities", back_doc="The nonconformities that arose there."
    )
    disposed_by: "User | None" = one(model.Nonconformity.disposed_by_id)
    team: "list[User]" = through(model.NonconformityMember.nonconformity_id, model.NonconformityMember.user_id)
    requirements: "list[Requirement]" = through(
        model.NonconformityRequirement.nonconformity_id,
        model.NonconformityRequirement.requirement_id,
        back="nonconformities",
        back_list=True,
        back_doc="Where it was not met.",
    )
    risks: "list[Risk]" = through(
        model.NonconformityRisk.nonconformity_id,
        model.NonconformityRisk.risk_id,
        back="nonconformities",
        back_list=True,
        back_doc="Where it came true, or was seen anew.",
    )
    plan: "list[PlannedAction]" = parts(model.NonconformityAction.nonconformity_id)
    actions: "list[Action]" = through(
        model.NonconformityAction.nonconformity_id,
        model.NonconformityAction.action_id,
        back="nonconformities",
        back_list=True,
        back_doc="What it serves.",
    )
    version: auto
    created_at: auto
    updated_at: auto


@part(model.NonconformityAction, read=READ)
class PlannedAction:
    """An action of a nonconformity's plan, with the cause that it removes."""

    action: "Action | None" = one(model.NonconformityAction.action_id)
    cause: "Cause | None" = one(model.NonconformityAction.cause_id)


@node(model.Cause, read=READ, plural="causes")
class Cause(Node):
    """Why a nonconformity came about: each explains the one above it (5 Whys), in one of six categories (6M)."""

    statement: auto
    category: auto
    evidence: auto
    evidence_link: auto
    is_root: auto
    escape_point: auto
    verified_at: auto
    verified_by: "User | None" = one(model.Cause.verified_by_id)
    nonconformity: "Nonconformity | None" = one(
        model.Cause.nonconformity_id, back="causes", back_list=True, back_doc="Why it came about."
    )
    parent: "Cause | None" = one(
        model.Cause.parent_id, back="children", back_list=True, back_doc="The causes that explain it."
    )
    actions: "list[Action]" = through(
        model.NonconformityAction.cause_id,
        model.NonconformityAction.action_id,
        back="causes",
        back_list=True,
        back_doc="The causes that it removes.",
    )
    version: auto
    created_at: auto
    updated_at: auto


nonconformity_writes = writes(
    Nonconformity,
    commands.save_nonconformities,
    permission=WRITE,
    fields=(
        "title description origin stage detectedAt lot suspectQuantity defectiveQuantity cost disposition disposedBy"
        " reVerification similarOccurrence containmentNotNeeded correctiveNotNeeded inconclusiveAccepted riskWaived"
        " documentWaived product supplier owner department team requirements risks plan"
    ),
)
cause_writes = writes(
    Cause,
    commands.save_causes,
    permission=WRITE,
    fields="statement category evidence evidenceLink isRoot escapePoint nonconformity parent",
)


@strawberry.input(description="A cause that was held against its evidence.")
class VerifyCauseInput:
    """A cause that was held against its evidence."""

    id: strawberry.ID = strawberry.field(description="The cause.")
    version: int = strawberry.field(
        description="The version that was looked at; if it is not the present one: CONFLICT."
    )


@strawberry.type(description="What came of verifyCause.")
class VerifyCausePayload:
    """What came of verifyCause."""

    cause: Cause | None = strawberry.field(description="The cause.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission=WRITE, input=VerifyCauseInput)
async def verify_cause(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> VerifyCausePayload:
    """State that a cause holds by the evidence it names: who asks verified it. Needs nonconformities:write."""
    id_ = own_key(given["id"], context.engine.by_table[model.Cause.__tablename__], ("id",))
    await commands.verify_cause(unit, id_, given["version"])
    return VerifyCausePayload(cause=ref("Cause", id_))
