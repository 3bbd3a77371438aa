"""Drafts: records about to be written, one or a thousand, checked before anything is touched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, Table

from qms_graphql.base.columns import DECIMAL_LIMIT, DECIMAL_PLACES, Json, Part, Record, canonical_json
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.model import Action

JSON_LIMIT = 32_768
_EARLIEST, _LATEST = 1900, 2200
_MAX_INT = 2**31 - 1
_ONE_LINE = 400
"""Texts of up to so many characters are titles, names and signs, which stand beside others. Longer ones are somebody's
words, kept as they came."""
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of writing: with it a title reads as what it does not say. The marks U+200E and U+200F,
which texts written from right to left need, do not."""


class Outcome(Enum):
    """What a write did to one record.

    CREATED: It was made.
    UPDATED: Fields changed.
    UNCHANGED: It was equal already; nothing was written.
    STALE: A newer version is held; nothing was written.
    DELETED: It was deleted in the external system.
    MERGED: It was merged into another.
    REJECTED: It was refused, with the reasons; nothing was written.
    """

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    STALE = "STALE"
    DELETED = "DELETED"
    MERGED = "MERGED"
    REJECTED = "REJECTED"


CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead another system's clock may be."""


@dataclass(slots=True, eq=False)
class Draft:
    """One record about to be written: what it is now and what it shall be."""

    id: UUID
    fields: dict[str, Any]
    """Column to new value; a column that is absent is kept."""
    current: Mapping[str, Any] | None = None
    """The row as it is, locked; None for a new record."""
    parts: dict[type[Part], list[dict[str, Any]]] = field(default_factory=dict)
    """Lists that belong to the record; a list that is given replaces the whole list."""
    beside: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """What became otherwise that stands in no column: name to (before, after). It is in the record's event, sealed."""
    action: Action | None = None
    """Overrides CREATED or UPDATED in the event."""
    to: str | None = None
    """The state that the record is about to be moved to, where it is written with a move: what comes with that state
    may be set already."""
    origin: str | None = None
    """The external system it came from."""
    backfill: bool = False
    """It marks history: no notifications, no clocks, no signals."""
    notes: dict[str, Any] = field(default_factory=dict)
    """What else the event says."""
    leans_on: list[tuple["Draft", tuple[str, ...]]] = field(default_factory=list)
    """Other drafts of the same batch it refers to, and by which field: if one is refused, this one cannot stand."""
    refusals: list[Refusal] = field(default_factory=list)
    outcome: Outcome | None = None

    def refuse(self, code: ErrorCode, message: str, *path: str) -> None:
        """Say why it cannot be written; a refused draft is left alone by everything that follows."""
        self.refusals.append(Refusal(code, message, path))

    @property
    def refused(self) -> bool:
        """Whether anything speaks against it."""
        return bool(self.refusals)

    def value(self, column: str) -> Any:
        """What the column will hold: the new value, else the present one, else None."""
        if column in self.fields:
            return self.fields[column]
        return self.current[column] if self.current is not None else None

    def hold_as_set(self, part: type[Part], column: str, name: str) -> None:
        """Hold a list of links to be a set: each once, in the order of their ids, so that another order is no change.

        ``column`` holds the links, ``name`` is what the caller calls the list.
        """
        rows = self.parts.get(part, [])
        named = [row[column] for row in rows]
        for index, link in enumerate(named):
            if link is not None and link in named[:index]:
                self.refuse(ErrorCode.INVALID, "This is named twice.", name, str(index))
        if None not in named:
            rows.sort(key=itemgetter(column))


def check_columns(model: type[Record], draft: Draft, spelling: Mapping[str, str], now: datetime | None = None) -> None:
    """Hold each value against its column: given if needed, of the right length and range, not ahead of ``now``.

    ``spelling`` maps a column to the name the caller used for it, ``outer.inner`` within an object.
    """
    table = cast(Table, model.__table__)
    columns = _columns(table)
    for name, value in draft.fields.items():
        problem = check_value(columns[name], value)
        if problem is None and now is not None and columns[name].info.get("past"):
            problem = past_problem(value, now)
        if problem is not None:
            draft.refuse(*problem, *(spelling.get(name) or _usual(name)).split("."))
    if draft.current is None:
        for name in _required(table):
            if name in spelling and name not in draft.fields:
                draft.refuse(ErrorCode.REQUIRED, "A value is needed.", *spelling[name].split("."))


