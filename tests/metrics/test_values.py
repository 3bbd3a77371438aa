"""CSAT, NPS and CES over windows, scopes and countings, on both databases."""

from decimal import Decimal
from typing import Any

import pytest

from qms_graphql.metrics.answers import mean
from qms_graphql.metrics.rules import MetricCode, mean_score
from tests.conftest import Company
from tests.metrics.shop import COUNTINGS, NOTHING, TIMES, Shop, key


async def test_without_data_there_is_no_value(shop: Shop) -> None:
    for code in MetricCode:
        window = 'window: {from: "2026-01-01T00:00:00Z", until: "2026-02-01T00:00:00Z"}'
        assert await shop.value(code.value, window) == NOTHING
        assert await shop.value(code.value) == NOTHING
        assert await shop.series(code.value, "grain: MONTH") == []
        assert await shop.series(code.value, f"grain: MONTH, {window}") == []


async def test_csat_is_the_share_above_each_questions_threshold(shop: Shop) -> None:
    await shop.sync(
        "feedback",
        [
            shop.said("a", "2026-01-01T00:00:00Z", score=4, age=99),
            shop.said("b", "2026-01-02T00:00:00Z", score=3.999999, strict=9),
            shop.said("c", "2026-01-03T00:00:00Z", score=5, strict=8, recommend=10),
        ],
    )
    found = await shop.value("CSAT", fields="periodStart value low high n numerator denominator rule")
    assert found["rule"] == (
        "Satisfied is an answer of at least the question's satisfiedFrom. EACH_ANSWER: every answer counts. "
        "Answers without a number, and feedback that is no longer active, are no answers."
    )
    # Wilson 1927 for 3 of 5.
    assert {name: found[name] for name in found if name not in ("rule", "low", "high")} == {
        "periodStart": None,
        "value": 0.6,
        "n": 5,
        "numerator": 3.0,
        "denominator": 5,
    }
    assert (found["low"], found["high"]) == (pytest.approx(0.230724, abs=1e-6), pytest.approx(0.882379, abs=1e-6))


async def test_nps_takes_promoters_less_detractors(shop: Shop) -> None:
    numbers = (0, 6, 7, 8, 9, 10, 10)
    await shop.sync(
        "feedback", [shop.said(f"r{i}", "2026-01-01T00:00:00Z", recommend=n) for i, n in enumerate(numbers)]
    )
    assert await shop.value("NPS") == {"value": pytest.approx(100 / 7), "n": 7, "numerator": 1.0, "denominator": 7}


async def test_ces_is_a_mean_with_its_interval(shop: Shop) -> None:
    await shop.sync(
        "feedback", [shop.said(f"e{i}", "2026-01-01T00:00:00Z", effort=n) for i, n in enumerate((1, 2.5, 7, 7))]
    )
    found = await shop.value("CES", fields="value low high n numerator denominator")
    expected = mean_score(4, 17.5, 1 + 6.25 + 49 + 49)
    assert found == {
        "value": 4.375,
        "low": pytest.approx(expected.low),
        "high": pytest.approx(expected.high),
        "n": 4,
        "numerator": 17.5,
        "denominator": 4,
    }


async def test_a_window_holds_its_first_moment_and_not_its_last(shop: Shop) -> None:
    times = ("2026-01-01T00:00:00Z", "2026-01-15T00:00:00Z", "2026-01-31T23:59:59.999999Z", "2026-02-01T00:00:00Z")
    await shop.sync("feedback", [shop.said(f"t{i}", at, score=5) for i, at in enumerate(times)])
    for window, n in (
        ('{from: "2026-01-01T00:00:00Z", until: "2026-02-01T00:00:00Z"}', 3),
        ('{from: "2026-01-01T01:00:00+01:00", until: "2026-02-01T01:00:00+01:00"}', 3),
        ('{from: "2026-01-01T00:00:00.000001Z"}', 3),
        ('{until: "2026-01-15T00:00:00Z"}', 1),
        ("{from: null, until: null}", 4),
        ("{}", 4),
        ("null", 4),
    ):
        assert (await shop.value("CSAT", f"window: {window}", "n"))["n"] == n


