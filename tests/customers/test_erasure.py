"""Erasing a person: nothing personal is left, what is counted stays, and the chain verifies (domain.md §4: 10)."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from qms_graphql.base.columns import Base
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import Refusal
from qms_graphql.base.ids import from_global, new_id
from qms_graphql.base.model import SubjectKey
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.customers.rules import ErasureBasis
from qms_graphql.feedback.commands import save_feedback
from qms_graphql.feedback.model import FeedbackMark
from qms_graphql.feedback.rules import FeedbackSource as Source
from qms_graphql.privacy.commands import erase
from tests.base.sync import SYNC_CUSTOMERS, SYNC_INTERACTIONS, key
from tests.base.work import as_owner, integrity, work
from tests.conftest import START, Company, Installation, found_company
from tests.files.bringing import brought
from tests.records import made, moved, refused, version_of

SYNC_FEEDBACK = """
mutation ($input: SyncFeedbackInput!) {
  syncFeedback(input: $input) { results { outcome feedback { id } errors { code field retryable } } }
}
"""
SURVEY = "mutation ($input: SaveSurveyInput!) { saveSurvey(input: $input) { survey { id } errors { code } } }"
OPEN = "mutation ($input: OpenComplaintInput!) { openComplaint(input: $input) { complaint { id } errors { code } } }"
CHANGE = "mutation ($input: UpdateComplaintInput!) { updateComplaint(input: $input) { errors { code field } } }"
COMMENT = "mutation ($input: AddCommentInput!) { addComment(input: $input) { errors { code } } }"
ERASE = """
mutation ($input: EraseCustomerInput!) {
  eraseCustomer(input: $input) { customer { id } errors { code field } }
}
"""
HOLD = "mutation ($input: SetLegalHoldInput!) { setLegalHold(input: $input) { customer { id } errors { code field } } }"
AT = "2026-02-01T10:00:00Z"


class Person:
    """Somebody about whom these words are stored, in every place where there can be some."""

    def __init__(self, company: Company, words: Sequence[str]) -> None:
        self.company = company
        self.words = list(words)
        self.at = key(words[0])

    async def send(self, mutation: str, *items: dict[str, Any], **more: Any) -> Any:
        """What became of each row."""
        sent = await self.company.data(mutation, {"input": {"items": list(items), **more}}, who="connector:shop")
        return next(iter(sent.values()))["results"]

    def customer(self, version: int = 2) -> dict[str, Any]:
        """The row of the person."""
        name, email, phone, label, value = self.words[1:6]
        fields = {"name": name, "email": email, "phone": phone, "custom": {label: value}, "kind": "PERSON"}
        return {"ref": self.at | {"version": version}} | fields

    def feedback(self, **more: Any) -> dict[str, Any]:
        """The row of what the person said."""
        said = {"text": self.words[6], "custom": {"note": self.words[7]}, "source": "SURVEY", "occurredAt": AT}
        return {"ref": key("said"), **said, **more}

    async def live(self) -> dict[str, str]:
        """Let the person buy, speak, complain; records by what they are."""
        company, said = self.company, self.words[8:]
        # Before anybody knows who it is, and so that an outcome that names the key is kept.
        await self.send(SYNC_FEEDBACK, self.feedback(customer=self.at), idempotencyKey="too early")
        await self.send(SYNC_FEEDBACK, self.feedback())
        other = {"ref": key("other"), "name": said[0], "email": said[1]}
        await self.send(SYNC_CUSTOMERS, self.customer(), other)
        await self.send(SYNC_CUSTOMERS, {"ref": key("other"), "mergedInto": self.at})
        bought = {"ref": key("bought"), "kind": "PURCHASE", "occurredAt": AT, "quantity": "2"}
        await self.send(SYNC_INTERACTIONS, bought | {"customer": self.at, "custom": {"gift": said[2]}})
        (row,) = await self.send(SYNC_FEEDBACK, self.feedback(customer=self.at))
        ids = {"feedback": row["feedback"]["id"]}
        found = "query ($ref: ExternalKey!) { customer(by: { ref: $ref }) { id } }"
        ids["customer"] = (await company.data(found, {"ref": self.at}))["customer"]["id"]
        questions = [{"key": "why", "text": "Why?"}, {"key": "nps", "text": "Would you?", "metric": "NPS"}]
        survey = await company.data(SURVEY, {"input": {"ref": key("survey"), "name": "S", "questions": questions}})
        ids["answered"] = await made(
            company, "Feedback", source="SURVEY", occurredAt=AT, customer=ids["customer"], text=said[3],
            survey=survey["saveSurvey"]["survey"]["id"],
            answers=[{"question": "why", "text": said[4]}, {"question": "nps", "number": 9}],
        )  # fmt: skip
        ids["stranger"] = await made(company, "Feedback", source="OTHER", occurredAt=AT, text="A stranger's words.")
        opened = await company.data(OPEN, {"input": {"feedback": [ids["feedback"]]}})
        ids["complaint"] = opened["openComplaint"]["complaint"]["id"]
        complainant = {"name": said[5], "address": said[6], "phone": said[7]}
        change = {"id": ids["complaint"], "version": 1, "harm": said[8], "complainant": complainant}
        answer = await company.data(CHANGE, {"input": change})
        assert answer["updateComplaint"]["errors"] == []
        for record, words in ((ids["complaint"], said[9]), (ids["answered"], said[10])):
            await company.data(COMMENT, {"input": {"record": record, "text": words}})
        return ids

    async def erased(self, id_: str, **more: Any) -> None:
        """Erase the person."""
        version = await self.company.data("query ($id: ID!) { customer(by: { id: $id }) { version } }", {"id": id_})
        fields = {"id": id_, "version": version["customer"]["version"], "basis": "OBJECTION", "reason": "A letter."}
        answer = await self.company.data(ERASE, {"input": fields | more}, who="quality_manager")
        assert answer["eraseCustomer"] == {"customer": {"id": id_}, "errors": []}


WORDS = 19
"""How many different words such a life takes."""


def spellings(word: str) -> set[bytes]:
    """How a word may stand in a database: as it is, and within JSON."""
    return {word.encode(), orjson.dumps(word)[1:-1], json.dumps(word)[1:-1].encode()}


async def stored(installation: Installation) -> bytes:
    """All that is in the database: the bytes of SQLite's files, the values of PostgreSQL's tables."""
    if installation.settings.on_sqlite:
        path = Path(str(installation.settings.url.database))
        return b"".join(path.with_name(path.name + end).read_bytes() for end in ("", "-wal"))
    found: list[bytes] = []
    async with as_owner(installation) as connection:
        for table in Base.metadata.sorted_tables:
            rows = await connection.execute(text(f'SELECT * FROM "{table.name}"'))
            found += (value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)
    return b"\n".join(found)


async def kept_keys(company: Company) -> list[bytes]:
    """The keys of a company's subjects, as they are wrapped."""
    table = SubjectKey.__table__
    async with company.installation.database.reading(company.id) as reader:
        rows = await reader.rows(select(table.c.wrapped).where(table.c.organization_id == company.id))
    return [row["wrapped"] for row in rows if row["wrapped"] is not None]


