"""Notices of change: which departments a new revision touches, and that their people are told.

A revision touches the department of its document, and those whose documents satisfy a requirement that it satisfies,
or are about the same product: theirs may have to follow.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import Select, and_, or_, select, union

from qms_graphql.base.access import Role
from qms_graphql.base.ids import from_global
from qms_graphql.base.machines import ACTOR, Facts
from qms_graphql.base.reader import Reader
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.sets import within
from qms_graphql.base.transitions import consequence
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.communication.commands import notify
from qms_graphql.communication.model import DepartmentFollow, Follow
from qms_graphql.communication.rules import NotificationKind
from qms_graphql.documents.model import Document as DocumentRow
from qms_graphql.documents.model import Revision, RevisionRequirement
from qms_graphql.documents.rules import RevisionStatus
from qms_graphql.documents.schema import Document
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import LIST_BOUND, batch_field, extend
from qms_graphql.people.model import User
from qms_graphql.people.schema import Department
from qms_graphql.training.model import TrainingRecord
from qms_graphql.training.rules import TrainingStatus

_REVISION, _DOCUMENT, _PAIR, _USER = (model.__table__ for model in (Revision, DocumentRow, RevisionRequirement, User))


@strawberry.type(description="A department whose documents a change touches.")
class AffectedDepartment:
    """A department whose documents a change touches."""

    department: Department | None = strawberry.field(description="The department.")
    documents: list[Document | None] = strawberry.field(description="Those of its documents, at most 200.")


@extend("Revision")
class RevisionNotice:
    """Whom a revision touches."""

    @batch_field(needs=())
    async def affected_departments(rows: Sequence[Any], context: Context) -> list[list[AffectedDepartment]]:
        """The departments that own documents which may have to follow it; at most 200.

        Those are its own document, those about the same product, and those whose effective revision satisfies a
        requirement that it satisfies.
        """
        ids = [from_global(row.id)[1] for row in rows]
        found = await affected(await context.reader(), context.viewer.organization_id, ids)
        return [
            [
                AffectedDepartment(
                    department=ref("Department", department),
                    documents=[ref("Document", document) for document in documents[:LIST_BOUND]],
                )
                for department, documents in list(found.get(id_, {}).items())[:LIST_BOUND]
            ]
            for id_ in ids
        ]


async def affected(
    reader: Reader, organization_id: UUID, revisions: Sequence[UUID]
) -> dict[UUID, dict[UUID, list[UUID]]]:
    """The documents that each revision touches, by the department that owns them; by one statement."""
    wanted = within(_REVISION.c.id, set(revisions), reader.dialect)
    touched = union(*_ways(organization_id, wanted)).subquery("touched")
    rows = await reader.rows(select(touched).order_by(touched.c.department_id, touched.c.document_id))
    found: dict[UUID, dict[UUID, list[UUID]]] = {}
    for row in rows:
        found.setdefault(row["revision_id"], {}).setdefault(row["department_id"], []).append(row["document_id"])
    return found


def _ways(organization_id: UUID, wanted: Any) -> list[Select[Any]]:
    """How a revision touches documents: its own; of the same product; by a requirement that both satisfy."""
    own, other = _DOCUMENT.alias("own"), _DOCUMENT.alias("other")
    standing, mine, theirs = _REVISION.alias("standing"), _PAIR.alias("mine"), _PAIR.alias("theirs")
    of_mine = and_(own.c.organization_id == _REVISION.c.organization_id, own.c.id == _REVISION.c.document_id)
    start = _REVISION.join(own, of_mine)
    shown = [
        _REVISION.c.id.label("revision_id"),
        other.c.department_id.label("department_id"),
        other.c.id.label("document_id"),
    ]
    in_organization = other.c.organization_id == _REVISION.c.organization_id
    by_document = start.join(other, and_(in_organization, other.c.id == own.c.id))
    by_product = start.join(other, and_(in_organization, other.c.product_id == own.c.product_id))
    by_requirement = (
        start.join(
            mine, and_(mine.c.organization_id == _REVISION.c.organization_id, mine.c.revision_id == _REVISION.c.id)
        )
        .join(
            theirs,
            and_(theirs.c.organization_id == mine.c.organization_id, theirs.c.requirement_id == mine.c.requirement_id),
        )
        .join(
            standing,
            and_(
                standing.c.organization_id == theirs.c.organization_id,
                standing.c.id == theirs.c.revision_id,
                standing.c.status == RevisionStatus.EFFECTIVE,
            ),
        )
        .join(other, and_(in_organization, other.c.id == standing.c.document_id))
    )
    conditions = _REVISION.c.organization_id == organization_id, wanted, other.c.department_id.is_not(None)
    return [select(*shown).select_from(way).where(*conditions) for way in (by_document, by_product, by_requirement)]


@consequence(Revision, RevisionStatus.APPROVED, RevisionStatus.EFFECTIVE, RevisionStatus.OBSOLETE)
async def tell_of_change(unit: UnitOfWork, facts: Facts) -> None:
    """Tell the heads of the departments that a revision touches or that follow what it is about, and who follows that.

    A department without a head is told as a whole. Once it is effective or withdrawn, who is trained in it is told too;
    of a withdrawal, who owns the document and who approved it. What was replaced is told of by what replaces it.
    """
    withdrawn = facts["status"] is RevisionStatus.OBSOLETE
    if withdrawn and facts[ACTOR] is None:
        return
    departments = set((await affected(unit, unit.organization_id, [facts["id"]])).get(facts["id"], {}))
    about = await _about(unit, facts)
    followed = DepartmentFollow.__table__
    departments |= {row["department_id"] for row in await unit.rows(_following(unit, followed, "department_id", about))}
    people = {row["user_id"] for row in await unit.rows(_following(unit, Follow.__table__, "user_id", about))}
    people |= await _heads(unit, departments)
    if facts["status"] is not RevisionStatus.APPROVED:
        people |= await _trained(unit, facts["id"])
    if withdrawn:
        people |= {facts["document_owner_id"], *(user for user, _ in facts["approvals"])} - {None}
    place = RecordType.REVISION, facts["id"]
    await notify(unit, place, NotificationKind.CHANGED, people - {unit.viewer.user_id})


async def _about(unit: UnitOfWork, facts: Facts) -> set[UUID]:
    """What a revision is about: its document, that one's product, and the requirements that it satisfies."""
    document = _DOCUMENT.c.organization_id == unit.organization_id, _DOCUMENT.c.id == facts["document_id"]
    (row,) = await unit.rows(select(_DOCUMENT.c.product_id).where(*document))
    pairs = _PAIR.c.organization_id == unit.organization_id, _PAIR.c.revision_id == facts["id"]
    satisfied = {pair["requirement_id"] for pair in await unit.rows(select(_PAIR.c.requirement_id).where(*pairs))}
    return {facts["document_id"], *satisfied, *({row["product_id"]} - {None})}


