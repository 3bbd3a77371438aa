"""All that an operation measures is counted by one statement, for the time zone that it finds there."""

from typing import Any
from uuid import UUID

import pytest

from qms_graphql.base.database import Database
from tests.graph.observe import statements
from tests.metrics.shop import TIMES, Shop, key, live_in

FIRST_HALF = 'window: {from: "2026-01-01T00:00:00Z", until: "2026-07-01T00:00:00Z"}'
POINT = "{ periodStart value low high n numerator denominator rule }"
FIELDS = {
    "monthly": f"series(grain: MONTH, {FIRST_HALF}) {POINT}",
    "weekly": f'series(grain: WEEK, {FIRST_HALF}, scope: {{ segment: "SP" }}) {POINT}',
    "latest": f"series(grain: MONTH, {FIRST_HALF}, counting: LATEST_PER_CUSTOMER) {POINT}",
    "half": f"value({FIRST_HALF}) {POINT}",
    "all": f"value {POINT}",
}
CODES = ("CSAT", "NPS", "CES", "RETENTION", "REPEAT_PURCHASE")
TWO_SERIES = """query ($window: Window!) {
    nps: metric(code: NPS) { series(grain: MONTH, window: $window) { periodStart n } }
    csat: metric(code: CSAT) { name series(grain: MONTH, window: $window) { periodStart n } value { n } }
}"""
HALF = {"from": "2026-01-01T00:00:00Z", "until": "2026-07-01T00:00:00Z"}


def counting(seen: list[str]) -> int:
    """How many of the statements count."""
    return sum("time_zone" in sql for sql in seen)


@pytest.fixture
async def busy(shop: Shop) -> Shop:
    """A shop with answers and purchases of two customers, at the end of two months by UTC."""
    times = {"a": "2026-01-31T23:30:00Z", "b": "2026-02-28T23:30:00Z", "c": "2026-03-15T00:00:00Z"}
    for name, at in times.items():
        for number, customer in enumerate(("anna", "bert")):
            said = shop.said(f"{name}-{customer}", at, score=3 + number, recommend=6 + 3 * number, effort=2.5 + number)
            await shop.sync("feedback", [said | {"customer": key(customer)}])
            await shop.sync("interactions", [shop.bought(f"o-{name}-{customer}", customer, at)])
    return shop


