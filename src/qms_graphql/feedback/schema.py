"""What the graph shows of surveys, feedback and themes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import strawberry
from strawberry import auto

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.feedback import commands, model, surveys
from qms_graphql.feedback import facts as facts
from qms_graphql.feedback.rules import FeedbackSource, QuestionMetric
from qms_graphql.feedback.similar import similar_to
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import (
    batch_field,
    column,
    embedded,
    extend,
    mutation,
    node,
    one,
    part,
    parts,
    sql_field,
    syncs,
    through,
    writes,
)
from qms_graphql.graph.record import Record
from qms_graphql.graph.scalars import version_order
from qms_graphql.graph.types import Node, UserError, VersionedKey

MOST_SIMILAR = 10
First = Annotated[int, strawberry.argument(description=f"The so many most similar ones, at most {MOST_SIMILAR}.")]


@node(model.Survey, read="feedback:read", plural="surveys", external=True)
class Survey(Node):
    """A set of questions that customers are asked."""

    name: auto
    source: auto
    invited: auto
    version: auto
    created_at: auto
    updated_at: auto


@node(model.Question, read="feedback:read", plural="questions")
class Question(Node):
    """A question of a survey: its metric and scale hold for all its answers."""

    survey: "Survey | None" = one(
        model.Question.survey_id,
        back="questions",
        back_list=True,
        back_doc="Its questions, also those no longer asked.",
    )
    key: auto
    text: auto
    metric: auto
    scale_min: auto
    scale_max: auto
    satisfied_from: auto
    choices: list[str] | None
    rank: auto
    active: auto
    version: auto


@node(model.Feedback, read="feedback:read", plural="feedbacks", numbered=True, external=True)
class Feedback(Record):
    """What a customer (or a colleague) said."""

    number: auto
    status: auto
    source: auto
    voice: auto
    text: auto
    language: auto
    channel: auto
    occurred_at: auto
    received_at: auto
    loop_closed_at: auto
    untold_reason: auto
    is_complaint: "ComplaintDecision | None" = embedded("Whether it is a complaint; null until somebody decided.")
    active: auto
    confidential: auto
    custom: auto
    assignee: "User | None" = one(
        model.Feedback.assignee_id, back="assigned_feedback", back_doc="The feedback the person takes care of."
    )
    author: "User | None" = one(
        model.Feedback.author_id, back="ideas", back_list=True, back_doc="What the person suggested or observed."
    )
    complaint: "Complaint | None" = one(
        model.Feedback.complaint_id, back="feedback", back_list=True, back_doc="The words it is about."
    )
    answers: "list[Answer]" = parts(model.Answer.feedback_id)
    themes: "list[Theme]" = through(
        model.FeedbackTheme.feedback_id,
        model.FeedbackTheme.theme_id,
        back="feedback",
        back_doc="The feedback about it.",
    )
    survey: "Survey | None" = one(model.Feedback.survey_id, back="feedback", back_doc="The feedback that answers it.")
    customer: "Customer | None" = one(model.Feedback.customer_id, back="feedback", back_doc="What the customer said.")
    contact: "Customer | None" = one(
        model.Feedback.contact_id, back="contact_feedback", back_doc="What the person said for an account."
    )
    product: "Product | None" = one(model.Feedback.product_id, back="feedback", back_doc="What was said about it.")
    interaction: "Interaction | None" = one(
        model.Feedback.interaction_id, back="feedback", back_doc="What was said about it."
    )
    focus_group: "Review | None" = one(
        model.Feedback.focus_group_id, back="statements", back_doc="What customers said in it, as a focus group."
    )
    duplicate_of: "Feedback | None" = one(
        model.Feedback.duplicate_of_id, back="duplicates", back_doc="The feedback that repeats it."
    )
    version: auto
    created_at: auto
    updated_at: auto


@extend("Feedback")
class Likeness:
    """Feedback that says the same."""

    @batch_field(needs=("text",))
    async def similar(rows: Sequence[Any], context: Context, first: First = 3) -> list[list[Feedback]]:
        """Other feedback with similar words, the most similar first."""
        if not 0 < first <= MOST_SIMILAR:
            raise Refusal(ErrorCode.BAD_USER_INPUT, f"1 to {MOST_SIMILAR} similar ones.", ("first",))
        texts = {from_global(row.id)[1]: row.text for row in rows}
        found = await similar_to(await context.reader(), context.viewer, texts, first)
        return [[ref("Feedback", other) for other in found[id_]] for id_ in texts]


@part(model.Feedback, read="feedback:read")
class ComplaintDecision:
    """The decision whether something is a complaint."""

    decision: auto = column(model.Feedback.is_complaint)
    reason: auto = column(model.Feedback.complaint_reason)

    @sql_field
    def by(decided: Any) -> str | None:
        """Who decided: the printed name at that time."""
        return decided.complaint_decided_by


@part(model.Answer, read="feedback:read")
class Answer:
    """One answer within a feedback."""

    question: "Question | None" = one(model.Answer.question_id, by_key=True)
    number: auto
    text: auto


@node(model.Theme, read="feedback:read", plural="themes")
class Theme(Node):
    """What feedback is about, in the organization's own words."""

    name: auto
    description: auto
    parent: "Theme | None" = one(model.Theme.parent_id, back="children", back_doc="The narrower themes.")
    version: auto
    created_at: auto
    updated_at: auto


