"""From the planned check to the verdict of an action: the machine goes by what was observed."""

from typing import Any

import pytest

from tests.conftest import Company
from tests.effectiveness.conftest import PLAN, action, answered, at
from tests.graph.observe import statements
from tests.metrics.shop import Shop
from tests.records import made, moved, refused, unmoved

EVIDENCE = {"action": {"evidence": [{"text": "The timer is set to 20 s."}]}}
TOLD = "query ($id: ID!) { node(id: $id) { ... on Action { transitions { to allowed unmet { message } } } } }"
FOUND = """
query ($id: ID!) { node(id: $id) { ... on Action {
  status effectiveness { id version verdict before { n } after { n } decidedAt
  extensions { untilBefore untilAfter reason verdict } }
} } }
"""
LONGER = """
mutation ($input: UpdateEffectivenessCheckInput!) {
  updateEffectivenessCheck(input: $input) { effectivenessCheck { id } errors { code field } }
}
"""


EXTENDED = """
mutation ($input: ExtendObservationInput!) {
  extendObservation(input: $input) { effectivenessCheck { id } errors { code field } }
}
"""


async def checking(company: Company, **more: Any) -> str:
    """The id of an action that is done, and whose check began on 3 March."""
    id_ = await action(company)
    await made(company, "EffectivenessCheck", action=id_, **PLAN | more)
    await moved(company, id_, "IN_PROGRESS")
    await moved(company, id_, "DONE", changes=EVIDENCE)
    await moved(company, id_, "CHECKING")
    return id_


async def found(company: Company, id_: str, who: str = "admin") -> Any:
    return (await company.data(FOUND, {"id": id_}, who=who))["node"]


async def told(company: Company, id_: str, who: str = "admin") -> dict[str, list[str]]:
    """What each move lacks."""
    shown = (await company.data(TOLD, {"id": id_}, who=who))["node"]["transitions"]
    assert all(item["allowed"] is not bool(item["unmet"]) for item in shown)
    return {item["to"]: [lack["message"] for lack in item["unmet"]] for item in shown}


def lack(what: str) -> list[str]:
    return [f"This is computed from what was observed, and {what}."]


async def test_an_effect_is_checked_only_if_it_was_planned_how(company: Company) -> None:
    id_ = await action(company)
    await moved(company, id_, "IN_PROGRESS")
    await moved(company, id_, "DONE", changes=EVIDENCE)
    await unmoved(company, id_, "CHECKING", ("REQUIRED", ["to"]))
    await made(company, "EffectivenessCheck", action=id_, **PLAN)
    assert (await moved(company, id_, "CHECKING"))["state"] == "CHECKING"


async def test_the_verdict_is_that_of_the_observation_and_stays(shop: Shop, company: Company) -> None:
    id_ = await checking(company)
    await answered(shop, "02-10", 50, 100)
    company.installation.clock.set(at("04-01"))
    nothing_yet = lack("there is no verdict yet")
    assert await told(company, id_) == dict.fromkeys(("EFFECTIVE", "INEFFECTIVE", "INCONCLUSIVE"), nothing_yet)
    await answered(shop, "03-10", 40, 50)
    # It works so far; but the observation is not over.
    await unmoved(company, id_, "EFFECTIVE", ("INVALID", ["to"]))
    company.installation.clock.set(at("05-01"))
    effective = lack("the verdict is EFFECTIVE")
    assert await told(company, id_) == {"EFFECTIVE": [], "INEFFECTIVE": effective, "INCONCLUSIVE": effective}
    for other in ("INEFFECTIVE", "INCONCLUSIVE"):
        await unmoved(company, id_, other, ("INVALID", ["to"]))
    await moved(company, id_, "EFFECTIVE")
    kept = {
        "status": "EFFECTIVE",
        "effectiveness": (await found(company, id_))["effectiveness"]
        | {"verdict": "EFFECTIVE", "before": {"n": 100}, "after": {"n": 50}, "decidedAt": "2026-05-01T00:00:00Z"},
    }
    await answered(shop, "03-11", 0, 100)
    company.installation.clock.set(at("06-01"))
    assert await found(company, id_) == kept
    check = {"id": kept["effectiveness"]["id"], "version": kept["effectiveness"]["version"]}
    await refused(
        company, LONGER, check | {"observationUntil": "2026-08-01T00:00:00Z"}, ("INVALID", ["observationUntil"])
    )


async def test_what_decides_nothing_is_observed_longer(shop: Shop, company: Company) -> None:
    id_ = await checking(company)
    await answered(shop, "02-10", 50, 100)
    await answered(shop, "03-10", 7, 10)
    company.installation.clock.set(at("04-30"))
    # Until the observation is over, more may come.
    await unmoved(company, id_, "INCONCLUSIVE", ("INVALID", ["to"]))
    company.installation.clock.set(at("05-01"))
    await moved(company, id_, "INCONCLUSIVE")
    before = (await found(company, id_))["effectiveness"]
    assert (before["verdict"], before["after"], before["decidedAt"]) == (
        "INCONCLUSIVE",
        {"n": 10},
        "2026-05-01T00:00:00Z",
    )
    await unmoved(company, id_, "CHECKING", ("REQUIRED", ["to"]))
    check = {"id": before["id"], "version": before["version"]}
    for given in ({"observationUntil": "2026-04-01T00:00:00Z"}, {"target": 0.5}):
        (name,) = given
        await refused(company, LONGER, check | given, ("INVALID", [name]))
    answer = await company.data(LONGER, {"input": check | {"observationUntil": "2026-07-01T00:00:00Z"}})
    assert answer["updateEffectivenessCheck"]["errors"] == []
    await moved(company, id_, "CHECKING")
    await answered(shop, "05-20", 70, 90)
    company.installation.clock.set(at("07-01"))
    after = (await found(company, id_))["effectiveness"]
    assert (after["verdict"], after["after"], after["decidedAt"]) == ("EFFECTIVE", {"n": 100}, None)
    assert (await moved(company, id_, "EFFECTIVE"))["state"] == "EFFECTIVE"


