"""Notices of change: every department that owns an affected document is named, and its head is told once."""

import pytest

from tests.communication.test_digest import FOLLOW, department
from tests.conftest import Company
from tests.documents.paper import approved, document, effective
from tests.graph.observe import statements
from tests.records import made, moved
from tests.training.staff import policy

TOLD = "{ notifications { nodes { kind actorName record { ... on Revision { number state } } } } }"
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
