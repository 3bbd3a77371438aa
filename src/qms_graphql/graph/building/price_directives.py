"""The prices of the schema's fields as directives in its SDL: ``@cost`` and ``@listSize``."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDirective,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    ObjectTypeDefinitionNode,
    get_named_type,
    is_leaf_type,
    parse,
)

from qms_graphql.graph.requests.cost import Prices

_NAMES = GraphQLList(GraphQLNonNull(GraphQLString))
COST = GraphQLDirective(
    "cost",
    [DirectiveLocation.FIELD_DEFINITION],
    {"weight": GraphQLArgument(GraphQLNonNull(GraphQLString), description="What one item of the field costs.")},
    description="What a field costs. Without it an object costs 1 and a leaf nothing.",
)
LIST_SIZE = GraphQLDirective(
    "listSize",
    [DirectiveLocation.FIELD_DEFINITION],
    {
        "assumedSize": GraphQLArgument(GraphQLInt, description="Items to reckon with if nothing says how many."),
        "slicingArguments": GraphQLArgument(_NAMES, description="Arguments that say how many items there are at most."),
        "sizedFields": GraphQLArgument(_NAMES, description="Of a page: the fields below it that have so many items."),
        "requireOneSlicingArgument": GraphQLArgument(
            GraphQLBoolean, default_value=True, description="Whether one of the arguments must be given."
        ),
    },
    description="How many items a list has, by which the cost of what is selected of them is multiplied.",
)


def priced(sdl: str, schema: GraphQLSchema) -> str:
    """The SDL with the prices of all fields written into it, each behind its field."""
    prices, pieces, written = Prices(schema), [], 0
    for definition in parse(sdl).definitions:
        if not isinstance(definition, ObjectTypeDefinitionNode):
            continue
        parent: Any = schema.type_map[definition.name.value]
        for field in definition.fields or ():
            assert field.loc is not None  # noqa: S101 - parsed with locations
            pieces += [sdl[written : field.loc.end], *_noted(field.name.value, parent, prices)]
            written = field.loc.end
    return "".join([*pieces, sdl[written:]])


def _noted(name: str, parent: Any, prices: Prices) -> Iterator[str]:
    declared = parent.fields[name]
    price = prices.of(parent, name, declared)
    if price.weight != int(not is_leaf_type(get_named_type(declared.type))):
        yield f' @cost(weight: "{price.weight}")'
    if price.assumed is not None:
        arguments = [f"assumedSize: {price.assumed}"]
        for key, names in (("slicingArguments", price.slicing), ("sizedFields", price.sized)):
            if names:
                arguments.append(f"{key}: [{', '.join(map(_quoted, names))}]")
        if price.slicing:
            arguments.append("requireOneSlicingArgument: false")
        yield f" @listSize({', '.join(arguments)})"


def _quoted(name: str) -> str:
    return f'"{name}"'
