"""What the subcommands share: the database opened and checked, closed at the end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from qms_graphql.base.database import Database
    from qms_graphql.base.secrets import Secrets

T = TypeVar("T")


def with_database(work: "Callable[[Database, Secrets], Awaitable[T]]") -> T:
    """Run ``work`` with the configured database. Raises ``SetupError`` if it, or the secret key, cannot be used."""
    from qms_graphql.base.database import Database, check_reachable
    from qms_graphql.base.installation import check_secret
    from qms_graphql.base.secrets import load_secrets
    from qms_graphql.base.settings import load_settings
    from qms_graphql.base.telemetry import start_logging

    async def run() -> T:
        settings = load_settings()
        start_logging(settings.log_level, settings.log_format)
        secrets = load_secrets(settings)
        database = Database(settings)
        try:
            await check_reachable(database)
            await check_secret(database, secrets)
            return await work(database, secrets)
        finally:
            await database.close()

    return asyncio.run(run())
