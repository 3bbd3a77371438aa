"""The PIN that a person signs with: set, changed, tried too often, taken away."""

from datetime import timedelta

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import select

from qms_graphql.base import signing
from qms_graphql.base.access import ActorKind, Role, Viewer, permissions_of
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.model import SigningPin
from tests.conftest import HASHER, START, Company

SET = "mutation ($input: SetSigningPinInput!) { setSigningPin(input: $input) { errors { code field } } }"
RESET = "mutation ($input: ResetSigningPinInput!) { resetSigningPin(input: $input) { errors { code field } } }"


async def told_to_set(company: Company, who: str, **given: str) -> list[tuple[str, list[str]]]:
    """The errors of setSigningPin."""
    answer = (await company.data(SET, {"input": given}, who=who))["setSigningPin"]
    return [(error["code"], error["field"]) for error in answer["errors"]]


async def viewer(company: Company, who: str) -> Viewer:
    """Who signs."""
    me = (await company.data("{ me { id name } }", who=who))["me"]
    roles = frozenset({Role[who.upper()]})
    return Viewer(company.id, ActorKind.USER, from_global(me["id"])[1], me["name"], roles, permissions_of(roles))


async def signs(company: Company, who: str, pin: str) -> ErrorCode | None:
    """What keeps a person from signing with that PIN."""
    place = company.installation
    try:
        signature = await signing.signed(place.database, place.clock, await viewer(company, who), pin)
    except Refusal as refusal:
        return refusal.code
    assert signature.printed_name == who
    return None


async def test_a_person_signs_with_the_own_pin(company: Company) -> None:
    assert await signs(company, "quality_manager", "274-915") is ErrorCode.REQUIRED
    assert await told_to_set(company, "quality_manager", pin="274-915") == []
    assert await signs(company, "quality_manager", "274-915") is None
    assert await signs(company, "quality_manager", "274-916") is ErrorCode.FORBIDDEN
    assert await signs(company, "department_head", "274-915") is ErrorCode.REQUIRED
    history = await company.data("{ me { id } changes(types: [USER]) { nodes { action changedFields } } }")
    noted = [node for node in history["changes"]["nodes"] if node["action"] == "UPDATED"]
    assert noted == [{"action": "UPDATED", "changedFields": []}]


async def test_a_digest_costs_what_rfc_9106_asks(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_HASHER", HASHER)
    assert await told_to_set(company, "quality_manager", pin="274-915") == []
    async with company.installation.database.begin(company.id) as connection:
        table = SigningPin.__table__
        kept = select(table.c.digest).where(table.c.organization_id == company.id)
        digest = (await connection.execute(kept)).scalar_one()
    assert extract_parameters(digest) == RFC_9106_LOW_MEMORY
    assert await signs(company, "quality_manager", "274-915") is None
    assert await signs(company, "quality_manager", "274-916") is ErrorCode.FORBIDDEN


async def test_a_new_pin_needs_the_present_one(company: Company) -> None:
    who = "department_head"
    assert await told_to_set(company, who, pin="12345") == [("INVALID", ["pin"])]
    assert await told_to_set(company, who, pin="x" * 65) == [("INVALID", ["pin"])]
    assert await told_to_set(company, who, pin="123456") == []
    assert await told_to_set(company, who, pin="654321") == [("REQUIRED", ["currentPin"])]
    assert await told_to_set(company, who, pin="654321", currentPin="000000") == [("FORBIDDEN", ["currentPin"])]
    assert await signs(company, who, "123456") is None
    assert await told_to_set(company, who, pin="654321", currentPin="123456") == []
    assert await signs(company, who, "654321") is None
    assert await signs(company, who, "123456") is ErrorCode.FORBIDDEN


async def test_too_many_wrong_pins_lock_signing_for_a_while(company: Company) -> None:
    who = "complaint_handler"
    assert await told_to_set(company, who, pin="123456") == []
    for _ in range(signing.ATTEMPTS):
        assert await signs(company, who, "000000") is ErrorCode.FORBIDDEN
    assert await signs(company, who, "123456") is ErrorCode.RATE_LIMITED
    company.installation.clock.set(START + signing.LOCKED_FOR - timedelta(seconds=1))
    assert await signs(company, who, "123456") is ErrorCode.RATE_LIMITED
    company.installation.clock.set(START + signing.LOCKED_FOR)
    assert await signs(company, who, "123456") is None
    for _ in range(signing.ATTEMPTS - 1):
        assert await signs(company, who, "000000") is ErrorCode.FORBIDDEN
    assert await signs(company, who, "123456") is None


async def test_wrong_present_pins_count_too(company: Company) -> None:
    who = "complaint_handler"
    assert await told_to_set(company, who, pin="123456") == []
    for _ in range(signing.ATTEMPTS):
        assert await told_to_set(company, who, pin="654321", currentPin="000000") == [("FORBIDDEN", ["currentPin"])]
    assert await told_to_set(company, who, pin="654321", currentPin="123456") == [("RATE_LIMITED", ["currentPin"])]


async def test_an_administrator_takes_a_forgotten_pin_away(company: Company) -> None:
    who = "quality_manager"
    assert await told_to_set(company, who, pin="123456") == []
    me = (await company.data("{ me { id } }", who=who))["me"]["id"]
    refused = await company.ask(RESET, {"input": {"user": me}}, who=who)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await company.data(RESET, {"input": {"user": me}}))["resetSigningPin"] == {"errors": []}
    assert await signs(company, who, "123456") is ErrorCode.REQUIRED
    unknown = (await company.data(RESET, {"input": {"user": "user_" + "0" * 32}}))["resetSigningPin"]
    assert unknown == {"errors": [{"code": "NOT_FOUND", "field": ["user"]}]}


async def test_programs_and_those_who_only_read_do_not_sign(company: Company) -> None:
    for who in ("connector:shop", "auditor", "employee"):
        answer = await company.ask(SET, {"input": {"pin": "123456"}}, who=who)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
