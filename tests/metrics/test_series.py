"""CSAT, NPS and CES by calendar periods of the organization's clock, on both databases."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Company, found_company
from tests.metrics.shop import COUNTINGS, Shop, key, live_in


async def test_a_series_has_a_bounded_number_of_periods(shop: Shop) -> None:
    await shop.sync("feedback", [shop.said("a", "2026-01-01T00:00:00Z", score=5)])
    too_long = 'window: {from: "2020-01-01T00:00:00Z", until: "2025-06-24T00:00:00Z"}'
    assert await shop.refusal("CSAT", f"series(grain: DAY, {too_long})") == ("OUT_OF_RANGE", ["window"])
    fits = 'window: {from: "2020-08-01T00:00:00Z", until: "2026-01-22T00:00:00Z"}'
    found = await shop.series("CSAT", f"grain: DAY, {fits}")
    assert found == [{"periodStart": "2026-01-01T00:00:00Z", "n": 1, "numerator": 1.0}]
    for end in ('from: "9998-01-01T00:00:00Z", until: "9999-01-01T00:00:00Z"', 'until: "9999-12-31T00:00:00Z"'):
        assert await shop.refusal("CSAT", f"series(grain: YEAR, window: {{{end}}})") == ("OUT_OF_RANGE", ["window"])


async def test_periods_follow_the_organizations_clock(shop: Shop) -> None:
    times = {
        "a": "2026-02-28T22:59:59.999999Z",
        "b": "2026-02-28T23:00:00Z",  # March in Berlin
        "c": "2026-03-31T21:59:59.999999Z",
        "d": "2026-03-31T22:00:00Z",  # April in Berlin, an hour earlier by UTC than March began: summer time
    }
    await shop.sync("feedback", [shop.said(name, at, score=5) for name, at in times.items()])
    assert await shop.series("CSAT", "grain: MONTH", "periodStart n") == [
        {"periodStart": "2026-02-01T00:00:00Z", "n": 2},
        {"periodStart": "2026-03-01T00:00:00Z", "n": 2},
    ]
    await live_in(shop.company, "Europe/Berlin")
    assert await shop.series("CSAT", "grain: MONTH", "periodStart n") == [
        {"periodStart": "2026-01-31T23:00:00Z", "n": 1},
        {"periodStart": "2026-02-28T23:00:00Z", "n": 2},
        {"periodStart": "2026-03-31T22:00:00Z", "n": 1},
    ]
    # A window that cuts a period takes its part of it, under the period's own beginning.
    cut = 'window: {from: "2026-02-28T23:00:00.000001Z", until: "2026-03-31T22:00:00Z"}'
    assert await shop.series("CSAT", f"grain: QUARTER, {cut}", "periodStart n") == [
        {"periodStart": "2025-12-31T23:00:00Z", "n": 1}
    ]


async def test_days_of_23_and_25_hours(shop: Shop) -> None:
    await live_in(shop.company, "Europe/Berlin")
    start = datetime(2026, 3, 28, tzinfo=UTC)
    spring = [start + timedelta(hours=hour) for hour in range(72)]
    autumn = [moment + timedelta(days=210) for moment in spring]  # 24 to 26 October
    await shop.sync(
        "feedback",
        [shop.said(f"h{i}", at.isoformat(), score=5) for i, at in enumerate(spring + autumn)],
    )
    zone = ZoneInfo("Europe/Berlin")
    expected = Counter(moment.astimezone(zone).date() for moment in spring + autumn)
    found = await shop.series("CSAT", "grain: DAY", "periodStart n")
    days = {datetime.fromisoformat(point["periodStart"]).astimezone(zone).date(): point["n"] for point in found}
    assert days == dict(expected)
    assert sorted(days.values()) == [1, 2, 22, 23, 23, 24, 24, 25]


async def test_the_latest_is_found_over_the_window_not_the_period(shop: Shop) -> None:
    await shop.sync("interactions", [shop.bought("o1", "anna", "2026-01-01T00:00:00Z")])
    about = {"interaction": key("o1")}
    await shop.sync(
        "feedback",
        [shop.said(f"m{month}", f"2026-0{month}-10T00:00:00Z", score=month) | about for month in (1, 2, 3)],
    )
    found = await shop.series("CSAT", "grain: MONTH, counting: LATEST_PER_INTERACTION")
    assert found == [{"periodStart": "2026-03-01T00:00:00Z", "n": 1, "numerator": 0.0}]


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 30), timezones=st.just(UTC))
ANSWERS = st.lists(
    st.tuples(
        MOMENTS,
        st.integers(0, 2),
        st.sampled_from([None, "anna", "bert"]),
        st.sampled_from([None, "o1", "o2"]),
        st.sampled_from([1, 4, 5]),
        st.sampled_from([0, 6, 7, 9]),
        st.sampled_from([1, 2.5, 7]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ANSWERS, data=st.data())
async def test_series_add_up_and_the_order_of_arrival_does_not_matter(
    company: Company, rows: list[Any], data: st.DataObject
) -> None:
    found = []
    order = data.draw(st.permutations(list(range(len(rows)))))
    doubled = [*order, *data.draw(st.lists(st.sampled_from(order), max_size=5))]
    for arrival in (list(range(len(rows))), doubled):
        shop = Shop(await found_company(company.installation))
        await live_in(shop.company, "America/New_York")
        await shop.survey()
        await shop.sync("customers", [{"ref": key(name), "name": name} for name in ("anna", "bert")])
        await shop.sync("interactions", [shop.bought(name, "anna", "2026-01-01T00:00:00Z") for name in ("o1", "o2")])
        items = [
            shop.said(f"f{i}", at.isoformat(), score=score, recommend=recommend, effort=effort)
            | {
                "receivedAt": (datetime(2026, 7, 1, tzinfo=UTC) + timedelta(days=days)).isoformat(),
                "customer": key(customer) if customer else None,
                "interaction": key(order) if order else None,
            }
            for i, (at, days, customer, order, score, recommend, effort) in enumerate(rows)
        ]
        half = (len(arrival) + 1) // 2
        for batch in (arrival[:half], arrival[half:]):
            await shop.sync("feedback", [items[index] for index in batch])
        found.append(await measured(shop))
    assert found[0] == found[1]
    for points in found[0].values():
        whole, *parts = points
        for part in parts:
            assert sum(point["n"] for point in part) == whole["n"] == whole["denominator"]
            assert sum(point["numerator"] for point in part) == whole["numerator"]


async def measured(shop: Shop) -> dict[tuple[str, str], list[Any]]:
    """Value, weeks and months of every metric of answers under every counting."""
    fields = "{ periodStart value low high n numerator denominator }"
    answers: dict[tuple[str, str], list[Any]] = {}
    query = f"""query ($code: MetricCode!, $counting: Counting!) {{ metric(code: $code) {{
        value(counting: $counting) {fields}
        weeks: series(grain: WEEK, counting: $counting) {fields}
        months: series(grain: MONTH, counting: $counting) {fields} }} }}"""
    for code, counting in itertools.product(("CSAT", "NPS", "CES"), COUNTINGS):
        found = await shop.company.data(query, {"code": code, "counting": counting})
        answers[code, counting] = list(found["metric"].values())
    return answers
