"""What actions know of other records."""

from typing import Any

from sqlalchemy import ColumnElement, select

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import ActionStatus
from qms_graphql.base.facts import fact
from qms_graphql.feedback.model import Feedback


@fact(Feedback)
def action_linked(feedback: Any) -> ColumnElement[bool]:
    """Whether an action answers the feedback; one that was given up does not."""
    actions = Action.__table__.c
    answers = actions.organization_id == feedback.organization_id, actions.feedback_id == feedback.id
    return select(actions.id).where(*answers, actions.status != ActionStatus.CANCELLED).exists()
