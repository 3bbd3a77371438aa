"""Short statements of SQLite run in the thread that asks, long ones in the connection's own."""

import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import aiosqlite
import pytest

from qms_graphql.base.sqlite import ShortStatements, SqliteDriver

HERE = threading.main_thread().name
LONG = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
SELECT sum(i), thread() FROM n
"""


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[aiosqlite.Connection]:
    """A connection that can tell in which thread it is used."""
    async with aiosqlite.connect(tmp_path / "it.db", check_same_thread=False, isolation_level=None) as opened:
        await opened.create_function("thread", 0, lambda: threading.current_thread().name)
        await opened.execute("PRAGMA journal_mode=WAL")
        await opened.execute("CREATE TABLE t (x)")
        yield opened


async def test_a_short_statement_stays_in_the_thread_however_often_it_runs(connection: aiosqlite.Connection) -> None:
    driver = SqliteDriver(connection, ShortStatements())
    assert {await driver.value("SELECT thread() FROM (VALUES (1), (2)) WHERE ? > 0", [n]) for n in range(1, 9999)} == {
        HERE
    }


async def test_a_long_statement_moves_to_the_connections_thread(connection: aiosqlite.Connection) -> None:
    driver = SqliteDriver(connection, ShortStatements())
    assert await driver.lines(LONG, [10]) == [(55, HERE)]
    ((total, thread),) = await driver.lines(LONG, [100_000])
    assert (total, thread != HERE) == (5_000_050_000, True)
    # Whatever it is asked next: how long it takes was seen.
    assert await driver.lines(LONG, [10]) == [(55, thread)]
    assert await driver.value("SELECT thread()", []) == HERE


async def test_without_short_statements_all_run_in_the_connections_thread(connection: aiosqlite.Connection) -> None:
    assert await SqliteDriver(connection).value("SELECT thread()", []) != HERE


async def test_only_so_many_long_statements_are_remembered(
    connection: aiosqlite.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qms_graphql.base.sqlite._MOST_LONG", 1)
    driver = SqliteDriver(connection, ShortStatements())
    other = LONG + " LIMIT 1"
    for statement in (LONG, other):
        assert (await driver.lines(statement, [100_000]))[0][0] == 5_000_050_000
    assert [(await driver.lines(statement, [1]))[0][1] == HERE for statement in (LONG, other)] == [True, False]


async def test_errors_are_what_they_were(connection: aiosqlite.Connection) -> None:
    driver = SqliteDriver(connection, ShortStatements())
    with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere"):
        await driver.value("SELECT 1 FROM nowhere", [])
    assert await driver.value("SELECT thread()", []) == HERE


async def test_a_snapshot_outlives_a_long_statement(connection: aiosqlite.Connection, tmp_path: Path) -> None:
    driver = SqliteDriver(connection, ShortStatements())
    await driver.begin_snapshot()
    assert await driver.value("SELECT count(*) FROM t", []) == 0
    with sqlite3.connect(tmp_path / "it.db") as other:
        other.execute("INSERT INTO t VALUES (1)")
    assert (await driver.lines(LONG, [100_000]))[0][0] == 5_000_050_000
    assert await driver.value("SELECT count(*) FROM t", []) == 0
    await driver.end_snapshot()
    assert await driver.value("SELECT count(*) FROM t", []) == 1
