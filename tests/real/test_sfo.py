"""A real passengers' survey: NPS and CSAT equal the truth computed from the file."""

import json
from pathlib import Path

import pytest

from tests.conftest import Company
from tests.real.conftest import connector_of
from tests.real.loader import SFO, AirportSurvey


async def test_nps_equals_the_truth(company: Company, airport: AirportSurvey, shared: Path) -> None:
    truth = json.loads((shared / "data" / "sfo_survey" / "truth.json").read_text(encoding="utf-8"))["years"]["2017"]
    connector = await connector_of(company, SFO)
    report = await airport.load(connector)
    assert (report.counts["created"], report.counts["rejected"]) == (truth["respondents"], 0)
    found = await company.data(
        """{ nps: metric(code: NPS) { value { value n numerator } series(grain: DAY) { n numerator } }
             csat: metric(code: CSAT) { value { value n } } }"""
    )
    score, expected = found["nps"]["value"], truth["nps"]
    assert (score["n"], score["numerator"]) == (expected["valid"], expected["promoters"] - expected["detractors"])
    assert score["value"] == pytest.approx(expected["nps"], abs=5e-5)
    assert sum(day["numerator"] for day in found["nps"]["series"]) == score["numerator"]
    assert found["csat"]["value"] == {
        "value": pytest.approx(truth["csat_top2"], abs=5e-7),
        "n": truth["valid_ratings"],
    }
    for area, part in truth["nps_by_boarding_area"].items():
        query = "query ($scope: MetricScope) { metric(code: NPS) { value(scope: $scope) { value n } } }"
        value = (await company.data(query, {"scope": {"channel": area}}))["metric"]["value"]
        assert value == {"value": pytest.approx(part["nps"], abs=5e-5), "n": part["n"]}, area
