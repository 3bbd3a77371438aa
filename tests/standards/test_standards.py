"""Standards and requirements: clause trees, feedback as evidence, and what an active requirement rests on."""

from typing import Any

import pytest

from tests.conftest import Company
from tests.records import made, moved, refused, unmoved
from tests.reviews.cases import UPDATE as UPDATE_REVIEWS
from tests.reviews.cases import finding, review, version_of_any

CREATE = """
mutation Create($input: CreateRequirementInput!) {
  createRequirement(input: $input) { requirement { id number version status } errors { code field } }
}
"""
UPDATE = """
mutation Update($input: UpdateRequirementInput!) {
  updateRequirement(input: $input) {
    requirement { version status statement clause evidence { number } } errors { code field }
  }
}
"""
CREATE_STANDARD = """
mutation Create($input: CreateStandardInput!) {
  createStandard(input: $input) {
    standard { id version name framework edition body title status } errors { code field }
  }
}
"""
UPDATE_STANDARD = """
mutation Update($input: UpdateStandardInput!) {
  updateStandard(input: $input) { standard { version name status } errors { code field } }
}
"""


async def said(company: Company, text: str) -> str:
    id_: str = await made(company, "Feedback", source="REVIEW", occurredAt="2026-03-01T08:00:00Z", text=text)
    return id_


async def test_a_standard_has_a_name_by_framework_and_edition(company: Company) -> None:
    given = {"framework": "ISO 9001", "edition": "2015", "body": "ISO", "title": "Quality management systems"}
    answer = (await company.data(CREATE_STANDARD, {"input": given}))["createStandard"]
    assert answer["errors"] == []
    id_ = answer["standard"]["id"]
    assert answer["standard"] == given | {"id": id_, "version": 1, "name": "ISO 9001:2015", "status": "CURRENT"}
    changed = await company.data(UPDATE_STANDARD, {"input": {"id": id_, "version": 1, "status": "WITHDRAWN"}})
    assert changed["updateStandard"]["standard"] == {"version": 2, "name": "ISO 9001:2015", "status": "WITHDRAWN"}
    found = await company.data('{ standards(where: { name: { eq: "ISO 9001:2015" } }) { nodes { id } } }')
    assert found["standards"]["nodes"] == [{"id": id_}]


async def test_an_edition_stands_once_in_an_organization(company: Company, other_company: Company) -> None:
    given = {"framework": "ISO 9001", "edition": "2015"}
    await made(company, "Standard", **given)
    later = await made(company, "Standard", framework="ISO 9001", edition="2026", status="DRAFT")
    conflict = ("CONFLICT", ["edition"])
    await refused(company, CREATE_STANDARD, given, conflict)
    await refused(company, UPDATE_STANDARD, {"id": later, "version": 1, "edition": "2015"}, conflict)
    await refused(company, CREATE_STANDARD, {"framework": "", "edition": "1"}, ("REQUIRED", ["framework"]))
    await made(other_company, "Standard", **given)


async def test_clauses_form_a_tree_and_are_listed_in_order(company: Company) -> None:
    iso = await made(company, "Standard", framework="ISO 9001", edition="2015")
    other = await made(company, "Standard", framework="ISO 10002", edition="2018")
    await made(company, "Requirement", source="STANDARD", standard=other, clause="7.1")
    chapter = await made(company, "Requirement", show="id number", source="STANDARD", standard=iso, clause="8.2")
    part = {"source": "STANDARD", "standard": iso, "parent": chapter["id"]}
    await made(company, "Requirement", **part, clause="8.2.2", statement="Determine the requirements.")
    await made(company, "Requirement", **part, clause="8.2.1", statement="Communicate with customers.")
    found = await company.data(
        """
        query Auditor($framework: String!, $chapter: String!) {
          requirements(
            where: { standard: { framework: { eq: $framework } } }
            orderBy: [{ field: CLAUSE, direction: ASC }]
            first: 200
          ) { totalCount nodes { number clause statement parent { clause } standard { name edition } } }
          requirement(by: { number: $chapter }) { status children { nodes { clause } } }
          standards(where: { requirements: { count: { eq: 3 } } }) { nodes { framework requirements { totalCount } } }
        }
        """,
        {"framework": "ISO 9001", "chapter": chapter["number"]},
    )
    standard = {"name": "ISO 9001:2015", "edition": "2015"}
    assert found["requirements"] == {
        "totalCount": 3,
        "nodes": [
            {"number": "REQ-2026-00002", "clause": "8.2", "statement": None, "parent": None, "standard": standard},
            {
                "number": "REQ-2026-00004", "clause": "8.2.1", "statement": "Communicate with customers.",
                "parent": {"clause": "8.2"}, "standard": standard,
            },
            {
                "number": "REQ-2026-00003", "clause": "8.2.2", "statement": "Determine the requirements.",
                "parent": {"clause": "8.2"}, "standard": standard,
            },
        ],
    }  # fmt: skip
    assert found["requirement"] == {
        "status": "DRAFT",
        "children": {"nodes": [{"clause": "8.2.2"}, {"clause": "8.2.1"}]},
    }
    assert found["standards"]["nodes"] == [{"framework": "ISO 9001", "requirements": {"totalCount": 3}}]


