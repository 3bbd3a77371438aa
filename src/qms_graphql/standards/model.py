"""Tables of standards and requirements."""

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Part, Record
from qms_graphql.standards.rules import (
    REQUIREMENT,
    MappingKind,
    RequirementSource,
    RequirementStatus,
    StandardStatus,
)


class Standard(Record, Base):
    """A framework in one edition: a standard, a regulation, a customer's own specification."""

    __tablename__ = "standard"

    framework: Mapped[str] = columns.text("The standard without its edition, for example ISO 9001.", limit=100)
    edition: Mapped[str] = columns.text("Which edition, for example 2015.", limit=40)
    body: Mapped[str | None] = columns.text("Who publishes it, for example ISO.", limit=200)
    title: Mapped[str | None] = columns.text("Its full title.", limit=500)
    status: Mapped[StandardStatus] = columns.choice(
        StandardStatus, "Whether the edition is in force.", default=StandardStatus.CURRENT
    )

    __table_args__ = (UniqueConstraint("organization_id", "framework", "edition"),)


class Requirement(Record, Base):
    """What must be met: a clause of a standard, a law, an expectation of customers, a rule of our own."""

    __tablename__ = "requirement"
    __prefix__ = "REQ"
    __machine__ = REQUIREMENT

    number: Mapped[str] = columns.text("Its number, for example REQ-2026-00017.", limit=40)
    source: Mapped[RequirementSource] = columns.choice(RequirementSource, "Who asks for it.")
    status: Mapped[RequirementStatus] = columns.choice(
        RequirementStatus, "Where it stands.", default=RequirementStatus.DRAFT
    )
    clause: Mapped[str | None] = columns.text(
        "Where it stands in its standard, for example 8.2.1. Sorts by its numbers: 4.4.2 before 4.10.",
        limit=100,
        sorted_by="clause_key",
    )
    clause_key: Mapped[str | None] = columns.derived("What lists by clause are sorted by (``rules.clause_key``).")
    title: Mapped[str | None] = columns.text("What it is about, in a few words of our own.", limit=300)
    statement: Mapped[str | None] = columns.text("What must be met, in a sentence that can be checked.", limit=5000)
    importance: Mapped[int | None] = columns.integer("How much it matters, from 1 to 5, 5 the most.", low=1, high=5)
    not_applicable_reason: Mapped[str | None] = columns.text(
        "Why it does not apply to the organization (ISO 9001, 4.3); null where it applies.", limit=2000
    )
    standard_id: Mapped[UUID | None] = columns.link(
        "standard", "The standard it comes from.", index=("clause_key", "id")
    )
    parent_id: Mapped[UUID | None] = columns.link("requirement", "The wider requirement, for example its chapter.")
    supersedes_id: Mapped[UUID | None] = columns.link("requirement", "The requirement it takes the place of.")
    theme_id: Mapped[UUID | None] = columns.link("theme", "What customers call it.")
    product_id: Mapped[UUID | None] = columns.link("product", "The product it holds for; null for all.")
    owner_id: Mapped[UUID | None] = columns.link("user", "Who answers for it.", works=True)

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "status", "id"),
        Index(None, "organization_id", "clause_key", "id"),
        columns.one_in_state("uq_requirement_active_clause", RequirementStatus.ACTIVE, "standard_id", "clause_key"),
    )


class RequirementEvidence(Part, Base):
    """That a feedback is evidence for a requirement: customers said so."""

    __tablename__ = "requirement_evidence"
    __owner__ = "requirement_id"
    __list__ = "evidence"

    requirement_id: Mapped[UUID] = columns.link("requirement", "The requirement.", index=None, part_of_key=True)
    feedback_id: Mapped[UUID] = columns.link("feedback", "The customer's words.", index=("requirement_id",))


class RequirementMapping(Part, Base):
    """What became of a clause from one edition of a framework to a later one; the later one holds the list."""

    __tablename__ = "requirement_mapping"
    __owner__ = "standard_id"
    __list__ = "mappings"

    standard_id: Mapped[UUID] = columns.link("standard", "The later edition.", index=None, part_of_key=True)
    earlier_id: Mapped[UUID | None] = columns.link(
        "requirement", "The clause of the earlier edition; null where it is new.", index=("standard_id",)
    )
    later_id: Mapped[UUID | None] = columns.link(
        "requirement", "The clause of the later edition; null where it was removed.", index=("standard_id",)
    )
    kind: Mapped[MappingKind] = columns.choice(MappingKind, "What became of it.")
    note: Mapped[str | None] = columns.text("What is different, in own words.", limit=2000)
