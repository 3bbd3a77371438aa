"""Checks of effectiveness: planned before the observation, computed when read."""

from typing import Any

import pytest

from qms_graphql.metrics.comparisons import compare
from qms_graphql.metrics.rules import Family, proportion
from tests.conftest import Company
from tests.effectiveness.conftest import PLAN, action, answered, at
from tests.graph.observe import statements
from tests.metrics.shop import Shop, key
from tests.records import made, refused

SHOWN = """
query ($id: ID!) { node(id: $id) { ... on Action { effectiveness {
  metric { code unit }
  before { value low high n numerator denominator rule }
  after { value low high n numerator denominator rule }
  difference low high pValue verdict nToDecide over decidedAt
} } } }
"""
CREATE = """
mutation ($input: CreateEffectivenessCheckInput!) {
  createEffectivenessCheck(input: $input) { effectivenessCheck { id } errors { code field } }
}
"""
UPDATE = """
mutation ($input: UpdateEffectivenessCheckInput!) {
  updateEffectivenessCheck(input: $input) { effectivenessCheck { version } errors { code field } }
}
"""


async def planned(company: Company, **more: Any) -> tuple[str, str]:
    """An action with its check: the ids of both."""
    id_ = await action(company)
    return id_, await made(company, "EffectivenessCheck", action=id_, **PLAN | more)


async def shown(company: Company, id_: str, who: str = "admin") -> Any:
    return (await company.data(SHOWN, {"id": id_}, who=who))["node"]["effectiveness"]


async def test_an_action_without_a_check_has_none(company: Company) -> None:
    assert await shown(company, await action(company)) is None


async def test_before_and_after_are_compared(shop: Shop, company: Company) -> None:
    id_, _ = await planned(company)
    await answered(shop, "02-10", 50, 100)
    # Neither before nor after.
    await answered(shop, "03-02", 0, 30)
    await answered(shop, "03-10", 40, 50)
    company.installation.clock.set(at("04-01"))
    # Later than now: it is not observed yet.
    await answered(shop, "04-10", 0, 30)
    before, after = proportion(50, 100), proportion(40, 50)
    found = await shown(company, id_)
    difference = compare(Family.PROPORTION, before, after)
    assert difference is not None
    rules = {found[name].pop("rule") for name in ("before", "after")}
    assert rules == {
        "Satisfied is an answer of at least the question's satisfiedFrom. EACH_ANSWER: every answer counts. "
        "Answers without a number, and feedback that is no longer active, are no answers."
    }
    assert found == {
        "metric": {"code": "CSAT", "unit": "share 0..1"},
        "before": {
            "value": 0.5, "low": before.low, "high": before.high, "n": 100, "numerator": 50.0, "denominator": 100
        },
        "after": {"value": 0.8, "low": after.low, "high": after.high, "n": 50, "numerator": 40.0, "denominator": 50},
        "difference": difference.value,
        "low": difference.low,
        "high": difference.high,
        "pValue": difference.p_value,
        "verdict": "EFFECTIVE",
        "nToDecide": None,
        "over": False,
        "decidedAt": None,
    }  # fmt: skip


async def test_before_the_observation_nothing_is_decided_but_how_many_it_needs(shop: Shop, company: Company) -> None:
    id_, _ = await planned(company)
    await answered(shop, "02-10", 50, 100)
    found = await shown(company, id_)
    assert found["after"] == {
        "value": None, "low": None, "high": None, "n": 0, "numerator": 0.0, "denominator": 0,
        "rule": "Nothing is measured yet: the window has not begun.",
    }  # fmt: skip
    assert (found["difference"], found["pValue"], found["verdict"]) == (None, None, "INCONCLUSIVE")
    # 32 answers of which 70 % are satisfied: Newcombe's interval begins to leave 0 out.
    assert found["nToDecide"] == 32


async def test_once_it_is_over_a_target_missed_for_sure_is_ineffective(shop: Shop, company: Company) -> None:
    id_, _ = await planned(company)
    await answered(shop, "02-10", 50, 100)
    await answered(shop, "03-10", 55, 100)
    for day, over, verdict in (("04-30", False, "INCONCLUSIVE"), ("05-01", True, "INEFFECTIVE")):
        company.installation.clock.set(at(day))
        found = await shown(company, id_)
        assert (found["over"], found["verdict"]) == (over, verdict)


async def test_the_scope_is_that_of_the_metric(shop: Shop, company: Company) -> None:
    id_, _ = await planned(company, product=shop.ids["kettle"], question="score", source="REVIEW")
    await answered(shop, "02-10", 1, 4, product=key("kettle"))
    await answered(shop, "02-11", 3, 3, product=key("toaster"))
    assert (await shown(company, id_))["before"]["n"] == 4


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"observationFrom": "2026-03-02T09:29:59Z"}, [("OUT_OF_RANGE", ["observationFrom"])]),
        ({"observationUntil": "2026-03-03T00:00:00Z"}, [("INVALID", ["observationUntil"])]),
        ({"baselineUntil": "2026-03-04T00:00:00Z"}, [("INVALID", ["observationFrom"])]),
        ({"baselineFrom": "2026-03-01T00:00:00Z"}, [("INVALID", ["baselineUntil"])]),
        ({"metricCode": "RETENTION", "source": "REVIEW"}, [("INVALID", ["source"])]),
        ({"target": 0.1234567}, [("INVALID", ["target"])]),
    ],
)
async def test_a_plan_that_cannot_stand(
    company: Company, given: dict[str, Any], errors: list[tuple[str, list[str]]]
) -> None:
    await refused(company, CREATE, {"action": await action(company), **PLAN, **given}, *errors)


