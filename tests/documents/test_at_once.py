"""Several at once: whoever is first wins, the other is told, and one revision of a document is effective at most."""

import asyncio
from typing import Any

import pytest

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global, new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import RevisionStatus
from tests.base.work import scheduler, work
from tests.conftest import Company
from tests.documents.paper import APPROVER, HEAD, approved, document, effective, revision
from tests.documents.test_approval import APPROVE
from tests.records import MOVE, moved, signature_of, version_of

ROUNDS = range(3)
STATES = "query ($id: ID!) { document(by: { id: $id }) { revisions { nodes { label state } } } }"


async def states(company: Company, paper: str) -> dict[str, str]:
    found = (await company.data(STATES, {"id": paper}))["document"]["revisions"]["nodes"]
    return {node["label"]: node["state"] for node in found}


async def in_force(company: Company, paper: str) -> Any:
    """What is effective of a document."""
    text = "query ($id: ID!) { document(by: { id: $id }) { effective { label } } }"
    return (await company.data(text, {"id": paper}))["document"]["effective"]


async def asked(company: Company, id_: str, to: str, who: str = "admin", **more: Any) -> Any:
    """A move that somebody asks for at the version there is now; not yet sent."""
    given = {"id": id_, "to": to, "version": await version_of(company, id_)} | more
    await company.token(who)
    return company.data(MOVE, {"input": given}, who=who)


@pytest.mark.parametrize("round_", ROUNDS)
async def test_two_approvers(company: Company, round_: int) -> None:
    id_ = await revision(company, await document(company, kind="PROCEDURE"), "1")
    await moved(company, id_, "IN_REVIEW")
    version = await version_of(company, id_)
    both = (APPROVER, HEAD) if round_ else (HEAD, APPROVER)
    given = [{"id": id_, "version": version, "signature": await signature_of(company, who)} for who in both]
    asks = [company.data(APPROVE, {"input": one}, who=who) for one, who in zip(given, both, strict=True)]
    answers = [answer["approveRevision"]["errors"] for answer in await asyncio.gather(*asks)]
    assert sorted(len(errors) for errors in answers) == [0, 1]
    assert [error for errors in answers for error in errors] == [{"code": "CONFLICT", "field": ["version"]}]
    text = "query ($id: ID!) { revision(by: { id: $id }) { state approvals { role } } }"
    shown = (await company.data(text, {"id": id_}))["revision"]
    assert (shown["state"], len(shown["approvals"])) == ("IN_REVIEW", 1)


@pytest.mark.parametrize("round_", ROUNDS)
async def test_two_revisions_that_change_the_same_one(company: Company, round_: int) -> None:
    paper = await document(company)
    await effective(company, paper, "A")
    both = [await approved(company, paper, label) for label in ("B", "C")]
    asks = [await asked(company, id_, "EFFECTIVE") for id_ in (both if round_ else reversed(both))]
    answers = [answer["transition"]["errors"] for answer in await asyncio.gather(*asks)]
    # Whether the loser comes late or at the same instant, on either database: somebody else was first.
    assert sorted(error["code"] for errors in answers for error in errors) == ["CONFLICT"]
    assert sorted(map(len, answers)) == [0, 1]
    found = await states(company, paper)
    assert sorted(found.values()) == ["APPROVED", "EFFECTIVE", "OBSOLETE"]
    assert found["A"] == "OBSOLETE"


@pytest.mark.parametrize("round_", ROUNDS)
async def test_two_first_revisions(company: Company, round_: int) -> None:
    """There is none yet whose row could be waited for: the document's is."""
    paper = await document(company)
    both = [await approved(company, paper, label) for label in ("B", "C")]
    asks = [await asked(company, id_, "EFFECTIVE") for id_ in (both if round_ else reversed(both))]
    answers = [answer["transition"]["errors"] for answer in await asyncio.gather(*asks)]
    assert [error["code"] for errors in answers for error in errors] == ["CONFLICT"]
    assert sorted((await states(company, paper)).values()) == ["APPROVED", "EFFECTIVE"]


