"""Tables of surveys and feedback."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Integer, UniqueConstraint, Uuid, or_
from sqlalchemy.orm import Mapped, mapped_column

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Part, Record, Tenant
from qms_graphql.base.visibility import Visibility
from qms_graphql.feedback.rules import FEEDBACK, FeedbackSource, FeedbackStatus, QuestionMetric, Voice


class Survey(Record, Base):
    """A set of questions that customers are asked."""

    __tablename__ = "survey"

    name: Mapped[str] = columns.text("What it is called.")
    source: Mapped[FeedbackSource] = columns.choice(
        FeedbackSource, "What sort of feedback it collects.", default=FeedbackSource.SURVEY
    )
    invited: Mapped[int | None] = columns.integer("How many were invited: gives the response rate.", low=0)


class Question(Record, Base):
    """A question of a survey: its metric and scale hold for all its answers, so they stay once there are any."""

    __tablename__ = "question"

    survey_id: Mapped[UUID] = columns.link("survey", "The survey it belongs to.", index=None)
    key: Mapped[str] = columns.text("Its short sign within the survey.", limit=100)
    text: Mapped[str | None] = columns.text("Its wording.", limit=2000)
    metric: Mapped[QuestionMetric | None] = columns.choice(
        QuestionMetric, "What its answers measure; null if nothing counted."
    )
    scale_min: Mapped[int | None] = columns.integer("Lower end of the scale.", low=-1000, high=1000)
    scale_max: Mapped[int | None] = columns.integer("Upper end of the scale.", low=-1000, high=1000)
    satisfied_from: Mapped[int | None] = columns.integer("From which answer on a customer counts as satisfied.")
    choices: Mapped[list[Any] | None] = columns.json("The answers to choose from, where it is a choice.")
    rank: Mapped[int] = columns.integer("Its place in the survey.")
    active: Mapped[bool] = columns.flag("Whether it is still asked.", default=True)

    __table_args__ = (UniqueConstraint("organization_id", "survey_id", "key"),)


class Decided:
    """The decision whether something is a complaint, on whatever it was made for."""

    is_complaint: Mapped[bool | None] = columns.truth("Whether it is a complaint; null until somebody decided.")
    complaint_reason: Mapped[str | None] = columns.text("Why it is one, or is not.", limit=2000)
    complaint_decided_by: Mapped[str | None] = columns.text("Who decided: the printed name at that time.")


def _own(row: Any, person: ColumnElement[UUID]) -> ColumnElement[bool]:
    """What a person said or takes care of."""
    return or_(row.author_id.is_not_distinct_from(person), row.assignee_id.is_not_distinct_from(person))


_OWNED_BY = (("author_id", "author"), ("assignee_id", "assignee"))


class Feedback(Decided, Record, Base):
    """What a customer (or a colleague) said."""

    __tablename__ = "feedback"
    __prefix__ = "FB"
    __machine__ = FEEDBACK
    __subject__ = ("contact_id", "customer_id")
    __visibility__ = Visibility(
        all_with="feedback:confidential",
        rows=lambda row, person: or_(row.confidential.is_(False), _own(row, person)),
        rests_on=(("confidential", "confidential"), *_OWNED_BY),
        without=("feedback:others", Visibility("feedback:confidential", _own, _OWNED_BY)),
    )

    number: Mapped[str] = columns.text("Its number, for example FB-2026-00017.", limit=40)
    status: Mapped[FeedbackStatus] = columns.choice(
        FeedbackStatus, "How far it has come.", default=FeedbackStatus.RECEIVED
    )
    source: Mapped[FeedbackSource] = columns.choice(FeedbackSource, "Where it came from.")
    voice: Mapped[Voice] = columns.choice(Voice, "Whose words they are.", default=Voice.CUSTOMER)
    text: Mapped[str | None] = columns.text("The words.", limit=20_000, personal=True)
    language: Mapped[str | None] = columns.text("BCP 47 tag of the words' language.", limit=35)
    channel: Mapped[str | None] = columns.text("Where it was said.", limit=100)
    occurred_at: Mapped[datetime] = columns.moment("When it was said.", past=True)
    received_at: Mapped[datetime] = columns.moment("When it reached the organization.", past=True)
    loop_closed_at: Mapped[datetime | None] = columns.moment("When the customer was told what was done.")
    untold_reason: Mapped[str | None] = columns.text("Why the customer was not told what was done.", limit=2000)
    active: Mapped[bool] = columns.flag(
        "False once its source deleted it: it left the metrics, the record stays.", default=True
    )
    confidential: Mapped[bool] = columns.flag(
        "Only quality managers, auditors, its author and whom it is assigned to see it.", default=False
    )
    custom: Mapped[Any] = columns.json(
        "Further fields of the connected systems, by name.", personal=True, default=lambda _: {}
    )
    assignee_id: Mapped[UUID | None] = columns.link(
        "user", "Who takes care of it.", index=("occurred_at", "id"), assigns=True
    )
    author_id: Mapped[UUID | None] = columns.link(
        "user", "The colleague who said it, where it is a colleague's idea.", index=("occurred_at", "id")
    )
    complaint_id: Mapped[UUID | None] = columns.link("complaint", "The complaint it is part of.")
    survey_id: Mapped[UUID | None] = columns.link("survey", "The survey it answers.", index=("occurred_at", "id"))
    customer_id: Mapped[UUID | None] = columns.link(
        "customer", "Whose words: the account.", index=("occurred_at", "id")
    )
    contact_id: Mapped[UUID | None] = columns.link("customer", "The person who spoke.")
    product_id: Mapped[UUID | None] = columns.link("product", "The product it is about.", index=("occurred_at", "id"))
    interaction_id: Mapped[UUID | None] = columns.link("interaction", "The purchase or contact it is about.")
    focus_group_id: Mapped[UUID | None] = columns.link("review", "The focus group it was said in.")
    duplicate_of_id: Mapped[UUID | None] = columns.link("feedback", "The feedback it repeats.")

    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index(None, "organization_id", "occurred_at", "id"),
        Index(None, "organization_id", "received_at", "id"),
        Index(None, "organization_id", "status", "occurred_at", "id"),
    )


class FeedbackMark(Tenant, Base):
    """A mark of a feedback's text: texts that are alike share some. It tells nothing of the words."""

    __tablename__ = "feedback_mark"

    mark: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, sort_order=-90)
    feedback_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True, doc="The feedback.")

    __table_args__ = ({"sqlite_with_rowid": False},)


