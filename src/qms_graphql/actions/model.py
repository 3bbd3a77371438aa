"""Tables of actions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from qms_graphql.actions.rules import ACTION, ActionKind, ActionStatus
from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Part, Record


class Action(Record, Base):
    """What somebody is to do: to contain, correct, prevent or improve."""

    __tablename__ = "action"
    __prefix__ = "ACT"
    __machine__ = ACTION

    number: Mapped[str] = columns.text("Its number, for example ACT-2026-00017.", limit=40)
    title: Mapped[str] = columns.text("What is to be done, in a few words.")
    description: Mapped[str | None] = columns.text("What is to be done, and how.", limit=5000)
    kind: Mapped[ActionKind] = columns.choice(ActionKind, "What it is for.")
    status: Mapped[ActionStatus] = columns.choice(ActionStatus, "How far it has come.", default=ActionStatus.PLANNED)
    due_at: Mapped[datetime | None] = columns.moment("By when it shall be done.")
    done_at: Mapped[datetime | None] = columns.moment("When it was done.", past=True)
    owner_id: Mapped[UUID | None] = columns.link("user", "Who does it.", index=("due_at", "id"), assigns=True)
    verifier_id: Mapped[UUID | None] = columns.link("user", "Who looks whether it works.", assigns=True)
    department_id: Mapped[UUID | None] = columns.link("department", "Whose work it is.", index=("due_at", "id"))
    supersedes_id: Mapped[UUID | None] = columns.link("action", "The action it takes the place of.")
    risk_id: Mapped[UUID | None] = columns.link("risk", "The risk it lowers.")
    feedback_id: Mapped[UUID | None] = columns.link("feedback", "The words it answers.")
    customer_id: Mapped[UUID | None] = columns.link("customer", "The customer it is for.")
    requirement_id: Mapped[UUID | None] = columns.link("requirement", "The requirement it helps to meet.")
    product_id: Mapped[UUID | None] = columns.link("product", "The product it changes.")
    objective_id: Mapped[UUID | None] = columns.link("objective", "The objective it serves.")

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "due_at", "id"),
        Index(None, "organization_id", "status", "due_at", "id"),
    )


class ActionEvidence(Part, Base):
    """Something that shows that an action was done."""

    __tablename__ = "action_evidence"
    __owner__ = "action_id"
    __list__ = "evidence"

    action_id: Mapped[UUID] = columns.link("action", "The action.", index=None, part_of_key=True)
    text: Mapped[str | None] = columns.text("What shows it, in words.", limit=5000)
    link: Mapped[str | None] = columns.text("Where to look at what shows it.", limit=2000)


class ActionDueChange(Part, Base):
    """That the time by which an action shall be done was changed: kept by the system, in order."""

    __tablename__ = "action_due_change"
    __owner__ = "action_id"
    __list__ = "due_changes"

    action_id: Mapped[UUID] = columns.link("action", "The action.", index=None, part_of_key=True)
    at: Mapped[datetime] = columns.moment("When it was changed.")
    due_before: Mapped[datetime] = columns.moment("By when it was to be done before.")
    due_after: Mapped[datetime] = columns.moment("By when it was to be done from then on.")
    reason: Mapped[str] = columns.text("Why.", limit=2000)
    approver_id: Mapped[UUID | None] = columns.link("user", "Who approved it; null for a program.", index=None)
