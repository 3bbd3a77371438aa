"""What is wrong with the variables of a request, each complaint with the path of the input field it is about."""

import json
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
from graphql.pyutils import inspect

from qms_graphql.base.errors import ErrorCode

MOST_COMPLAINTS = 20
_MOST_SPELLED = 60
"""Characters of a value that a complaint repeats."""
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

        for sentence, path in _wrong(value, type_)[:MOST_COMPLAINTS]:
            missing = _FIELD.search(sentence)
            field = [name, *map(str, path), *([missing[1]] if missing else [])]
            found.append(_complaint(f"${name}: {_worded(sentence, _at(value, path))}", field, definition))
    return found[:MOST_COMPLAINTS]


def _wrong(value: Any, type_: GraphQLInputType) -> list[tuple[str, list[str | int]]]:
    """What is wrong with a value, in graphql-core's sentences, each with its path."""
    found: list[tuple[str, list[str | int]]] = []
    validate_input_value(value, type_, lambda error, path: found.append((error.message, path)), hide_suggestions=True)
    return found


def unstorable_text(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> list[GraphQLError]:
    """Complaints about text that no record can hold, so that nothing can be looked up by it: a NUL character in it."""
    if not _holds_nul(given):
        return []
    nodes = {definition.variable.name.value: definition for definition in operation.variable_definitions or ()}
    wrong = "Text must not contain NUL characters."
    found = [_complaint(wrong, list(path), nodes.get(path[0])) for path in _with_nul(given, ())]
    return found[:MOST_COMPLAINTS]


def _at(value: Any, path: Sequence[str | int]) -> Any:
    """What stands at a path of a value."""
    for key in path:
        value = value[key]
    return value


def _worded(sentence: str, value: Any) -> str:
    """graphql-core's sentence about a value, which it spells as Python would, and as JSON does here.

    What has parts is not repeated: it may be a whole row, with all that is said of a person in it.
    """
    if value is Undefined:
        return sentence
    if value is None:
        return sentence.replace("not to be None", "not to be null")
    shown = inspect(value)
    if isinstance(value, dict | list):
        kind = "an object" if isinstance(value, dict) else "a list"
        return sentence.replace(f", found: {shown}.", ".").replace(shown, kind)
    spelled = json.dumps(value, ensure_ascii=False)
    return sentence.replace(shown, spelled if len(spelled) <= _MOST_SPELLED else f"{spelled[:_MOST_SPELLED]}…")


def _complaint(message: str, field: list[str], node: Any) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": ErrorCode.BAD_USER_INPUT.value, "field": field})


def _holds_nul(value: Any) -> bool:
    """Whether there is such text: asked of each request, so without the paths."""
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return False
    return any(map(_holds_nul, value))


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
