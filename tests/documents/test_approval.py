"""Approval: by whom the policy asks for, each once, never the author; and what is signed stays as it was signed."""

from typing import Any

import pytest

from tests.conftest import Company
from tests.documents.paper import APPROVER, AUTHOR, HEAD, WALL, approved, document, effective, revision
from tests.records import id_of, made, moved, refused, signature_of, unmoved, version_of

APPROVE = """
mutation ($input: ApproveRevisionInput!) {
  approveRevision(input: $input) { revision { id state } errors { code field } }
}
"""
WAIVE = """
mutation ($input: WaiveTrainingInput!) { waiveTraining(input: $input) { revision { id } errors { code field } } }
"""
UPDATE = """
mutation ($input: UpdateRevisionInput!) { updateRevision(input: $input) { revision { id } errors { code field } } }
"""
CREATE = """
mutation ($input: CreateRevisionInput!) { createRevision(input: $input) { revision { id } errors { code field } } }
"""
POLICY = """
mutation ($input: SetDocumentPolicyInput!) {
  setDocumentPolicy(input: $input) {
    policy {
      kind approverRoles trainingShare trainingDays trainingRoles trainingDepartments { name } trainingOwnDepartment
      acknowledgement
    }
    errors { code field }
  }
}
"""
SIGNED = """
query ($id: ID!) {
  revision(by: { id: $id }) {
    state trainingWaived approvals { role user { name } }
    history(first: 20) { nodes { action actorName signatureMeaning reason toState } }
  }
}
"""


async def answered(company: Company, mutation: str, who: str, **given: Any) -> list[tuple[str, list[str]]]:
    """The errors of a mutation that somebody asks for."""
    (answer,) = (await company.data(mutation, {"input": given}, who=who)).values()
    return [(error["code"], error["field"]) for error in answer["errors"]]


async def approval(company: Company, id_: str, who: str) -> list[str]:
    """What `transitions` says that somebody's move to APPROVED lacks."""
    text = "query ($id: ID!) { revision(by: { id: $id }) { transitions { to unmet { message } } } }"
    found = (await company.data(text, {"id": id_}, who=who))["revision"]["transitions"]
    return [lack["message"] for move in found if move["to"] == "APPROVED" for lack in move["unmet"]]


async def signing(company: Company, id_: str, who: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "version": await version_of(company, id_), "signature": await signature_of(company, who)} | more


async def test_each_whom_the_policy_asks_for_signs_once_and_the_last_by_moving_it(company: Company) -> None:
    id_ = await revision(company, await document(company, kind="PROCEDURE"), "1")
    early = await signing(company, id_, APPROVER)
    assert await answered(company, APPROVE, APPROVER, **early) == [("INVALID", ["id"])]
    await moved(company, id_, "IN_REVIEW")
    pin = await signature_of(company, APPROVER)
    said = {who: await approval(company, id_, who) for who in (APPROVER, HEAD, AUTHOR, "auditor")}
    assert said == {
        APPROVER: ["It is not signed as DEPARTMENT_HEAD yet: sign by approveRevision; whoever signs last moves it."],
        HEAD: ["It is not signed as QUALITY_MANAGER yet: sign by approveRevision; whoever signs last moves it."],
        AUTHOR: [
            "Somebody other than its author approves it.",
            "It is not signed as QUALITY_MANAGER and DEPARTMENT_HEAD yet.",
        ],
        "auditor": [
            "This needs the permission documents:approve.",
            "It is not signed as QUALITY_MANAGER and DEPARTMENT_HEAD yet.",
        ],
    }
    await unmoved(company, id_, "APPROVED", ("INVALID", ["to"]), who=APPROVER, signature=pin)
    by_author = await signing(company, id_, AUTHOR)
    assert await answered(company, APPROVE, AUTHOR, **by_author) == [("FORBIDDEN", ["id"])]
    wrong = await signing(company, id_, APPROVER) | {"signature": {"pin": "not-the-pin"}}
    assert await answered(company, APPROVE, APPROVER, **wrong) == [("FORBIDDEN", ["signature", "pin"])]
    first = await signing(company, id_, APPROVER, comment="Read twice.")
    assert await answered(company, APPROVE, APPROVER, **first) == []
    assert await answered(company, APPROVE, APPROVER, **first) == [("CONFLICT", ["version"])]
    again = await signing(company, id_, APPROVER)
    assert await answered(company, APPROVE, APPROVER, **again) == [("FORBIDDEN", ["id"])]
    await unmoved(company, id_, "APPROVED", ("INVALID", ["to"]), who=APPROVER, signature=pin)
    last = await signing(company, id_, HEAD)
    assert await answered(company, APPROVE, HEAD, **last) == [("INVALID", ["id"])]
    # Back to the author: what was approved is no longer what will be.
    await moved(company, id_, "DRAFT", reason="A typo.")
    assert (await company.data(SIGNED, {"id": id_}))["revision"]["approvals"] == []
    await moved(company, id_, "IN_REVIEW")
    assert await answered(company, APPROVE, HEAD, **await signing(company, id_, HEAD)) == []
    await moved(company, id_, "APPROVED", who=APPROVER, signature=pin)
    shown = (await company.data(SIGNED, {"id": id_}))["revision"]
    assert shown["approvals"] == [
        {"role": "DEPARTMENT_HEAD", "user": {"name": HEAD}},
        {"role": "QUALITY_MANAGER", "user": {"name": APPROVER}},
    ]
    signatures = [node for node in shown["history"]["nodes"] if node["signatureMeaning"]]
    assert [(node["actorName"], node["action"], node["reason"], node["toState"]) for node in signatures] == [
        (APPROVER, "TRANSITIONED", None, "APPROVED"),
        (HEAD, "UPDATED", None, None),
        (APPROVER, "UPDATED", "Read twice.", None),
    ]
    assert {node["signatureMeaning"] for node in signatures} == {"APPROVED"}


