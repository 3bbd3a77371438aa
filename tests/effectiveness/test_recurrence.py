"""Checks that are decided by what comes back in new lots, on both databases."""

from typing import Any

import pytest

from qms_graphql.effectiveness.rules import Recurrence
from qms_graphql.metrics.comparisons import Verdict
from tests.conftest import Company
from tests.effectiveness.conftest import PLAN, action, at
from tests.effectiveness.test_checks import CREATE, UPDATE
from tests.effectiveness.test_verdicts import EVIDENCE, LONGER
from tests.graph.observe import statements
from tests.metrics.shop import Shop, key
from tests.metrics.test_complaints import complained
from tests.metrics.test_quality import inspected
from tests.records import made, moved, refused, unmoved, version_of

BY_LOTS = {name: value for name, value in PLAN.items() if name != "target"} | {"lots": 2}
SHOWN = """
query ($id: ID!) { node(id: $id) { ... on Action { effectiveness {
  target lots risk { title } verdict nToDecide before { n } recurrence { lots recurrences unplaced lotsToCome }
} } } }
"""


async def came_back(company: Company, id_: str, who: str = "admin") -> tuple[Any, list[int]]:
    """Verdict and what came back: new lots, recurrences, unplaced complaints, lots to come."""
    found = (await company.data(SHOWN, {"id": id_}, who=who))["node"]["effectiveness"]
    return found["verdict"], list((found["recurrence"] or {}).values())


async def sold(shop: Shop, day: str, lot: str, **more: Any) -> None:
    row = shop.bought(f"{lot} {day}", "anna", f"2026-{day}T10:00:00Z")
    await shop.sync("interactions", [row | {"lot": lot, "product": key("kettle")} | more])


async def checking(shop: Shop, **more: Any) -> str:
    """An action that is done on 2 March, by which nothing may come back in two lots of kettles."""
    company = shop.company
    # A lot of before is inspected, and sold, after as well.
    await inspected(shop, 1, "2026-02-20T08:00:00Z", 3, 100, product=key("kettle"), lot="L0")
    id_ = await action(company)
    await made(company, "EffectivenessCheck", action=id_, **BY_LOTS | {"product": shop.ids["kettle"]} | more)
    await moved(company, id_, "IN_PROGRESS")
    await moved(company, id_, "DONE", changes=EVIDENCE)
    await moved(company, id_, "CHECKING")
    company.installation.clock.set(at("04-01"))
    await inspected(shop, 2, "2026-03-10T08:00:00Z", 5, 100, product=key("kettle"), lot="L0")
    await sold(shop, "03-11", "L0")
    await complained(shop, "03-12", 2, product=key("kettle"), lot="L0")
    # Another product's lot, one that was sent back, and one that left with its source, are no lots of it.
    await inspected(shop, 3, "2026-03-10T08:00:00Z", 5, 100, product=key("toaster"), lot="T1")
    await sold(shop, "03-12", "L9", kind="RETURN")
    await sold(shop, "03-12", "L8", active=False)
    return id_


async def test_nothing_comes_back_in_so_many_new_lots(shop: Shop, company: Company) -> None:
    id_ = await checking(shop)
    assert await came_back(company, id_) == ("INCONCLUSIVE", [0, 0, 0, 2])
    await inspected(shop, 4, "2026-03-13T08:00:00Z", 0, 100, product=key("kettle"), lot="L1")
    await sold(shop, "03-14", "L1")
    assert await came_back(company, id_) == ("INCONCLUSIVE", [1, 0, 0, 1])
    await sold(shop, "03-15", "L2")
    shown = (await company.data(SHOWN, {"id": id_}))["node"]["effectiveness"]
    assert shown == {
        "target": None,
        "lots": 2,
        "risk": None,
        "verdict": "EFFECTIVE",
        "nToDecide": None,
        "before": {"n": 0},
        "recurrence": {"lots": 2, "recurrences": 0, "unplaced": 0, "lotsToCome": 0},
    }
    # A complaint of no known lot may be about a new one; its purchase knows the lot.
    await complained(shop, "03-20", 1, product=key("kettle"))
    await complained(shop, "03-21", 1, product=key("kettle"), lot="nobody knows it")
    assert await came_back(company, id_) == ("INCONCLUSIVE", [2, 0, 2, 0])
    await complained(shop, "03-20", 1, product=key("kettle"), interaction=key("L0 03-11"))
    assert await came_back(company, id_) == ("INCONCLUSIVE", [2, 0, 2, 0])
    # What was complained of before, or after now, or is about something else, does not count.
    await complained(shop, "03-02", 1, product=key("kettle"), lot="L1")
    await complained(shop, "03-22", 1, product=key("toaster"), lot="L1")
    assert await came_back(company, id_) == ("INCONCLUSIVE", [2, 0, 2, 0])
    # As of any criterion, an action is let off when the observation is over; that it does not help counts at once.
    await unmoved(company, id_, "EFFECTIVE", ("INVALID", ["to"]))
    await complained(shop, "03-23", 1, product=key("kettle"), interaction=key("L2 03-15"))
    assert await came_back(company, id_) == ("INEFFECTIVE", [2, 1, 2, 0])
    await moved(company, id_, "INEFFECTIVE")
    await complained(shop, "03-24", 1, product=key("kettle"), lot="L2")
    assert await came_back(company, id_) == ("INEFFECTIVE", [2, 1, 2, 0])


