"""Tables of risks."""

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, MappedColumn

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Record
from qms_graphql.risks.rules import RiskKind, RiskStatus

INITIAL = "initial_"
"""Stands before the columns of the initial rating; those of the current one have no prefix."""


def _severity() -> MappedColumn[int | None]:
    return columns.integer("How bad the effect is, from 1 to 10, 10 the worst.", low=1, high=10)


def _occurrence() -> MappedColumn[int | None]:
    return columns.integer("How often the cause occurs, from 1 to 10, 10 the most often.", low=1, high=10)


def _detection() -> MappedColumn[int | None]:
    return columns.integer("How it is detected, from 1 to 10, 10 hardly ever.", low=1, high=10)


class Risk(Record, Base):
    """What may go wrong: a failure mode of a product, process or service, a hazard, a threat; or a chance.

    It holds two ratings: the initial one, and the current one after what was done about it. Earlier ones are in the
    audit trail.
    """

    __tablename__ = "risk"
    __prefix__ = "RISK"

    number: Mapped[str] = columns.text("Its number, for example RISK-2026-00017.", limit=40)
    kind: Mapped[RiskKind] = columns.choice(RiskKind, "What sort of risk it is.", default=RiskKind.FAILURE_MODE)
    status: Mapped[RiskStatus] = columns.choice(RiskStatus, "Where it stands.", default=RiskStatus.OPEN)
    title: Mapped[str | None] = columns.text("The risk in a few words.")
    function: Mapped[str | None] = columns.text("What the product, process or service shall do.", limit=2000)
    failure_mode: Mapped[str | None] = columns.text("How it can fail to do so.", limit=2000)
    effect: Mapped[str | None] = columns.text("What the failure leads to, for the customer first.", limit=2000)
    cause: Mapped[str | None] = columns.text("Why it can fail.", limit=2000)
    prevention_controls: Mapped[str | None] = columns.text("What keeps the cause from occurring.", limit=2000)
    detection_controls: Mapped[str | None] = columns.text("What finds the cause or the failure in time.", limit=2000)
    severity: Mapped[int | None] = _severity()
    occurrence: Mapped[int | None] = _occurrence()
    detection: Mapped[int | None] = _detection()
    initial_severity: Mapped[int | None] = _severity()
    initial_occurrence: Mapped[int | None] = _occurrence()
    initial_detection: Mapped[int | None] = _detection()
    product_id: Mapped[UUID | None] = columns.link("product", "The product, process or service it is about.")
    requirement_id: Mapped[UUID | None] = columns.link("requirement", "The requirement that would not be met.")
    owner_id: Mapped[UUID | None] = columns.link("user", "Who answers for it.")

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "status", "id"),
        Index(None, "organization_id", "created_at", "id"),
    )
