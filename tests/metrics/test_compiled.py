"""A series that PostgreSQL answers as a whole is the one that Python calculates, to the last digit."""

from typing import Any

import pytest
from sqlalchemy import Double, column, select, table

from qms_graphql.base.database import Database
from qms_graphql.graph.compiling.plan import Parameters, render
from qms_graphql.metrics.answers import COLUMNS
from qms_graphql.metrics.distributions import normal_quantile
from qms_graphql.metrics.intervals import adjusted_balance, balance_ends, wilson_ends
from tests.conftest import Company
from tests.graph.observe import statements
from tests.metrics.shop import COUNTINGS, Shop, key, live_in

HALF = {"from": "2026-01-01T00:00:00Z", "until": "2026-07-01T00:00:00Z"}
POINTS = "{ __typename begins: periodStart value low ...Ends n numerator denominator rule }"
QUERY = f"""
query ($window: Window, $scope: MetricScope, $grain: Grain!, $counting: Counting!) {{
    nps: metric(code: NPS) {{ ...Both }}
    csat: metric(code: CSAT) {{ __typename code name unit higherIsBetter ...Both }}
    OTHERWISE
}}
fragment Both on Metric {{ series(grain: $grain, counting: $counting, window: $window, scope: $scope) {POINTS} }}
fragment Ends on MetricPoint {{ high }}
"""
AS_ONE, ORDINARY = QUERY.replace("OTHERWISE", ""), QUERY.replace("OTHERWISE", "__typename")
"""The same, but the second asks for something that no statement says."""
AS_A_WHOLE = "WITH counted AS"


@pytest.fixture
async def busy(shop: Shop) -> Shop:
    """A shop with answers of three customers at the ends of months, some of them about a product, one confidential."""
    await shop.sync("products", [{"ref": key("kettle"), "name": "Kettle", "sku": "K-1"}])
    said = []
    for number in range(40):
        month, customer = number % 5 + 1, ("anna", "bert", "cleo", None)[number % 4]
        row = shop.said(f"f{number}", f"2026-{month:02}-28T23:30:00Z", score=number % 5 + 1, recommend=number % 11)
        row |= {"customer": key(customer) if customer else None, "confidential": number == 7}
        said.append(row | {"product": key("kettle") if number % 3 else None, "channel": "web" if number % 2 else None})
    await shop.sync("feedback", said)
    return shop


async def asked(company: Company, query: str, who: str = "admin", **given: Any) -> Any:
    answer = await company.ask(query, {"window": HALF, "grain": "MONTH", "counting": "EACH_ANSWER"} | given, who=who)
    if answer["data"] is not None:
        answer["data"].pop("__typename", None)
    return answer