async def test_the_author_approves_in_no_role(company: Company) -> None:
    given = {"kind": "FORM", "approverRoles": ["ADMIN"]}
    assert await answered(company, POLICY, APPROVER, **given) == []
    id_ = await revision(company, await document(company, kind="FORM"), "1")
    await moved(company, id_, "IN_REVIEW")
    await unmoved(company, id_, "APPROVED", ("FORBIDDEN", ["to"]), signature=await signature_of(company, AUTHOR))


async def test_who_changed_what_it_says_does_not_approve_it(company: Company) -> None:
    id_ = await revision(company, await document(company), "A")
    change = "mutation ($input: UpdateRevisionInput!) { updateRevision(input: $input) { errors { code } } }"
    words = {"id": id_, "version": 1, "content": "My own words."}
    assert (await company.data(change, {"input": words}, who=APPROVER))["updateRevision"]["errors"] == []
    await moved(company, id_, "IN_REVIEW")
    await unmoved(
        company, id_, "APPROVED", ("FORBIDDEN", ["to"]), who=APPROVER, signature=await signature_of(company, APPROVER)
    )


LATE = {"effectiveFrom": "2027-01-01T00:00:00Z"}
CHANGES: list[dict[str, Any]] = [
    {"label": "Z"},
    {"reason": "Another."},
    {"content": "Other words."},
    {"contentLink": "https://example.com"},
    {"characteristics": []},
    {"causedBy": []},
    {"satisfies": []},
    {"supersedes": None},
]


async def test_what_is_signed_stays_as_it_was_signed(company: Company) -> None:
    paper = await document(company)
    first = await effective(company, paper, "A", characteristics=[WALL])
    id_ = await revision(company, paper, "B", **LATE)
    await moved(company, id_, "IN_REVIEW")
    version = await version_of(company, id_)
    await refused(company, UPDATE, {"id": id_, "version": version} | LATE, ("INVALID", ["id"]))
    pin = await signature_of(company, APPROVER)
    for change in [*CHANGES, {"effectiveFrom": None}]:
        place = ["changes", "revision", *change]
        changes = {"revision": change}
        await unmoved(company, id_, "APPROVED", ("INVALID", place), who=APPROVER, signature=pin, changes=changes)
    await moved(company, id_, "APPROVED", who=APPROVER, signature=pin)
    version = await version_of(company, id_)
    for change in CHANGES:
        await refused(company, UPDATE, {"id": id_, "version": version} | change, ("INVALID", list(change)))
    # When it shall be effective may still change, with the move that makes it so.
    changes = {"revision": {"effectiveFrom": "2026-03-02T09:30:00Z"}}
    await moved(company, id_, "EFFECTIVE", changes=changes)
    for done in (first, id_):
        given = {"id": done, "version": await version_of(company, done)}
        await refused(company, UPDATE, given | LATE, ("INVALID", ["id"]))


