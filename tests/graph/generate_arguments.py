"""What generated queries ask with: variables, literals, ids, pages, orders, filters; values are drawn from the data."""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    get_nullable_type,
)

from qms_graphql.graph.declare import (
    AnyField,
    ColumnField,
    EmbeddedField,
    FieldDeclaration,
    IdField,
    ManyField,
    OneField,
    SqlField,
    TypeDeclaration,
)
from tests.graph.plain import Several
from tests.graph.twin import Twin
from tests.graph.values import show, show_id

LINKS = OneField | ManyField | EmbeddedField | AnyField
STRAY = {
    "StringComparator": ["", "%", "_", "'", '"', "\\", "ß", "İ", "Ω", "漢", "🎉", "no such text"],
    "IntComparator": [-1, 0, 1, 2, 7, 2_147_483_647],
    "FloatComparator": [-1.5, 0, 0.1, 3, 9.75],
    "BooleanComparator": [True, False],
    "DateTimeComparator": ["2026-03-02T09:30:00Z", "2026-03-01T10:00:00.5+02:00", "1969-12-31T23:59:59.999999Z"],
    "DecimalComparator": ["0", "-0.000001", "19.9", "1e3", "999999999999.999999"],
}
ABSENT = "0" * 31 + "1"


@dataclass
class Arguments:
    """Makes what is asked with; ``seed`` decides everything. ``twin`` supplies values and cursors."""

    twin: Twin
    seed: int
    random: Random = field(init=False)
    names: int = 0
    declared_variables: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    # -- small things ------------------------------------------------------------------------------------------------

    def _name(self, start: str) -> str:
        self.names += 1
        return f"{start}{self.names}"

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.random.random() < share

    def _variable(self, type_: Any, value: Any) -> str:
        name = self._name("v")
        named = str(get_nullable_type(type_))
        if value is not None and self.chance(0.15):
            self.declared_variables.append(f"${name}: {named} = {self._literal(value, type_)}")
            if not isinstance(type_, GraphQLNonNull) and self.chance(0.5):
                return f"${name}"
        else:
            self.declared_variables.append(f"${name}: {named}!" if value is not None else f"${name}: {named}")
        self.variables[name] = value
        return f"${name}"

    def _literal(self, value: Any, type_: Any) -> str:
        named = get_named_type(type_)
        if value is None:
            return "null"
        if isinstance(value, list):
            return "[" + ", ".join(self._literal(item, named) for item in value) + "]"
        if isinstance(named, GraphQLInputObjectType):
            fields = (f"{key}: {self._literal(item, named.fields[key].type)}" for key, item in value.items())
            return "{" + ", ".join(fields) + "}"
        return str(value) if isinstance(named, GraphQLEnumType) else json.dumps(value, ensure_ascii=self.chance(0.1))

    def _spell(self, value: Any, type_: Any, *, one_of: bool = False) -> str:
        """A value in the document: a literal, a variable, or a literal with variables inside."""
        bare = get_nullable_type(type_)
        if self.chance(0.25):
            return self._variable(GraphQLNonNull(bare) if one_of else type_, value)
        if isinstance(value, list) and isinstance(bare, GraphQLList):
            return "[" + ", ".join(self._spell(item, bare.of_type) for item in value) + "]"
        if isinstance(value, dict) and isinstance(bare, GraphQLInputObjectType):
            fields = (
                f"{key}: {self._spell(item, bare.fields[key].type, one_of=bare.is_one_of)}"
                for key, item in value.items()
            )
            return "{" + ", ".join(fields) + "}"
        return self._literal(value, type_)

    def _directive(self) -> str:
        if not self.chance(0.12):
            return ""
        name, value = self.random.choice(("skip", "include")), self.chance(0.5)
        boolean = GraphQLNonNull(self.twin.schema.type_map["Boolean"])
        condition = self._variable(boolean, value) if self.chance(0.7) else json.dumps(value)
        return f" @{name}(if: {condition})"

    # -- ids ---------------------------------------------------------------------------------------------------------

    def _by(self, declared: TypeDeclaration) -> dict[str, Any]:
        rows = self.twin.all(declared)
        known = [ref for ref in self.twin.rows["external_ref"] if ref["type"] == declared.record_type]
        if declared.external and known and self.chance(0.5):
            ref = self.random.choice(known)
            return {"ref": {"system": ref["system"], "externalId": ref["external_id"]}}
        if declared.numbered and rows and self.chance(0.5):
            return {"number": self.random.choice(rows).values["number"]}
        return {"id": self._id(declared)}

    def _id(self, declared: TypeDeclaration | Several) -> str:
        if isinstance(declared, Several):
            declared = self.random.choice(declared.abstract.members)
        rows = self.twin.all(declared)
        if not rows or self.chance(0.1):
            return f"{declared.table.name}_{ABSENT}"
        return show_id(declared.table.name, self.random.choice(rows).values["id"])

    def _any_id(self) -> str:
        nodes = [item for item in self.twin.types.values() if item.is_node]
        return "nothing_" + ABSENT if self.chance(0.05) else self._id(self.random.choice(nodes))

    # -- arguments ---------------------------------------------------------------------------------------------------

    def _page(self, declared: TypeDeclaration | Several) -> dict[str, Any]:
        given: dict[str, Any] = {}
        if self.chance(0.5):
            given["orderBy"] = self._order(declared)
        if self.chance(0.6):
            given["where"] = self.filter(declared, 2)
        given[self.random.choice(("first", "first", "last"))] = self.random.choice((0, 1, 2, 3, 5, 20))
        if given.get("first") == 20 and self.chance(0.3):
            given["first"] = None
        rows = self.twin.all(declared)
        for name in ("after", "before"):
            if rows and self.chance(0.25):
                keys = self.twin.keys(given.get("orderBy"), declared)
                given[name] = self.twin.cursor(self.random.choice(rows), keys)
        return given

    def _order(self, declared: TypeDeclaration | Several) -> list[dict[str, Any]]:
        return [self._sort(declared, 2) for _ in range(self.random.randint(0, 3))]

    def _sort(self, declared: TypeDeclaration | Several, depth: int) -> dict[str, Any]:
        """One key: mostly a field of the row, else one of a linked record."""
        input_ = self.twin.schema.type_map[f"{declared.name}Order"].fields
        links = [name for name in input_ if name not in ("field", "direction")]
        if links and depth and self.chance(0.3):
            name = self.random.choice(links)
            return {name: self._sort(declared.fields[name].target, depth - 1)}  # type: ignore[attr-defined]
        key = {"field": self.random.choice(list(get_named_type(input_["field"].type).values))}
        return key | ({"direction": self.random.choice(("ASC", "DESC"))} if self.chance(0.9) else {})

    def filter(self, declared: TypeDeclaration | Several, depth: int) -> dict[str, Any]:
        """A filter of random shape."""
        type_ = self.twin.schema.type_map[f"{declared.name}Filter"]
        found: dict[str, Any] = {}
        for name in self.random.sample(list(type_.fields), min(len(type_.fields), self.random.choice((0, 1, 1, 2)))):
            if name in ("and", "or"):
                found[name] = (
                    [self.filter(declared, depth - 1) for _ in range(self.random.randint(0, 3))] if depth else []
                )
            elif name == "not":
                found[name] = self.filter(declared, depth - 1) if depth else {}
            else:
                item = declared.fields[name]
                if not isinstance(item, LINKS):
                    found[name] = self._comparison(declared, item, type_.fields[name].type)
                elif depth:
                    found[name] = self._relation(item, depth - 1)
        if depth and self.chance(0.35):
            join = self.random.choice(("and", "or", "not"))
            found[join] = (
                self.filter(declared, depth - 1)
                if join == "not"
                else [self.filter(declared, depth - 1) for _ in range(2)]
            )
        return found

    def _relation(self, item: Any, depth: int) -> dict[str, Any]:
        if isinstance(item, AnyField):
            if self.chance(0.3):
                return {"isNull": self.chance(0.5)}
            declared = self.random.choice(item.ways)[0]
            return {declared.singular: self.filter(declared, depth)}
        assert item.target is not None
        if isinstance(item, OneField):
            if self.chance(0.3):
                comparator = self.twin.schema.type_map["IDComparator"]
                return {"id": self._comparison(item.target, item.target.fields["id"], comparator)}
            return self.filter(item.target, depth)
        if isinstance(item, EmbeddedField):
            return self.filter(item.target, 0)
        kind = self.random.choice(("some", "none", "count"))
        if kind == "count":
            operator = self.random.choice(("eq", "ne", "lt", "lte", "gt", "gte", "in"))
            size = self.random.randint(0, 3)
            return {"count": {operator: [size, size + 2] if operator == "in" else size}}
        return {kind: self.filter(item.target, depth)}

    def _comparison(self, declared: TypeDeclaration | Several, item: FieldDeclaration, type_: Any) -> dict[str, Any]:
        comparator = get_named_type(type_)
        operators = list(comparator.fields)
        found: dict[str, Any] = {}
        for operator in self.random.sample(operators, self.random.choice((1, 1, 1, 2))):
            if operator == "isNull":
                found[operator] = self.chance(0.5)
            elif operator in ("in", "notIn"):
                found[operator] = [self._drawn(declared, item, comparator) for _ in range(self.random.randint(0, 4))]
            elif operator == "contains":
                found[operator] = self._piece(self._drawn(declared, item, comparator))
            else:
                found[operator] = self._drawn(declared, item, comparator)
        return found

    def _piece(self, text: str) -> str:
        start = self.random.randint(0, max(0, len(text) - 3))
        piece = text[start : start + self.random.randint(1, 6)]
        return self.random.choice((piece, piece.upper(), piece.lower()))

    def _drawn(self, declared: TypeDeclaration | Several, item: FieldDeclaration, comparator: Any) -> Any:
        """A value that some row has, or one that none has."""
        if isinstance(item, IdField):
            return self._any_id() if self.chance(0.2) else self._id(declared)
        assert isinstance(item, ColumnField | SqlField)
        choices = get_named_type(comparator.fields["eq"].type)
        rows = self.twin.all(declared)
        if rows and self.chance(0.85):
            value = self.twin.value(self.random.choice(rows), item)
            if value is not None:
                return show(value, self.twin.type_name(declared, item))
        return self.random.choice(
            list(choices.values) if isinstance(choices, GraphQLEnumType) else STRAY[comparator.name]
        )
