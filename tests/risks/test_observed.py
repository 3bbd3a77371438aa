"""The occurrence that the field shows, beside the rated one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.risks.rules import RiskKind, field_occurrence, occurrence_from_rate
from tests.conftest import Company
from tests.graph.observe import statements
from tests.records import made, refused
from tests.risks.test_ratings import UPDATE, estimate
from tests.risks.test_risks import CREATE, rating, risk

OBSERVED = """
query Observed($id: ID!, $from: DateTime, $until: DateTime) { risk(by: { id: $id }) {
  observedOccurrence(from: $from, until: $until) {
    from until events exposure perThousand suggestedRating rated reason
  }
} }
"""
YEAR = {"from": "2025-03-02T09:30:00Z", "until": "2026-03-02T09:30:00Z"}
NOTHING_SOLD = "It names no product, or no unit of it was sold in the window."


async def complaint(company: Company, received: str, **fields: Any) -> str:
    id_: str = await made(company, "Complaint", receivedAt=received, **fields)
    return id_


async def sold(company: Company, product: str, quantity: str | None, at: str, **more: Any) -> None:
    given_ = {"kind": "PURCHASE", "product": product, "quantity": quantity, "occurredAt": at} | more
    await made(company, "Interaction", **given_)


async def observed(company: Company, id_: str, who: str = "admin", **window: str) -> dict[str, Any]:
    return (await company.data(OBSERVED, {"id": id_} | window, who=who))["risk"]["observedOccurrence"]


async def test_complaints_over_units_sold_beside_the_rated_occurrence(company: Company) -> None:
    kettle, other = await made(company, "Product", name="Kettle"), await made(company, "Product", name="Urn")
    moments = ["2025-03-02T09:30:00Z", "2025-12-01T00:00:00Z", "2026-03-02T09:29:59Z"]
    outside = ["2025-03-02T09:29:59Z", "2026-03-02T09:30:00Z"]
    coded = [await complaint(company, at, product=kettle) for at in moments + outside]
    coded.append(await complaint(company, moments[1], product=kettle, active=False))
    await complaint(company, moments[0], product=kettle)
    for at in moments:
        await sold(company, kettle, "400", at)
        await sold(company, other, "5000", at)
    for at in outside:
        await sold(company, kettle, "7000", at)
    await sold(company, kettle, None, moments[1])
    await sold(company, kettle, "9000", moments[1], active=False)
    await sold(company, kettle, "30", moments[1], kind="RETURN")
    id_ = (await risk(company, product=kettle, initial=rating(8, 3, 7), complaints=coded))["id"]
    assert await observed(company, id_) == YEAR | {
        "events": 3,
        "exposure": 1200.0,
        "perThousand": 2.5,
        "suggestedRating": 6,
        "rated": 3,
        "reason": None,
    }
    assert await observed(company, id_, **{"from": outside[0], "until": moments[1]}) == {
        "from": outside[0],
        "until": moments[1],
        "events": 2,
        "exposure": 7400.0,
        "perThousand": 2000 / 7400,
        "suggestedRating": 4,
        "rated": 3,
        "reason": None,
    }
    assert (await observed(company, id_, until=moments[0]))["from"] == "2024-03-02T09:30:00Z"


async def test_where_no_unit_was_sold_no_rank_is_suggested(company: Company) -> None:
    kettle = await made(company, "Product", name="Kettle")
    coded = [await complaint(company, "2026-01-01T00:00:00Z", product=kettle)]
    empty = {"exposure": 0.0, "perThousand": None, "suggestedRating": None, "reason": NOTHING_SOLD}
    id_ = (await risk(company, product=kettle, complaints=coded))["id"]
    assert await observed(company, id_) == YEAR | empty | {"events": 1, "rated": None}
    id_ = (await risk(company, initial=rating(8, 3, 7)))["id"]
    assert await observed(company, id_) == YEAR | empty | {"events": 0, "rated": 3}


async def test_a_hazard_has_a_rate_but_no_occurrence_rank(company: Company) -> None:
    kettle = await made(company, "Product", name="Kettle")
    coded = [await complaint(company, "2026-01-01T00:00:00Z", product=kettle)]
    await sold(company, kettle, "500", "2026-01-01T00:00:00Z")
    about = {"kind": "HAZARD", "title": "Scalding", "initialEstimate": estimate(2, 3)}
    id_ = await made(company, "Risk", **about, product=kettle, complaints=coded)
    assert await observed(company, id_) == YEAR | {
        "events": 1,
        "exposure": 500.0,
        "perThousand": 2.0,
        "suggestedRating": None,
        "rated": None,
        "reason": "A hazard is not rated by occurrence.",
    }


async def test_complaints_are_coded_once_in_whatever_order(company: Company) -> None:
    one, other = [await complaint(company, "2026-01-01T00:00:00Z") for _ in range(2)]
    await refused(company, CREATE, {"title": "x", "complaints": [one, other, one]}, ("INVALID", ["complaints", "2"]))
    id_ = (await risk(company, complaints=[other, one]))["id"]
    events = await company.event_count()
    answer = await company.data(UPDATE, {"input": {"id": id_, "version": 1, "complaints": [one, other]}})
    assert answer["updateRisk"]["errors"] == []
    assert await company.event_count() == events
    text = "query ($id: ID!) { complaint(by: { id: $id }) { risks { nodes { id } } } }"
    assert await company.data(text, {"id": one}) == {"complaint": {"risks": {"nodes": [{"id": id_}]}}}


async def test_complaints_that_are_not_seen_do_not_count(company: Company) -> None:
    at = "2026-01-01T00:00:00Z"
    coded = [await complaint(company, at), await complaint(company, at, confidential=True)]
    id_ = (await risk(company, complaints=coded))["id"]
    assert (await observed(company, id_))["events"] == 2
    assert (await observed(company, id_, who="department_head"))["events"] == 1


async def test_an_empty_window_is_refused(company: Company) -> None:
    id_ = (await risk(company))["id"]
    given_ = {"id": id_, "from": YEAR["until"], "until": YEAR["from"]}
    answer = await company.ask(OBSERVED, given_)
    assert [error["path"] for error in answer["errors"]] == [["risk", "observedOccurrence"]]
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"


async def test_a_page_costs_one_statement_more_whatever_its_size(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    kettle = await made(company, "Product", name="Kettle")
    text = "{ risks { nodes { number observedOccurrence { events exposure } } } }"
    for count in (2, 4):
        for _ in range(2):
            coded = await complaint(company, "2026-01-01T00:00:00Z", product=kettle)
            await risk(company, product=kettle, complaints=[coded])
        with statements(monkeypatch) as seen:
            page = (await company.data(text))["risks"]["nodes"]
        assert (len(page), len([sql for sql in seen if "risk" in sql])) == (count, 2)


@given(st.integers(0, 10_000), st.integers(1, 100_000), st.integers(0, 1000))
def test_the_suggested_rank_follows_the_rate(events: int, exposure: int, more: int) -> None:
    found = field_occurrence(RiskKind.FAILURE_MODE, events, exposure)
    assert (found.rank, found.reason) == (occurrence_from_rate(1000 * events / exposure), None)
    worse = field_occurrence(RiskKind.FAILURE_MODE, events + more, exposure)
    assert worse.rank >= found.rank  # type: ignore[operator]
    assert field_occurrence(RiskKind.FAILURE_MODE, events, 0).rank is None
