"""Who has left is given no work: one rule for every column that names somebody for it."""

from typing import Any

import pytest

from qms_graphql.schema import tables
from tests.conftest import Company
from tests.effectiveness.test_objectives import OBJECTIVE_OF_CSAT
from tests.people.test_people import UPDATE_USER
from tests.records import made, refused

AUDIT = {"title": "Scale", "origin": "AUDIT", "detectedAt": "2026-03-01T09:00:00Z"}
SAID = {"source": "REVIEW", "text": "It broke.", "occurredAt": "2026-03-01T09:00:00Z"}
NAMED: dict[str, tuple[str, dict[str, Any]]] = {
    "action.owner_id": ("Action", {"title": "Sweep", "kind": "CORRECTION"}),
    "action.verifier_id": ("Action", {"title": "Sweep", "kind": "CORRECTION"}),
    "complaint.handler_id": ("Complaint", {"nature": "The lid cracked."}),
    "document.owner_id": ("Document", {"title": "Lid", "kind": "FORM"}),
    "feedback.assignee_id": ("Feedback", SAID),
    "nonconformity.owner_id": ("Nonconformity", AUDIT),
    "objective.owner_id": ("Objective", OBJECTIVE_OF_CSAT),
    "requirement.owner_id": ("Requirement", {"source": "INTERNAL", "statement": "It is clean."}),
    "review.lead_id": ("Review", {"title": "Moulding", "kind": "TEAM_MEETING"}),
    "risk.owner_id": ("Risk", {"title": "The lid cracks."}),
}
"""By the column: a record that names nobody there yet. Of trainings ``tests/training`` has a test of its own."""


async def person(company: Company) -> str:
    """Somebody who works here."""
    return await made(company, "User", name="Ed", roles=["EMPLOYEE", "DEPARTMENT_HEAD"])


async def leaves(company: Company, id_: str) -> None:
    """Somebody leaves."""
    given = {"id": id_, "version": 1, "active": False}
    assert (await company.data(UPDATE_USER, {"input": given}))["updateUser"]["errors"] == []


def test_every_column_that_gives_work_is_looked_at() -> None:
    working = {
        f"{table.name}.{column.name}"
        for table in tables().sorted_tables
        for column in table.columns
        if column.info.get("works")
    }
    assert working - {"training_record.user_id"} == set(NAMED)


@pytest.mark.parametrize("column", NAMED)
async def test_who_has_left_is_not_named_for_work(company: Company, column: str) -> None:
    kind, given = NAMED[column]
    field, key = column.partition(".")[2].removesuffix("_id"), kind[0].lower() + kind[1:]
    ed, kim = await person(company), await made(company, "User", name="Kim", roles=["EMPLOYEE"])
    kept = await made(company, kind, **given, **{field: ed})
    other = await made(company, kind, **given, **{field: kim})
    await leaves(company, ed)
    create, update = (
        f"mutation ($input: {verb}{kind}Input!) {{ {verb.lower()}{kind}(input: $input) {{ {key} {{ id }}"
        " errors { code field } } }"
        for verb in ("Create", "Update")
    )
    await refused(company, create, given | {field: ed}, ("INVALID", [field]))
    await refused(company, update, {"id": other, "version": 1, field: ed}, ("INVALID", [field]))
    # Who was named before stays, until somebody else is.
    for version, who in ((1, ed), (1, kim)):
        change = {"id": kept, "version": version, field: who}
        (answer,) = (await company.data(update, {"input": change})).values()
        assert answer["errors"] == []
