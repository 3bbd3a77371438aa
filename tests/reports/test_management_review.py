"""The pack of a management review: its inputs as they were, what was found, what was decided."""

import re

from tests.conftest import Company
from tests.records import id_of, made, moved
from tests.reports.test_eight_d import got
from tests.reviews.cases import review

PERIOD = {"periodFrom": "2026-01-01T00:00:00Z", "periodUntil": "2026-03-01T00:00:00Z"}


async def test_the_pack_tells_what_was_looked_at_and_decided(company: Company) -> None:
    lead = await id_of(company, "quality_manager")
    id_ = await review(company, "MANAGEMENT_REVIEW", **PERIOD, lead=lead, team=[lead], summary="A quiet winter.")
    number = "RVW-2026-00001"
    early = await got(company, f"/reports/management-review/{number}")
    assert "As it is now; it is kept when the review is held." in early.text
    await moved(company, id_, "HELD", changes={"review": {"heldAt": "2026-03-02T09:00:00Z"}})
    action = await made(company, "Action", title="Buy a test bench", kind="IMPROVEMENT", owner=lead)
    await made(
        company, "Finding", kind="DECISION", statement="Every lid is press-tested.", review=id_, actions=[action],
    )  # fmt: skip
    found = await got(company, f"/reports/management-review/{number}")
    assert found.status_code == 200
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.text))
    for told in (
        "As it was on 2 March 2026, 09:30 UTC, when the review was held.",
        "Decision Every lid is press-tested. – ACT-2026-00001: Buy a test bench, quality_manager, due – (planned)",
        "Summary A quiet winter.",
        "Nothing is signed yet.",
    ):
        assert told in text
    assert re.findall(r"<h3>(9[.]3[.]2 [a-f])", found.text)[:2] == ["9.3.2 a", "9.3.2 c"]
