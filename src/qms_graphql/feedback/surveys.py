"""Surveys are saved whole: the survey and its questions in one step, by the survey's external key."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from qms_graphql.base.drafts import Draft, Outcome, check_columns
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.external import Held, Key, held_refs, ref_problem, serialise, write_refs
from qms_graphql.base.ids import new_id
from qms_graphql.base.model import RefState
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.feedback.model import Answer, Question, Survey
from qms_graphql.feedback.rules import SCALES, QuestionMetric, scale_problem

MOST_QUESTIONS = 200
_FIXED = ("metric", "scale_min", "scale_max", "satisfied_from")
"""What cannot change once a question has answers: the metric would be counted anew for the past."""
_SPELLING = {
    "key": "key",
    "text": "text",
    "metric": "metric",
    "scale_min": "scaleMin",
    "scale_max": "scaleMax",
    "satisfied_from": "satisfiedFrom",
    "choices": "choices",
}


async def save_survey(
    unit: UnitOfWork,
    key: Key,
    version: Any,
    order: int | None,
    fields: dict[str, Any],
    questions: Sequence[dict[str, Any]] | None,
) -> UUID:
    """Make or change a survey and its questions. A question left out is no longer asked; its answers stay.

    Raises ``Refusals`` if the key may not be used, a field is wrong, or a question with answers changes its metric.
    An older version than the one held changes nothing.
    """
    problems = ref_problem(unit.viewer, key)
    if problems:
        raise Refusals(problems)
    await serialise(unit, "SURVEY")
    held = (await held_refs(unit, {"SURVEY": [key]})).get(("SURVEY", key))
    if held is not None and held.record_id is not None and held.outdates(order, ends=False):
        return held.record_id
    id_ = held.record_id if held is not None and held.record_id else new_id()
    rows = await unit.lock(Survey, [id_])
    survey = Draft(id_, fields, rows.get(id_), origin=key[0])
    check_columns(Survey, survey, {"name": "name", "source": "source", "invited": "invited"})
    drafts = [] if questions is None else await _question_drafts(unit, survey, questions)
    refusals = survey.refusals + [refusal for draft in drafts for refusal in draft.refusals]
    if refusals:
        raise Refusals(refusals)
    await unit.save(Survey, [survey])
    await unit.save(Question, drafts)
    if survey.outcome is Outcome.CREATED or held is None or held.newer(order):
        await write_refs(unit, "SURVEY", [(key, Held(id_, id_, version, order, RefState.LIVE))])
    return id_


async def _question_drafts(unit: UnitOfWork, survey: Draft, given: Sequence[dict[str, Any]]) -> list[Draft]:
    if len(given) > MOST_QUESTIONS:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_QUESTIONS} questions.", ("questions",))
    table, answers = Question.__table__, Answer.__table__
    answered = exists(
        select(answers.c.feedback_id).where(
            answers.c.organization_id == table.c.organization_id, answers.c.question_id == table.c.id
        )
    ).label("answered")
    rows = await unit.rows(
        select(table, answered).where(table.c.organization_id == unit.organization_id, table.c.survey_id == survey.id)
    )
    known = {row["key"]: row for row in rows}
    drafts: list[Draft] = []
    for rank, fields in enumerate(given):
        current = known.pop(fields["key"], None)
        draft = Draft(
            current["id"] if current else new_id(),
            fields if current else _with_scale(fields),
            current,
            origin=survey.origin,
        )
        draft.fields |= {"survey_id": survey.id, "rank": rank, "active": True}
        if any(draft.fields["key"] == other.fields["key"] for other in drafts):
            draft.refuse(ErrorCode.INVALID, "The key stands twice in the survey.", "questions", str(rank), "key")
        _check_question(draft, current, rank)
        drafts.append(draft)
    drafts += [Draft(row["id"], {"active": False}, row, origin=survey.origin) for row in known.values()]
    return drafts


def _with_scale(fields: dict[str, Any]) -> dict[str, Any]:
    """Where a question states a metric but no scale, the metric's usual one."""
    metric = fields.get("metric")
    if metric is not None and fields.get("scale_min") is None and fields.get("scale_max") is None:
        low, high = SCALES[metric]
        fields = {**fields, "scale_min": low, "scale_max": high}
    if metric is QuestionMetric.CSAT and fields.get("satisfied_from") is None and fields.get("scale_max") is not None:
        fields = {**fields, "satisfied_from": fields["scale_max"] - 1}
    return fields


def _check_question(draft: Draft, current: Mapping[str, Any] | None, rank: int) -> None:
    spelled = Draft(draft.id, draft.fields, current)
    check_columns(Question, spelled, _SPELLING)
    for refusal in spelled.refusals:
        draft.refusals.append(refusal.under("questions", str(rank)))
    problem = scale_problem(
        draft.value("metric"), draft.value("scale_min"), draft.value("scale_max"), draft.value("satisfied_from")
    )
    if problem is not None:
        draft.refuse(ErrorCode.INVALID, problem, "questions", str(rank))
    if current is not None and current["answered"]:
        for name in _FIXED:
            if name in draft.fields and draft.fields[name] != current[name]:
                why = "The question has answers, so its metric and scale stay. Ask a new question under another key."
                draft.refuse(ErrorCode.CONFLICT, why, "questions", str(rank), _SPELLING[name])
