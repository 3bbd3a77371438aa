"""What standards know of other records."""

from typing import Any

from sqlalchemy import ColumnElement, select

from qms_graphql.base.facts import fact
from qms_graphql.feedback.model import Feedback
from qms_graphql.standards.model import RequirementEvidence


@fact(Feedback)
def requirement_linked(feedback: Any) -> ColumnElement[bool]:
    """Whether the feedback is evidence for a requirement."""
    pairs = RequirementEvidence.__table__.c
    named = pairs.organization_id == feedback.organization_id, pairs.feedback_id == feedback.id
    return select(pairs.requirement_id).where(*named).exists()
