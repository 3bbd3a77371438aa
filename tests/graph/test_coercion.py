"""Variables are coerced as graphql-core coerces them, whatever they are; what it refuses is left to it."""

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    OperationDefinitionNode,
    is_input_type,
    is_list_type,
    is_non_null_type,
    parse,
    type_from_ast,
)
from graphql.execution.values import VariableValues, get_variable_values
from hypothesis import given, settings
from hypothesis import strategies as st

from qms_graphql.graph.building.roots import core
from qms_graphql.graph.requests.coercion import Coercion
from qms_graphql.schema import build

SCHEMA = core(build()[0])
COERCION = Coercion(SCHEMA)
INPUTS = sorted(name for name, type_ in SCHEMA.type_map.items() if is_input_type(type_) and not name.startswith("__"))
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "Boolean": st.booleans(),
    "Int": st.integers(-(2**31), 2**31 - 1) | st.sampled_from([1.0, -0.0]),
    "Float": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6),
    "String": st.text(max_size=5),
    "ID": st.text(max_size=5) | st.integers(0, 9),
    "DateTime": st.sampled_from(["2026-03-01T08:00:00Z", "2026-03-01T08:00:00.5+02:00", "1999-12-31T23:59:59-11:30"]),
    "Decimal": st.sampled_from(["1", "-0.5", "1e3", 2, 2.5]),
    "JSON": st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=2)),
    "ExternalVersion": st.sampled_from(["2026-03-01T08:00:00Z", 7]),
}
JUNK = st.sampled_from(
    [None, True, 0, -1, 2**31, 1.5, float("inf"), "", "x", "2026-03-01T08:00:00", "NaN", [], [None], [1], {}, {"x": 1}]
)


_NAMED: dict[str, st.SearchStrategy[Any]] = {}


def fitting(type_: Any) -> st.SearchStrategy[Any]:
    """Values that mostly fit the type, with something that does not now and then."""
    if is_non_null_type(type_):
        return _fitting(type_.of_type)
    return st.none() | _fitting(type_)


def _fitting(type_: Any) -> st.SearchStrategy[Any]:
    if is_list_type(type_):
        found = st.lists(fitting(type_.of_type), max_size=2)
    elif type_.name in _NAMED:
        return _NAMED[type_.name]
    else:
        # Types contain themselves: the name is known before the strategy is.
        _NAMED[type_.name] = st.deferred(lambda: _NAMED[f"{type_.name}!"])
        found = _named(type_)
    once = st.integers(0, 19).flatmap(lambda chance: JUNK if chance == 0 else found)
    if not is_list_type(type_):
        _NAMED[f"{type_.name}!"] = once
    return once


def _named(type_: Any) -> st.SearchStrategy[Any]:
    if isinstance(type_, GraphQLEnumType):
        return st.sampled_from(sorted(type_.values))
    if not isinstance(type_, GraphQLInputObjectType):
        return SCALARS[type_.name]
    fields = {name: fitting(field.type) for name, field in type_.fields.items()}
    if type_.is_one_of:
        return st.sampled_from(sorted(fields)).flatmap(lambda name: st.fixed_dictionaries({name: fields[name]}))
    required = {name for name, field in type_.fields.items() if is_non_null_type(field.type)}
    # A few of the optional ones: all of them, in every filter within a filter, would be without end.
    some = st.lists(st.sampled_from(sorted(fields.keys() - required) or [""]), max_size=2, unique=True)
    return some.flatmap(
        lambda names: st.fixed_dictionaries(
            {name: fields[name] for name in fields if name in required or name in names}
        )
    )


def exactly(value: Any) -> Any:
    """A value with the types of all that is in it, whatever the order of its fields."""
    if isinstance(value, dict):
        return {name: exactly(item) for name, item in value.items()}
    return [exactly(item) for item in value] if isinstance(value, list) else (type(value), repr(value))


@pytest.mark.parametrize("name", INPUTS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_as_graphql_core_does(name: str, data: st.DataObject) -> None:
    spelled = data.draw(st.sampled_from([name, f"{name}!", f"[{name}]", f"[{name}!]!"]))
    (operation,) = parse(f"query($v: {spelled}) {{ __typename }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    type_ = operation.variable_definitions[0].type
    given_ = {"v": data.draw(fitting(type_from_ast(SCHEMA, type_)))} if data.draw(st.integers(0, 9)) else {}
    expected = get_variable_values(SCHEMA, operation.variable_definitions, given_)
    compiled = COERCION.variables(operation)
    assert compiled is not None
    found = compiled.coerced(given_)
    if isinstance(expected, VariableValues):
        # What is unusual may be left to graphql-core; what is not must be the same, in value and in type.
        assert found is None or exactly(found) == exactly(expected.coerced)
    else:
        assert found is None


def test_what_is_usual_is_not_left_to_graphql_core() -> None:
    (operation,) = parse("query($v: FeedbackFilter!) { __typename }").definitions
    assert isinstance(operation, OperationDefinitionNode)
    compiled = COERCION.variables(operation)
    value = {"text": {"eq": "x"}, "occurredAt": {"gte": "2026-03-01T08:00:00Z"}, "status": {"in": ["RECEIVED"]}}
    assert compiled is not None
    assert compiled.coerced({"v": value}) is not None