async def test_feedback_is_evidence_and_knows_what_it_led_to(company: Company) -> None:
    first, second = await said(company, "The lid cracks."), await said(company, "It burnt my hand.")
    needed = await made(
        company, "Requirement", source="CUSTOMER", statement="The lid stays whole.", importance=5,
        evidence=[second, first],
    )  # fmt: skip
    found = await company.data(
        """
        query ($requirement: ID!, $feedback: ID!) {
          requirement(by: { id: $requirement }) { importance evidence { number text } }
          feedback(by: { id: $feedback }) { number requirements { number statement source } }
          requirements(where: { evidence: { some: { text: { contains: "LID" } } } }) { nodes { number } }
          feedbacks(where: { requirements: { none: {} } }) { totalCount }
        }
        """,
        {"requirement": needed, "feedback": first},
    )
    assert found == {
        "requirement": {
            "importance": 5,
            "evidence": [
                {"number": "FB-2026-00001", "text": "The lid cracks."},
                {"number": "FB-2026-00002", "text": "It burnt my hand."},
            ],
        },
        "feedback": {
            "number": "FB-2026-00001",
            "requirements": [{"number": "REQ-2026-00001", "statement": "The lid stays whole.", "source": "CUSTOMER"}],
        },
        "requirements": {"nodes": [{"number": "REQ-2026-00001"}]},
        "feedbacks": {"totalCount": 0},
    }


async def test_evidence_is_part_of_the_requirement(company: Company) -> None:
    first, second = await said(company, "The lid cracks."), await said(company, "It leaks.")
    needed = await made(company, "Requirement", source="CUSTOMER", evidence=[first])
    change = {"id": needed, "version": 1, "evidence": [first, second]}
    changed = (await company.data(UPDATE, {"input": change}))["updateRequirement"]
    assert changed["requirement"]["version"] == 2
    assert changed["requirement"]["evidence"] == [{"number": "FB-2026-00001"}, {"number": "FB-2026-00002"}]
    events = await company.event_count()
    other_way = {"version": 2, "evidence": [second, first]}
    again = (await company.data(UPDATE, {"input": change | other_way}))["updateRequirement"]
    assert (again["errors"], again["requirement"]["version"]) == ([], 2)
    assert await company.event_count() == events
    page = await company.data("{ changes(types: [REQUIREMENT]) { nodes { action changedFields } } }")
    assert page["changes"]["nodes"][-1] == {"action": "UPDATED", "changedFields": ["evidence"]}
    twice = {"id": needed, "version": 2, "evidence": [first, second, first]}
    await refused(company, UPDATE, twice, ("INVALID", ["evidence", "2"]))
    unknown = {"id": needed, "version": 2, "evidence": ["feedback_" + "0" * 32]}
    await refused(company, UPDATE, unknown, ("NOT_FOUND", ["evidence", "0"]))


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, ["statement", "evidence"]),
        ({"statement": ""}, ["statement", "evidence"]),
        ({"statement": "The lid stays whole."}, ["evidence"]),
        ({"clause": "8.2.1"}, ["statement"]),
    ],
)
async def test_an_active_requirement_has_a_statement_and_rests_on_something(
    company: Company, fields: dict[str, Any], missing: list[str]
) -> None:
    errors = [("REQUIRED", ["changes", "requirement", name]) for name in missing]
    draft = await made(company, "Requirement", show="id number", source="INTERNAL", **fields)
    assert draft["number"] == "REQ-2026-00001"
    await unmoved(company, draft["id"], "ACTIVE", *errors)


