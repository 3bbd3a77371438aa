"""What a head of a department and an employee ask in the morning, as it is written in the design."""

from datetime import timedelta
from pathlib import Path

from qms_graphql.metrics.rules import proportion
from tests.conftest import START, Company
from tests.documents.paper import approved, document
from tests.journeys.designed import designed
from tests.journeys.hidden import done
from tests.records import made, moved
from tests.training.staff import hired, policy
from tests.training.test_assignment import ACKNOWLEDGE


async def test_the_department_head_and_the_employee_ask(company: Company, shared: Path) -> None:
    graph, staff = company.installation.graph, await hired(company)
    works = {"department": staff.moulding, "kind": "CORRECTION"}
    late = (START - timedelta(days=1)).isoformat()
    await made(company, "Action", title="No hurry", **works)
    await made(company, "Action", title="Late", dueAt=late, **works)
    gone = await made(company, "Action", title="Given up", dueAt=late, **works)
    await moved(company, gone, "CANCELLED", reason="?")
    await made(
        company, "Objective", title="Trained", metricCode="TRAINING_CURRENCY", direction="AT_LEAST", target=0.3,
        dueAt="2026-12-31T00:00:00Z", department=staff.moulding,
        baselineFrom="2026-01-01T00:00:00Z", baselineUntil="2026-03-01T00:00:00Z",
    )  # fmt: skip
    roles = {"trainingDepartments": [staff.moulding], "trainingShare": 0.3, "acknowledgement": True}
    await policy(company, "WORK_INSTRUCTION", approverRoles=["QUALITY_MANAGER"], **roles)
    revision = await approved(company, await document(company, kind="WORK_INSTRUCTION", title="Moulding"), "A")
    await done(company, ACKNOWLEDGE, "employee", revision=revision)
    await moved(company, revision, "EFFECTIVE")
    text, missing = designed(shared, graph, "people.graphql", "DepartmentHead")
    assert missing <= {"Department.digest"}
    variables = {"since": START.isoformat()}
    head = (await company.data(text, variables, who="department_head"))["me"]["department"]
    head.pop("digest", None)
    share = proportion(1, 3)
    assert head == {
        "name": "Moulding",
        "objectives": [
            {
                "metric": {"code": "TRAINING_CURRENCY"}, "target": 0.3, "current": {"value": share.value},
                "onTrack": True,
            }
        ],
        "openActions": [
            {"number": "ACT-2026-00002", "title": "Late", "overdue": True},
            {"number": "ACT-2026-00001", "title": "No hurry", "overdue": False},
        ],
        "trainingCurrency": {"value": share.value, "numerator": 1.0, "denominator": 3},
    }  # fmt: skip
    text, missing = designed(shared, graph, "people.graphql", "Employee")
    assert missing == set()
    trained = {"revision": {"label": "A", "document": {"title": "Moulding"}}, "dueAt": "2026-03-16T09:30:00Z"}
    for who, current in (("employee", True), ("department_head", False)):
        assert (await company.data(text, who=who))["me"]["training"] == [trained | {"current": current}]
