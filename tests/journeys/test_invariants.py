"""Invariant 9: what is not for a viewer is told by no way: it is as if it were not there."""

import pytest

from tests.conftest import Company
from tests.journeys.hidden import WHISPERED, Hidden, change, hide
from tests.records import made

SEEING = ["admin", "quality_manager", "auditor"]
BLIND = ["complaint_handler", "department_head", "employee", "connector:crm"]
SAID = "number nature details state comments { nodes { text } } externalRefs { externalId } feedback { number text }"
HISTORY = "history(first: 50) { nodes { reason changes { field before after } } }"
UP, DOWN = (f"{way}: trace(direction: {way.upper()}) {{ via reachedFrom record {{ id }} }}" for way in ("up", "down"))
AROUND = f"{HISTORY} {UP} {DOWN} transitions {{ to allowed unmet {{ message }} }}"
LINKS = f"""
query (
  $customer: ID!, $product: ID!, $user: ID!, $nonconformity: ID!, $risk: ID!, $action: ID!, $requirement: ID!,
  $words: ID!, $again: ID!, $other: ID!
) {{
  customer(by: {{ id: $customer }}) {{ complaints {{ totalCount nodes {{ {SAID} }} }} feedback {{ nodes {{ text }} }} }}
  product(by: {{ id: $product }}) {{ complaints {{ totalCount nodes {{ {SAID} }} }} feedback {{ nodes {{ text }} }} }}
  user(by: {{ id: $user }}) {{ complaints {{ totalCount nodes {{ {SAID} }} }} }}
  nonconformity(by: {{ id: $nonconformity }}) {{ complaints {{ totalCount nodes {{ {SAID} }} }} {AROUND} }}
  risk(by: {{ id: $risk }}) {{
    complaints {{ {SAID} }} observedOccurrence {{ events }} {AROUND}
  }}
  action(by: {{ id: $action }}) {{ feedback {{ number text complaint {{ {SAID} }} }} {AROUND} }}
  requirement(by: {{ id: $requirement }}) {{ evidence {{ number text }} {AROUND} }}
  words: feedback(by: {{ id: $words }}) {{ isComplaint {{ reason }} complaint {{ {SAID} }} {AROUND} }}
  again: feedback(by: {{ id: $again }}) {{ duplicateOf {{ number text }} {AROUND} }}
  other: complaint(by: {{ id: $other }}) {{ earlierInvestigation {{ {SAID} }} {AROUND} }}
}}
"""
LISTS = f"""
{{
  complaints(first: 20) {{ totalCount nodes {{ {SAID} }} edges {{ cursor }} }}
  feedbacks(first: 20) {{ totalCount nodes {{ number text complaint {{ number }} }} }}
  records(first: 50) {{ totalCount nodes {{ number state comments {{ nodes {{ text }} }} }} }}
  notifications(first: 50) {{ nodes {{ record {{ number }} }} }}
  keysOfWords: externalRefs(system: "shop", type: FEEDBACK) {{ nodes {{ externalId }} }}
  keysOfComplaints: externalRefs(system: "shop", type: COMPLAINT) {{ nodes {{ externalId }} }}
  changes(first: 1000) {{ nodes {{ recordId externalRefs {{ externalId }} record {{ id }} }} }}
}}
"""


@pytest.fixture
async def hidden(company: Company) -> Hidden:
    return await hide(company)


async def everything(company: Company, hidden: Hidden, who: str) -> str:
    """All that the links and lists answer to somebody."""
    answers = [await company.post(LINKS, hidden.seen, who=who), await company.post(LISTS, who=who)]
    assert all(answer.json().get("data") for answer in answers), [a.text for a in answers]
    return "".join(answer.text for answer in answers)


async def test_who_may_see_all_is_told_all(company: Company, hidden: Hidden) -> None:
    number = hidden.numbers["complaint"]
    for who in SEEING:
        found = await company.data(LINKS, hidden.seen, who=who)
        for name in ("customer", "product", "user", "nonconformity"):
            assert number in {node["number"] for node in found[name]["complaints"]["nodes"]}
        assert number in {complaint["number"] for complaint in found["risk"]["complaints"]}
        assert found["risk"]["observedOccurrence"]["events"] == 2
        told = hidden.told(await everything(company, hidden, who))
        assert {WHISPERED, *hidden.numbers.values()} <= told


async def test_no_link_trace_history_list_or_notice_tells_the_others(company: Company, hidden: Hidden) -> None:
    for who in BLIND:
        answer = await everything(company, hidden, who)
        assert hidden.told(answer) == set(), (who, answer)


async def test_another_organization_is_told_nothing_at_all(
    company: Company, other_company: Company, hidden: Hidden
) -> None:
    links = await other_company.data(LINKS, hidden.seen)
    assert set(links.values()) == {None}
    assert hidden.told((await other_company.post(LISTS)).text) == set()


# -- asked for by its own names ----------------------------------------------------------------------------------------

