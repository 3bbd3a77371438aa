"""Real orders and reviews come in over HTTP; what the API says of them equals the truth computed from the files."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Company
from tests.real.conftest import connector_of
from tests.real.loader import OLIST, Connector, Item, Olist, Report

MILLIONTH = 5e-7
"""The truth is rounded to 6 decimals."""


@pytest.fixture(scope="module")
def truth(shared: Path) -> Any:
    """The numbers computed from the files."""
    return json.loads((shared / "data" / "olist" / "truth_dev.json").read_text(encoding="utf-8"))["truth"]


@pytest.fixture(scope="module")
async def connector(market: Company) -> Connector:
    """The market place's own client."""
    return await connector_of(market, OLIST)


@pytest.fixture(scope="module")
async def first_load(connector: Connector, olist: Olist) -> dict[str, Report]:
    """What became of everything at the first load."""
    return await olist.load(connector)


async def figures(company: Company) -> dict[str, Any]:
    """Everything the tests compare."""
    return await company.data(
        """{
          customers(first: 0) { totalCount } products(first: 0) { totalCount }
          interactions(first: 0) { totalCount } feedbacks(first: 0) { totalCount }
          csat: metric(code: CSAT) {
            all: value { value n numerator }
            latest: value(counting: LATEST_PER_INTERACTION) { value n numerator }
            perCustomer: value(counting: LATEST_PER_CUSTOMER) { value n numerator }
            months: series(grain: MONTH) { periodStart value low high n numerator }
            days: series(grain: DAY) { n numerator }
          }
          repeat: metric(code: REPEAT_PURCHASE) { value { value n numerator } }
          retention: metric(code: RETENTION) { series(grain: QUARTER) { value n } }
        }"""
    )


async def test_every_row_arrives(first_load: dict[str, Report], market: Company, truth: Any) -> None:
    expected = {
        "customers": truth["distinct"]["customer_unique_id"],
        "products": truth["row_counts"]["products"],
        "interactions": truth["row_counts"]["orders"],
        "feedback": truth["row_counts"]["reviews"],
    }
    nothing = {"updated": 0, "unchanged": 0, "stale": 0, "rejected": 0}
    assert {kind: dict(report.counts) for kind, report in first_load.items()} == {
        kind: {"created": count} | nothing for kind, count in expected.items()
    }
    found = await figures(market)
    kinds = {"customers": "customers", "products": "products", "interactions": "interactions", "feedback": "feedbacks"}
    assert {kind: found[field]["totalCount"] for kind, field in kinds.items()} == expected


async def test_satisfaction_equals_the_truth(first_load: dict[str, Report], market: Company, truth: Any) -> None:
    found = (await figures(market))["csat"]
    for asked, key in (("all", "reviews_all_rows"), ("latest", "reviews_latest_per_order")):
        expected = truth[key]
        assert found[asked]["n"] == expected["n"]
        assert found[asked]["value"] == pytest.approx(expected["csat"], abs=MILLIONTH)
        assert found[asked]["numerator"] == expected["promoters"] + expected["passives"]


async def test_every_month_equals_the_truth(first_load: dict[str, Report], market: Company, truth: Any) -> None:
    found = (await figures(market))["csat"]
    months = {point["periodStart"][:7]: point for point in found["months"]}
    assert {month: point["n"] for month, point in months.items()} == {
        month: expected["n"] for month, expected in truth["monthly_by_review_creation"].items()
    }
    for month, expected in truth["monthly_by_review_creation"].items():
        assert months[month]["value"] == pytest.approx(expected["csat"], abs=MILLIONTH), month
        assert months[month]["low"] <= months[month]["value"] <= months[month]["high"]
    for cut in ("months", "days"):
        assert sum(point["n"] for point in found[cut]) == found["all"]["n"]
        assert sum(point["numerator"] for point in found[cut]) == found["all"]["numerator"]


async def test_every_segment_equals_the_files(first_load: dict[str, Report], market: Company, olist: Olist) -> None:
    segments = {item["ref"]["externalId"]: item["segment"] for item in olist.customers()}
    scores: dict[str, list[int]] = {}
    for review in olist.reviews():
        scores.setdefault(segments[review["customer"]["externalId"]], []).append(review["answers"][0]["number"])
    query = "query ($scope: MetricScope) { metric(code: CSAT) { value(scope: $scope) { n numerator } } }"
    assert len(scores) == 27
    for segment, given in scores.items():
        value = (await market.data(query, {"scope": {"segment": segment}}))["metric"]["value"]
        assert value == {"n": len(given), "numerator": float(sum(score >= 4 for score in given))}, segment


async def test_repeat_purchases_equal_the_truth(first_load: dict[str, Report], market: Company, truth: Any) -> None:
    found = (await figures(market))["repeat"]["value"]
    assert (found["n"], found["numerator"]) == (
        truth["repeat_purchase"]["customers"],
        truth["repeat_purchase"]["with_2plus_orders"],
    )
    assert found["value"] == pytest.approx(truth["repeat_purchase"]["rate"], abs=MILLIONTH)


async def test_loading_again_in_another_order_changes_nothing(
    first_load: dict[str, Report], market: Company, connector: Connector, olist: Olist
) -> None:
    before, events = await figures(market), await market.event_count()
    chance = random.Random(2018)

    def shuffled(items: list[Item]) -> list[Item]:
        repeated = items + chance.sample(items, 300)
        chance.shuffle(repeated)
        return repeated

    again = await olist.load(connector, shuffled)
    for kind, report in again.items():
        sent = sum(first_load[kind].counts.values()) + 300
        assert report.counts["unchanged"] == sent, (kind, report.counts, report.rejected[:3])
    assert await market.event_count() == events
    assert await figures(market) == before


async def test_bad_rows_are_reported_and_the_others_arrive(
    first_load: dict[str, Report], market: Company, connector: Connector, olist: Olist
) -> None:
    events = await market.event_count()
    good = olist.reviews()[0]

    def row(name: str, **fields: Any) -> Item:
        return good | {"ref": {"system": OLIST, "externalId": name}} | fields

    stranger = {"system": OLIST, "externalId": "nobody"}
    report = await connector.sync(
        "Feedback",
        [
            row("bad-customer", customer=stranger),
            row("bad-order", interaction=stranger),
            row("bad-score", answers=[{"question": "score", "number": 6}]),
            row("bad-question", answers=[{"question": "mood", "number": 1}]),
            row("bad-time", occurredAt=None),
            row("bad-system") | {"ref": {"system": "elsewhere", "externalId": "x"}},
            row("good-one", answers=[]),
        ],
    )
    assert report.counts["created"] == 1
    assert report.counts["rejected"] == len(report.rejected) == 6
    assert {bad["index"]: (bad["errors"][0]["code"], bad["errors"][0]["field"]) for bad in report.rejected} == {
        0: ("UNKNOWN_REFERENCE", ["customer"]),
        1: ("UNKNOWN_REFERENCE", ["interaction"]),
        2: ("OUT_OF_RANGE", ["answers", "0", "number"]),
        3: ("INVALID", ["answers", "0", "question"]),
        4: ("REQUIRED", ["occurredAt"]),
        5: ("SYSTEM_NOT_ALLOWED", ["ref", "system"]),
    }
    assert await market.event_count() == events + 1
