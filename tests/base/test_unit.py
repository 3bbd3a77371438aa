"""The unit of work: numbers of records, versions, one event for each changed record, all or nothing."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from qms_graphql.base.drafts import Draft, Outcome
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import new_id
from qms_graphql.base.model import Organization
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.customers.commands import save_customers
from qms_graphql.customers.model import Customer
from tests.base.work import as_owner, events, integrity, new_customer, work
from tests.conftest import Company


async def _numbers(company: Company, count: int, prefix: str = "FB") -> list[str]:
    return await work(company, lambda unit: unit.next_numbers(prefix, count))


async def test_numbers_go_on_and_each_kind_has_its_own(company: Company) -> None:
    assert await _numbers(company, 1) == ["FB-2026-00001"]
    assert await _numbers(company, 3) == ["FB-2026-00002", "FB-2026-00003", "FB-2026-00004"]
    assert await _numbers(company, 1, "CP") == ["CP-2026-00001"]


async def test_numbers_are_the_organization_s_own(company: Company, other_company: Company) -> None:
    assert await _numbers(company, 2) == ["FB-2026-00001", "FB-2026-00002"]
    assert await _numbers(other_company, 1) == ["FB-2026-00001"]


async def test_numbers_grow_wider_than_their_places(company: Company) -> None:
    bulk = await _numbers(company, 100_001)
    assert (bulk[99_998], bulk[99_999], bulk[-1], len(set(bulk))) == (
        "FB-2026-99999", "FB-2026-100000", "FB-2026-100001", 100_001,
    )  # fmt: skip


async def test_the_year_begins_in_the_organization_s_time_zone(company: Company) -> None:
    table = Organization.__table__
    async with as_owner(company.installation) as connection:
        await connection.execute(update(table).where(table.c.id == company.id).values(time_zone="Pacific/Auckland"))
    clock = company.installation.clock
    clock.set(datetime(2026, 12, 31, 10, 59, 59, tzinfo=UTC))
    assert await _numbers(company, 1) == ["FB-2026-00001"]
    clock.set(datetime(2026, 12, 31, 11, 0, tzinfo=UTC))
    assert await _numbers(company, 2) == ["FB-2027-00001", "FB-2027-00002"]


async def test_a_number_that_was_not_used_is_given_again(company: Company) -> None:
    async def fail(unit: UnitOfWork) -> None:
        await unit.next_numbers("FB", 5)
        raise Refusal(ErrorCode.INVALID, "no")

    with pytest.raises(Refusal):
        await work(company, fail)
    assert await _numbers(company, 1) == ["FB-2026-00001"]


async def test_eight_writers_get_every_number_once(company: Company) -> None:
    async def write() -> list[str]:
        return [number for _ in range(5) for number in await _numbers(company, 3)]

    given = [number for numbers in await asyncio.gather(*(write() for _ in range(8))) for number in numbers]
    assert sorted(given) == [f"FB-2026-{n:05d}" for n in range(1, 121)]


async def _edit(company: Company, draft: Draft, version: int | None, **fields: Any) -> Draft:
    async def command(unit: UnitOfWork) -> Draft:
        edited = Draft(draft.id, dict(fields), await unit.lock_one(Customer, draft.id, version))
        await save_customers(unit, [edited])
        return edited

    return await work(company, command)


async def _row(company: Company, draft: Draft) -> Any:
    table = Customer.__table__
    async with company.installation.database.reading(company.id) as reader:
        rows = await reader.rows(select(table).where(table.c.organization_id == company.id, table.c.id == draft.id))
    return rows[0] if rows else None


async def test_of_two_edits_of_one_version_one_wins(company: Company) -> None:
    draft = await new_customer(company, segment="old")
    edits = [_edit(company, draft, 1, segment=f"edit {n}") for n in range(2)]
    first, second = await asyncio.gather(*edits, return_exceptions=True)
    won, lost = (first, second) if isinstance(first, Draft) else (second, first)
    assert isinstance(won, Draft)
    assert isinstance(lost, Refusal)
    assert (lost.code, lost.field) == (ErrorCode.CONFLICT, ("version",))
    row = await _row(company, draft)
    assert (row["segment"], row["version"]) == (won.fields["segment"], 2)
    assert [event["record_version"] for event in await events(company)] == [1, 2]


async def test_an_edit_that_says_the_same_writes_nothing(company: Company) -> None:
    draft = await new_customer(company, segment="same")
    assert (await _edit(company, draft, 1, segment="same")).outcome is Outcome.UNCHANGED
    assert (await _row(company, draft))["version"] == 1
    assert len(await events(company)) == 1


async def test_an_event_says_what_changed(company: Company) -> None:
    draft = await new_customer(company, segment="old", country="DE")
    await _edit(company, draft, None, segment="new", country="DE")
    event = (await events(company))[-1]
    assert (event["action"].value, event["record_id"], event["record_version"]) == ("UPDATED", draft.id, 2)
    assert (event["changed_fields"], event["payload"]) == (["segment"], {"changes": {"segment": ["old", "new"]}})
    assert (event["actor_name"], event["origin"], event["sealed"]) == ("system", None, None)


async def test_two_changes_of_one_record_are_one_event(company: Company) -> None:
    draft = await new_customer(company, segment="a")

    async def command(unit: UnitOfWork) -> None:
        for segment in ("b", "c"):
            await save_customers(unit, [Draft(draft.id, {"segment": segment}, await unit.lock_one(Customer, draft.id))])

    await work(company, command)
    assert [(e["record_version"], e["payload"]) for e in (await events(company))[1:]] == [
        (2, {"changes": {"segment": ["a", "c"]}})
    ]


async def test_a_failure_keeps_nothing(company: Company) -> None:
    draft = Draft(new_id(), {"name": "Ada"})

    async def fail(unit: UnitOfWork) -> None:
        await save_customers(unit, [draft])
        raise RuntimeError("after the write")

    with pytest.raises(RuntimeError, match="after the write"):
        await work(company, fail)
    assert await _row(company, draft) is None
    assert ((await integrity(company)).entries, (await integrity(company)).intact) == (0, True)


async def test_another_organization_s_record_is_not_found(company: Company, other_company: Company) -> None:
    draft = await new_customer(company)
    with pytest.raises(Refusal) as refused:
        await _edit(other_company, draft, 1, segment="theirs")
    assert (refused.value.code, refused.value.field) == (ErrorCode.NOT_FOUND, ("id",))
    assert (await _row(company, draft))["version"] == 1
    assert (await integrity(other_company)).entries == 0


async def test_listeners_hear_of_commits_that_wrote(company: Company) -> None:
    database, heard = company.installation.database, []
    database.listeners.append(heard.append)
    try:
        await _numbers(company, 1)
        assert heard == []
        await new_customer(company)
        assert heard == [company.id]
    finally:
        database.listeners.remove(heard.append)
