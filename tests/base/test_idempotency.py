"""Idempotency keys: a repeated request has one effect and one outcome."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from qms_graphql.base.access import Viewer, system_viewer
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.idempotency import KEPT, once
from qms_graphql.base.ids import new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.customers.commands import save_customers
from tests.base.work import events, integrity, work
from tests.conftest import Company


async def _request(
    company: Company, key: str | None, body: Any, mutation: str = "createCustomer", viewer: Viewer | None = None
) -> Any:
    async def command(unit: UnitOfWork) -> Any:
        async def effect() -> Any:
            draft = Draft(new_id(), {"name": body})
            await save_customers(unit, [draft])
            return {"id": draft.id.hex}

        return await once(unit, mutation, key, body, effect)

    return await work(company, command, viewer)


async def test_a_repeated_request_has_one_effect(company: Company) -> None:
    first = await _request(company, "k", "Ada")
    assert await _request(company, "k", "Ada") == first
    assert len(await events(company)) == 1


async def test_without_a_key_every_request_counts(company: Company) -> None:
    assert await _request(company, None, "Ada") != await _request(company, None, "Ada")
    assert len(await events(company)) == 2


async def test_thirty_requests_at_once_have_one_effect(company: Company) -> None:
    answers = await asyncio.gather(*(_request(company, "k", "Ada") for _ in range(30)))
    assert answers == [answers[0]] * 30
    assert [event["record_id"].hex for event in await events(company)] == [answers[0]["id"]]


async def test_a_key_with_another_body_is_refused(company: Company) -> None:
    first = await _request(company, "k", "Ada")
    with pytest.raises(Refusal) as refused:
        await _request(company, "k", "Bea")
    assert (refused.value.code, refused.value.field) == (ErrorCode.IDEMPOTENCY_KEY_REUSED, ("idempotencyKey",))
    assert len(await events(company)) == 1
    assert await _request(company, "k", "Ada") == first


async def test_a_key_belongs_to_one_token_one_mutation_and_one_organization(
    company: Company, other_company: Company
) -> None:
    viewer = system_viewer(company.id)
    other_token = Viewer(
        viewer.organization_id, viewer.actor_kind, None, "other", viewer.roles, viewer.permissions, token_id=new_id()
    )
    answers = [
        await _request(company, "k", "Ada"),
        await _request(company, "k", "Bea", mutation="updateCustomer"),
        await _request(company, "k", "Cleo", viewer=other_token),
        await _request(other_company, "k", "Dora"),
    ]
    assert len({answer["id"] for answer in answers}) == 4


async def test_a_failure_keeps_nothing_so_the_key_is_free(company: Company) -> None:
    async def fail(unit: UnitOfWork) -> Any:
        async def effect() -> Any:
            await save_customers(unit, [Draft(new_id(), {"name": "Ada"})])
            raise RuntimeError("after the write")

        return await once(unit, "createCustomer", "k", "Ada", effect)

    with pytest.raises(RuntimeError, match="after the write"):
        await work(company, fail)
    assert (await integrity(company)).entries == 0
    await _request(company, "k", "Bea")
    assert len(await events(company)) == 1


async def test_a_key_is_forgotten_after_seven_days(company: Company) -> None:
    first = await _request(company, "k", "Ada")
    company.installation.clock.advance(KEPT)
    assert await _request(company, "k", "Ada") == first
    company.installation.clock.advance(timedelta(seconds=1))
    assert await _request(company, "k", "Ada") != first
    assert timedelta(days=7) == KEPT


@pytest.mark.parametrize("key", ["", "x" * 201, "a\x00b"])
async def test_a_key_that_cannot_be_kept_is_refused(company: Company, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        await _request(company, key, "Ada")
    assert (refused.value.code, refused.value.field) == (ErrorCode.INVALID, ("idempotencyKey",))
    assert (await integrity(company)).entries == 0