@pytest.mark.parametrize("who", ["admin", "department_head"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Sao_Paulo"])
async def test_it_is_what_python_calculates(busy: Shop, zone: str, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    company = busy.company
    await live_in(company, zone)
    scopes = [None, {}, {"product": busy.ids["kettle"]}, {"customer": busy.ids["anna"]}, {"survey": busy.ids["survey"]}]
    scopes += [{"segment": "RJ", "channel": "web"}, {"question": "recommend", "source": "REVIEW"}, {"country": "PT"}]
    seen_points = 0
    for scope in scopes:
        for grain, latest in [("MONTH", latest) for latest in COUNTINGS] + [("DAY", "EACH_ANSWER")]:
            given = {"scope": scope, "grain": grain, "counting": latest}
            ordinary = await asked(company, ORDINARY, who, **given)
            with statements(monkeypatch) as seen:
                found = await asked(company, AS_ONE, who, **given)
            assert found["data"] == ordinary["data"]
            (counting,) = [sql for sql in seen if "time_zone" in sql]
            assert (AS_A_WHOLE in counting) is not company.installation.database.on_sqlite
            seen_points += len(found["data"]["nps"]["series"])
    assert seen_points > 100


async def test_the_zone_is_that_of_the_organization(busy: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def months() -> list[str]:
        found = await asked(busy.company, AS_ONE)
        return [point["begins"] for point in found["data"]["csat"]["series"]]

    assert await months() == [f"2026-0{month}-01T00:00:00Z" for month in range(1, 6)]
    other = Database(busy.company.installation.settings)
    try:
        await live_in(busy.company, "Asia/Tokyo", other)
        # There the last of February by UTC is the first of March.
        in_tokyo = [f"{day}T15:00:00Z" for day in ("2025-12-31", "2026-02-28", "2026-03-31", "2026-04-30")]
        with statements(monkeypatch) as seen:
            assert await months() == in_tokyo
        on_sqlite = busy.company.installation.database.on_sqlite
        assert len([sql for sql in seen if "time_zone" in sql]) == (2 if on_sqlite else 3)
        with statements(monkeypatch) as seen:
            assert await months() == in_tokyo
        assert len([sql for sql in seen if "time_zone" in sql]) == 1, "the zone is known now"
    finally:
        await other.close()


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"window": {"from": HALF["until"], "until": HALF["from"]}}, "INVALID", ["window", "from"]),
        ({"window": HALF | {"from": "0998-01-01T00:00:00Z"}}, "OUT_OF_RANGE", ["window", "from"]),
        ({"window": HALF | {"from": "1998-01-01T00:00:00Z"}, "grain": "DAY"}, "OUT_OF_RANGE", ["window"]),
        ({"scope": {"product": "customer_" + "0" * 32}}, "INVALID", ["scope", "product"]),
        ({"scope": {"product": "kettle"}}, "BAD_USER_INPUT", ["scope", "product"]),
    ],
)
async def test_what_is_wrong_is_refused_by_the_same_words(
    busy: Shop, given: dict[str, Any], code: str, field: list[str]
) -> None:
    found = await asked(busy.company, AS_ONE, **given)
    assert found == await asked(busy.company, ORDINARY, **given)
    assert found["data"] == {"nps": None, "csat": None}
    assert [error["extensions"] for error in found["errors"]] == [{"code": code, "field": field}] * 2


async def test_what_is_open_or_of_several_sorts_is_answered_otherwise(busy: Shop) -> None:
    open_ended = {"window": HALF | {"until": None}}
    assert await asked(busy.company, AS_ONE, **open_ended) == await asked(busy.company, ORDINARY, **open_ended)
    beside = "{ metric(code: CES) { series(grain: MONTH) { n } } nps: metric(code: NPS) { name } }"
    assert await busy.company.data(beside) == {"metric": {"series": []}, "nps": {"name": "Net Promoter Score"}}


async def test_the_formulas_are_the_same_to_the_last_digit(company: Company) -> None:
    database = company.installation.database
    if database.on_sqlite:
        pytest.skip("SQLite calculates nothing")
    good, bad, n = (column(name, Double) for name in ("good", "bad", "n"))
    z = normal_quantile()
    found = [
        *balance_ends(good - bad, good + bad, n, z, COLUMNS),
        *adjusted_balance(good - bad, good + bad, n, COLUMNS),
        *wilson_ends(good, n, z, COLUMNS),
    ]
    statement = select(good, bad, n, *(each.label(f"c{i}") for i, each in enumerate(found))).select_from(
        table("counted")
    )
    plan = render(statement, Parameters(database.dialect), [])
    counted = """WITH counted AS (
        SELECT good::float8, bad::float8, n::float8
        FROM generate_series(1, 30) n, generate_series(0, n) good, generate_series(0, n - good) bad
    ) """
    async with database.reading(company.id) as reader:
        rows = await reader.lines(counted + plan.sql, plan.arguments({}, {}))
    assert len(rows) == 5455
    for good_, bad_, n_, *ends in rows:
        g, b, count = int(good_), int(bad_), int(n_)
        expected = (*balance_ends(g - b, g + b, count, z), *adjusted_balance(g - b, g + b, count))
        assert tuple(ends) == (*expected, *wilson_ends(g, count, z))