ONE = """
query ($feedback: ID!, $complaint: ID!, $words: String!, $number: String!, $key: String!) {
  node(id: $complaint) { id }
  nodes(ids: [$feedback, $complaint]) { id }
  feedback(by: { id: $feedback }) { number }
  complaint(by: { id: $complaint }) { number }
  byNumber: complaint(by: { number: $number }) { number }
  byKey: complaint(by: { ref: { system: "shop", externalId: $key } }) { number }
  recordsByRef(type: COMPLAINT, refs: [{ system: "shop", externalId: $key }]) { state record { id } }
  record(number: $number) { number }
  words: record(number: $words) { number }
  records(where: { number: { in: [$words, $number] } }) { totalCount nodes { number } }
  complaints(where: { number: { eq: $number } }) { totalCount }
  kept: complaints(where: { not: { id: { eq: $complaint } } }) { totalCount }
  after: complaints(where: { earlierInvestigation: { id: { eq: $complaint } } }) { totalCount }
  answered: complaints(where: { answeredToo: { some: { earlierInvestigation: { number: { eq: $number } } } } }) {
    totalCount
  }
  part: feedbacks(where: { complaint: { number: { eq: $number } } }) { totalCount }
  repeated: feedbacks(where: { duplicateOf: { id: { eq: $feedback } } }) { totalCount }
  customers(where: { complaints: { some: { number: { eq: $number } } } }) { totalCount }
  without: customers(where: { complaints: { none: { number: { eq: $number } } } }) { totalCount }
  products(where: { complaints: { some: { id: { eq: $complaint } } } }) { totalCount }
  users(where: { complaints: { some: { id: { eq: $complaint } } } }) { totalCount }
  nonconformities(where: { complaints: { some: { id: { eq: $complaint } } } }) { totalCount }
  risks(where: { complaints: { some: { id: { eq: $complaint } } } }) { totalCount }
  requirements(where: { evidence: { some: { id: { eq: $feedback } } } }) { totalCount }
  actions(where: { feedback: { id: { eq: $feedback } } }) { totalCount }
}
"""
NOTHING = "0" * 32


def asked(hidden: Hidden) -> dict[str, str]:
    """The hidden records by their ids, numbers and keys."""
    return {
        "feedback": hidden.feedback,
        "complaint": hidden.complaint,
        "words": hidden.numbers["feedback"],
        "number": hidden.numbers["complaint"],
        "key": f"{WHISPERED}-complaint",
    }


ABSENT = {
    "feedback": f"feedback_{NOTHING}",
    "complaint": f"complaint_{NOTHING}",
    "words": "FB-2026-99999",
    "number": "CMP-2026-99999",
    "key": "never-heard-of",
}
"""The same of records that were never there."""


async def test_by_id_number_key_and_filter_it_is_as_if_it_were_not_there(
    company: Company, other_company: Company, hidden: Hidden
) -> None:
    for who in SEEING:
        found, nothing = [await company.data(ONE, given, who=who) for given in (asked(hidden), ABSENT)]
        assert [name for name in found if found[name] == nothing[name]] == []
    for place, who in [*((company, who) for who in BLIND), (other_company, "admin")]:
        found, nothing = [(await place.post(ONE, given, who=who)).json() for given in (asked(hidden), ABSENT)]
        assert found["data"] == nothing["data"]
        assert found.get("errors") == nothing.get("errors")


# -- written to --------------------------------------------------------------------------------------------------------


def attempts(asked: dict[str, str], seen: dict[str, str]) -> list[tuple[str, dict[str, object]]]:
    """Every mutation that could name the hidden records, with what it is given."""
    words, complaint, plain = asked["feedback"], asked["complaint"], seen["words"]
    named = {"record": {"feedback": words, "complaint": complaint}}
    moment = "2026-03-01T08:00:00Z"
    return [
        *(
            ("transition", {"id": id_, "to": to, "version": 1})
            for id_, to in ((complaint, "ASSESSED"), (words, "TRIAGED"))
        ),
        *(("transition", {"id": id_, "to": "NOWHERE", "version": 9}) for id_ in named["record"].values()),
        *(("addComment", {"record": id_, "text": "Hello?"}) for id_ in named["record"].values()),
        *(("followRecord", {"record": id_}) for id_ in named["record"].values()),
        ("updateComplaint", {"id": complaint, "version": 1, "nature": "x"}),
        ("updateFeedback", {"id": words, "version": 1, "text": "x"}),
        ("updateFeedback", {"id": seen["again"], "version": 1, "duplicateOf": words}),
        ("openComplaint", {"feedback": [words]}),
        ("openComplaint", {"feedback": [seen["again"], words]}),
        ("addToComplaint", {"id": complaint, "version": 1, "feedback": [seen["again"]]}),
        ("addToComplaint", {"id": seen["other"], "version": 1, "feedback": [words]}),
        ("createComplaint", {"nature": "x", "earlierInvestigation": complaint}),
        ("updateComplaint", {"id": seen["other"], "version": 1, "earlierInvestigation": complaint}),
        ("createFeedback", {"source": "REVIEW", "occurredAt": moment, "duplicateOf": words}),
        ("createRisk", {"failureMode": "x", "complaints": [complaint]}),
        ("updateRisk", {"id": seen["risk"], "version": 2, "complaints": [seen["other"], complaint]}),
        ("createRequirement", {"source": "INTERNAL", "statement": "x", "evidence": [words]}),
        ("createAction", {"title": "x", "kind": "CORRECTION", "feedback": words}),
        ("linkExternalRefs", {"items": [{"recordId": complaint, "ref": {"system": "crm", "externalId": "1"}}]}),
        ("createComplaint", {"nature": plain, "handler": complaint}),
    ]


