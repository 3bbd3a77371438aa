"""Vocabulary and rules of feedback."""

from decimal import Decimal
from enum import Enum

from qms_graphql.base.machines import Machine, Move, either, fails, holds, needs


class FeedbackSource(Enum):
    """Where a feedback came from.

    SURVEY: An invited answer to a survey.
    REVIEW: A public review of a product.
    POST_SERVICE: An evaluation after a service.
    FOCUS_GROUP: A statement in a focus group.
    SOCIAL_MEDIA: A post in a social network.
    SUPPORT: Said to support.
    SALES: Said to sales.
    OTHER: Anywhere else.
    """

    SURVEY = "SURVEY"
    REVIEW = "REVIEW"
    POST_SERVICE = "POST_SERVICE"
    FOCUS_GROUP = "FOCUS_GROUP"
    SOCIAL_MEDIA = "SOCIAL_MEDIA"
    SUPPORT = "SUPPORT"
    SALES = "SALES"
    OTHER = "OTHER"


class FeedbackStatus(Enum):
    """How far a feedback has come.

    RECEIVED: It is here; nobody has judged it.
    TRIAGED: It has its themes, and whether it is a complaint is decided.
    ACTED_ON: A complaint, requirement or action came of it.
    CLOSED: The customer was told, or a reason says why not.
    DUPLICATE: It repeats another feedback.
    """

    RECEIVED = "RECEIVED"
    TRIAGED = "TRIAGED"
    ACTED_ON = "ACTED_ON"
    CLOSED = "CLOSED"
    DUPLICATE = "DUPLICATE"


_UNTOLD = "Say when the customer was told what was done, or why nobody was told."

_TOLD = either(
    needs("loop_closed_at", "loopClosedAt", _UNTOLD),
    needs("untold_reason", "untoldReason", _UNTOLD),
)

FEEDBACK = Machine(
    start=FeedbackStatus.RECEIVED,
    moves=(
        Move(
            FeedbackStatus.TRIAGED,
            (FeedbackStatus.RECEIVED,),
            (
                either(
                    holds("themed", "Say what it is about, or which feedback it repeats.", "themes"),
                    needs("duplicate_of_id", "duplicateOf", "Say which feedback it repeats."),
                ),
                needs("is_complaint", "isComplaint", "Decide whether it is a complaint."),
            ),
        ),
        Move(
            FeedbackStatus.ACTED_ON,
            (FeedbackStatus.TRIAGED,),
            (
                either(
                    needs(
                        "complaint_id", "complaint", "A complaint, a requirement or an action has to come of it first."
                    ),
                    holds("requirement_linked", "No requirement rests on it.", "requirements"),
                    holds("action_linked", "No action answers it.", "actions"),
                ),
            ),
        ),
        Move(FeedbackStatus.CLOSED, (FeedbackStatus.ACTED_ON,), (_TOLD,)),
        # Praise, or what nobody has to act on, ends too.
        Move(
            FeedbackStatus.CLOSED,
            (FeedbackStatus.TRIAGED,),
            (fails("is_complaint", "A complaint is acted on before it is closed.", "isComplaint"), _TOLD),
        ),
        Move(
            FeedbackStatus.DUPLICATE,
            (FeedbackStatus.RECEIVED, FeedbackStatus.TRIAGED, FeedbackStatus.ACTED_ON, FeedbackStatus.CLOSED),
            (needs("duplicate_of_id", "duplicateOf", "Say which feedback it repeats."),),
        ),
    ),
    permission="feedback:write",
    settled=frozenset({FeedbackStatus.CLOSED, FeedbackStatus.DUPLICATE}),
)


class Voice(Enum):
    """Whose words they are.

    CUSTOMER: A customer's.
    EMPLOYEE: A colleague's idea or observation.
    """

    CUSTOMER = "CUSTOMER"
    EMPLOYEE = "EMPLOYEE"


class QuestionMetric(Enum):
    """What the answers to a question measure; stated, never guessed from the scale.

    CSAT: Satisfaction.
    NPS: Willingness to recommend, 0 to 10.
    CES: Effort, 1 to 7.
    """

    CSAT = "CSAT"
    NPS = "NPS"
    CES = "CES"


SCALES: dict[QuestionMetric, tuple[int, int]] = {
    QuestionMetric.CSAT: (1, 5),
    QuestionMetric.NPS: (0, 10),
    QuestionMetric.CES: (1, 7),
}
"""The usual scale of each metric, taken where a survey does not state one."""


def scale_problem(
    metric: QuestionMetric | None, low: int | None, high: int | None, satisfied: int | None
) -> str | None:
    """What is wrong with a question's scale, or None. NPS and CES are defined on their own scales only."""
    if (low is None) != (high is None):
        return "A scale needs both ends."
    if low is not None and high is not None and low >= high:
        return "The scale's upper end must lie above its lower end."
    if metric in (QuestionMetric.NPS, QuestionMetric.CES) and (low, high) != SCALES[metric]:
        return f"{metric.value} is asked on the scale {SCALES[metric][0]} to {SCALES[metric][1]}."
    if (
        metric is QuestionMetric.CSAT
        and low is not None
        and high is not None
        and not (satisfied is not None and low <= satisfied <= high)
    ):
        return "satisfiedFrom must lie on the scale."
    return None


def answer_problem(number: Decimal | None, low: int | None, high: int | None, *, whole: bool) -> str | None:
    """What is wrong with a numeric answer for its question's scale, or None."""
    if number is None:
        return None
    if low is not None and high is not None and not low <= number <= high:
        return f"The answer must lie between {low} and {high}."
    if whole and number != number.to_integral_value():
        return "The answer must be a whole number."
    return None
