"""The event log: a chain that shows every change made to it, and no personal value in clear."""

import asyncio
import hashlib
import json
from datetime import UTC
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import and_, delete, func, insert, literal_column, select, update

from qms_graphql.base.drafts import Draft
from qms_graphql.base.event_log import GENESIS
from qms_graphql.base.ids import from_global, new_id
from qms_graphql.base.model import Event, OrganizationStream, SubjectKey
from qms_graphql.base.secrets import unseal
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.customers.commands import save_customers
from tests.base.work import as_owner, events, integrity, new_customer, tamper, work
from tests.conftest import Company

EVENT, STREAM = Event.__table__, OrganizationStream.__table__


def _at(company: Company, seq: int) -> Any:
    return and_(EVENT.c.organization_id == company.id, EVENT.c.seq == seq)


@pytest.fixture
async def chained(company: Company) -> Company:
    """A company with five events."""
    for index in range(5):
        await new_customer(company, name=f"customer {index}")
    found = await integrity(company)
    assert (found.entries, found.intact, found.first_broken) == (5, True, None)
    return company


async def test_an_empty_log_is_intact(company: Company) -> None:
    found = await integrity(company)
    assert (found.entries, found.intact, found.first_broken, found.head_hash) == (0, True, None, GENESIS)


async def test_the_hash_is_what_its_specification_says(chained: Company) -> None:
    """Written from the docstring alone, without our code."""
    previous = "0" * 64
    for row in await events(chained):
        stated = [
            previous,
            row["organization_id"].hex,
            row["seq"],
            row["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
            row["actor_kind"].value,
            row["actor_id"] and row["actor_id"].hex,
            row["actor_name"],
            row["origin"],
            row["action"].value,
            row["record_type"],
            row["record_id"].hex,
            row["record_version"],
            row["changed_fields"],
            row["payload"],
            row["sealed"],
            row["subject_id"] and row["subject_id"].hex,
        ]
        text = json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert row["hash"] == hashlib.sha256(text.encode()).hexdigest()
        previous = row["hash"]
    assert (await integrity(chained)).head_hash == previous


@pytest.mark.parametrize(
    "change",
    [
        {"actor_name": "somebody else"},
        {"payload": {"changes": {}}},
        {"changed_fields": []},
        {"sealed": "AAAA"},
        {"record_version": 9},
        {"hash": "f" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_changed_event_is_located(chained: Company, change: dict[str, Any]) -> None:
    await tamper(chained, update(EVENT).where(_at(chained, 3)).values(**change))
    found = await integrity(chained)
    assert (found.entries, found.intact, found.first_broken) == (5, False, 3)


@pytest.mark.parametrize("column", ["action", "actor_kind", "payload", "changed_fields", "at", "record_id"])
async def test_an_event_that_cannot_even_be_read_is_located(chained: Company, column: str) -> None:
    if not chained.installation.settings.on_sqlite and column not in ("action", "actor_kind"):
        pytest.skip("PostgreSQL takes no such value")
    await tamper(chained, update(EVENT).where(_at(chained, 3)).values({column: literal_column("'x'")}))
    found = await integrity(chained)
    assert (found.entries, found.intact, found.first_broken) == (5, False, 3)


@pytest.mark.parametrize(("removed", "located"), [(1, 1), (3, 3), (5, 5)])
async def test_a_removed_event_is_located(chained: Company, removed: int, located: int) -> None:
    await tamper(chained, delete(EVENT).where(_at(chained, removed)))
    found = await integrity(chained)
    assert (found.entries, found.intact, found.first_broken) == (4, False, located)


async def test_a_cut_end_is_located_even_with_its_head_put_back(chained: Company) -> None:
    await tamper(chained, delete(EVENT).where(EVENT.c.organization_id == chained.id, EVENT.c.seq > 3))
    assert (await integrity(chained)).first_broken == 4


@pytest.mark.parametrize(("seq", "located"), [(0, 0), (6, 6)])
async def test_an_inserted_event_is_located(chained: Company, seq: int, located: int) -> None:
    row = dict((await events(chained))[2])
    await tamper(chained, insert(EVENT).values(**{**row, "seq": seq}))
    found = await integrity(chained)
    assert (found.entries, found.intact, found.first_broken) == (6, False, located)


async def test_two_exchanged_events_are_located(chained: Company) -> None:
    rows = await events(chained)
    second, third = ({k: v for k, v in rows[i].items() if k not in ("seq", "organization_id")} for i in (1, 2))
    await tamper(
        chained,
        update(EVENT).where(_at(chained, 2)).values(**third),
        update(EVENT).where(_at(chained, 3)).values(**second),
    )
    assert (await integrity(chained)).first_broken == 2


async def test_a_moved_head_is_located(chained: Company) -> None:
    await tamper(chained, update(STREAM).where(STREAM.c.organization_id == chained.id).values(head="e" * 64))
    assert (await integrity(chained)).first_broken == 5


async def test_the_server_itself_cannot_change_the_log(chained: Company) -> None:
    if chained.installation.settings.on_sqlite:
        pytest.skip("SQLite has no roles")
    for statement in (update(EVENT).values(actor_name="x"), delete(EVENT)):
        with pytest.raises(Exception, match="permission denied"):
            async with chained.installation.database.begin(chained.id) as connection:
                await connection.execute(statement)
    assert (await integrity(chained)).intact


SYNC = """
mutation S($input: SyncCustomersInput!) {
  syncCustomers(input: $input) { created rejected results { customer { id } } }
}
"""
PERSONAL = {"name": "Wilhelmine Zuckmantel", "email": "mina@zuckmantel.example", "phone": "+49 999 123456"}


async def _person(company: Company, key: str, **fields: Any) -> Any:
    item = {"ref": {"system": "shop", "externalId": key}, "segment": "clear-segment", **PERSONAL, **fields}
    found = (await company.data(SYNC, {"input": {"items": [item]}}))["syncCustomers"]
    assert (found["created"], found["rejected"]) == (1, 0)
    return from_global(found["results"][0]["customer"]["id"])[1]


async def test_personal_values_never_stand_in_clear_in_the_log(company: Company) -> None:
    await _person(company, "7", custom={"nickname": "Minchen"})
    async with as_owner(company.installation) as connection:
        rows = (await connection.execute(select(EVENT).where(EVENT.c.organization_id == company.id))).all()
    stored = "\n".join(str(tuple(row)) for row in rows)
    assert "clear-segment" in stored
    assert [word for word in (*PERSONAL.values(), "Minchen") if word in stored] == []
    # The changed fields are named; what they hold is not.
    assert set((await events(company))[-1]["changed_fields"]) >= {"name", "email", "phone", "custom"}


async def test_every_customer_has_a_key_and_no_other_opens_the_seal(company: Company) -> None:
    first, second = await _person(company, "1"), await _person(company, "2")
    place, table = company.installation, SubjectKey.__table__
    async with place.database.reading(company.id) as reader:
        held = await reader.rows(select(table).where(table.c.organization_id == company.id))
    keys = {row["subject_id"]: place.secrets.unwrap(row["wrapped"], row["subject_id"]) for row in held}
    assert len({keys[first], keys[second]}) == 2
    event = next(row for row in await events(company) if row["record_id"] == first)
    assert event["subject_id"] == first
    opened = json.loads(unseal(keys[first], event["sealed"], first.bytes))
    assert {name: pair for name, pair in opened.items() if name in PERSONAL} == {
        name: [None, value] for name, value in PERSONAL.items()
    }
    with pytest.raises(InvalidTag):
        unseal(keys[second], event["sealed"], first.bytes)


async def test_eight_writers_leave_no_gap_and_are_seen_in_order(company: Company) -> None:
    """Order of numbers is order of visibility: a reader who saw a number never sees a smaller one appear later."""
    database, writing = company.installation.database, True

    async def write(writer: int) -> None:
        for index in range(6):
            drafts = [Draft(new_id(), {"name": f"{writer} {index} {n}"}) for n in range(3)]

            async def command(unit: UnitOfWork, drafts: list[Draft] = drafts) -> None:
                await save_customers(unit, drafts)

            await work(company, command)

    async def watch() -> int:
        looks = 0
        while writing:
            async with database.reading(company.id) as reader:
                row = (
                    await reader.rows(
                        select(func.count().label("n"), func.max(EVENT.c.seq).label("last")).where(
                            EVENT.c.organization_id == company.id
                        )
                    )
                )[0]
            assert row["n"] == (row["last"] or 0)
            looks += 1
            await asyncio.sleep(0)
        return looks

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(write(writer) for writer in range(8)))
    writing = False
    assert await watching > 3
    assert [row["seq"] for row in await events(company)] == list(range(1, 8 * 6 * 3 + 1))
    assert (await integrity(company)).intact
