"""Complaints made of feedback, and who sees those that are not for everybody."""

from typing import Any

from tests.complaints.cases import UPDATE, complaint, shown
from tests.conftest import Company
from tests.records import made, moved, refused

OPEN = """
mutation ($input: OpenComplaintInput!) { openComplaint(input: $input) { complaint { id } errors { code field } } }
"""
ADD = """
mutation ($input: AddToComplaintInput!) { addToComplaint(input: $input) { complaint { id } errors { code field } } }
"""
SAID = {"source": "SUPPORT", "occurredAt": "2026-02-20T08:00:00Z"}


async def words(company: Company, **fields: Any) -> str:
    """The id of new feedback."""
    id_: str = await made(company, "Feedback", **(SAID | fields))
    return id_


async def opened(company: Company, *feedback: str, who: str = "admin", **fields: Any) -> str:
    """The id of a complaint made of feedback."""
    answer = await company.data(OPEN, {"input": {"feedback": list(feedback)} | fields}, who=who)
    assert answer["openComplaint"]["errors"] == []
    id_: str = answer["openComplaint"]["complaint"]["id"]
    return id_


async def test_it_takes_over_what_all_the_feedback_agrees_on(company: Company) -> None:
    ann = await made(company, "Customer", name="Ann", kind="PERSON", phone="0123", country="DE")
    lids = await made(company, "Product", sku="K1", name="Kettle")
    bought = await made(
        company, "Interaction", kind="PURCHASE", occurredAt="2026-02-01T08:00:00Z", customer=ann, lot="L7", serial="S9"
    )
    me = (await company.data("{ me { id } }", who="complaint_handler"))["me"]["id"]
    first = await words(
        company, text="It cracked.", customer=ann, product=lids, interaction=bought, receivedAt="2026-02-22T08:00:00Z"
    )
    second = await words(company, text="Again.", product=lids, assignee=me, occurredAt="2026-02-19T08:00:00Z")
    id_ = await opened(company, first, second, who="complaint_handler", nature="Cracked lid")
    fields = """
    number status nature details eventAt awareAt receivedAt acknowledgeDueAt dueAt overdue acknowledgementOverdue
    lot serial country complainant { name address phone } isComplaint { decision reason by } confidential
    customer { name } product { sku } interaction { lot } handler { name } feedback { id isComplaint { decision by } }
    """
    answer = await shown(company, id_, fields)
    assert {item["id"] for item in answer.pop("feedback")} == {first, second}
    assert answer == {
        "number": "CMP-2026-00001", "status": "RECEIVED", "nature": "Cracked lid", "details": "It cracked.",
        "eventAt": "2026-02-19T08:00:00Z", "awareAt": "2026-02-19T08:00:00Z", "receivedAt": "2026-02-19T08:00:00Z",
        "acknowledgeDueAt": "2026-02-22T08:00:00Z", "dueAt": "2026-03-11T08:00:00Z",
        "overdue": False, "acknowledgementOverdue": True,
        "lot": "L7", "serial": "S9", "country": "DE",
        "complainant": {"name": "Ann", "address": None, "phone": "0123"},
        "isComplaint": {"decision": True, "reason": "Opened from feedback.", "by": "complaint_handler"},
        "confidential": False, "customer": {"name": "Ann"}, "product": {"sku": "K1"}, "interaction": {"lot": "L7"},
        "handler": {"name": "complaint_handler"},
    }  # fmt: skip
    text = "query ($id: ID!) { feedback(by: { id: $id }) { complaint { number } isComplaint { decision reason by } } }"
    assert (await company.data(text, {"id": second}))["feedback"] == {
        "complaint": {"number": "CMP-2026-00001"},
        "isComplaint": {"decision": True, "reason": "It is part of a complaint.", "by": "complaint_handler"},
    }
    hidden = await shown(company, id_, "number complainant { name address phone }", who="department_head")
    assert hidden == {"number": "CMP-2026-00001", "complainant": {"name": None, "address": None, "phone": None}}


async def test_what_feedback_disagrees_on_is_left_open(company: Company) -> None:
    people = [await made(company, "Customer", name=name, kind="PERSON") for name in ("Ann", "Bob")]
    id_ = await opened(company, *[await words(company, customer=person) for person in people])
    assert await shown(company, id_, "customer { name } complainant { name } handler { name }") == {
        "customer": None,
        "complainant": None,
        "handler": None,
    }


async def test_a_repeated_request_opens_one_complaint(company: Company) -> None:
    first = await words(company)
    once = await opened(company, first, idempotencyKey="k")
    events = await company.event_count()
    assert await opened(company, first, idempotencyKey="k") == once
    assert await company.event_count() == events


