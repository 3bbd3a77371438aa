"""Erasing a person: nothing personal is left, what is counted stays, and the chain verifies (domain.md §4: 10)."""

import json
from collections.abc import Sequence
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from qms_graphql.base.columns import Base
from qms_graphql.base.ids import from_global
from qms_graphql.base.model import SubjectKey
from tests.base.sync import SYNC_CUSTOMERS, SYNC_INTERACTIONS, key
from tests.base.work import as_owner, integrity
from tests.conftest import Company, Installation, found_company
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
        version = await self.company.data(
            "query ($id: ID!) { customer(by: { id: $id }) { version } }", {"id": id_}
        )
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
        path = str(installation.settings.url.database)
        return b"".join(open(path + end, "rb").read() for end in ("", "-wal"))  # noqa: SIM115
    found: list[bytes] = []
    async with as_owner(installation) as connection:
        for table in Base.metadata.sorted_tables:
            rows = await connection.execute(text(f'SELECT * FROM "{table.name}"'))
            found += (value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)
    return b"\n".join(found)


def seen(words: Sequence[str], content: bytes) -> list[str]:
    """Those of the words that are somewhere in it."""
    return [word for word in words if any(spelling in content for spelling in spellings(word))]


# What begins so is in no database by chance.
_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map("Ж{}ш".format)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=st.lists(_WORDS, min_size=WORDS, max_size=WORDS, unique=True))
async def test_nothing_personal_is_left_anywhere(installation: Installation, words: list[str]) -> None:
    company = await found_company(installation)
    person = Person(company, words)
    ids = await person.live()
    assert seen(words, await stored(installation)) == words
    await person.erased(ids["customer"])
    assert seen(words, await stored(installation)) == []
    assert (await integrity(company)).intact
    # What an external system sends again does not bring the person back.
    assert [row["outcome"] for row in await person.send(SYNC_CUSTOMERS, person.customer(version=9))] == ["REJECTED"]
    assert [row["outcome"] for row in await person.send(SYNC_FEEDBACK, person.feedback())] == ["REJECTED"]
    assert seen(words, await stored(installation)) == []
