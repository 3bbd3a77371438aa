"""DEFECT_RATE and CAPA_EFFECTIVENESS, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import ActionStatus
from qms_graphql.base.ids import from_global
from qms_graphql.metrics.rules import proportion
from tests.conftest import START, Company
from tests.metrics.shop import NOTHING, Shop, key, on_its_day
from tests.records import made


async def inspected(shop: Shop, number: int, at: str, defective: int, of: int, **more: Any) -> None:
    row = {"ref": key(f"inspection {number}"), "at": at, "inspected": of, "defective": defective, **more}
    text = "mutation ($input: SyncInspectionsInput!) { syncInspections(input: $input) { rejected created updated } }"
    with on_its_day(shop.company, at):
        found = (await shop.company.data(text, {"input": {"items": [row]}}))["syncInspections"]
    assert found["rejected"] == 0


async def test_the_defect_rate_is_that_of_units(shop: Shop) -> None:
    await shop.sync("products", [{"ref": key(name), "name": name} for name in ("kettle", "toaster")])
    await inspected(shop, 1, "2026-01-10T08:00:00Z", 3, 100, product=key("kettle"))
    await inspected(shop, 2, "2026-01-20T08:00:00Z", 0, 50, product=key("kettle"))
    await inspected(shop, 3, "2026-02-20T08:00:00Z", 10, 20, product=key("toaster"))
    await inspected(shop, 4, "2026-02-20T08:00:00Z", 10, 20, product=key("toaster"))
    await inspected(shop, 4, "2026-02-20T08:00:00Z", 10, 20, deleted=True)
    expected = proportion(13, 170)
    assert await shop.value("DEFECT_RATE", fields="value low high n numerator denominator rule") == {
        "value": expected.value,
        "low": expected.low,
        "high": expected.high,
        "n": 170,
        "numerator": 13.0,
        "denominator": 170,
        "rule": "The defective of all units inspected in the window, by `at` of the inspection. Inspections that are "
        "no longer active do not count; `counting` is about answers and not used.",
    }
    only = f'scope: {{product: "{shop.ids["kettle"]}"}}'
    assert await shop.value("DEFECT_RATE", only, "n numerator") == {"n": 150, "numerator": 3.0}
    assert await shop.series("DEFECT_RATE", "grain: MONTH") == [
        {"periodStart": "2026-01-01T00:00:00Z", "n": 150, "numerator": 3.0},
        {"periodStart": "2026-02-01T00:00:00Z", "n": 20, "numerator": 10.0},
    ]
    until = 'window: {from: "2026-01-20T08:00:00Z", until: "2026-02-20T08:00:00Z"}'
    assert await shop.value("DEFECT_RATE", until, "n") == {"n": 50}


@pytest.mark.parametrize(
    ("code", "scope", "records", "names"),
    [
        ("DEFECT_RATE", 'segment: "SP", channel: "web"', "Inspections", "segment and no channel"),
        ("CAPA_EFFECTIVENESS", 'language: "en"', "Actions", "language"),
        ("CAPA_EFFECTIVENESS", 'channel: "web"', "Actions", "channel"),
    ],
)
async def test_a_scope_that_the_records_do_not_have(
    shop: Shop, code: str, scope: str, records: str, names: str
) -> None:
    rule = f"{records} have no {names}: nothing can be counted in this scope."
    asked = f"scope: {{{scope}}}"
    assert await shop.value(code, asked, "value n numerator denominator rule") == NOTHING | {"rule": rule}
    assert await shop.series(code, f"grain: MONTH, {asked}") == []


async def test_capa_effectiveness_leaves_what_is_undecided_apart(shop: Shop, company: Company) -> None:
    table = Action.__table__
    cases = [
        ("CORRECTIVE", "EFFECTIVE"),
        ("PREVENTIVE", "EFFECTIVE"),
        ("CORRECTIVE", "INEFFECTIVE"),
        ("CORRECTIVE", "INCONCLUSIVE"),
        ("CORRECTIVE", "DONE"),
        ("IMPROVEMENT", "EFFECTIVE"),
        ("CONTAINMENT", "DONE"),
    ]
    for days, (kind, status) in enumerate(cases):
        id_ = await made(company, "Action", title="Something", kind=kind)
        # Where an action is, only its machine says; what is counted is the state it came to.
        async with company.installation.database.begin(company.id) as connection:
            await connection.execute(
                update(table)
                .where(table.c.organization_id == company.id, table.c.id == from_global(id_)[1])
                .values(status=ActionStatus(status), done_at=START + timedelta(days=days))
            )
    found = await shop.value("CAPA_EFFECTIVENESS", fields="value n numerator denominator rule")
    assert found == {
        "value": pytest.approx(2 / 3),
        "n": 3,
        "numerator": 2.0,
        "denominator": 3,
        "rule": "Of the corrective and preventive actions done in the window, by `doneAt`, those that are EFFECTIVE, "
        "of those that are EFFECTIVE or INEFFECTIVE now. INCONCLUSIVE ones do not count; `counting` is about answers "
        "and not used.",
    }
    late = 'window: {from: "2026-03-04T00:00:00Z"}'
    assert await shop.value("CAPA_EFFECTIVENESS", late, "n numerator") == {"n": 1, "numerator": 0.0}
    by_month = [{"periodStart": "2026-03-01T00:00:00Z", "n": 3, "numerator": 2.0}]
    assert await shop.series("CAPA_EFFECTIVENESS", "grain: MONTH") == by_month
