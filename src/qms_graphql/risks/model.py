"""Tables of risks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, MappedColumn

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Part, Record
from qms_graphql.risks.rules import RISK, RiskKind, RiskStatus, SpecialCharacteristic

INITIAL = "initial_"
"""Stands before the columns of the initial rating; those of the current one have no prefix."""


def _severity() -> MappedColumn[Any]:
    return columns.integer("How bad the effect is, from 1 to 10, 10 the worst.", low=1, high=10)


def _occurrence() -> MappedColumn[Any]:
    return columns.integer("How often the cause occurs, from 1 to 10, 10 the most often.", low=1, high=10)


def _detection() -> MappedColumn[Any]:
    return columns.integer("How it is detected, from 1 to 10, 10 hardly ever.", low=1, high=10)


def _probability() -> MappedColumn[Any]:
    return columns.integer("How probable the harm is, from 1 (improbable) to 5 (frequent).", low=1, high=5)


def _harm_severity() -> MappedColumn[Any]:
    return columns.integer("How severe the harm is, from 1 (negligible) to 5 (catastrophic).", low=1, high=5)


class Risk(Record, Base):
    """What may go wrong: a failure mode of a product, process or service, a hazard, a threat; or a chance.

    It holds two ratings: the initial one, and the current one after what was done about it. All of them, those two too,
    are in the list of its scale.
    """

    __tablename__ = "risk"
    __prefix__ = "RISK"
    __machine__ = RISK

    number: Mapped[str] = columns.text("Its number, for example RISK-2026-00017.", limit=40)
    kind: Mapped[RiskKind] = columns.choice(RiskKind, "What sort of risk it is.", default=RiskKind.FAILURE_MODE)
    status: Mapped[RiskStatus] = columns.choice(RiskStatus, "Where it stands.", default=RiskStatus.OPEN)
    title: Mapped[str | None] = columns.text("The risk in a few words.")
    item: Mapped[str | None] = columns.text("The part of the product, or the process, that is looked at.")
    step: Mapped[str | None] = columns.text("The step of the process, or the element of the part.")
    place: Mapped[int | None] = columns.integer("Its place in the worksheet, to sort by.", low=0)
    classification: Mapped[SpecialCharacteristic | None] = columns.choice(
        SpecialCharacteristic, "Whether the characteristic that can fail is a special one."
    )
    function: Mapped[str | None] = columns.text("What the product, process or service shall do.", limit=2000)
    failure_mode: Mapped[str | None] = columns.text("How it can fail to do so.", limit=2000)
    effect: Mapped[str | None] = columns.text("What the failure leads to, for the customer first.", limit=2000)
    cause: Mapped[str | None] = columns.text("Why it can fail.", limit=2000)
    prevention_controls: Mapped[str | None] = columns.text("What keeps the cause from occurring.", limit=2000)
    detection_controls: Mapped[str | None] = columns.text("What finds the cause or the failure in time.", limit=2000)
    harm: Mapped[str | None] = columns.text("The injury or damage that a hazard can lead to.", limit=2000)
    severity: Mapped[int | None] = _severity()
    occurrence: Mapped[int | None] = _occurrence()
    detection: Mapped[int | None] = _detection()
    initial_severity: Mapped[int | None] = _severity()
    initial_occurrence: Mapped[int | None] = _occurrence()
    initial_detection: Mapped[int | None] = _detection()
    probability: Mapped[int | None] = _probability()
    harm_severity: Mapped[int | None] = _harm_severity()
    initial_probability: Mapped[int | None] = _probability()
    initial_harm_severity: Mapped[int | None] = _harm_severity()
    rating_reason: Mapped[str | None] = columns.text(
        "Why it is rated as it is now. A new reason for the same ranks is a rating too.", limit=2000
    )
    acceptance_reason: Mapped[str | None] = columns.text("Why what is left of it can be accepted.", limit=2000)
    accepted_at: Mapped[datetime | None] = columns.moment("When it was accepted; null where it is not.")
    product_id: Mapped[UUID | None] = columns.link("product", "The product, process or service it is about.")
    requirement_id: Mapped[UUID | None] = columns.link("requirement", "The requirement that would not be met.")
    owner_id: Mapped[UUID | None] = columns.link("user", "Who answers for it.", works=True)

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "status", "id"),
        Index(None, "organization_id", "created_at", "id"),
    )


class Rating(Part, Base):
    """A rating that a risk has or had: of severity, occurrence and detection."""

    __tablename__ = "rating"
    __owner__ = "risk_id"
    __list__ = "ratings"

    risk_id: Mapped[UUID] = columns.link("risk", "The risk that is rated.", index=None, part_of_key=True)
    at: Mapped[datetime] = columns.moment("When it was rated so.")
    by_id: Mapped[UUID | None] = columns.link("user", "Who rated it; null where a program did.", index=None)
    severity: Mapped[int] = _severity()
    occurrence: Mapped[int] = _occurrence()
    detection: Mapped[int] = _detection()
    reason: Mapped[str | None] = columns.text("Why it was rated so.", limit=2000)


class Estimate(Part, Base):
    """An estimate that a hazard's risk has or had: of probability and severity of harm."""

    __tablename__ = "estimate"
    __owner__ = "risk_id"
    __list__ = "estimates"

    risk_id: Mapped[UUID] = columns.link("risk", "The hazard's risk.", index=None, part_of_key=True)
    at: Mapped[datetime] = columns.moment("When it was estimated so.")
    by_id: Mapped[UUID | None] = columns.link("user", "Who estimated it; null where a program did.", index=None)
    probability: Mapped[int] = _probability()
    harm_severity: Mapped[int] = _harm_severity()
    reason: Mapped[str | None] = columns.text("Why it was estimated so.", limit=2000)


class RiskComplaint(Part, Base):
    """That a complaint is coded with a failure mode: the customer met it."""

    __tablename__ = "risk_complaint"
    __owner__ = "risk_id"
    __list__ = "complaints"

    risk_id: Mapped[UUID] = columns.link("risk", "The risk.", index=None, part_of_key=True)
    complaint_id: Mapped[UUID] = columns.link("complaint", "The complaint.", index=("risk_id",))
