"""Inputs of the write mutations: derived from the declared fields, and read back into drafts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import Column
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from qms_graphql.base.batch import Item
from qms_graphql.base.columns import Exact, Part
from qms_graphql.base.drafts import Draft, check_value
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.graph.building.build import column_type
from qms_graphql.graph.declare import (
    ColumnField,
    EmbeddedField,
    FieldDeclaration,
    ManyField,
    OneField,
    TypeDeclaration,
)
from qms_graphql.graph.scalars import version_order
from qms_graphql.graph.types import ExternalKey, input_type

MOST_PARTS = 200
LinkUse = tuple[dict[str, Any], str, TypeDeclaration, Any, tuple[str, ...]]
"""Where an id goes (mapping and column), the type it is of, what the input says, and the input's path."""


@dataclass(slots=True)
class WriteInput:
    """The writable fields of a type: makes the input types, and reads their values."""

    declared: TypeDeclaration
    names: tuple[str, ...]
    defaulted: frozenset[str]
    keyed: bool
    """Whether links are given by external keys instead of ids."""

    @property
    def fields(self) -> dict[str, FieldDeclaration]:
        """The writable fields by their names in the schema."""
        return {name: self.declared.fields[name] for name in self.names}

    def spelling(self) -> dict[str, str]:
        """Column to the input's name for it (``outer.inner`` within an object); without what the command fills in."""
        names: dict[str, str] = {}
        for name, item in self.fields.items():
            if isinstance(item, EmbeddedField):
                names |= {column: f"{name}.{inner.name}" for column, inner in item.columns().items()}
            elif isinstance(item, ColumnField | OneField) and name not in self.defaulted:
                names[item.column.name] = name
        return names

    def graphql_fields(self, *, all_optional: bool) -> dict[str, tuple[Any, str]]:
        """Names, types and descriptions of the input's fields."""
        shown: dict[str, tuple[Any, str]] = {}
        for name, item in self.fields.items():
            type_ = self._type(name, item)
            required = not all_optional and _needed(item) and name not in self.defaulted
            shown[name] = (type_ if required else type_ | None, item.description or "")
        return shown

    def _type(self, name: str, item: FieldDeclaration) -> Any:
        if isinstance(item, ColumnField):
            type_ = item.annotation if item.annotation is not None else column_type(item)
            members = [part for part in getattr(type_, "__args__", ()) if part is not type(None)]
            return members[0] if type(None) in getattr(type_, "__args__", ()) else type_
        link = ExternalKey if self.keyed else strawberry.ID
        if isinstance(item, OneField):
            return str if item.by_key else link
        if isinstance(item, EmbeddedField):
            return self._part_type(item.target, "Written whole: what is left out is emptied.")
        assert isinstance(item, ManyField)  # noqa: S101
        if item.far is not None:
            return list[link]  # type: ignore[valid-type]
        return list[self._part_type(item.target, f"One of the {name} to write.")]  # type: ignore[misc]

    def _part_type(self, target: TypeDeclaration | None, about: str) -> type:
        assert target is not None  # noqa: S101
        title = f"{target.name}{'Sync' if self.keyed else ''}Input"
        if title not in _PART_INPUTS:
            names = tuple(n for n, item in target.fields.items() if isinstance(item, ColumnField | OneField))
            inner = WriteInput(target, names, frozenset(), self.keyed)
            # Of what a system brings, a row that lacks something is refused alone, and not the whole request.
            shown = inner.graphql_fields(all_optional=self.keyed)
            _PART_INPUTS[title] = input_type(title, about, shown, graphql_names={n: n for n in names})
        return _PART_INPUTS[title]

    # -- reading values --------------------------------------------------------------------------------------------

    def read(self, given: Mapping[str, Any], draft: Draft | Item) -> list[LinkUse]:
        """Put the values of an input into a draft (or item); say which links are still to be resolved."""
        uses: list[LinkUse] = []
        for name, item in self.fields.items():
            if name not in given:
                continue
            value = given[name]
            if isinstance(item, ColumnField):
                draft.fields[item.column.name] = _stored(item, value)
            elif isinstance(item, EmbeddedField):
                draft.fields |= {column: (value or {}).get(inner.name) for column, inner in item.columns().items()}
            elif isinstance(item, OneField):
                self._link(item, value, draft.fields, name, (name,), uses)
            elif isinstance(item, ManyField):
                self._list(item, value or [], draft, name, uses)
        return uses

    def _link(
        self, link: OneField, value: Any, row: dict[str, Any], key: str, path: tuple[str, ...], uses: list[LinkUse]
    ) -> None:
        if link.by_key:
            row[key] = value
            return
        row[link.column.name] = None
        if value is not None:
            assert link.target is not None  # noqa: S101
            uses.append((row, link.column.name, link.target, value, path))

    def _list(self, many: ManyField, values: list[Any], draft: Draft | Item, name: str, uses: list[LinkUse]) -> None:
        part, target = _part_of(many), many.target
        assert target is not None  # noqa: S101
        rows: list[dict[str, Any]] = []
        draft.parts[part] = rows
        if len(values) > MOST_PARTS:
            draft.refusals.append(Refusal(ErrorCode.TOO_LONG, f"At most {MOST_PARTS} items.", (name,)))
            return
        for index, value in enumerate(values):
            path = (name, str(index))
            row: dict[str, Any] = {}
            rows.append(row)
            if many.far is not None:
                row[many.far.name] = None
                uses.append((row, many.far.name, target, value, path))
                continue
            for key, item in target.fields.items():
                if isinstance(item, ColumnField):
                    row[item.column.name] = _stored(item, value.get(key, _default(item.column)))
                    problem = check_value(item.column, row[item.column.name])
                    if problem is not None:
                        draft.refusals.append(Refusal(problem[0], problem[1], (*path, key)))
                elif isinstance(item, OneField):
                    self._link(item, value.get(key), row, key, (*path, key), uses)
                    if value.get(key) is None and (item.by_key or not item.column.nullable):
                        draft.refusals.append(Refusal(ErrorCode.REQUIRED, "A value is needed.", (*path, key)))


