"""Taking what was deleted out of an SQLite database's files.

``secure_delete`` overwrites what is freed, but pages that were split keep copies of rows that moved to others, and the
write-ahead log keeps old pages. VACUUM writes all pages anew; the checkpoint then puts them in the file and empties the
log. PostgreSQL does its part by itself: see the README.
"""

import asyncio
import sqlite3

import structlog

from qms_graphql.base.database import Database
from qms_graphql.base.sqlite import BUSY_MS


async def scrub(database: Database) -> bool:
    """Take what was deleted out of the database's files; False if somebody kept it from being done just now."""
    path = database.settings.url.database
    if not database.on_sqlite or not path:
        return True
    done = await asyncio.to_thread(_scrub, path)
    if not done:
        structlog.get_logger("qms").warning("scrub", done=False)
    return done


def _scrub(path: str) -> bool:
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return not busy
