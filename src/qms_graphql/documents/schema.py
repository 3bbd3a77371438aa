"""What the graph shows of documents and their revisions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import and_, case, or_, select, type_coerce
from strawberry import auto

from qms_graphql.base.columns import Choice
from qms_graphql.base.ids import from_global
from qms_graphql.base.sets import within
from qms_graphql.base.visibility import visible
from qms_graphql.documents import approving as approving
from qms_graphql.documents import commands, model
from qms_graphql.documents import facts as facts
from qms_graphql.documents import timed as timed
from qms_graphql.documents.machine import WRITE
from qms_graphql.documents.rules import (
    LIMITS,
    DocumentStatus,
    RevisionStatus,
    differences,
)
from qms_graphql.graph.compiling.dialects import quoted
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import batch_field, extend, node, one, part, parts, sql_field, through, writes
from qms_graphql.graph.record import Record
from qms_graphql.graph.types import Node, describe_enum

READ = "documents:read"
describe_enum(DocumentStatus)


def _effective(revision: Any) -> Any:
    return revision.status == RevisionStatus.EFFECTIVE


AsOf = Annotated[datetime, strawberry.argument(description="The moment.")]


@node(model.Document, read=READ, plural="documents", numbered=True)
class Document(Node):
    """Something that is laid down, revision by revision: a specification, a procedure, a course."""

    number: auto
    title: auto
    kind: auto

    @sql_field
    def status(document: Any) -> DocumentStatus:
        """Where it stands: whether one of its revisions is effective, or was."""
        made = model.Revision.__table__.alias()
        own = made.c.organization_id == document.organization_id, made.c.document_id == document.id
        ever = select(made.c.id).where(*own, made.c.effective_at.is_not(None)).correlate_except(made)
        standing = case(
            (ever.where(_effective(made.c)).exists(), quoted(DocumentStatus.EFFECTIVE.value)),
            (ever.exists(), quoted(DocumentStatus.OBSOLETE.value)),
            else_=quoted(DocumentStatus.PLANNED.value),
        )
        shown: Any = type_coerce(standing, Choice(DocumentStatus))
        return shown

    effective: "Revision | None" = one(
        model.Document.id,
        key=model.Revision.document_id,
        such=_effective,
        doc="The revision that is effective; null if none is.",
    )

    @batch_field(needs=())
    async def revision(rows: Sequence[Any], context: Context, as_of: AsOf) -> list["Revision | None"]:
        """The revision that was effective at a moment; null if none was. Of the future: the one that is now."""
        ids = [from_global(row.id)[1] for row in rows]
        table, reader = model.Revision.__table__, await context.reader()
        found = await reader.rows(
            select(table.c.document_id, table.c.id).where(
                table.c.organization_id == context.viewer.organization_id,
                within(table.c.document_id, ids, reader.dialect),
                visible(model.Revision, table, context.viewer),
                table.c.effective_at <= as_of,
                or_(table.c.obsolete_at.is_(None), table.c.obsolete_at > as_of),
            )
        )
        held = {row["document_id"]: ref("Revision", row["id"]) for row in found}
        return [held.get(id_) for id_ in ids]

    department: "Department | None" = one(
        model.Document.department_id, back="documents", back_doc="The documents that rule its work."
    )
    product: "Product | None" = one(
        model.Document.product_id, back="documents", back_doc="The documents that are about it."
    )
    owner: "User | None" = one(
        model.Document.owner_id, back="documents", back_doc="The documents the person answers for."
    )
    version: auto
    created_at: auto
    updated_at: auto


@part(model.Characteristic, read=READ)
class Characteristic:
    """Something that a revision lays down in numbers: lower ≤ target ≤ upper."""

    name: auto
    target: auto
    lower: auto
    upper: auto
    unit: auto
    critical: auto


@part(model.RevisionApproval, read=READ)
class RevisionApproval:
    """That somebody approved a revision, by signature."""

    user: "User | None" = one(model.RevisionApproval.user_id)
    role: auto
    at: auto


@strawberry.type(description="What a characteristic says.")
class Limits:
    """What a characteristic says."""

    target: float | None = strawberry.field(description="What it shall be, in the unit.")
    lower: float | None = strawberry.field(description="The least that is accepted, in the unit.")
    upper: float | None = strawberry.field(description="The most that is accepted, in the unit.")
    unit: str = strawberry.field(description="In which unit.")
    critical: bool = strawberry.field(description="Whether safety or compliance depends on it.")

    @classmethod
    def of(cls, row: Any) -> "Limits | None":
        """How limits are shown; None of what is not there."""
        if row is None:
            return None
        said = {name: row[name] for name in LIMITS}
        numbers = {n: float(v) for n, v in said.items() if n not in ("unit", "critical") and v is not None}
        return cls(**(said | numbers))


@strawberry.type(description="What a revision changes of one characteristic.")
class CharacteristicChange:
    """What a revision changes of one characteristic."""

    name: str = strawberry.field(description="The characteristic.")
    before: Limits | None = strawberry.field(description="What it said before; null where it is added.")
    after: Limits | None = strawberry.field(description="What it says now; null where it is removed.")


@node(model.Revision, read=READ, plural="revisions", numbered=True)
class Revision(Record):
    """A document as it was, is, or shall be: at most one of a document is EFFECTIVE at any instant."""

    number: auto
    label: auto
    status: auto
    reason: auto
    content: auto
    content_link: auto
    effective_from: auto
    approved_at: auto
    effective_at: auto
    obsolete_at: auto
    training_waived: auto

    @sql_field
    def scheduled(revision: Any, now: datetime) -> bool:
        """Whether it is approved, and the date from which it shall be effective lies ahead."""
        waiting: Any = and_(
            revision.status == RevisionStatus.APPROVED,
            revision.effective_from.is_not(None),
            revision.effective_from > now,
        )
        return waiting

    characteristics: "list[Characteristic]" = parts(model.Characteristic.revision_id)
    approvals: "list[RevisionApproval]" = parts(model.RevisionApproval.revision_id)

    @batch_field(needs=())
    async def changes(rows: Sequence[Any], context: Context) -> list[list[CharacteristicChange]]:
        """What it changes of the characteristics of the revision that it supersedes, by name.

        Of the first revision all are added.
        """
        ids, reader = [from_global(row.id)[1] for row in rows], await context.reader()
        made, said = model.Revision.__table__, model.Characteristic.__table__
        either = or_(said.c.revision_id == made.c.id, said.c.revision_id == made.c.supersedes_id)
        found = await reader.rows(
            select(made.c.id.label("of"), said)
            .select_from(made.join(said, and_(said.c.organization_id == made.c.organization_id, either)))
            .where(
                made.c.organization_id == context.viewer.organization_id,
                within(made.c.id, ids, reader.dialect),
            )
            .order_by(said.c.position)
        )
        before: dict[UUID, list[Any]] = {id_: [] for id_ in ids}
        after: dict[UUID, list[Any]] = {id_: [] for id_ in ids}
        for row in found:
            (after if row["revision_id"] == row["of"] else before)[row["of"]].append(row)
        return [
            [
                CharacteristicChange(name=item.name, before=Limits.of(item.before), after=Limits.of(item.after))
                for item in differences(before[id_], after[id_])
            ]
            for id_ in ids
        ]

    document: "Document | None" = one(
        model.Revision.document_id, back="revisions", back_doc="What it was, is, and shall be."
    )
    author: "User | None" = one(model.Revision.author_id, back="revisions", back_doc="The revisions the person made.")
    supersedes: "Revision | None" = one(
        model.Revision.supersedes_id,
        back="superseded_by",
        back_list=True,
        back_doc="The revisions that change it.",
    )
    caused_by: "list[Action]" = through(
        model.RevisionAction.revision_id,
        model.RevisionAction.action_id,
        back="revisions",
        back_list=True,
        back_doc="What was laid down anew because of it.",
    )
    satisfies: "list[Requirement]" = through(
        model.RevisionRequirement.revision_id,
        model.RevisionRequirement.requirement_id,
        back="revisions",
        back_list=True,
        back_doc="The revisions that satisfy it, whatever has become of them.",
    )
    version: auto
    created_at: auto
    updated_at: auto


@extend("Requirement")
class SatisfiedRequirement:
    """What satisfies a requirement."""

    satisfied_by: "list[Revision]" = through(
        model.RevisionRequirement.requirement_id,
        model.RevisionRequirement.revision_id,
        such=_effective,
        doc="The revisions that satisfy it and are effective.",
    )


document_writes = writes(
    Document, commands.save_documents, permission=WRITE, fields="title kind department product owner"
)
revision_writes = writes(
    Revision,
    commands.save_revisions,
    permission=WRITE,
    fields="document label reason content contentLink effectiveFrom supersedes characteristics causedBy satisfies",
)
