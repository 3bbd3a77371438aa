"""Migrations: what a database holds stays, whichever it came from."""

from pathlib import Path
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from qms_graphql.base.migration import config, migrate, script_folder
from qms_graphql.base.row_security import create_role
from qms_graphql.base.secrets import load_secrets
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
REVISIONS = sorted(path.name.partition("_")[0] for path in (script_folder() / "versions").glob("*.py"))


def _first(connection: Connection) -> None:
    create_role(connection)
    command.upgrade(config(connection), "0001")


@pytest.mark.parametrize("kind", KINDS)
async def test_rows_of_the_first_schema_are_there_in_the_newest(kind: str, tmp_path: Path) -> None:
    settings = settings_for(kind, tmp_path)
    if not settings.on_sqlite:
        await administer(f'CREATE DATABASE "{settings.url.database}"')
    engine = create_async_engine(settings.url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_first)
            organization = "INSERT INTO organization (id, slug, name, time_zone, created_at)"
            await connection.execute(
                text(f"{organization} VALUES ({ROW['organization_id']}, 'acme', 'acme', 'UTC', {ROW['created_at']})")
            )
            await connection.execute(
                text(f"INSERT INTO feedback ({', '.join(ROW)}) VALUES ({', '.join(ROW.values())})")
            )
        assert await migrate(settings, load_secrets(settings)) == REVISIONS
        assert await migrate(settings, load_secrets(settings)) == REVISIONS[-1:]
        async with engine.connect() as connection:
            found = (
                await connection.execute(text("SELECT number, text, version, confidential, assignee_id FROM feedback"))
            ).all()
            assert [tuple(row) for row in found] == [("FB-2026-00001", "The lid cracked.", 3, False, None)]
    finally:
        await engine.dispose()
        await drop_database(settings)


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