async def test_feedback_that_cannot_be_part_of_a_new_complaint_refuses_it(company: Company) -> None:
    taken, praise, twin = await words(company), await words(company), await words(company)
    await opened(company, taken)
    text = "mutation ($input: UpdateFeedbackInput!) { updateFeedback(input: $input) { errors { code field } } }"
    given = {"id": praise, "version": 1, "isComplaint": {"decision": False, "reason": "Praise."}}
    assert (await company.data(text, {"input": given}))["updateFeedback"]["errors"] == []
    await moved(company, twin, "DUPLICATE", changes={"feedback": {"duplicateOf": praise}})
    fine, nowhere = await words(company), f"feedback_{'0' * 32}"
    given = {"feedback": [taken, praise, twin, fine, fine]}
    await refused(company, OPEN, given, *[("INVALID", ["feedback", str(index)]) for index in (0, 1, 2, 4)])
    await refused(company, OPEN, {"feedback": [nowhere]}, ("NOT_FOUND", ["feedback", "0"]))
    await refused(company, OPEN, {"feedback": ["customer_" + "0" * 32]}, ("INVALID", ["feedback", "0"]))
    await refused(company, OPEN, {"feedback": []}, ("OUT_OF_RANGE", ["feedback"]))
    await refused(company, OPEN, {"feedback": [fine] * 201}, ("OUT_OF_RANGE", ["feedback"]))
    await refused(company, OPEN, {"feedback": [fine], "handler": f"user_{'0' * 32}"}, ("NOT_FOUND", ["handler"]))
    await refused(company, OPEN, {"feedback": [fine], "nature": "x" * 301}, ("TOO_LONG", ["nature"]))


async def test_more_feedback_is_added_to_a_complaint_that_is_not_done(company: Company) -> None:
    id_ = await opened(company, await words(company))
    later = await words(company)
    stale = {"id": id_, "version": 2, "feedback": [later]}
    await refused(company, ADD, stale, ("CONFLICT", ["version"]))
    answer = await company.data(ADD, {"input": stale | {"version": 1}})
    assert answer["addToComplaint"] == {"complaint": {"id": id_}, "errors": []}
    assert len((await shown(company, id_, "feedback { id }"))["feedback"]) == 2
    done = await complaint(company, "CLOSED")
    version = (await shown(company, done, "version"))["version"]
    more = {"id": done, "version": version, "feedback": [await words(company)]}
    await refused(company, ADD, more, ("INVALID", ["id"]))


async def test_a_complaint_about_confidential_feedback_is_confidential(company: Company) -> None:
    secret = await words(company, text="secret", confidential=True)
    id_ = await opened(company, await words(company, text="open"))
    answer = await company.data(ADD, {"input": {"id": id_, "version": 1, "feedback": [secret]}})
    assert answer["addToComplaint"]["errors"] == []
    for who in ("quality_manager", "auditor"):
        assert await shown(company, id_, "confidential", who=who) == {"confidential": True}
    for who in ("complaint_handler", "department_head", "connector:shop"):
        assert await shown(company, id_, "number", who=who) is None
    await company.token("complaint_handler")
    # It stays so as long as what it is about is not for everybody.
    await refused(company, UPDATE, {"id": id_, "version": 2, "confidential": False}, ("INVALID", ["confidential"]))
    me = (await company.data("{ me { id } }", who="complaint_handler"))["me"]["id"]
    given = {"id": id_, "version": 2, "handler": me}
    assert (await company.data(UPDATE, {"input": given}))["updateComplaint"]["errors"] == []
    seen = await shown(company, id_, "number feedback { text }", who="complaint_handler")
    assert seen == {"number": "CMP-2026-00001", "feedback": [{"text": "open"}]}


async def test_feedback_is_not_hidden_within_a_complaint_that_all_see(company: Company) -> None:
    said = await words(company)
    await opened(company, said)
    text = """
    mutation ($input: UpdateFeedbackInput!) { updateFeedback(input: $input) { feedback { id } errors { code field } } }
    """
    await refused(company, text, {"id": said, "version": 2, "confidential": True}, ("INVALID", ["confidential"]))


async def test_who_does_not_see_feedback_cannot_make_a_complaint_of_it(company: Company) -> None:
    secret = await words(company, confidential=True)
    blind = ("department_head", "auditor", "employee", "connector:shop")
    for who in ("complaint_handler", *blind):
        await company.token(who)
    before = await company.event_count()
    answer = await company.data(OPEN, {"input": {"feedback": [secret]}}, who="complaint_handler")
    assert answer["openComplaint"] == {"complaint": None, "errors": [{"code": "NOT_FOUND", "field": ["feedback", "0"]}]}
    for who in blind:
        answer = await company.ask(OPEN, {"input": {"feedback": [secret]}}, who=who)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert await company.event_count() == before
