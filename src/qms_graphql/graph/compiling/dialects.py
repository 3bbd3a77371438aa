"""How each database builds JSON. The same values give the same JSON on both."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeGuard

import orjson
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnClause,
    ColumnElement,
    Function,
    Integer,
    Text,
    Uuid,
    case,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import Select

from qms_graphql.base.columns import DECIMAL_PLACES, Choice, Exact, Json, Timestamp

Piece = ColumnElement[Any]
Pair = tuple[str, Piece]
_MOST_ARGUMENTS = 100
"""Of a function of PostgreSQL."""
_SCALE = 10**DECIMAL_PLACES


def quoted(text: str) -> ColumnElement[Any]:
    """A text literal in the statement (for keys and other constants that belong to the plan)."""
    escaped = text.replace("'", "''")
    return literal_column(f"'{escaped}'", Text)


def whole(number: int) -> ColumnElement[int]:
    """A whole number in the statement, for constants that belong to the plan."""
    return literal_column(str(int(number)), Integer)


class JsonDialect(Protocol):
    """What the compiler needs of a database. A *piece* is an expression whose value is put into JSON."""

    def object_(self, pairs: Sequence[Pair]) -> Piece:
        """A JSON object with the keys in this order; its values are pieces."""
        ...

    def list_(self, item: Piece, keep: ColumnElement[bool] | None = None) -> Piece:
        """The aggregate of the rows' items (those to ``keep``), ``[]`` if there are none, in the order of the rows."""
        ...

    def optional(self, piece: Piece) -> Piece:
        """A piece that may be missing: a row that is not there, a value that is null."""
        ...

    def value(self, element: ColumnElement[Any], *, as_number: bool = False) -> Piece:
        """A column's value."""
        ...

    def global_id(self, table: str, element: ColumnElement[Any]) -> Piece:
        """A key as a global id."""
        ...

    def plain(self, text: ColumnElement[Any]) -> Piece:
        """A text, never null, in which nothing needs to be escaped."""
        ...

    def constant(self, value: str | list[Any] | None) -> Piece:
        """Something that belongs to the plan."""
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

    def pairs(self, given: ColumnElement[Any]) -> Select[Any]:
        """The rows of a parameter ``[["customer", "0198f…"], …]``, in its order, as ``kind`` and ``id``."""
        ...


