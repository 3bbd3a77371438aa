"""Variables coerced by functions compiled from the input types.

Valid variables give what graphql-core's ``get_variable_values`` gives, at a fraction of its cost, which counts in
batches of a thousand rows. Anything unusual is left to graphql-core; its complaints are what clients see, in the words
of `variables.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values
from graphql.utilities.coerce_input_value import coerce_default_value

Coerce = Callable[[Any], Any]


class Unusual(Exception):
    """The value does not fit, or not in the plain way; graphql-core decides."""


@dataclass(frozen=True, slots=True)
class _Variable:
    """One variable of an operation."""

    name: str
    signature: GraphQLVariableSignature
    coerce: Coerce
    required: bool
    default: Any
    """Its coerced default value, or Undefined."""


class Variables:
    """How the variables of one operation are coerced."""

    def __init__(self, variables: Sequence[_Variable]) -> None:
        self._variables = variables

    def coerced(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The values by name, or None if graphql-core is to look at them."""
        values: dict[str, Any] = {}
        for variable in self._variables:
            value = given.get(variable.name, Undefined)
            if value is not Undefined:
                try:
                    values[variable.name] = variable.coerce(value)
                except Unusual:
                    return None
            elif variable.default is not Undefined:
                values[variable.name] = variable.default
            elif variable.required:
                return None
        return values

    def sources(self, given: Mapping[str, Any]) -> dict[str, VariableValueSource]:
        """Where the values come from, as graphql-core notes it."""
        return {
            variable.name: VariableValueSource(variable.signature, given.get(variable.name, Undefined))
            for variable in self._variables
        }


class Coercion:
    """The compiled coercions of a schema's input types."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._inner: dict[str, Coerce] = {}

    def variables(self, operation: OperationDefinitionNode) -> Variables | None:
        """The coercion of an operation's variables, or None if it is left to graphql-core."""
        found: list[_Variable] = []
        for definition in operation.variable_definitions or ():
            signature = get_variable_signature(self._schema, definition)
            if isinstance(signature, GraphQLError):
                return None
            default: Any = Undefined
            if definition.default_value is not None:
                alone = get_variable_values(self._schema, [definition], {})
                if not isinstance(alone, VariableValues):
                    return None
                default = alone.coerced[signature.name]
            required = is_non_null_type(signature.type)
            found.append(_Variable(signature.name, signature, self.compiled(signature.type), required, default))
        return Variables(found)

    def compiled(self, type_: GraphQLInputType) -> Coerce:
        """The coercion of a type, with its nullability and lists."""
        if is_non_null_type(type_):
            return _required(self._nullable(type_.of_type))
        inner = self._nullable(type_)
        return lambda value: None if value is None else inner(value)

    def _nullable(self, type_: Any) -> Coerce:
        """The coercion of values that are not null."""
        if is_list_type(type_):
            return _list(self.compiled(type_.of_type))
        name = type_.name
        if name not in self._inner:
            # Types may contain themselves: the name is known before the coercion is.
            self._inner[name] = lambda value: self._inner[name](value)
            self._inner[name] = self._named(type_)
        return self._inner[name]

    def _named(self, type_: Any) -> Coerce:
        if isinstance(type_, GraphQLInputObjectType):
            return self._object(type_)
        if isinstance(type_, GraphQLEnumType):
            return _enum(type_)
        if type_.name in ("String", "ID"):
            return _text
        return _scalar(type_.coerce_input_value)

    def _object(self, type_: GraphQLInputObjectType) -> Coerce:
        one_of = type_.is_one_of
        fields = {name: self.compiled(field.type) for name, field in type_.fields.items()}
        names = {name: field.out_name or name for name, field in type_.fields.items()}
        required = [name for name, field in type_.fields.items() if is_required_input_field(field)]
        defaults = {
            name: default
            for name, field in type_.fields.items()
            if (default := coerce_default_value(field)) is not Undefined
        }

        def coerce(value: Any) -> Any:
            if type(value) is not dict or (one_of and (len(value) != 1 or None in value.values())):
                raise Unusual
            try:
                coerced = {names[name]: fields[name](item) for name, item in value.items()}
            except KeyError:
                raise Unusual from None
            for name in required:
                if name not in value:
                    raise Unusual
            for name, default in defaults.items():
                if name not in value:
                    coerced[names[name]] = default
            return coerced

        return coerce


def _required(inner: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:
        if value is None:
            raise Unusual
        return inner(value)

    return coerce


def _list(item: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:
        if type(value) is not list:
            raise Unusual
        return [item(one) for one in value]

    return coerce


def _enum(type_: GraphQLEnumType) -> Coerce:
    members = {name: type_.coerce_input_value(name) for name in type_.values}

    def coerce(value: Any) -> Any:
        try:
            return members[value]
        except (KeyError, TypeError):
            raise Unusual from None

    return coerce


def _text(value: Any) -> Any:
    if type(value) is not str:
        raise Unusual
    return value


def _scalar(coerce_input_value: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:
        try:
            return coerce_input_value(value)
        except Exception:  # noqa: BLE001 - a scalar may refuse in any way; graphql-core words the error
            raise Unusual from None

    return coerce
