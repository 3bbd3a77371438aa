"""What a management review is shown: counted by hand, kept when it was held, in as few statements as for one."""

from typing import Any

import pytest

from qms_graphql.base.access import PERMISSIONS, Role
from tests.conftest import Company
from tests.graph.observe import statements
from tests.metrics.shop import Shop, key
from tests.records import id_of, made, moved
from tests.reviews.cases import finding, held, review

PERIOD = {"periodFrom": "2026-01-01T00:00:00Z", "periodUntil": "2026-03-01T00:00:00Z"}
IN, AFTER = "2026-02-10T00:00:00Z", "2026-03-01T00:00:00Z"
SHOWN = """
query ($id: ID!) {
  review(by: { id: $id }) {
    inputsAt
    inputs {
      clause title
      figures {
        name rule count metric point { value n numerator denominator }
        objective { number } target progress onTrack
      }
    }
  }
}
"""


async def told(company: Company) -> str:
    """A winter's records, most of them within the period; the management review that looks at them."""
    shop = Shop(company)
    await shop.survey()
    await shop.sync("customers", [{"ref": key("anna"), "name": "Anna", "kind": "PERSON"}])
    said = [shop.said(f"score {n}", IN, score=score) for n, score in enumerate((5, 4, 2, 1))]
    said += [shop.said(f"nps {n}", IN, recommend=score) for n, score in enumerate((10, 9, 9, 3))]
    await shop.sync("feedback", [*said, shop.said("late", AFTER, score=1)])
    await shop.sync("interactions", [shop.bought("kettles", "anna", IN) | {"quantity": "500"}])
    for at in ("2026-01-05T00:00:00Z", IN, AFTER):
        await made(company, "Complaint", nature="It leaks.", receivedAt=at, awareAt=at)
    await made(company, "Feedback", source="OTHER", voice="EMPLOYEE", text="A longer cable.", occurredAt=IN)
    supplier = await made(company, "Customer", name="Moulds", supplier=True)
    for at, more in ((IN, {}), (IN, {"supplier": supplier}), (AFTER, {})):
        await made(company, "Nonconformity", title="Lids", origin="PROCESS", detectedAt=at, **more)
    await made(company, "Inspection", at=IN, inspected=200, defective=3)
    risk = await made(company, "Risk", failureMode="The lid cracks.")
    await made(company, "Action", title="Seal", kind="CORRECTIVE", dueAt=IN)
    await made(company, "Action", title="Train", kind="PREVENTIVE", dueAt="2026-04-01T00:00:00Z", risk=risk)
    aim = {"metricCode": "CSAT", "direction": "AT_LEAST", "target": 0.7, "dueAt": "2026-05-01T00:00:00Z"}
    baseline = {"baselineFrom": "2025-11-01T00:00:00Z", "baselineUntil": "2026-01-01T00:00:00Z"}
    await made(company, "Objective", title="Happier", **aim, **baseline)
    await _reviewed(company, supplier)
    return await review(company, "MANAGEMENT_REVIEW", **PERIOD, lead=await id_of(company, "quality_manager"))


async def _reviewed(company: Company, supplier: str) -> None:
    """An audit, an authority's inspection and an earlier management review."""
    lead = await id_of(company, "department_head")
    audit = await review(company, lead=lead)
    await held(company, audit, IN)
    await finding(company, audit, "MAJOR")
    lapse = await made(company, "Nonconformity", title="Scale", origin="AUDIT", detectedAt=IN)
    await finding(company, audit, "MINOR", nonconformity=lapse)
    await finding(company, audit, "OPPORTUNITY", foundAt=AFTER)
    await finding(company, None, "OBSERVATION", authority="FDA", supplier=supplier, foundAt=IN)
    earlier = await review(company, "MANAGEMENT_REVIEW", lead=lead)
    await held(company, earlier, "2026-01-08T00:00:00Z")
    actions = [
        await made(company, "Action", title="Hire", kind="IMPROVEMENT", dueAt=due)
        for due in (IN, "2026-04-01T00:00:00Z", IN)
    ]
    await moved(company, actions[2], "CANCELLED", reason="Nobody to hire.")
    await finding(company, earlier, "DECISION", actions=actions)


COUNTED: dict[str, dict[str, int]] = {
    "9.3.2 a": {"actions": 2, "not done": 2, "overdue": 1},
    "9.3.2 c 1": {"feedback": 8, "complaints": 2, "open complaints": 3, "overdue complaints": 2},
    "9.3.2 c 2": {"met": 0, "missed": 0},
    "9.3.2 c 3": {},
    "9.3.2 c 4": {
        "nonconformities": 3,
        "closed nonconformities": 0,
        "open nonconformities": 4,
        "open corrective actions": 2,
        "overdue corrective actions": 1,
    },
    "9.3.2 c 5": {"inspections": 1, "effectiveness checks": 0},
    "9.3.2 c 6": {
        "audits": 1,
        "major findings": 1,
        "minor findings": 1,
        "observation findings": 0,
        "opportunity findings": 0,
        "conformity findings": 0,
        "unanswered findings": 1,
    },
    "9.3.2 c 7": {"nonconformities of suppliers": 1, "findings at suppliers": 1},
    "9.3.2 d": {"overdue trainings": 0},
    "9.3.2 e": {"effective actions": 0, "ineffective actions": 0, "open actions": 1, "open risks": 1},
    "9.3.2 f": {"opportunities": 0, "ideas": 1, "improvements": 0},
}
"""Counted by hand: the third complaint, nonconformity and opportunity came after the period, but are open now; the
complaints of January and of 10 February are due after 20 days."""
MEASURED = {
    "CSAT": (0.5, 4, 2, 4),
    "NPS": (50, 4, 2, 4),
    "CES": (None, 0, 0, 0),
    "COMPLAINT_RATE": (4, 500, 2, 500),
    "DEFECT_RATE": (0.015, 200, 3, 200),
    "CAPA_EFFECTIVENESS": (None, 0, 0, 0),
    "TRAINING_CURRENCY": (None, 0, 0, 0),
}