class PostgresqlJson:
    """JSON as text, written by ``concat``: it costs half of what the json functions do, and has no blanks in it.

    A piece is text that is JSON already; ``concat`` takes null for nothing, so no piece may be null.
    """

    def object_(self, pairs: Sequence[Pair]) -> Piece:
        """``concat('{"key":', value, …, '}')``."""
        parts: list[Piece] = []
        for key, value in pairs:
            parts += [quoted(f"{',' if parts else '{'}{dumped(key)}:"), value]
        return concatenated([*parts, quoted("}")] if parts else [quoted("{}")])

    def list_(self, item: Piece, keep: ColumnElement[bool] | None = None) -> Piece:
        """``string_agg``."""
        items = func.string_agg(item, quoted(","))
        return concatenated([quoted("["), items if keep is None else items.filter(keep), quoted("]")])

    def optional(self, piece: Piece) -> Piece:
        """Null is written as such."""
        return func.coalesce(piece, quoted("null"))

    def value(self, element: ColumnElement[Any], *, as_number: bool = False) -> Piece:
        """By the column's type."""
        piece = self._piece(element, as_number)
        if not getattr(element, "nullable", True):
            return piece
        if isinstance(element.type, Choice) and not isinstance(element, Column):
            # Computed once: || is null where it is, which concat is not.
            return func.coalesce(quoted('"') + type_coerce(element, Text) + quoted('"'), quoted("null"))
        if _is_concat(piece):
            return case((element.is_(None), quoted("null")), else_=piece)
        return func.coalesce(piece if isinstance(piece.type, Text) else cast(piece, Text), quoted("null"))

    def _piece(self, element: ColumnElement[Any], as_number: bool) -> Piece:
        kind = element.type
        if isinstance(kind, Timestamp):
            moment = func.replace(cast(func.timezone(quoted("UTC"), element), Text), quoted(" "), quoted("T"))
            return concatenated([quoted('"'), moment, quoted('Z"')])
        if isinstance(kind, Exact):
            trimmed = func.trim_scale(element)
            return trimmed if as_number else self.plain(trimmed)
        if isinstance(kind, Uuid):
            return self.plain(_hex(element))
        if isinstance(kind, Choice):
            return self.plain(type_coerce(element, Text))
        if isinstance(kind, Json):
            return type_coerce(element, Text)
        if isinstance(kind, Boolean):
            return cast(element, Text)
        return element if isinstance(kind, Integer) else func.to_json(element)

    def global_id(self, table: str, element: ColumnElement[Any]) -> Piece:
        """The key's hexadecimal digits behind the table's name."""
        return concatenated([quoted(f'"{table}_'), _hex(element), quoted('"')])

    def plain(self, text: ColumnElement[Any]) -> Piece:
        """Between quotation marks."""
        return concatenated([quoted('"'), text, quoted('"')])

    def constant(self, value: str | list[Any] | None) -> Piece:
        """Its JSON."""
        return quoted(dumped(value))

    def text(self, element: ColumnElement[Any]) -> ColumnElement[Any]:
        """The value's piece."""
        return self.value(element)

    def hex(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """``encode(…, 'hex')``."""
        return func.encode(func.convert_to(text, quoted("UTF8")), quoted("hex"))

    def fold(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """By ICU, not by the database's locale."""
        return func.lower(text.collate("und-x-icu"))

    def contains(self, text: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[bool]:
        """``strpos``: no pattern characters to escape."""
        return func.strpos(text, part) > literal_column("0")

    def pairs(self, given: ColumnElement[Any]) -> Select[Any]:
        """``json_array_elements``."""
        each = func.json_array_elements(cast(given, JSON)).table_valued("value", with_ordinality="n").render_derived()
        kind, id_ = (each.c.value.op("->>")(whole(place)) for place in (0, 1))
        return select(kind.label("kind"), cast(id_, Uuid()).label("id")).order_by(each.c.n)


class SqliteJson:
    """SQLite's json functions; a function takes 127 arguments. A piece is a value, or JSON by its subtype.

    A scalar sub-select keeps the subtype that says it is JSON. Only ordering loses it, so JSON is made after it.
    """

    _most = 62

    def object_(self, pairs: Sequence[Pair]) -> Piece:
        """``json_object``, and ``json_insert`` for what does not fit into one call."""
        first, *others = _chunks(pairs, self._most)
        made: Piece = func.json_object(*(part for key, value in first for part in (quoted(key), value)))
        for chunk in others:
            made = func.json_insert(made, *(part for key, value in chunk for part in (quoted(f'$."{key}"'), value)))
        return made

    def list_(self, item: Piece, keep: ColumnElement[bool] | None = None) -> Piece:
        """``json_group_array``."""
        items = func.json_group_array(item)
        return items if keep is None else items.filter(keep)

    def optional(self, piece: Piece) -> Piece:
        """The functions write null by themselves."""
        return piece

    def value(self, element: ColumnElement[Any], *, as_number: bool = False) -> Piece:
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

    def global_id(self, table: str, element: ColumnElement[Any]) -> Piece:
        """The key's hexadecimal digits behind the table's name."""
        return quoted(f"{table}_") + type_coerce(element, Text)

    def plain(self, text: ColumnElement[Any]) -> Piece:
        """As it is."""
        return text

    def constant(self, value: str | list[Any] | None) -> Piece:
        """A text as it is; else its JSON."""
        return quoted(value) if isinstance(value, str) else func.json(quoted(dumped(value)))

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

    def pairs(self, given: ColumnElement[Any]) -> Select[Any]:
        """``json_each``."""
        each = func.json_each(given).table_valued("key", "value")
        kind, id_ = (func.json_extract(each.c.value, quoted(f"$[{place}]")) for place in (0, 1))
        return select(kind.label("kind"), type_coerce(id_, Uuid()).label("id")).order_by(each.c.key)


def json_dialect(dialect: Dialect) -> JsonDialect:
    """The JSON of a database."""
    return SqliteJson() if dialect.name == "sqlite" else PostgresqlJson()


def dumped(value: Any) -> str:
    """The JSON of a constant."""
    return orjson.dumps(value).decode()


def concatenated(parts: Sequence[Piece]) -> Piece:
    """One ``concat`` of all parts, those of inner ones taken over and neighbouring literals joined."""
    flat: list[Any] = []
    for part in parts:
        for inner in part.clauses if _is_concat(part) else [part]:
            if flat and _is_literal(flat[-1]) and _is_literal(inner):
                flat[-1] = literal_column(flat[-1].name[:-1] + inner.name[1:], Text)
            else:
                flat.append(inner)
    while len(flat) > _MOST_ARGUMENTS:
        flat = [func.concat(*chunk) for chunk in _chunks(flat, _MOST_ARGUMENTS)]
    return flat[0] if len(flat) == 1 and _is_literal(flat[0]) else func.concat(*flat, type_=Text)


def _is_concat(part: Any) -> TypeGuard[Function[Any]]:
    return isinstance(part, Function) and part.name == "concat"


def _is_literal(part: Any) -> bool:
    return isinstance(part, ColumnClause) and part.is_literal and part.name.startswith("'")


def _hex(key: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.encode(func.uuid_send(key), quoted("hex"))


def _chunks(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)] or [()]
