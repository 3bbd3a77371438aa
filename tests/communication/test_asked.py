"""What is asked of people: who may sign is told of a revision, its author of what came of it, and whoever gets work."""

from typing import Any

import pytest

from tests.communication.test_communication import person
from tests.conftest import Company
from tests.documents.paper import APPROVER, AUTHOR, HEAD, approved, document, revision
from tests.documents.test_approval import APPROVE, CREATE, POLICY, UPDATE, answered, signing
from tests.live import opened
from tests.records import made, moved, refused, signature_of, version_of

TOLD = "{ notifications(orderBy: [{ field: AT }]) { nodes { kind actorName record { number state } } } }"
STAFF = (AUTHOR, APPROVER, HEAD, "complaint_handler", "employee", "auditor")


async def told(company: Company, who: str) -> list[tuple[str, str, str]]:
    """What somebody was told, the oldest first: why, by whom, of what."""
    nodes = (await company.data(TOLD, who=who))["notifications"]["nodes"]
    return [(node["kind"], node["actorName"], node["record"]["number"]) for node in nodes]


async def everybody(company: Company) -> dict[str, list[tuple[str, str, str]]]:
    """What was told, by person; who was told nothing is left out."""
    found = {who: await told(company, who) for who in STAFF}
    return {who: notices for who, notices in found.items() if notices}


async def test_who_may_sign_is_told_and_the_author_hears_what_came_of_it(company: Company) -> None:
    for who in STAFF:
        await company.token(who)
    await made(company, "User", name="Gone", roles=["QUALITY_MANAGER"], active=False)
    paper = await document(company, kind="PROCEDURE")
    # A procedure asks for a quality manager and a head: who is an administrator only does not sign.
    id_ = await revision(company, paper, "1")
    await moved(company, id_, "IN_REVIEW")
    asked = ("TO_APPROVE", AUTHOR, "REV-2026-00001")
    assert await everybody(company) == {APPROVER: [asked], HEAD: [asked]}
    await moved(company, id_, "DRAFT", who=APPROVER, reason="Say how.")
    back = ("MOVED", APPROVER, "REV-2026-00001")
    assert (await everybody(company))[AUTHOR] == [back]
    await moved(company, id_, "IN_REVIEW")
    assert await everybody(company) == {AUTHOR: [back], APPROVER: [asked] * 2, HEAD: [asked] * 2}
    assert await answered(company, APPROVE, APPROVER, **await signing(company, id_, APPROVER)) == []
    await moved(company, id_, "APPROVED", who=HEAD, signature=await signature_of(company, HEAD))
    assert (await told(company, AUTHOR))[1:] == [("MOVED", HEAD, "REV-2026-00001")]


async def test_neither_the_author_nor_who_changed_its_words_nor_who_submits_it_is_asked_to_sign(
    company: Company,
) -> None:
    for who in STAFF:
        await company.token(who)
    given = {"kind": "FORM", "approverRoles": ["ADMIN", "QUALITY_MANAGER", "DEPARTMENT_HEAD"]}
    assert await answered(company, POLICY, APPROVER, **given) == []
    paper = await document(company, kind="FORM")
    id_ = await revision(company, paper, "1")
    wrote = {"id": id_, "version": await version_of(company, id_), "content": "Press."}
    assert await answered(company, UPDATE, HEAD, **wrote) == []
    await moved(company, id_, "IN_REVIEW")
    # The author and the head wrote it.
    assert await everybody(company) == {APPROVER: [("TO_APPROVE", AUTHOR, "REV-2026-00001")]}
    other = await revision(company, paper, "2")
    await moved(company, other, "IN_REVIEW", who=APPROVER)
    assert await everybody(company) == {
        APPROVER: [("TO_APPROVE", AUTHOR, "REV-2026-00001")],
        HEAD: [("TO_APPROVE", APPROVER, "REV-2026-00002")],
        AUTHOR: [("MOVED", APPROVER, "REV-2026-00002")],
    }