@pytest.mark.parametrize("round_", ROUNDS)
async def test_what_holds_is_withdrawn_while_another_takes_its_place(company: Company, round_: int) -> None:
    paper = await document(company)
    first = await effective(company, paper, "A")
    second = await approved(company, paper, "B")
    asks = [
        await asked(
            company, first, "OBSOLETE", reason="No longer made.", signature=await signature_of(company, "admin")
        ),
        await asked(company, second, "EFFECTIVE"),
    ]
    answers = [answer["transition"]["errors"] for answer in await asyncio.gather(*(asks if round_ else reversed(asks)))]
    assert {error["code"] for errors in answers for error in errors} <= {"CONFLICT"}
    assert sum(map(bool, answers)) <= 1
    found = await states(company, paper)
    assert found["A"] == "OBSOLETE"
    assert found["B"] == ("EFFECTIVE" if await in_force(company, paper) else "APPROVED")


@pytest.mark.parametrize("round_", ROUNDS)
async def test_a_date_is_reached_while_another_one_is_approved(company: Company, round_: int) -> None:
    paper = await document(company)
    await effective(company, paper, "A")
    await approved(company, paper, "B")
    other = await revision(company, paper, "C", effectiveFrom="2026-03-01T00:00:00Z")
    await moved(company, other, "IN_REVIEW")
    move = await asked(company, other, "APPROVED", APPROVER, signature=await signature_of(company, APPROVER))
    asks = [move, scheduler(company).run_due()]
    done = await asyncio.gather(*(asks if round_ else reversed(asks)))
    answer, runs = done if round_ else reversed(done)
    # Approved before the date was reached, or refused since: what it changes was replaced.
    late = [(error["code"], error["field"]) for error in answer["transition"]["errors"]]
    assert late in ([], [("CONFLICT", ["changes", "revision", "supersedes"])])
    assert [(run.done, run.error) for run in runs if run.job.startswith("documents")] == [(1, None)]
    # Whichever of the two took effect, the other one does not replace it: it changes one that is obsolete.
    found = await states(company, paper)
    assert found == {"A": "OBSOLETE", "B": "EFFECTIVE", "C": "IN_REVIEW" if late else "APPROVED"}


async def test_of_several_processes_one_does_a_run_and_what_is_held_back_is_counted(company: Company) -> None:
    paper, other = await document(company), await document(company)
    due = await approved(company, paper, "A")
    overtaking = await approved(company, other, "A")
    # When A is, it is no change of what is effective: somebody has to see to it.
    await approved(company, other, "B", effectiveFrom="2026-03-02T09:29:59Z")
    await moved(company, overtaking, "EFFECTIVE")
    await approved(company, await document(company), "A", effectiveFrom="2026-03-02T09:31:00Z")
    found = [run for runs in await asyncio.gather(*(scheduler(company).run_due() for _ in range(4))) for run in runs]
    assert [(run.done, run.held, run.error) for run in found if run.job.startswith("documents")] == [(1, 1, None)]
    assert (await states(company, paper)) == {"A": "EFFECTIVE"}
    text = "{ scheduledRuns(first: 9) { job dueAt endedAt done held error } }"
    assert {
        "job": "documents: take effect",
        "dueAt": "2026-03-02T09:30:00Z",
        "endedAt": "2026-03-02T09:30:00Z",
        "done": 1,
        "held": 1,
        "error": None,
    } in (await company.data(text))["scheduledRuns"]
    text = "query ($id: ID!) { revision(by: { id: $id }) { history(first: 1) { nodes { actorName toState } } } }"
    newest = (await company.data(text, {"id": due}))["revision"]["history"]["nodes"]
    assert newest == [{"actorName": "scheduler", "toState": "EFFECTIVE"}]


async def test_the_database_itself_holds_no_two(company: Company) -> None:
    """Whatever a program forgets: not the second of them is written."""
    paper = await document(company)
    document_id = from_global(paper)[1]

    async def both(unit: UnitOfWork) -> None:
        rows = [{"label": n, "number": n, "document_id": document_id, "status": RevisionStatus.EFFECTIVE} for n in "AB"]
        await unit.save(Revision, [Draft(new_id(), row) for row in rows])

    with pytest.raises(Refusal) as refused:
        await work(company, both)
    assert refused.value.code is ErrorCode.CONFLICT
    assert await states(company, paper) == {}
