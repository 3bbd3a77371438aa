"""What a metric is measured over: the part of the organization's records that a scope leaves."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Alias, ColumnElement, Table, select

from qms_graphql.customers.model import Customer
from qms_graphql.feedback.model import FeedbackTheme
from qms_graphql.feedback.rules import FeedbackSource

Rows = Table | Alias

ONLY_OF_FEEDBACK = ("survey", "question", "theme", "source", "language")
"""What purchases do not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Restrictions that hold together; None restricts nothing. The first four are ids of records."""

    customer: UUID | None = None
    product: UUID | None = None
    survey: UUID | None = None
    theme: UUID | None = None
    question: str | None = None
    segment: str | None = None
    country: str | None = None
    channel: str | None = None
    source: FeedbackSource | None = None
    language: str | None = None

    def beyond_purchases(self) -> list[str]:
        """The restrictions that purchases cannot meet, because they have no such field."""
        return [name for name in ONLY_OF_FEEDBACK if getattr(self, name) is not None]

    def of_answers(self, feedback: Rows, question: Rows) -> list[ColumnElement[bool]]:
        """The conditions on the answers' feedback and questions."""
        conditions = self._shared(feedback) + _equal(
            (feedback.c.survey_id, self.survey),
            (feedback.c.source, self.source),
            (feedback.c.language, self.language),
            (question.c.key, self.question),
        )
        if self.theme is not None:
            themes = FeedbackTheme.__table__.alias()
            named = select(themes.c.feedback_id).where(
                themes.c.organization_id == feedback.c.organization_id,
                themes.c.feedback_id == feedback.c.id,
                themes.c.theme_id == self.theme,
            )
            conditions.append(named.exists())
        return conditions

    def of_interactions(self, interaction: Rows) -> list[ColumnElement[bool]]:
        """The conditions on interactions."""
        return self._shared(interaction)

    def _shared(self, rows: Rows) -> list[ColumnElement[bool]]:
        conditions = _equal(
            (rows.c.customer_id, self.customer), (rows.c.product_id, self.product), (rows.c.channel, self.channel)
        )
        customers = Customer.__table__.alias()
        described = _equal((customers.c.segment, self.segment), (customers.c.country, self.country))
        if described:
            own = (customers.c.organization_id == rows.c.organization_id, customers.c.id == rows.c.customer_id)
            conditions.append(select(customers.c.id).where(*own, *described).exists())
        return conditions


def _equal(*pairs: tuple[ColumnElement[Any], Any]) -> list[ColumnElement[bool]]:
    """Column = value, for the values that are given."""
    return [column == value for column, value in pairs if value is not None]
