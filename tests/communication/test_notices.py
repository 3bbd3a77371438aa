"""Notices of change: every department that owns an affected document is named, and its head is told once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qms_graphql.base.ids import from_global
from qms_graphql.communication.model import Notification
from qms_graphql.communication.rules import NotificationKind
from tests.communication.test_digest import FOLLOW, department
from tests.conftest import START, Company
from tests.documents.paper import APPROVER, approved, document, effective
from tests.documents.paper import revision as revision_of
from tests.documents.test_approval import WAIVE, answered, signing
from tests.graph.observe import statements
from tests.records import id_of, made, moved, signature_of
from tests.training.staff import hired, policy

TOLD = """
{ notifications(orderBy: [{ field: AT }]) { nodes { kind actorName record { ... on Revision { number state } } } } }
"""
TOUCHED = """
query ($document: ID!) {
  document(by: { id: $document }) {
    revisions(orderBy: [{ field: LABEL }]) {
      nodes { label affectedDepartments { department { name } documents { title } } }
    }
  }
}
"""


async def told(company: Company, who: str) -> list[tuple[str, str]]:
    """The notices of change that somebody has, the oldest first."""
    nodes = (await company.data(TOLD, who=who))["notifications"]["nodes"]
    return [(node["record"]["number"], node["actorName"]) for node in nodes if node["kind"] == "CHANGED"]


async def test_the_departments_that_a_change_touches(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    moulding = await department(company, "Moulding", "department_head")
    sales = await department(company, "Sales", "complaint_handler")
    store = await department(company, "Store", "employee")
    # Whom training is assigned to is told of that too, which is not what is counted here.
    await policy(company, "SPECIFICATION", trainingOwnDepartment=False)
    product = await made(company, "Product", sku="K1", name="Kettle", kind="GOOD")
    wish = await made(company, "Requirement", source="INTERNAL", statement="Whole lids.", clause="4")
    await document(company, title="Leaflet", department=sales, product=product)
    packing = await document(company, title="Packing", department=moulding)
    await effective(company, packing, "A", satisfies=[wish])
    draft = await document(company, title="Plan", department=store)
    await made(company, "Revision", document=draft, label="A", satisfies=[wish])
    lid = await document(company, title="Lid", department=moulding, product=product)
    for who in ("department_head", "complaint_handler", "employee"):
        await company.data(TOLD, who=who)
    before = {who: await told(company, who) for who in ("department_head", "complaint_handler", "employee")}
    revision = await approved(company, lid, "A", satisfies=[wish])
    (shown,) = (await company.data(TOUCHED, {"document": lid}))["document"]["revisions"]["nodes"]
    assert shown == {
        "label": "A",
        "affectedDepartments": [
            {"department": {"name": "Moulding"}, "documents": [{"title": "Packing"}, {"title": "Lid"}]},
            {"department": {"name": "Sales"}, "documents": [{"title": "Leaflet"}]},
        ],
    }
    number = (await company.data("query ($id: ID!) { revision(by: { id: $id }) { number } }", {"id": revision}))[
        "revision"
    ]["number"]
    # Sales has no head: all its people are told.
    for who in ("department_head", "complaint_handler"):
        assert (await told(company, who))[len(before[who]) :] == [(number, "quality_manager")]
    assert await told(company, "employee") == before["employee"] == []

    follow = {"department": store, "record": product}
    assert (await company.data(FOLLOW, {"input": follow}))["followForDepartment"]["errors"] == []
    await moved(company, revision, "EFFECTIVE")
    assert await told(company, "employee") == [(number, "admin")]
    assert (await told(company, "department_head"))[-2:] == [(number, "quality_manager"), (number, "admin")]

    async def counted() -> int:
        await company.data(TOUCHED, {"document": lid})
        with statements(monkeypatch) as seen:
            await company.data(TOUCHED, {"document": lid})
        return len(seen)

    few = await counted()
    await made(company, "Revision", document=lid, label="B", satisfies=[wish])
    assert await counted() == few


NOTICES = """
query ($revision: ID!) {
  notifications(where: { record: { revision: { id: { eq: $revision } } } }) { nodes { kind readAt } }
}
"""


async def of(company: Company, who: str, revision: str) -> list[str]:
    """Why somebody was told of a revision, the newest first."""
    nodes = (await company.data(NOTICES, {"revision": revision}, who=who))["notifications"]["nodes"]
    return [node["kind"] for node in nodes]


async def test_who_is_trained_in_it_hears_once_of_each_change_and_others_of_its_withdrawal(company: Company) -> None:
    staff = await hired(company)
    owner = await id_of(company, "complaint_handler")
    paper = await document(company, department=staff.moulding, owner=owner)
    revision = await approved(company, paper, "A")
    # Ed hears of the approval by his training; Mo, who heads the department, of both.
    assert await of(company, "employee", revision) == []
    assert await of(company, "department_head", revision) == ["CHANGED"]
    given = await signing(company, revision, APPROVER, reason="A comma.")
    assert await answered(company, WAIVE, APPROVER, **given) == []
    await moved(company, revision, "EFFECTIVE")
    assert await of(company, "employee", revision) == ["CHANGED"]
    assert await of(company, "department_head", revision) == ["CHANGED"] * 2
    assert await of(company, "complaint_handler", revision) == await of(company, APPROVER, revision) == []
    # Who sells is trained in it too, because somebody says so; who has left is told of nothing.
    sue = await id_of(company, "auditor")
    await made(company, "TrainingRecord", user=sue, revision=revision)
    assert await of(company, "auditor", revision) == []
    # What replaces it tells of itself, and not of what it replaced.
    other = await approved(company, paper, "B")
    given = await signing(company, other, APPROVER, reason="A comma.")
    assert await answered(company, WAIVE, APPROVER, **given) == []
    await moved(company, other, "EFFECTIVE")
    assert await of(company, "employee", revision) == ["CHANGED"]
    assert await of(company, "auditor", other) == []
    await made(company, "TrainingRecord", user=sue, revision=other)
    why = {"reason": "Nobody makes it any more.", "signature": await signature_of(company, "admin")}
    await moved(company, other, "OBSOLETE", **why)
    told_ = {who: await of(company, who, other) for who in ("employee", "department_head", "complaint_handler")}
    assert told_ == {
        "employee": ["CHANGED"] * 2, "department_head": ["CHANGED"] * 3, "complaint_handler": ["CHANGED"],
    }  # fmt: skip
    assert sorted(await of(company, APPROVER, other)) == ["CHANGED", "TO_APPROVE"]
    # What the auditor had to learn until this moment is over with it.
    assert await of(company, "auditor", other) == ["CHANGED"]


async def test_what_was_approved_and_is_put_away_is_told_of_too(company: Company) -> None:
    owner = await id_of(company, "complaint_handler")
    revision = await approved(company, await document(company, kind="FORM", owner=owner), "A")
    assert await of(company, "complaint_handler", revision) == []
    await moved(company, revision, "OBSOLETE", reason="Overtaken.")
    assert await of(company, "complaint_handler", revision) == ["CHANGED"]


async def test_who_is_asked_to_sign_what_is_decided_is_asked_no_more(company: Company) -> None:
    for who in (APPROVER, "department_head"):
        await company.token(who)

    async def asked(who: str, id_: str) -> list[bool]:
        """Whether each request to sign counts as read, the newest first."""
        nodes = (await company.data(NOTICES, {"revision": id_}, who=who))["notifications"]["nodes"]
        return [node["readAt"] is not None for node in nodes if node["kind"] == "TO_APPROVE"]

    await policy(company, "FORM", approverRoles=["QUALITY_MANAGER"])
    paper = await document(company, kind="FORM")
    await made(company, "User", name="Quinn", roles=["QUALITY_MANAGER"])
    first, other = await revision_of(company, paper, "A"), await revision_of(company, paper, "B")
    for id_ in (first, other):
        await moved(company, id_, "IN_REVIEW")
    assert (await asked(APPROVER, first), await asked(APPROVER, other)) == ([False], [False])
    await moved(company, first, "DRAFT", reason="Say how.")
    assert (await asked(APPROVER, first), await asked(APPROVER, other)) == ([True], [False])
    await moved(company, first, "IN_REVIEW")
    assert sorted(await asked(APPROVER, first)) == [False, True]
    await moved(company, first, "APPROVED", who=APPROVER, signature=await signature_of(company, APPROVER))
    assert (await asked(APPROVER, first), await asked(APPROVER, other)) == ([True, True], [False])
    async with company.installation.database.reading(company.id) as reader:
        table = Notification.__table__
        mine = table.c.organization_id == company.id, table.c.record_id == from_global(first)[1]
        rows = await reader.rows(
            select(table.c.user_id, table.c.read_at).where(*mine, table.c.kind == NotificationKind.TO_APPROVE)
        )
    assert len({row["user_id"] for row in rows}) == 2
    assert all(row["read_at"] is not None for row in rows)


async def test_notifications_are_the_newest_first_unless_they_are_asked_for_otherwise(company: Company) -> None:
    head = await id_of(company, "department_head")
    for number in range(3):
        company.installation.clock.set(START + timedelta(minutes=number))
        await made(company, "Action", title="Lid", kind="CORRECTION", owner=head)
    text = """
    query ($order: [NotificationOrder!], $after: String) {
      notifications(first: 2, after: $after, orderBy: $order) {
        nodes { record { ... on Action { number } } } pageInfo { endCursor hasNextPage }
      }
    }
    """

    async def pages(order: list[dict[str, str]] | None) -> list[str]:
        found: list[str] = []
        after, more = None, True
        while more:
            given = {"order": order, "after": after}
            page = (await company.data(text, given, who="department_head"))["notifications"]
            found += [node["record"]["number"] for node in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        return found

    oldest = [f"ACT-2026-0000{number}" for number in (1, 2, 3)]
    assert await pages(None) == await pages([]) == oldest[::-1]
    assert await pages([{"field": "AT"}]) == oldest
