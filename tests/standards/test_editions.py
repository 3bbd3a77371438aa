"""Lists of clauses: natural order, taking them in with dirty rows, and mapping one edition to another."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.base.errors import Refusal
from qms_graphql.base.ids import from_global, new_id
from qms_graphql.standards.clause_list import ClauseRow, read_clauses
from qms_graphql.standards.rules import RequirementSource, RequirementStatus, clause_key, clauses_above, is_earlier
from tests.conftest import START, Company
from tests.graph.data import put
from tests.records import made, moved, refused

IMPORT = """
mutation Import($input: ImportClausesInput!) {
  importClauses(input: $input) {
    standard { name status version } created updated unchanged rejected
    results { line clause outcome requirement { number title } errors { code field } }
    errors { code field }
  }
}
"""
TREE = """
query Tree($edition: String!) {
  requirements(
    where: { standard: { edition: { eq: $edition } } }, orderBy: [{ field: CLAUSE, direction: ASC }], first: 100
  ) { nodes { clause title source status parent { clause } } }
}
"""
MAP = """
mutation Map($input: MapRequirementsInput!) {
  mapRequirements(input: $input) { standard { version } errors { code field } }
}
"""
ISO = {"framework": "ISO 9001", "edition": "2015", "body": "ISO"}


async def imported(company: Company, *clauses: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {"standard": more.pop("standard", ISO), "clauses": list(clauses)} | more
    answer: dict[str, Any] = (await company.data(IMPORT, {"input": given}))["importClauses"]
    assert answer["errors"] == []
    return answer


def clause(number: str, title: str | None = None, **more: Any) -> dict[str, Any]:
    return {"clause": number, "title": f"About {number}" if title is None else title} | more


def counts(answer: dict[str, Any]) -> tuple[int, ...]:
    return tuple(answer[name] for name in ("created", "updated", "unchanged", "rejected"))


async def tree(company: Company, edition: str = "2015") -> list[tuple[str, str, str | None]]:
    nodes = (await company.data(TREE, {"edition": edition}))["requirements"]["nodes"]
    return [(n["clause"], n["title"], n["parent"] and n["parent"]["clause"]) for n in nodes]


# -- rules -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.integers(0, 10**12), min_size=1, max_size=5)))
def test_keys_sort_as_numbers_do(clauses: list[list[int]]) -> None:
    texts = [".".join(map(str, numbers)) for numbers in clauses]
    assert sorted(texts, key=lambda text: clause_key(text) or "") == [".".join(map(str, n)) for n in sorted(clauses)]


def test_the_clauses_above_a_clause() -> None:
    assert clauses_above("8.2.3.1") == ["8.2.3", "8.2", "8"]
    assert clauses_above("10.2.1 b)") == ["10.2.1", "10.2", "10"]
    assert (clauses_above("4"), clauses_above("(a)"), clauses_above("820.35(a)")) == ([], [], ["820.35", "820"])


def test_a_file_is_read_and_its_dirty_rows_are_told_apart() -> None:
    text = '\ufeff# ours\nClause;Title;Parent\n 4.1. ;"About\nthe place";\n\n4.2;"Stake\u00a0 holders";4\n;;\nx;y;z;w\n'
    rows = read_clauses(text.encode())
    assert [(row.line, row.clause, row.title, row.parent) for row in rows] == [
        (3, "4.1", "About the place", None),
        (6, "4.2", "Stake holders", "4"),
        (8, "x", "y", "z"),
    ]
    assert [row.problem is None for row in rows] == [True, True, False]
    for wrong in (b"", b"clause\n4.1\n", "clause,title\n4.1,\xe9\n".encode("latin-1")):
        with pytest.raises(Refusal) as refusal:
            read_clauses(wrong)
        assert refusal.value.field == ("file",)
    assert read_clauses(b"title\tclause\nPlace\t4.1\n") == [ClauseRow(2, "4.1", "Place")]


# -- taking lists in -------------------------------------------------------------------------------------------------


async def test_a_list_is_taken_in_by_number_and_again_changes_nothing(company: Company) -> None:
    rows = [clause("10.2"), clause("4.10", parent="4.2"), clause("4.4.2", statement="It is written down.")]
    rows += [clause("4"), clause(" 4.2. ", "About 4.2"), clause("4.4")]
    before = await company.event_count()
    foreseen = await imported(company, *rows, dryRun=True)
    assert (foreseen["standard"], counts(foreseen)) == (None, (6, 0, 0, 0))
    assert await company.event_count() == before
    first = await imported(company, *rows)
    assert first["standard"] == {"name": "ISO 9001:2015", "status": "CURRENT", "version": 1}
    assert counts(first) == (6, 0, 0, 0)
    assert first["results"][4] == {
        "line": 5, "clause": "4.2", "outcome": "CREATED", "errors": [],
        "requirement": {"number": "REQ-2026-00005", "title": "About 4.2"},
    }  # fmt: skip
    assert await tree(company) == [
        ("4", "About 4", None),
        ("4.2", "About 4.2", "4"),
        ("4.4", "About 4.4", "4"),
        ("4.4.2", "About 4.4.2", "4.4"),
        ("4.10", "About 4.10", "4.2"),
        ("10.2", "About 10.2", None),
    ]
    events = await company.event_count()
    assert events == before + 7
    assert counts(await imported(company, *rows)) == (0, 0, 6, 0)
    assert await company.event_count() == events
    # A shorter list with another title and a chapter in between changes these alone.
    later = [clause("4.4.2", "How it is written"), clause("10"), clause("10.2")]
    assert counts(await imported(company, *later, dryRun=True)) == (1, 2, 0, 0)
    assert await company.event_count() == events
    assert counts(await imported(company, *later)) == (1, 2, 0, 0)
    assert (await tree(company))[3:] == [
        ("4.4.2", "How it is written", "4.4"),
        ("4.10", "About 4.10", "4.2"),
        ("10", "About 10", None),
        ("10.2", "About 10.2", "10"),
    ]
    nodes = (await company.data(TREE, {"edition": "2015"}))["requirements"]["nodes"]
    assert {(node["source"], node["status"]) for node in nodes} == {("STANDARD", "DRAFT")}


async def test_dirty_rows_are_set_aside_and_counted(company: Company) -> None:
    await imported(company, clause("7.1"), clause("7.2"))
    gone = (await imported(company, clause("7.3", statement="Ours.")))["results"][0]["requirement"]["number"]
    found = await company.data("query ($n: String!) { requirement(by: { number: $n }) { id } }", {"n": gone})
    await moved(company, found["requirement"]["id"], "ACTIVE")
    await moved(company, found["requirement"]["id"], "RETIRED", reason="No longer asked for.")
    rows = [
        clause("7.1", "Means"), clause("", "Nothing"), clause("7.4", " "), clause("7.1", "Again"),
        clause("7.5", parent="7.9"), clause("7.6", parent="7.4"), clause("7.7", "x" * 301), clause("7.8", parent="7.8"),
        clause("7.3", "Other"), clause("7.3.1"), clause("8.1", "a\x00"),
    ]  # fmt: skip
    foreseen = await imported(company, *rows, dryRun=True)
    answer = await imported(company, *rows)
    assert counts(answer) == counts(foreseen) == (1, 1, 0, 9)
    said = {row["line"]: [(error["code"], *error["field"]) for error in row["errors"]] for row in answer["results"]}
    assert said == {
        1: [],
        2: [("REQUIRED", "clause")],
        3: [("REQUIRED", "title")],
        4: [("CONFLICT", "clause")],
        5: [("UNKNOWN_REFERENCE", "parent")],
        6: [("UNKNOWN_REFERENCE", "parent")],
        7: [("TOO_LONG", "title")],
        8: [("INVALID", "parent")],
        9: [("INVALID", "clause")],
        10: [],
        11: [("INVALID", "title")],
    }
    assert await tree(company) == [
        ("7.1", "Means", None),
        ("7.2", "About 7.2", None),
        ("7.3", "About 7.3", None),
        ("7.3.1", "About 7.3.1", "7.3"),
    ]
    # Nothing that stands: then the standard is not made either.
    none = await imported(company, clause("1", ""), standard={"framework": "X", "edition": "1"})
    assert (none["standard"], counts(none)) == (None, (0, 0, 0, 1))
    many = {"standard": ISO, "clauses": [clause(str(n)) for n in range(5001)]}
    events = await company.event_count()
    answer = (await company.data(IMPORT, {"input": many}))["importClauses"]
    assert answer["errors"] == [{"code": "TOO_LONG", "field": ["clauses"]}]
    wrong = {"standard": {"framework": "", "edition": "1"}, "clauses": [clause("1")]}
    answer = (await company.data(IMPORT, {"input": wrong}))["importClauses"]
    assert answer["errors"] == [{"code": "REQUIRED", "field": ["standard", "framework"]}]
    assert await company.event_count() == events


async def test_a_clause_is_known_however_it_is_spelled_and_an_ambiguous_one_is_set_aside(company: Company) -> None:
    await imported(company, clause("8"), clause("8.5.1"))
    assert counts(await imported(company, clause("08.5.01."), clause("8.5.1 :"))) == (0, 1, 0, 1)
    under = await imported(company, clause("8.9", parent="8.05.1."))
    assert counts(under) == (1, 0, 0, 0)
    assert (await tree(company))[1:] == [("8.5.1", "About 08.5.01.", "8"), ("8.9", "About 8.9", "8.5.1")]
    # What shall take the place of another one makes nobody guess; what was there twice before does.
    iso = (await company.data("{ standards { nodes { id } } }"))["standards"]["nodes"][0]["id"]
    given_ = {"source": "STANDARD", "clause": "8.5.1", "standard": iso}
    await made(company, "Requirement", supersedes=(await ids_of(company, "2015"))["8.5.1"], **given_)
    assert counts(await imported(company, clause("8.5.1", "Control"))) == (0, 1, 0, 0)
    row = {
        "organization_id": company.id, "id": new_id(), "version": 1, "created_at": START, "updated_at": START,
        "number": "REQ-2025-00001", "source": RequirementSource.STANDARD, "status": RequirementStatus.DRAFT,
        "clause": "8.9", "clause_key": clause_key("8.9"), "standard_id": from_global(iso)[1],
    }  # fmt: skip
    await put(company.installation.database, company.id, {"requirement": [row]})
    events = await company.event_count()
    for dry in (True, False):
        answer = await imported(company, clause("8.9", "Twice"), dryRun=dry)
        (told,) = answer["results"]
        assert told["errors"] == [{"code": "CONFLICT", "field": ["clause"]}]
        assert counts(answer) == (0, 0, 0, 1)
    assert await company.event_count() == events


async def test_a_clause_that_somebody_placed_stays_there(company: Company) -> None:
    await imported(company, clause("8"), clause("8.1"), clause("9"))
    ids = await ids_of(company, "2015")
    change = "mutation ($input: UpdateRequirementInput!) { updateRequirement(input: $input) { errors { code } } }"
    given = {"id": ids["8.1"], "version": 1, "parent": ids["9"]}
    assert (await company.data(change, {"input": given}))["updateRequirement"]["errors"] == []
    assert counts(await imported(company, clause("8.1"))) == (0, 0, 1, 0)
    assert counts(await imported(company, clause("8.1", parent="8"))) == (0, 1, 0, 0)


async def test_a_requirement_that_does_not_apply_says_why(company: Company) -> None:
    for reason, code in ((" ", "REQUIRED"), ("x" * 2001, "TOO_LONG")):
        create = """mutation ($input: CreateRequirementInput!) {
          createRequirement(input: $input) { requirement { id } errors { code field } } }"""
        given = {"source": "STANDARD", "clause": "8.3", "notApplicableReason": reason}
        await refused(company, create, given, (code, ["notApplicableReason"]))
    id_ = await made(company, "Requirement", source="STANDARD", clause="8.3", title="Design")
    text = "query ($id: ID!) { requirement(by: { id: $id }) { title history { nodes { changes { field } } } } }"
    shown = (await company.data(text, {"id": id_}))["requirement"]
    assert shown["title"] == "Design"
    (entry,) = shown["history"]["nodes"]
    told = {change["field"] for change in entry["changes"]}
    assert (told & {"clause", "title"}, told & {"clause_key", "clauseKey"}) == ({"clause", "title"}, set())


# -- mapping ---------------------------------------------------------------------------------------------------------


async def ids_of(company: Company, edition: str) -> dict[str, str]:
    text = """query ($edition: String!) { requirements(where: { standard: { edition: { eq: $edition } } }, first: 100) {
      nodes { id clause } } }"""
    nodes = (await company.data(text, {"edition": edition}))["requirements"]["nodes"]
    return {node["clause"]: node["id"] for node in nodes}


@dataclass
class Editions:
    """Two editions of a framework: the ids of their clauses, and of the later one."""

    company: Company
    old: dict[str, str]
    new: dict[str, str]
    later: str

    @property
    def one(self) -> dict[str, str]:
        return {"earlier": self.old["6.1"], "later": self.new["6.1"]}

    async def mapped(self, *items: Any, **more: Any) -> dict[str, Any]:
        given = {"standard": self.later, "mappings": list(items)} | more
        answer: dict[str, Any] = (await self.company.data(MAP, {"input": given}))["mapRequirements"]
        assert answer["errors"] == []
        return answer["standard"]


@pytest.fixture
async def editions(company: Company) -> Editions:
    await imported(company, clause("4.1"), clause("6.1"), clause("7.6"))
    draft = ISO | {"edition": "2026", "status": "DRAFT"}
    await imported(company, clause("4.1"), clause("6.1"), clause("6.4"), standard=draft)
    found = await company.data('{ standards(where: { edition: { eq: "2026" } }) { nodes { id } } }')
    later = found["standards"]["nodes"][0]["id"]
    return Editions(company, await ids_of(company, "2015"), await ids_of(company, "2026"), later)


async def test_a_mapping_leads_from_one_edition_to_another(editions: Editions) -> None:
    company, later, one = editions.company, editions.later, editions.one
    old, new = editions.old, editions.new
    await imported(company, clause("4.1"), standard={"framework": "ISO 14001", "edition": "15"})
    other = (await ids_of(company, "15"))["4.1"]
    for wrong, error in (
        ({"kind": "SAME", "later": new["6.1"]}, ("REQUIRED", ["mappings", "0", "earlier"])),
        ({"kind": "NEW", **one}, ("INVALID", ["mappings", "0", "earlier"])),
        ({"kind": "SAME", "earlier": new["4.1"], "later": new["6.1"]}, ("INVALID", ["mappings", "0", "earlier"])),
        ({"kind": "SAME", "earlier": other, "later": new["6.1"]}, ("INVALID", ["mappings", "0", "earlier"])),
        ({"kind": "SAME", "earlier": old["6.1"], "later": old["4.1"]}, ("INVALID", ["mappings", "0", "later"])),
        ({"kind": "SAME", "earlier": old["6.1"], "later": later}, ("INVALID", ["mappings", "0", "later"])),
        ({"kind": "SAME", "note": "x" * 2001, **one}, ("TOO_LONG", ["mappings", "0", "note"])),
    ):
        await refused(company, MAP, {"standard": later, "mappings": [wrong]}, error)
    twice = {"standard": later, "mappings": [{"kind": "SAME", **one}] * 2}
    await refused(company, MAP, twice, ("CONFLICT", ["mappings", "1"]))
    await refused(company, MAP, {"standard": later, "version": 9, "mappings": []}, ("CONFLICT", ["version"]))
    await refused(company, MAP, {"standard": later[:-4] + "ffff", "mappings": []}, ("NOT_FOUND", ["standard"]))


async def test_mappings_lead_forward(editions: Editions) -> None:
    company, one = editions.company, editions.one
    found = await company.data('{ standards(where: { edition: { eq: "2015" } }) { nodes { id } } }')
    back = {"kind": "SAME", "earlier": one["later"], "later": one["earlier"]}
    given = {"standard": found["standards"]["nodes"][0]["id"], "mappings": [back]}
    await refused(company, MAP, given, ("INVALID", ["mappings", "0", "earlier"]))
    await editions.mapped({"kind": "SAME", **one})


@pytest.mark.parametrize(
    ("edition", "other", "earlier"),
    [("2015", "2026", True), ("2026", "2015", False), ("9", "10", True), ("2016", "2016+A11:2021", True),
     ("2015", "2015", False)],
)  # fmt: skip
def test_which_edition_is_the_earlier_one(edition: str, other: str, earlier: bool) -> None:
    assert is_earlier(edition, other) is earlier


async def test_editions_are_mapped(editions: Editions) -> None:
    company, old, new = editions.company, editions.old, editions.new
    mappings = [
        {"later": new["6.4"], "kind": "NEW"},
        {"earlier": old["7.6"], "kind": "REMOVED"},
        {"kind": "CHANGED", "note": "Wider.", **editions.one},
    ]
    assert await editions.mapped(*mappings) == {"version": 2}
    events = await company.event_count()
    assert await editions.mapped(*mappings[::-1]) == {"version": 2}
    assert await company.event_count() == events
    # One more beside them, and another kind of one that is there.
    same = {"kind": "SAME", "earlier": old["4.1"], "later": new["4.1"]}
    await editions.mapped(same, {"kind": "SAME", **editions.one})
    shown = await company.data(
        """query ($id: ID!, $earlier: ID!, $later: ID!) {
          standard(by: { id: $id }) { mappings { kind note earlier { clause } later { clause } } }
          earlier: requirement(by: { id: $earlier }) {
            mappedTo { kind later { standard { name } clause } } mappedFrom { kind }
          }
          later: requirement(by: { id: $later }) { mappedFrom { kind earlier { standard { name } } } }
          requirements(where: { mappedFrom: { some: { kind: { eq: NEW } } } }) { nodes { clause } }
        }""",
        {"id": editions.later, "earlier": old["6.1"], "later": new["6.1"]},
    )
    assert shown["standard"]["mappings"] == [
        {"kind": "SAME", "note": None, "earlier": {"clause": "4.1"}, "later": {"clause": "4.1"}},
        {"kind": "SAME", "note": None, "earlier": {"clause": "6.1"}, "later": {"clause": "6.1"}},
        {"kind": "NEW", "note": None, "earlier": None, "later": {"clause": "6.4"}},
        {"kind": "REMOVED", "note": None, "earlier": {"clause": "7.6"}, "later": None},
    ]
    assert shown["earlier"] == {
        "mappedTo": [{"kind": "SAME", "later": {"standard": {"name": "ISO 9001:2026"}, "clause": "6.1"}}],
        "mappedFrom": [],
    }
    assert shown["later"] == {"mappedFrom": [{"kind": "SAME", "earlier": {"standard": {"name": "ISO 9001:2015"}}}]}
    assert shown["requirements"]["nodes"] == [{"clause": "6.4"}]
    await editions.mapped(mappings[0], replaces=True)
    text = "query ($id: ID!) { standard(by: { id: $id }) { mappings { kind } } }"
    left = await company.data(text, {"id": editions.later})
    assert left["standard"]["mappings"] == [{"kind": "NEW"}]


async def test_who_may_take_in_and_map(company: Company) -> None:
    for who in ("employee", "auditor", "complaint_handler", "connector:shop"):
        await company.token(who)
    events = await company.event_count()
    for who in ("employee", "auditor", "complaint_handler", "connector:shop"):
        for text, input_ in (
            (IMPORT, {"standard": ISO, "clauses": [clause("4")]}),
            (MAP, {"standard": "standard_" + "0" * 32, "mappings": []}),
        ):
            answer = await company.ask(text, {"input": input_}, who=who)
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await company.event_count() == events