async def test_the_latest_answer_of_an_interaction_counts(shop: Shop) -> None:
    await shop.sync("interactions", [shop.bought(name, "anna", "2026-01-01T00:00:00Z") for name in ("o1", "o2")])
    first, later = "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"

    def review(name: str, order: str | None, received: str, occurred: str = first, **answers: float) -> dict[str, Any]:
        about = {"interaction": key(order) if order else None, "receivedAt": received, "customer": key("anna")}
        return shop.said(name, occurred, **answers) | about

    await shop.sync(
        "feedback",
        [
            # The later arrival wins though it occurred earlier, the greater external id breaks the tie.
            review("a1", "o1", later, occurred="2026-01-02T00:00:00Z", score=5),
            review("z1", "o1", first, score=1),
            review("b2", "o2", first, score=1),
            review("b10", "o2", first, score=5),
            # Another question of the same interaction is counted apart.
            review("c1", "o1", first, strict=10),
            review("d1", None, first, score=2),
            review("d2", None, first, score=4),
        ],
    )
    each = {"value": pytest.approx(4 / 7), "n": 7, "numerator": 4.0, "denominator": 7}
    assert await shop.value("CSAT") == await shop.value("CSAT", "counting: EACH_ANSWER") == each
    # a1 = 5, b2 = 1 ("b2" > "b10"), c1 = 10 of the other question, d1 and d2 by themselves.
    assert await shop.value("CSAT", "counting: LATEST_PER_INTERACTION") == {
        "value": 0.6,
        "n": 5,
        "numerator": 3.0,
        "denominator": 5,
    }
    # Of Anna: a1 = 5 and c1 = 10.
    assert await shop.value("CSAT", "counting: LATEST_PER_CUSTOMER") == {
        "value": 1.0,
        "n": 2,
        "numerator": 2.0,
        "denominator": 2,
    }
    # The window comes first: without a1 the latest of o1 is z1.
    window = f'window: {{from: "{first}"}}'
    assert (await shop.value("CSAT", f"counting: LATEST_PER_INTERACTION, {window}"))["numerator"] == 2.0
    # So does the scope.
    assert await shop.value("CSAT", 'counting: LATEST_PER_CUSTOMER, scope: {question: "strict"}') == {
        "value": 1.0,
        "n": 1,
        "numerator": 1.0,
        "denominator": 1,
    }


async def test_answers_of_nobody_count_by_themselves(shop: Shop) -> None:
    scores = {"first": 5, "second": 1, "third": 5}
    await shop.sync("feedback", [shop.said(name, "2026-01-01T00:00:00Z", score=n) for name, n in scores.items()])
    for counting in COUNTINGS:
        assert await shop.value("CSAT", f"counting: {counting}") == {
            "value": pytest.approx(2 / 3),
            "n": 3,
            "numerator": 2.0,
            "denominator": 3,
        }


async def test_withdrawn_feedback_leaves_the_count_and_comes_back(shop: Shop) -> None:
    rows = [shop.said("a", "2026-01-01T00:00:00Z", score=5), shop.said("b", "2026-01-01T00:00:00Z", score=1)]
    for row in rows:
        row["ref"] = row["ref"] | {"version": 1}
    await shop.sync("feedback", rows)
    await shop.sync("feedback", [{"ref": key("b") | {"version": 2}, "deleted": True}])
    assert await shop.value("CSAT") == {"value": 1.0, "n": 1, "numerator": 1.0, "denominator": 1}
    await shop.sync("feedback", [rows[1] | {"ref": key("b") | {"version": 3}}])
    assert await shop.value("CSAT") == {"value": 0.5, "n": 2, "numerator": 1.0, "denominator": 2}


async def test_a_blank_answer_is_no_answer(shop: Shop) -> None:
    row = shop.said("a", "2026-01-01T00:00:00Z")
    row["answers"] = [{"question": "score", "number": None, "text": "no idea"}]
    await shop.sync("feedback", [row, shop.said("b", "2026-01-01T00:00:00Z", score=1)])
    assert await shop.value("CSAT") == {"value": 0.0, "n": 1, "numerator": 0.0, "denominator": 1}


async def test_a_scope_takes_its_part(shop: Shop) -> None:
    await shop.survey("other")
    await shop.sync("products", [{"ref": key("kettle"), "sku": "K1", "name": "Kettle"}])
    made = 'mutation { createTheme(input: {name: "lid"}) { theme { id } errors { code } } }'
    theme = (await shop.company.data(made))["createTheme"]["theme"]["id"]
    at = "2026-01-01T00:00:00Z"
    await shop.sync(
        "feedback",
        [
            shop.said("a", at, score=5) | {"customer": key("anna"), "product": key("kettle"), "language": "pt"},
            shop.said("b", at, score=4) | {"customer": key("bert"), "channel": "web", "source": "SUPPORT"},
            shop.said("c", at, score=3) | {"customer": key("cleo"), "survey": key("other")},
            shop.said("d", at, strict=2),
        ],
    )
    tagged = """mutation ($id: ID!, $theme: ID!) {
        updateFeedback(input: {id: $id, version: 1, themes: [$theme]}) { errors { code } } }"""
    assert (await shop.company.data(tagged, {"id": shop.ids["b"], "theme": theme}))["updateFeedback"]["errors"] == []
    for scope, numbers in {
        "{}": 4,
        f'{{customer: "{shop.ids["anna"]}"}}': 1,
        f'{{product: "{shop.ids["kettle"]}"}}': 1,
        f'{{survey: "{shop.ids["other"]}"}}': 1,
        f'{{survey: "{shop.ids["survey"]}"}}': 3,
        f'{{theme: "{theme}"}}': 1,
        '{question: "strict"}': 1,
        '{segment: "RJ"}': 2,
        '{country: "BR"}': 2,
        '{segment: "RJ", country: "BR"}': 1,
        '{channel: "web"}': 1,
        "{source: REVIEW}": 3,
        '{language: "pt"}': 1,
        '{language: "pt", channel: "web"}': 0,
        "{source: null, segment: null}": 4,
    }.items():
        assert (await shop.value("CSAT", f"scope: {scope}", "n"))["n"] == numbers, scope
        (point,) = await shop.series("CSAT", f"grain: YEAR, scope: {scope}", "n") if numbers else [{"n": 0}]
        assert point["n"] == numbers, scope


