"""Long statements on PostgreSQL: each connection keeps the last few, with their plans."""

from collections import OrderedDict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

FROM = 15 * 1024
"""Characters. What is longer asyncpg does not keep: it would be planned anew each time, for longer than it runs."""
_KEPT = 8
"""How many a connection keeps: each takes PostgreSQL some 80 times its length in memory."""


async def prepared(connection: AsyncConnection, driver: Any, sql: str) -> Any:
    """The statement as asyncpg prepared it on this connection."""
    kept: OrderedDict[str, Any] = connection.info.setdefault("long statements", OrderedDict())
    statement = kept.get(sql)
    if statement is None:
        statement = kept[sql] = await driver.prepare(sql)
        if len(kept) > _KEPT:
            kept.popitem(last=False)
    kept.move_to_end(sql)
    return statement
