"""Invariant 6 on rates: the weeks of a month add up to the month, what is counted and what it is counted on."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import Installation, found_company
from tests.metrics.shop import Shop, key, live_in

FIELDS = "{ n numerator denominator }"
CODES = ("COMPLAINT_RATE", "DEFECT_RATE", "CSAT", "NPS")
"""The others compare windows, or count customers once in each."""
QUERY = (
    "query ($from: DateTime!, $until: DateTime!) {"
    + "".join(
        f"{code}: metric(code: {code}) {{ value(window: {{ from: $from, until: $until }}) {FIELDS}"
        f" series(grain: WEEK, window: {{ from: $from, until: $until }}) {FIELDS} }}"
        for code in CODES
    )
    + "}"
)
SYNC = """
mutation ($complaints: SyncComplaintsInput!, $inspections: SyncInspectionsInput!) {
  syncComplaints(input: $complaints) { rejected }
  syncInspections(input: $inspections) { rejected }
}
"""
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 2), timezones=st.just(UTC)).map(datetime.isoformat)
MONTHS = [f"2026-0{month}-01T00:00:00+01:00" for month in (1, 2, 3)]
"""In Berlin, where one of the weeks has an hour less."""


@settings(max_examples=4, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sold=st.lists(st.tuples(MOMENTS, st.integers(0, 50)), min_size=1, max_size=15),
    complained=st.lists(MOMENTS, max_size=10),
    inspected=st.lists(st.tuples(MOMENTS, st.integers(0, 5), st.integers(5, 60)), max_size=10),
    said=st.lists(st.tuples(MOMENTS, st.integers(1, 5), st.integers(0, 10)), max_size=15),
)
async def test_the_weeks_of_a_month_add_up_to_it(
    installation: Installation, sold: Any, complained: Any, inspected: Any, said: Any
) -> None:
    installation.clock.set(datetime(2026, 5, 1, tzinfo=UTC))
    shop = Shop(await found_company(installation))
    await live_in(shop.company, "Europe/Berlin")
    await shop.survey()
    purchases = [shop.bought(f"o{n}", None, at) | {"quantity": str(quantity)} for n, (at, quantity) in enumerate(sold)]
    await shop.sync("interactions", purchases)
    answers = [shop.said(f"f{n}", at, score=score, recommend=nps) for n, (at, score, nps) in enumerate(said)]
    await shop.sync("feedback", answers)
    times = [{"ref": key(f"c{n}"), "nature": "x", "receivedAt": at, "awareAt": at} for n, at in enumerate(complained)]
    units = [
        {"ref": key(f"i{n}"), "at": at, "defective": defective, "inspected": of}
        for n, (at, defective, of) in enumerate(inspected)
    ]
    done = await shop.company.data(SYNC, {"complaints": {"items": times}, "inspections": {"items": units}})
    assert done == {"syncComplaints": {"rejected": 0}, "syncInspections": {"rejected": 0}}
    for start, until in zip(MONTHS, [*MONTHS[1:], "2026-04-01T00:00:00+02:00"], strict=True):
        found = await shop.company.data(QUERY, {"from": start, "until": until})
        for metric in found.values():
            weeks = metric["series"]
            summed = {name: sum(week[name] or 0 for week in weeks) for name in ("n", "numerator", "denominator")}
            assert summed == {name: count or 0 for name, count in metric["value"].items()}, metric
