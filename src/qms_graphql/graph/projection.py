"""Projection: a Python value becomes JSON by a selection; records in it are read by the engine, all at once."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from strawberry.types.arguments import convert_arguments

from qms_graphql.graph.context import Context, Ref
from qms_graphql.graph.patching import NULL_REFUSED, Failure
from qms_graphql.graph.selection import Selected, Selections

Nodes = Sequence[FieldNode]
Path = tuple[str | int, ...]


class Deferred:
    """A value known only after the answer was composed, for example the position of events still to be written."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: Any = None


@dataclass(slots=True)
class _Place:
    """Where a value belongs in the answer."""

    container: Any
    key: Any


@dataclass(slots=True)
class _Awaited:
    """A value still to come: from a resolver that must wait."""

    place: _Place
    coming: Awaitable[Any]
    type_: GraphQLOutputType
    nodes: Nodes


@dataclass(slots=True)
class _Projection:
    """One projection. What must be waited for is collected on the way, so that the rest costs no coroutine."""

    context: Context
    selections: Selections
    records: dict[tuple[int, ...], tuple[Nodes, list[tuple[_Place, Ref]]]] = field(default_factory=dict)
    awaited: list[_Awaited] = field(default_factory=list)
    failed: list[tuple[_Place, Failure]] = field(default_factory=list)
    """What of the records could not be answered."""
    selected: dict[tuple[tuple[int, ...], str], list[tuple[Selected, Any, GraphQLOutputType | None]]] = field(
        default_factory=dict
    )

    def value(self, value: Any, type_: GraphQLOutputType, nodes: Nodes, container: Any, key: Any) -> None:
        """Put the JSON of ``value`` at ``container[key]``."""
        if is_non_null_type(type_):
            type_ = type_.of_type
        if value is None or isinstance(value, Deferred):
            container[key] = value
        elif isinstance(value, Ref):
            container[key] = None
            self.records.setdefault(tuple(map(id, nodes)), (nodes, []))[1].append((_Place(container, key), value))
        elif is_list_type(type_):
            items: list[Any] = [None] * len(value)
            container[key] = items
            for index, item in enumerate(value):
                self.value(item, type_.of_type, nodes, items, index)
        elif is_leaf_type(type_):
            container[key] = type_.coerce_output_value(value)
        else:
            container[key] = self.object_(value, type_, nodes)

    def object_(self, value: Any, type_: GraphQLOutputType, nodes: Nodes) -> dict[str, Any]:
        """The JSON object of a plain strawberry object."""
        concrete = type_ if isinstance(type_, GraphQLObjectType) else self._concrete(value)
        shown: dict[str, Any] = {}
        for selected, field_, returned in self._fields(nodes, concrete):
            if returned is None:
                shown[selected.key] = concrete.name
                continue
            if field_.base_resolver is None:
                self.value(getattr(value, field_.python_name), returned, selected.nodes, shown, selected.key)
                continue
            found = self._resolved(value, field_, selected, concrete)
            if inspect.isawaitable(found):
                shown[selected.key] = None
                self.awaited.append(_Awaited(_Place(shown, selected.key), found, returned, selected.nodes))
            else:
                self.value(found, returned, selected.nodes, shown, selected.key)
        return shown

    def _fields(self, nodes: Nodes, type_: GraphQLObjectType) -> list[tuple[Selected, Any, GraphQLOutputType | None]]:
        """What is selected of a type at a place of the document, with its strawberry field and type; read once."""
        place = (tuple(map(id, nodes)), type_.name)
        known = self.selected.get(place)
        if known is None:
            declared = _declared(type_)
            known = [
                (s, declared.get(s.name), type_.fields[s.name].type if s.name in type_.fields else None)
                for s in self.selections.fields(nodes, type_)
            ]
            self.selected[place] = known
        return known

    def _concrete(self, value: Any) -> GraphQLObjectType:
        found = self.selections.schema.type_map[type(value).__strawberry_definition__.name]
        assert isinstance(found, GraphQLObjectType)  # noqa: S101
        return found

    def _resolved(self, value: Any, field_: Any, selected: Selected, type_: GraphQLObjectType) -> Any:
        """What a field's own resolver answers, with its arguments as strawberry would give them."""
        schema, method = self.context.engine.strawberry, field_.base_resolver.wrapped_func
        arguments = convert_arguments(
            self.selections.arguments(selected, type_),
            field_.arguments,
            config=schema.config,
            scalar_registry=schema.schema_converter.scalar_registry,
        )
        if _takes_info(method):
            arguments["info"] = SimpleNamespace(context=self.context)
        return method(value, **arguments)

    async def finish(self) -> None:
        """Wait for what must be waited for, then read the records that were met: one statement for each place."""
        while self.awaited:
            awaited, self.awaited = self.awaited, []
            for item in awaited:
                self.value(await item.coming, item.type_, item.nodes, item.place.container, item.place.key)
        for nodes, places in self.records.values():
            loaded = await self.context.engine.load(self.context, [ref for _, ref in places], nodes)
            for place, ref in places:
                place.container[place.key] = loaded.records.get(ref)
                self.failed += [(place, failure) for failure in loaded.failures.get(ref, ())]


async def project(context: Context, value: Any, type_: GraphQLOutputType, selected: Selected) -> Any:
    """The JSON of a root field's value as a selection asks for it. Raises ``GraphQLError`` for a missing one."""
    if value is None and is_non_null_type(type_):
        raise GraphQLError(NULL_REFUSED)
    (shown,), failures = await project_all(context, [value], type_, selected.nodes, [(selected.key,)])
    context.failures += failures
    return shown


async def project_all(
    context: Context, values: Sequence[Any], type_: GraphQLOutputType, nodes: Nodes, places: Sequence[Path]
) -> tuple[list[Any], list[Failure]]:
    """The JSON of many values of the same field, which stand at these places; records in them are read together.

    Beside it, what of the records could not be answered.
    """
    projection = _Projection(context, context.engine.selections(context, context.variables))
    shown: list[Any] = [None] * len(values)
    for index, value in enumerate(values):
        projection.value(value, type_, nodes, shown, index)
    await projection.finish()
    failures = [
        failure.below((*places[int(path[0])], *path[1:]))
        for path, failure in ((_path_to(shown, place), failure) for place, failure in projection.failed)
    ]
    return shown, failures


def _path_to(answer: Any, place: _Place) -> Path:
    """Where a place is in an answer. Looked for only when something failed, so that the rest need not carry it."""
    waiting: list[tuple[Any, Path]] = [(answer, ())]
    while waiting:
        here, path = waiting.pop()
        if here is place.container:
            return (*path, place.key)
        inner = here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
        waiting += [(value, (*path, key)) for key, value in inner]
    raise LookupError("the place is not in the answer")


@lru_cache(maxsize=1024)
def _declared(type_: GraphQLObjectType) -> dict[str, Any]:
    """The strawberry fields of a type by their names in the schema."""
    return {_schema_name(field_): field_ for field_ in type_.extensions["strawberry-definition"].fields}


@lru_cache(maxsize=1024)
def _takes_info(method: Callable[..., Any]) -> bool:
    return "info" in inspect.signature(method).parameters


def _schema_name(field_: Any) -> str:
    first, *rest = field_.python_name.split("_")
    return str(field_.graphql_name or first + "".join(word.capitalize() for word in rest))
