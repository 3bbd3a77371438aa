"""The way of feedback: what each step asks for, who takes it, and walks at random."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qms_graphql.base.machines import moves
from qms_graphql.feedback.rules import FEEDBACK, FeedbackStatus
from tests.conftest import Company
from tests.records import MOVE, made, moved, refused, unmoved

STATES = [status.value for status in FeedbackStatus]
WAYS = {("RECEIVED", "TRIAGED"), ("TRIAGED", "ACTED_ON"), ("TRIAGED", "CLOSED"), ("ACTED_ON", "CLOSED")} | {
    (status, "DUPLICATE") for status in STATES if status != "DUPLICATE"
}
FIELD = ["changes", "feedback"]
NO = {"decision": False, "reason": "Praise."}
UPDATE = """
mutation ($input: UpdateFeedbackInput!) { updateFeedback(input: $input) { feedback { id } errors { code field } } }
"""
LINK = """
mutation ($input: LinkRequirementInput!) {
  linkRequirement(input: $input) { requirement { id } errors { code field } }
}
"""
TOLD = "2026-03-01T10:00:00Z"


async def words(company: Company, **fields: Any) -> str:
    """The id of new feedback."""
    said = {"source": "SUPPORT", "occurredAt": "2026-02-20T08:00:00Z"} | fields
    id_: str = await made(company, "Feedback", **said)
    return id_


async def theme(company: Company) -> str:
    """The id of a theme, made once."""
    found = (await company.data("{ themes { nodes { id } } }"))["themes"]["nodes"]
    id_: str = found[0]["id"] if found else await made(company, "Theme", name="Lid")
    return id_


async def brought(company: Company, status: str) -> str:
    """The id of feedback in a state."""
    id_ = await words(company)
    if status == "RECEIVED":
        return id_
    if status == "DUPLICATE":
        await moved(company, id_, status, changes={"feedback": {"duplicateOf": await words(company)}})
        return id_
    themes = [await theme(company)]
    await moved(company, id_, "TRIAGED", changes={"feedback": {"themes": themes, "isComplaint": NO}})
    if status in ("ACTED_ON", "CLOSED"):
        await made(company, "Action", title="Call back", kind="CORRECTION", feedback=id_)
        await moved(company, id_, "ACTED_ON")
    if status == "CLOSED":
        await moved(company, id_, "CLOSED", changes={"feedback": {"loopClosedAt": TOLD}})
    return id_


def test_the_machine_has_these_ways_and_no_others() -> None:
    assert {(source.value, target.value) for source, target in moves(FEEDBACK)} == WAYS


async def test_no_other_way_is_taken(company: Company) -> None:
    for status in STATES:
        id_ = await brought(company, status)
        for target in STATES:
            if (status, target) not in WAYS:
                await unmoved(company, id_, target, ("INVALID", ["to"]))


@pytest.mark.parametrize(
    ("status", "target", "changes", "lacks"),
    [
        ("RECEIVED", "TRIAGED", {}, [("INVALID", "themes"), ("REQUIRED", "isComplaint")]),
        ("RECEIVED", "TRIAGED", {"isComplaint": NO}, [("INVALID", "themes")]),
        ("TRIAGED", "ACTED_ON", {}, [("REQUIRED", "complaint")]),
        ("TRIAGED", "CLOSED", {}, [("REQUIRED", "loopClosedAt")]),
        (
            "TRIAGED",
            "CLOSED",
            {"isComplaint": {"decision": True, "reason": "It is."}, "untoldReason": "Nobody."},
            [("INVALID", "isComplaint")],
        ),
        ("ACTED_ON", "CLOSED", {}, [("REQUIRED", "loopClosedAt")]),
        ("CLOSED", "DUPLICATE", {}, [("REQUIRED", "duplicateOf")]),
    ],
)
async def test_what_a_move_lacks_is_named(
    company: Company, status: str, target: str, changes: dict[str, Any], lacks: list[tuple[str, str]]
) -> None:
    id_ = await brought(company, status)
    given_ = {"changes": {"feedback": changes}} if changes else {}
    await unmoved(company, id_, target, *[(code, [*FIELD, field]) for code, field in lacks], **given_)


async def test_it_is_triaged_by_a_theme_or_as_a_repetition_and_somebody_decides(company: Company) -> None:
    id_ = await words(company)
    changes = {"themes": [await theme(company)], "isComplaint": {"decision": True}}
    await unmoved(
        company, id_, "TRIAGED", ("REQUIRED", [*FIELD, "isComplaint", "reason"]), changes={"feedback": changes}
    )
    changes["isComplaint"] = {"decision": True, "reason": "It is broken."}
    await moved(company, id_, "TRIAGED", changes={"feedback": changes}, who="complaint_handler")
    text = "query ($id: ID!) { feedback(by: { id: $id }) { status isComplaint { decision reason by } } }"
    assert (await company.data(text, {"id": id_}))["feedback"] == {
        "status": "TRIAGED",
        "isComplaint": {"decision": True, "reason": "It is broken.", "by": "complaint_handler"},
    }
    twin = await words(company)
    await moved(company, twin, "TRIAGED", changes={"feedback": {"duplicateOf": id_, "isComplaint": NO}})


async def test_a_complaint_a_requirement_or_an_action_comes_of_it(company: Company) -> None:
    by_complaint, by_requirement, by_action = [await brought(company, "TRIAGED") for _ in range(3)]
    open_ = "mutation ($input: OpenComplaintInput!) { openComplaint(input: $input) { errors { code field } } }"
    answer = await company.data(open_, {"input": {"feedback": [by_complaint]}})
    # It was decided that it is none.
    assert answer["openComplaint"]["errors"] == [{"code": "INVALID", "field": ["feedback", "0"]}]
    decided = {"id": by_complaint, "version": 2, "isComplaint": {"decision": True, "reason": "After all."}}
    assert (await company.data(UPDATE, {"input": decided}))["updateFeedback"]["errors"] == []
    assert (await company.data(open_, {"input": {"feedback": [by_complaint]}}))["openComplaint"]["errors"] == []
    needed = await made(company, "Requirement", source="CUSTOMER", statement="Whole lids.")
    link = {"feedback": by_requirement, "requirement": needed}
    for _ in range(2):
        answer = await company.data(LINK, {"input": link}, who="complaint_handler")
        assert answer["linkRequirement"] == {"requirement": {"id": needed}, "errors": []}
    other = await words(company)
    await company.data(LINK, {"input": {"feedback": other, "requirement": needed}})
    evidence = await company.data(
        "query ($id: ID!) { requirement(by: { id: $id }) { version evidence { id } } }", {"id": needed}
    )
    assert {item["id"] for item in evidence["requirement"]["evidence"]} == {by_requirement, other}
    assert evidence["requirement"]["version"] == 3
    action = await made(company, "Action", title="Call", kind="CORRECTION", feedback=by_action)
    for id_ in (by_complaint, by_requirement, by_action):
        assert (await moved(company, id_, "ACTED_ON"))["state"] == "ACTED_ON"
    assert action


async def test_what_is_linked_to_a_requirement_has_to_be_there(company: Company) -> None:
    needed = await made(company, "Requirement", source="CUSTOMER", statement="Whole lids.", clause="1")
    said = await words(company)
    nothing = {"feedback": f"feedback_{'0' * 32}", "requirement": f"requirement_{'0' * 32}"}
    await refused(company, LINK, nothing, ("NOT_FOUND", ["feedback"]), ("NOT_FOUND", ["requirement"]))
    await refused(company, LINK, {"feedback": needed, "requirement": needed}, ("INVALID", ["feedback"]))
    await moved(company, needed, "ACTIVE")
    await moved(company, needed, "RETIRED", reason="Replaced.")
    await refused(company, LINK, {"feedback": said, "requirement": needed}, ("INVALID", ["requirement"]))


async def test_it_is_closed_when_the_customer_was_told_or_a_reason_says_why_not(company: Company) -> None:
    told, untold = await brought(company, "CLOSED"), await brought(company, "ACTED_ON")
    await moved(company, untold, "CLOSED", changes={"feedback": {"untoldReason": "Nobody knows who wrote it."}})
    for id_ in (told, untold):
        version = await company.data("query ($id: ID!) { feedback(by: { id: $id }) { version } }", {"id": id_})
        given_ = {"id": id_, "version": version["feedback"]["version"], "text": "changed"}
        await refused(company, UPDATE, given_, ("INVALID", ["id"]))


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("admin", True), ("quality_manager", True), ("complaint_handler", True), ("department_head", True),
        ("employee", False), ("auditor", False), ("connector:shop", False),
    ],
)  # fmt: skip
async def test_who_moves_it(company: Company, who: str, may: bool) -> None:
    id_ = await words(company)
    await company.token(who)
    events = await company.event_count()
    changes = {"feedback": {"themes": [], "duplicateOf": await words(company)}}
    answer = await company.ask(
        MOVE, {"input": {"id": id_, "to": "DUPLICATE", "version": 1, "changes": changes}}, who=who
    )
    if may:
        assert answer["data"]["transition"]["record"]["state"] == "DUPLICATE"
    else:
        told = answer["data"] or {"transition": {"errors": [error["extensions"] for error in answer["errors"]]}}
        refused_ = [error["code"] for error in told["transition"]["errors"]]
        # An employee does not see others' words.
        assert refused_ == ["NOT_FOUND" if who == "employee" else "FORBIDDEN"]
        assert await company.event_count() == events + 1


async def test_an_idea_has_an_author_who_sees_what_became_of_it(company: Company) -> None:
    idea = await made(
        company, "Feedback", show="id author { name }", source="OTHER", voice="EMPLOYEE",
        occurredAt="2026-02-20T08:00:00Z", text="Polish the edge.",
    )  # fmt: skip
    assert idea["author"] == {"name": "admin"}
    me = (await company.data("{ me { id ideas { id status } } }"))["me"]
    assert me["ideas"] == [{"id": idea["id"], "status": "RECEIVED"}]
    create = UPDATE.replace("update", "create").replace("Update", "Create")
    given_ = {"source": "OTHER", "occurredAt": "2026-02-20T08:00:00Z", "author": me["id"]}
    await refused(company, create, given_, ("INVALID", ["author"]))


async def test_the_author_sees_what_is_confidential(company: Company) -> None:
    me = (await company.data("{ me { id } }", who="department_head"))["me"]["id"]
    idea = await words(company, voice="EMPLOYEE", author=me, confidential=True, text="secret")
    text = "query ($id: ID!) { feedback(by: { id: $id }) { text } }"
    assert (await company.data(text, {"id": idea}, who="department_head"))["feedback"] == {"text": "secret"}
    assert (await company.data(text, {"id": idea}, who="complaint_handler"))["feedback"] is None


STEPS = st.lists(
    st.tuples(st.sampled_from(STATES), st.sets(st.sampled_from(["theme", "decision", "told", "twin"]))),
    min_size=3,
    max_size=10,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, acted=st.booleans())
async def test_a_walk_at_random_skips_no_state(
    company: Company, steps: list[tuple[str, set[str]]], acted: bool
) -> None:
    id_, twin, about = await words(company), await words(company), await theme(company)
    if acted:
        await made(company, "Action", title="Call", kind="CORRECTION", feedback=id_)
    fields = {
        "theme": ("themes", [about]), "decision": ("isComplaint", NO), "told": ("loopClosedAt", TOLD),
        "twin": ("duplicateOf", twin),
    }  # fmt: skip
    status, version, held = "RECEIVED", 1, set[str]()
    needed = {
        "TRIAGED": lambda: bool(held & {"theme", "twin"}) and "decision" in held,
        "ACTED_ON": lambda: acted,
        "CLOSED": lambda: "told" in held,
        "DUPLICATE": lambda: "twin" in held,
    }
    for to, chosen in steps:
        before, held = held, held | chosen
        given_: dict[str, Any] = {"id": id_, "to": to, "version": version}
        if chosen:
            given_["changes"] = {"feedback": dict(fields[name] for name in chosen)}
        answer = (await company.data(MOVE, {"input": given_}))["transition"]
        assert (answer["errors"] == []) == ((status, to) in WAYS and needed[to]())
        if answer["errors"]:
            held = before
            continue
        status, version = to, answer["record"]["version"]
        assert answer["record"]["state"] == to
