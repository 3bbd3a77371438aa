"""Queries that are not one statement: their root fields are answered here, one after another.

graphql-core's executor would walk finished JSON; only introspection is left to it.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_non_null_type,
)

from qms_graphql.base.database import timed_out
from qms_graphql.graph.compiling.selection import Selected
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare_roots import RootField
from qms_graphql.graph.running.engine import Make
from qms_graphql.graph.running.patching import NULL_REFUSED
from qms_graphql.graph.running.projection import Projection, project
from qms_graphql.graph.running.reading import converted, kept_fields


@dataclass(frozen=True, slots=True)
class Asked:
    """A root field that is asked for."""

    selected: Selected
    root: GraphQLObjectType

    @property
    def type(self) -> GraphQLOutputType:
        """What it returns."""
        returned: GraphQLOutputType = self.root.fields[self.selected.name].type
        return returned

    def arguments(self, context: Context) -> dict[str, Any]:
        """Its arguments, coerced."""
        return context.engine.selections(context, context.variables).arguments(self.selected, self.root)


Answering = Callable[[Context, Asked], Awaitable[Any]]
"""Gives the JSON of a root field."""


def compiled(make: Make) -> Answering:
    """A root field that is one statement."""

    async def answer(context: Context, asked: Asked) -> Any:
        return await context.engine.field(context, asked.root, asked.selected, make)

    return answer


def called(function: Callable[..., Awaitable[Any]], read: str | None) -> Answering:
    """A root field that is a Python function of the context and its arguments."""

    async def answer(context: Context, asked: Asked) -> Any:
        context.viewer.require(read)
        definition = asked.root.fields[asked.selected.name].extensions["strawberry-definition"]
        arguments = converted(context.engine.strawberry, definition, asked.arguments(context))
        return await project(context, await function(context, **arguments), asked.type, asked.selected)

    return answer


class Queries:
    """Answers the root fields of queries."""

    def __init__(
        self,
        schema: GraphQLSchema,
        answers: Mapping[str, Answering],
        plain: Mapping[str, RootField],
        single: frozenset[str],
    ) -> None:
        self._root = cast(GraphQLObjectType, schema.query_type)
        self._answers = answers
        self._plain = plain
        self._single = single
        """Those that are one statement each, which sees one moment by itself."""

    async def answer(
        self, context: Context, operation: OperationDefinitionNode
    ) -> tuple[dict[str, Any] | None, list[GraphQLError]] | None:
        """Data and errors; or None if the operation asks for the schema itself."""
        together = await self._together(context, operation)
        if together is not None:
            return together, []
        selections = context.engine.selections(context, context.variables)
        fields = selections.fields([operation], self._root)
        if any(selected.name.startswith("__") and selected.name != "__typename" for selected in fields):
            return None
        context.snapshot = len(fields) != 1 or fields[0].name not in self._single
        shown: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        async with context:
            for selected in fields:
                if selected.name == "__typename":
                    shown[selected.key] = self._root.name
                    continue
                asked = Asked(selected, self._root)
                value, found = await self._field(context, asked)
                errors += found
                if value is None and is_non_null_type(asked.type):
                    return None, errors
                shown[selected.key] = value
        return shown, errors

    async def _together(self, context: Context, operation: OperationDefinitionNode) -> dict[str, Any] | None:
        """The data of an operation whose root fields are all plain: what they ask is asked together.

        None if it is another, or anything is wrong: then one field is answered after another, which words the errors.
        """
        try:
            fields = kept_fields(context, operation, self._root, self._plain)
            if fields is None:
                return None
            shown: dict[str, Any] = {}
            projection = Projection(context)
            for field in fields:
                noted = self._plain[field.name]
                context.viewer.require(noted.read)
                value = await noted.function(context, **field.given(context))
                projection.value(value, field.type_, field, shown, field.key)
            context.snapshot = not projection.single
            async with context:
                await projection.finish()
            if projection.failed:
                return None
        except Exception as error:
            if timed_out(error):
                raise
            return None
        return shown

    async def _field(self, context: Context, asked: Asked) -> tuple[Any, list[GraphQLError]]:
        selected = asked.selected
        context.failures.clear()
        try:
            value = await self._answers[selected.name](context, asked)
            if value is None and is_non_null_type(asked.type) and not context.failures:
                raise GraphQLError(NULL_REFUSED)
        except Exception as error:  # noqa: BLE001 - it becomes an error of this field
            extensions = getattr(error, "extensions", None)
            return None, [
                GraphQLError(
                    str(error), selected.nodes, path=[selected.key], original_error=error, extensions=extensions
                )
            ]
        return value, [failure.located() for failure in context.failures]


def read_signature(function: Callable[..., Any]) -> tuple[Any, dict[str, tuple[Any, Any]]]:
    """What a root function returns, and its arguments but the context: annotation and default by name."""
    signature = inspect.signature(function)
    arguments = {
        name: (parameter.annotation, parameter.default)
        for name, parameter in signature.parameters.items()
        if name != "context"
    }
    return signature.return_annotation, arguments
