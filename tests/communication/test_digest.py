"""What happened to the records of a person and of a department: exactly, and only to whom it concerns."""

from typing import Any

import pytest

from tests.conftest import START, Company
from tests.documents.paper import approved, document
from tests.graph.observe import statements
from tests.records import id_of, made, moved, refused

FOLLOW = """
mutation ($input: FollowForDepartmentInput!) {
  followForDepartment(input: $input) { department { id } errors { code field } }
}
"""
PAGE = "nodes { at action actorName toState record { __typename id } } pageInfo { hasNextPage endCursor }"
MINE = f"""
query ($since: DateTime!, $first: Int!, $after: String) {{
  me {{ digest(since: $since, first: $first, after: $after) {{ {PAGE} }} }}
}}
"""
OURS = f"query ($since: DateTime!) {{ me {{ department {{ digest(since: $since, first: 50) {{ {PAGE} }} }} }} }}"
OF = f"""
query ($id: ID!, $since: DateTime!) {{ department(by: {{ id: $id }}) {{ digest(since: $since) {{ {PAGE} }} }} }}
"""
SINCE = "2026-03-02T09:30:00Z"


async def department(company: Company, name: str, *people: str) -> str:
    """A department with these people."""
    made_id: str = await made(company, "Department", name=name)
    text = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { errors { code field } } }"
    for who in people:
        given = {"id": await id_of(company, who), "version": 1, "department": made_id}
        assert (await company.data(text, {"input": given}))["updateUser"]["errors"] == []
    return made_id


async def entries(company: Company, query: str, who: str, **variables: Any) -> list[tuple[str, str, str | None]]:
    me = (await company.data(query, {"since": SINCE} | variables, who=who))["me"]
    digest = (me.get("department") or me)["digest"]
    return [(entry["record"]["__typename"], entry["action"], entry["toState"]) for entry in digest["nodes"]]


async def test_a_persons_digest_has_what_they_own_and_follow(company: Company) -> None:
    me = await id_of(company, "employee")
    before = company.installation.clock
    await made(company, "Action", title="Somebody else's", kind="CORRECTION")
    action = await made(company, "Action", title="Mine", kind="CORRECTION", owner=me)
    product = await made(company, "Product", sku="K1", name="Kettle", kind="GOOD")
    follow = "mutation ($input: FollowRecordInput!) { followRecord(input: $input) { errors { code field } } }"
    await company.data(follow, {"input": {"record": product}}, who="employee")
    before.set(START.replace(hour=10))
    await moved(company, action, "IN_PROGRESS")
    assert await entries(company, MINE, "employee", since="2026-03-02T10:00:00Z", first=9) == [
        ("Action", "TRANSITIONED", "IN_PROGRESS")
    ]
    # Being a user of the system concerns nobody as an owner: the person's own account is not in it.
    assert await entries(company, MINE, "employee", first=9) == [
        ("Action", "TRANSITIONED", "IN_PROGRESS"),
        ("Product", "CREATED", None),
        ("Action", "CREATED", None),
    ]
    page = (await company.data(MINE, {"since": SINCE, "first": 1}, who="employee"))["me"]["digest"]["pageInfo"]
    assert page["hasNextPage"] is True
    assert await entries(company, MINE, "employee", first=1, after=page["endCursor"]) == [("Product", "CREATED", None)]


async def test_what_one_is_to_be_trained_in_is_in_the_own_digest(company: Company) -> None:
    moulding = await department(company, "Moulding", "employee")
    await department(company, "Sales", "complaint_handler")
    company.installation.clock.set(START.replace(hour=10))
    await approved(company, await document(company, kind="FORM"), "A")
    await approved(company, await document(company, department=moulding), "A")
    since = "2026-03-02T10:00:00Z"
    trained = [("TrainingRecord", "CREATED", None)]
    assert await entries(company, MINE, "employee", since=since, first=9) == trained
    assert (await entries(company, OURS, "employee", since=since))[:1] == trained
    assert await entries(company, MINE, "complaint_handler", since=since, first=9) == []
    # Nor does who sees no training of others learn of it by the digest of their department.
    shown = await company.data(OF, {"id": moulding, "since": since}, who="complaint_handler")
    kinds = {entry["record"]["__typename"] for entry in shown["department"]["digest"]["nodes"]}
    assert kinds == {"Document", "Revision"}


