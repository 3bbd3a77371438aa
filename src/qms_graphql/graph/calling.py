"""Arguments for functions written in Python: from what graphql-core coerced to what their annotations say."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLField
from strawberry.types.arguments import convert_arguments

if TYPE_CHECKING:
    from qms_graphql.graph.context import Context


def python_arguments(context: "Context", field: GraphQLField, coerced: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments by their Python names: enumerations as members, inputs as their classes."""
    schema = context.engine.strawberry
    return convert_arguments(
        dict(coerced),
        field.extensions["strawberry-definition"].arguments,
        config=schema.config,
        scalar_registry=schema.schema_converter.scalar_registry,
    )
