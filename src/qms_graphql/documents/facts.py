"""What is known of a revision beside its columns, and what documents know of other records."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from qms_graphql.base.access import ActorKind, Role
from qms_graphql.base.facts import fact, gathered
from qms_graphql.base.model import Event
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.documents.model import (
    Characteristic,
    Document,
    Revision,
    RevisionAction,
    RevisionApproval,
)
from qms_graphql.documents.policy import policies_of
from qms_graphql.documents.rules import WRITTEN, RevisionStatus
from qms_graphql.nonconformities.model import Nonconformity, NonconformityAction
from qms_graphql.people.model import Department, User


@fact(Revision)
def characterised(revision: Any) -> ColumnElement[bool]:
    """Whether it has characteristics."""
    named = Characteristic.__table__.alias()
    mine = named.c.organization_id == revision.organization_id, named.c.revision_id == revision.id
    return select(named.c.position).where(*mine).correlate_except(named).exists()


@fact(Revision)
def document_owner_id(revision: Any) -> ColumnElement[Any]:
    """Who answers for its document."""
    return _of_document(revision, "owner_id")


@fact(Revision)
def document_kind(revision: Any) -> ColumnElement[Any]:
    """What its document is."""
    return _of_document(revision, "kind")


@fact(Revision)
def document_department_id(revision: Any) -> ColumnElement[Any]:
    """Whose work its document rules."""
    return _of_document(revision, "department_id")


@fact(Revision)
def held_id(revision: Any) -> ColumnElement[Any]:
    """The revision of its document that is effective."""
    return _held(revision, "id")


@fact(Revision)
def held_number(revision: Any) -> ColumnElement[Any]:
    """The number of that one."""
    return _held(revision, "number")


@fact(Revision)
def supersedes_status(revision: Any) -> ColumnElement[Any]:
    """How far the one that it changes has come; null if it changes none."""
    changed = Revision.__table__.alias()
    own = changed.c.organization_id == revision.organization_id, changed.c.id == revision.supersedes_id
    return select(changed.c.status).where(*own).correlate_except(changed).scalar_subquery()


@fact(Revision)
def last_change(revision: Any) -> ColumnElement[Any]:
    """When a revision of its document became effective, or was so no longer, the last time."""
    other = Revision.__table__.alias()
    same = other.c.organization_id == revision.organization_id, other.c.document_id == revision.document_id
    moments = func.max(func.coalesce(other.c.obsolete_at, other.c.effective_at))
    found = select(moments).where(*same, other.c.effective_at.is_not(None))
    return found.correlate_except(other).scalar_subquery()


@gathered(Revision)
async def approving(reader: Reader, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the policy of its kind asks for (``approver_roles``, ``training_share_asked``), and who signed so far."""
    if not rows:
        return []
    organization_id = rows[0]["organization_id"]
    policies = await policies_of(reader, organization_id)
    table = RevisionApproval.__table__
    signed = await reader.rows(
        select(table)
        .where(
            table.c.organization_id == organization_id,
            within(table.c.revision_id, [row["id"] for row in rows], reader.dialect),
        )
        .order_by(table.c.revision_id, table.c.position)
    )
    approvals: dict[Any, list[Any]] = {row["id"]: [] for row in rows}
    for row in signed:
        approvals[row["revision_id"]].append((row["user_id"], row["role"]))
    return [
        {
            "approver_roles": policies[row["document_kind"]].approver_roles,
            "training_share_asked": policies[row["document_kind"]].training_share,
            "approvals": approvals[row["id"]],
        }
        for row in rows
    ]


