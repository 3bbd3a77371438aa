"""The pack of a management review: its inputs as they were, what was found, what was decided."""

import re
from typing import Any

from qms_graphql.reports.review import outcome
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
    assert "As it is now; it is kept when it is recorded that the review was held." in early.text
    await moved(company, id_, "HELD", changes={"review": {"heldAt": "2026-03-02T09:00:00Z"}})
    action = await made(company, "Action", title="Buy a test bench", kind="IMPROVEMENT", owner=lead)
    await made(
        company, "Finding", kind="DECISION", statement="Every lid is press-tested.", review=id_, actions=[action],
    )  # fmt: skip
    found = await got(company, f"/reports/management-review/{number}")
    assert found.status_code == 200
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.text))
    for told in (
        "As it was on 2 March 2026, 09:30 UTC, when it was recorded that the review was held.",
        "Decision Every lid is press-tested. – ACT-2026-00001: Buy a test bench, quality_manager, due – (planned)",
        "Summary A quiet winter.",
        "Nothing is signed yet.",
    ):
        assert told in text
    picture = found.text[found.text.index("<svg") : found.text.index("</svg>")]
    assert re.findall(r'class="head"[^>]*>([^<]+)<', picture) == [
        *(f"9.3.2 {letter}" for letter in "acdef"), number, "Decision", "ACT-2026-00001",
    ]  # fmt: skip
    assert re.findall(r"<h3>(9[.]3[.]2 [a-f])", found.text)[:2] == ["9.3.2 a", "9.3.2 c"]


def test_the_picture_leads_from_what_was_looked_at_to_what_is_done() -> None:
    def topic(clause: str, title: str, *on_track: bool | None) -> dict[str, Any]:
        return {"clause": clause, "title": title, "figures": [{"onTrack": value} for value in on_track]}

    raised = {"number": "NC-1", "status": "CONTAINED"}
    bench = {"number": "ACT-1", "title": "Buy a bench", "status": "EFFECTIVE"}
    glue = {"number": "ACT-2", "title": "More glue", "status": "INEFFECTIVE"}
    found = {
        "number": "RVW-1",
        "title": "Winter",
        "inputs": [
            topic("9.3.2 c 1", "Customers", None, True),
            topic("9.3.2 c 2", "Objectives", True, False),
            topic("9.3.2 d", "Means", True),
        ],
        "findings": {
            "nodes": [
                {"kind": "MAJOR", "statement": "Lids crack.", "nonconformity": raised, "actions": [bench]},
                # What serves both is drawn once.
                {"kind": "DECISION", "statement": "Test.", "nonconformity": raised, "actions": [bench, glue]},
            ]
        },
    }
    picture = outcome(found)
    columns = ["What was looked at", "Review", "Findings and decisions", "What comes of it"]
    assert [title for _, title in picture.titles] == columns
    assert [(box.head, " ".join(box.lines), box.tone) for box in picture.boxes] == [
        ("9.3.2 c", "Customers; Objectives", "bad"),
        ("9.3.2 d", "Means", "plain"),
        ("RVW-1", "Winter", "plain"),
        ("Major", "Lids crack.", "plain"),
        ("Decision", "Test.", "plain"),
        ("NC-1", "Nonconformity, contained", "plain"),
        ("ACT-1", "Buy a bench", "good"),
        ("ACT-2", "More glue", "bad"),
    ]
    # An audit is shown no inputs.
    assert [title for _, title in outcome(found | {"inputs": None}).titles] == columns[1:]