@cache
def _columns(table: Table) -> dict[str, Column[Any]]:
    """A table's columns by name, in a plain dictionary: a batch looks each of them up for each row."""
    return {column.name: column for column in table.columns}


@cache
def _required(table: Table) -> tuple[str, ...]:
    """The columns that a new record needs and that have no default."""
    return tuple(name for name, column in _columns(table).items() if not column.nullable and column.default is None)


def check_value(column: Column[Any], value: Any) -> tuple[ErrorCode, str] | None:
    """What is wrong with a value for a column, or None."""
    if value is None:
        return None if column.nullable else (ErrorCode.REQUIRED, "This cannot be null.")
    if isinstance(column.type, Json):
        return _check_json(value)
    if isinstance(value, str):
        if not column.nullable and not value.strip():
            return ErrorCode.REQUIRED, "This cannot be empty."
        return _check_text(value, column.info.get("limit"))
    if isinstance(value, datetime):
        return (
            None
            if _EARLIEST <= value.year < _LATEST
            else (ErrorCode.OUT_OF_RANGE, f"A time lies between the years {_EARLIEST} and {_LATEST}.")
        )
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return number_problem(value, column.info.get("low"), column.info.get("high"))
    return None


def _usual(column: str) -> str:
    """The schema's name of a column that the command fills in unless it is given."""
    first, *rest = column.split("_")
    return first + "".join(map(str.capitalize, rest))


def past_problem(value: datetime | None, now: datetime) -> tuple[ErrorCode, str] | None:
    """What is wrong with the moment of what has happened, or None: clocks of systems do not agree to the minute."""
    if value is None or value <= now + CLOCK_SKEW:
        return None
    return ErrorCode.OUT_OF_RANGE, "This lies in the future."


def _check_text(value: str, limit: int | None) -> tuple[ErrorCode, str] | None:
    if "\x00" in value:
        return ErrorCode.INVALID, "Text must not contain NUL characters."
    if not value.isascii():
        if any("\ud800" <= character <= "\udfff" for character in value):
            return ErrorCode.INVALID, "Text must be valid Unicode."
        if limit is not None and limit <= _ONE_LINE and not _TURNING.isdisjoint(value):
            return ErrorCode.INVALID, "Text must not contain characters that turn the direction of writing."
    if limit is not None and len(value) > limit:
        return ErrorCode.TOO_LONG, f"At most {limit} characters; there are {len(value)}."
    return None


def number_problem(value: float | Decimal, low: float | None, high: float | None) -> tuple[ErrorCode, str] | None:
    """What is wrong with a number for a column of this range, or None."""
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value) >= DECIMAL_LIMIT:
            return ErrorCode.OUT_OF_RANGE, f"The amount must be below {DECIMAL_LIMIT:f}."
        if value != round(value, DECIMAL_PLACES):
            return ErrorCode.INVALID, f"At most {DECIMAL_PLACES} decimal places."
    elif isinstance(value, int) and abs(value) > _MAX_INT:
        return ErrorCode.OUT_OF_RANGE, "The number is too large."
    if low is not None and value < low:
        return ErrorCode.OUT_OF_RANGE, f"At least {low}."
    if high is not None and value > high:
        return ErrorCode.OUT_OF_RANGE, f"At most {high}."
    return None


def _check_json(value: Any) -> tuple[ErrorCode, str] | None:
    try:
        spelled = canonical_json(value)
    except TypeError:
        return ErrorCode.INVALID, "This is not JSON that can be stored."
    if b"\\u0000" in spelled:
        return ErrorCode.INVALID, "Text must not contain NUL characters."
    if len(spelled) > JSON_LIMIT:
        return ErrorCode.TOO_LONG, f"At most {JSON_LIMIT} bytes of JSON."
    return None


def drop_dependants(drafts: Sequence[Draft]) -> None:
    """Refuse every draft that refers to a refused one, and so on."""
    found = True
    while found:
        found = False
        for draft in drafts:
            for other, path in draft.leans_on:
                if other.refused and other.current is None and not draft.refused:
                    draft.refuse(
                        ErrorCode.UNKNOWN_REFERENCE, "It refers to a row of this batch that was refused.", *path
                    )
                    found = True