async def test_a_departments_digest_has_what_its_people_own_and_what_it_follows(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await department(company, "Moulding", "department_head")
    await department(company, "Sales", "employee")
    head = await id_of(company, "department_head")
    company.installation.clock.set(START.replace(hour=10))
    requirement = await made(company, "Requirement", source="INTERNAL", statement="Whole lids.", clause="4")
    await made(company, "Requirement", source="INTERNAL", statement="Blue lids.", clause="5")
    given = {"department": mine, "record": requirement}
    for _ in range(2):
        followed = (await company.data(FOLLOW, {"input": given}, who="department_head"))["followForDepartment"]
        assert followed == {"department": {"id": mine}, "errors": []}
    shown = await company.data("query ($id: ID!) { department(by: { id: $id }) { followed { id } } }", {"id": mine})
    assert shown == {"department": {"followed": [{"id": requirement}]}}
    await made(company, "Action", title="Of a person", kind="CORRECTION", owner=head)
    await made(company, "Nonconformity", title="Of the department", origin="PROCESS", detectedAt=SINCE, department=mine)
    since = "2026-03-02T10:00:00Z"
    expected = [("Nonconformity", "CREATED", None), ("Action", "CREATED", None), ("Requirement", "CREATED", None)]
    assert await entries(company, OURS, "department_head", since=since) == expected
    with statements(monkeypatch) as seen:
        await entries(company, OURS, "department_head", since=since)
    few = len(seen)
    for number in range(3):
        await made(company, "Action", title=f"More {number}", kind="CORRECTION", owner=head)
    assert len(await entries(company, OURS, "department_head", since=since)) == 6
    with statements(monkeypatch) as seen:
        await entries(company, OURS, "department_head", since=since)
    assert len(seen) == few
    assert (await company.data(FOLLOW, {"input": given | {"follow": False}}, who="department_head"))[
        "followForDepartment"
    ]["errors"] == []
    assert ("Requirement", "CREATED", None) not in await entries(company, OURS, "department_head", since=since)


async def test_a_digest_shows_nobody_more_than_they_may_see(company: Company) -> None:
    mine = await department(company, "Moulding", "department_head", "employee")
    other = await department(company, "Sales", "complaint_handler")
    company.installation.clock.set(START.replace(hour=10))
    secret = await made(company, "Feedback", source="SUPPORT", text="Hush.", confidential=True, occurredAt=SINCE)
    for who, where, what, code in (
        ("department_head", other, secret, "FORBIDDEN"),
        ("department_head", mine, secret, "NOT_FOUND"),
    ):
        answer = await company.data(FOLLOW, {"input": {"department": where, "record": what}}, who=who)
        assert [error["code"] for error in answer["followForDepartment"]["errors"]] == [code]
    await refused(company, FOLLOW, {"department": secret, "record": secret}, ("INVALID", ["department"]))
    assert (await company.data(FOLLOW, {"input": {"department": mine, "record": secret}}))["followForDepartment"][
        "errors"
    ] == []
    since = "2026-03-02T10:00:00Z"
    assert await entries(company, OURS, "employee", since=since) == []
    assert await entries(company, OURS, "department_head", since=since) == []
    of = {"id": mine, "since": since}
    assert len((await company.data(OF, of, who="auditor"))["department"]["digest"]["nodes"]) == 1
    assert (await company.data(OF, of | {"id": other}, who="employee"))["department"]["digest"] is None
    users = f"query ($since: DateTime!) {{ users {{ nodes {{ name digest(since: $since) {{ {PAGE} }} }} }} }}"
    seen = (await company.data(users, {"since": SINCE}, who="employee"))["users"]["nodes"]
    assert [user["name"] for user in seen if user["digest"] is not None] == ["employee"]


async def test_a_digest_tells_of_the_revisions_of_what_it_is_about(company: Company) -> None:
    moulding = await department(company, "Moulding", "department_head")
    store = await department(company, "Store", "employee")
    product = await made(company, "Product", sku="K1", name="Kettle", kind="GOOD")
    wish = await made(company, "Requirement", source="INTERNAL", statement="Whole lids.", clause="4")
    owned = await document(company, title="Lid", department=moulding)
    about = await document(company, title="Leaflet", product=product)
    elsewhere = await document(company, title="Elsewhere")
    for record in (product, wish):
        follow = {"department": store, "record": record}
        assert (await company.data(FOLLOW, {"input": follow}))["followForDepartment"]["errors"] == []
    company.installation.clock.set(START.replace(hour=10))
    await approved(company, owned, "A")
    await approved(company, about, "A")
    await approved(company, elsewhere, "A", satisfies=[wish])
    since = "2026-03-02T10:00:00Z"
    way = [("Revision", action, to) for action, to in STEPS]
    trained = ("TrainingRecord", "CREATED", None)
    assert await entries(company, OURS, "department_head", since=since) == [trained, *way]
    # Drafts are for those who write them; what was approved is told from its beginning.
    assert await entries(company, OURS, "employee", since=since) == way * 2


STEPS = (("TRANSITIONED", "APPROVED"), ("TRANSITIONED", "IN_REVIEW"), ("CREATED", None))
"""What happens to a revision until it is approved, the newest first."""
