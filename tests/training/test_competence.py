"""What people are able to do, what they shall be able to do, and who sees it."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.base.access import Role
from qms_graphql.training.rules import CompetenceArea, Person, Requirement, concerned, gap, required_level
from tests.conftest import Company
from tests.journeys.hidden import change
from tests.records import id_of, made, refused
from tests.training.staff import hired

CREATE = """
mutation ($input: CreateCompetenceInput!) {
  createCompetence(input: $input) { competence { id } errors { code field } }
}
"""
UPDATE = """
mutation ($input: UpdateCompetenceInput!) {
  updateCompetence(input: $input) { competence { id } errors { code field } }
}
"""
REQUIRE = """
mutation ($input: CreateRequiredCompetenceInput!) {
  createRequiredCompetence(input: $input) { requiredCompetence { id } errors { code field } }
}
"""
MATRIX = """
query ($id: ID!) {
  department(by: { id: $id }) { competenceMatrix { user { name } area level required gap } }
}
"""
SEEN = "{ competences { totalCount nodes { user { name } } } }"


async def matrix(company: Company, department: str, who: str = "admin") -> list[tuple[object, ...]]:
    """The rows that say anything: name, area, level, required, gap."""
    rows = (await company.data(MATRIX, {"id": department}, who=who))["department"]["competenceMatrix"]
    found = [(row["user"]["name"], row["area"], row["level"], row["required"], row["gap"]) for row in rows]
    assert len(found) == 4 * len({row[0] for row in found})
    return [row for row in found if row[2:4] != (None, None)]


async def test_the_matrix_of_a_department(company: Company) -> None:
    staff = await hired(company)
    await made(company, "RequiredCompetence", area="TECHNICAL", level=2, department=staff.moulding)
    await made(company, "RequiredCompetence", area="TECHNICAL", level=3, role="DEPARTMENT_HEAD")
    await made(company, "RequiredCompetence", area="CUSTOMER_SERVICE", level=3, department=staff.sales)
    await made(company, "RequiredCompetence", area="COMMUNICATION", level=4, active=False)
    show = "id level assessedAt assessor { name }"
    judged = await made(company, "Competence", show=show, user=staff.ed, area="TECHNICAL", level=1, evidence="Course")
    assert judged == {
        "id": judged["id"], "level": 1, "assessedAt": "2026-03-02T09:30:00Z", "assessor": {"name": "admin"},
    }  # fmt: skip
    await made(company, "Competence", user=staff.ann, area="TECHNICAL", level=4)
    await made(company, "Competence", user=staff.ann, area="COMMUNICATION", level=0)
    await made(company, "Competence", user=staff.sue, area="CUSTOMER_SERVICE", level=3)
    assert await matrix(company, staff.moulding) == [
        ("Ann", "TECHNICAL", 4, 2, 0),
        ("Ann", "COMMUNICATION", 0, None, None),
        ("Ed", "TECHNICAL", 1, 2, 1),
        ("Mo", "TECHNICAL", None, 3, 3),
    ]
    assert await matrix(company, staff.sales) == [("Sue", "CUSTOMER_SERVICE", 3, 3, 0)]
    await change(company, "Competence", judged["id"], level=2)
    await change(company, "User", staff.ann, active=False)
    assert await matrix(company, staff.moulding) == [("Ed", "TECHNICAL", 2, 2, 0), ("Mo", "TECHNICAL", None, 3, 3)]


async def test_who_sees_and_judges_whom(company: Company) -> None:
    staff = await hired(company)
    ed = await made(company, "Competence", user=staff.ed, area="TECHNICAL", level=1)
    sue = await made(company, "Competence", user=staff.sue, area="TECHNICAL", level=1)
    seen = {}
    for who in ("quality_manager", "auditor", "department_head", "employee", "complaint_handler"):
        found = (await company.data(SEEN, who=who))["competences"]
        seen[who] = sorted(node["user"]["name"] for node in found["nodes"])
        assert found["totalCount"] == len(seen[who])
    assert seen == {
        "quality_manager": ["Ed", "Sue"], "auditor": ["Ed", "Sue"], "department_head": ["Ed"], "employee": ["Ed"],
        "complaint_handler": [],
    }  # fmt: skip
    assert [row[0] for row in await matrix(company, staff.moulding, "employee")] == ["Ed"]
    assert await matrix(company, staff.sales, "department_head") == []
    assert await matrix(company, staff.sales, "auditor") == [("Sue", "TECHNICAL", 1, None, None)]
    lookup = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await company.data(lookup, {"id": sue}, who="employee"))["node"] is None
    await change(company, "Competence", ed, "department_head", level=2)
    await company.token("connector:shop")
    events = await company.event_count()
    hidden = {"id": sue, "version": 1, "level": 4}
    for mutation, given_, error in (
        (UPDATE, hidden, {"code": "NOT_FOUND", "field": ["id"]}),
        (CREATE, {"user": staff.sue, "area": "COMMUNICATION", "level": 1}, {"code": "FORBIDDEN", "field": ["user"]}),
        (CREATE, {"user": staff.mo, "area": "COMMUNICATION", "level": 1}, {"code": "FORBIDDEN", "field": ["user"]}),
    ):
        (answer,) = (await company.data(mutation, {"input": given_}, who="department_head")).values()
        assert answer["errors"] == [error]
    for who in ("employee", "auditor", "connector:shop"):
        answer = await company.ask(CREATE, {"input": {"user": staff.ann, "area": "TECHNICAL", "level": 1}}, who=who)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    answer = await company.ask(REQUIRE, {"input": {"area": "TECHNICAL", "level": 1}}, who="department_head")
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await company.event_count() == events


async def test_a_person_is_judged_once_in_an_area(company: Company, other_company: Company) -> None:
    staff = await hired(company)
    given_ = {"user": staff.ed, "area": "TECHNICAL", "level": 1}
    known = await made(company, "Competence", **given_)
    await refused(company, CREATE, given_, ("CONFLICT", ["area"]))
    await refused(company, UPDATE, {"id": known, "version": 1, "area": "COMMUNICATION"}, ("INVALID", ["area"]))
    await refused(company, UPDATE, {"id": known, "version": 1, "user": staff.ann}, ("INVALID", ["user"]))
    await refused(company, UPDATE, {"id": known, "version": 1, "level": 5}, ("OUT_OF_RANGE", ["level"]))
    await refused(company, REQUIRE, {"area": "TECHNICAL", "level": -1}, ("OUT_OF_RANGE", ["level"]))
    myself = {"user": await id_of(company, "admin"), "area": "TECHNICAL", "level": 4}
    await refused(company, CREATE, myself, ("FORBIDDEN", ["user"]))
    stranger = {"user": await id_of(other_company, "employee"), "area": "TECHNICAL", "level": 4}
    await refused(company, CREATE, stranger, ("NOT_FOUND", ["user"]))


PLACES = st.none() | st.sampled_from([UUID(int=1), UUID(int=2)])
ROLES = st.sampled_from([Role.EMPLOYEE, Role.DEPARTMENT_HEAD, Role.AUDITOR])
PEOPLE = st.builds(Person, st.uuids(), PLACES, st.frozensets(ROLES, min_size=1))
REQUIRED = st.builds(
    Requirement, st.sampled_from(list(CompetenceArea)[:2]), st.integers(0, 4), st.none() | ROLES, PLACES
)


@given(PEOPLE, st.lists(REQUIRED), st.none() | st.integers(0, 4))
def test_the_highest_level_that_is_asked_counts(person: Person, required: list[Requirement], level: int | None) -> None:
    area = CompetenceArea.TECHNICAL
    mine = [
        one.level
        for one in required
        if one.area is area
        and (one.role is None or one.role in person.roles)
        and (one.department is None or one.department == person.department)
    ]
    asked = required_level(person, area, required)
    assert asked == (max(mine) if mine else None)
    lacking = gap(level, asked)
    assert (lacking is None) == (asked is None)
    assert lacking is None or lacking == max(0, (asked or 0) - (level or 0))


@given(st.lists(PEOPLE), st.sets(ROLES), st.sets(PLACES))
def test_who_is_to_be_trained(people: list[Person], roles: set[Role], departments: set[UUID | None]) -> None:
    named = [
        one.id for one in people if one.roles & roles or (one.department is not None and one.department in departments)
    ]
    assert concerned(people, roles, departments) == named
