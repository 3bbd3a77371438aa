"""Departments and users: made, changed, linked; roles are at least one, and never a program's."""

from typing import Any

import pytest

from tests.conftest import Company
from tests.records import made, refused

CREATE_USER = """
mutation Create($input: CreateUserInput!) {
  createUser(input: $input) {
    user { version name title email roles active department { name } }
    errors { code field }
  }
}
"""
UPDATE_USER = """
mutation Update($input: UpdateUserInput!) {
  updateUser(input: $input) {
    user { version name roles active department { name } }
    errors { code field }
  }
}
"""
UPDATE_DEPARTMENT = """
mutation Update($input: UpdateDepartmentInput!) {
  updateDepartment(input: $input) { department { version name parent { name } } errors { code field } }
}
"""


async def test_departments_stand_within_each_other(company: Company) -> None:
    works = await made(company, "Department", name="Works", code="W")
    line = await made(company, "Department", name="Line 1", parent=works)
    found = await company.data(
        """
        query ($id: ID!) {
          department(by: { id: $id }) { name code children { totalCount nodes { name parent { name } } } }
        }
        """,
        {"id": works},
    )
    assert found["department"] == {
        "name": "Works",
        "code": "W",
        "children": {"totalCount": 1, "nodes": [{"name": "Line 1", "parent": {"name": "Works"}}]},
    }
    changed = await company.data(
        UPDATE_DEPARTMENT, {"input": {"id": line, "version": 1, "name": "Line A", "parent": None}}
    )
    assert changed["updateDepartment"] == {"department": {"version": 2, "name": "Line A", "parent": None}, "errors": []}


async def test_a_department_is_not_part_of_itself(company: Company) -> None:
    works = await made(company, "Department", name="Works")
    await refused(company, UPDATE_DEPARTMENT, {"id": works, "version": 1, "parent": works}, ("INVALID", ["parent"]))


async def test_a_user_is_made_with_roles_and_a_department(company: Company) -> None:
    works = await made(company, "Department", name="Works")
    ada = {"name": "Ada", "title": "Inspector", "email": "ada@example.com", "department": works}
    answer = await company.data(CREATE_USER, {"input": ada | {"roles": ["EMPLOYEE", "AUDITOR", "EMPLOYEE"]}})
    assert answer["createUser"] == {
        "user": {
            "version": 1,
            "name": "Ada",
            "title": "Inspector",
            "email": "ada@example.com",
            "roles": ["AUDITOR", "EMPLOYEE"],
            "active": True,
            "department": {"name": "Works"},
        },
        "errors": [],
    }
    back = await company.data(
        "query ($id: ID!) { department(by: { id: $id }) { users { nodes { name } } } }", {"id": works}
    )
    assert back["department"]["users"]["nodes"] == [{"name": "Ada"}]


async def test_roles_can_change_and_the_same_roles_change_nothing(company: Company) -> None:
    ada = await made(company, "User", name="Ada", roles=["EMPLOYEE"])
    change = {"id": ada, "version": 1, "roles": ["QUALITY_MANAGER", "EMPLOYEE"], "active": False}
    changed = (await company.data(UPDATE_USER, {"input": change}))["updateUser"]
    assert changed["user"] == {
        "version": 2,
        "name": "Ada",
        "roles": ["EMPLOYEE", "QUALITY_MANAGER"],
        "active": False,
        "department": None,
    }
    events = await company.event_count()
    again = (await company.data(UPDATE_USER, {"input": change | {"version": 2}}))["updateUser"]
    assert (again["errors"], again["user"]["version"]) == ([], 2)
    assert await company.event_count() == events


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"roles": []}, ("INVALID", ["roles"])),
        ({"roles": ["ADMIN", "CONNECTOR"]}, ("INVALID", ["roles"])),
        ({"name": "A" * 301}, ("TOO_LONG", ["name"])),
        ({"department": "department_" + "0" * 32}, ("NOT_FOUND", ["department"])),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_written(
    company: Company, fields: dict[str, Any], error: tuple[str, list[str]]
) -> None:
    before = (await company.data("{ users { totalCount } }"))["users"]
    await refused(company, CREATE_USER, {"name": "Ada", "roles": ["ADMIN"]} | fields, error)
    assert (await company.data("{ users { totalCount } }"))["users"] == before


async def test_a_user_keeps_a_role(company: Company) -> None:
    one = {"id": await made(company, "User", name="Ada", roles=["EMPLOYEE"]), "version": 1}
    for roles, code in (([], "INVALID"), (["CONNECTOR"], "INVALID"), (None, "REQUIRED")):
        await refused(company, UPDATE_USER, one | {"roles": roles}, (code, ["roles"]))


async def test_a_role_that_is_not_there_never_reaches_the_command(company: Company) -> None:
    answer = await company.ask(CREATE_USER, {"input": {"name": "Ada", "roles": ["KING"]}})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("who", ["quality_manager", "employee", "auditor", "connector:shop"])
async def test_only_an_administrator_writes_people(company: Company, who: str) -> None:
    await company.token(who)
    events = await company.event_count()
    answer = await company.ask(CREATE_USER, {"input": {"name": "Ada", "roles": ["ADMIN"]}}, who=who)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await company.event_count() == events


async def test_who_asks_is_a_user_or_a_program(company: Company) -> None:
    asked = "{ me { id } viewer { id roles } }"
    found = await company.data(asked, who="department_head")
    assert found == {"me": found["me"], "viewer": {"id": found["me"]["id"], "roles": ["DEPARTMENT_HEAD"]}}
    program = await company.data(asked, who="connector:shop")
    assert program == {"me": None, "viewer": {"id": None, "roles": ["CONNECTOR"]}}
