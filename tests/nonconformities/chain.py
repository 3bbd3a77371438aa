"""Short ways along the chain: a nonconformity, its causes, its actions, and what is observed of them."""

from typing import Any

from tests.conftest import Company
from tests.records import made, moved, signature_of, version_of, walked

UPDATE = """
mutation ($input: UpdateNonconformityInput!) {
  updateNonconformity(input: $input) { nonconformity { id } errors { code field } }
}
"""
VERIFY = "mutation ($input: VerifyCauseInput!) { verifyCause(input: $input) { cause { id } errors { code field } } }"
DONE = {"action": {"evidence": [{"text": "Seen."}]}}


async def nonconformity(company: Company, **fields: Any) -> str:
    """A nonconformity, just found."""
    given = {"title": "Lids crack", "origin": "COMPLAINT", "detectedAt": "2026-03-01T08:00:00Z"}
    return await made(company, "Nonconformity", **(given | fields))


async def changed(company: Company, id_: str, **fields: Any) -> None:
    """Change a nonconformity."""
    given = {"id": id_, "version": await version_of(company, id_)} | fields
    assert (await company.data(UPDATE, {"input": given}))["updateNonconformity"]["errors"] == []


async def root_cause(company: Company, id_: str, **fields: Any) -> str:
    """A verified root cause of a nonconformity."""
    given = {"statement": "It cools for 12 s only.", "category": "METHOD", "evidence": "Trial 7.", "isRoot": True}
    cause = await made(company, "Cause", nonconformity=id_, **(given | fields))
    await verify(company, cause)
    return cause


async def verify(company: Company, cause: str) -> None:
    """Hold a cause against its evidence."""
    given = {"id": cause, "version": await version_of(company, cause)}
    assert (await company.data(VERIFY, {"input": given}))["verifyCause"]["errors"] == []


async def action(company: Company, kind: str = "CORRECTIVE", **fields: Any) -> str:
    """An action that is planned."""
    return await made(company, "Action", **({"title": f"A {kind}", "kind": kind} | fields))


async def observed(company: Company, action_: str, verdict: str) -> None:
    """Carry an action out, and observe that it is so (with the fixture ``observing``)."""
    await walked(company, action_, "IN_PROGRESS", "DONE", changes=DONE)
    await moved(company, action_, "CHECKING", changes={"action": {"description": verdict}})
    await moved(company, action_, verdict)


async def status(company: Company, id_: str) -> str:
    """Where a record is."""
    found = await company.data("query ($id: ID!) { node(id: $id) { ... on Record { state } } }", {"id": id_})
    return found["node"]["state"]


async def plan(company: Company, id_: str, *pairs: tuple[str, str | None]) -> None:
    """Plan actions, each with the cause that it removes."""
    await changed(company, id_, plan=[{"action": action_, "cause": cause} for action_, cause in pairs])


async def analysed(company: Company, **fields: Any) -> tuple[str, str]:
    """A nonconformity that is ANALYSED, and its root cause."""
    id_ = await nonconformity(company, **fields)
    cause = await root_cause(company, id_)
    await moved(company, id_, "CONTAINED", changes={"nonconformity": {"containmentNotNeeded": "None was sold."}})
    await moved(company, id_, "ANALYSED", changes={"nonconformity": {"similarOccurrence": "The Heron, too."}})
    return id_, cause


CLOSING = {"riskWaived": "Rated for this.", "documentWaived": "None says so."}


async def closing(company: Company, who: str = "quality_manager", **changes: Any) -> dict[str, Any]:
    """What goes with the move to CLOSED: who signs it, and what is waived."""
    return {
        "who": who,
        "signature": await signature_of(company, who),
        "changes": {"nonconformity": CLOSING | changes},
    }
