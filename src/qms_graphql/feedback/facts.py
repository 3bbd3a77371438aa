"""What the machine of feedback asks about its parts."""

from typing import Any

from sqlalchemy import ColumnElement, select

from qms_graphql.base.facts import fact
from qms_graphql.feedback.model import Feedback, FeedbackTheme


@fact(Feedback)
def themed(feedback: Any) -> ColumnElement[bool]:
    """Whether it has a theme."""
    pairs = FeedbackTheme.__table__.c
    own = pairs.organization_id == feedback.organization_id, pairs.feedback_id == feedback.id
    return select(pairs.theme_id).where(*own).exists()
