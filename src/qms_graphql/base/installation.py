"""Whether a database and a secret key belong together."""

from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.database import Database
from qms_graphql.base.errors import SetupError
from qms_graphql.base.model import Installation
from qms_graphql.base.secrets import Secrets

_NOBODY = UUID(int=0)


def compare_fingerprint(held: str | None, secrets: Secrets) -> None:
    """Raise ``SetupError`` if the database holds another key's fingerprint than that of ``secrets``."""
    if held != secrets.fingerprint:
        raise SetupError(
            "The secret key is not the one this database was written with; set QMS_SECRET_KEY to that one."
        )


async def check_secret(database: Database, secrets: Secrets) -> None:
    """Raise ``SetupError`` if a migrated database was written with another secret key."""
    async with database.reading(_NOBODY) as reader:
        rows = await reader.rows(select(Installation.__table__.c.secret_fingerprint))
    compare_fingerprint(rows[0]["secret_fingerprint"] if rows else None, secrets)
