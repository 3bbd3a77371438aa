"""House rules that are read off the tables and the migrated databases."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    Uuid,
    literal,
    text,
)
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.visitors import iterate

from qms_graphql.base.migration import config
from qms_graphql.base.postgresql import APPLICATION_ROLE
from qms_graphql.base.visibility import NOBODY, Visibility
from qms_graphql.schema import build, tables
from tests.conftest import Installation

SHARED_BY_ALL = {"organization", "installation"}
"""The tables that are not of one organization."""
TENANT_TABLES = [table for name, table in tables().tables.items() if name not in SHARED_BY_ALL]


def _name(table: Table) -> str:
    return table.name


@pytest.mark.parametrize("table", TENANT_TABLES, ids=_name)
def test_the_organization_stands_first_in_every_key(table: Table) -> None:
    keys = {
        str(constraint.name or type(constraint).__name__): [column.name for column in constraint.columns]
        for constraint in table.constraints
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint | ForeignKeyConstraint)
    } | {str(index.name): [column.name for column in index.columns] for index in table.indexes}
    assert {name: columns[0] for name, columns in keys.items()} == dict.fromkeys(keys, "organization_id")
    targets = [
        element.column.name
        for constraint in table.foreign_key_constraints
        for element in constraint.elements
        if element.parent.name == "organization_id"
    ]
    assert set(targets) <= {"organization_id"}


def test_what_decides_who_sees_a_row_is_named_by_the_schema() -> None:
    declared = build()[1].types.values()
    limited = {item.model: item for item in declared if item.is_node and hasattr(item.model, "__visibility__")}
    assert limited
    for model, item in limited.items():
        visibility: Visibility = model.__visibility__  # type: ignore[union-attr]
        condition = visibility.rows(model.__table__.c, literal(NOBODY, Uuid()))
        own = {
            column for column in iterate(condition) if isinstance(column, Column) and column.table is model.__table__
        }
        looked_at = {column.name for column in own} - {"organization_id"}
        assert dict(visibility.rests_on) == {name: item.spelling(name) for name in looked_at}


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1


async def test_the_migrated_database_is_what_the_models_say(installation: Installation) -> None:
    def compare(connection: Connection) -> None:
        # Raises if a new migration would have anything to do.
        command.check(config(connection))

    engine = create_async_engine(installation.settings.url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(compare)
    finally:
        await engine.dispose()


async def test_row_level_security_holds_for_every_table(installation: Installation) -> None:
    if installation.settings.on_sqlite:
        pytest.skip("SQLite has no row-level security")
    engine = create_async_engine(installation.settings.url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            secured = await connection.execute(
                text(
                    "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, count(p.polname),"
                    " bool_and(pg_get_expr(p.polqual, c.oid) LIKE '%( SELECT (NULLIF(current_setting(%')"
                    " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid"
                    " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
                    " GROUP BY 1, 2, 3"
                )
            )
            found = {name: tuple(rest) for name, *rest in secured}
            role = (
                await connection.execute(
                    text("SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = :name"),
                    {"name": APPLICATION_ROLE},
                )
            ).one()
    finally:
        await engine.dispose()
    wanted = {table.name for table in tables().tables.values()}
    # The last says that the setting is read once for a statement, where a row is an organization's.
    expected = {name: (True, True, 1, name not in ("installation", "organization")) for name in wanted}
    assert {name: found.get(name) for name in wanted} == expected
    assert set(found) - wanted == {"alembic_version"}
    assert tuple(role) == (False, False, False)
