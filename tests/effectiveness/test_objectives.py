"""Objectives: measured when read, decided when they are due."""

from typing import Any

import pytest

from qms_graphql.base.machines import moves
from qms_graphql.effectiveness.rules import OBJECTIVE, ObjectiveStatus
from tests.conftest import Company
from tests.effectiveness.conftest import AIM, answered, at
from tests.metrics.shop import Shop
from tests.records import made, moved, refused, unmoved

OBJECTIVE_OF_CSAT = {"title": "Seven of ten are satisfied", **AIM, "dueAt": "2026-06-01T00:00:00Z"}
SHOWN = """
query ($id: ID!) { node(id: $id) { ... on Objective {
  number status target overdue onTrack progress decidedAt
  metric { code }
  baseline { value n } current { value n }
} } }
"""
CREATE = """
mutation ($input: CreateObjectiveInput!) {
  createObjective(input: $input) { objective { id } errors { code field } }
}
"""
UPDATE = """
mutation ($input: UpdateObjectiveInput!) {
  updateObjective(input: $input) { objective { version } errors { code field } }
}
"""
NOTHING = {"value": None, "n": 0}


async def objective(company: Company, **more: Any) -> str:
    id_: str = await made(company, "Objective", **OBJECTIVE_OF_CSAT | more)
    return id_


async def shown(company: Company, id_: str, who: str = "admin") -> Any:
    return (await company.data(SHOWN, {"id": id_}, who=who))["node"]


async def test_an_objective_says_where_it_began_where_it_is_and_where_it_should_be(
    shop: Shop, company: Company
) -> None:
    id_ = await objective(company)
    await answered(shop, "02-10", 50, 100)
    fixed = {
        "number": "OBJ-2026-00001",
        "status": "ACTIVE",
        "target": 0.7,
        "decidedAt": None,
        "metric": {"code": "CSAT"},
        "baseline": {"value": 0.5, "n": 100},
    }
    assert await shown(company, id_) == fixed | {
        "overdue": False, "onTrack": None, "progress": None, "current": NOTHING
    }  # fmt: skip
    # Of the way from March to June a third is gone in April, and two thirds in May.
    await answered(shop, "03-20", 58, 100)
    for day, on_track, progress in (("04-01", True, 0.4), ("05-01", False, 0.4)):
        company.installation.clock.set(at(day))
        found = await shown(company, id_)
        assert found.pop("progress") == pytest.approx(progress)
        assert found == fixed | {"overdue": False, "onTrack": on_track, "current": {"value": 0.58, "n": 100}}
    company.installation.clock.set(at("06-01"))
    found = await shown(company, id_)
    assert (found["overdue"], found["onTrack"]) == (True, None)
    # The window is as long as the baseline's 59 days: what was said in March lies before it.
    assert found["current"] == NOTHING


async def test_a_target_that_is_met_is_on_track_whatever_the_time(shop: Shop, company: Company) -> None:
    id_ = await objective(company)
    await answered(shop, "02-10", 50, 100)
    await answered(shop, "05-20", 7, 10)
    company.installation.clock.set(at("05-31"))
    found = await shown(company, id_)
    assert (found["onTrack"], found["progress"]) == (True, pytest.approx(1.0))


@pytest.mark.parametrize(
    ("satisfied", "reached", "other"), [(7, "MET", "MISSED"), (6, "MISSED", "MET"), (0, "MISSED", "MET")]
)
async def test_when_it_is_due_the_value_decides(
    shop: Shop, company: Company, satisfied: int, reached: str, other: str
) -> None:
    id_ = await objective(company)
    await answered(shop, "05-20", satisfied, 10 if satisfied else 0)
    for early in ("MET", "MISSED"):
        place = ["changes", "objective", "dueAt"]
        met = [("INVALID", ["to"])] if early == "MET" else []
        await unmoved(company, id_, early, ("INVALID", place), *met)
    company.installation.clock.set(at("06-02"))
    await unmoved(company, id_, other, ("INVALID", ["to"]))
    # What is said after the due date does not count any more.
    await answered(shop, "06-01", 20 - 2 * satisfied, 20)
    assert await moved(company, id_, reached) == {"id": id_, "state": reached, "version": 2}
    found = await shown(company, id_)
    kept = {"value": satisfied / 10, "n": 10} if satisfied else NOTHING
    assert (found["current"], found["decidedAt"], found["overdue"]) == (kept, "2026-06-02T00:00:00Z", False)
    # Nor what comes in later of the time before.
    await answered(shop, "05-21", 0, 5)
    assert (await shown(company, id_))["current"] == kept


