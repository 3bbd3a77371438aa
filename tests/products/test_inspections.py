"""Inspections: what was inspected and found, with figures that agree."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.products.rules import inspection_problem
from tests.conftest import Company
from tests.records import made, refused

FIELDS = "at step lot inspected defective defects opportunities active custom version product { name }"
CREATE = "mutation ($input: CreateInspectionInput!) { createInspection(input: $input) { ERRORS } }".replace(
    "ERRORS", "inspection { id } errors { code field }"
)
UPDATE = CREATE.replace("create", "update").replace("Create", "Update")
SYNC = """
mutation ($input: SyncInspectionsInput!) {
  syncInspections(input: $input) {
    results { outcome inspection { inspected defective active } errors { code field } } errors { code }
  }
}
"""
GIVEN = {"at": "2026-03-01T14:00:00Z", "inspected": 200, "defective": 3}


async def test_an_inspection_is_made_and_found_from_its_product(company: Company) -> None:
    product = await made(company, "Product", name="Kettle")
    shown = await made(
        company,
        "Inspection",
        show=FIELDS,
        **GIVEN,
        step="Moulding",
        lot="2603",
        defects=4,
        opportunities=12,
        product=product,
    )
    expected = GIVEN | {
        "step": "Moulding",
        "lot": "2603",
        "defects": 4,
        "opportunities": 12,
        "active": True,
        "custom": {},
        "version": 1,
        "product": {"name": "Kettle"},
    }
    assert shown == expected
    least = await made(company, "Inspection", show=FIELDS, **GIVEN | {"at": "2026-03-02T08:00:00Z"})
    empty = dict.fromkeys(("step", "lot", "defects", "product"))
    assert least == expected | empty | {"at": "2026-03-02T08:00:00Z", "opportunities": 1}
    page = "inspections(orderBy: [{ field: AT, direction: DESC }]) { nodes { lot } }"
    found = await company.data(
        f"query ($id: ID!) {{ product(by: {{ id: $id }}) {{ {page} }} {page} }}", {"id": product}
    )
    assert found == {
        "product": {"inspections": {"nodes": [{"lot": "2603"}]}},
        "inspections": {"nodes": [{"lot": None}, {"lot": "2603"}]},
    }


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"defective": 201}, "INVALID", "defective"),
    ({"defects": 2}, "INVALID", "defects"),
    ({"defects": 201}, "INVALID", "defects"),
    ({"defects": 401, "opportunities": 2}, "INVALID", "defects"),
    ({"inspected": 0}, "OUT_OF_RANGE", "inspected"),
    ({"defective": -1}, "OUT_OF_RANGE", "defective"),
    ({"defects": -1}, "OUT_OF_RANGE", "defects"),
    ({"opportunities": 0}, "OUT_OF_RANGE", "opportunities"),
]


@pytest.mark.parametrize(("fields", "code", "field"), WRONG)
async def test_figures_that_cannot_be_are_refused(
    company: Company, fields: dict[str, Any], code: str, field: str
) -> None:
    await refused(company, CREATE, GIVEN | fields, (code, [field]))
    id_ = await made(company, "Inspection", **GIVEN)
    await refused(company, UPDATE, {"id": id_, "version": 1} | fields, (code, [field]))


async def test_a_change_is_held_against_what_is_there(company: Company) -> None:
    id_ = await made(company, "Inspection", **GIVEN, defects=300, opportunities=2)
    await refused(company, UPDATE, {"id": id_, "version": 1, "opportunities": 1}, ("INVALID", ["defects"]))
    await refused(company, UPDATE, {"id": id_, "version": 1, "inspected": 2}, ("INVALID", ["defective"]))


@given(st.integers(1, 50), st.integers(0, 60), st.none() | st.integers(0, 200), st.integers(1, 4))
def test_shares_stay_within_0_and_1(inspected: int, defective: int, defects: int | None, opportunities: int) -> None:
    stands = inspection_problem(inspected, defective, defects, opportunities) is None
    per_unit, per_opportunity = defective / inspected, (defects or 0) / (inspected * opportunities)
    agrees = defects is None or defects >= defective
    assert stands == (per_unit <= 1 and per_opportunity <= 1 and agrees)


async def test_a_connector_brings_inspections_in(company: Company) -> None:
    rows = [
        {"ref": {"system": "mes", "externalId": "1", "version": 1}} | GIVEN,
        {"ref": {"system": "mes", "externalId": "2", "version": 1}} | GIVEN | {"defective": 500},
        {"ref": {"system": "mes", "externalId": "3", "version": 1}, "at": GIVEN["at"], "defective": 0},
    ]
    answer = (await company.data(SYNC, {"input": {"items": rows}}, who="connector:mes"))["syncInspections"]
    assert answer == {
        "errors": [],
        "results": [
            {"outcome": "CREATED", "inspection": {"inspected": 200, "defective": 3, "active": True}, "errors": []},
            {"outcome": "REJECTED", "inspection": None, "errors": [{"code": "INVALID", "field": ["defective"]}]},
            {"outcome": "REJECTED", "inspection": None, "errors": [{"code": "REQUIRED", "field": ["inspected"]}]},
        ],
    }
    gone = [{"ref": {"system": "mes", "externalId": "1", "version": 2}, "deleted": True}]
    answer = (await company.data(SYNC, {"input": {"items": gone}}, who="connector:mes"))["syncInspections"]
    shown = {"inspected": 200, "defective": 3, "active": False}
    assert answer["results"] == [{"outcome": "DELETED", "inspection": shown, "errors": []}]


async def test_who_may_write_inspections_and_who_may_read_them(company: Company) -> None:
    id_ = await made(company, "Inspection", **GIVEN)
    for who in ("employee", "auditor", "complaint_handler", "department_head", "connector:mes"):
        await company.token(who)
        events = await company.event_count()
        answer = await company.ask(CREATE, {"input": GIVEN}, who=who)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert await company.event_count() == events
        found = await company.data(
            "query ($id: ID!) { inspection(by: { id: $id }) { inspected } }", {"id": id_}, who=who
        )
        assert found == {"inspection": {"inspected": 200}}
