"""The operations that the design promises to people run as they are written there, on the story."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qms_graphql.demo.chain import BASELINE, Chain
from tests.conftest import Company
from tests.graph.observe import statements
from tests.journeys.conftest import Stage
from tests.journeys.designed import designed
from tests.journeys.hidden import change, done
from tests.nonconformities.chain import root_cause
from tests.records import id_of, made, moved

INVESTIGATED, VERIFIED = datetime(2026, 2, 3, 12, tzinfo=UTC), datetime(2026, 6, 2, 10, tzinfo=UTC)


async def played(company: Company, until: datetime) -> Chain:
    """The story, up to a moment."""
    chain = Chain(Stage(company))
    await chain.play(until)
    return chain


async def test_the_complaint_handlers_inbox(company: Company, shared: Path) -> None:
    text, missing = designed(shared, company.installation.graph, "people.graphql", "ComplaintHandler")
    assert missing == set()
    chain, me = await played(company, INVESTIGATED), await id_of(company, "complaint_handler")
    others = await company.data('{ complaints(where: { number: { lt: "CMP-2026-00003" } }) { nodes { id } } }')
    for id_ in (*(node["id"] for node in others["complaints"]["nodes"]), chain.ids["complaint"]):
        await change(company, "Complaint", id_, handler=me)
    withdrawn = {"reason": "Sent back.", "changes": {"complaint": {"reportable": False}}}
    await moved(company, others["complaints"]["nodes"][1]["id"], "WITHDRAWN", **withdrawn)
    found = (await company.data(text, {"me": me}, who="complaint_handler"))["complaints"]
    late, mine = found["nodes"]
    assert (found["totalCount"], late["number"], late["overdue"]) == (2, "CMP-2026-00001", True)
    assert [words.pop("similar") for words in mine["feedback"]] == [[]]
    assert mine == {
        "id": chain.ids["complaint"], "version": 6, "number": "CMP-2026-00048", "status": "INVESTIGATING",
        "severity": "MAJOR", "dueAt": "2026-02-19T07:40:00Z", "overdue": False, "customer": {"name": "Owner 01"},
        "transitions": [
            {
                "to": "RESPONDED", "allowed": False, "requiresSignature": False,
                "unmet": [
                    {"code": "REQUIRED", "message": "Say what the complainant was told.", "field": "response"}
                ],
            },
            {"to": "WITHDRAWN", "allowed": True, "requiresSignature": False, "unmet": []},
        ],
        "feedback": [{"text": "The lid of my kettle cracked, and steam burnt my hand."}],
    }  # fmt: skip


async def test_what_an_employee_sees(company: Company, shared: Path) -> None:
    text, missing = designed(shared, company.installation.graph, "people.graphql", "Employee")
    assert missing == set()
    await suggest(company, "A rack for the moulds.")
    (done,) = (await company.data(text, who="employee"))["me"]["actions"]
    assert await company.data(text, who="employee") == {
        "me": {
            "actions": [{"number": "ACT-2026-00001", "title": "Try it", "dueAt": "2026-04-01T08:00:00Z"}],
            "training": [],
            "ideas": [
                {
                    "number": "FB-2026-00001",
                    "status": "RECEIVED",
                    "actions": [{"number": done["number"], "status": "PLANNED"}],
                }
            ],
        }
    }
    assert await company.data(text, who="auditor") == {"me": {"actions": [], "training": [], "ideas": []}}


async def test_the_thread_is_one_request_down_to_the_effect(company: Company, shared: Path, chain: Chain) -> None:
    text, missing = designed(shared, company.installation.graph, "golden_thread.graphql", "GoldenThread")
    assert missing == set()
    coded = await company.data('{ complaints(where: { number: { gte: "CMP-2026-00046" } }) { nodes { id } } }')
    await change(company, "Risk", chain.ids["risk"], complaints=[node["id"] for node in coded["complaints"]["nodes"]])
    words = (await company.data(text, {"id": chain.ids["feedback"]}))["feedback"]
    nonconformity = words["complaint"]["nonconformity"]
    assert (words["customer"]["name"], words["product"]["sku"]) == ("Owner 01", "KT-300")
    assert nonconformity["rootCauses"] == [
        {
            "category": "METHOD",
            "statement": "Cooling time 12 s",
            "parent": {"statement": "The lid is under stress"},
        }
    ]
    (risk,) = nonconformity["risks"]
    assert risk["observedOccurrence"] == {"events": 24, "exposure": 2600.0, "suggestedRating": 6}
    assert (risk["initial"]["actionPriority"], risk["current"]["actionPriority"]) == ("HIGH", "MEDIUM")
    effect = nonconformity["actions"][1].pop("effectiveness")
    (revision,) = nonconformity["actions"][1].pop("revisions")
    objective = nonconformity["actions"][1].pop("objective")
    assert nonconformity["actions"][1] == {
        "number": "ACT-2026-00002",
        "kind": "CORRECTIVE",
        "status": "EFFECTIVE",
        "owner": {"name": "department_head", "department": {"name": "Moulding"}},
    }
    assert objective == {
        "number": "OBJ-2026-00001", "target": 20, "onTrack": True,
        "current": {"value": 15.0, "low": approx(9.285), "high": approx(22.929), "n": 1400},
    }  # fmt: skip
    assert revision == changed_specification()
    assert effect.pop("metric") == {"code": "COMPLAINT_RATE", "unit": "per 1000 units sold"}
    assert {name: effect[name] for name in ("before", "after")} == {
        "before": {"value": 40.0, "low": approx(29.493), "high": approx(53.034), "n": 1200},
        "after": {"value": 15.0, "low": approx(9.285), "high": approx(22.929), "n": 1400},
    }
    assert (effect["difference"], effect["low"], effect["high"]) == (-25.0, approx(-39.232), approx(-11.837))
    assert (effect["pValue"], effect["verdict"]) == (pytest.approx(0.000144, abs=1e-6), "EFFECTIVE")


def changed_specification() -> dict[str, Any]:
    """What the thread shows of the revision that the story ends with."""
    seconds = {"lower": None, "upper": None, "unit": "s"}
    return {
        "number": "REV-2026-00002",
        "label": "B",
        "reason": "Lids crack at the hinge: a thicker wall, cooled for longer, is under less stress.",
        "effectiveFrom": "2026-03-01T00:00:00Z",
        "document": {"number": "DOC-2026-00001", "title": "Lid of the Osprey", "kind": "SPECIFICATION"},
        "satisfies": [
            {
                "number": "REQ-2026-00001", "source": "CUSTOMER", "clause": None, "standard": None,
                "statement": "The lid stays whole for five years of daily use.",
            }
        ],
        "changes": [
            {
                "name": "Lid wall",
                "before": {"target": 1.8, "lower": 1.6, "upper": 2.0, "unit": "mm"},
                "after": {"target": 2.2, "lower": 2.0, "upper": 2.4, "unit": "mm"},
            },
            {"name": "Cooling time", "before": {"target": 12, **seconds}, "after": {"target": 18, **seconds}},
        ],
        "training": [
            {"user": {"name": name}, "completedAt": "2026-02-25T15:00:00Z", "passed": True}
            for name in ("department_head", "employee")
        ],
        "history": {
            "nodes": [
                {"at": at, "actorName": who, "action": action, "signatureMeaning": meaning}
                for at, who, action, meaning in (
                    ("2026-03-01T00:00:00Z", "quality_manager", "TRANSITIONED", None),
                    ("2026-02-19T14:00:00Z", "quality_manager", "TRANSITIONED", "APPROVED"),
                    ("2026-02-19T14:00:00Z", "department_head", "TRANSITIONED", None),
                    ("2026-02-17T09:00:00Z", "department_head", "CREATED", None),
                )
            ]
        },
    }  # fmt: skip


def approx(value: float) -> Any:
    """To three decimals."""
    return pytest.approx(value, abs=0.0005)


async def test_the_number_of_statements_does_not_depend_on_how_much_there_is(
    company: Company, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph, chain = company.installation.graph, await played(company, VERIFIED)
    me = await id_of(company, "complaint_handler")
    asked = [
        (designed(shared, graph, "golden_thread.graphql", "GoldenThread")[0], {"id": chain.ids["feedback"]}, "admin"),
        (designed(shared, graph, "people.graphql", "ComplaintHandler")[0], {"me": me}, "complaint_handler"),
        (designed(shared, graph, "people.graphql", "Employee")[0], {}, "employee"),
    ]

    async def counted() -> list[tuple[int, int]]:
        found = []
        for text, variables, who in asked:
            await company.data(text, variables, who=who)
            with statements(monkeypatch) as seen:
                answer = await company.post(text, variables, who=who)
            assert "errors" not in answer.json()
            found.append((len(seen), answer.text.count("number")))
        return found

    shop = (await company.data("{ complaints(first: 9) { nodes { id } } }"))["complaints"]["nodes"]
    await grow(company, chain, me, [shop[0]["id"]])
    few = await counted()
    for id_ in (1, 3, 5):
        await grow(company, chain, me, [complaint["id"] for complaint in shop[id_ : id_ + 2]])
    many = await counted()
    assert [sent for sent, _ in many] == [sent for sent, _ in few]
    assert all(more >= fewer + 6 for (_, more), (_, fewer) in zip(many, few, strict=True))


async def grow(company: Company, chain: Chain, handler: str, complaints: list[str]) -> None:
    """Link more of everything to the nonconformity of the story, and give the handler and the employee more to do."""
    one = chain.ids["nonconformity"]
    for complaint in complaints:
        await change(company, "Complaint", complaint, nonconformity=one, handler=handler)
    cause = await root_cause(company, one)
    rating = {"severity": 5, "occurrence": 4, "detection": 3}
    risk = await made(company, "Risk", failureMode="Another", initial=rating, complaints=complaints)
    action = await made(company, "Action", title="More", kind="CORRECTIVE", risk=risk)
    windows = {"baselineFrom": BASELINE[0], "baselineUntil": BASELINE[1]}
    windows |= {
        "observationFrom": datetime(2026, 7, 1, tzinfo=UTC),
        "observationUntil": datetime(2026, 8, 1, tzinfo=UTC),
    }
    await made(
        company, "EffectivenessCheck", action=action, metricCode="COMPLAINT_RATE", product=chain.ids["product"],
        direction="AT_MOST", target=20, **{name: moment.isoformat() for name, moment in windows.items()},
    )  # fmt: skip
    text = """
    query ($id: ID!) {
      nonconformity(by: { id: $id }) { risks { id } plan { action { id } cause { id } } }
    }
    """
    held = (await company.data(text, {"id": one}))["nonconformity"]
    plan = [{name: row[name]["id"] for name in row if row[name]} for row in held["plan"]]
    risks = [*(row["id"] for row in held["risks"]), risk]
    await change(company, "Nonconformity", one, risks=risks, plan=[*plan, {"action": action, "cause": cause}])
    await suggest(company, "Another rack.")


async def suggest(company: Company, words: str) -> None:
    """The employee raises an idea, and is to try it."""
    text = "mutation ($input: RaiseIdeaInput!) { raiseIdea(input: $input) { idea { id } errors { code field } } }"
    idea = (await done(company, text, "employee", text=words))["idea"]["id"]
    owner = await id_of(company, "employee")
    due = "2026-04-01T08:00:00Z"
    await made(company, "Action", title="Try it", kind="IMPROVEMENT", feedback=idea, owner=owner, dueAt=due)


async def test_what_a_department_head_sees(company: Company, shared: Path, chain: Chain) -> None:
    text, missing = designed(shared, company.installation.graph, "people.graphql", "DepartmentHead")
    assert missing == set()
    found = (await company.data(text, {"since": "2026-06-02T09:00:00Z"}, who="department_head"))["me"]["department"]
    assert (found["name"], found["objectives"], found["openActions"]) == ("Moulding", [], [])
    assert found["trainingCurrency"] == {"value": 1.0, "numerator": 2.0, "denominator": 2}
    assert {entry["record"]["__typename"] for entry in found["digest"]["nodes"]} == {"Action", "Nonconformity", "Risk"}
