"""What complaints know of other records, and of each other."""

from typing import Any

from sqlalchemy import ColumnElement, false, func, select

from qms_graphql.base.facts import fact
from qms_graphql.complaints.model import Complaint
from qms_graphql.feedback.model import Feedback

_EARLIER = Complaint.__table__.alias("earlier").c


@fact(Complaint)
def earlier_investigated(complaint: Any) -> ColumnElement[bool]:
    """Whether the complaint whose investigation shall answer this one was investigated itself."""
    named = _EARLIER.organization_id == complaint.organization_id, _EARLIER.id == complaint.earlier_investigation_id
    return select(_EARLIER.id).where(*named, _EARLIER.investigated_at.is_not(None)).exists()


@fact(Complaint)
def time_to_reply_over(complaint: Any, now: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the complainant has had the policy's time to reply."""
    over: ColumnElement[bool] = func.coalesce(complaint.no_reply_at <= now, false())
    return over


@fact(Complaint)
def about_confidential(complaint: Any) -> ColumnElement[bool]:
    """Whether feedback that not everybody sees is part of the complaint."""
    words = Feedback.__table__.c
    own = words.organization_id == complaint.organization_id, words.complaint_id == complaint.id
    return select(words.id).where(*own, words.confidential.is_(True)).exists()


@fact(Feedback)
def complaint_for_all(feedback: Any) -> ColumnElement[bool]:
    """Whether the feedback is part of a complaint that everybody sees."""
    complaints = Complaint.__table__.c
    named = complaints.organization_id == feedback.organization_id, complaints.id == feedback.complaint_id
    return select(complaints.id).where(*named, complaints.confidential.is_(False)).exists()
