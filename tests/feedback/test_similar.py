"""Feedback in similar words: of what the viewer sees, and in as many statements for any page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.feedback.likeness import MARKS, likeness, marks, trigrams
from tests.conftest import Company
from tests.graph.observe import statements
from tests.records import made

SIMILAR = "query ($id: ID!, $first: Int! = 3) { feedback(by: { id: $id }) { similar(first: $first) { text } } }"
PAGE = "{ feedbacks(first: 100) { nodes { text similar { text } } } }"


async def said(company: Company, text: str | None, **fields: object) -> str:
    """The id of new feedback with these words."""
    about = {"source": "SUPPORT", "occurredAt": "2026-02-20T08:00:00Z", "text": text}
    id_: str = await made(company, "Feedback", **(about | fields))
    return id_


async def likes(company: Company, id_: str, who: str = "admin", first: int = 3) -> list[str]:
    found = (await company.data(SIMILAR, {"id": id_, "first": first}, who=who))["feedback"]["similar"]
    return [item["text"] for item in found]


async def test_the_likeliest_come_first(company: Company, other_company: Company) -> None:
    asked = await said(company, "The lid of my kettle cracked after two weeks.")
    for text in (
        "The lid of my kettle cracked after two weeks!",
        "After three weeks the lid of the kettle cracked.",
        "Delivery was late again, and the parcel was wet.",
        "Ein Sprung im Deckel, nach zwei Wochen.",
        None,
        "...",
    ):
        await said(company, text)
    await said(other_company, "The lid of my kettle cracked after two weeks.")
    found = ["The lid of my kettle cracked after two weeks!", "After three weeks the lid of the kettle cracked."]
    assert await likes(company, asked) == found
    assert await likes(company, asked, first=1) == found[:1]


async def test_words_that_change_are_found_as_they_are(company: Company) -> None:
    asked, other = await said(company, "The switch does not turn off."), await said(company, "Too loud for my kitchen.")
    assert await likes(company, asked) == []
    update = "mutation ($input: UpdateFeedbackInput!) { updateFeedback(input: $input) { errors { code } } }"
    for version, text, found in ((1, "The switch does not turn off!", True), (2, "Too loud for my kitchen.", False)):
        await company.data(update, {"input": {"id": other, "version": version, "text": text}})
        assert await likes(company, asked) == ([text] if found else [])
    await company.data(update, {"input": {"id": other, "version": 3, "text": None}})
    assert await likes(company, other) == []


async def test_what_the_viewer_does_not_see_is_not_found(company: Company) -> None:
    asked = await said(company, "The lid cracked today.")
    await said(company, "The lid cracked yesterday.", confidential=True)
    assert await likes(company, asked, "quality_manager") == ["The lid cracked yesterday."]
    assert await likes(company, asked, "complaint_handler") == []


async def test_of_what_is_said_over_and_over_the_newest_are_looked_at(company: Company) -> None:
    items = [
        {"ref": {"system": "shop", "externalId": str(n)}, "source": "REVIEW", "occurredAt": "2026-02-20T08:00:00Z",
         "text": "The lid cracked today."}
        for n in range(120)
    ]  # fmt: skip
    sync = "mutation ($input: SyncFeedbackInput!) { syncFeedback(input: $input) { created } }"
    assert (await company.data(sync, {"input": {"items": items}}))["syncFeedback"] == {"created": 120}
    asked = await said(company, "The lid cracked today.")
    assert await likes(company, asked, first=10) == ["The lid cracked today."] * 10


async def test_the_number_of_statements_does_not_depend_on_the_page(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count in (3, 6):
        for number in range(3):
            await said(company, f"The lid cracked today, number {number}.")
        with statements(monkeypatch) as seen:
            page = (await company.data(PAGE))["feedbacks"]["nodes"]
        assert [len(node["similar"]) for node in page] == [min(3, count - 1)] * count
        assert sum("feedback_mark" in sql for sql in seen) == 1


@pytest.mark.parametrize("first", [0, 11, -1])
async def test_how_many_has_bounds(company: Company, first: int) -> None:
    asked = await said(company, "The lid cracked today.")
    answer = await company.ask(SIMILAR, {"id": asked, "first": first})
    assert answer["data"] == {"feedback": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


TEXTS = st.text(max_size=120)


@given(text=TEXTS)
def test_a_text_is_quite_like_itself(text: str) -> None:
    found = trigrams(text)
    assert likeness(found, found) == (1.0 if found else 0.0)
    assert len(marks(text)) == (MARKS if found else 0)
    assert all(0 <= mark < 2**31 for mark in marks(text))
    assert marks(text) == marks(f"  {text} !")


@given(one=TEXTS, other=TEXTS)
def test_likeness_is_mutual_and_between_nothing_and_all(one: str, other: str) -> None:
    forth, back = likeness(trigrams(one), trigrams(other)), likeness(trigrams(other), trigrams(one))
    assert forth == back
    assert 0.0 <= forth <= 1.0
