"""What training on a document asks for, of whom, and by when: the policy of its kind, and its own plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from qms_graphql.base.access import Role
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents.model import Document
from qms_graphql.documents.policy import policies_of
from qms_graphql.documents.rules import Policy
from qms_graphql.people.model import User
from qms_graphql.training.model import TrainingPlan
from qms_graphql.training.rules import Person, Terms, terms


@dataclass(frozen=True, slots=True)
class Course:
    """What training on a document asks for: by when, of people of which roles and departments."""

    terms: Terms
    days: int
    roles: frozenset[Role]
    departments: frozenset[UUID]

    @classmethod
    def of(cls, document: Any, policy: Policy, plan: Any) -> "Course":
        """Whom the policy and the plan name, and the document's department, if the policy wants that trained."""
        roles = frozenset(policy.training_roles) | {Role(name) for name in (plan["roles"] if plan else ())}
        departments = frozenset(policy.training_departments)
        if policy.training_own_department and document["department_id"] is not None:
            departments |= {document["department_id"]}
        asked = terms(
            acknowledged=policy.acknowledgement,
            assessed=plan["assessed"] if plan else None,
            pass_mark=plan["pass_mark"] if plan else None,
            validity_months=plan["validity_months"] if plan else None,
        )
        return cls(asked, policy.training_days, roles, departments)


async def courses_of(reader: Reader, organization_id: UUID, documents: Iterable[UUID]) -> dict[UUID, Course]:
    """The course of each of these documents."""
    table, plans, ids = Document.__table__, TrainingPlan.__table__, set(documents)
    if not ids:
        return {}
    policies = await policies_of(reader, organization_id)
    found = await reader.rows(
        select(table).where(table.c.organization_id == organization_id, within(table.c.id, ids, reader.dialect))
    )
    planned = await reader.rows(
        select(plans).where(
            plans.c.organization_id == organization_id, within(plans.c.document_id, ids, reader.dialect)
        )
    )
    by_document = {plan["document_id"]: plan for plan in planned}
    return {row["id"]: Course.of(row, policies[row["kind"]], by_document.get(row["id"])) for row in found}


async def people_of(reader: Reader, organization_id: UUID, *conditions: ColumnElement[bool]) -> list[Person]:
    """The people who work here, in the order of their ids."""
    table = User.__table__
    rows = await reader.rows(
        select(table.c.id, table.c.department_id, table.c.roles)
        .where(table.c.organization_id == organization_id, table.c.active.is_(True), *conditions)
        .order_by(table.c.id)
    )
    return [Person.of(row) for row in rows]


async def save_plans(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Say what training on documents asks for. It holds for what is assigned from then on.

    Refuses a second plan of a document, to give one to another document, and a pass mark where nobody assesses.
    """
    table = TrainingPlan.__table__
    named = {draft.value("document_id") for draft in drafts if draft.current is None} - {None}
    await unit.lock(Document, named)
    planned = await unit.rows(
        select(table.c.document_id).where(
            table.c.organization_id == unit.organization_id, within(table.c.document_id, named, unit.dialect)
        )
    )
    taken = {row["document_id"] for row in planned}
    for draft in drafts:
        if draft.current is None and draft.value("document_id") in taken:
            draft.refuse(ErrorCode.CONFLICT, "The document has a plan; change it.", "document")
        if draft.current is not None and draft.value("document_id") != draft.current["document_id"]:
            draft.refuse(ErrorCode.INVALID, "A plan stays with its document.", "document")
        if draft.value("assessed") is False and draft.value("pass_mark") is not None:
            draft.refuse(ErrorCode.INVALID, "A pass mark needs somebody who assesses.", "passMark")
        if draft.fields.get("roles") is not None:
            draft.fields["roles"] = sorted({role.value for role in draft.fields["roles"]})
    await unit.save(TrainingPlan, drafts)