async def test_a_wrong_id_is_refused_by_its_name_and_an_unknown_one_finds_nothing(
    shop: Shop, other_company: Company
) -> None:
    await shop.sync("feedback", [shop.said("a", "2026-01-01T00:00:00Z", score=5) | {"customer": key("anna")}])
    assert await shop.refusal("CSAT", 'value(scope: {customer: "anna"})') == ("BAD_USER_INPUT", ["scope", "customer"])
    wrong = f'value(scope: {{product: "{shop.ids["anna"]}"}})'
    assert await shop.refusal("CSAT", wrong) == ("INVALID", ["scope", "product"])
    assert await shop.value("CSAT", f'scope: {{customer: "customer_{"0" * 32}"}}') == NOTHING
    neighbour = Shop(other_company)
    assert await neighbour.value("CSAT", f'scope: {{customer: "{shop.ids["anna"]}"}}') == NOTHING
    assert await neighbour.value("CSAT") == NOTHING


async def test_who_may_not_read_a_record_may_not_measure_it(shop: Shop) -> None:
    asked = f'{{ metric(code: CSAT) {{ value(scope: {{customer: "{shop.ids["anna"]}"}}) {{ n }} }} }}'
    (error,) = (await shop.company.ask(asked, who="employee"))["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "field": ["scope", "customer"]}
    assert (await shop.company.data("{ metric(code: CSAT) { value { n } } }", who="employee"))["metric"]["value"][
        "n"
    ] == 0


@pytest.mark.parametrize(
    ("window", "code", "field"),
    [
        ('{from: "2026-02-01T00:00:00Z", until: "2026-01-01T00:00:00Z"}', "INVALID", ["window", "from"]),
        ('{from: "2026-02-01T00:00:00Z", until: "2026-02-01T00:00:00Z"}', "INVALID", ["window", "from"]),
        ('{from: "0999-12-31T23:59:59Z"}', "OUT_OF_RANGE", ["window", "from"]),
        ('{until: "0001-01-01T00:00:00Z"}', "OUT_OF_RANGE", ["window", "until"]),
    ],
)
async def test_a_wrong_window_is_refused(shop: Shop, window: str, code: str, field: list[str]) -> None:
    assert await shop.refusal("CSAT", f"value(window: {window})") == (code, field)
    assert await shop.refusal("NPS", f"series(grain: DAY, window: {window})") == (code, field)


async def test_all_metrics_are_asked_at_once(shop: Shop) -> None:
    await shop.sync("feedback", [shop.said("a", "2026-01-01T00:00:00Z", score=5, recommend=10, effort=7)])
    query = """query ($window: Window!, $codes: Counting!) { metrics {
        code name unit formula intervalMethod higherIsBetter
        value(window: $window, counting: $codes) { value n }
        years: series(grain: YEAR, window: $window) { n } } }"""
    variables = {"window": {"until": "2027-01-01T00:00:00Z"}, "codes": "LATEST_PER_CUSTOMER"}
    found = (await shop.company.data(query, variables))["metrics"]
    assert [(metric["code"], metric["value"], metric["years"]) for metric in found] == [
        ("CSAT", {"value": 1.0, "n": 1}, [{"n": 1}]),
        ("NPS", {"value": 100.0, "n": 1}, [{"n": 1}]),
        ("CES", {"value": 7.0, "n": 1}, [{"n": 1}]),
        ("RETENTION", {"value": None, "n": 0}, []),
        ("REPEAT_PURCHASE", {"value": None, "n": 0}, []),
        ("COMPLAINT_RATE", {"value": None, "n": 0}, []),
        ("DEFECT_RATE", {"value": None, "n": 0}, []),
        ("CAPA_EFFECTIVENESS", {"value": None, "n": 0}, []),
        ("TRAINING_CURRENCY", {"value": None, "n": 0}, []),
        *((code, {"value": None, "n": 0}, []) for code in TIMES),
    ]
    assert all(metric["name"] and metric["unit"] and metric["formula"] for metric in found)


def test_numbers_are_added_exactly() -> None:
    assert (mean({}).value, mean({}).n) == (None, 0)
    tenths = mean({Decimal("0.1"): 3, Decimal(7): 1})
    assert (tenths.value, tenths.n, tenths.numerator) == (7.3 / 4, 4, 7.3)
    assert mean({Decimal(5): 2, Decimal(6): 1}) == mean_score(3, 16, 86)
