"""Tables of documents, their revisions, and the policies of their kinds."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, and_, or_
from sqlalchemy.orm import Mapped

from qms_graphql.base import columns
from qms_graphql.base.access import Role
from qms_graphql.base.columns import Base, Part, Record
from qms_graphql.base.visibility import Visibility
from qms_graphql.documents.machine import REVISION
from qms_graphql.documents.rules import UNAPPROVED, DocumentKind, RevisionStatus


class Document(Record, Base):
    """Something that is laid down, revision by revision."""

    __tablename__ = "document"
    __prefix__ = "DOC"

    number: Mapped[str] = columns.text("Its number, for example DOC-2026-00017.", limit=40)
    title: Mapped[str] = columns.text("What it is called.")
    kind: Mapped[DocumentKind] = columns.choice(DocumentKind, "What it is.")
    department_id: Mapped[UUID | None] = columns.link("department", "Whose work it rules.")
    product_id: Mapped[UUID | None] = columns.link("product", "The product it is about.")
    owner_id: Mapped[UUID | None] = columns.link("user", "Who answers for it.", works=True)

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "kind", "id"),
        Index(None, "organization_id", "title", "id"),
    )


class Revision(Record, Base):
    """A document as it was, is, or shall be: at most one of a document is EFFECTIVE at any instant."""

    __tablename__ = "revision"
    __prefix__ = "REV"
    __machine__ = REVISION
    __visibility__ = Visibility(
        all_with="documents:drafts",
        rows=lambda row, person: or_(
            and_(*(row.status != status for status in UNAPPROVED)), row.author_id.is_not_distinct_from(person)
        ),
        rests_on=(("status", "status"), ("author_id", "author")),
    )

    number: Mapped[str] = columns.text("Its number, for example REV-2026-00017.", limit=40)
    label: Mapped[str] = columns.text("What it is called within its document, for example B or 2.1.", limit=40)
    status: Mapped[RevisionStatus] = columns.choice(
        RevisionStatus, "How far it has come.", default=RevisionStatus.DRAFT
    )
    reason: Mapped[str | None] = columns.text("Why it was made: what it changes, and what for.", limit=2000)
    content: Mapped[str | None] = columns.text("What it says, as text.", limit=100_000)
    content_link: Mapped[str | None] = columns.text("Where to read it.", limit=2000)
    effective_from: Mapped[datetime | None] = columns.moment(
        "From when it shall be effective; in the future as long as that is waited for."
    )
    approved_at: Mapped[datetime | None] = columns.moment("When all who were asked had approved it.")
    effective_at: Mapped[datetime | None] = columns.moment("When it became effective; null if it never was.")
    obsolete_at: Mapped[datetime | None] = columns.moment("From when on it was effective no more, or put away.")
    training_waived: Mapped[str | None] = columns.text(
        "Why nobody need be trained in it before it is effective; it was signed.", limit=2000
    )
    document_id: Mapped[UUID] = columns.link("document", "The document.", index=("effective_at", "id"))
    author_id: Mapped[UUID | None] = columns.link("user", "Who made it; null for a program.")
    supersedes_id: Mapped[UUID | None] = columns.link("revision", "The revision that it changes; null for the first.")

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        UniqueConstraint("organization_id", "document_id", "label"),
        Index(None, "organization_id", "status", "effective_from", "id"),
        columns.one_in_state("uq_revision_effective", RevisionStatus.EFFECTIVE, "document_id"),
    )


class Characteristic(Part, Base):
    """Something that a revision lays down in numbers."""

    __tablename__ = "characteristic"
    __owner__ = "revision_id"
    __list__ = "characteristics"

    revision_id: Mapped[UUID] = columns.link("revision", "The revision.", index=None, part_of_key=True)
    name: Mapped[str] = columns.text("What is laid down, for example lid wall thickness.", limit=200)
    target: Mapped[Decimal | None] = columns.number("What it shall be, in the unit.")
    lower: Mapped[Decimal | None] = columns.number("The least that is accepted, in the unit.")
    upper: Mapped[Decimal | None] = columns.number("The most that is accepted, in the unit.")
    unit: Mapped[str] = columns.text("In which unit, for example mm.", limit=40)
    critical: Mapped[bool] = columns.flag("Whether safety or compliance depends on it.", default=False)


class RevisionAction(Part, Base):
    """That an action is why a revision was made."""

    __tablename__ = "revision_action"
    __owner__ = "revision_id"
    __list__ = "caused_by"

    revision_id: Mapped[UUID] = columns.link("revision", "The revision.", index=None, part_of_key=True)
    action_id: Mapped[UUID] = columns.link("action", "The action.", index=("revision_id",))


class RevisionRequirement(Part, Base):
    """That a revision satisfies a requirement."""

    __tablename__ = "revision_requirement"
    __owner__ = "revision_id"
    __list__ = "satisfies"

    revision_id: Mapped[UUID] = columns.link("revision", "The revision.", index=None, part_of_key=True)
    requirement_id: Mapped[UUID] = columns.link("requirement", "The requirement.", index=("revision_id",))


class RevisionApproval(Part, Base):
    """That somebody approved a revision: kept by the system, one for each signature."""

    __tablename__ = "revision_approval"
    __owner__ = "revision_id"
    __list__ = "approvals"

    revision_id: Mapped[UUID] = columns.link("revision", "The revision.", index=None, part_of_key=True)
    user_id: Mapped[UUID] = columns.link("user", "Who signed.", index=("revision_id",))
    role: Mapped[Role] = columns.choice(Role, "As what.")
    at: Mapped[datetime] = columns.moment("When.")


class DocumentPolicy(Record, Base):
    """What is asked of documents of one kind; an organization has at most one for each."""

    __tablename__ = "document_policy"

    kind: Mapped[DocumentKind] = columns.choice(DocumentKind, "The kind.")
    approver_roles: Mapped[list[Any]] = columns.json("Who approves: one person for each of these roles.")
    training_share: Mapped[Decimal] = columns.number(
        "The share of those to be trained who must have passed before a revision is effective.", low=0, high=1
    )
    training_days: Mapped[int] = columns.integer("Days from approval until the training is due.", low=0, high=3650)
    training_roles: Mapped[list[Any]] = columns.json("Who is trained: people of these roles.")
    training_own_department: Mapped[bool] = columns.flag(
        "Whether the people of the document's own department are trained.", default=False
    )
    acknowledgement: Mapped[bool] = columns.flag("Whether people acknowledge a new revision.", default=False)

    __table_args__ = (UniqueConstraint("organization_id", "kind"),)


class DocumentPolicyDepartment(Part, Base):
    """That the people of a department are trained in documents of a kind."""

    __tablename__ = "document_policy_department"
    __owner__ = "policy_id"
    __list__ = "training_departments"

    policy_id: Mapped[UUID] = columns.link("document_policy", "The policy.", index=None, part_of_key=True)
    department_id: Mapped[UUID] = columns.link("department", "The department.", index=("policy_id",))
