"""The limit of the sync measurement: the same rows and events, copied for another organization by bare statements.

What the product wrote for its organization is read back, and written again under another organization's id: the same
tables, keys, indexes and transaction sizes, but no GraphQL, no validation, no hashing, no sealing.
"""

import sqlite3
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg

FOUNDATIONS = ("customer", "product", "survey", "question")
BATCH_TABLES = ("feedback", "answer", "external_ref", "event")
OF_BATCH = {
    "feedback": "organization_id = {org} AND id IN ({ids})",
    "answer": "organization_id = {org} AND feedback_id IN ({ids})",
    "external_ref": "organization_id = {org} AND target_id IN ({ids})",
    "event": "organization_id = {org} AND seq > {seq}",
}
IDS = "SELECT record_id FROM event WHERE organization_id = {org} AND seq > {seq}"
Rows = dict[str, Sequence[tuple[Any, ...]]]


def _condition(table: str, org: str, seq: int) -> str:
    return OF_BATCH[table].format(org=org, seq=seq, ids=IDS.format(org=org, seq=seq))


class BarePostgres:
    """asyncpg, as the database's owner: no row-level security."""

    def __init__(self, connection: "asyncpg.Connection[Any]", own: UUID) -> None:
        self.connection = connection
        self.own = own
        self.columns: dict[str, list[tuple[str, str]]] = {}

    @classmethod
    async def open(cls, url: str) -> "BarePostgres":
        connection = await asyncpg.connect(url, server_settings={"application_name": "bare", "jit": "off"})
        bare = cls(connection, await connection.fetchval("SELECT id FROM organization"))
        for table in (*FOUNDATIONS, *BATCH_TABLES):
            types = "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            found = await connection.fetch(
                f"{types} WHERE attrelid = '{table}'::regclass AND attnum > 0 ORDER BY attnum"
            )
            bare.columns[table] = [(row[0], row[1]) for row in found]
        return bare

    async def twin(self) -> UUID:
        """Another organization with the same customers, products and survey."""
        other = uuid4()
        for table in FOUNDATIONS:
            names = [name for name, _ in self.columns[table][1:]]
            chosen = f"SELECT '{other}', {', '.join(names)} FROM {table} WHERE organization_id = '{self.own}'"
            await self.connection.execute(f"INSERT INTO {table} (organization_id, {', '.join(names)}) {chosen}")
        return other

    async def end(self) -> int:
        """The number of the newest event."""
        return int(
            await self.connection.fetchval(f"SELECT seq FROM organization_stream WHERE organization_id = '{self.own}'")
        )

    async def rows_after(self, seq: int, other: UUID) -> Rows:
        """What the product wrote after that event, for the other organization."""
        rows: Rows = {}
        for table in BATCH_TABLES:
            names = ", ".join(name for name, _ in self.columns[table][1:])
            condition = _condition(table, f"'{self.own}'", seq)
            found = await self.connection.fetch(f"SELECT '{other}'::uuid, {names} FROM {table} WHERE {condition}")
            rows[table] = [tuple(row) for row in found]
        return rows

    async def write(self, rows: Rows, *, at_once: bool = False) -> float:
        """Seconds that one transaction with these rows took; ``at_once``: by one statement for each table."""
        start = time.perf_counter()
        async with self.connection.transaction():
            for table, values in rows.items():
                if at_once:
                    arrays = ", ".join(f"${n}::{type_}[]" for n, (_, type_) in enumerate(self.columns[table], 1))
                    statement = f"INSERT INTO {table} SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING"
                    await self.connection.execute(statement, *map(list, zip(*values, strict=True)))
                else:
                    marks = ", ".join(f"${n}" for n in range(1, len(self.columns[table]) + 1))
                    statement = f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT DO NOTHING"
                    await self.connection.executemany(statement, values)
        return time.perf_counter() - start

    async def backends(self, application: str) -> list[int]:
        """The process ids of the database's processes that serve an application here."""
        found = await self.connection.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1", application
        )
        return [row[0] for row in found]

    async def close(self) -> None:
        await self.connection.close()


class BareSqlite:
    """The sqlite3 module, as durable as the product writes."""

    def __init__(self, file: str) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        ((self.own,),) = self.connection.execute("SELECT id FROM organization")

    async def twin(self) -> UUID:
        """Another organization with the same customers, products and survey."""
        other = uuid4()
        for table in FOUNDATIONS:
            names = ", ".join(self._columns(table)[1:])
            chosen = f"SELECT '{other.hex}', {names} FROM {table} WHERE organization_id = '{self.own}'"
            self.connection.execute(f"INSERT INTO {table} (organization_id, {names}) {chosen}")
        return other

    def _columns(self, table: str) -> list[str]:
        return [row[1] for row in self.connection.execute(f"PRAGMA table_info({table})")]

    async def end(self) -> int:
        """The number of the newest event."""
        where = f"organization_id = '{self.own}'"
        ((seq,),) = self.connection.execute(f"SELECT seq FROM organization_stream WHERE {where}")
        return int(seq)

    async def rows_after(self, seq: int, other: UUID) -> Rows:
        """What the product wrote after that event, for the other organization."""
        rows: Rows = {}
        for table in BATCH_TABLES:
            names = ", ".join(self._columns(table)[1:])
            condition = _condition(table, f"'{self.own}'", seq)
            rows[table] = list(self.connection.execute(f"SELECT '{other.hex}', {names} FROM {table} WHERE {condition}"))
        return rows

    async def write(self, rows: Rows) -> float:
        """Seconds that one transaction with these rows took."""
        start = time.perf_counter()
        self.connection.execute("BEGIN IMMEDIATE")
        for table, values in rows.items():
            marks = ", ".join("?" * len(values[0]))
            self.connection.executemany(f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT DO NOTHING", values)
        self.connection.execute("COMMIT")
        return time.perf_counter() - start

    async def backends(self, application: str) -> list[int]:
        """None: SQLite works in the process that asks."""
        return []

    async def close(self) -> None:
        self.connection.close()