@pytest.mark.parametrize("who", BLIND)
async def test_no_mutation_reaches_it_nor_tells_it_from_what_is_not_there(
    company: Company, hidden: Hidden, who: str
) -> None:
    await company.token(who)
    before = await company.event_count()
    pairs = zip(attempts(asked(hidden), hidden.seen), attempts(ABSENT, hidden.seen), strict=True)
    for (name, given), (_, absent) in pairs:
        title = name[0].upper() + name[1:]
        text = f"mutation ($i: {title}Input!) {{ {name}(input: $i) {{ errors {{ code message field }} }} }}"
        found, nothing = [(await company.ask(text, {"i": values}, who=who)) for values in (given, absent)]
        assert (found.get("data"), found.get("errors")) == (nothing.get("data"), nothing.get("errors"))
        assert found.get("errors") or found["data"][name]["errors"], (name, given)
    assert await company.event_count() == before


async def test_nothing_is_sorted_by_it_nor_told_by_a_cursor(company: Company, hidden: Hidden) -> None:
    text = """
    query ($way: OrderDirection) {
      feedbacks(orderBy: [{ complaint: { field: NATURE, direction: $way } }]) { edges { cursor node { id } } }
      again: feedbacks(orderBy: [{ duplicateOf: { field: NUMBER, direction: $way } }]) { edges { cursor node { id } } }
      complaints(orderBy: [{ earlierInvestigation: { field: NUMBER, direction: $way } }]) {
        edges { cursor node { id } }
      }
      actions(orderBy: [{ feedback: { field: NUMBER, direction: $way } }]) { edges { cursor node { id } } }
    }
    """
    # Of two that everybody sees, the one that leads to what is hidden comes after the other only by that.
    await made(company, "Feedback", source="REVIEW", text="Alone.", occurredAt="2026-02-25T08:00:00Z")

    async def listed(who: str, way: str) -> tuple[dict[str, list[str]], str]:
        page = await company.data(text, {"way": way}, who=who)
        cursors = [bytes.fromhex(edge["cursor"]) for found in page.values() for edge in found["edges"]]
        ids = {name: [edge["node"]["id"] for edge in found["edges"]] for name, found in page.items()}
        return ids, b"".join(cursors).decode()

    assert WHISPERED in (await listed("admin", "ASC"))[1]
    for who in ("complaint_handler", "department_head"):
        (up, told), (down, also) = await listed(who, "ASC"), await listed(who, "DESC")
        assert hidden.told(told + also) == set()
        assert {name: sorted(ids) for name, ids in up.items()} == up
        assert {name: sorted(ids, reverse=True) for name, ids in down.items()} == down


async def test_a_notice_leads_nowhere_by_any_filter(company: Company, hidden: Hidden) -> None:
    text = """
    query ($complaint: ID!) {
      all: notifications { totalCount nodes { record { id } } }
      known: notifications(where: { record: { isNull: false } }) { totalCount }
      unknown: notifications(where: { record: { isNull: true } }) { totalCount }
      named: notifications(where: { record: { complaint: { id: { eq: $complaint } } } }) { totalCount }
      complaints: notifications(where: { record: { complaint: {} } }) { totalCount }
    }
    """
    for who in ("complaint_handler", "department_head"):
        found = await company.data(text, {"complaint": hidden.complaint}, who=who)
        assert found["all"]["nodes"] == [{"record": None}] * 5
        counted = {name: page["totalCount"] for name, page in found.items()}
        assert counted == {"all": 5, "known": 0, "unknown": 5, "named": 0, "complaints": 0}


async def test_who_does_not_see_it_does_not_take_it_away(company: Company, hidden: Hidden) -> None:
    text = "query ($id: ID!) { risk(by: { id: $id }) { version complaints { id } } }"
    risk, other = hidden.seen["risk"], hidden.seen["other"]
    for named in ([other], [], [other]):
        await change(company, "Risk", risk, "department_head", complaints=named)
        seen = (await company.data(text, {"id": risk}, who="department_head"))["risk"]
        assert [complaint["id"] for complaint in seen["complaints"]] == named
        kept = (await company.data(text, {"id": risk}))["risk"]
        assert [complaint["id"] for complaint in kept["complaints"]] == [hidden.complaint, *named]
    # What is as it was is no change, and says nothing of what is hidden.
    assert kept["version"] == 4
    await change(company, "Risk", risk, complaints=[other])
    kept = (await company.data(text, {"id": risk}))["risk"]
    assert kept["complaints"] == [{"id": other}]