def measured(topics: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """What was measured of the period: by metric, value, n, numerator and denominator."""
    return {
        figure["metric"]: tuple(figure["point"].values())
        for topic in topics
        for figure in topic["figures"]
        if figure["point"] is not None and figure["objective"] is None and figure["metric"] != "RETENTION"
    }


def counted(topics: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """What was counted: by clause and name."""
    return {
        topic["clause"]: {figure["name"]: figure["count"] for figure in topic["figures"] if figure["metric"] is None}
        for topic in topics
    }


async def test_a_management_review_is_shown_what_there_is_and_keeps_what_it_was_shown(company: Company) -> None:
    one = await told(company)
    live = (await company.data(SHOWN, {"id": one}))["review"]
    assert live["inputsAt"] is None
    assert counted(live["inputs"]) == COUNTED
    assert measured(live["inputs"]) == MEASURED
    (objective,) = [f for topic in live["inputs"] for f in topic["figures"] if f["objective"] is not None]
    # Since its baseline ended: the four answers of February, and the late one of March.
    assert objective["rule"].startswith("Satisfied is an answer")
    assert {name: value for name, value in objective.items() if name != "rule"} == {
        "name": "OBJ-2026-00001 Happier",
        "count": None,
        "metric": "CSAT",
        "point": {"value": 0.4, "n": 5, "numerator": 2, "denominator": 5},
        "objective": {"number": "OBJ-2026-00001"},
        "target": 0.7,
        "progress": None,
        "onTrack": None,
    }
    assert all(figure["rule"] for topic in live["inputs"] for figure in topic["figures"])
    await moved(company, one, "HELD", changes={"review": {"heldAt": "2026-03-02T09:00:00Z"}})
    await made(company, "Complaint", nature="It leaks.", receivedAt=IN, awareAt=IN)
    held = (await company.data(SHOWN, {"id": one}, who="auditor"))["review"]
    assert held == {"inputsAt": "2026-03-02T09:30:00Z", "inputs": live["inputs"]}
    another = await review(company, "MANAGEMENT_REVIEW", **PERIOD)
    now = counted((await company.data(SHOWN, {"id": another}))["review"]["inputs"])
    assert now["9.3.2 c 1"] == {"feedback": 8, "complaints": 3, "open complaints": 4, "overdue complaints": 3}
    # Its decisions are those of an earlier one only for reviews of a later period.
    assert now["9.3.2 a"] == COUNTED["9.3.2 a"]
    audit = await review(company)
    assert (await company.data(SHOWN, {"id": audit}))["review"] == {"inputsAt": None, "inputs": None}


async def test_many_reviews_take_as_few_statements_as_one(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    await made(
        company,
        "Objective",
        title="Happier",
        metricCode="CSAT",
        direction="AT_LEAST",
        target=0.7,
        dueAt="2026-05-01T00:00:00Z",
        baselineFrom="2025-11-01T00:00:00Z",
        baselineUntil="2026-01-01T00:00:00Z",
    )
    text = "{ reviews { nodes { ownWork { name } inputs { figures { count point { value } } } } } }"
    seen = []
    for start in ("2026-01-01", "2025-06-01", "2024-01-01"):
        await review(company, "MANAGEMENT_REVIEW", **PERIOD | {"periodFrom": f"{start}T00:00:00Z"})
        await company.data(text)
        with statements(monkeypatch) as some:
            await company.data(text)
        seen.append(len(some))
    assert len(set(seen)) == 1


async def test_the_period_is_the_year_before_unless_somebody_says(company: Company) -> None:
    one = await review(company, "MANAGEMENT_REVIEW", plannedAt="2026-06-01T00:00:00Z")
    text = "query ($id: ID!) { review(by: { id: $id }) { periodFrom periodUntil } }"
    asked = (await company.data(text, {"id": one}))["review"]
    assert asked == {"periodFrom": "2025-06-01T00:00:00Z", "periodUntil": "2026-06-01T00:00:00Z"}


def test_whoever_reads_reviews_may_read_what_their_figures_are_made_of() -> None:
    counted_from = {
        f"{area}:read"
        for area in (
            "feedback",
            "complaints",
            "customers",
            "products",
            "risks",
            "actions",
            "nonconformities",
            "effectiveness",
            "training",
            "metrics",
        )
    }
    for role in Role:
        assert "reviews:read" not in PERMISSIONS[role] or counted_from <= PERMISSIONS[role]
