"""A story with a part that is not for everybody: confidential words, the complaint they became, what hangs on both."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.conftest import Company
from tests.records import id_of, made, moved, version_of

MANAGER = "quality_manager"
PEOPLE = ("complaint_handler", "department_head", "employee")
"""Who is not to know of it, although those who could see it were named, and followed it while it was open."""

WHISPERED = "whispered"
"""It stands in every text of the hidden part, and in no other."""

OPEN = """
mutation ($input: OpenComplaintInput!) {
  openComplaint(input: $input) { complaint { id number } errors { code field message } }
}
"""
FOLLOW = "mutation ($input: FollowRecordInput!) { followRecord(input: $input) { errors { code field } } }"
SAY = "mutation ($input: AddCommentInput!) { addComment(input: $input) { errors { code field message } } }"
KEYS = "mutation ($input: LinkExternalRefsInput!) { linkExternalRefs(input: $input) { linked errors { code field } } }"


@dataclass(frozen=True)
class Hidden:
    """The ids of what everybody sees, by what the tests call it, and what is hidden: its ids and numbers."""

    seen: dict[str, str]
    feedback: str
    complaint: str
    numbers: dict[str, str]

    def told(self, answer: str) -> set[str]:
        """What of the hidden part an answer tells: its texts, numbers and ids, in whatever spelling."""
        hexes = [id_.partition("_")[2] for id_ in (self.feedback, self.complaint)]
        signs = [WHISPERED, *self.numbers.values(), *hexes, *(str(UUID(hex=text)) for text in hexes)]
        return {sign for sign in signs if sign in answer.lower() or sign in answer}


async def done(company: Company, mutation: str, who: str = "admin", /, **given: Any) -> Any:
    """The payload of a mutation that is not refused."""
    (payload,) = (await company.data(mutation, {"input": given}, who=who)).values()
    assert payload["errors"] == []
    return payload


async def change(company: Company, kind: str, id_: str, who: str = "admin", /, **fields: Any) -> None:
    """Change a record."""
    text = f"mutation ($input: Update{kind}Input!) {{ update{kind}(input: $input) {{ errors {{ code field }} }} }}"
    await done(company, text, who, id=id_, version=await version_of(company, id_), **fields)


async def hide(company: Company) -> Hidden:
    """Tell the story. Those who are blind in the end follow what they see, before it is hidden."""
    people = [await id_of(company, who) for who in PEOPLE][:2]
    customer = await made(company, "Customer", name="Ann", kind="PERSON")
    product = await made(company, "Product", sku="KT", name="Kettle", kind="GOOD")
    about = {"customer": customer, "product": product}
    said = {"source": "REVIEW", "occurredAt": "2026-02-20T08:00:00Z"} | about
    secret = await made(company, "Feedback", show="id number", text=f"{WHISPERED} words", **said)
    plain = await made(company, "Feedback", text="Open words.", **said)
    given = {
        "feedback": [secret["id"], plain],
        "nature": f"{WHISPERED} nature",
        "handler": await id_of(company, MANAGER),
    }
    complaint = (await done(company, OPEN, MANAGER, **given))["complaint"]
    for who in PEOPLE[:2]:
        for record in (secret["id"], complaint["id"]):
            await done(company, FOLLOW, who, record=record)
    for record in (secret["id"], complaint["id"]):
        await done(company, SAY, MANAGER, record=record, text=f"{WHISPERED} name", mentions=people)
    await change(company, "Complaint", complaint["id"], confidential=True)
    await change(company, "Feedback", secret["id"], confidential=True)
    links = {"words": plain, **about, "user": await id_of(company, MANAGER)}
    links |= await _linked(company, secret["id"], complaint["id"], about)
    for record in (secret["id"], complaint["id"]):
        await done(company, SAY, MANAGER, record=record, text=f"{WHISPERED} comment")
        ref = {"system": "shop", "externalId": f"{WHISPERED}-{record.partition('_')[0]}"}
        await done(company, KEYS, items=[{"recordId": record, "ref": ref}])
    await moved(company, complaint["id"], "ACKNOWLEDGED", who=MANAGER)
    numbers = {"feedback": secret["number"], "complaint": complaint["number"]}
    return Hidden(links, secret["id"], complaint["id"], numbers)


async def _linked(company: Company, secret: str, complaint: str, about: dict[str, str]) -> dict[str, str]:
    """What everybody sees, linked to what not everybody does: made with the link, or given it later, and once more."""
    risk = await made(company, "Risk", failureMode="Lid cracks", product=about["product"], complaints=[complaint])
    nonconformity = await made(
        company, "Nonconformity", title="Lids crack", origin="COMPLAINT", detectedAt="2026-02-21T08:00:00Z",
        product=about["product"], risks=[risk],
    )  # fmt: skip
    await change(company, "Complaint", complaint, nonconformity=nonconformity)
    given = {"nature": "Open nature", "receivedAt": "2026-02-23T08:00:00Z", "earlierInvestigation": complaint} | about
    other = await made(company, "Complaint", **given)
    await change(company, "Risk", risk, complaints=[complaint, other])
    said = {"source": "REVIEW", "occurredAt": "2026-02-22T08:00:00Z", "text": "Said again.", "duplicateOf": secret}
    return {
        "risk": risk,
        "nonconformity": nonconformity,
        "other": other,
        "action": await made(company, "Action", title="Call", kind="CORRECTION", feedback=secret, risk=risk),
        "requirement": await made(company, "Requirement", source="INTERNAL", statement="Whole.", evidence=[secret]),
        "again": await made(company, "Feedback", **said),
    }
