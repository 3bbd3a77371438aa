"""Tables of effectiveness checks and objectives."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Part, Record
from qms_graphql.effectiveness.rules import OBJECTIVE, ObjectiveStatus
from qms_graphql.feedback.rules import FeedbackSource
from qms_graphql.metrics.comparisons import Direction, Verdict
from qms_graphql.metrics.rules import Counting, MetricCode


class Aimed:
    """What is measured, over which part of the organization's records, from where, and what it shall reach."""

    metric_code: Mapped[MetricCode] = columns.choice(MetricCode, "Which metric is measured.")
    counting: Mapped[Counting] = columns.choice(Counting, "Which answers count.", default=Counting.EACH_ANSWER)
    direction: Mapped[Direction] = columns.choice(Direction, "On which side of the target the value shall lie.")
    baseline_from: Mapped[datetime] = columns.moment("When the window begins that it is compared with.")
    baseline_until: Mapped[datetime] = columns.moment("The first moment after the window that it is compared with.")
    customer_id: Mapped[UUID | None] = columns.link("customer", "Only of this customer.", index=None)
    product_id: Mapped[UUID | None] = columns.link("product", "Only about this product.")
    survey_id: Mapped[UUID | None] = columns.link("survey", "Only answers to this survey.", index=None)
    theme_id: Mapped[UUID | None] = columns.link("theme", "Only feedback about this theme.", index=None)
    question: Mapped[str | None] = columns.text("Only answers to questions with this key.", limit=100)
    segment: Mapped[str | None] = columns.text("Only of customers in this market segment.", limit=200)
    country: Mapped[str | None] = columns.text("Only of customers in this country (ISO 3166-1 alpha-2).", limit=20)
    channel: Mapped[str | None] = columns.text("Only feedback or purchases that came by this channel.", limit=100)
    source: Mapped[FeedbackSource | None] = columns.choice(FeedbackSource, "Only feedback of this sort.")
    language: Mapped[str | None] = columns.text("Only feedback in this language (BCP 47).", limit=35)
    outcome: Mapped[Any | None] = columns.json("What was measured when it was decided; null while it is computed.")
    decided_at: Mapped[datetime | None] = columns.moment("When it was decided; what is measured stays as it was then.")


class EffectivenessCheck(Aimed, Record, Base):
    """How it is checked whether an action has its effect: planned before the observation, computed, kept at the end."""

    __tablename__ = "effectiveness_check"

    action_id: Mapped[UUID] = columns.link("action", "The action whose effect is checked.", index=None)
    observation_from: Mapped[datetime] = columns.moment("When the observation begins.")
    observation_until: Mapped[datetime] = columns.moment("The first moment after the observation.")
    target: Mapped[Any | None] = columns.number(
        "What the value shall reach, in the metric's unit; null where lots decide."
    )
    lots: Mapped[int | None] = columns.integer(
        "In how many new lots of the product nothing may come back; null where the target decides.", low=1, high=100_000
    )
    risk_id: Mapped[UUID | None] = columns.link(
        "risk", "The failure mode that may not come back; if null, whatever is complained of or found in the product."
    )

    __table_args__ = (UniqueConstraint("organization_id", "action_id"),)


class ObservationExtension(Part, Base):
    """That a check observes longer than was planned: kept by the system, in order."""

    __tablename__ = "observation_extension"
    __owner__ = "effectiveness_check_id"
    __list__ = "extensions"

    effectiveness_check_id: Mapped[UUID] = columns.link(
        "effectiveness_check", "The check.", index=None, part_of_key=True
    )
    at: Mapped[datetime] = columns.moment("When it was decided.")
    until_before: Mapped[datetime] = columns.moment("The first moment after the observation, as it was.")
    until_after: Mapped[datetime] = columns.moment("The first moment after the observation from then on.")
    reason: Mapped[str] = columns.text("Why.", limit=2000)
    verdict: Mapped[Verdict | None] = columns.choice(Verdict, "The verdict that had fallen; null if none had.")
    approver_id: Mapped[UUID | None] = columns.link("user", "Who decided it; null for a program.", index=None)


class Objective(Aimed, Record, Base):
    """What a part of the organization wants to reach by when, measured by a metric."""

    __tablename__ = "objective"
    __prefix__ = "OBJ"
    __machine__ = OBJECTIVE

    number: Mapped[str] = columns.text("Its number, for example OBJ-2026-00017.", limit=40)
    title: Mapped[str] = columns.text("What is to be reached, in a few words.")
    status: Mapped[ObjectiveStatus] = columns.choice(
        ObjectiveStatus, "How far it has come.", default=ObjectiveStatus.ACTIVE
    )
    target: Mapped[Any] = columns.number("What the value shall reach, in the metric's unit.")
    due_at: Mapped[datetime] = columns.moment("By when the target shall be met.")
    owner_id: Mapped[UUID | None] = columns.link("user", "Who answers for it.", index=("due_at", "id"), works=True)
    department_id: Mapped[UUID | None] = columns.link("department", "Whose objective it is.", index=("due_at", "id"))

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "due_at", "id"),
        Index(None, "organization_id", "status", "due_at", "id"),
    )
