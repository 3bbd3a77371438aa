"""Migrations: run in one process, before the workers."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from qms_graphql.base.database import check_folder
from qms_graphql.base.installation import compare_fingerprint
from qms_graphql.base.model import Installation
from qms_graphql.base.row_security import create_role, seen_whole
from qms_graphql.base.secrets import Secrets
from qms_graphql.base.settings import Settings
from qms_graphql.base.sqlite_statistics import seed_statistics


def script_folder() -> Path:
    """Where the migrations are: beside the package in a wheel, at the root of a checkout."""
    packaged = Path(str(files("qms_graphql"))) / "migrations"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[3] / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file of its own."""
    made = Config()
    made.set_main_option("script_location", str(script_folder()))
    made.attributes["connection"] = connection
    return made


async def migrate(settings: Settings, secrets: Secrets) -> list[str]:
    """Bring the database to the newest schema; says the way: where it was, then each revision that was applied.

    Raises ``SetupError`` if another secret key wrote it.
    """
    check_folder(settings)
    engine = create_async_engine(settings.url, poolclass=NullPool, connect_args=_arguments(settings))
    try:
        async with engine.begin() as connection:
            if settings.on_sqlite:
                await connection.execute(text("PRAGMA journal_mode=WAL"))
            else:
                # Two of us at once would race on the same tables: the second waits here.
                await connection.execute(text("SELECT pg_advisory_xact_lock(7041)"))
            return await connection.run_sync(_upgrade, secrets)
    finally:
        await engine.dispose()


def _arguments(settings: Settings) -> dict[str, Any]:
    return {} if settings.on_sqlite else {"timeout": 5}


def _upgrade(connection: Connection, secrets: Secrets) -> list[str]:
    create_role(connection)
    way = _way(connection)
    if way[1:]:
        with seen_whole(connection):
            command.upgrade(config(connection), "head")
    if connection.dialect.name == "sqlite":
        seed_statistics(connection)
    table = Installation.__table__
    held = connection.execute(select(table.c.secret_fingerprint)).scalar_one_or_none()
    if held is None:
        connection.execute(table.insert().values(id=1, secret_fingerprint=secrets.fingerprint))
    else:
        compare_fingerprint(held, secrets)
    return way


def _way(connection: Connection) -> list[str]:
    """The revision that the database is at, then those up to the newest."""
    held = MigrationContext.configure(connection).get_current_revision()
    missing = ScriptDirectory.from_config(config()).iterate_revisions("head", held or "base")
    return [held or "empty", *reversed([script.revision for script in missing])]
