"""Who is demoted or leaves writes nothing from that moment on, whatever a server still remembers of the token."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
import pytest

from qms_graphql.base.access import Viewer, system_viewer
from qms_graphql.base.unit import transact
from qms_graphql.graph.running.answers import Request
from qms_graphql.people import identity
from qms_graphql.people.identity import Doorkeeper
from tests.conftest import Company
from tests.people.test_people import CREATE_USER, UPDATE_USER
from tests.records import made, refused

NAMED = "{ users { nodes { id name version } } }"
ADA = {"input": {"name": "Ada", "roles": ["EMPLOYEE"]}}


async def remembered(company: Company, who: str) -> Viewer:
    """What a server remembers of a token for a while."""
    place = company.installation
    return await Doorkeeper(place.database, place.secrets).viewer(await company.token(who))


async def named(company: Company, who: str) -> Any:
    """The user of this name."""
    (user,) = (node for node in (await company.data(NAMED))["users"]["nodes"] if node["name"] == who)
    return user


async def change(company: Company, who: str, **fields: Any) -> None:
    """What an administrator does to the user of this name."""
    user = await named(company, who)
    given = {"id": user["id"], "version": user["version"]} | fields
    assert (await company.data(UPDATE_USER, {"input": given}))["updateUser"]["errors"] == []


async def writes(company: Company, viewer: Viewer) -> list[str]:
    """The codes that speak against making a user; nothing is written if there are any."""
    events = await company.event_count()
    answer = await company.installation.graph.answer(viewer, Request(CREATE_USER, ADA))
    made_of_it = orjson.loads(answer.json())["data"]["createUser"]
    codes = [error["code"] for error in made_of_it["errors"]]
    assert (made_of_it["user"] is None) == bool(codes)
    assert await company.event_count() == events + (not codes)
    return codes


async def test_who_lost_a_role_does_not_write_with_it(company: Company) -> None:
    await company.token("department_head")
    await change(company, "department_head", roles=["ADMIN", "DEPARTMENT_HEAD"])
    viewer = await remembered(company, "department_head")
    assert await writes(company, viewer) == []
    await change(company, "department_head", roles=["DEPARTMENT_HEAD"])
    assert await writes(company, viewer) == ["FORBIDDEN"]


async def test_who_got_a_role_goes_on_meanwhile(company: Company) -> None:
    await company.token("department_head")
    await change(company, "department_head", roles=["ADMIN"])
    viewer = await remembered(company, "department_head")
    await change(company, "department_head", roles=["ADMIN", "AUDITOR"])
    assert await writes(company, viewer) == []


async def test_who_left_does_not_write(company: Company) -> None:
    await company.token("department_head")
    await change(company, "department_head", roles=["ADMIN"])
    viewer = await remembered(company, "department_head")
    await change(company, "department_head", active=False)
    assert await writes(company, viewer) == ["UNAUTHENTICATED"]


async def test_a_program_whose_token_was_revoked_does_not_write(company: Company) -> None:
    viewer = await remembered(company, "connector:shop")
    text = """mutation { syncCustomers(input: { items: [
      { ref: { system: "shop", externalId: "1", version: 1 }, name: "Ann", kind: PERSON }
    ] }) { created errors { code } } }"""
    place = company.installation

    async def brings() -> Any:
        answer = await place.graph.answer(viewer, Request(text))
        return orjson.loads(answer.json())["data"]["syncCustomers"]

    assert await brings() == {"created": 1, "errors": []}
    assert viewer.token_id is not None
    await revoke(company, viewer.token_id)
    events = await company.event_count()
    assert await brings() == {"created": 0, "errors": [{"code": "UNAUTHENTICATED"}]}
    assert await company.event_count() == events


async def revoke(company: Company, token: UUID) -> None:
    """What `qms token revoke` does."""
    place = company.installation
    operator = system_viewer(company.id, "qms token")
    await transact(place.database, operator, place.clock, place.secrets, lambda unit: identity.revoke(unit, token))


@pytest.mark.parametrize(("fields", "field"), [({"roles": ["EMPLOYEE"]}, "roles"), ({"active": False}, "active")])
async def test_the_last_administrator_stays(company: Company, fields: dict[str, Any], field: str) -> None:
    me = (await company.data("{ me { id version } }"))["me"]
    gone = await made(company, "User", name="Gone", roles=["ADMIN"])
    await change(company, "Gone", active=False)
    await refused(company, UPDATE_USER, me | fields, ("INVALID", [field]))
    await change(company, "Gone", active=True)
    await change(company, "admin", title="Head of all")
    given = {"id": me["id"], "version": me["version"] + 1} | fields
    answer = (await company.data(UPDATE_USER, {"input": given}))["updateUser"]
    assert (answer["errors"], gone.startswith("user_")) == ([], True)


async def test_two_administrators_do_not_both_go(company: Company) -> None:
    await company.token("admin")
    await company.token("department_head")
    await change(company, "department_head", roles=["ADMIN"])
    found = {who: await named(company, who) for who in ("admin", "department_head")}

    async def gives_up(who: str) -> int:
        given = {"input": {"id": found[who]["id"], "version": found[who]["version"], "roles": ["EMPLOYEE"]}}
        return len((await company.data(UPDATE_USER, given, who=who))["updateUser"]["errors"])

    assert sorted(await asyncio.gather(gives_up("admin"), gives_up("department_head"))) == [0, 1]
