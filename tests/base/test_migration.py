"""Migrations: what a database holds stays, whichever it came from."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from qms_graphql.base.migration import config, migrate, script_folder
from qms_graphql.base.postgresql import APPLICATION_ROLE
from qms_graphql.base.row_security import create_role
from qms_graphql.base.secrets import load_secrets
from qms_graphql.base.settings import Settings
from tests.conftest import KINDS, administer, drop_database, settings_for

ORGANIZATION, ID = UUID(int=1), UUID(int=2)
ROW = {
    "organization_id": f"'{ORGANIZATION.hex}'",
    "id": f"'{ID.hex}'",
    "number": "'FB-2026-00001'",
    "status": "'RECEIVED'",
    "source": "'REVIEW'",
    "voice": "'CUSTOMER'",
    "text": "'The lid cracked.'",
    "occurred_at": "'2026-03-01T08:00:00.000000'",
    "received_at": "'2026-03-01T08:00:00.000000'",
    "active": "true",
    "custom": "'{}'",
    "version": "3",
    "created_at": "'2026-03-01T08:00:00.000000'",
    "updated_at": "'2026-03-01T08:00:00.000000'",
}
"""A feedback as the first schema held it."""
WALLS = "relrowsecurity, relforcerowsecurity"
REVISIONS = sorted(path.name.partition("_")[0] for path in (script_folder() / "versions").glob("*.py"))


def _upgrade(connection: Connection, revision: str) -> None:
    create_role(connection)
    command.upgrade(config(connection), revision)


@asynccontextmanager
async def at(revision: str, kind: str, folder: Path) -> AsyncIterator[tuple[Settings, AsyncEngine]]:
    """A database at a revision, with an organization. On PostgreSQL who is no superuser migrates it."""
    settings = settings_for(kind, folder)
    engine = create_async_engine(settings.url, poolclass=NullPool)
    try:
        if not settings.on_sqlite:
            settings = await _owned(settings)
        owner = create_async_engine(settings.url, poolclass=NullPool)
        async with owner.begin() as connection:
            await connection.run_sync(_upgrade, revision)
        await owner.dispose()
        async with engine.begin() as connection:
            organization = "INSERT INTO organization (id, slug, name, time_zone, created_at)"
            await connection.execute(
                text(f"{organization} VALUES ({ROW['organization_id']}, 'acme', 'acme', 'UTC', {ROW['created_at']})")
            )
        yield settings, engine
    finally:
        await engine.dispose()
        await drop_database(settings)
        if not settings.on_sqlite:
            await administer(f'DROP ROLE IF EXISTS "{settings.url.database}"')


async def _owned(settings: Settings) -> Settings:
    """A database that belongs to a user of its own; and the settings by which that one reaches it."""
    name = settings.url.database
    there = "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL"
    await administer(f"DO $$ BEGIN CREATE ROLE {APPLICATION_ROLE} NOLOGIN; {there}; END $$")
    await administer(f"CREATE ROLE \"{name}\" LOGIN CREATEROLE PASSWORD 'owner'")
    await administer(f'GRANT {APPLICATION_ROLE} TO "{name}" WITH ADMIN OPTION')
    await administer(f'CREATE DATABASE "{name}" OWNER "{name}"')
    url = settings.url.set(drivername="postgresql", username=name, password="owner")
    return Settings(**settings.model_dump() | {"database_url": url.render_as_string(False)})


async def insert(engine: AsyncEngine, table: str, *rows: dict[str, str]) -> None:
    """Insert rows: columns and what SQL spells for them."""
    async with engine.begin() as connection:
        for row in rows:
            await connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(row.values())})"))


async def read(engine: AsyncEngine, query: str) -> list[tuple[Any, ...]]:
    """What a query finds."""
    async with engine.connect() as connection:
        return [tuple(row) for row in (await connection.execute(text(query))).all()]


@pytest.mark.parametrize("kind", KINDS)
async def test_rows_of_the_first_schema_are_there_in_the_newest(kind: str, tmp_path: Path) -> None:
    async with at("0001", kind, tmp_path) as (settings, engine):
        await insert(engine, "feedback", ROW)
        assert await migrate(settings, load_secrets(settings)) == REVISIONS
        assert await migrate(settings, load_secrets(settings)) == REVISIONS[-1:]
        found = await read(engine, "SELECT number, text, version, confidential, assignee_id FROM feedback")
        assert found == [("FB-2026-00001", "The lid cracked.", 3, False, None)]


_STAMPS = {name: ROW[name] for name in ("organization_id", "version", "created_at", "updated_at")}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_clause_that_is_active_twice_is_named_and_nothing_migrated(kind: str, tmp_path: Path) -> None:
    async with at("0021", kind, tmp_path) as (settings, engine):
        standard = _STAMPS | {"id": f"'{UUID(int=3).hex}'", "framework": "'ISO 9001'", "edition": "'2015'"}
        await insert(engine, "standard", standard | {"status": "'CURRENT'"})
        clause = {"clause": "'4'", "clause_key": "'014'", "source": "'STANDARD'", "standard_id": standard["id"]}
        rows = [
            _STAMPS | clause | {"id": f"'{UUID(int=n).hex}'", "number": f"'REQ-{n}'", "status": f"'{status}'"}
            for n, status in enumerate(("ACTIVE", "ACTIVE", "DRAFT", "RETIRED"), 10)
        ]
        await insert(engine, "requirement", *rows)
        with pytest.raises(RuntimeError, match="retire one of REQ-10 and REQ-11"):
            await migrate(settings, load_secrets(settings))
        assert await read(engine, "SELECT version_num FROM alembic_version") == [("0021",)]
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE requirement SET status = 'RETIRED' WHERE number = 'REQ-10'"))
        assert (await migrate(settings, load_secrets(settings)))[0] == "0021"


@pytest.mark.parametrize("kind", KINDS)
async def test_the_keys_of_clauses_are_made_anew_and_no_two_that_are_active_get_the_same(
    kind: str, tmp_path: Path
) -> None:
    async with at("0023", kind, tmp_path) as (settings, engine):
        standard = _STAMPS | {"id": f"'{UUID(int=3).hex}'", "framework": "'ISO 9001'", "edition": "'2015'"}
        await insert(engine, "standard", standard | {"status": "'CURRENT'"})
        clause = {"source": "'STANDARD'", "standard_id": standard["id"]}
        held = [
            ("4.1.", "014.011.", "ACTIVE"), ("4.1:", "014.011:", "ACTIVE"), ("4.1.", "014.011.", "DRAFT"),
            ("5.", "015.", "ACTIVE"), ("5", "015", "ACTIVE"), ("6", "016", "ACTIVE"),
        ]  # fmt: skip
        rows = [
            _STAMPS
            | clause
            | {"id": f"'{UUID(int=n).hex}'", "number": f"'REQ-{n}'", "status": f"'{status}'"}
            | {"clause": f"'{text_}'", "clause_key": f"'{key}'"}
            for n, (text_, key, status) in enumerate(held, 10)
        ]
        await insert(engine, "requirement", *rows)
        await migrate(settings, load_secrets(settings))
        found = await read(engine, "SELECT clause, clause_key FROM requirement ORDER BY number")
        assert found == [
            ("4.1.", "014.011"), ("4.1:", "014.011:"), ("4.1.", "014.011"), ("5.", "015."), ("5", "015"), ("6", "016"),
        ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
async def test_whom_a_policy_trained_it_trains_still(kind: str, tmp_path: Path) -> None:
    async with at("0022", kind, tmp_path) as (settings, engine):
        asked = _STAMPS | {"approver_roles": "'[]'", "training_share": "1", "training_days": "1"}
        named = [("FORM", '["EMPLOYEE"]'), ("POLICY", "[]"), ("PROCEDURE", "[]")]
        rows = [
            asked | {"id": f"'{UUID(int=n).hex}'", "kind": f"'{kind_}'", "training_roles": f"'{roles}'"}
            for n, (kind_, roles) in enumerate(named, 10)
        ]
        await insert(engine, "document_policy", *(row | {"acknowledgement": "false"} for row in rows))
        department = _STAMPS | {"id": f"'{UUID(int=3).hex}'", "name": "'Moulding'"}
        await insert(engine, "department", department)
        pair = {"organization_id": ROW["organization_id"], "position": "0", "department_id": department["id"]}
        await insert(engine, "document_policy_department", pair | {"policy_id": rows[2]["id"]})
        await migrate(settings, load_secrets(settings))
        found = await read(engine, "SELECT kind, training_own_department FROM document_policy ORDER BY kind")
        # SQLite has no truth of its own.
        assert [(one, bool(own)) for one, own in found] == [("FORM", True), ("POLICY", False), ("PROCEDURE", True)]
        if not settings.on_sqlite:
            walled = f"SELECT DISTINCT {WALLS} FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid"
            assert await read(engine, walled) == [(True, True)]


@pytest.mark.parametrize(
    ("table", "column", "order", "index"),
    [
        ("external_ref", "target_id", "system, type, external_id", "ix_external_ref_target"),
        ("feedback", "customer_id", "number, id", "ix_feedback_organization_id_customer_id_occurred_at_id"),
        ("feedback", "status", "received_at DESC, id DESC", "ix_feedback_organization_id_received_at_id"),
        ("interaction", "customer_id", "id", "ix_interaction_organization_id_customer_id_occurred_at_id"),
    ],
)
async def test_sqlite_takes_the_right_index_before_anybody_analysed(
    tmp_path: Path, table: str, column: str, order: str, index: str
) -> None:
    """The few rows of a link are found by the link, and sorted; a page of many is read in its order."""
    settings = settings_for("sqlite", tmp_path)
    await migrate(settings, load_secrets(settings))
    engine = create_async_engine(settings.url, poolclass=NullPool)
    statement = f"SELECT * FROM {table} WHERE organization_id = :o AND {column} = :v ORDER BY {order} LIMIT 51"
    async with engine.connect() as connection:
        steps = (await connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"), {"o": "o", "v": "v"})).all()
    await engine.dispose()
    assert f"USING INDEX {index} " in steps[0][3]
