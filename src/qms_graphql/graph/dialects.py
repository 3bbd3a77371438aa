"""How each database builds JSON. The same values give the same JSON on both."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Boolean, ColumnElement, Integer, Text, Uuid, case, cast, func, literal_column, type_coerce
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.engine import Dialect

from qms_graphql.base.columns import DECIMAL_PLACES, Choice, Exact, Json, Timestamp

Pair = tuple[str, ColumnElement[Any]]
_SCALE = 10**DECIMAL_PLACES


def quoted(text: str) -> ColumnElement[Any]:
    """A text literal in the statement (for keys and other constants that belong to the plan)."""
    escaped = text.replace("'", "''")
    return literal_column(f"'{escaped}'", Text)


def whole(number: int) -> ColumnElement[int]:
    """A whole number in the statement, for constants that belong to the plan."""
    return literal_column(str(int(number)), Integer)


class JsonDialect(Protocol):
    """What the compiler needs of a database."""

    def object_(self, pairs: Sequence[Pair]) -> ColumnElement[Any]:
        """A JSON object with the keys in this order."""
        ...

    def list_(self, item: ColumnElement[Any], keep: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
        """The aggregate of the rows' items (those to ``keep``), ``[]`` if there are none, in the order of the rows."""
        ...

    def value(self, element: ColumnElement[Any], *, as_number: bool = False) -> ColumnElement[Any]:
        """A column's value as JSON."""
        ...

    def text(self, element: ColumnElement[Any]) -> ColumnElement[Any]:
        """A value's JSON text, for cursors."""
        ...

    def hex(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """The UTF-8 bytes of a text in hexadecimal."""
        ...

    def fold(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """The text in lower case, for any language."""
        ...

    def contains(self, text: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether one text occurs in another."""
        ...


class PostgresqlJson:
    """PostgreSQL's json functions; a function takes 100 arguments."""

    _most = 49

    def object_(self, pairs: Sequence[Pair]) -> ColumnElement[Any]:
        """``json_build_object``, in pieces where there are too many keys."""
        pieces = [
            func.json_build_object(*(part for key, value in chunk for part in (quoted(key), value)))
            for chunk in _chunks(pairs, self._most)
        ]
        if len(pieces) == 1:
            return pieces[0]
        text: ColumnElement[Any] = func.left(cast(pieces[0], Text), literal_column("-1"))
        for piece in pieces[1:-1]:
            text = (
                text
                + quoted(", ")
                + func.left(func.substr(cast(piece, Text), literal_column("2")), literal_column("-1"))
            )
        text = text + quoted(", ") + func.substr(cast(pieces[-1], Text), literal_column("2"))
        return literal_json(text)

    def list_(self, item: ColumnElement[Any], keep: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
        """``json_agg``."""
        items = func.json_agg(item)
        return func.coalesce(items if keep is None else items.filter(keep), literal_column("'[]'::json"))

    def value(self, element: ColumnElement[Any], *, as_number: bool = False) -> ColumnElement[Any]:
        """By the column's type."""
        kind = element.type
        if isinstance(kind, Timestamp):
            return func.replace(cast(func.timezone(quoted("UTC"), element), Text), quoted(" "), quoted("T")) + quoted(
                "Z"
            )
        if isinstance(kind, Exact):
            trimmed = func.trim_scale(element)
            return trimmed if as_number else cast(trimmed, Text)
        if isinstance(kind, Json):
            return literal_json(element)
        if isinstance(kind, Uuid):
            return func.replace(cast(element, Text), quoted("-"), quoted(""))
        return type_coerce(element, Text) if isinstance(kind, Choice) else element

    def text(self, element: ColumnElement[Any]) -> ColumnElement[Any]:
        """``to_json(…)::text``."""
        return func.coalesce(cast(func.to_json(self.value(element)), Text), quoted("null"))

    def hex(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """``encode(…, 'hex')``."""
        return func.encode(func.convert_to(text, quoted("UTF8")), quoted("hex"))

    def fold(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """By ICU, not by the database's locale."""
        return func.lower(text.collate("und-x-icu"))

    def contains(self, text: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[bool]:
        """``strpos``: no pattern characters to escape."""
        return func.strpos(text, part) > literal_column("0")


class SqliteJson:
    """SQLite's json functions; a function takes 127 arguments.

    A scalar sub-select keeps the subtype that says it is JSON. Only ordering loses it, so JSON is made after it.
    """

    _most = 62

    def object_(self, pairs: Sequence[Pair]) -> ColumnElement[Any]:
        """``json_object``, and ``json_insert`` for what does not fit into one call."""
        first, *others = _chunks(pairs, self._most)
        made: ColumnElement[Any] = func.json_object(*(part for key, value in first for part in (quoted(key), value)))
        for chunk in others:
            made = func.json_insert(made, *(part for key, value in chunk for part in (quoted(f'$."{key}"'), value)))
        return made

    def list_(self, item: ColumnElement[Any], keep: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
        """``json_group_array``."""
        items = func.json_group_array(item)
        return items if keep is None else items.filter(keep)

    def value(self, element: ColumnElement[Any], *, as_number: bool = False) -> ColumnElement[Any]:
        """By the column's type."""
        kind = element.type
        if isinstance(kind, Timestamp):
            return func.rtrim(func.rtrim(type_coerce(element, Text), quoted("0")), quoted(".")) + quoted("Z")
        if isinstance(kind, Exact):
            text = self._decimal(element)
            return func.json(text) if as_number else text
        if isinstance(kind, Json):
            return func.json(type_coerce(element, Text))
        if isinstance(kind, Boolean):
            return func.json(case((element.is_(True), quoted("true")), (element.is_(False), quoted("false"))))
        return type_coerce(element, Text) if isinstance(kind, Choice) else element

    def _decimal(self, element: ColumnElement[Any]) -> ColumnElement[Any]:
        scaled: ColumnElement[int] = literal_column(str(_SCALE))
        size = func.abs(type_coerce(element, Boolean))
        digits = func.printf(quoted(f"%d.%0{DECIMAL_PLACES}d"), size.op("/")(scaled), size.op("%")(scaled))
        sign = case((type_coerce(element, Boolean).op("<")(literal_column("0")), quoted("-")), else_=quoted(""))
        plain = type_coerce(sign, Text) + func.rtrim(func.rtrim(digits, quoted("0")), quoted("."))
        return case((element.is_not(None), plain))

    def text(self, element: ColumnElement[Any]) -> ColumnElement[Any]:
        """``json_quote``."""
        return func.json_quote(self.value(element))

    def hex(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """``hex`` in lower case."""
        return func.lower(func.hex(text))

    def fold(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """By Python: SQLite knows only ASCII."""
        return func.qms_fold(text)

    def contains(self, text: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[bool]:
        """``instr``: no pattern characters to escape."""
        return func.instr(text, part) > literal_column("0")


def literal_json(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """``(…)::json`` on PostgreSQL, leaving the text as it is."""
    return cast(type_coerce(text, Text), JSON)


def json_dialect(dialect: Dialect) -> JsonDialect:
    """The JSON of a database."""
    return SqliteJson() if dialect.name == "sqlite" else PostgresqlJson()


def _chunks(pairs: Sequence[Pair], size: int) -> list[Sequence[Pair]]:
    return [pairs[start : start + size] for start in range(0, len(pairs), size)] or [()]
