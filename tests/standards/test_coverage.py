"""Coverage: the rule never rewards a finding nor punishes a document, and both databases follow it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from qms_graphql.base.ids import from_global
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import RevisionStatus
from qms_graphql.standards.coverage import Clause, Coverage, counts, coverage
from qms_graphql.standards.rules import RequirementStatus
from tests.conftest import START, Company
from tests.journeys.designed import designed
from tests.records import made, moved
from tests.reviews.cases import UPDATE, changed, finding, review, version_of_any
from tests.standards.test_editions import ISO, MAP, clause, ids_of, imported

FLAGS = ("blocked", "minor", "satisfied", "looked_at")
PLACE = {value: place for place, value in enumerate(Coverage)}


def _clause(children: st.SearchStrategy[list[Clause]]) -> st.SearchStrategy[Clause]:
    return st.builds(Clause, children=children, applies=st.booleans(), **dict.fromkeys(FLAGS, st.booleans()))


CLAUSES = st.recursive(_clause(st.just([])), lambda some: _clause(st.lists(some, max_size=4)), max_leaves=12)


def _all(top: Clause) -> list[tuple[int, ...]]:
    """The ways from a clause to each under it, and to itself."""
    return [(), *((place, *way) for place, child in enumerate(top.children) for way in _all(child))]


def _with(top: Clause, way: tuple[int, ...], **known: bool) -> Clause:
    """The same clause with something else known of the one at the end of the way."""
    if not way:
        return replace(top, **known)
    children = list(top.children)
    children[way[0]] = _with(children[way[0]], way[1:], **known)
    return replace(top, children=children)


@given(CLAUSES, st.data())
def test_a_satisfying_revision_never_lowers_and_an_open_finding_never_raises(top: Clause, data: st.DataObject) -> None:
    way = data.draw(st.sampled_from(_all(top)))
    before = PLACE[coverage(top)]
    assert PLACE[coverage(_with(top, way, satisfied=True, looked_at=True))] >= before
    for kind in ("blocked", "minor"):
        assert PLACE[coverage(_with(top, way, **{kind: True}, looked_at=True))] <= before


@given(CLAUSES)
def test_what_coverage_says(top: Clause) -> None:
    found = coverage(top)
    assert coverage(top, excused=True) is Coverage.NOT_APPLICABLE
    if found is Coverage.MET:
        assert all(part.satisfied or part.is_chapter for part in top.applying())
        assert not any(part.blocked or part.minor for part in top.applying())
    if found is Coverage.NOT_ASSESSED:
        assert not any(part.seen for part in top.applying())
    if top.blocked:
        assert found is Coverage.GAP


ASK = """
query Matrix($edition: String!) {
  requirements(
    where: { standard: { edition: { eq: $edition } } }, orderBy: [{ field: CLAUSE, direction: ASC }], first: 100
  ) { nodes { clause coverage } }
  standards(where: { edition: { eq: $edition } }) {
    nodes { coverageSummary { met partly gap notAssessed notApplicable } }
  }
}
"""


SEEN = {"origin": "AUDIT", "detectedAt": "2026-03-01T08:00:00Z"}


@dataclass
class Matrix:
    """The clauses of a standard, and what satisfies them."""

    company: Company
    ids: dict[str, str]

    async def satisfied(self, *clauses: str) -> None:
        """An effective revision satisfies these clauses."""
        document = await made(self.company, "Document", title="Procedure", kind="FORM")
        named = [self.ids[one] for one in clauses]
        id_ = await made(self.company, "Revision", document=document, label="A", content="So.", satisfies=named)
        await effective(self.company, id_)

    async def read(self) -> dict[str, str]:
        """The coverage of each clause; the summary and the filter must agree with it."""
        answer = await self.company.data(ASK, {"edition": "2015"})
        found = {node["clause"]: node["coverage"] for node in answer["requirements"]["nodes"]}
        summary = answer["standards"]["nodes"][0]["coverageSummary"]
        names = {"MET": "met", "PARTLY": "partly", "GAP": "gap", "NOT_ASSESSED": "notAssessed"}
        names["NOT_APPLICABLE"] = "notApplicable"
        assert summary == {key: list(found.values()).count(name) for name, key in names.items()}
        return found


async def effective(company: Company, id_: str) -> None:
    """Put a revision straight into the state, which is not what is tested here."""
    table = Revision.__table__
    async with company.installation.database.begin(company.id) as connection:
        own = table.c.organization_id == company.id, table.c.id == from_global(id_)[1]
        values = {"status": RevisionStatus.EFFECTIVE, "effective_at": START}
        await connection.execute(update(table).where(*own).values(values))


@pytest.fixture
async def matrix(company: Company) -> Matrix:
    await imported(company, *(clause(n) for n in ("8", "8.2", "8.2.1", "8.2.2", "8.3", "8.3.1", "8.4", "9")))
    return Matrix(company, await ids_of(company, "2015"))


async def test_the_matrix_of_a_standard(matrix: Matrix) -> None:
    company, ids = matrix.company, matrix.ids
    assert set((await matrix.read()).values()) == {"NOT_ASSESSED"}
    await matrix.satisfied("8.2.1", "8.4")
    draft = await made(company, "Document", title="Draft", kind="FORM")
    await made(company, "Revision", document=draft, label="A", satisfies=[ids["9"]])
    excuse = "mutation ($input: UpdateRequirementInput!) { updateRequirement(input: $input) { errors { code } } }"
    given_ = {"id": ids["8.3"], "version": 1, "notApplicableReason": "We design nothing."}
    assert (await company.data(excuse, {"input": given_}))["updateRequirement"]["errors"] == []
    first = {
        "8": "PARTLY", "8.2": "PARTLY", "8.2.1": "MET", "8.2.2": "NOT_ASSESSED", "8.3": "NOT_APPLICABLE",
        "8.3.1": "NOT_ASSESSED", "8.4": "MET", "9": "NOT_ASSESSED",
    }  # fmt: skip
    assert await matrix.read() == first
    audit = await review(company)
    minor = await finding(company, audit, "MINOR", requirement=ids["8.4"])
    conforms = await finding(company, audit, "CONFORMITY", requirement=ids["8.2.2"])
    assert await matrix.read() == first | {"8.4": "PARTLY", "8.2.2": "GAP"}
    await matrix.satisfied("8.2.2", "9")
    second = first | {"8.4": "PARTLY", "8.2": "MET", "8.2.2": "MET", "9": "MET"}
    assert await matrix.read() == second
    # The finding is open as long as its nonconformity is; cancelling that closes nothing.
    came = await made(company, "Nonconformity", title="Scale", requirements=[ids["8.4"]], **SEEN)
    await changed(company, "Finding", minor, nonconformity=came)
    assert await matrix.read() == second
    await moved(company, came, "CANCELLED", reason="Recorded twice.")
    assert await matrix.read() == second
    major = await finding(company, audit, "MAJOR", requirement=ids["8.2"])
    failed = await made(company, "Nonconformity", title="Orders", requirements=[ids["9"]], **SEEN)
    assert await matrix.read() == second | {"8.2": "GAP", "9": "GAP"}
    await moved(company, failed, "CANCELLED", reason="It was none.")
    for id_, kind in ((major, "OBSERVATION"), (minor, "OPPORTUNITY")):
        another = {"id": id_, "version": await version_of_any(company, id_), "kind": kind}
        assert (await company.data(UPDATE["Finding"], {"input": another}))["updateFinding"]["errors"] == []
    assert await matrix.read() == second | {"8": "MET", "8.4": "MET"}
    assert conforms
    found = await company.data(
        """{ gaps: requirements(where: { coverage: { in: [NOT_ASSESSED, GAP] } }) { nodes { clause } }
        worst: requirements(orderBy: [{ field: COVERAGE }, { field: CLAUSE }], first: 3) { nodes { clause } } }"""
    )
    assert found["gaps"]["nodes"] == [{"clause": "8.3.1"}]
    assert [node["clause"] for node in found["worst"]["nodes"]] == ["8.3.1", "8", "8.2"]


async def test_what_is_still_being_worded_takes_nothing_from_what_must_be_met(matrix: Matrix) -> None:
    company, ids = matrix.company, matrix.ids
    await matrix.satisfied("8.4")
    await moved(company, ids["8.4"], "ACTIVE", changes={"requirement": {"statement": "Control what is bought."}})
    iso = (await company.data("{ standards { nodes { id } } }"))["standards"]["nodes"][0]["id"]
    part = {"source": "STANDARD", "standard": iso, "parent": ids["8.4"], "statement": "Choose suppliers."}
    drafted = await made(company, "Requirement", clause="8.4.1", **part)
    assert (await matrix.read())["8.4"] == "MET"
    await moved(company, drafted, "ACTIVE")
    assert (await matrix.read())["8.4"] == "PARTLY"
    # Under a draft, drafts count: a list of clauses that was taken in shows what is met of it.
    assert (await matrix.read())["8.2"] == "NOT_ASSESSED"
    await matrix.satisfied("8.2.1")
    assert (await matrix.read())["8.2"] == "PARTLY"


@pytest.mark.parametrize("status", RequirementStatus)
@pytest.mark.parametrize("above", RequirementStatus)
def test_which_counts_for_what_it_stands_under(status: RequirementStatus, above: RequirementStatus) -> None:
    draft, active, retired = RequirementStatus
    assert counts(status, above, excused=False) is (status is active or (status is draft and above is draft))
    assert not counts(status, above, excused=True)
    assert not counts(retired, None, excused=False)


async def test_an_earlier_edition_suggests_and_does_not_count(matrix: Matrix) -> None:
    company = matrix.company
    await matrix.satisfied("8.2.1")
    await imported(company, clause("8.2.1"), clause("8.4"), standard=ISO | {"edition": "2026"})
    new = await ids_of(company, "2026")
    later = (await company.data('{ standards(where: { edition: { eq: "2026" } }) { nodes { id } } }'))["standards"]
    mappings = [{"kind": "CHANGED", "earlier": matrix.ids[n], "later": new[n]} for n in ("8.2.1", "8.4")]
    given_ = {"standard": later["nodes"][0]["id"], "mappings": mappings}
    assert (await company.data(MAP, {"input": given_}))["mapRequirements"]["errors"] == []
    text = """{ requirements(where: { standard: { edition: { eq: "2026" } } }, orderBy: [{ field: CLAUSE }]) {
      nodes { clause coverage suggestedBy { label document { title } } } } }"""
    assert (await company.data(text))["requirements"]["nodes"] == [
        {
            "clause": "8.2.1",
            "coverage": "NOT_ASSESSED",
            "suggestedBy": [{"label": "A", "document": {"title": "Procedure"}}],
        },
        {"clause": "8.4", "coverage": "NOT_ASSESSED", "suggestedBy": []},
    ]
    document = await made(company, "Document", title="New", kind="FORM")
    id_ = await made(company, "Revision", document=document, label="B", satisfies=[new["8.4"], matrix.ids["8.4"]])
    await effective(company, id_)
    nodes = (await company.data(text))["requirements"]["nodes"]
    assert [(node["coverage"], len(node["suggestedBy"])) for node in nodes] == [("NOT_ASSESSED", 1), ("MET", 0)]


async def test_who_sees_coverage(matrix: Matrix) -> None:
    await matrix.satisfied("9")
    text = '{ requirements(where: { clause: { eq: "9" } }) { nodes { coverage } } covered: requirements(where: {'
    text += " coverage: { eq: MET } }) { totalCount } standards { nodes { coverageSummary { met } } } }"
    answers: dict[str, Any] = {who: await matrix.company.data(text, who=who) for who in ("auditor", "employee")}
    assert answers["auditor"] == {
        "requirements": {"nodes": [{"coverage": "MET"}]},
        "covered": {"totalCount": 1},
        "standards": {"nodes": [{"coverageSummary": {"met": 1}}]},
    }
    assert answers["employee"] == {
        "requirements": {"nodes": [{"coverage": None}]},
        "covered": {"totalCount": 0},
        "standards": {"nodes": [{"coverageSummary": None}]},
    }


async def test_the_auditors_operation_runs_as_designed(matrix: Matrix, shared: Path) -> None:
    company, ids = matrix.company, matrix.ids
    text, missing = designed(shared, company.installation.graph, "people.graphql", "Auditor")
    assert missing == set()
    await matrix.satisfied("8.4")
    came = await made(company, "Nonconformity", title="Scale", **SEEN)
    audit = await review(company)
    await finding(company, audit, "MINOR", requirement=ids["8.4"], nonconformity=came)
    answer = await company.data(text, {"framework": "ISO 9001"}, who="auditor")
    assert answer["auditIntegrity"] | {"entries": 0, "headHash": ""} == {
        "entries": 0, "intact": True, "firstBroken": None, "headHash": "",
    }  # fmt: skip
    nodes = answer["requirements"]["nodes"]
    clauses = ["8", "8.2", "8.2.1", "8.2.2", "8.3", "8.3.1", "8.4", "9"]
    assert [node["clause"] for node in nodes] == clauses
    assert nodes[6] == {
        "clause": "8.4",
        "statement": None,
        "coverage": "PARTLY",
        "satisfiedBy": [
            {"label": "A", "effectiveFrom": None, "document": {"number": "DOC-2026-00001", "title": "Procedure"}}
        ],
        "verifiedBy": [
            {
                "kind": "MINOR",
                "statement": "The scale was not calibrated.",
                "review": {"number": "RVW-2026-00001", "heldAt": None},
                "nonconformity": {"number": "NC-2026-00001", "status": "OPEN", "actions": []},
            }
        ],
    }
