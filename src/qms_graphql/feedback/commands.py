"""What may be done with surveys, feedback and themes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.facts import facts_of
from qms_graphql.base.sets import within
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.feedback.model import Answer, Feedback, Question, Theme
from qms_graphql.feedback.rules import QuestionMetric, Voice, answer_problem
from qms_graphql.feedback.similar import mark


async def save_feedback(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Take in or change feedback: gives the new ones their numbers, and finds each answer's question in its survey.

    An answer outside its question's scale, or a second one to what is measured, refuses the feedback: nobody guesses
    what was meant.
    """
    await refuse_circles(unit, Feedback, drafts, column="duplicate_of_id", name="duplicateOf")
    for draft in drafts:
        note_decision(unit, draft)
        _name_author(unit, draft)
    questions = await _questions(unit, drafts)
    for draft in drafts:
        if draft.current is None:
            draft.fields.setdefault("received_at", draft.fields.get("occurred_at"))
        if Answer in draft.parts:
            draft.parts[Answer] = _answers(draft, questions.get(draft.value("survey_id"), {}))
    await _keep_from_all(unit, drafts)
    await unit.give_numbers(Feedback, drafts)
    await unit.save(Feedback, drafts)
    await mark(unit, drafts)


async def _keep_from_all(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """What is not for everybody is not part of what is: a complaint that all may read would tell of it."""
    hidden = [d for d in drafts if d.fields.get("confidential") and d.current and d.current["complaint_id"]]
    known = (
        await facts_of(unit, Feedback, unit.organization_id, [draft.id for draft in hidden], unit.now) if hidden else {}
    )
    for draft in hidden:
        if known[draft.id]["complaint_for_all"]:
            draft.refuse(
                ErrorCode.INVALID, "Its complaint is for everybody; make that confidential first.", "confidential"
            )


def note_decision(unit: UnitOfWork, draft: Draft) -> None:
    """Whether something is a complaint is decided with a reason, by who says so now."""
    if not {"is_complaint", "complaint_reason"} & draft.fields.keys():
        return
    if draft.value("is_complaint") is None:
        draft.fields |= {"complaint_reason": None, "complaint_decided_by": None}
        return
    if not (draft.value("complaint_reason") or "").strip():
        draft.refuse(ErrorCode.REQUIRED, "Say why it is a complaint, or is not.", "isComplaint", "reason")
    if any(draft.current is None or draft.current[name] != draft.value(name) for name in _DECISION):
        draft.fields["complaint_decided_by"] = unit.viewer.actor_name


_DECISION = ("is_complaint", "complaint_reason")


def _name_author(unit: UnitOfWork, draft: Draft) -> None:
    """An idea has its author: who raised it, if nobody else is named. Customers are no authors."""
    idea = draft.value("voice") is Voice.EMPLOYEE
    if idea and draft.current is None:
        draft.fields.setdefault("author_id", unit.viewer.user_id)
    elif not idea and draft.value("author_id") is not None:
        draft.refuse(ErrorCode.INVALID, "Only a colleague's words have an author: voice EMPLOYEE.", "author")


async def _questions(unit: UnitOfWork, drafts: Sequence[Draft]) -> dict[UUID, dict[str, Mapping[str, Any]]]:
    """The questions of the surveys that are answered, by survey and key."""
    surveys = {draft.value("survey_id") for draft in drafts if Answer in draft.parts} - {None}
    if not surveys:
        return {}
    table = Question.__table__
    rows = await unit.rows(
        select(table).where(
            table.c.organization_id == unit.organization_id, within(table.c.survey_id, surveys, unit.dialect)
        )
    )
    found: dict[UUID, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["survey_id"], {})[row["key"]] = row
    return found


def _answers(draft: Draft, questions: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for index, given in enumerate(draft.parts[Answer]):
        path = ("answers", str(index))
        question = questions.get(given["question"])
        if question is None:
            why = "The survey has no such question." if questions else "Answers need a survey that has this question."
            draft.refuse(ErrorCode.INVALID, why, *path, "question")
            continue
        if question["metric"] is not None and any(row["question_id"] == question["id"] for row in rows):
            draft.refuse(ErrorCode.INVALID, "What is measured is answered once.", *path, "question")
            continue
        number: Decimal | None = given["number"]
        problem = answer_problem(
            number, question["scale_min"], question["scale_max"], whole=question["metric"] is QuestionMetric.NPS
        )
        if problem is not None:
            draft.refuse(ErrorCode.OUT_OF_RANGE, problem, *path, "number")
        rows.append({"question_id": question["id"], "number": number, "text": given["text"]})
    return rows


async def save_themes(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change themes; a name belongs to one theme."""
    await refuse_circles(unit, Theme, drafts)
    for draft in drafts:
        name, table = draft.fields.get("name"), Theme.__table__
        if name is not None and not draft.refused:
            same = await unit.rows(
                select(table.c.id).where(
                    table.c.organization_id == unit.organization_id, table.c.name == name, table.c.id != draft.id
                )
            )
            if same:
                draft.refuse(ErrorCode.CONFLICT, "There is a theme of this name.", "name")
    await unit.save(Theme, drafts)
