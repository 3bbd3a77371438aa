"""RETENTION and REPEAT_PURCHASE over windows, scopes and calendar periods, on both databases."""

import pytest

from tests.metrics.shop import NOTHING, Shop, key, live_in

FEBRUARY = 'window: {from: "2026-02-01T00:00:00Z", until: "2026-03-01T00:00:00Z"}'


@pytest.fixture
async def bought(shop: Shop) -> Shop:
    """Anna buys in three months, Bert in January and twice in March; Cleo renews in January and buys in February."""
    await shop.sync(
        "interactions",
        [
            shop.bought("a1", "anna", "2026-01-20T00:00:00Z"),
            shop.bought("a2", "anna", "2026-02-10T00:00:00Z"),
            shop.bought("a3", "anna", "2026-03-10T00:00:00Z") | {"channel": "web"},
            shop.bought("b1", "bert", "2026-01-31T23:30:00Z"),
            shop.bought("b2", "bert", "2026-03-01T00:00:00Z") | {"channel": "web"},
            shop.bought("b3", "bert", "2026-03-31T00:00:00Z") | {"channel": "web"},
            shop.bought("c1", "cleo", "2026-01-25T00:00:00Z", "RENEWAL"),
            shop.bought("c2", "cleo", "2026-02-01T00:00:00Z"),
            shop.bought("call", "bert", "2026-02-03T00:00:00Z", "CALL"),
            shop.bought("nobody", None, "2026-02-03T00:00:00Z"),
        ],
    )
    return shop


async def test_retention_is_who_came_back_from_the_preceding_window(bought: Shop) -> None:
    # 28 days before February: Anna, Bert, Cleo; in February: Anna and Cleo.
    found = await bought.value("RETENTION", FEBRUARY, "periodStart value low high n numerator denominator rule")
    assert found == {
        "periodStart": None,
        "value": pytest.approx(2 / 3),
        # Wilson 1927 for 2 of 3.
        "low": pytest.approx(0.207660, abs=1e-6),
        "high": pytest.approx(0.938508, abs=1e-6),
        "n": 3,
        "numerator": 2.0,
        "denominator": 3,
        "rule": "(E - N) / S: of the customers with a purchase or renewal in the preceding window of the same length "
        "(in a series of whole calendar periods: in the preceding period) those with another in this one. Interactions "
        "that are no longer active or have no customer do not count; `counting` is about answers and not used.",
    }
    # A customer who is new in the window is not a retained one.
    march = 'window: {from: "2026-03-01T00:00:00Z", until: "2026-04-01T00:00:00Z"}'
    # The 31 days before March reach back to 29 January, so Bert is in.
    assert await bought.value("RETENTION", march) == {
        "value": pytest.approx(2 / 3),
        "n": 3,
        "numerator": 2.0,
        "denominator": 3,
    }


@pytest.mark.parametrize(
    "window", ["", 'window: {from: "2026-01-01T00:00:00Z"}', 'window: {until: "2026-01-01T00:00:00Z"}']
)
async def test_an_open_window_retains_nobody_and_says_why(bought: Shop, window: str) -> None:
    assert await bought.value("RETENTION", window, "value low n rule") == {
        "value": None,
        "low": None,
        "n": 0,
        "rule": "An open window has no length, so no window precedes it to retain customers from: give from and until.",
    }


async def test_a_window_too_long_to_have_one_before_it_is_refused(bought: Shop) -> None:
    window = 'window: {from: "1900-01-01T00:00:00Z", until: "9000-01-01T00:00:00Z"}'
    assert await bought.refusal("RETENTION", f"value({window})") == ("OUT_OF_RANGE", ["window"])