async def test_what_was_approved_is_not_effective_from_before_the_approval(company: Company) -> None:
    id_ = await approved(company, await document(company), "A", effectiveFrom=None)
    early = {"effectiveFrom": "2026-03-02T09:29:59.999999Z"}
    version = await version_of(company, id_)
    await refused(company, UPDATE, {"id": id_, "version": version} | early, ("OUT_OF_RANGE", ["effectiveFrom"]))
    place = ["changes", "revision", "effectiveFrom"]
    await unmoved(company, id_, "EFFECTIVE", ("OUT_OF_RANGE", place), changes={"revision": early})
    await unmoved(company, id_, "EFFECTIVE", ("REQUIRED", ["changes", "revision", "effectiveFrom"]))
    # The date of a draft may be past when it is approved at last.
    await effective(company, await document(company), "A", effectiveFrom="2026-03-01T00:00:00Z")


async def test_a_new_revision_begins_with_what_holds(company: Company) -> None:
    paper, other = await document(company), await document(company)
    first = await effective(company, paper, "A", characteristics=[WALL])
    shown = "supersedes { id } author { name } characteristics { name target } changes { name }"
    given = {"document": paper, "reason": "…", "content": "…"}
    copied = await made(company, "Revision", label="B", show=shown, **given)
    assert copied == {
        "supersedes": {"id": first},
        "author": {"name": AUTHOR},
        "characteristics": [{"name": "lid wall", "target": 1.8}],
        "changes": [],
    }
    emptied = await made(
        company, "Revision", label="C", show="changes { before { lower } after { lower } }", characteristics=[], **given
    )  # fmt
    assert emptied == {"changes": [{"before": {"lower": 1.6}, "after": None}]}
    draft = await revision(company, paper, "D")
    for change, *errors in (
        ({"label": "A"}, ("CONFLICT", ["label"])),
        ({"label": "E", "supersedes": draft}, ("INVALID", ["supersedes"])),
        ({"label": "E", "document": other, "supersedes": first}, ("INVALID", ["supersedes"])),
        ({"label": "E", "contentLink": "javascript:x"}, ("INVALID", ["contentLink"])),
        ({"label": "E", "characteristics": [WALL | {"unit": " "}]}, ("REQUIRED", ["characteristics", "0", "unit"])),
        ({"label": "E", "characteristics": [WALL | {"lower": 3}]}, ("INVALID", ["characteristics", "0", "lower"])),
        (
            {"label": "E", "characteristics": [WALL, WALL | {"name": " Lid wall"}]},
            ("INVALID", ["characteristics", "1", "name"]),
        ),
    ):
        await refused(company, CREATE, given | change, *errors)
    kept = {"id": draft, "version": await version_of(company, draft), "document": other}
    await refused(company, UPDATE, kept, ("INVALID", ["document"]))


async def test_training_is_waived_by_signature_between_approval_and_date(company: Company) -> None:
    id_ = await revision(company, await document(company), "A", effectiveFrom="2026-03-01T00:00:00Z")
    early = await signing(company, id_, APPROVER, reason="A comma.")
    assert await answered(company, WAIVE, APPROVER, **early) == [("INVALID", ["id"])]
    await moved(company, id_, "IN_REVIEW")
    await moved(company, id_, "APPROVED", who=APPROVER, signature=early["signature"])
    empty = await signing(company, id_, APPROVER, reason=" ")
    assert await answered(company, WAIVE, APPROVER, **empty) == [("REQUIRED", ["reason"])]
    # Its author would let herself off; a head of a department may not for all what they may not for one person.
    own, beyond = [await signing(company, id_, who, reason="A comma.") for who in (AUTHOR, HEAD)]
    events = await company.event_count()
    assert await answered(company, WAIVE, AUTHOR, **own) == [("FORBIDDEN", ["id"])]
    (error,) = (await company.ask(WAIVE, {"input": beyond}, who=HEAD))["errors"]
    assert (error["extensions"]["code"], error["message"]) == ("FORBIDDEN", "This needs the permission training:waive.")
    assert await company.event_count() == events
    assert (await company.data(SIGNED, {"id": id_}))["revision"]["trainingWaived"] is None
    assert await answered(company, WAIVE, APPROVER, **await signing(company, id_, APPROVER, reason="A comma.")) == []
    shown = (await company.data(SIGNED, {"id": id_}))["revision"]
    newest = shown["history"]["nodes"][0]
    assert (shown["trainingWaived"], newest["signatureMeaning"], newest["reason"]) == ("A comma.", "WAIVED", "A comma.")


