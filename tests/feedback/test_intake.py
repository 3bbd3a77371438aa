"""Feedback comes in by external keys."""

from typing import Any

from tests.conftest import Company

SYNC = """
mutation Sync($input: SyncFeedbackInput!) {
  syncFeedback(input: $input) {
    created updated unchanged stale rejected
    results { index outcome feedback { number version text } errors { code field } }
  }
}
"""


def row(key: str, **fields: Any) -> dict[str, Any]:
    return {
        "ref": {"system": "shop", "externalId": key},
        "source": "REVIEW",
        "occurredAt": "2026-03-01T08:00:00Z",
        "text": f"words of {key}",
    } | fields


async def test_a_replayed_batch_changes_nothing(company: Company) -> None:
    batch = {"items": [row("a"), row("b")]}
    first = (await company.data(SYNC, {"input": batch}))["syncFeedback"]
    assert (first["created"], first["rejected"]) == (2, 0)
    assert [r["feedback"]["number"] for r in first["results"]] == ["FB-2026-00001", "FB-2026-00002"]
    events = await company.event_count()
    again = (await company.data(SYNC, {"input": batch}))["syncFeedback"]
    assert (again["created"], again["unchanged"]) == (0, 2)
    assert [r["feedback"] for r in again["results"]] == [r["feedback"] for r in first["results"]]
    assert await company.event_count() == events


async def test_a_bad_row_is_refused_alone(company: Company) -> None:
    batch = {"items": [row("a"), row("b", customer={"system": "shop", "externalId": "nobody"})]}
    found = (await company.data(SYNC, {"input": batch}))["syncFeedback"]
    assert (found["created"], found["rejected"]) == (1, 1)
    assert found["results"][1]["errors"] == [{"code": "UNKNOWN_REFERENCE", "field": ["customer"]}]


async def test_a_question_is_answered_once(company: Company) -> None:
    survey = {
        "ref": {"system": "shop", "externalId": "survey"}, "name": "Survey",
        "questions": [{"key": "score", "metric": "CSAT", "scaleMin": 1, "scaleMax": 5, "satisfiedFrom": 4}],
    }  # fmt: skip
    save = "mutation ($input: SaveSurveyInput!) { saveSurvey(input: $input) { errors { code } } }"
    assert (await company.data(save, {"input": survey}))["saveSurvey"]["errors"] == []
    answers = [{"question": "score", "number": 2}, {"question": "score", "number": 3}]
    before = await company.event_count()
    found = (await company.data(SYNC, {"input": {"items": [row("a", survey=survey["ref"], answers=answers)]}}))[
        "syncFeedback"
    ]
    assert found["results"][0]["errors"] == [{"code": "INVALID", "field": ["answers", "1", "question"]}]
    assert await company.event_count() == before
