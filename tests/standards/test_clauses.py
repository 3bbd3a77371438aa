"""A clause of an edition is that of one requirement, however it is spelled and whoever comes at the same moment."""

import asyncio

import pytest

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global, new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.standards.model import Requirement
from qms_graphql.standards.rules import RequirementSource, RequirementStatus, clause_key
from tests.base.work import work
from tests.conftest import Company
from tests.records import made, moved, refused, unmoved
from tests.standards.test_standards import CREATE, UPDATE

SPELLED = ("8.2.1", " 8.2.1", "8.02.1", "08.2.1.", "8.2.1 :")


async def test_a_clause_of_an_edition_is_that_of_one_requirement(company: Company) -> None:
    iso = await made(company, "Standard", framework="ISO 9001", edition="2015")
    other = await made(company, "Standard", framework="ISO 9001", edition="2026")
    given = {"source": "STANDARD", "clause": "8.2.1", "statement": "Communicate with customers.", "standard": iso}
    first = await made(company, "Requirement", **given)
    free = await made(company, "Requirement", **given | {"clause": "8.2.2"})
    for spelled in SPELLED:
        await refused(company, CREATE, given | {"clause": spelled}, ("CONFLICT", ["clause"]))
        await refused(company, UPDATE, {"id": free, "version": 1, "clause": spelled}, ("CONFLICT", ["clause"]))
    apart = await made(company, "Requirement", **given | {"standard": other})
    await refused(company, UPDATE, {"id": apart, "version": 1, "standard": iso}, ("CONFLICT", ["clause"]))
    # What shall take its place is worded beside it; one such is enough, and it does not just stop to say so.
    follower = await made(company, "Requirement", supersedes=first, **given)
    await refused(company, CREATE, given | {"supersedes": first}, ("CONFLICT", ["clause"]))
    await refused(company, UPDATE, {"id": follower, "version": 1, "supersedes": None}, ("CONFLICT", ["clause"]))
    await moved(company, first, "ACTIVE")
    await unmoved(company, follower, "ACTIVE", ("CONFLICT", ["changes", "requirement", "clause"]))
    padded = {"requirement": {"clause": " 08.2.1 "}}
    await unmoved(company, follower, "ACTIVE", ("CONFLICT", ["changes", "requirement", "clause"]), changes=padded)
    await moved(company, follower, "ACTIVE", changes={"requirement": {"clause": "8.2.3"}})
    version = await company.data("query ($id: ID!) { requirement(by: { id: $id }) { version } }", {"id": follower})
    taken = {"id": follower, "version": version["requirement"]["version"], "clause": "8.2.1", "reason": "It was."}
    await refused(company, UPDATE, taken, ("CONFLICT", ["clause"]))
    # Once the first holds no more, its clause is free.
    await moved(company, first, "RETIRED", reason="Worded anew.")
    await moved(company, await made(company, "Requirement", **given), "ACTIVE")
    # What comes from a standard says from which; what does not may stand in a clause of its own.
    given.pop("standard")
    place = ["changes", "requirement", "standard"]
    await unmoved(company, await made(company, "Requirement", **given), "ACTIVE", ("REQUIRED", place))
    own = given | {"source": "INTERNAL"}
    for id_ in [await made(company, "Requirement", **own) for _ in range(2)]:
        await moved(company, id_, "ACTIVE")


async def test_of_two_who_take_a_clause_at_once_one_has_it(company: Company) -> None:
    iso = await made(company, "Standard", framework="ISO 9001", edition="2015")
    given = {"source": "STANDARD", "clause": "8.2.1", "standard": iso}
    answers = await asyncio.gather(*(company.data(CREATE, {"input": given}) for _ in range(6)))
    errors = [answer["createRequirement"]["errors"] for answer in answers]
    assert sorted(errors, key=len) == [[]] + [[{"code": "CONFLICT", "field": ["clause"]}]] * 5
    assert (await company.data("{ requirements { totalCount } }"))["requirements"]["totalCount"] == 1


async def test_the_database_itself_holds_no_two_of_a_clause(company: Company) -> None:
    """Whatever a program forgets: not the second of them is written."""
    iso = from_global(await made(company, "Standard", framework="ISO 9001", edition="2015"))[1]

    async def both(unit: UnitOfWork) -> None:
        row = {"source": RequirementSource.STANDARD, "status": RequirementStatus.ACTIVE, "standard_id": iso}
        rows = [row | {"number": number, "clause": "4", "clause_key": clause_key("4")} for number in "AB"]
        await unit.save(Requirement, [Draft(new_id(), row) for row in rows])

    with pytest.raises(Refusal) as found:
        await work(company, both)
    assert found.value.code is ErrorCode.CONFLICT
    assert (await company.data("{ requirements { totalCount } }"))["requirements"]["totalCount"] == 0