async def test_what_was_overtaken_is_not_let_on_and_there_is_a_way_on(company: Company) -> None:
    paper = await document(company, kind="PROCEDURE")
    await answered(company, POLICY, APPROVER, kind="PROCEDURE", approverRoles=["QUALITY_MANAGER"])
    drafted, read = await revision(company, paper, "B"), await revision(company, paper, "C")
    await moved(company, read, "IN_REVIEW")
    first = await effective(company, paper, "A")
    place = ["changes", "revision", "supersedes"]
    await unmoved(company, drafted, "IN_REVIEW", ("CONFLICT", place))
    text = "query ($id: ID!) { revision(by: { id: $id }) { transitions { to unmet { field message } } } }"
    (way,) = (await company.data(text, {"id": drafted}))["revision"]["transitions"]
    message = "It does not change REV-2026-00003, which is effective: as a draft, name that one in supersedes."
    assert way == {"to": "IN_REVIEW", "unmet": [{"field": "supersedes", "message": message}]}
    pin = await signature_of(company, APPROVER)
    await unmoved(company, read, "APPROVED", ("CONFLICT", place), who=APPROVER, signature=pin)
    # One of two who sign is told too.
    await answered(company, POLICY, APPROVER, kind="PROCEDURE", approverRoles=["QUALITY_MANAGER", "DEPARTMENT_HEAD"])
    one_of_two = await signing(company, read, HEAD)
    events = await company.event_count()
    assert await answered(company, APPROVE, HEAD, **one_of_two) == [("CONFLICT", ["id"])]
    assert await company.event_count() == events
    await answered(company, POLICY, APPROVER, kind="PROCEDURE", approverRoles=["QUALITY_MANAGER"])
    # The way on: what it changes is named anew, with the move or before; no training was asked of anybody in vain.
    await moved(company, drafted, "IN_REVIEW", changes={"revision": {"supersedes": first}})
    await moved(company, read, "DRAFT", reason="A holds now.")
    given = {"id": read, "version": await version_of(company, read), "supersedes": first}
    assert await answered(company, UPDATE.replace("revision { id } ", ""), AUTHOR, **given) == []
    await moved(company, read, "IN_REVIEW")
    for id_ in (drafted, read):
        await moved(company, id_, "APPROVED", who=APPROVER, signature=pin)


async def test_what_holds_is_withdrawn_by_signature_what_replaces_it_needs_none_for_that(company: Company) -> None:
    paper = await document(company)
    first = await effective(company, paper, "A")
    second = await effective(company, paper, "B")
    text = "query ($id: ID!) { revision(by: { id: $id }) { transitions { to requiresSignature signatureMeaning } } }"
    way = {"to": "OBSOLETE", "requiresSignature": True, "signatureMeaning": "WITHDRAWN"}
    assert (await company.data(text, {"id": second}))["revision"]["transitions"] == [way]
    why = {"reason": "No longer made."}
    pin = await signature_of(company, APPROVER)
    await unmoved(company, second, "OBSOLETE", ("REQUIRED", ["signature"]), **why)
    wrong = {"signature": {"pin": "not-the-pin"}, "who": APPROVER}
    await unmoved(company, second, "OBSOLETE", ("FORBIDDEN", ["signature", "pin"]), **why, **wrong)
    await moved(company, second, "OBSOLETE", who=APPROVER, signature=pin, **why)
    newest = {
        id_: (await company.data(SIGNED, {"id": id_}))["revision"]["history"]["nodes"][0] for id_ in (first, second)
    }
    assert newest[first] == {
        "action": "TRANSITIONED", "actorName": AUTHOR, "signatureMeaning": None,
        "reason": "REV-2026-00002 became effective.", "toState": "OBSOLETE",
    }  # fmt: skip
    assert newest[second] == {
        "action": "TRANSITIONED", "actorName": APPROVER, "signatureMeaning": "WITHDRAWN",
        "reason": "No longer made.", "toState": "OBSOLETE",
    }  # fmt: skip
    # What was approved and never held is put away without: nobody works by it.
    await moved(company, await approved(company, paper, "C"), "OBSOLETE", **why)