async def test_an_action_has_one_check(company: Company) -> None:
    id_, _ = await planned(company)
    await refused(company, CREATE, {"action": id_, **PLAN}, ("INVALID", ["action"]))


async def test_a_plan_changes_until_the_observation_begins(company: Company) -> None:
    _, check = await planned(company)
    answer = await company.data(UPDATE, {"input": {"id": check, "version": 1, "target": 0.8}})
    assert answer["updateEffectivenessCheck"] == {"effectivenessCheck": {"version": 2}, "errors": []}
    company.installation.clock.set(at("03-03"))
    other = await action(company)
    for given, errors in (
        ({"target": 0.6, "metricCode": "NPS"}, [("INVALID", ["metricCode"]), ("INVALID", ["target"])]),
        ({"direction": "AT_MOST"}, [("INVALID", ["direction"])]),
        ({"observationUntil": "2026-06-01T00:00:00Z"}, [("INVALID", ["observationUntil"])]),
        ({"observationFrom": "2026-03-04T00:00:00Z"}, [("INVALID", ["observationFrom"])]),
        ({"segment": "SP"}, [("INVALID", ["segment"])]),
        ({"action": other}, [("INVALID", ["action"])]),
    ):
        await refused(company, UPDATE, {"id": check, "version": 2, **given}, *errors)
    # What is the same is no change.
    answer = await company.data(UPDATE, {"input": {"id": check, "version": 2, "target": 0.8}})
    assert answer["updateEffectivenessCheck"] == {"effectivenessCheck": {"version": 2}, "errors": []}


async def test_a_check_cannot_be_moved_into_the_past(company: Company) -> None:
    _, check = await planned(company)
    given = {"id": check, "version": 1, "observationFrom": "2026-03-01T12:00:00Z"}
    await refused(company, UPDATE, given, ("OUT_OF_RANGE", ["observationFrom"]))


async def test_what_a_scope_names_is_not_measured_for_who_may_not_read_it(shop: Shop, company: Company) -> None:
    id_, _ = await planned(company, customer=shop.ids["anna"])
    await answered(shop, "02-10", 3, 4, customer=key("anna"))
    assert (await shown(company, id_, who="auditor"))["before"]["n"] == 4
    found = await shown(company, id_, who="employee")
    assert {name for name, value in found.items() if value is not None} == {"metric", "over"}


async def test_a_connector_reads_no_checks(company: Company) -> None:
    answer = await company.ask("{ effectivenessChecks(first: 1) { totalCount } }", who="connector:shop")
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("who", ["auditor", "employee"])
async def test_who_only_reads_plans_nothing(company: Company, who: str) -> None:
    id_ = await action(company)
    await company.token(who)
    events = await company.event_count()
    answer = await company.ask(CREATE, {"input": {"action": id_, **PLAN}}, who=who)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await company.event_count() == events


async def test_confidential_feedback_counts_for_who_may_read_it(shop: Shop, company: Company) -> None:
    id_, _ = await planned(company)
    await answered(shop, "02-10", 1, 2, confidential=True)
    await answered(shop, "02-11", 1, 1)
    assert (await shown(company, id_))["before"]["n"] == 3
    found = (await shown(company, id_, who="department_head"))["before"]
    assert found["n"] == 1
    assert found["rule"].endswith("Answers in feedback that you may not see are left out.")


async def test_checks_are_found_by_their_actions_and_actions_by_their_checks(company: Company) -> None:
    id_, check = await planned(company)
    without = await action(company)
    found = await company.data(
        """query ($check: ID!) {
          checked: actions(where: { effectiveness: { metricCode: { eq: CSAT } } }) { nodes { id } }
          others: actions(where: { effectiveness: { metricCode: { eq: NPS } } }) { nodes { id } }
          by: actions(where: { effectiveness: { id: { eq: $check } } }) { nodes { id } }
          unchecked: actions(where: { effectiveness: { id: { isNull: true } } }) { nodes { id } }
          sorted: actions(orderBy: [{ effectiveness: { field: TARGET } }]) { nodes { id } }
          effectivenessChecks(first: 5) { nodes { id action { id effectiveness { id } } } }
        }""",
        {"check": check},
    )
    assert found == {
        "checked": {"nodes": [{"id": id_}]},
        "others": {"nodes": []},
        "by": {"nodes": [{"id": id_}]},
        "unchecked": {"nodes": [{"id": without}]},
        "sorted": {"nodes": [{"id": id_}, {"id": without}]},
        "effectivenessChecks": {"nodes": [{"id": check, "action": {"id": id_, "effectiveness": {"id": check}}}]},
    }


async def test_a_page_takes_as_many_statements_as_one_check(
    shop: Shop, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answered(shop, "02-10", 1, 2)
    page = "{ actions(first: 50) { nodes { effectiveness { before { n } after { n } difference low verdict } } } }"

    async def needed() -> int:
        with statements(monkeypatch) as seen:
            await company.data(page)
        return len(seen)

    await planned(company)
    one = await needed()
    scopes = ({"segment": "SP"}, {"metricCode": "NPS"}, {"channel": "web"}, {"metricCode": "RETENTION"}, {})
    for scope in scopes:
        await planned(company, **scope)
    assert await needed() == one
