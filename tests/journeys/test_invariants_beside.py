"""Invariant 9 on what stands beside the chain: files, digests, reports, reviews, and the mutations of all of them."""

import re
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import Company
from tests.files.bringing import PNG, announcing, brought
from tests.journeys.hidden import WHISPERED, Hidden, change, done, hide
from tests.records import id_of, made
from tests.reviews.cases import held

BLIND = ["complaint_handler", "department_head", "employee", "connector:crm"]
RECORD = """
mutation ($input: RecordStatementsInput!) { recordStatements(input: $input) { feedback { id } errors { code field } } }
"""
FOLLOW = """
mutation ($input: FollowForDepartmentInput!) { followForDepartment(input: $input) { errors { code field } } }
"""
ITEM = "nodes { action actorName toState record { id ... on Record { number } } }"
FILES = "files { nodes { id name } }"
AROUND = """
query ($since: DateTime!, $department: ID!, $review: ID!, $nonconformity: ID!, $finding: ID!, $words: ID!, $said: ID!) {
  me { digest(since: $since, first: 50) { ITEM } }
  department(by: { id: $department }) { digest(since: $since, first: 50) { ITEM } }
  departments { nodes { digest(since: $since) { ITEM } } }
  review(by: { id: $review }) {
    FILES statements { totalCount nodes { number text } }
    trace(direction: UP) { record { id ... on Record { number } } }
    inputs { __typename } history { nodes { changes { before after } } }
  }
  finding(by: { id: $finding }) {
    nonconformity { complaints { totalCount nodes { number } } similar { number } eightD { step missing } } FILES
  }
  feedbacks(where: { focusGroup: { number: { contains: "RVW" } } }) { totalCount nodes { number text } }
  inRoom: reviews(where: { statements: { some: { id: { eq: $said } } } }) { totalCount }
  nonconformity(by: { id: $nonconformity }) { FILES findings { statement } }
  feedback(by: { id: $words }) { similar { text } FILES }
  records(first: 100) { nodes { number state FILES signatures { meaning } } }
  node(id: $said) { id }
  openComplaints: complaints(where: { not: { status: { in: [CLOSED] } } }) { totalCount nodes { number } }
}
""".replace("ITEM", ITEM).replace("FILES", FILES)


@dataclass(frozen=True)
class Beside:
    """What hangs on the hidden records: a file of each, and what was said in a focus group in confidence."""

    hidden: Hidden
    files: list[str]
    said: str
    seen: dict[str, str]

    def told(self, answer: str) -> set[str]:
        """What of it an answer tells."""
        return self.hidden.told(answer) | {id_ for id_ in (*self.files, self.said) if id_ in answer}


@pytest.fixture
async def beside(company: Company) -> Beside:
    hidden = await hide(company)
    files = [
        await brought(company, record, name=f"{WHISPERED}.png", who="quality_manager")
        for record in (hidden.feedback, hidden.complaint)
    ]
    room = await made(
        company, "Review", title="Kettles", kind="FOCUS_GROUP", attendees=[await id_of(company, "quality_manager")]
    )
    await held(company, room)
    words = [{"text": f"{WHISPERED} in the room"}, {"text": "Aloud."}]
    said = (await done(company, RECORD, review=room, statements=words))["feedback"][0]["id"]
    await change(company, "Feedback", said, confidential=True)
    department = await made(company, "Department", name="Moulding")
    for record in (hidden.feedback, hidden.complaint, room):
        await done(company, FOLLOW, department=department, record=record)
    fields = {"kind": "MINOR", "statement": "Lids crack.", "nonconformity": hidden.seen["nonconformity"]}
    finding = await made(company, "Finding", review=room, **fields)
    seen = {"department": department, "review": room, "finding": finding, "said": said}
    return Beside(hidden, files, said, seen | {name: hidden.seen[name] for name in ("nonconformity", "words")})


async def around(company: Company, beside: Beside, who: str) -> str:
    """All that lies around the hidden records, as somebody is told of it; and the reports."""
    given = beside.seen | {"since": "2026-01-01T00:00:00Z"}
    told = await company.post(AROUND, given, who=who)
    assert told.json().get("data"), told.text
    number = "NC-2026-00001"
    headers = {"Authorization": f"Bearer {await company.token(who)}"}
    return told.text + (await company.installation.http.get(f"/reports/eight-d/{number}", headers=headers)).text


async def test_no_file_digest_report_or_review_tells_of_it(company: Company, beside: Beside) -> None:
    assert {WHISPERED, *beside.hidden.numbers.values(), *beside.files, beside.said} <= beside.told(
        await around(company, beside, "quality_manager")
    )
    for who in BLIND:
        answer = await around(company, beside, who)
        assert beside.told(answer) == set(), (who, re.findall(f".{{80}}{WHISPERED}.{{80}}", answer))


def attempts(beside: Beside, feedback: str, complaint: str, files: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Every mutation of what stands beside, with the hidden records in it."""
    department = beside.seen["department"]
    return [
        *(("beginUpload", announcing(record, PNG)) for record in (feedback, complaint)),
        *(("removeFile", {"id": id_, "reason": "x"}) for id_ in files),
        *(("followForDepartment", {"department": department, "record": id_}) for id_ in (feedback, complaint)),
        ("rateHandling", {"id": complaint, "version": 1, "satisfaction": 1}),
        ("createFinding", {"kind": "MINOR", "statement": "x", "nonconformity": complaint}),
        ("openComplaint", {"feedback": [beside.seen["words"], feedback]}),
        ("createRevision", {"document": complaint, "label": "A"}),
        ("createTrainingRecord", {"revision": feedback, "user": complaint}),
        ("createEffectivenessCheck", CHECK | {"action": feedback}),
        ("eraseCustomer", {"id": complaint, "version": 1, "basis": "CHILD", "reason": "x"}),
        ("setLegalHold", {"id": feedback, "version": 1, "reason": "x"}),
    ]


CHECK = {
    "metricCode": "COMPLAINT_RATE", "direction": "AT_MOST", "target": 20,
    "baselineFrom": "2026-01-01T00:00:00Z", "baselineUntil": "2026-02-01T00:00:00Z",
    "observationFrom": "2026-07-01T00:00:00Z", "observationUntil": "2026-08-01T00:00:00Z",
}  # fmt: skip
NOTHING = "0" * 32


@pytest.mark.parametrize("who", BLIND)
async def test_no_mutation_beside_tells_it_from_what_is_not_there(company: Company, beside: Beside, who: str) -> None:
    await company.token(who)
    before = await company.event_count()
    there = attempts(beside, beside.hidden.feedback, beside.hidden.complaint, beside.files)
    absent = attempts(beside, f"feedback_{NOTHING}", f"complaint_{NOTHING}", [f"file_{NOTHING}"] * 2)
    for (name, given), (_, other) in zip(there, absent, strict=True):
        title = name[0].upper() + name[1:]
        text = f"mutation ($i: {title}Input!) {{ {name}(input: $i) {{ errors {{ code message field }} }} }}"
        found, nothing = [(await company.ask(text, {"i": values}, who=who)) for values in (given, other)]
        assert (found.get("data"), found.get("errors")) == (nothing.get("data"), nothing.get("errors")), name
        assert found.get("errors") or found["data"][name]["errors"], name
    assert await company.event_count() == before