async def test_an_objective_is_given_up_with_a_reason(company: Company) -> None:
    id_ = await objective(company)
    await unmoved(company, id_, "CANCELLED", ("REQUIRED", ["reason"]))
    assert (await moved(company, id_, "CANCELLED", reason="The product is not sold any more."))["state"] == "CANCELLED"
    await refused(company, UPDATE, {"id": id_, "version": 2, "title": "Something else"}, ("INVALID", ["id"]))
    for state in ObjectiveStatus:
        await unmoved(company, id_, state.value, ("INVALID", ["to"]))


def test_an_objective_is_decided_once() -> None:
    active = ObjectiveStatus.ACTIVE
    assert moves(OBJECTIVE) == [(active, to) for to in ObjectiveStatus if to is not active]


@pytest.mark.parametrize("who", ["auditor", "employee"])
async def test_who_only_reads_decides_nothing(company: Company, who: str) -> None:
    id_ = await objective(company)
    await company.token(who)
    told = await company.data(
        "query ($id: ID!) { node(id: $id) { ... on Objective { transitions { to allowed } } } }", {"id": id_}, who=who
    )
    assert told["node"]["transitions"] == [
        {"to": state, "allowed": False} for state in ("MET", "MISSED", "CANCELLED")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"dueAt": "2026-03-02T09:30:00Z"}, [("OUT_OF_RANGE", ["dueAt"])]),
        ({"baselineUntil": "2026-01-01T00:00:00Z"}, [("INVALID", ["baselineUntil"])]),
        (
            {"dueAt": "2026-05-01T00:00:00Z", "baselineUntil": "2026-05-01T00:00:00Z"},
            [("INVALID", ["dueAt"])],
        ),
        ({"metricCode": "REPEAT_PURCHASE", "theme": None, "language": "en"}, [("INVALID", ["language"])]),
        ({"title": " "}, [("REQUIRED", ["title"])]),
    ],
)
async def test_an_objective_that_cannot_stand(
    company: Company, given: dict[str, Any], errors: list[tuple[str, list[str]]]
) -> None:
    await refused(company, CREATE, OBJECTIVE_OF_CSAT | given, *errors)


async def test_what_was_due_is_not_moved_to_where_it_would_be_met(company: Company) -> None:
    id_ = await objective(company)
    company.installation.clock.set(at("06-01"))
    for given in ({"target": 0.1}, {"dueAt": "2026-07-01T00:00:00Z"}, {"segment": "SP"}):
        (name,) = given
        await refused(company, UPDATE, {"id": id_, "version": 1, **given}, ("INVALID", [name]))
    answer = await company.data(UPDATE, {"input": {"id": id_, "version": 1, "title": "Satisfied customers"}})
    assert answer["updateObjective"] == {"objective": {"version": 2}, "errors": []}


async def test_a_department_and_its_people_see_their_objectives(shop: Shop, company: Company) -> None:
    department = await made(company, "Department", name="Assembly")
    await objective(company, department=department)
    me = (await company.data("{ me { id version } }", who="department_head"))["me"]
    await company.data(
        "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { errors { code } } }",
        {"input": {"id": me["id"], "version": me["version"], "department": department}},
    )
    company.installation.clock.set(at("04-01"))
    await answered(shop, "03-20", 58, 100)
    found = await company.data(
        "{ me { department { name objectives { metric { code } target current { value } onTrack } } } }",
        who="department_head",
    )
    assert found["me"]["department"] == {
        "name": "Assembly",
        "objectives": [{"metric": {"code": "CSAT"}, "target": 0.7, "current": {"value": 0.58}, "onTrack": None}],
    }
