"""Projection: a Python value becomes JSON by a selection.

Records in it are read by the engine, all at once; what its fields ask of the database is asked at once, too.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from qms_graphql.graph.compiling.plan import Path
from qms_graphql.graph.compiling.selection import Selected
from qms_graphql.graph.context import Context, Question, Ref
from qms_graphql.graph.running.patching import NULL_REFUSED, Failure, paths_within
from qms_graphql.graph.running.reading import Deferred, Field, Nodes, Reading, takes_info


@dataclass(slots=True)
class _Place:
    """Where a value belongs in the answer."""

    container: Any
    key: Any


@dataclass(slots=True)
class _Awaited:
    """A value still to come: from a resolver that must wait, or asked of the database with others."""

    place: _Place
    coming: Any
    type_: GraphQLOutputType
    field: Field


class Projection:
    """One projection. What must be waited for is collected on the way, so that the rest costs no coroutine."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._records: dict[int, tuple[Field, list[tuple[_Place, Ref]]]] = {}
        self._awaited: list[_Awaited] = []
        self._asked: list[_Awaited] = []
        self.failed: list[tuple[_Place, Failure]] = []
        """What of the records could not be answered."""

    def value(self, value: Any, type_: GraphQLOutputType, field: Field, container: Any, key: Any) -> None:
        """Put the JSON of ``value`` at ``container[key]``."""
        if is_non_null_type(type_):
            type_ = type_.of_type
        if value is None or isinstance(value, Deferred):
            container[key] = value
        elif isinstance(value, Ref):
            container[key] = None
            self._records.setdefault(id(field), (field, []))[1].append((_Place(container, key), value))
        elif is_list_type(type_):
            items: list[Any] = [None] * len(value)
            container[key] = items
            for index, item in enumerate(value):
                self.value(item, type_.of_type, field, items, index)
        elif is_leaf_type(type_):
            container[key] = type_.coerce_output_value(value)
        else:
            container[key] = self._object(value, type_, field)

    def _object(self, value: Any, type_: GraphQLOutputType, place: Field) -> dict[str, Any]:
        """The JSON object of a plain strawberry object."""
        concrete = type_ if isinstance(type_, GraphQLObjectType) else self._concrete(value)
        shown: dict[str, Any] = {}
        for field in place.below(concrete):
            if field.leaf is not None:
                shown[field.key] = field.leaf(getattr(value, field.attribute))
            elif field.name == "__typename":
                shown[field.key] = concrete.name
            elif field.resolver is None:
                self.value(getattr(value, field.attribute), field.type_, field, shown, field.key)
            else:
                self._resolve(value, field.resolver, field, shown)
        return shown

    def _concrete(self, value: Any) -> GraphQLObjectType:
        found = self._context.engine.schema.type_map[type(value).__strawberry_definition__.name]
        assert isinstance(found, GraphQLObjectType)  # noqa: S101
        return found

    def _resolve(self, value: Any, method: Callable[..., Any], field: Field, shown: dict[str, Any]) -> None:
        """Put what a field's own resolver answers where it belongs, now or later."""
        arguments = field.given(self._context)
        if takes_info(method):
            arguments["info"] = SimpleNamespace(context=self._context)
        found = method(value, **arguments)
        if not isinstance(found, Question) and not inspect.isawaitable(found):
            self.value(found, field.type_, field, shown, field.key)
            return
        shown[field.key] = None
        later = self._asked if isinstance(found, Question) else self._awaited
        later.append(_Awaited(_Place(shown, field.key), found, field.type_, field))

    @property
    def single(self) -> bool:
        """Whether one statement answers what is still to come."""
        kinds = {type(item.coming) for item in self._asked}
        if self._awaited or self._records or len(kinds) > 1:
            return False
        return all(kind.single([item.coming for item in self._asked]) for kind in kinds)

    async def finish(self) -> None:
        """Wait for what must be waited for, ask what is asked together, then read the records that were met.

        All questions of a kind are asked at once; the records of a place are one statement.
        """
        while self._awaited or self._asked:
            awaited, self._awaited = self._awaited, []
            for item in awaited:
                self._arrive(item, await item.coming)
            asked, self._asked = self._asked, []
            for kind in dict.fromkeys(type(item.coming) for item in asked):
                alike = [item for item in asked if type(item.coming) is kind]
                answers = await kind.answered(self._context, [item.coming for item in alike])
                for item, answer in zip(alike, answers, strict=True):
                    self._arrive(item, answer)
        for field, places in self._records.values():
            loaded = await self._context.engine.load(self._context, [ref for _, ref in places], field.nodes)
            for place, ref in places:
                place.container[place.key] = loaded.records.get(ref)
                self.failed += [(place, failure) for failure in loaded.failures.get(ref, ())]

    def _arrive(self, item: _Awaited, value: Any) -> None:
        self.value(value, item.type_, item.field, item.place.container, item.place.key)


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
    return await project_by(context, values, Field(Reading.of(context), "", "", nodes, type_), places)


async def project_by(
    context: Context, values: Sequence[Any], field: Field, places: Sequence[Path]
) -> tuple[list[Any], list[Failure]]:
    """The same by a field that is read already."""
    projection = Projection(context)
    shown: list[Any] = [None] * len(values)
    for index, value in enumerate(values):
        projection.value(value, field.type_, field, shown, index)
    await projection.finish()
    if not projection.failed:
        return shown, []
    within = paths_within(shown)
    failures = []
    for place, failure in projection.failed:
        first, *path = (*within[id(place.container)], place.key)
        failures.append(failure.below((*places[int(first)], *path)))
    return shown, failures
