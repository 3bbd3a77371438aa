"""The naive twin: graphql-core's own executor over the same schema, answering from plain Python rows.

Written from the documented meaning of the API, without a call to the engine; slow, and simple enough to be believed.
Where twin and engine disagree, one of them is wrong.
"""

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from graphql import ExecutionResult, GraphQLResolveInfo, execute_sync, get_named_type, parse

from qms_graphql.graph.declare import (
    AnyField,
    BatchField,
    ColumnField,
    EmbeddedField,
    FieldDeclaration,
    IdField,
    ManyField,
    OneField,
    SqlField,
    TypeDeclaration,
)
from tests.graph.computed import SUCH, VISIBLE
from tests.graph.plain import Dump, Plain, Several, product
from tests.graph.twin_filters import matches
from tests.graph.values import Wrong, compare, cursor_part, cursor_value, ordinal, read_id, show, show_id

PAGE_DEFAULT, PAGE_CAP, LIST_BOUND = 50, 200, 200
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A record or part in the twin's hands."""

    declared: TypeDeclaration
    values: Values


@dataclass(frozen=True)
class Key:
    """One key of a sort order."""

    path: tuple[str, ...]
    """The links to go, then the field."""
    descending: bool


class Twin:
    """Answers queries for one organization and one viewer."""

    def __init__(
        self, rows: Dump, permissions: Iterable[str], person: UUID | None, now: datetime, plain: Plain | None = None
    ) -> None:
        self.rows = rows
        self.person = person
        self.permissions = frozenset(permissions)
        self.now = now
        self.plain = plain or product()
        self.schema, self.types = self.plain.schema, self.plain.types
        self.several = {
            abstract.name: Several(
                abstract,
                {
                    name: field
                    for name in self.schema.type_map[abstract.name].fields
                    if not isinstance(field := abstract.members[0].fields[name], BatchField)
                },
            )
            for abstract in self.plain.abstracts.values()
            if abstract.plural
        }
        self.by_table = {declared.table.name: declared for declared in self.types.values() if declared.is_node}

    def answer(self, query: str, variables: Mapping[str, Any] | None = None) -> ExecutionResult:
        """The answer as graphql-core composes it."""
        result = execute_sync(
            self.schema,
            parse(query),
            variable_values=dict(variables or {}),
            field_resolver=self._resolve,
            type_resolver=lambda row, *_: row.declared.name,
        )
        assert isinstance(result, ExecutionResult)
        return result

    def may(self, declared: TypeDeclaration | FieldDeclaration) -> bool:
        """Whether the viewer may read a type, or a field of one that may be read."""
        return declared.read is None or declared.read in self.permissions

    def all(self, declared: TypeDeclaration | Several) -> list[Row]:
        """All rows of a type that the viewer sees."""
        if isinstance(declared, Several):
            return [row for member in declared.abstract.members if self.may(member) for row in self.all(member)]
        seen = VISIBLE.get(declared.name, lambda _row, _twin: True)
        return [Row(declared, values) for values in self.rows[declared.table.name] if seen(values, self)]

    # -- fields ------------------------------------------------------------------------------------------------------

    def _resolve(self, source: Any, info: GraphQLResolveInfo, **given: Any) -> Any:
        if info.parent_type.name == "Query":
            return self._root(info.field_name, given)
        if isinstance(source, Row):
            return self._field(source, source.declared.fields[info.field_name], given)
        return source[info.field_name]

    def _root(self, name: str, given: dict[str, Any]) -> Any:
        if name == "node":
            return self._node(given["id"])
        if name == "nodes":
            if len(given["ids"]) > LIST_BOUND:
                raise Wrong("TOO_LONG")
            return [self._node(id_) for id_ in given["ids"]]
        for several in self.several.values():
            if name == several.plural:
                if not [member for member in several.abstract.members if self.may(member)]:
                    raise Wrong("FORBIDDEN")
                return self._connection(self.all(several), given, several)
        for declared in self.types.values():
            if declared.is_node and name in (declared.plural, declared.name[0].lower() + declared.name[1:]):
                if not self.may(declared):
                    raise Wrong("FORBIDDEN")
                if name == declared.plural:
                    return self._connection(self.all(declared), given, declared)
                return self._by(declared, given["by"])
        raise AssertionError(name)

    def _node(self, id_: str) -> Row | None:
        table, _ = read_id(id_)
        declared = self.by_table.get(table)
        return self._by(declared, {"id": id_}) if declared and self.may(declared) else None

    def _by(self, declared: TypeDeclaration, by: dict[str, Any]) -> Row | None:
        ((name, value),) = by.items()
        if name == "id":
            table, key = read_id(value)
            return next(
                (row for row in self.all(declared) if table == declared.table.name and row.values["id"] == key), None
            )
        if name == "number":
            return next((row for row in self.all(declared) if row.values["number"] == value), None)
        for known in self.rows["external_ref"]:
            kind = (known["system"], known["type"], known["external_id"])
            if kind == (value["system"], declared.table.name.upper(), value["externalId"]):
                return next((row for row in self.all(declared) if row.values["id"] == known["target_id"]), None)
        return None

    def type_name(self, declared: TypeDeclaration | Several, field: FieldDeclaration) -> str:
        """Name of the GraphQL type of a field."""
        return get_named_type(self.schema.type_map[declared.name].fields[field.name].type).name

    def value(self, row: Row, field: FieldDeclaration) -> Any:
        """The stored or computed value of a scalar field."""
        if not self.may(field):
            return None
        if isinstance(field, IdField):
            return row.values["id"]
        if isinstance(field, ColumnField):
            return row.values[field.column.name]
        assert isinstance(field, SqlField), field
        return self.plain.computed[row.declared.name, field.name](row.values, self)

    def _field(self, row: Row, field: FieldDeclaration, given: dict[str, Any]) -> Any:
        if isinstance(field, OneField):
            return self.one(row, field)
        if isinstance(field, EmbeddedField):
            return self._embedded_or_null(row, field)
        if isinstance(field, AnyField):
            return self.any(row, field)
        if isinstance(field, BatchField):
            return self.plain.batched[row.declared.name, field.name](row.values, self)
        if isinstance(field, ManyField):
            assert field.target is not None
            linked = self.linked(row, field) if self.may(field.target) else []
            if not field.as_list:
                return self._connection(linked, given, field.target)
            size = given.get("first")
            if size is not None and not 0 <= size <= LIST_BOUND:
                raise Wrong
            return linked[: LIST_BOUND if size is None else size]
        value = self.value(row, field)
        if isinstance(field, IdField):
            return show_id(row.declared.table.name, value)
        return show(value, self.type_name(row.declared, field))

    def one(self, row: Row, link: OneField) -> Row | None:
        assert link.target is not None
        if not self.may(link.target):
            return None
        wanted = row.values[link.column.name]
        reached = self.reached_by(row, link)
        return next((other for other in reached if other.values[link.key] == wanted), None)

    def reached_by(self, row: Row, link: OneField | ManyField) -> list[Row]:
        """The records that a link may lead to."""
        assert link.target is not None
        such = SUCH.get((row.declared.name, link.name), lambda _: True)
        return [other for other in self.all(link.target) if such(other.values)]

    def any(self, row: Row, link: AnyField) -> Row | None:
        """The record that a link to one of several types leads to, if it may be seen."""
        for declared, column in link.ways:
            if self.leads(row, link, declared, column):
                others = self.all(declared) if self.may(declared) else []
                return next((other for other in others if other.values["id"] == row.values[column.name]), None)
        return None

    def leads(self, row: Row, link: AnyField, declared: TypeDeclaration, column: Any) -> bool:
        """Whether a link to one of several types names a record of this one."""
        if link.kind is not None:
            kind = row.values[link.kind.name]
            if (kind.value if isinstance(kind, Enum) else kind) != declared.record_type:
                return False
        return row.values[column.name] is not None

    def linked(self, row: Row, many: ManyField) -> list[Row]:
        """What a to-many leads to, in its order: parts by position, records by id, references by system and key."""
        assert many.target is not None
        if many.far is None:
            found = [o for o in self.reached_by(row, many) if o.values[many.column.name] == row.values["id"]]
        else:
            pairs = self.rows[many.column.table.name]
            ids = {pair[many.far.name] for pair in pairs if pair[many.column.name] == row.values["id"]}
            found = [other for other in self.reached_by(row, many) if other.values["id"] in ids]
        keys = [column.name for column in many.target.table.primary_key if column.name != "organization_id"]
        keys.sort(key=lambda name: name != "position")
        return sorted(found, key=lambda other: [ordinal(other.values[name]) for name in keys])

    def embedded(self, row: Row, field: EmbeddedField) -> Row:
        """The object that a row's columns behind a prefix make."""
        assert field.target is not None
        size = len(field.prefix)
        inner = {name[size:]: value for name, value in row.values.items() if name.startswith(field.prefix)}
        return Row(field.target, inner)

    def _embedded_or_null(self, row: Row, field: EmbeddedField) -> Row | None:
        inner = self.embedded(row, field)
        columns = [item.column.name for item in inner.declared.fields.values() if isinstance(item, ColumnField)]
        return inner if any(inner.values[name] is not None for name in columns) else None

    # -- pages -------------------------------------------------------------------------------------------------------

    def keys(
        self, order: Sequence[Mapping[str, Any]] | None, declared: "TypeDeclaration | Several | None" = None
    ) -> list[Key]:
        """The sort order: a field counts once, and the id breaks ties in the direction of the last key."""
        keys: list[Key] = []
        newest_first = declared.newest_first if isinstance(declared, TypeDeclaration) else None
        if not order and newest_first is not None:
            keys.append(Key((newest_first,), True))
        for item in order or []:
            key = _key(item)
            if key.path not in [other.path for other in keys]:
                keys.append(key)
        if ("id",) not in [key.path for key in keys]:
            keys.append(Key(("id",), bool(keys) and keys[-1].descending))
        return keys

    def reached(self, row: Row | None, path: Sequence[str]) -> Any:
        """The value at the end of links, if they lead to something."""
        *links, name = path
        for link in links:
            row = self.one(row, row.declared.fields[link]) if row is not None else None  # type: ignore[arg-type]
        if row is None:
            return None
        field = row.declared.fields[name]
        if isinstance(field, ColumnField) and field.column.info.get("sorted_by"):
            return row.values[field.column.info["sorted_by"]]
        value = self.value(row, field)
        # What is computed sorts by the members' places, what is stored by their names.
        return list(type(value)).index(value) if isinstance(field, SqlField) and isinstance(value, Enum) else value

    def cursor(self, row: Row, keys: Sequence[Key]) -> str:
        """A row's cursor in an order."""
        parts = [cursor_part(self.reached(row, key.path)) for key in keys]
        return ("[" + ",".join([json.dumps(_named(keys)), *parts]) + "]").encode().hex()

    def _beside(self, row: Row, text: str, keys: Sequence[Key]) -> int:
        """Where a row stands to a cursor: negative before it, positive after it."""
        try:
            name, *parts = json.loads(bytes.fromhex(text))
        except ValueError:
            raise Wrong from None
        if name != _named(keys):
            raise Wrong
        for key, part in zip(keys, parts, strict=True):
            *links, name = key.path
            owner = row.declared
            for link in links:
                owner = owner.fields[link].target  # type: ignore[attr-defined]
            there = cursor_value(part, self.type_name(owner, owner.fields[name]))
            way = compare(self.reached(row, key.path), there, descending=key.descending)
            if way:
                return way
        return 0

    def _connection(
        self, rows: list[Row], given: dict[str, Any], declared: "TypeDeclaration | Several"
    ) -> dict[str, Any]:
        first, last, after, before = (given.get(name) for name in ("first", "last", "after", "before"))
        size = last if last is not None else PAGE_DEFAULT if first is None else first
        if (first is not None and last is not None) or not 0 <= size <= PAGE_CAP:
            raise Wrong
        keys = self.keys(given.get("orderBy"), declared)
        taken = [row for row in rows if matches(self, row, given.get("where") or {})]

        def way(one: Row, other: Row) -> int:
            ways = (
                compare(self.reached(one, key.path), self.reached(other, key.path), descending=key.descending)
                for key in keys
            )
            return next((found for found in ways if found), 0)

        inside = sorted(taken, key=functools.cmp_to_key(way))
        if after is not None:
            inside = [row for row in inside if self._beside(row, after, keys) > 0]
        if before is not None:
            inside = [row for row in inside if self._beside(row, before, keys) < 0]
        more = len(inside) > size
        page = inside[:size] if last is None else inside[len(inside) - size :] if more else inside
        edges = [{"cursor": self.cursor(row, keys), "node": row} for row in page]
        return {
            "totalCount": len(taken),
            "nodes": page,
            "edges": edges,
            "pageInfo": {
                "hasNextPage": more if last is None else before is not None,
                "hasPreviousPage": more if last is not None else after is not None,
                "startCursor": edges[0]["cursor"] if edges else None,
                "endCursor": edges[-1]["cursor"] if edges else None,
            },
        }


def _named(keys: Sequence[Key]) -> str:
    return ",".join(f"{'-' if key.descending else ''}{'.'.join(key.path)}" for key in keys)


def _key(item: Mapping[str, Any]) -> Key:
    """One item of an order: a field with its direction, or a link with such an item of the linked record."""
    path: list[str] = []
    while True:
        said = {name: value for name, value in item.items() if value is not None}
        direction = said.pop("direction", None)
        if len(said) != 1 or (direction and "field" not in said):
            raise Wrong
        ((name, value),) = said.items()
        if name == "field":
            first, *rest = value.lower().split("_")
            return Key((*path, first + "".join(word.capitalize() for word in rest)), direction == "DESC")
        path.append(name)
        item = value