async def test_what_it_rests_on_cannot_be_taken_from_an_active_requirement(company: Company) -> None:
    words = await said(company, "The lid cracks.")
    needed = await made(company, "Requirement", source="CUSTOMER", statement="Whole lids.", evidence=[words])
    assert await moved(company, needed, "ACTIVE") == {"id": needed, "state": "ACTIVE", "version": 2}
    taken = {"id": needed, "version": 2}
    await refused(company, UPDATE, taken | {"evidence": []}, ("REQUIRED", ["evidence"]))
    await refused(company, UPDATE, taken | {"statement": None, "reason": "?"}, ("REQUIRED", ["statement"]))
    instead = taken | {"evidence": [], "clause": "4.2", "reason": "It is in the standard."}
    instead = (await company.data(UPDATE, {"input": instead}))["updateRequirement"]
    assert instead["requirement"] == {
        "version": 3, "status": "ACTIVE", "statement": "Whole lids.", "clause": "4.2", "evidence": [],
    }  # fmt: skip


HISTORY = """
query ($id: ID!) {
  requirement(by: { id: $id }) { history(first: 1) { nodes { action reason changes { field before after } } } }
}
"""


async def newest(company: Company, id_: str) -> Any:
    """What happened to a requirement last."""
    return (await company.data(HISTORY, {"id": id_}))["requirement"]["history"]["nodes"][0]


async def test_an_active_requirement_is_worded_otherwise_for_a_reason_that_is_told(company: Company) -> None:
    id_ = await made(company, "Requirement", source="INTERNAL", clause="4.2", statement="The lid stays whole.")
    given = {"id": id_, "version": 1, "statement": "The lid stays whole for years."}
    # A draft is worded until it fits.
    assert (await company.data(UPDATE, {"input": given}))["updateRequirement"]["errors"] == []
    await moved(company, id_, "ACTIVE")
    given = {"id": id_, "version": 3, "statement": "The lid may crack."}
    for reason in ({}, {"reason": None}, {"reason": " "}):
        await refused(company, UPDATE, given | reason, ("REQUIRED", ["reason"]))
    await refused(company, UPDATE, given | {"reason": "x" * 2001}, ("TOO_LONG", ["reason"]))
    why = "Customers asked for five years."
    assert (await company.data(UPDATE, {"input": given | {"reason": why}}))["updateRequirement"]["errors"] == []
    statement = {"field": "statement", "before": "The lid stays whole for years.", "after": "The lid may crack."}
    assert await newest(company, id_) == {"action": "UPDATED", "reason": why, "changes": [statement]}
    # What is not its wording needs no reason; nor does what it says already.
    given = {"id": id_, "version": 4, "importance": 3, "statement": "The lid may crack."}
    assert (await company.data(UPDATE, {"input": given}))["updateRequirement"]["errors"] == []
    # With a move, the move's reason is that of the change.
    changes = {"requirement": {"statement": "The lid cracked."}}
    await moved(company, id_, "RETIRED", reason="No kettles any more.", changes=changes)
    assert (await newest(company, id_))["reason"] == "No kettles any more."


async def test_the_place_and_the_title_of_an_active_requirement_change_for_a_reason_too(company: Company) -> None:
    iso = await made(company, "Standard", framework="ISO 9001", edition="2015")
    given = {"clause": "4.2", "title": "Lids", "statement": "The lid stays whole.", "standard": iso}
    id_ = await made(company, "Requirement", source="INTERNAL", **given)
    await moved(company, id_, "ACTIVE")
    for change in ({"clause": "4.3"}, {"title": "Whole lids"}, {"title": None}, {"standard": None}):
        await refused(company, UPDATE, {"id": id_, "version": 2} | change, ("REQUIRED", ["reason"]))
    # What it says already is no change.
    same = {"id": id_, "version": 2} | given
    assert (await company.data(UPDATE, {"input": same}))["updateRequirement"]["requirement"]["version"] == 2
    other = {"id": id_, "version": 2, "clause": "4.3", "title": "Whole lids", "reason": "The chapters moved."}
    assert (await company.data(UPDATE, {"input": other}))["updateRequirement"]["errors"] == []
    assert (await newest(company, id_))["reason"] == "The chapters moved."