@gathered(Revision)
async def who_is_asked(reader: Reader, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of what is in review: who does not approve it (``writers``), and who does as DEPARTMENT_HEAD (``heads``).

    Heads are those of the document's department and of those above it. None: any head of a department, because the
    document has no department, or nobody heads it who did not write the revision.
    """
    wrote = await _writers(reader, rows)
    reviewed = [row for row in rows if row["status"] is RevisionStatus.IN_REVIEW]
    above = await _above(reader, reviewed)
    heading = await _heading(reader, reviewed, {id_ for ids in above.values() for id_ in ids})
    told = []
    for row in rows:
        writers = wrote.get(row["id"], set())
        own = {head for id_ in above.get(row["document_department_id"], ()) for head in heading.get(id_, ())}
        told.append({"writers": writers, "heads": own - writers - {row["author_id"]} or None})
    return told


async def _above(reader: Reader, rows: Sequence[Mapping[str, Any]]) -> dict[Any, list[Any]]:
    """The departments of the documents of these revisions, each with itself and those above it."""
    ids = {row["document_department_id"] for row in rows} - {None}
    if not ids:
        return {}
    table = Department.__table__
    mine = table.c.organization_id == rows[0]["organization_id"]
    departments = await reader.rows(select(table.c.id, table.c.parent_id).where(mine))
    parent = {row["id"]: row["parent_id"] for row in departments}
    found: dict[Any, list[Any]] = {id_: [] for id_ in ids}
    for id_, line in found.items():
        at = id_
        while at is not None and at not in line:
            line.append(at)
            at = parent.get(at)
    return found


async def _heading(
    reader: Reader, rows: Sequence[Mapping[str, Any]], departments: Collection[Any]
) -> dict[Any, set[Any]]:
    """Who heads each of these departments and works here."""
    if not departments:
        return {}
    table = User.__table__
    found: dict[Any, set[Any]] = {}
    people = select(table.c.id, table.c.department_id, table.c.roles).where(
        table.c.organization_id == rows[0]["organization_id"],
        within(table.c.department_id, departments, reader.dialect),
        table.c.active.is_(True),
    )
    for person in await reader.rows(people):
        if Role.DEPARTMENT_HEAD.value in person["roles"]:
            found.setdefault(person["department_id"], set()).add(person["id"])
    return found


async def _writers(reader: Reader, rows: Sequence[Mapping[str, Any]]) -> dict[Any, set[Any]]:
    """Who changed what a revision in review says: by its events, so that nobody approves their own words."""
    reviewed = [row["id"] for row in rows if row["status"] is RevisionStatus.IN_REVIEW]
    found: dict[Any, set[Any]] = {id_: set() for id_ in reviewed}
    if reviewed:
        event = Event.__table__
        wrote = await reader.rows(
            select(event.c.record_id, event.c.actor_id, event.c.changed_fields).where(
                event.c.organization_id == rows[0]["organization_id"],
                within(event.c.record_id, reviewed, reader.dialect),
                event.c.actor_kind == ActorKind.USER,
            )
        )
        for row in wrote:
            if not WRITTEN.isdisjoint(row["changed_fields"]):
                found[row["record_id"]].add(row["actor_id"])
    return found


@fact(Nonconformity)
def document_changed(nonconformity: Any) -> ColumnElement[bool]:
    """Whether an action of its plan changed a document: a revision made because of it is or was effective."""
    plan, cause = NonconformityAction.__table__.alias(), RevisionAction.__table__.alias()
    made = Revision.__table__.alias()
    same = cause.c.organization_id == plan.c.organization_id
    both = plan.join(cause, same & (cause.c.action_id == plan.c.action_id)).join(
        made, (made.c.organization_id == cause.c.organization_id) & (made.c.id == cause.c.revision_id)
    )
    mine = plan.c.organization_id == nonconformity.organization_id, plan.c.nonconformity_id == nonconformity.id
    found = select(made.c.id).select_from(both).where(*mine, made.c.effective_at.is_not(None))
    return found.correlate_except(plan, cause, made).exists()


def _of_document(revision: Any, column: str) -> ColumnElement[Any]:
    document = Document.__table__.alias()
    own = document.c.organization_id == revision.organization_id, document.c.id == revision.document_id
    return select(document.c[column]).where(*own).correlate_except(document).scalar_subquery()


def _held(revision: Any, column: str) -> ColumnElement[Any]:
    held = Revision.__table__.alias()
    same = held.c.organization_id == revision.organization_id, held.c.document_id == revision.document_id
    found = select(held.c[column]).where(*same, held.c.status == RevisionStatus.EFFECTIVE)
    return found.correlate_except(held).scalar_subquery()
