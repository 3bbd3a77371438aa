"""COMPLAINT_RATE, and the effect of an action on it, on both databases."""

import math
from typing import Any

import pytest

from qms_graphql.metrics.rates import rate
from tests.conftest import Company
from tests.effectiveness.conftest import OBSERVATION, action, at
from tests.metrics.shop import Shop, key
from tests.records import made, moved

COMPLAINTS = "mutation ($input: SyncComplaintsInput!) { syncComplaints(input: $input) { rejected created updated } }"


async def complained(shop: Shop, day: str, count: int, **more: Any) -> None:
    rows = [
        {
            "ref": key(f"complaint {day} {n} {sorted(more)}"),
            "nature": "The lid cracked.",
            "receivedAt": f"2026-{day}T12:00:00Z",
            "awareAt": f"2026-{day}T12:00:00Z",
            **more,
        }
        for n in range(count)
    ]
    found = (await shop.company.data(COMPLAINTS, {"input": {"items": rows}}))["syncComplaints"]
    assert found["rejected"] == 0


async def sold(shop: Shop, day: str, quantity: str | None, kind: str = "PURCHASE", **more: Any) -> None:
    row = shop.bought(f"{kind} {day} {quantity} {sorted(more)}", "anna", f"2026-{day}T10:00:00Z", kind)
    await shop.sync("interactions", [row | {"quantity": quantity} | more])


@pytest.fixture
async def kettles(shop: Shop) -> Shop:
    """48 complaints on 1,200 kettles sold, some of which came back, and one complaint about a toaster."""
    await shop.sync("products", [{"ref": key(name), "name": name} for name in ("kettle", "toaster")])
    await sold(shop, "01-10", "1199", product=key("kettle"))
    await sold(shop, "01-11", None, product=key("kettle"))
    await sold(shop, "01-12", "40", "RETURN", product=key("kettle"))
    await sold(shop, "02-10", "10", product=key("toaster"))
    await complained(shop, "01-20", 48, product=key("kettle"))
    await complained(shop, "02-20", 1, product=key("toaster"))
    await complained(shop, "02-21", 3, product=key("kettle"), active=False)
    return shop


async def test_complaints_are_counted_for_a_thousand_units_sold(kettles: Shop) -> None:
    expected = rate(48, 1200)
    only = f'scope: {{product: "{kettles.ids["kettle"]}"}}'
    found = await kettles.value("COMPLAINT_RATE", only, "value low high n numerator denominator rule")
    assert found == {
        "value": 40.0,
        "low": expected.low,
        "high": expected.high,
        "n": 1200,
        "numerator": 48.0,
        "denominator": 1200,
        "rule": "Complaints received in the window, by `receivedAt`, per 1000 units sold in it: the quantities of the "
        "purchases, by `occurredAt`, one without a quantity being one unit. What is no longer active does not count, "
        "nor a complaint that was decided to be none; `counting` is about answers and not used.",
    }
    assert await kettles.value("COMPLAINT_RATE", fields="n numerator") == {"n": 1210, "numerator": 49.0}
    assert await kettles.series("COMPLAINT_RATE", "grain: MONTH", "periodStart value n numerator") == [
        {"periodStart": "2026-01-01T00:00:00Z", "value": 40.0, "n": 1200, "numerator": 48.0},
        {"periodStart": "2026-02-01T00:00:00Z", "value": 100.0, "n": 10, "numerator": 1.0},
    ]


async def test_complaints_on_nothing_sold_are_no_rate(kettles: Shop) -> None:
    window = 'window: {from: "2026-02-15T00:00:00Z"}'
    found = await kettles.value("COMPLAINT_RATE", window, "value low n numerator denominator")
    assert found == {"value": None, "low": None, "n": 0, "numerator": 1.0, "denominator": 0}


async def test_confidential_complaints_count_for_who_may_see_them(kettles: Shop, company: Company) -> None:
    await complained(kettles, "01-21", 2, confidential=True)
    query = "{ metric(code: COMPLAINT_RATE) { value { numerator rule } } }"
    everything = (await company.data(query))["metric"]["value"]
    rest = (await company.data(query, who="department_head"))["metric"]["value"]
    assert (everything["numerator"], rest["numerator"]) == (51.0, 49.0)
    assert rest["rule"].endswith("Complaints that you may not see are left out.")


async def test_a_channel_says_nothing_of_complaints(kettles: Shop) -> None:
    found = await kettles.value("COMPLAINT_RATE", 'scope: {channel: "web"}', "value rule")
    assert found == {"value": None, "rule": "Complaints have no channel: nothing can be counted in this scope."}


async def test_the_kettles_lids_hold(kettles: Shop, company: Company) -> None:
    id_ = await action(company)
    await made(
        company,
        "EffectivenessCheck",
        action=id_,
        metricCode="COMPLAINT_RATE",
        direction="AT_MOST",
        target=20,
        product=kettles.ids["kettle"],
        baselineFrom="2026-01-01T00:00:00Z",
        baselineUntil="2026-03-01T00:00:00Z",
        **OBSERVATION,
    )
    await moved(company, id_, "IN_PROGRESS")
    await moved(company, id_, "DONE", changes={"action": {"evidence": [{"text": "The timer is set to 20 s."}]}})
    await moved(company, id_, "CHECKING")
    await sold(kettles, "03-10", "1400", product=key("kettle"))
    company.installation.clock.set(at("05-01"))
    await complained(kettles, "04-20", 21, product=key("kettle"))
    await moved(company, id_, "EFFECTIVE")
    found = await company.data(
        """query ($id: ID!) { node(id: $id) { ... on Action { status effectiveness {
            metric { code unit } before { value n } after { value n } difference low high pValue verdict
        } } } }""",
        {"id": id_},
    )
    shown = found["node"]["effectiveness"]
    # Of 69 complaints at most 21 after, where 14 of 26 are to be expected: the exact tail, twice.
    tail = math.fsum(math.comb(69, k) * (14 / 26) ** k * (12 / 26) ** (69 - k) for k in range(22))
    assert shown.pop("pValue") == pytest.approx(2 * tail)
    assert (shown.pop("low"), shown.pop("high")) == (pytest.approx(-39.232, abs=1e-3), pytest.approx(-11.837, abs=1e-3))
    assert shown == {
        "metric": {"code": "COMPLAINT_RATE", "unit": "per 1000 units sold"},
        "before": {"value": 40.0, "n": 1200},
        "after": {"value": 15.0, "n": 1400},
        "difference": -25.0,
        "verdict": "EFFECTIVE",
    }
    assert found["node"]["status"] == "EFFECTIVE"
