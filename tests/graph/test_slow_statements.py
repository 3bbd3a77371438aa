"""What takes the database too long is ended, said, and paid for; meanwhile others are let in."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from qms_graphql.base import postgresql, sqlite
from qms_graphql.base.database import Database, check_reachable
from qms_graphql.base.reader import Reader, TookTooLong
from tests.base.sync import SYNC_CUSTOMERS, key
from tests.conftest import Company

SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT count(pg_sleep(60))",
}
SYNC_FEEDBACK = "mutation ($input: SyncFeedbackInput!) { syncFeedback(input: $input) { created errors { code } } }"
CHAIN = """{ feedbacks(where: { customer: { feedback: { some: { customer: { feedback: { some: { customer: { feedback: {
  some: { text: { contains: "zz" } } } } } } } } } } }) { nodes { number } } }"""


def shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sqlite, postgresql):
        monkeypatch.setattr(module, "READ_SECONDS", 0.25)


@pytest.fixture
async def database(company: Company, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Another connection to the company's database, whose statements may take a quarter of a second."""
    shorten(monkeypatch)
    opened = Database(company.installation.settings.model_copy(update={"database_pool": 1}))
    yield opened
    await opened.close()


def slow(database: Database) -> str:
    return SLOW[database.dialect.name]


async def test_a_slow_statement_is_ended(company: Company, database: Database) -> None:
    async def by_sqlalchemy(reader: Reader) -> Any:
        return await reader.rows(text(slow(database)))

    def value(reader: Reader) -> Any:
        return reader.value(slow(database), [])

    def lines(reader: Reader) -> Any:
        return reader.lines(slow(database), [])

    for ask in (value, lines, by_sqlalchemy):
        for snapshot in (False, True):
            with pytest.raises(TookTooLong):
                async with database.reading(company.id, snapshot=snapshot) as reader:
                    await ask(reader)
            assert 0.2 < reader.seconds < 5
    async with database.reading(company.id) as reader:
        assert await reader.value("SELECT 1", []) == 1


async def test_the_clock_of_one_statement_is_not_that_of_the_next(company: Company, database: Database) -> None:
    steps = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT count(*) FROM n"
    async with database.reading(company.id) as reader:
        assert await reader.value(steps, []) == 50000
        assert await reader.rows(text(steps.replace("count(*)", "count(*) AS n"))) == [{"n": 50000}]
        await asyncio.sleep(0.3)
        # Not by the reader: nobody sets a clock.
        assert (await reader.connection.execute(text(steps))).scalar() == 50000


async def test_who_comes_in_does_not_wait_for_what_others_read(company: Company, database: Database) -> None:
    async def read() -> None:
        async with database.reading(company.id) as reader:
            await reader.value(slow(database), [])

    readers = [asyncio.create_task(read()) for _ in range(3)]
    await asyncio.sleep(0.1)
    await check_reachable(database)
    assert [reader.done() for reader in readers] == [False] * 3
    assert {type(error) for error in await asyncio.gather(*readers, return_exceptions=True)} == {TookTooLong}


async def test_a_slow_query_is_a_coded_error_and_is_paid_for(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = key("c")
    said = {"text": "said", "source": "OTHER", "occurredAt": "2026-01-01T00:00:00Z", "customer": customer}
    rows = [{"ref": key(str(number))} | said for number in range(300)]
    await company.data(SYNC_CUSTOMERS, {"input": {"items": [{"ref": customer, "name": "C"}]}}, who="connector:shop")
    await company.data(SYNC_FEEDBACK, {"input": {"items": rows}}, who="connector:shop")
    shorten(monkeypatch)
    monkeypatch.setattr("qms_graphql.graph.running.execution._FREE_SECONDS", 0.01)
    # The connections that are there have the longer limit; what still reads with one is waited for.
    await asyncio.sleep(0.3)
    await company.installation.database.close()
    try:
        (error,) = (await company.ask(CHAIN))["errors"]
        spent = (await company.data("{ rateLimit { limit remaining } }"))["rateLimit"]
    finally:
        # Nor shall those that are there now serve other tests.
        await company.installation.database.close()
    told = "This takes the database more than 15 s; ask for less."
    assert error == {"message": told, "extensions": {"code": "TOO_COSTLY"}}
    # Seconds of a minute: what it took, less what has come back since.
    assert 0.05 < (spent["limit"] - spent["remaining"]) / spent["limit"] * 60 < 20
