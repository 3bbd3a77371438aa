"""How long complaints take to be acknowledged and resolved, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.complaints.cases import ASSESSMENT, complaint
from tests.conftest import Company
from tests.effectiveness.conftest import at
from tests.metrics.shop import NOTHING, TIMES, Shop, key
from tests.records import moved

RECEIVED = at("02-02") + timedelta(hours=12)
FIELDS = "value low high n numerator denominator"


def reached(value: float | None, low: float | None, n: int, ended: int) -> dict[str, Any]:
    """A value of so few that nobody can say how long it is at most."""
    return {"value": value, "low": low, "high": None, "n": n, "numerator": ended, "denominator": n}


async def after(company: Company, id_: str, hours: float, to: str, **changes: Any) -> datetime:
    """Move a complaint so many hours after all of them were received."""
    company.installation.clock.set(RECEIVED + timedelta(hours=hours))
    more: dict[str, Any] = {"changes": {"complaint": changes}} if changes else {}
    await moved(company, id_, to, reason="It was mine." if to == "WITHDRAWN" else None, **more)
    return company.installation.clock.now()


@pytest.fixture
async def handled(shop: Shop, company: Company) -> Shop:
    """Four complaints about kettles, of which one each is closed, withdrawn, acknowledged and just open; 120 h on."""
    await shop.sync("products", [{"ref": key(name), "name": name} for name in ("kettle", "toaster")])
    company.installation.clock.set(RECEIVED)
    kettle = shop.ids["kettle"]
    closed, withdrawn, acknowledged, _ = [await complaint(company, product=kettle) for _ in range(4)]
    await after(company, closed, 3, "ACKNOWLEDGED")
    await after(company, withdrawn, 6, "WITHDRAWN", reportable=False)
    await after(company, acknowledged, 12 + 1 / 6, "ACKNOWLEDGED")
    await after(company, closed, 24, "ASSESSED", **ASSESSMENT)
    await after(company, closed, 25, "INVESTIGATING")
    await after(company, closed, 30, "RESPONDED", response="A new lid is on its way.")
    await after(company, closed, 50, "CLOSED", accepted=True)
    # None of these counts: another product, no complaint after all, one that its source deleted.
    await complaint(company, product=shop.ids["toaster"], receivedAt="2026-01-31T12:00:00Z")
    decided = {"decision": False, "reason": "A question."}
    await complaint(company, product=kettle, receivedAt="2026-02-01T12:00:00Z", isComplaint=decided)
    company.installation.clock.set(RECEIVED + timedelta(hours=120))
    return shop


async def test_what_is_open_is_seen_until_now(handled: Shop) -> None:
    """Acknowledged at 3 and 12.1 h (cut), withdrawn at 6, open at 120. By hand: ¾ are left from 3 h, ⅜ from 12.1 h.

    Closed at 50 h, withdrawn at 6, open at 120 twice: ⅔ are left from 50 h. The lower limits of ¾ and ⅜ are 0.128 and
    0.011, that of ⅔ is 0.054 (log(-log), Greenwood).
    """
    of_kettles = f'scope: {{product: "{handled.ids["kettle"]}"}}'
    assert {code: await handled.value(code, of_kettles, FIELDS) for code in TIMES} == {
        "TIME_TO_ACKNOWLEDGE": reached(12.1, 3, 4, 2),
        "TIME_TO_ACKNOWLEDGE_P90": reached(None, 12.1, 4, 2),
        "TIME_TO_RESOLVE": reached(None, 50, 4, 1),
        "TIME_TO_RESOLVE_P90": reached(None, 50, 4, 1),
    }
    rule = (await handled.value("TIME_TO_RESOLVE", "", "rule"))["rule"]
    assert rule == (
        "Complaints received in the window, from `receivedAt` to `closedAt`, in hours, cut to tenths. What had not "
        "come so far at the end of the window, or now if that is earlier, is censored then; what was withdrawn, "
        "when it was. What is no longer active does not count, nor a complaint that was decided to be none; "
        "`counting` is about answers and not used."
    )


async def test_a_window_shows_what_was_known_at_its_end(handled: Shop) -> None:
    window = 'window: {from: "2026-02-02T00:00:00Z", until: "2026-02-02T20:00:00Z"}'
    assert await handled.value("TIME_TO_ACKNOWLEDGE", window, FIELDS) == reached(None, 3, 4, 1)
    beyond = 'window: {from: "2026-02-02T00:00:00Z", until: "2030-01-01T00:00:00Z"}'
    assert await handled.value("TIME_TO_ACKNOWLEDGE", beyond, FIELDS) == reached(12.1, 3, 4, 2)
    assert await handled.value("TIME_TO_RESOLVE", 'window: {until: "2020-01-01T00:00:00Z"}') == NOTHING
    months = await handled.series("TIME_TO_ACKNOWLEDGE", "grain: MONTH", "periodStart value n")
    assert months == [
        {"periodStart": "2026-01-01T00:00:00Z", "value": None, "n": 1},
        {"periodStart": "2026-02-01T00:00:00Z", "value": 12.1, "n": 4},
    ]


async def test_confidential_complaints_take_time_for_who_may_see_them(handled: Shop, company: Company) -> None:
    await complaint(company, "ACKNOWLEDGED", confidential=True)
    query = "{ metric(code: TIME_TO_ACKNOWLEDGE) { unit value { n rule } } }"
    everything = (await company.data(query))["metric"]
    rest = (await company.data(query, who="department_head"))["metric"]
    assert (everything["unit"], everything["value"]["n"], rest["value"]["n"]) == ("hours", 6, 5)
    assert rest["value"]["rule"].endswith("Complaints that you may not see are left out.")
