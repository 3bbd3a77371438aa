"""What is wrong with the variables of a request, each complaint with the path of the input field it is about."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    type_from_ast,
    validate_input_value,
)

from qms_graphql.base.errors import ErrorCode

MOST_COMPLAINTS = 20
# graphql-core names the object that lacks a field or has one too many, and the field itself only in the sentence.
_FIELD = re.compile(r"(?:required|unknown) field '(\w+)'")


def complaints(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> list[GraphQLError]:
    """The first errors of the variables; each says the field as ``["input", "items", "3", "occurredAt"]``."""
    found: list[GraphQLError] = []
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        type_: GraphQLInputType | None = type_from_ast(schema, definition.type)  # type: ignore[assignment]
        value = given.get(name, Undefined)
        if type_ is None or (value is Undefined and definition.default_value is not None):
            continue

        def note(error: GraphQLError, path: Sequence[str | int], name: str = name, node: Any = definition) -> None:
            missing = _FIELD.search(error.message)
            field = [name, *map(str, path), *([missing[1]] if missing else [])]
            found.append(_complaint(f"${name}: {error.message}", field, node))

        validate_input_value(value, type_, note, hide_suggestions=True)
    return found[:MOST_COMPLAINTS]


def unstorable_text(given: Mapping[str, Any]) -> list[GraphQLError]:
    """Complaints about text that no record can hold, so that nothing can be looked up by it: a NUL character in it."""
    found = [_complaint("Text must not contain NUL characters.", list(path), None) for path in _with_nul(given, ())]
    return found[:MOST_COMPLAINTS]


def _complaint(message: str, field: list[str], node: Any) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": ErrorCode.BAD_USER_INPUT.value, "field": field})


def _with_nul(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, str):
        if "\x00" in value:
            yield path
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _with_nul(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _with_nul(inner, (*path, str(index)))
