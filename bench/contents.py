"""What an answer says, whatever shape it has: servers are measured only if they say the same."""

import math
from datetime import UTC, datetime
from typing import Any


def content(value: Any) -> Any:
    """A value without the habits of its server.

    An object of one field is that field (`nodes`, `series`, the root), an id is its hexadecimal digits, a moment is in
    UTC.
    """
    if isinstance(value, list):
        return [content(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        return content(*value.values())
    return {key: _plain(key, content(item)) for key, item in value.items()}


def _plain(key: str, value: Any) -> Any:
    if key == "id" and isinstance(value, str):
        return value.rpartition("_")[2].replace("-", "")
    if isinstance(value, str) and key.endswith(("At", "From", "periodStart")):
        return datetime.fromisoformat(value).astimezone(UTC)
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two contents are equal; numbers that were calculated may differ by their rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)