def _following(unit: UnitOfWork, table: Any, whose: str, about: set[UUID]) -> Select[Any]:
    mine = table.c.organization_id == unit.organization_id, within(table.c.record_id, about, unit.dialect)
    return select(table.c[whose]).where(*mine, table.c.active)


async def _heads(unit: UnitOfWork, departments: set[UUID]) -> set[UUID]:
    mine = _USER.c.organization_id == unit.organization_id, within(_USER.c.department_id, departments, unit.dialect)
    rows = await unit.rows(select(_USER.c.id, _USER.c.department_id, _USER.c.roles).where(*mine, _USER.c.active))
    heads = [row for row in rows if Role.DEPARTMENT_HEAD.value in row["roles"]]
    headed = {row["department_id"] for row in heads}
    return {row["id"] for row in (*heads, *(row for row in rows if row["department_id"] not in headed))}


async def _trained(unit: UnitOfWork, revision_id: UUID) -> set[UUID]:
    """Who works here and is trained in a revision, or is to be, or was to be until this moment."""
    record = TrainingRecord.__table__
    told = or_(record.c.status != TrainingStatus.CANCELLED, record.c.ended_at == unit.now)
    rows = await unit.rows(
        select(record.c.user_id)
        .join(_USER, and_(_USER.c.organization_id == record.c.organization_id, _USER.c.id == record.c.user_id))
        .where(record.c.organization_id == unit.organization_id, record.c.revision_id == revision_id, told)
        .where(_USER.c.active)
        .distinct()
    )
    return {row["user_id"] for row in rows}