async def test_what_does_not_apply_is_justified_in_words_and_no_major_finding_is_open(company: Company) -> None:
    id_ = await made(company, "Requirement", source="INTERNAL", clause="7.1.5.1", statement="Measure.")
    given = {"id": id_, "version": 1}
    for reason in ("-", "n/a", "none", "1234 5678 90"):
        await refused(company, UPDATE, given | {"notApplicableReason": reason}, ("INVALID", ["notApplicableReason"]))
    why = {"notApplicableReason": "We measure nothing."}
    audit = await review(company)
    found = await finding(company, audit, "MAJOR", requirement=id_)
    await refused(company, UPDATE, given | why, ("INVALID", ["notApplicableReason"]))
    minor = {"id": found, "version": await version_of_any(company, found), "kind": "MINOR"}
    assert (await company.data(UPDATE_REVIEWS["Finding"], {"input": minor}))["updateFinding"]["errors"] == []
    assert (await company.data(UPDATE, {"input": given | why}))["updateRequirement"]["errors"] == []
    told = await newest(company, id_)
    assert (told["reason"], told["changes"][0]["after"]) == ("We measure nothing.", "We measure nothing.")
    # It stays excused when it is changed otherwise, and applies again without a word.
    for change in ({"version": 2, "importance": 2} | why, {"version": 3, "notApplicableReason": None}):
        assert (await company.data(UPDATE, {"input": given | change}))["updateRequirement"]["errors"] == []
    assert (await newest(company, id_))["reason"] is None


async def test_a_requirement_takes_the_place_of_another(company: Company) -> None:
    old = await made(company, "Requirement", source="INTERNAL", notApplicableReason="We do not design.")
    new = await made(company, "Requirement", source="INTERNAL", supersedes=old)
    found = await company.data(
        """
        query ($id: ID!) {
          requirement(by: { id: $id }) { notApplicableReason supersededBy { number supersedes { number } } }
        }
        """,
        {"id": old},
    )
    assert found["requirement"] == {
        "notApplicableReason": "We do not design.",
        "supersededBy": [{"number": "REQ-2026-00002", "supersedes": {"number": "REQ-2026-00001"}}],
    }
    for name in ("parent", "supersedes"):
        own = {"id": new, "version": 1, name: new}
        await refused(company, UPDATE, own, ("INVALID", [name]))
    await refused(company, UPDATE, {"id": new, "version": 2}, ("CONFLICT", ["version"]))


@pytest.mark.parametrize("importance", [0, 6, -1])
async def test_importance_lies_between_1_and_5(company: Company, importance: int) -> None:
    error = ("OUT_OF_RANGE", ["importance"])
    await refused(company, CREATE, {"source": "INTERNAL", "importance": importance}, error)


async def test_requirements_are_found_from_what_they_are_about(company: Company) -> None:
    theme = await made(company, "Theme", name="Lids")
    product = await made(company, "Product", name="Kettle")
    owner = await made(company, "User", name="Ada", roles=["EMPLOYEE"])
    await made(company, "Requirement", source="CUSTOMER", theme=theme, product=product, owner=owner)
    await made(company, "Requirement", source="INTERNAL")
    page = "requirements { nodes { number theme { name } product { name } owner { name } } }"
    found = await company.data(
        f"""query ($theme: ID!, $product: ID!, $owner: ID!) {{ nodes(ids: [$theme, $product, $owner]) {{
          ... on Theme {{ {page} }} ... on Product {{ {page} }} ... on User {{ {page} }}
        }} }}""",
        {"theme": theme, "product": product, "owner": owner},
    )
    one = {
        "number": "REQ-2026-00001",
        "theme": {"name": "Lids"},
        "product": {"name": "Kettle"},
        "owner": {"name": "Ada"},
    }
    assert found["nodes"] == [{"requirements": {"nodes": [one]}}] * 3


async def test_who_may_write_and_who_may_read(company: Company, other_company: Company) -> None:
    iso = await made(company, "Standard", framework="ISO 9001", edition="2015")
    for who in ("employee", "auditor", "connector:shop"):
        await company.token(who)
    events = await company.event_count()
    for who in ("employee", "auditor", "connector:shop"):
        for mutation, fields in (
            (CREATE, {"source": "INTERNAL"}),
            (CREATE_STANDARD, {"framework": "A", "edition": "1"}),
        ):
            answer = await company.ask(mutation, {"input": fields}, who=who)
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await company.event_count() == events
    assert (await company.data("{ standards { totalCount } }", who="employee"))["standards"]["totalCount"] == 1
    for text in ("{ standards { totalCount } }", "{ requirements { totalCount } }"):
        answer = await company.ask(text, who="connector:shop")
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    lookup = "query ($id: ID!) { node(id: $id) { id } }"
    assert await company.data(lookup, {"id": iso}, who="connector:shop") == {"node": None}
    assert await other_company.data(lookup, {"id": iso}) == {"node": None}