async def test_a_defect_found_in_a_new_lot_is_a_recurrence(shop: Shop, company: Company) -> None:
    id_ = await checking(shop)
    await inspected(shop, 4, "2026-03-13T08:00:00Z", 1, 100, product=key("kettle"), lot="L1")
    assert await came_back(company, id_) == ("INEFFECTIVE", [1, 1, 0, 1])


async def test_a_failure_mode_comes_back_by_complaints_coded_with_it(
    shop: Shop, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk = await made(company, "Risk", title="The lid cracks")
    id_ = await checking(shop, risk=risk)
    await inspected(shop, 4, "2026-03-13T08:00:00Z", 1, 100, product=key("kettle"), lot="L1")
    await sold(shop, "03-15", "L2")
    await complained(shop, "03-20", 1, product=key("kettle"), lot="L1")
    assert await came_back(company, id_) == ("EFFECTIVE", [2, 0, 0, 0])
    company.installation.clock.set(at("05-01"))
    coded = await made(company, "Complaint", lot="L1", receivedAt="2026-03-20T12:00:00Z", confidential=True)
    late = await made(company, "Complaint", lot="L1", receivedAt="2026-05-01T00:00:00Z")
    update = "mutation ($input: UpdateRiskInput!) { updateRisk(input: $input) { errors { code } } }"
    given = {"id": risk, "version": await version_of(company, risk), "complaints": [coded, late]}
    assert await company.data(update, {"input": given}) == {"updateRisk": {"errors": []}}
    with statements(monkeypatch) as seen:
        assert await came_back(company, id_) == ("INEFFECTIVE", [2, 1, 0, 0])
    assert sum("risk_complaint" in sql for sql in seen) == 1
    # Who does not see the complaint is not told of it, nor who may not read risks at all.
    assert await came_back(company, id_, "department_head") == ("EFFECTIVE", [2, 0, 0, 0])
    assert await came_back(company, id_, "employee") == (None, [])
    await unmoved(company, id_, "EFFECTIVE", ("INVALID", ["to"]))


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"lots": None}, [("REQUIRED", ["target"])]),
        ({"target": 0.7}, [("INVALID", ["lots"])]),
        ({"product": None}, [("REQUIRED", ["product"])]),
        ({"lots": 0}, [("OUT_OF_RANGE", ["lots"])]),
        ({"lots": None, "target": 0.7, "risk": "…"}, [("INVALID", ["risk"])]),
    ],
)
async def test_one_criterion_decides(
    shop: Shop, company: Company, given: dict[str, Any], errors: list[tuple[str, list[str]]]
) -> None:
    if "risk" in given:
        given = given | {"risk": await made(company, "Risk", title="The lid cracks")}
    plan = BY_LOTS | {"action": await action(company), "product": shop.ids["kettle"]} | given
    await refused(company, CREATE, plan, *errors)


async def test_the_criterion_stays_once_the_observation_has_begun(shop: Shop, company: Company) -> None:
    id_ = await made(company, "EffectivenessCheck", action=await action(company), product=shop.ids["kettle"], **BY_LOTS)
    given = {"id": id_, "version": 1, "lots": 3}
    assert (await company.data(UPDATE, {"input": given}))["updateEffectivenessCheck"]["errors"] == []
    company.installation.clock.set(at("03-04"))
    await refused(company, LONGER, given | {"version": 2, "lots": 1}, ("INVALID", ["lots"]))


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (Recurrence(0, 0, 0), Verdict.INCONCLUSIVE),
        (Recurrence(2, 0, 0), Verdict.INCONCLUSIVE),
        (Recurrence(3, 0, 0), Verdict.EFFECTIVE),
        (Recurrence(4, 0, 1), Verdict.INCONCLUSIVE),
        (Recurrence(1, 1, 0), Verdict.INEFFECTIVE),
        (Recurrence(9, 1, 1), Verdict.INEFFECTIVE),
    ],
)
def test_the_first_recurrence_decides(found: Recurrence, verdict: Verdict) -> None:
    assert found.verdict(3) is verdict