async def test_together_they_are_what_they_are_alone(busy: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await live_in(busy.company, "Europe/Berlin")
    alone: dict[str, Any] = {code: {} for code in CODES}
    for code in CODES:
        for name, field in FIELDS.items():
            found = await busy.company.data(f"{{ metric(code: {code}) {{ {name}: {field} }} }}")
            alone[code] |= found["metric"]
    fields = " ".join(f"{name}: {field}" for name, field in FIELDS.items())
    with statements(monkeypatch) as seen:
        together = await busy.company.data(
            f"{{ {' '.join(f'{code}: metric(code: {code}) {{ {fields} }}' for code in CODES)} }}"
        )
    assert together == alone
    assert counting(seen) == 1
    assert [point["periodStart"] for point in together["CSAT"]["monthly"]] == [
        "2026-01-31T23:00:00Z",
        "2026-02-28T23:00:00Z",
    ]
    assert [point["n"] for point in together["NPS"]["monthly"]] == [2, 4]


async def test_what_is_selected_of_all_metrics_is_one_statement(busy: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with statements(monkeypatch) as seen:
        found = await busy.company.data("{ metrics { code value { n } } __typename }")
        assert counting(seen) == 1
        assert await busy.company.data("{ metrics { code value { n } } }") == {"metrics": found["metrics"]}
    assert counting(seen) == 2
    assert [(metric["code"], metric["value"]["n"]) for metric in found["metrics"]] == [
        ("CSAT", 6),
        ("NPS", 6),
        ("CES", 6),
        ("RETENTION", 0),
        ("REPEAT_PURCHASE", 2),
        ("COMPLAINT_RATE", 6),
        ("DEFECT_RATE", 0),
        ("CAPA_EFFECTIVENESS", 0),
        ("TRAINING_CURRENCY", 0),
        *((code, 0) for code in TIMES),
    ]


async def test_another_process_moves_the_organization(busy: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def months() -> list[list[tuple[str, int]]]:
        found = await busy.company.data(TWO_SERIES, {"window": HALF})
        return [[(p["periodStart"], p["n"]) for p in found[name]["series"]] for name in ("nps", "csat")]

    by_utc = [("2026-01-01T00:00:00Z", 2), ("2026-02-01T00:00:00Z", 2), ("2026-03-01T00:00:00Z", 2)]
    in_berlin = [("2026-01-31T23:00:00Z", 2), ("2026-02-28T23:00:00Z", 4)]
    assert await months() == [by_utc, by_utc]
    other = Database(busy.company.installation.settings)
    try:
        await live_in(busy.company, "Europe/Berlin", other)
        with statements(monkeypatch) as seen:
            assert await months() == [in_berlin, in_berlin]
            assert counting(seen) == 2, "the first was counted by months of the zone before"
            assert await months() == [in_berlin, in_berlin]
            assert counting(seen) == 3
        await live_in(busy.company, "UTC", other)
        assert await months() == [by_utc, by_utc]
    finally:
        await other.close()


async def test_the_number_of_periods_is_that_of_the_zone_there(busy: Shop) -> None:
    # 2000 days from midnight to midnight by UTC, parts of 2001 in Berlin.
    days = 'series(grain: DAY, window: {from: "2020-08-01T00:00:00Z", until: "2026-01-22T00:00:00Z"})'
    assert await busy.series("CSAT", days.removeprefix("series(").removesuffix(")")) == []
    await live_in(busy.company, "Europe/Berlin")
    assert await busy.refusal("CSAT", days) == ("OUT_OF_RANGE", ["window"])
    await live_in(busy.company, "UTC")
    assert await busy.series("CSAT", days.removeprefix("series(").removesuffix(")")) == []


async def test_an_error_is_that_of_its_field(busy: Shop) -> None:
    # The second is wrong by its window, which only its variable says.
    wrong = {"from": HALF["until"], "until": HALF["from"]}
    query = TWO_SERIES.replace("$window: Window!", "$window: Window!, $other: Window!").replace(
        "name series(grain: MONTH, window: $window)", "name series(grain: MONTH, window: $other)"
    )
    answer = await busy.company.ask(query, {"window": HALF, "other": wrong})
    assert answer["data"]["csat"] is None
    assert [point["n"] for point in answer["data"]["nps"]["series"]] == [2, 2, 2]
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]) == (["csat"], {"code": "INVALID", "field": ["window", "from"]})
    # The same document and form of variables, now right: what was read before is used.
    right = await busy.company.data(query, {"window": HALF, "other": {**HALF, "from": "2026-03-01T00:00:00Z"}})
    assert [point["n"] for point in right["nps"]["series"]] == [2, 2, 2]
    assert right["csat"] == {
        "name": "Customer satisfaction",
        "series": [{"periodStart": "2026-03-01T00:00:00Z", "n": 2}],
        "value": {"n": 6},
    }


@pytest.fixture
def snapshots(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each connection taken for reading, but by who comes in, whether in a transaction that sees one moment."""
    seen: list[bool] = []
    reading = Database.reading

    def watched(self: Database, organization_id: UUID, *, snapshot: bool = False, at_the_door: bool = False) -> Any:
        if not at_the_door:
            seen.append(snapshot)
        return reading(self, organization_id, snapshot=snapshot, at_the_door=at_the_door)

    monkeypatch.setattr(Database, "reading", watched)
    return seen


async def test_one_statement_needs_no_transaction(busy: Shop, snapshots: list[bool]) -> None:
    await busy.company.data(TWO_SERIES, {"window": HALF})
    assert True not in snapshots
    # Open ends are read first, so both statements must see the same.
    await busy.company.data(TWO_SERIES, {"window": {"from": HALF["from"]}})
    assert True in snapshots


async def test_what_is_too_much_for_one_statement_is_still_of_one_moment(
    busy: Shop, monkeypatch: pytest.MonkeyPatch, snapshots: list[bool]
) -> None:
    days = 'grain: DAY, window: {from: "2022-12-01T00:00:00Z", until: "2026-07-01T00:00:00Z"}'
    both = f'a: series({days}) {POINT} b: series({days}, scope: {{ segment: "SP" }}) {POINT} value {POINT}'
    with statements(monkeypatch) as seen:
        found = await busy.company.data(
            f"{{ csat: metric(code: CSAT) {{ {both} }} nps: metric(code: NPS) {{ {both} }} }}"
        )
    assert counting(seen) == 4
    assert True in snapshots
    assert [point["n"] for point in found["csat"]["a"]] == [2, 2, 2]
    assert [point["n"] for point in found["nps"]["b"]] == [1, 1, 1]
    assert found["csat"]["value"]["n"] == found["nps"]["value"]["n"] == 6