async def test_who_needs_longer_says_why_before_it_is_over_or_after_it_decided_nothing(
    shop: Shop, company: Company
) -> None:
    id_ = await checking(company)
    await answered(shop, "02-10", 5, 10)
    await answered(shop, "03-10", 8, 10)
    company.installation.clock.set(at("04-20"))
    check = (await found(company, id_))["effectiveness"]
    given = {
        "id": check["id"],
        "version": check["version"],
        "observationUntil": "2026-06-01T00:00:00Z",
        "reason": "Few.",
    }
    for wrong, code in (
        ({"reason": " "}, "REQUIRED"),
        ({"reason": "x" * 2001}, "TOO_LONG"),
        ({"observationUntil": "2026-05-01T00:00:00Z"}, "INVALID"),
    ):
        await refused(company, EXTENDED, given | wrong, (code, list(wrong)))
    answer = (await company.data(EXTENDED, {"input": given}, who="quality_manager"))["extendObservation"]
    assert answer["errors"] == []
    company.installation.clock.set(at("05-01"))
    await unmoved(company, id_, "INCONCLUSIVE", ("INVALID", ["to"]))
    company.installation.clock.set(at("06-01"))
    await moved(company, id_, "INCONCLUSIVE")
    again = {**given, "version": check["version"] + 2, "observationUntil": "2026-06-01T12:00:00Z"}
    company.installation.clock.set(at("06-02"))
    await refused(company, EXTENDED, again, ("OUT_OF_RANGE", ["observationUntil"]))
    assert (await company.data(EXTENDED, {"input": again | {"observationUntil": "2026-07-01T00:00:00Z"}}))[
        "extendObservation"
    ]["errors"] == []
    await moved(company, id_, "CHECKING")
    await answered(shop, "06-20", 72, 80)
    company.installation.clock.set(at("07-01"))
    await moved(company, id_, "EFFECTIVE")
    last = {**again, "version": check["version"] + 5, "observationUntil": "2026-09-01T00:00:00Z"}
    await refused(company, EXTENDED, last, ("INVALID", ["id"]))
    assert (await found(company, id_))["effectiveness"]["extensions"] == [
        {
            "untilBefore": "2026-05-01T00:00:00Z",
            "untilAfter": "2026-06-01T00:00:00Z",
            "reason": "Few.",
            "verdict": None,
        },
        {
            "untilBefore": "2026-06-01T00:00:00Z",
            "untilAfter": "2026-07-01T00:00:00Z",
            "reason": "Few.",
            "verdict": "INCONCLUSIVE",
        },
    ]


async def test_a_target_missed_for_sure_is_ineffective(shop: Shop, company: Company) -> None:
    id_ = await checking(company)
    await answered(shop, "02-10", 50, 100)
    await answered(shop, "03-10", 55, 100)
    company.installation.clock.set(at("05-01"))
    await unmoved(company, id_, "INCONCLUSIVE", ("INVALID", ["to"]))
    await moved(company, id_, "INEFFECTIVE")
    assert (await found(company, id_))["effectiveness"]["verdict"] == "INEFFECTIVE"


async def test_the_verdict_is_the_same_whoever_moves_the_action(shop: Shop, company: Company) -> None:
    id_ = await checking(company)
    await answered(shop, "02-10", 50, 100)
    await answered(shop, "03-10", 40, 50, confidential=True)
    company.installation.clock.set(at("05-01"))
    # Who does not see the confidential words sees nothing after; what is decided is decided by all of them.
    assert (await found(company, id_, "department_head"))["effectiveness"]["after"] == {"n": 0}
    assert (await told(company, id_, "department_head"))["EFFECTIVE"] == []
    await moved(company, id_, "EFFECTIVE", who="department_head")
    assert (await found(company, id_))["effectiveness"]["after"] == {"n": 50}


async def test_the_moves_of_a_page_take_as_many_statements_as_those_of_one(
    shop: Shop, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "{ actions(first: 50) { nodes { transitions { to allowed } } } }"

    async def needed() -> int:
        with statements(monkeypatch) as seen:
            await company.data(page)
        return len(seen)

    await checking(company)
    company.installation.clock.set(at("04-01"))
    one = await needed()
    company.installation.clock.set(at("03-02"))
    for scope in ({"segment": "SP"}, {"metricCode": "NPS"}, {"metricCode": "REPEAT_PURCHASE"}):
        await checking(company, **scope)
    company.installation.clock.set(at("04-01"))
    assert await needed() == one


async def test_an_action_serves_an_objective(company: Company) -> None:
    aim = {name: value for name, value in PLAN.items() if not name.startswith("observation")}
    objective = await made(company, "Objective", title="Satisfied", dueAt="2026-06-01T00:00:00Z", **aim)
    id_ = await made(company, "Action", title="Cool", kind="CORRECTIVE", objective=objective)
    found = await company.data(
        "query ($id: ID!) { node(id: $id) { ... on Objective { actions { nodes { id objective { id } } } } } }",
        {"id": objective},
    )
    assert found["node"] == {"actions": {"nodes": [{"id": id_, "objective": {"id": objective}}]}}
