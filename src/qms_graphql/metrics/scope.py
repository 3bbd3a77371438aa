"""What a metric is measured over: the part of the organization's records that a scope leaves."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, bindparam, select

from qms_graphql.customers.model import Customer
from qms_graphql.feedback.model import FeedbackTheme
from qms_graphql.feedback.rules import FeedbackSource

Rows = FromClause

RECORDS = {
    "customer": "Customer",
    "product": "Product",
    "department": "Department",
    "survey": "Survey",
    "theme": "Theme",
}
"""The restrictions that are ids, and of what."""
_ONLY_OF_FEEDBACK = ("survey", "question", "theme", "source", "language")
_BY_COLUMN = {
    "customer_id": ("customer", "segment", "country"),
    "product_id": ("product",),
    "department_id": ("department",),
    "channel": ("channel",),
}
"""Which restrictions rest on a column of other records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Restrictions that hold together; None restricts nothing."""

    customer: UUID | None = None
    product: UUID | None = None
    department: UUID | None = None
    survey: UUID | None = None
    theme: UUID | None = None
    question: str | None = None
    segment: str | None = None
    country: str | None = None
    channel: str | None = None
    source: FeedbackSource | None = None
    language: str | None = None

    def beyond(self, rows: Rows) -> list[str]:
        """The restrictions that records other than feedback cannot meet, because they have no such field."""
        only = [name for name in _ONLY_OF_FEEDBACK if getattr(self, name) is not None]
        return only + self.missing(rows)

    def missing(self, rows: Rows) -> list[str]:
        """The restrictions that rest on a column which these records do not have."""
        return [name for name in _resting_on_others(rows) if getattr(self, name) is not None]

    def _given(self) -> dict[str, Any]:
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}

    def form(self) -> "Scope":
        """Which restrictions there are, without their values: equal forms have the same conditions."""
        some: dict[str, Any] = dict.fromkeys(self._given(), True)
        return Scope(**some)

    def values(self) -> dict[str, Any]:
        """The parameters of the conditions."""
        return {f"scope_{name}": value for name, value in self._given().items()}

    def of_answers(self, feedback: Rows, question: Rows) -> list[ColumnElement[bool]]:
        """The conditions on the answers' feedback and questions."""
        conditions = self.of_records(feedback) + self._equal(
            survey=feedback.c.survey_id,
            source=feedback.c.source,
            language=feedback.c.language,
            question=question.c.key,
        )
        if self.theme is not None:
            themes = FeedbackTheme.__table__.alias()
            named = select(themes.c.feedback_id).where(
                themes.c.organization_id == feedback.c.organization_id,
                themes.c.feedback_id == feedback.c.id,
                *self._equal(theme=themes.c.theme_id),
            )
            conditions.append(named.exists())
        return conditions

    def of_records(self, rows: Rows) -> list[ColumnElement[bool]]:
        """The conditions on records of which nothing is asked that is `beyond` them."""
        columns = {names[0]: rows.c[column] for column, names in _BY_COLUMN.items() if column in rows.c}
        conditions = self._equal(**columns)
        customers = Customer.__table__.alias()
        described = self._equal(segment=customers.c.segment, country=customers.c.country)
        if described:
            own = (customers.c.organization_id == rows.c.organization_id, customers.c.id == rows.c.customer_id)
            conditions.append(select(customers.c.id).where(*own, *described).exists())
        return conditions

    def _equal(self, **columns: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """Column = parameter, for the restrictions there are."""
        given = self._given()
        return [
            column == bindparam(f"scope_{name}", type_=column.type) for name, column in columns.items() if name in given
        ]


@lru_cache(maxsize=32)
def _resting_on_others(rows: Rows) -> list[str]:
    """The restrictions that rest on columns which these records do not have."""
    return [name for column, names in _BY_COLUMN.items() if column not in rows.c for name in names]
