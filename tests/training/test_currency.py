"""TRAINING_CURRENCY: counted by hand, of the company, of a department, at a moment that has gone by."""

from datetime import UTC, datetime, timedelta
from typing import Any

from qms_graphql.base.ids import from_global, new_id
from qms_graphql.metrics.rules import proportion
from qms_graphql.metrics.training import HIDDEN, RULE
from qms_graphql.training.model import TrainingRecord
from qms_graphql.training.rules import TrainingStatus
from tests.conftest import START, Company
from tests.documents.paper import approved, document, effective
from tests.graph.data import put
from tests.records import made
from tests.training.staff import Staff, hired

VALUE = """
query ($scope: MetricScope, $window: Window) {
  metric(code: TRAINING_CURRENCY) {
    value(scope: $scope, window: $window) { value low high n numerator denominator rule }
    series(grain: MONTH) { n }
  }
}
"""
OF_DEPARTMENTS = """
{ departments(orderBy: [{ field: NAME }]) { nodes { name trainingCurrency { value low high numerator denominator } } } }
"""
BEFORE = START - timedelta(days=10)


async def put_records(company: Company, *rows: tuple[str, str, str, dict[str, Any]]) -> None:
    """Records as they might have come about: person, revision, status, and what else."""
    usual = {
        "organization_id": company.id, "version": 1, "created_at": BEFORE, "updated_at": BEFORE, "assessed": False,
        "due_at": START, "expires_at": None, "ended_at": None, "completed_at": None,
    }  # fmt: skip
    made_ = []
    for number, (person, revision, status, more) in enumerate(rows):
        ids = {"id": new_id(), "user_id": from_global(person)[1], "revision_id": from_global(revision)[1]}
        state = {"number": f"T{number}", "status": TrainingStatus[status]}
        done = {"completed_at": BEFORE, "ended_at": BEFORE} if status == "PASSED" else {}
        made_.append(usual | ids | state | done | more)
    await put(company.installation.database, company.id, {TrainingRecord.__tablename__: made_})


async def trained_company(company: Company) -> Staff:
    """Mo, Ann and Sue are trained in what holds; Ed, Pat and Ida are not, and Old has left.

    Of each of those who are not, the last thing that speaks against it is another one.
    """
    staff = await hired(company)
    works = {"roles": ["EMPLOYEE"], "department": staff.sales}
    pat, ida = [await made(company, "User", name=name, **works) for name in ("Pat", "Ida")]
    old = await made(company, "User", name="Old", active=False, **works)
    nobody = await made(company, "User", name="Nobody", **works)
    lid, oven = await document(company), await document(company)
    earlier = await effective(company, lid, "A")
    company.installation.clock.set(START + timedelta(hours=1))
    first, second = await effective(company, lid, "B"), await effective(company, oven, "A")
    waiting = await approved(company, await document(company), "A")
    expired = {"expires_at": START}
    await put_records(
        company,
        (staff.mo, first, "PASSED", {}), (staff.mo, second, "PASSED", {"expires_at": START + timedelta(days=1)}),
        (staff.mo, waiting, "ASSIGNED", {}), (staff.mo, earlier, "FAILED", {}),
        (staff.ann, first, "WAIVED", {"ended_at": BEFORE}), (staff.ann, second, "CANCELLED", {"ended_at": BEFORE}),
        (staff.sue, second, "PASSED", expired), (staff.sue, second, "PASSED", {}),
        (staff.ed, first, "PASSED", {}), (staff.ed, second, "ASSIGNED", {}),
        (pat, first, "PASSED", expired), (pat, second, "PASSED", {}),
        (ida, first, "FAILED", {}), (old, first, "ASSIGNED", {}),
        (nobody, earlier, "PASSED", {}), (nobody, first, "CANCELLED", {"ended_at": BEFORE}),
    )  # fmt: skip
    return staff


async def test_the_share_of_people_who_are_trained_in_all_that_holds(company: Company) -> None:
    staff = await trained_company(company)
    share = proportion(3, 6)
    found = (await company.data(VALUE))["metric"]
    assert found["value"] == {
        "value": 0.5, "low": share.low, "high": share.high, "n": 6, "numerator": 3.0, "denominator": 6, "rule": RULE,
    }  # fmt: skip
    assert found["series"] == []
    for department, of in ((staff.moulding, proportion(2, 3)), (staff.sales, proportion(1, 3))):
        value = (await company.data(VALUE, {"scope": {"department": department}}))["metric"]["value"]
        assert (value["value"], value["low"], value["n"]) == (of.value, of.low, 3)
    at = {"until": (START + timedelta(minutes=30)).isoformat()}
    # By then only the earlier revision of the lid held: Mo had failed, Nobody had passed.
    value = (await company.data(VALUE, {"window": at}))["metric"]["value"]
    assert (value["numerator"], value["denominator"]) == (1.0, 2)
    # An end that is still to come is now; then Mo's oven has expired, too.
    company.installation.clock.set(START + timedelta(days=2))
    value = (await company.data(VALUE, {"window": {"until": "2030-01-01T00:00:00Z"}}))["metric"]["value"]
    assert (value["numerator"], value["denominator"]) == (2.0, 6)
    value = (await company.data(VALUE, {"scope": {"language": "en"}}))["metric"]["value"]
    assert value["rule"] == "Trainings have no language: nothing can be counted in this scope."


async def test_a_department_shows_how_current_its_training_is(company: Company) -> None:
    await trained_company(company)
    await made(company, "Department", name="Empty")
    nothing = {"value": None, "low": None, "high": None, "numerator": 0.0, "denominator": 0}
    two, one = proportion(2, 3), proportion(1, 3)
    of = {
        "Moulding": {"value": two.value, "low": two.low, "high": two.high, "numerator": 2.0, "denominator": 3},
        "Sales": {"value": one.value, "low": one.low, "high": one.high, "numerator": 1.0, "denominator": 3},
        "Empty": nothing,
    }
    for who, seen in (("admin", of), ("auditor", of), ("department_head", of | {"Sales": nothing})):
        found = (await company.data(OF_DEPARTMENTS, who=who))["departments"]["nodes"]
        assert found == [{"name": name, "trainingCurrency": seen[name]} for name in ("Empty", "Moulding", "Sales")]
    value = (await company.data(VALUE, who="department_head"))["metric"]["value"]
    assert (value["denominator"], value["rule"]) == (3, f"{RULE} {HIDDEN}")


async def test_an_objective_for_training(company: Company) -> None:
    staff = await trained_company(company)
    windows = {"baselineFrom": "2026-02-20T00:00:00Z", "baselineUntil": "2026-03-02T10:00:00Z"}
    await made(
        company, "Objective", title="Trained", metricCode="TRAINING_CURRENCY", direction="AT_LEAST", target=0.9,
        dueAt="2026-12-31T00:00:00Z", department=staff.moulding, **windows,
    )  # fmt: skip
    company.installation.clock.set(datetime(2026, 3, 2, 11, tzinfo=UTC))
    found = await company.data("{ objectives { nodes { baseline { value n rule } current { value n } } } }")
    assert found["objectives"]["nodes"] == [
        {"baseline": {"value": 0.5, "n": 2, "rule": RULE}, "current": {"value": 0.5, "n": 6}}
    ]
