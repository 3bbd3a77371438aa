"""From the customers' words to what is laid down: the trace, what satisfies, and what closes a nonconformity."""

from typing import Any

from tests.conftest import Company
from tests.documents.paper import WALL, approved, document, effective, revision
from tests.nonconformities.chain import action, analysed, closing, plan
from tests.observing import observing
from tests.records import id_of, made, moved, unmoved, walked

__all__ = ["observing"]

TRACE = """
query ($id: ID!, $direction: TraceDirection!) {
  node(id: $id) { ... on Record { trace(direction: $direction, depth: 8) { record { __typename id } } } }
}
"""
THREAD = """
query ($id: ID!) {
  feedback(by: { id: $id }) {
    complaint { nonconformity { actions {
      revisions {
        number label reason effectiveFrom
        document { title kind }
        satisfies { statement }
        changes { name before { target lower upper unit } after { target lower upper unit } }
        history(first: 20) { nodes { actorName signatureMeaning } }
      }
    } } }
  }
}
"""


async def reached(company: Company, id_: str, direction: str, who: str = "admin") -> set[tuple[str, str]]:
    found = await company.data(TRACE, {"id": id_, "direction": direction}, who=who)
    return {(entry["record"]["__typename"], entry["record"]["id"]) for entry in found["node"]["trace"]}


async def test_from_a_customer_to_what_is_laid_down_and_back(company: Company) -> None:
    ada = await made(company, "Customer", name="Ada")
    words = await made(company, "Feedback", source="REVIEW", occurredAt="2026-03-01T08:00:00Z", customer=ada)
    text = """
    mutation ($input: OpenComplaintInput!) { openComplaint(input: $input) { complaint { id version } } }
    """
    complaint = (await company.data(text, {"input": {"feedback": [words]}}))["openComplaint"]["complaint"]
    one, cause = await analysed(company)
    update = """
    mutation ($input: UpdateComplaintInput!) { updateComplaint(input: $input) { errors { code field } } }
    """
    given = {"id": complaint["id"], "version": complaint["version"], "nonconformity": one}
    assert (await company.data(update, {"input": given}))["updateComplaint"]["errors"] == []
    thicker = await action(company, description="EFFECTIVE")
    await plan(company, one, (thicker, cause))
    asked = await made(company, "Requirement", source="CUSTOMER", statement="It lasts.", evidence=[words])
    paper = await document(company)
    await effective(company, paper, "A", characteristics=[WALL])
    changed = await effective(
        company,
        paper,
        "B",
        causedBy=[thicker],
        satisfies=[asked],
        characteristics=[WALL | {"target": 2.2, "lower": 2.0, "upper": 2.4}],
    )
    up = await reached(company, changed, "UP", "auditor")
    wanted = {("Customer", ada), ("Feedback", words), ("Complaint", complaint["id"]), ("Nonconformity", one)}
    assert wanted | {("Action", thicker), ("Requirement", asked), ("Document", paper)} <= up
    assert ("Revision", changed) in await reached(company, words, "DOWN")
    thread = (await company.data(THREAD, {"id": words}))["feedback"]
    (made_,) = thread["complaint"]["nonconformity"]["actions"][0]["revisions"]
    assert made_["label"] == "B"
    assert made_["changes"] == [
        {
            "name": "lid wall",
            "before": {"target": 1.8, "lower": 1.6, "upper": 2.0, "unit": "mm"},
            "after": {"target": 2.2, "lower": 2.0, "upper": 2.4, "unit": "mm"},
        }
    ]
    assert "APPROVED" in {node["signatureMeaning"] for node in made_["history"]["nodes"]}


async def satisfied(company: Company, id_: str) -> Any:
    text = """
    query ($id: ID!) { requirement(by: { id: $id }) { revisions { label } satisfiedBy { label } } }
    """
    return (await company.data(text, {"id": id_}))["requirement"]


async def test_a_requirement_is_satisfied_by_what_is_effective(company: Company) -> None:
    asked = await made(company, "Requirement", source="INTERNAL", statement="It lasts.")
    paper = await document(company)
    first = await approved(company, paper, "A", satisfies=[asked])
    assert await satisfied(company, asked) == {"revisions": [{"label": "A"}], "satisfiedBy": []}
    await moved(company, first, "EFFECTIVE")
    await effective(company, paper, "B", satisfies=[asked])
    await revision(company, paper, "C", satisfies=[asked])
    labels = [{"label": label} for label in "ABC"]
    assert await satisfied(company, asked) == {"revisions": labels, "satisfiedBy": [{"label": "B"}]}
    text = """
    query ($where: RequirementFilter) { requirements(where: $where) { nodes { statement } } }
    """
    for label, found in (("A", []), ("B", [{"statement": "It lasts."}])):
        where = {"satisfiedBy": {"some": {"label": {"eq": label}}}}
        assert (await company.data(text, {"where": where}))["requirements"]["nodes"] == found
    text = """
    { documents(where: { effective: { label: { eq: "B" } } }, orderBy: [{ effective: { field: LABEL } }]) {
        nodes { id effective { label } } } }
    """
    assert (await company.data(text))["documents"]["nodes"] == [{"id": paper, "effective": {"label": "B"}}]


async def test_a_nonconformity_is_closed_once_a_document_is_changed(company: Company, observing: None) -> None:
    one, cause = await analysed(company, owner=None)
    fix = await action(company)
    await plan(company, one, (fix, cause))
    await moved(company, one, "PLANNED")
    done = {"action": {"evidence": [{"text": "Seen."}]}}
    await walked(company, fix, "IN_PROGRESS", "DONE", changes=done)
    await moved(company, one, "IMPLEMENTED")
    await moved(company, fix, "CHECKING", changes={"action": {"description": "EFFECTIVE"}})
    await moved(company, fix, "EFFECTIVE")
    await moved(company, one, "VERIFIED")
    paper = await document(company)
    changed = await approved(company, paper, "A", causedBy=[fix])
    way = await closing(company, documentWaived=None, owner=await id_of(company, "admin"))
    await unmoved(company, one, "CLOSED", ("REQUIRED", ["changes", "nonconformity", "documentWaived"]), **way)
    await moved(company, changed, "EFFECTIVE")
    await moved(company, one, "CLOSED", **way)
