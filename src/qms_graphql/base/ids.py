"""Identifiers: UUIDv7 inside, ``customer_0198f…`` outside (opaque, one form on both databases)."""

import re
from uuid import UUID

from uuid_utils.compat import uuid7

from qms_graphql.base.errors import ErrorCode, Refusal

_GLOBAL_ID = re.compile(r"([a-z][a-z_]{0,40})_([0-9a-f]{32})")


def new_id() -> UUID:
    """A fresh UUIDv7: ids made later sort later, so new rows land at the end of an index."""
    return uuid7()


def to_global(table: str, id_: UUID) -> str:
    """The id as the API shows it: the kind of record and the key, in one opaque word."""
    return f"{table}_{id_.hex}"


def from_global(text: str) -> tuple[str, UUID]:
    """Take a global id apart into the kind of record and the key.

    Raises ``Refusal(BAD_USER_INPUT)`` if it is not one of ours.
    """
    match = _GLOBAL_ID.fullmatch(text)
    if match is None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, "This is not an id of this API.")
    return match[1], UUID(hex=match[2])
