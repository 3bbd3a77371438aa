"""What the graph shows of the policies of documents, and the mutation that sets them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from qms_graphql.base.access import Role
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.ids import new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents.policy import policies_of, set_policy
from qms_graphql.documents.rules import DocumentKind, Policy
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import mutation, query
from qms_graphql.graph.types import UserError, describe_enum
from qms_graphql.graph.writing.inputs import MOST_PARTS, LinkUse
from qms_graphql.graph.writing.mutations import resolve_ids
from qms_graphql.people.schema import Department

describe_enum(DocumentKind)


@strawberry.type(description="What is asked of documents of one kind.")
class DocumentPolicy:
    """What is asked of documents of one kind."""

    kind: DocumentKind = strawberry.field(description="The kind.")
    approver_roles: list[Role] = strawberry.field(
        description="Who approves: one person for each of these roles, each another one, and none of them the author; "
        "as DEPARTMENT_HEAD the head of the document's department or of one above, where one is who did not write it."
    )
    training_share: float = strawberry.field(
        description="The share of those to be trained, 0 to 1, who must have passed before a revision is effective."
    )
    training_days: int = strawberry.field(description="Days from the approval until the training is due.")
    training_roles: list[Role] = strawberry.field(description="Who is trained: people of these roles.")
    training_departments: list[Department] = strawberry.field(
        description="Who is trained beside them: people of these departments."
    )
    training_own_department: bool = strawberry.field(
        description="Whether the people of the document's own department are trained, too."
    )
    acknowledgement: bool = strawberry.field(description="Whether people acknowledge a new revision.")

    @classmethod
    def of(cls, kind: DocumentKind, policy: Policy) -> "DocumentPolicy":
        """How a policy is shown."""
        departments: list[Any] = [ref("Department", id_) for id_ in policy.training_departments]
        return cls(
            kind=kind,
            approver_roles=list(policy.approver_roles),
            training_share=float(policy.training_share),
            training_days=policy.training_days,
            training_roles=list(policy.training_roles),
            training_departments=departments,
            training_own_department=policy.training_own_department,
            acknowledgement=policy.acknowledgement,
        )


@query(read="documents:read")
async def document_policies(context: Context) -> list[DocumentPolicy]:
    """What is asked of documents of each kind; of those that nothing was set for, what is usual."""
    found = await policies_of(await context.reader(), context.viewer.organization_id)
    return [DocumentPolicy.of(kind, policy) for kind, policy in found.items()]


@strawberry.input(description="What shall be asked of documents of a kind; what is left out stays.")
class SetDocumentPolicyInput:
    """What shall be asked of documents of a kind; what is left out stays."""

    kind: DocumentKind = strawberry.field(description="The kind.")
    approver_roles: list[Role] | None = strawberry.field(description="Who approves.", default=strawberry.UNSET)
    training_share: float | None = strawberry.field(
        description="The share of those to be trained, 0 to 1, who must have passed.", default=strawberry.UNSET
    )
    training_days: int | None = strawberry.field(
        description="Days from the approval until the training is due.", default=strawberry.UNSET
    )
    training_roles: list[Role] | None = strawberry.field(
        description="Who is trained: people of these roles.", default=strawberry.UNSET
    )
    training_departments: list[strawberry.ID] | None = strawberry.field(
        description="Who is trained beside them: people of these departments.", default=strawberry.UNSET
    )
    training_own_department: bool | None = strawberry.field(
        description="Whether the people of the document's own department are trained, too.", default=strawberry.UNSET
    )
    acknowledgement: bool | None = strawberry.field(
        description="Whether people acknowledge a new revision.", default=strawberry.UNSET
    )


@strawberry.type(description="What came of setDocumentPolicy.")
class SetDocumentPolicyPayload:
    """What came of setDocumentPolicy."""

    policy: DocumentPolicy | None = strawberry.field(description="The policy as it is now.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="documents:policy", input=SetDocumentPolicyInput)
async def set_document_policy(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> SetDocumentPolicyPayload:
    """Set what is asked of documents of a kind; it holds for what is in review already. Needs documents:policy."""
    fields: dict[str, Any] = {}
    for name, column in (("approverRoles", "approver_roles"), ("trainingRoles", "training_roles")):
        if name in given:
            fields[column] = [Role(role).value for role in given[name] or ()]
    for name, column in (
        ("trainingDays", "training_days"),
        ("trainingOwnDepartment", "training_own_department"),
        ("acknowledgement", "acknowledgement"),
    ):
        if name in given:
            fields[column] = given[name]
    if "trainingShare" in given:
        share = given["trainingShare"]
        fields["training_share"] = None if share is None else Decimal(str(share))
    departments = None
    if "trainingDepartments" in given:
        departments = await _departments(context, unit, given["trainingDepartments"] or [])
    kind = DocumentKind(given["kind"])
    return SetDocumentPolicyPayload(policy=DocumentPolicy.of(kind, await set_policy(unit, kind, fields, departments)))


async def _departments(context: Context, unit: UnitOfWork, given: list[str]) -> list[UUID]:
    """The keys of these departments. Raises ``Refusals`` naming each that there is not."""
    if len(given) > MOST_PARTS:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_PARTS} departments.", ("trainingDepartments",))
    draft, declared = Draft(new_id(), {}), context.engine.by_table["department"]
    rows: list[dict[str, Any]] = [{} for _ in given]
    uses: list[LinkUse] = [
        (row, "id", declared, text, ("trainingDepartments", str(index)))
        for index, (row, text) in enumerate(zip(rows, given, strict=True))
    ]
    await resolve_ids(unit, draft, uses)
    if draft.refused:
        raise Refusals(draft.refusals)
    return [row["id"] for row in rows]