async def test_retention_by_month_compares_whole_months(bought: Shop) -> None:
    february = {"periodStart": "2026-02-01T00:00:00Z", "n": 3, "numerator": 2.0}
    march = {"periodStart": "2026-03-01T00:00:00Z", "n": 2, "numerator": 1.0}
    assert await bought.series("RETENTION", "grain: MONTH") == [february, march]
    assert await bought.series("RETENTION", f"grain: MONTH, {FEBRUARY}") == [february]
    within = 'window: {from: "2026-02-15T00:00:00Z", until: "2026-03-02T00:00:00Z"}'
    assert await bought.series("RETENTION", f"grain: MONTH, {within}") == [february, march]
    april = 'window: {from: "2026-04-01T00:00:00Z", until: "2026-06-01T00:00:00Z"}'
    assert await bought.series("RETENTION", f"grain: MONTH, {april}") == [
        {"periodStart": "2026-04-01T00:00:00Z", "n": 2, "numerator": 0.0}
    ]
    await live_in(bought.company, "Europe/Berlin")
    # Bert's first purchase was in February there.
    assert await bought.series("RETENTION", "grain: MONTH") == [
        {"periodStart": "2026-01-31T23:00:00Z", "n": 2, "numerator": 2.0},
        {"periodStart": "2026-02-28T23:00:00Z", "n": 3, "numerator": 2.0},
    ]


async def test_repeat_purchase_is_who_bought_twice(bought: Shop) -> None:
    # Cleo's renewal is no purchase.
    all_time = {"value": pytest.approx(2 / 3), "n": 3, "numerator": 2.0, "denominator": 3}
    assert await bought.value("REPEAT_PURCHASE") == all_time
    assert await bought.value("REPEAT_PURCHASE", "counting: LATEST_PER_CUSTOMER") == all_time
    assert await bought.value("REPEAT_PURCHASE", FEBRUARY) == {"value": 0.0, "n": 2, "numerator": 0.0, "denominator": 2}
    assert await bought.series("REPEAT_PURCHASE", "grain: MONTH") == [
        {"periodStart": "2026-01-01T00:00:00Z", "n": 2, "numerator": 0.0},
        {"periodStart": "2026-02-01T00:00:00Z", "n": 2, "numerator": 0.0},
        {"periodStart": "2026-03-01T00:00:00Z", "n": 2, "numerator": 1.0},
    ]
    cut = 'window: {from: "2026-01-31T00:00:00Z", until: "2026-03-31T00:00:00Z"}'
    assert await bought.series("REPEAT_PURCHASE", f"grain: QUARTER, {cut}") == [
        {"periodStart": "2026-01-01T00:00:00Z", "n": 3, "numerator": 2.0}
    ]


async def test_a_scope_takes_its_part_of_the_purchases(bought: Shop) -> None:
    for scope, numbers in {
        "{}": (3, 2),
        f'{{customer: "{bought.ids["bert"]}"}}': (1, 1),
        '{segment: "RJ"}': (2, 1),
        '{country: "PT"}': (1, 0),
        '{channel: "web"}': (2, 1),
    }.items():
        found = await bought.value("REPEAT_PURCHASE", f"scope: {scope}")
        assert (found["n"], found["numerator"]) == numbers, scope
    retained = await bought.value("RETENTION", f'{FEBRUARY}, scope: {{segment: "RJ"}}')
    assert (retained["n"], retained["numerator"]) == (2, 1.0)


async def test_purchases_have_no_survey(bought: Shop) -> None:
    for code in ("RETENTION", "REPEAT_PURCHASE"):
        scope = f'scope: {{survey: "{bought.ids["survey"]}", source: REVIEW}}'
        assert await bought.value(code, f"{FEBRUARY}, {scope}") == NOTHING
        rule = (await bought.value(code, f"{FEBRUARY}, {scope}", "rule"))["rule"]
        assert rule == "Purchases have no survey and no source: nothing can be counted in this scope."
        assert await bought.series(code, f"grain: MONTH, {scope}") == []


async def test_a_deleted_purchase_leaves_the_denominator(bought: Shop) -> None:
    await bought.sync("interactions", [{"ref": key(name), "deleted": True} for name in ("b2", "b3", "c2")])
    assert await bought.value("REPEAT_PURCHASE") == {"value": 0.5, "n": 2, "numerator": 1.0, "denominator": 2}
    assert (await bought.value("RETENTION", FEBRUARY))["numerator"] == 1.0