async def test_what_is_asked_of_a_kind_is_the_organizations_own(company: Company) -> None:
    shipping = await made(company, "Department", name="Shipping")
    given = {"kind": "FORM", "trainingShare": 0.9, "trainingDays": 7, "trainingDepartments": [shipping]}
    policy = (await company.data(POLICY, {"input": given}, who=APPROVER))["setDocumentPolicy"]["policy"]
    assert policy == given | {
        "approverRoles": ["QUALITY_MANAGER"],
        "trainingRoles": [],
        "trainingDepartments": [{"name": "Shipping"}],
        "trainingOwnDepartment": False,
        "acknowledgement": False,
    }
    again = {"kind": "FORM", "approverRoles": ["ADMIN", "QUALITY_MANAGER"], "trainingRoles": ["EMPLOYEE"]}
    again["trainingOwnDepartment"] = True
    changed = (await company.data(POLICY, {"input": again}, who=APPROVER))["setDocumentPolicy"]["policy"]
    assert changed == policy | again
    shown = await company.data("{ documentPolicies { kind trainingShare approverRoles } }", who="employee")
    assert [(item["kind"], item["trainingShare"]) for item in shown["documentPolicies"]] == [
        ("SPECIFICATION", 1),
        ("PROCEDURE", 1),
        ("WORK_INSTRUCTION", 1),
        ("POLICY", 0),
        ("FORM", 0.9),
        ("TRAINING", 0),
    ]
    for change, *errors in (
        ({"approverRoles": []}, ("INVALID", ["approverRoles"])),
        ({"approverRoles": ["EMPLOYEE"]}, ("INVALID", ["approverRoles"])),
        ({"approverRoles": ["QUALITY_MANAGER", "AUDITOR"]}, ("INVALID", ["approverRoles"])),
        ({"trainingShare": 1.1}, ("OUT_OF_RANGE", ["trainingShare"])),
        ({"trainingDays": -1}, ("OUT_OF_RANGE", ["trainingDays"])),
        ({"trainingDepartments": [await id_of(company, AUTHOR)]}, ("INVALID", ["trainingDepartments", "0"])),
    ):
        await refused(company, POLICY.replace("kind approverRoles", "kind"), {"kind": "FORM"} | change, *errors)


@pytest.mark.parametrize("state", ["DRAFT", "IN_REVIEW"])
async def test_what_is_not_approved_is_for_those_who_work_on_it(company: Company, state: str) -> None:
    paper = await document(company)
    await effective(company, paper, "A")
    await approved(company, paper, "B", **LATE)
    id_ = await revision(company, paper, "C")
    if state == "IN_REVIEW":
        await moved(company, id_, state)
    text = """
    query ($id: ID!, $first: ID!) {
      node(id: $id) { id }
      revisions(orderBy: [{ field: LABEL }]) { totalCount nodes { label scheduled supersededBy { label } } }
      document(by: { id: $first }) { status effective { label } revisions { totalCount } }
    }
    """
    given = {"id": id_, "first": paper}
    shown = await company.data(text, given, who="employee")
    assert shown == {
        "node": None,
        "revisions": {
            "totalCount": 2,
            "nodes": [
                {"label": "A", "scheduled": False, "supersededBy": [{"label": "B"}]},
                {"label": "B", "scheduled": True, "supersededBy": []},
            ],
        },
        "document": {"status": "EFFECTIVE", "effective": {"label": "A"}, "revisions": {"totalCount": 2}},
    }
    assert (await company.data(text, given, who="auditor"))["node"] == {"id": id_}
