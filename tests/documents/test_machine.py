"""Revisions on their way: what each step asks for, and what stays as it was signed."""

from tests.conftest import Company
from tests.documents.paper import WALL, document, effective

SHOWN = """
query ($id: ID!, $at: DateTime!) {
  document(by: { id: $id }) {
    status
    effective { label approvals { role user { name } } }
    revision(asOf: $at) { label }
    revisions(orderBy: [{ field: LABEL }]) {
      nodes {
        label state changes { name before { target lower upper unit } after { target lower upper unit critical } }
        history(first: 20) { nodes { action signatureMeaning toState } }
      }
    }
  }
}
"""


async def test_a_revision_takes_the_place_of_the_one_it_changes(company: Company) -> None:
    paper = await document(company)
    await effective(company, paper, "A", characteristics=[WALL])
    await effective(company, paper, "B", characteristics=[WALL | {"target": 2.2, "lower": 2.0, "upper": 2.4}])
    shown = await company.data(SHOWN, {"id": paper, "at": "2026-03-02T09:30:00Z"})
    assert shown["document"]["status"] == "EFFECTIVE"
