"""What an organization asks of documents of each kind: its own policies, or the usual ones."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.access import Role
from qms_graphql.base.drafts import Draft, check_columns
from qms_graphql.base.errors import ErrorCode, Refusals
from qms_graphql.base.ids import new_id
from qms_graphql.base.reader import Reader
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents.model import DocumentPolicy, DocumentPolicyDepartment
from qms_graphql.documents.rules import USUAL, DocumentKind, Policy, policy_problem

_SPELLED = {
    "approver_roles": "approverRoles",
    "training_share": "trainingShare",
    "training_days": "trainingDays",
    "training_roles": "trainingRoles",
    "training_own_department": "trainingOwnDepartment",
    "acknowledgement": "acknowledgement",
}


async def policies_of(reader: Reader, organization_id: UUID) -> dict[DocumentKind, Policy]:
    """The organization's policy of each kind."""
    table, pairs = DocumentPolicy.__table__, DocumentPolicyDepartment.__table__
    rows = await reader.rows(select(table).where(table.c.organization_id == organization_id))
    if not rows:
        return dict(USUAL)
    found = await reader.rows(
        select(pairs).where(pairs.c.organization_id == organization_id).order_by(pairs.c.policy_id, pairs.c.position)
    )
    departments: dict[UUID, list[UUID]] = {row["id"]: [] for row in rows}
    for pair in found:
        departments[pair["policy_id"]].append(pair["department_id"])
    return dict(USUAL) | {row["kind"]: _read(row, departments[row["id"]]) for row in rows}


async def set_policy(
    unit: UnitOfWork, kind: DocumentKind, given: Mapping[str, Any], departments: Sequence[UUID] | None
) -> Policy:
    """Change what is asked of documents of a kind; what is left out stays. Holds for what is in review already.

    ``given`` are columns of ``DocumentPolicy``. Raises ``Refusals`` naming the input's fields.
    """
    held = (await policies_of(unit, unit.organization_id))[kind]
    table = DocumentPolicy.__table__
    known = select(table.c.id).where(table.c.organization_id == unit.organization_id, table.c.kind == kind)
    present = await unit.lock(DocumentPolicy, [row["id"] for row in await unit.rows(known)])
    current = next(iter(present.values()), None)
    fields = dict(given) if current else {"kind": kind} | _columns(held) | dict(given)
    draft = Draft(current["id"] if current else new_id(), fields, current)
    if departments is not None:
        draft.parts[DocumentPolicyDepartment] = [{"department_id": id_} for id_ in departments]
        draft.hold_as_set(DocumentPolicyDepartment, "department_id", "trainingDepartments")
    check_columns(DocumentPolicy, draft, _SPELLED)
    named = held.training_departments if departments is None else tuple(departments)
    if not draft.refused:
        wanted = _read({name: draft.value(name) for name in _SPELLED}, named)
        problem = policy_problem(wanted)
        if problem is not None:
            draft.refuse(ErrorCode.INVALID, problem[1], problem[0])
    if draft.refused:
        raise Refusals(draft.refusals)
    await unit.save(DocumentPolicy, [draft])
    return wanted


def _read(row: Mapping[str, Any], departments: Sequence[UUID]) -> Policy:
    return Policy(
        approver_roles=tuple(Role[name] for name in row["approver_roles"]),
        training_share=row["training_share"],
        training_days=row["training_days"],
        training_roles=tuple(Role[name] for name in row["training_roles"]),
        training_departments=tuple(departments),
        training_own_department=row["training_own_department"],
        acknowledgement=row["acknowledgement"],
    )


def _columns(policy: Policy) -> dict[str, Any]:
    """A policy as the columns that hold it."""
    return {
        "approver_roles": [role.value for role in policy.approver_roles],
        "training_share": policy.training_share,
        "training_days": policy.training_days,
        "training_roles": [role.value for role in policy.training_roles],
        "training_own_department": policy.training_own_department,
        "acknowledgement": policy.acknowledgement,
    }
