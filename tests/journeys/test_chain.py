"""From a complaint to a verified action: played by the people concerned, and read back in one request."""

from typing import Any

from qms_graphql.demo.chain import Chain
from tests.conftest import Company

THREAD = """
query Thread($id: ID!) {
  feedback(by: { id: $id }) {
    number status loopClosedAt
    complaint {
      number status severity overdue accepted response
      transitions { to allowed requiresReason }
      nonconformity {
        number status cost { amount currency }
        complaints { totalCount }
        rootCauses { category statement parent { statement } }
        risks {
          number failureMode
          initial { severity occurrence detection actionPriority }
          current { severity occurrence detection rpn actionPriority }
        }
        actions {
          number kind status
          owner { name }
          effectiveness {
            metric { code unit }
            before { value n } after { value n } difference low high pValue verdict
          }
        }
        eightD { step done missing }
      }
    }
  }
}
"""


async def test_the_story_ends_with_an_effective_action_and_a_closed_nonconformity(
    company: Company, chain: Chain
) -> None:
    found = (await company.data(THREAD, {"id": chain.ids["feedback"]}))["feedback"]
    complaint = found.pop("complaint")
    assert found == {"number": "FB-2026-00001", "status": "CLOSED", "loopClosedAt": "2026-02-27T09:00:00Z"}
    nonconformity = complaint.pop("nonconformity")
    assert complaint == {
        "number": "CMP-2026-00048", "status": "CLOSED", "severity": "MAJOR", "overdue": False, "accepted": True,
        "response": "We found why the lid cracked, changed it, and send you a new kettle. We are sorry for your hand.",
        "transitions": [{"to": "INVESTIGATING", "allowed": True, "requiresReason": True}],
    }  # fmt: skip
    actions, disciplines = nonconformity.pop("actions"), nonconformity.pop("eightD")
    assert nonconformity == {
        "number": "NC-2026-00001",
        "status": "CLOSED",
        "cost": {"amount": "2350", "currency": "GBP"},
        "complaints": {"totalCount": 4},
        "rootCauses": [
            {
                "category": "METHOD",
                "statement": "Cooling time 12 s",
                "parent": {"statement": "The lid is under stress"},
            }
        ],
        "risks": [
            {
                "number": "RISK-2026-00001",
                "failureMode": "Lid cracks under steam",
                "initial": {"severity": 8, "occurrence": 8, "detection": 6, "actionPriority": "HIGH"},
                "current": {"severity": 8, "occurrence": 4, "detection": 4, "rpn": 128, "actionPriority": "MEDIUM"},
            }
        ],
    }
    effect = actions[1].pop("effectiveness")
    assert actions == [
        {
            "number": "ACT-2026-00001", "kind": "CONTAINMENT", "status": "DONE", "owner": {"name": "department_head"},
            "effectiveness": None,
        },
        {
            "number": "ACT-2026-00002", "kind": "CORRECTIVE", "status": "EFFECTIVE",
            "owner": {"name": "department_head"},
        },
    ]  # fmt: skip
    assert (effect["metric"]["code"], effect["verdict"]) == ("COMPLAINT_RATE", "EFFECTIVE")
    assert (effect["before"]["value"], effect["after"]["value"], effect["difference"]) == (40.0, 15.0, -25.0)
    assert effect["high"] < 0 < effect["pValue"] < 0.001
    assert [discipline["missing"] for discipline in disciplines if not discipline["done"]] == []


async def test_the_signature_stands_in_the_history(company: Company, chain: Chain) -> None:
    text = """
    query ($id: ID!) { node(id: $id) { ... on Record { history(first: 1) { nodes {
      actorName action toState signatureMeaning } } } } }
    """
    (last,) = (await company.data(text, {"id": chain.ids["nonconformity"]}))["node"]["history"]["nodes"]
    assert last == {
        "actorName": "quality_manager", "action": "TRANSITIONED", "toState": "CLOSED", "signatureMeaning": "CLOSED",
    }  # fmt: skip


TRACE = """
query ($id: ID!, $way: TraceDirection!) {
  node(id: $id) {
    ... on Record { trace(direction: $way, depth: 10) { distance record { __typename ... on Customer { name } } } }
  }
}
"""


async def reached(company: Company, id_: str, way: str) -> list[dict[str, Any]]:
    """The records that a trace reaches, nearest first."""
    trace = (await company.data(TRACE, {"id": id_, "way": way}))["node"]["trace"]
    assert [entry["distance"] for entry in trace] == sorted(entry["distance"] for entry in trace)
    return [entry["record"] for entry in trace]


async def test_a_trace_leads_from_the_changed_specification_to_every_customer_and_back(
    company: Company, chain: Chain
) -> None:
    up = await reached(company, chain.ids["revision B"], "UP")
    assert {name["name"] for name in up if name["__typename"] == "Customer"} == {
        f"Owner 0{number}" for number in range(1, 5)
    }
    kinds = {record["__typename"] for record in up}
    assert kinds >= {"Document", "Action", "Nonconformity", "Complaint", "Requirement", "Feedback", "Customer"}
    down = await reached(company, chain.ids["feedback"], "DOWN")
    assert {record["__typename"] for record in down} >= {
        "Complaint",
        "Nonconformity",
        "Action",
        "Requirement",
        "Revision",
    }
    assert "Customer" not in {record["__typename"] for record in down}