INTAKE = (
    "source voice text language channel occurredAt receivedAt active confidential custom answers"
    " survey customer contact product interaction"
)

feedback_writes = writes(
    Feedback,
    commands.save_feedback,
    permission="feedback:write",
    fields=f"{INTAKE} loopClosedAt untoldReason isComplaint themes duplicateOf assignee author",
    defaulted="receivedAt",
)
feedback_syncs = syncs(
    Feedback,
    commands.save_feedback,
    name="syncFeedback",
    fields=INTAKE,
    defaulted="receivedAt",
    tombstone={"active": False},
)
theme_writes = writes(Theme, commands.save_themes, permission="feedback:write", fields="name description parent")


@strawberry.input(description="A question of a survey.")
class QuestionInput:
    """A question of a survey."""

    key: str = strawberry.field(description="Its short sign within the survey.")
    text: str | None = strawberry.field(description="Its wording.", default=strawberry.UNSET)
    metric: QuestionMetric | None = strawberry.field(description="What its answers measure.", default=strawberry.UNSET)
    scale_min: int | None = strawberry.field(description="Lower end of the scale.", default=strawberry.UNSET)
    scale_max: int | None = strawberry.field(description="Upper end of the scale.", default=strawberry.UNSET)
    satisfied_from: int | None = strawberry.field(
        description="From which answer on a customer is satisfied; the top two if left out.", default=strawberry.UNSET
    )
    choices: list[str] | None = strawberry.field(description="The answers to choose from.", default=strawberry.UNSET)


@strawberry.input(description="A survey, whole.")
class SaveSurveyInput:
    """A survey, whole."""

    ref: VersionedKey = strawberry.field(description="Its key in an external system.")
    name: str = strawberry.field(description="What it is called.")
    source: FeedbackSource | None = strawberry.field(
        description="What sort of feedback it collects.", default=strawberry.UNSET
    )
    invited: int | None = strawberry.field(description="How many were invited.", default=strawberry.UNSET)
    questions: list[QuestionInput] | None = strawberry.field(
        description="All its questions, in order; left out, they stay as they are.", default=strawberry.UNSET
    )


@strawberry.type(description="What came of saveSurvey.")
class SaveSurveyPayload:
    """What came of saveSurvey."""

    survey: Survey | None = strawberry.field(description="The survey.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="sync:write", input=SaveSurveyInput)
async def save_survey(_context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> SaveSurveyPayload:
    """Make or change a survey and its questions in one step. Needs sync:write."""
    key = given["ref"]
    fields = {
        name: given[name] for name in ("name", "source", "invited") if given.get(name) is not None or name == "name"
    }
    if "invited" in given:
        fields["invited"] = given["invited"]
    questions = given.get("questions")
    version = key.get("version")
    id_ = await surveys.save_survey(
        unit,
        (key["system"], key["externalId"]),
        version,
        version_order(version),
        fields,
        None if questions is None else [_question(question) for question in questions],
    )
    return SaveSurveyPayload(survey=ref("Survey", id_))


def _question(given: dict[str, Any]) -> dict[str, Any]:
    spelled = {"scaleMin": "scale_min", "scaleMax": "scale_max", "satisfiedFrom": "satisfied_from"}
    return {spelled.get(name, name): value for name, value in given.items()}