class Answer(Part, Base):
    """One answer within a feedback."""

    __tablename__ = "answer"
    __owner__ = "feedback_id"
    __list__ = "answers"

    feedback_id: Mapped[UUID] = columns.link("feedback", "The feedback it is part of.", index=None, part_of_key=True)
    question_id: Mapped[UUID] = columns.link("question", "The question it answers.", index=("feedback_id", "number"))
    number: Mapped[Decimal | None] = columns.number("The answer, where it is a number.")
    text: Mapped[str | None] = columns.text("The answer, where it is text.", limit=20_000, personal=True)


class Theme(Record, Base):
    """What feedback is about, in the organization's own words."""

    __tablename__ = "theme"

    name: Mapped[str] = columns.text("What it is called.", limit=200)
    description: Mapped[str | None] = columns.text("What belongs to it.", limit=2000)
    parent_id: Mapped[UUID | None] = columns.link("theme", "The wider theme.")

    __table_args__ = (UniqueConstraint("organization_id", "name"),)


class FeedbackTheme(Part, Base):
    """That a feedback is about a theme."""

    __tablename__ = "feedback_theme"
    __owner__ = "feedback_id"
    __list__ = "themes"

    feedback_id: Mapped[UUID] = columns.link("feedback", "The feedback.", index=None, part_of_key=True)
    theme_id: Mapped[UUID] = columns.link("theme", "The theme.", index=("feedback_id",))