def read_item(writable: WriteInput, index: int, given: Mapping[str, Any]) -> Item:
    """One row of a sync batch."""
    ref = given["ref"]
    version = ref.get("version")
    item = Item(index, (ref["system"], ref["externalId"]), version, version_order(version), {})
    item.deleted = bool(given.get("deleted"))
    merged = given.get("mergedInto")
    item.merged_into = (merged["system"], merged["externalId"]) if merged else None
    item.links = [
        (row, column, target.record_type, (value["system"], value["externalId"]), path)
        for row, column, target, value, path in writable.read(given, item)
    ]
    custom = item.fields.get("custom", {})
    if custom is not None and not isinstance(custom, dict):
        item.refusals.append(Refusal(ErrorCode.INVALID, "custom is a JSON object.", ("custom",)))
    return item


def own_key(text: str, declared: TypeDeclaration, path: tuple[str, ...]) -> UUID:
    """The key inside a global id of this type. Raises ``Refusal`` naming the field."""
    try:
        table, id_ = from_global(text)
    except Refusal as refusal:
        raise refusal.under(*path) from None
    if table != declared.table.name:
        raise Refusal(ErrorCode.INVALID, f"This is no id of the kind {declared.name}.", path)
    return id_


def _stored(field_: ColumnField, value: Any) -> Any:
    """A JSON number becomes the exact decimal that its text says."""
    return Decimal(str(value)) if isinstance(value, float) and isinstance(field_.column.type, Exact) else value


def _needed(item: FieldDeclaration) -> bool:
    """Whether a new row cannot do without it."""
    return isinstance(item, ColumnField | OneField) and not item.column.nullable and item.column.default is None


def _default(column: Column[Any]) -> Any:
    """What a column holds where nothing is said of it."""
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None


def _part_of(many: ManyField) -> type[Part]:
    table = many.column.table
    return next(part for part in Part.__subclasses__() if part.__table__ is table)


_PART_INPUTS: dict[str, type] = {}
