"""Idempotency keys: a replayed request has one effect, and the same outcome."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, select, update

from qms_graphql.base.columns import canonical_json
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.model import IdempotencyKey
from qms_graphql.base.sets import insert_new
from qms_graphql.base.unit import UnitOfWork

KEPT = timedelta(days=7)
KEY_LIMIT = 200


async def once(unit: UnitOfWork, mutation: str, key: str | None, body: Any, work: Callable[[], Awaitable[Any]]) -> Any:
    """The outcome (JSON) of ``work``, or of the first request with this key. Without a key it simply works.

    A concurrent request with the same key waits here for the first, because both write the same row.
    Raises ``Refusal(IDEMPOTENCY_KEY_REUSED)`` if the key came with another body before.
    """
    if key is None:
        return await work()
    if not 0 < len(key) <= KEY_LIMIT or "\x00" in key:
        raise Refusal(ErrorCode.INVALID, f"An idempotency key has 1 to {KEY_LIMIT} characters.", ("idempotencyKey",))
    table = IdempotencyKey.__table__
    identity = {
        "organization_id": unit.organization_id,
        "token_id": unit.viewer.token_id or unit.organization_id,
        "mutation": mutation,
        "key": key,
    }
    same = and_(*(table.c[name] == value for name, value in identity.items()))
    digest = hashlib.sha256(canonical_json(body)).hexdigest()
    await unit.connection.execute(delete(table).where(same, table.c.created_at < unit.now - KEPT))
    taken = await unit.connection.execute(
        insert_new(table, unit.dialect).values(**identity, request_hash=digest, outcome=None, created_at=unit.now)
    )
    if not taken.rowcount:
        held = (await unit.rows(select(table).where(same)))[0]
        if held["request_hash"] != digest:
            raise Refusal(
                ErrorCode.IDEMPOTENCY_KEY_REUSED, "The key was used before with another body.", ("idempotencyKey",)
            )
        return held["outcome"]
    outcome = await work()
    await unit.connection.execute(update(table).where(same).values(outcome=outcome))
    return outcome