async def test_whose_revision_was_overtaken_hears_of_it_once(company: Company) -> None:
    paper = await document(company)
    await company.token(HEAD)

    async def drafted(label: str, **more: Any) -> None:
        given = {"document": paper, "label": label, "reason": "Lids crack.", "content": "…"}
        assert await answered(company, CREATE, HEAD, **given | more) == []

    await drafted("A")
    await drafted("B")
    first = await approved(company, paper, "C")
    assert await told(company, HEAD) == []
    await moved(company, first, "EFFECTIVE")
    of_both = [("OVERTAKEN", AUTHOR, f"REV-2026-0000{number}") for number in (1, 2)]
    assert sorted(await told(company, HEAD)) == of_both
    # What changes that one is overtaken by the next; what changes what is approved, is not.
    await drafted("D")
    second = await approved(company, paper, "E")
    await drafted("F", supersedes=second)
    await moved(company, second, "EFFECTIVE")
    assert sorted(await told(company, HEAD)) == [*of_both, ("OVERTAKEN", AUTHOR, "REV-2026-00004")]
    assert [kind for kind, _, _ in await told(company, AUTHOR) if kind == "OVERTAKEN"] == []


WORK: list[tuple[str, str, dict[str, Any]]] = [
    ("Action", "owner", {"title": "Thicker lid", "kind": "CORRECTIVE"}),
    ("Action", "verifier", {"title": "Thicker lid", "kind": "CORRECTIVE"}),
    ("Review", "lead", {"title": "Moulding", "kind": "INTERNAL_AUDIT"}),
    ("Nonconformity", "owner", {"title": "Cracks", "origin": "PROCESS", "detectedAt": "2026-03-01T08:00:00Z"}),
    ("Feedback", "assignee", {"source": "REVIEW", "occurredAt": "2026-03-01T08:00:00Z", "text": "It cracked."}),
]


@pytest.mark.parametrize(("kind", "field", "more"), WORK)
async def test_whoever_gets_work_of_somebody_else_is_told(
    company: Company, kind: str, field: str, more: dict[str, Any]
) -> None:
    head, manager = await person(company, HEAD), await person(company, APPROVER)
    made_ = await made(company, kind, show="id number", **more | {field: head})
    given = ("ASSIGNED", AUTHOR, made_["number"])
    assert await everybody(company) == {HEAD: [given]}
    text = f"""
    mutation ($input: Update{kind}Input!) {{ update{kind}(input: $input) {{ errors {{ code field }} }} }}
    """

    async def change(who: str = AUTHOR, **fields: Any) -> None:
        asked = {"id": made_["id"], "version": await version_of(company, made_["id"])} | fields
        (answer,) = (await company.data(text, {"input": asked}, who=who)).values()
        assert answer["errors"] == []

    # Nobody is told of what they have already, nor of what they take, nor is who gave it away.
    words = "text" if kind == "Feedback" else "title"
    await change(**{words: "Cracks, again.", field: head})
    await change(who=APPROVER, **{field: manager})
    assert await everybody(company) == {HEAD: [given]}
    await change(**{field: head})
    await change(**{field: None})
    assert await everybody(company) == {HEAD: [given] * 2}
    await change(**{field: manager})
    assert await everybody(company) == {HEAD: [given] * 2, APPROVER: [given]}


async def test_it_is_told_live_and_what_is_refused_tells_nobody(company: Company, address: str) -> None:
    head = await person(company, HEAD)
    text = "subscription { changes: notification { action record { ... on Notification { kind } } } }"
    async with opened(address, await company.token(HEAD)) as listener:
        await listener.subscribe("1", text)
        assert (await listener.change("1", heartbeats=True))["action"] == "HEARTBEAT"
        create = """
        mutation ($input: CreateActionInput!) { createAction(input: $input) { action { id } errors { code field } } }
        """
        wrong = {"title": "Lid", "kind": "CORRECTIVE", "owner": head, "doneAt": "2026-03-01T08:00:00Z"}
        await refused(company, create, wrong, ("INVALID", ["doneAt"]))
        await made(company, "Action", title="Lid", kind="CORRECTIVE", owner=head)
        assert await listener.change("1") == {"action": "CREATED", "record": {"kind": "ASSIGNED"}}
        instruction = await revision(company, await document(company, kind="WORK_INSTRUCTION"), "1")
        await moved(company, instruction, "IN_REVIEW")
        assert await listener.change("1") == {"action": "CREATED", "record": {"kind": "TO_APPROVE"}}
