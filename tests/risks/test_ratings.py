"""The list of all that a risk was rated, and the estimates of hazards, which are kept apart."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import START, Company
from tests.records import made, refused
from tests.risks.test_risks import CREATE, rating, risk, shown

UPDATE = """
mutation Update($input: UpdateRiskInput!) { updateRisk(input: $input) { risk { id } errors { code field } } }
"""
RATINGS = """
query Ratings($id: ID!) { risk(by: { id: $id }) {
  version ratingReason
  ratings { at by { name } severity occurrence detection rpn actionPriority reason }
  initialEstimate { probability harmSeverity level }
  currentEstimate { probability harmSeverity level }
  estimates { at by { name } probability harmSeverity level reason }
} }
"""


async def ratings(company: Company, id_: str) -> dict[str, Any]:
    return (await company.data(RATINGS, {"id": id_}))["risk"]


async def rated(company: Company, id_: str, who: str = "admin", **fields: Any) -> None:
    version = (await ratings(company, id_))["version"]
    answer = await company.data(UPDATE, {"input": {"id": id_, "version": version} | fields}, who=who)
    assert answer["updateRisk"]["errors"] == []


def entry(ranks: tuple[int, int, int], who: str, reason: str | None, days: int = 0) -> dict[str, Any]:
    at = (START + timedelta(days=days)).isoformat().replace("+00:00", "Z")
    return shown(*ranks) | {"at": at, "by": {"name": who}, "reason": reason}


def estimate(probability: int, severity: int) -> dict[str, int]:
    return {"probability": probability, "harmSeverity": severity}


async def test_each_rating_is_kept_with_who_when_and_why(company: Company) -> None:
    id_ = (await risk(company, initial=rating(8, 9, 7), ratingReason="48 complaints."))["id"]
    clock = company.installation.clock
    clock.set(START + timedelta(days=1))
    await rated(company, id_, "department_head", current=rating(8, 2, 3), ratingReason="Old plastic is back.")
    clock.set(START + timedelta(days=2))
    await rated(company, id_, current=rating(8, 3, 3))
    clock.set(START + timedelta(days=3))
    await rated(company, id_, ratingReason="Looked at again; it stands.")
    # Neither an equal rating nor an equal reason is a new one.
    await rated(company, id_, current=rating(8, 3, 3), ratingReason="Looked at again; it stands.")
    await rated(company, id_, title="Lids")
    found = await ratings(company, id_)
    assert found["ratingReason"] == "Looked at again; it stands."
    assert found["ratings"] == [
        entry((8, 9, 7), "admin", "48 complaints."),
        entry((8, 2, 3), "department_head", "Old plastic is back.", 1),
        entry((8, 3, 3), "admin", None, 2),
        entry((8, 3, 3), "admin", "Looked at again; it stands.", 3),
    ]
    assert (found["initialEstimate"], found["currentEstimate"], found["estimates"]) == (None, None, [])


async def test_two_ratings_at_once_are_two(company: Company) -> None:
    id_ = (await risk(company, initial=rating(8, 9, 7), current=rating(8, 2, 3), ratingReason="Tested."))["id"]
    expected = [entry((8, 9, 7), "admin", None), entry((8, 2, 3), "admin", "Tested.")]
    assert (await ratings(company, id_))["ratings"] == expected


async def test_a_reason_is_the_reason_of_a_rating(company: Company) -> None:
    await refused(company, CREATE, {"title": "x", "ratingReason": "Because."}, ("INVALID", ["ratingReason"]))
    id_ = (await risk(company))["id"]
    given = {"id": id_, "version": 1, "ratingReason": "Because."}
    await refused(company, UPDATE, given, ("INVALID", ["ratingReason"]))


async def test_a_hazard_is_estimated_by_probability_and_severity(company: Company) -> None:
    id_ = await made(
        company,
        "Risk",
        kind="HAZARD",
        title="Scalding",
        harm="Burnt hand.",
        initialEstimate=estimate(4, 3),
        ratingReason="Two cases a year.",
    )
    await rated(company, id_, currentEstimate=estimate(2, 3), ratingReason="Locked lid.")
    found = await ratings(company, id_)
    at = {"at": "2026-03-02T09:30:00Z", "by": {"name": "admin"}}
    assert found == {
        "version": 2,
        "ratingReason": "Locked lid.",
        "ratings": [],
        "initialEstimate": estimate(4, 3) | {"level": 12},
        "currentEstimate": estimate(2, 3) | {"level": 6},
        "estimates": [
            estimate(4, 3) | {"level": 12, "reason": "Two cases a year."} | at,
            estimate(2, 3) | {"level": 6, "reason": "Locked lid."} | at,
        ],
    }
    text = (
        "{ risks(where: { level: { lte: 6 } }, orderBy: [{ field: LEVEL }]) { nodes { harm level actionPriority } } }"
    )
    assert (await company.data(text))["risks"]["nodes"] == [{"harm": "Burnt hand.", "level": 6, "actionPriority": None}]


async def test_the_two_ways_of_rating_are_kept_apart(company: Company) -> None:
    about = {"title": "x", "initialEstimate": estimate(2, 2)}
    for kind in ("FAILURE_MODE", "BUSINESS", "OPPORTUNITY"):
        await refused(company, CREATE, about | {"kind": kind}, ("INVALID", ["initialEstimate"]))
    both = about | {"kind": "HAZARD", "current": rating(2, 2, 2)}
    await refused(company, CREATE, both, ("INVALID", ["initial"]))
    hazard = await made(company, "Risk", kind="HAZARD", **about)
    await refused(company, UPDATE, {"id": hazard, "version": 1, "kind": "BUSINESS"}, ("INVALID", ["initialEstimate"]))


@pytest.mark.parametrize("name", ["initialEstimate", "currentEstimate"])
async def test_an_estimate_has_two_ranks_from_1_to_5(company: Company, name: str) -> None:
    about = {"title": "x", "kind": "HAZARD"}
    for rank in ("probability", "harmSeverity"):
        half = {key: value for key, value in estimate(3, 3).items() if key != rank}
        await refused(company, CREATE, about | {name: half}, ("REQUIRED", [name, rank]))
        for wrong in (0, 6):
            given = about | {name: half | {rank: wrong}}
            await refused(company, CREATE, given, ("OUT_OF_RANGE", [name, rank]))


async def test_the_initial_estimate_stays(company: Company) -> None:
    id_ = await made(company, "Risk", kind="HAZARD", title="x", initialEstimate=estimate(4, 3))
    for name, value in (("initialEstimate", estimate(1, 1)), ("initialEstimate", None), ("currentEstimate", None)):
        await refused(company, UPDATE, {"id": id_, "version": 1, name: value}, ("INVALID", [name]))
