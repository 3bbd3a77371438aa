"""What the tests of effectiveness share."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Company
from tests.metrics.shop import Shop, key
from tests.records import made

BASELINE = {"baselineFrom": "2026-01-01T00:00:00Z", "baselineUntil": "2026-03-01T00:00:00Z"}
OBSERVATION = {"observationFrom": "2026-03-03T00:00:00Z", "observationUntil": "2026-05-01T00:00:00Z"}
AIM = {"metricCode": "CSAT", "direction": "AT_LEAST", "target": 0.7, **BASELINE}
PLAN = {**AIM, **OBSERVATION}


@pytest.fixture
async def shop(company: Company) -> Shop:
    """A company with a survey, two customers and two products."""
    found = Shop(company)
    await found.survey()
    await found.sync("customers", [{"ref": key(name), "name": name, "kind": "PERSON"} for name in ("anna", "bert")])
    await found.sync("products", [{"ref": key(name), "name": name} for name in ("kettle", "toaster")])
    return found


def at(text: str) -> datetime:
    """A moment of 2026, for example ``04-01``: midnight in UTC."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


async def answered(shop: Shop, day: str, satisfied: int, of: int, **more: Any) -> None:
    """So many answers on a day, of which these are satisfied."""
    rows = [
        shop.said(f"{day} {n} {sorted(more)}", f"2026-{day}T12:00:00Z", score=5 if n < satisfied else 1) | more
        for n in range(of)
    ]
    await shop.sync("feedback", rows)


async def action(company: Company, kind: str = "CORRECTIVE") -> str:
    """The id of a new action."""
    id_: str = await made(company, "Action", title="Cool for 20 s", kind=kind)
    return id_
