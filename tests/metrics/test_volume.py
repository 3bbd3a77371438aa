"""How much is said about a theme: counted by hand, in the organization's time zone, by one statement for all."""

import pytest

from tests.conftest import Company
from tests.graph.observe import statements
from tests.records import made

ASK = """
query ($grain: Grain!, $window: Window) {
  themes(orderBy: [{ field: NAME }]) {
    nodes { name volume(grain: $grain, window: $window) { periodStart value low high n } }
  }
}
"""
SPRING = {"from": "2026-01-01T00:00:00Z", "until": "2026-04-01T00:00:00Z"}


async def said(company: Company, at: str, themes: list[str], **more: object) -> str:
    return await made(company, "Feedback", source="SUPPORT", text="Words.", occurredAt=at, themes=themes, **more)


async def test_the_volume_of_themes(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    lid, noise = await made(company, "Theme", name="Lid"), await made(company, "Theme", name="Noise")
    first = await said(company, "2026-01-31T23:59:59Z", [lid])
    await said(company, "2026-02-01T00:00:00Z", [lid, noise])
    await said(company, "2026-02-14T12:00:00Z", [lid])
    await said(company, "2026-02-15T12:00:00Z", [lid], duplicateOf=first)
    await said(company, "2025-12-31T12:00:00Z", [noise])
    asked = {"grain": "MONTH", "window": SPRING}
    await company.data(ASK, asked)
    with statements(monkeypatch) as seen:
        found = (await company.data(ASK, asked))["themes"]["nodes"]
    assert len(seen) == 2
    one = {"low": pytest.approx(0.0253, abs=5e-5), "high": pytest.approx(5.5716, abs=5e-5)}
    two = {"low": pytest.approx(0.2422, abs=5e-5), "high": pytest.approx(7.2247, abs=5e-5)}
    assert found == [
        {
            "name": "Lid",
            "volume": [
                {"periodStart": "2026-01-01T00:00:00Z", "value": 1.0, "n": 1, **one},
                {"periodStart": "2026-02-01T00:00:00Z", "value": 2.0, "n": 2, **two},
            ],
        },
        {"name": "Noise", "volume": [{"periodStart": "2026-02-01T00:00:00Z", "value": 1.0, "n": 1, **one}]},
    ]
    usual = (await company.data(ASK, {"grain": "YEAR"}))["themes"]["nodes"]
    assert [[point["n"] for point in theme["volume"]] for theme in usual] == [[3], [1, 1]]


async def test_a_window_of_a_volume_has_both_ends_and_bounds(company: Company) -> None:
    await made(company, "Theme", name="Lid")
    for window, code in (
        ({"from": SPRING["from"]}, "REQUIRED"),
        ({"from": "1000-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "OUT_OF_RANGE"),
    ):
        answer = await company.ask(ASK, {"grain": "DAY", "window": window})
        (error,) = answer["errors"]
        assert (error["extensions"]["code"], error["path"]) == (code, ["themes", "nodes", 0, "volume"])


async def test_nothing_is_predicted_yet(company: Company) -> None:
    customer = await made(company, "Customer", name="Ann", kind="PERSON")
    text = "query ($id: ID!) { customer(by: { id: $id }) { churnRisk { probability evaluation { skill n } } } }"
    assert await company.data(text, {"id": customer}) == {"customer": {"churnRisk": None}}
