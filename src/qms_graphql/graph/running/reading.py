"""What is selected of plain Python objects: by which attribute or method each field is answered, with which arguments.

It is read once; what was read for one form of the variables serves all requests of that form.
"""

import inspect
import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from functools import lru_cache, partial
from typing import Any, Self

from graphql import (
    GRAPHQL_MAX_INT,
    FieldNode,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    TypeNameMetaFieldDef,
    get_nullable_type,
    is_leaf_type,
)
from strawberry import Schema
from strawberry.types.arguments import convert_arguments

from qms_graphql.graph.compiling.plan import Slot, resolve, slotted
from qms_graphql.graph.compiling.selection import Selected, Selecting, Selections
from qms_graphql.graph.context import Context

Nodes = Sequence[FieldNode]
Fill = Callable[[Mapping[str, Any]], Any]
"""Gives a value whose slots are filled from the variables of a request."""


class Deferred:
    """A value known only after the answer was composed, for example the position of events still to be written."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: Any = None


@dataclass(slots=True)
class Reading:
    """Reads the selections of an operation as fields of plain objects."""

    schema: Schema
    selections: Selections

    @classmethod
    def of(cls, context: Context) -> Self:
        """For one operation."""
        return cls(context.engine.strawberry, context.engine.selections(context, context.variables))

    def fields(self, nodes: Iterable[Selecting], type_: GraphQLObjectType) -> "list[Field]":
        """What is selected of a type below these nodes."""
        return [self._field(selected, type_) for selected in self.selections.fields(nodes, type_)]

    def _field(self, selected: Selected, type_: GraphQLObjectType) -> "Field":
        if selected.name == "__typename":
            return Field(self, selected.key, selected.name, selected.nodes, TypeNameMetaFieldDef.type)
        declared, returned = _declared(type_)[selected.name], type_.fields[selected.name].type
        made = Field(self, selected.key, selected.name, selected.nodes, returned, declared.python_name)
        if declared.base_resolver is not None:
            made.resolver = declared.base_resolver.wrapped_func
            made.arguments = self._arguments(selected, type_, declared)
        elif is_leaf_type(bare := get_nullable_type(returned)):
            made.leaf = _leaf(bare)
        return made

    def _arguments(self, selected: Selected, type_: GraphQLObjectType, declared: Any) -> "Arguments":
        return Arguments(self.selections.arguments(selected, type_), partial(converted, self.schema, declared))


@dataclass(slots=True)
class Field:
    """A selected field of a plain object: `__typename`, an attribute, or what a method answers."""

    reading: Reading
    key: str
    name: str
    nodes: Nodes
    type_: GraphQLOutputType
    """What it returns."""
    attribute: str = ""
    leaf: Callable[[Any], Any] | None = None
    """The JSON of the attribute's value; None where that has fields of its own."""
    resolver: Callable[..., Any] | None = None
    arguments: "Arguments | None" = None
    """Those of the method."""
    _below: "dict[str, list[Field]]" = field(default_factory=dict)

    def below(self, type_: GraphQLObjectType) -> "list[Field]":
        """What is selected of its value, or of an item of it, if that is of this type."""
        known = self._below.get(type_.name)
        if known is None:
            known = self._below[type_.name] = self.reading.fields(self.nodes, type_)
        return known

    def given(self, context: Context) -> dict[str, Any]:
        """The arguments of its method for one request."""
        return self.arguments.filled(context.variables) if self.arguments is not None else {}


class Arguments:
    """Arguments as strawberry gives them, but for what differs from request to request: that is filled in."""

    __slots__ = ("_constant", "_varying", "shape")

    def __init__(self, raw: dict[str, Any], convert: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        # Strawberry copies lists. So a slot that stands for one is filled before, and all is converted each time.
        self._varying: Fill | None = None
        self._constant: dict[str, Any] = {}
        self.shape: dict[str, Any] | None = None
        """The arguments with slots in the place of what is filled in; None if there is a list among them."""
        if not _has_list(raw):
            self.shape = self._constant = convert(raw)
            self._varying = _fill(self._constant)
        elif (fill := _fill(raw)) is not None:
            self._varying = lambda variables: convert(fill(variables))

    def filled(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments for one request."""
        return dict(self._constant) if self._varying is None else self._varying(variables)


def kept_fields(
    context: Context, operation: OperationDefinitionNode, root: GraphQLObjectType, among: Container[str]
) -> list[Field] | None:
    """The root fields of an operation, read once for each form of its variables; None unless all are among these."""
    document = context.document
    assert document is not None  # noqa: S101
    key = ("fields", id(operation), context.form)
    try:
        known: list[Field] | None = document.plans[key]
        document.plans.move_to_end(key)
    except KeyError:
        reading = Reading(context.engine.strawberry, context.engine.selections(context, slotted(context.variables)))
        selected = reading.selections.fields([operation], root)
        known = reading.fields([operation], root) if all(field_.name in among for field_ in selected) else None
        document.keep(key, known)
    return known


def converted(schema: Schema, declared: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The coerced arguments of a strawberry field as its function takes them."""
    registry = schema.schema_converter.scalar_registry
    return convert_arguments(given, declared.arguments, config=schema.config, scalar_registry=registry)


def _has_list(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_list, value.values()))
    if isinstance(value, list):
        return any(map(_has_list, value))
    return isinstance(value, Slot) and isinstance(value.sample, list)


def _fill(value: Any) -> Fill | None:
    """What fills the slots in an argument; None if there are none."""
    if isinstance(value, Slot):
        return partial(resolve, value)
    if isinstance(value, list):
        items = _fill(dict(enumerate(value)))
        return None if items is None else lambda variables: list(items(variables).values())
    if is_dataclass(value):
        made: Callable[..., Any] = type(value)
        fields = _fill(vars(value))
        return None if fields is None else lambda variables: made(**fields(variables))
    if isinstance(value, dict):
        varying = {key: fill for key, item in value.items() if (fill := _fill(item)) is not None}
        return (lambda variables: value | {key: fill(variables) for key, fill in varying.items()}) if varying else None
    return None


@lru_cache(maxsize=1024)
def _declared(type_: GraphQLObjectType) -> dict[str, Any]:
    """The strawberry fields of a type by their names in the schema."""
    return {_schema_name(field_): field_ for field_ in type_.extensions["strawberry-definition"].fields}


@lru_cache(maxsize=1024)
def takes_info(method: Callable[..., Any]) -> bool:
    """Whether a method wants strawberry's info."""
    return "info" in inspect.signature(method).parameters


def _schema_name(field_: Any) -> str:
    first, *rest = field_.python_name.split("_")
    return str(field_.graphql_name or first + "".join(word.capitalize() for word in rest))


def _leaf(type_: GraphQLLeafType) -> Callable[[Any], Any]:
    """The JSON of a value of a leaf type. Most values are JSON already, so that is looked at first."""
    coerce = type_.coerce_output_value

    def other(value: Any) -> Any:
        return value if value is None or isinstance(value, Deferred) else coerce(value)

    match type_.name:
        case "Float":
            return lambda value: value if type(value) is float and math.isfinite(value) else other(value)
        case "Int":
            return lambda value: value if type(value) is int and 0 <= value <= GRAPHQL_MAX_INT else other(value)
        case "String" | "ID":
            return lambda value: value if type(value) is str else other(value)
        case _:
            return other