def seen(words: Sequence[str], content: bytes) -> list[str]:
    """Those of the words that are somewhere in it."""
    return [word for word in words if any(spelling in content for spelling in spellings(word))]


# What begins so is in no database by chance.
_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map("Ж{}ш".format)


@settings(max_examples=3, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(words=st.lists(_WORDS, min_size=WORDS, max_size=WORDS, unique=True))
async def test_nothing_personal_is_left_anywhere(installation: Installation, words: list[str]) -> None:
    company = await found_company(installation)
    person = Person(company, words)
    ids = await person.live()
    await company.token("quality_manager")
    keys = await kept_keys(company)
    there = await stored(installation)
    assert (seen(words, there), all(key_ in there for key_ in keys)) == (words, True)
    await person.erased(ids["customer"])
    there, left = await stored(installation), await kept_keys(company)
    assert seen(words, there) == []
    # What is left seals what a stranger said and who works here; of the others not even the wrapped key is there.
    assert {key_ for key_ in keys if key_ in there} == set(left) < set(keys)
    assert (await integrity(company)).intact
    # What an external system sends again does not bring the person back.
    assert [row["outcome"] for row in await person.send(SYNC_CUSTOMERS, person.customer(version=9))] == ["REJECTED"]
    assert [row["outcome"] for row in await person.send(SYNC_FEEDBACK, person.feedback())] == ["REJECTED"]
    assert seen(words, await stored(installation)) == []


NAMES = [f"word {number}" for number in range(WORDS)]
LEFT = """
query ($customer: ID!, $feedback: ID!, $answered: ID!, $complaint: ID!, $stranger: ID!) {
  customer(by: { id: $customer }) {
    name email phone custom kind erasureBasis erasedAt externalRefs { externalId }
    interactions { nodes { quantity custom } } feedback { totalCount }
  }
  feedback(by: { id: $feedback }) {
    text custom complaint { id } history { nodes { action reason changes { field before after } } }
    similar { text } trace(direction: DOWN) { record { id } } comments { nodes { text } }
  }
  answered: feedback(by: { id: $answered }) { text answers { number text } comments { nodes { text } } }
  complaint(by: { id: $complaint }) { details harm complainant { name address phone } nature customer { id } }
  stranger: feedback(by: { id: $stranger }) { text version }
  metric(code: NPS) { value { value n } }
  feedbacks { totalCount }
  customers { totalCount }
  files: complaint(by: { id: $complaint }) { files { nodes { name } } }
}
"""


async def test_what_is_counted_stays_and_what_was_said_is_gone(company: Company) -> None:
    person = Person(company, NAMES)
    ids = await person.live()
    await brought(company, ids["complaint"], name="ada.png")
    before = await company.data(LEFT, ids)
    assert before["customer"]["name"] == "word 1"
    assert before["files"] == {"files": {"nodes": [{"name": "ada.png"}]}}
    assert "word 6" in str(before["feedback"]["history"])
    await person.erased(ids["customer"])
    after = await company.data(LEFT, ids)
    for same in ("stranger", "metric", "feedbacks", "customers"):
        assert after[same] == before[same]
    assert after["customer"] == {
        "name": "[erased]", "email": None, "phone": None, "custom": {}, "kind": "PERSON",
        "erasureBasis": "OBJECTION", "erasedAt": "2026-03-02T09:30:00Z", "externalRefs": [],
        "interactions": {"nodes": [{"quantity": "2", "custom": {}}]}, "feedback": {"totalCount": 2},
    }  # fmt: skip
    history = after["feedback"].pop("history")["nodes"]
    assert history[0] == {
        "action": "ERASED",
        "reason": "A letter.",
        "changes": [{"field": name, "before": None, "after": None} for name in ("custom", "text")],
    }
    assert len(history) == len(before["feedback"]["history"]["nodes"]) + 1
    assert seen(NAMES, str(history).encode()) == []
    assert after["feedback"] == {
        "text": None, "custom": {}, "complaint": {"id": ids["complaint"]}, "similar": [],
        "trace": before["feedback"]["trace"], "comments": {"nodes": []},
    }  # fmt: skip
    assert after["answered"] == {
        "text": None,
        "answers": [{"number": None, "text": None}, {"number": 9.0, "text": None}],
        "comments": {"nodes": [{"text": "[erased]"}]},
    }
    assert after["complaint"] == {
        "details": None, "harm": None, "complainant": None,
        "nature": None, "customer": {"id": ids["customer"]},
    }  # fmt: skip
    assert after["files"] == {"files": {"nodes": []}}
    async with company.installation.database.reading(company.id) as reader:
        mine = SubjectKey.__table__.c.organization_id == company.id
        person_ids = [from_global(ids["customer"])[1]]
        keys = await reader.rows(select(SubjectKey.__table__).where(mine))
        assert {row["wrapped"] for row in keys if row["subject_id"] in person_ids} == {None}
        assert {row["subject_id"] for row in keys if row["wrapped"]} & set(map(_key, ids.values())) == {
            _key(ids["stranger"])
        }
        marks = FeedbackMark.__table__
        marked = await reader.rows(select(marks.c.feedback_id).where(marks.c.organization_id == company.id).distinct())
        assert [row["feedback_id"] for row in marked] == [_key(ids["stranger"])]


def _key(id_: str) -> Any:
    return from_global(id_)[1]


async def test_nothing_brings_an_erased_person_back(company: Company) -> None:
    person = Person(company, NAMES)
    ids = await person.live()
    await person.erased(ids["customer"], idempotencyKey="once")
    events = await company.event_count()
    # The answer to the same request again is the same, and nothing happens twice.
    version = await company.data("query ($id: ID!) { customer(by: { id: $id }) { version } }", {"id": ids["customer"]})
    again = {"id": ids["customer"], "basis": "OBJECTION", "reason": "A letter."}
    given = again | {"version": version["customer"]["version"] - 1, "idempotencyKey": "once"}
    answer = (await company.data(ERASE, {"input": given}, who="quality_manager"))["eraseCustomer"]
    assert answer == {"customer": {"id": ids["customer"]}, "errors": []}
    await refused(company, ERASE, again | {"version": version["customer"]["version"]}, ("INVALID", ["id"]))
    purchase = {"ref": key("more"), "kind": "PURCHASE", "occurredAt": AT, "customer": person.at}
    for mutation, item, field in (
        (SYNC_CUSTOMERS, person.customer(version=9), ["ref", "externalId"]),
        (SYNC_CUSTOMERS, {"ref": key("other"), "deleted": True}, ["ref", "externalId"]),
        (SYNC_CUSTOMERS, {"ref": key("new"), "mergedInto": person.at}, ["mergedInto"]),
        (SYNC_FEEDBACK, person.feedback(), ["customer"]),
        (SYNC_FEEDBACK, {**person.feedback(customer=person.at), "ref": key("fresh")}, ["customer"]),
        (SYNC_INTERACTIONS, purchase, ["customer"]),
    ):
        (row,) = await person.send(mutation, item)
        refusal = {"code": "ERASED", "field": ["items", "0", *field], "retryable": False}
        assert (row["outcome"], [error | {"field": ["items", "0", *field]} for error in row["errors"]]) == (
            "REJECTED",
            [refusal],
        )
        assert row["errors"][0]["field"][-len(field) :] == field
    link = "mutation ($input: LinkExternalRefsInput!) { linkExternalRefs(input: $input) { errors { code field } } }"
    item = {"recordId": ids["customer"], "ref": person.at}
    linked = await company.data(link, {"input": {"items": [item]}}, who="connector:shop")
    assert linked["linkExternalRefs"]["errors"] == [{"code": "ERASED", "field": ["items", "0", "ref", "externalId"]}]
    for kind, fields, field in (
        ("Feedback", {"source": "OTHER", "occurredAt": AT, "text": "Again.", "customer": ids["customer"]}, "customer"),
        ("Complaint", {"complainant": {"name": "Ada"}, "contact": ids["customer"]}, "contact"),
    ):
        create = f"mutation ($input: Create{kind}Input!) {{ create{kind}(input: $input) {{"
        shown = kind[0].lower() + kind[1:]
        await refused(company, f"{create} {shown} {{ id }} errors {{ code field }} }} }}", fields, ("ERASED", [field]))
    assert await company.event_count() == events
    # What is not personal may go on.
    await made(company, "Interaction", kind="PURCHASE", occurredAt=AT, customer=ids["customer"])
    await made(company, "Feedback", source="OTHER", occurredAt=AT, customer=ids["customer"])
    assert (await integrity(company)).intact


async def test_what_must_be_kept_is_kept_and_who_may_not_erase_does_not(company: Company) -> None:
    person = Person(company, NAMES)
    ids = await person.live()
    id_, given = ids["customer"], {"basis": "CONSENT_WITHDRAWN", "reason": "Asked."}

    async def now() -> dict[str, Any]:
        return given | {"id": id_, "version": await customer_version(company, id_)}

    for who in ("complaint_handler", "department_head", "employee", "auditor", "connector:shop"):
        answer = await company.ask(ERASE, {"input": await now()}, who=who)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    await refused(company, ERASE, await now() | {"reason": " "}, ("REQUIRED", ["reason"]))
    await refused(company, ERASE, await now() | {"version": 99}, ("CONFLICT", ["version"]))
    await moved(
        company, ids["complaint"], "ASSESSED",
        changes={"complaint": {"severity": "MAJOR", "safetyRelated": False, "reportable": True}},
    )  # fmt: skip
    await refused(company, ERASE, await now(), ("LEGAL_HOLD", ["id"]))
    held = {"id": id_, "version": await customer_version(company, id_)}
    for wrong, error in (({"reason": ""}, "REQUIRED"), ({}, "REQUIRED"), ({"reason": "x" * 2001}, "TOO_LONG")):
        await refused(company, HOLD, held | wrong, (error, ["reason"]))
    answer = await company.data(HOLD, {"input": held | {"reason": "A lawsuit."}}, who="quality_manager")
    assert answer["setLegalHold"] == {"customer": {"id": id_}, "errors": []}
    await refused(company, ERASE, await now(), ("LEGAL_HOLD", ["id"]), ("LEGAL_HOLD", ["id"]))
    said = await company.data(ERASE.replace("code field", "message"), {"input": await now()})
    number = await company.data("query ($id: ID!) { complaint(by: { id: $id }) { number } }", {"id": ids["complaint"]})
    assert [error["message"] for error in said["eraseCustomer"]["errors"]] == [
        "A legal hold: A lawsuit.",
        f"The complaint {number['complaint']['number']} is open, and an authority must be told of it.",
    ]
    await moved(company, ids["complaint"], "INVESTIGATING")
    await moved(company, ids["complaint"], "RESPONDED", changes={"complaint": {"response": "Sorry."}})
    await moved(company, ids["complaint"], "CLOSED", changes={"complaint": {"accepted": True}})
    held["version"] = await customer_version(company, id_)
    await company.data(HOLD, {"input": held | {"reason": None}})
    await person.erased(id_)
    held["version"] = await customer_version(company, id_)
    await refused(company, HOLD, held | {"reason": "Too late."}, ("INVALID", ["id"]))


async def customer_version(company: Company, id_: str) -> int:
    """The version that a customer is at."""
    found = await company.data("query ($id: ID!) { customer(by: { id: $id }) { version } }", {"id": id_})
    version: int = found["customer"]["version"]
    return version


async def test_words_in_a_complaint_of_many_go_and_the_others_stay(company: Company) -> None:
    ada, bob = [await made(company, "Customer", name=name, kind="PERSON") for name in ("Ada", "Bob")]
    words = [
        await made(company, "Feedback", source="OTHER", occurredAt=AT, customer=who, text=f"Words of {name}.")
        for who, name in ((ada, "Ada"), (bob, "Bob"))
    ]
    opened = await company.data(OPEN, {"input": {"feedback": words}})
    id_ = opened["openComplaint"]["complaint"]["id"]
    change = {"id": id_, "version": await version_of(company, id_), "harm": "None."}
    await company.data(CHANGE, {"input": change})
    await Person(company, NAMES).erased(ada)
    text_ = """query ($id: ID!) { complaint(by: { id: $id }) {
        details harm feedback { text } } }"""
    shown = (await company.data(text_, {"id": id_}))["complaint"]
    assert shown == {"details": None, "harm": "None.", "feedback": [{"text": None}, {"text": "Words of Bob."}]}
    # It goes on, with a key of its own.
    change = {"id": id_, "version": await version_of(company, id_), "harm": "A scratch."}
    assert (await company.data(CHANGE, {"input": change}))["updateComplaint"]["errors"] == []
    assert (await integrity(company)).intact


async def test_who_writes_at_the_same_time_is_waited_for_or_refused(company: Company) -> None:
    create = "mutation ($input: CreateFeedbackInput!) { createFeedback(input: $input) { errors { code } } }"

    async def speak(who: str) -> list[dict[str, str]]:
        said = {"source": "OTHER", "occurredAt": AT, "customer": who, "text": "Meanwhile."}
        errors: list[dict[str, str]] = (await company.data(create, {"input": said}))["createFeedback"]["errors"]
        return errors

    tasks: list[asyncio.Task[None]] = []

    async def erase_meanwhile(unit: UnitOfWork) -> None:
        await save_feedback(unit, [Draft(new_id(), {"source": Source.OTHER, "occurred_at": START, **said})])
        tasks.append(asyncio.create_task(Person(company, NAMES).erased(bob)))
        await asyncio.sleep(0.3)

    async def speak_meanwhile(unit: UnitOfWork) -> asyncio.Task[Any]:
        await erase(unit, _key(ada), 1, ErasureBasis.OBJECTION, "Asked.")
        task = asyncio.create_task(speak(ada))
        await asyncio.sleep(0.3)
        return task

    ada, bob = [
        await made(company, "Customer", name=name, email="a@example.com", kind="PERSON") for name in ("Ada", "Bob")
    ]
    said = {"customer_id": _key(bob), "text": "Just before."}
    # Whichever of the two gets to the key first.
    with suppress(Refusal):
        await work(company, erase_meanwhile)
    await asyncio.gather(*tasks)
    assert await (await work(company, speak_meanwhile)) == [{"code": "ERASED"}]
    found = await company.data("{ feedbacks { nodes { text } } customers { nodes { name } } }")
    assert found["feedbacks"]["nodes"] in ([], [{"text": None}])
    assert found["customers"] == {"nodes": [{"name": "[erased]"}] * 2}
