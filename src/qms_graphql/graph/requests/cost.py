"""What an operation costs, reckoned from its document and its page sizes before anything is executed.

The rules are those of the cost directives draft of the GraphQL Foundation's IBM proposal: an object costs its
``@cost(weight:)``, 1 unless said otherwise, a leaf nothing; a list multiplies what is selected of it by its size, which
``@listSize`` says how to find. The prices are derived from the schema, written into its SDL and used here: one source.

Two things are ours. An aliased leaf costs 1, because aliases can ask for the same leaf a thousand times. Introspection,
which is executed in Python, is priced by what the schema really has, and bounded by what tools need.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    VariableNode,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_introspection_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    parse,
)

from qms_graphql.base.errors import ErrorCode
from qms_graphql.graph.compiling.page import PAGE_CAP, PAGE_DEFAULT
from qms_graphql.graph.declare import LIST_BOUND

ASSUMED_SIZE = 10
"""Items that a plain list is reckoned to have."""
MUTATION_WEIGHT = 10
INTROSPECTION_WEIGHT = 10
"""Of an object of introspection: graphql-core resolves each by itself."""
_PAGED = ("edges", "nodes")
_BEYOND = 10**12
_META = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


@dataclass(frozen=True, slots=True)
class Price:
    """What a field costs: its weight, and how many items it gives."""

    weight: int
    assumed: int | None = None
    """Items where no argument says how many; None for what is no list and no page."""
    slicing: tuple[str, ...] = ()
    """The arguments that say how many; a path for a list inside an input."""
    sized: tuple[str, ...] = ()
    """Of a page: the fields below it that have so many items."""


class Prices:
    """The prices of a schema's fields."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._mutation = schema.mutation_type
        self._introspected = _introspected_sizes(schema)
        self._known: dict[tuple[str, str], Price] = {}

    def of(self, parent: GraphQLNamedType, name: str, field: GraphQLField) -> Price:
        """The price of one field."""
        key = (parent.name, name)
        if key not in self._known:
            self._known[key] = self._price(parent, name, field)
        return self._known[key]

    def _price(self, parent: GraphQLNamedType, name: str, field: GraphQLField) -> Price:
        declared = field.extensions.get("strawberry-definition")
        named = get_named_type(field.type)
        usual = MUTATION_WEIGHT if parent is self._mutation else int(not is_leaf_type(named))
        if is_introspection_type(parent) or name in _META:
            # Most types wrap no other one, so asking for it costs little.
            weight = 0 if is_leaf_type(named) else 1 if name == "ofType" else INTROSPECTION_WEIGHT
            return Price(weight, self._introspected.get(name) if weight else None)
        weight = declared.metadata.get("weight", usual) if declared is not None else usual
        if parent is self._mutation:
            items = getattr(get_named_type(field.args["input"].type), "fields", {}) if "input" in field.args else {}
            return Price(weight, 1, ("input.items",)) if "items" in items else Price(weight)
        if is_object_type(named) and (paged := tuple(key for key in _PAGED if key in named.fields)):
            slicing = tuple(key for key in ("first", "last") if key in field.args)
            return Price(weight, PAGE_DEFAULT, slicing, paged)
        if name in _PAGED and not field.args:
            # Its page says how many there are.
            return Price(weight)
        if is_list_type(get_nullable_type(field.type)) and not is_leaf_type(named):
            return Price(weight, ASSUMED_SIZE, tuple(key for key in ("first", "ids", "refs") if key in field.args))
        return Price(weight)


def _introspected_sizes(schema: GraphQLSchema) -> dict[str, int]:
    """How many items the lists of introspection have; where that differs from type to type, the mean, rounded up."""
    types = list(schema.type_map.values())
    fields = [field for type_ in types if not is_input_object_type(type_) for field in _fields(type_)]
    listed = {
        "fields": fields,
        "inputFields": [field for type_ in types if is_input_object_type(type_) for field in _fields(type_)],
        "interfaces": [face for type_ in types for face in getattr(type_, "interfaces", ())],
        "possibleTypes": [
            one for type_ in types if is_abstract_type(type_) for one in schema.get_possible_types(type_)
        ],
        "enumValues": [value for type_ in types if is_enum_type(type_) for value in type_.values],
    }
    sizes = {name: ceil(len(found) / len(types)) for name, found in listed.items()}
    arguments = sum(len(getattr(field, "args", ())) for field in fields)
    sizes |= {"types": len(types), "directives": len(schema.directives), "args": ceil(arguments / max(len(fields), 1))}
    # A single type is one that somebody chose: the largest have so many times the fields and arguments of the mean.
    return sizes | {"__type": 50}


def _fields(type_: GraphQLNamedType) -> list[Any]:
    return list(getattr(type_, "fields", {}).values())


class Costs:
    """Reckons the cost of operations."""

    def __init__(self, schema: GraphQLSchema, prices: Prices) -> None:
        self._schema = schema
        self._prices = prices
        self._most_introspection = self._full_introspection()

    def of(
        self,
        fragments: Mapping[str, FragmentDefinitionNode],
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> tuple[int, bool]:
        """The cost of an operation with these coerced variables; and whether it hangs on a list's length.

        Raises ``GraphQLError`` (TOO_COSTLY) if it introspects more than the query that tools send.
        """
        cost, reckoning = self._reckon(fragments, operation, variables)
        if reckoning.introspection > self._most_introspection:
            extensions = {
                "code": ErrorCode.TOO_COSTLY.value,
                "cost": reckoning.introspection,
                "limit": self._most_introspection,
            }
            raise GraphQLError("The operation introspects more than a full introspection does.", extensions=extensions)
        return cost, reckoning.by_length

    def _reckon(
        self,
        fragments: Mapping[str, FragmentDefinitionNode],
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> tuple[int, "_Reckoning"]:
        root = self._schema.get_root_type(operation.operation)
        assert root is not None  # noqa: S101 - validated
        reckoning = _Reckoning(self._schema, self._prices, fragments, variables)
        return reckoning.of(operation.selection_set, root, 1), reckoning

    def _full_introspection(self) -> int:
        """What the introspection query with all its options costs."""
        options = ("specified_by_url", "directive_is_repeatable", "schema_description", "input_value_deprecation")
        text = get_introspection_query(**dict.fromkeys(options, True))
        document = parse(text)
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
        return self._reckon(fragments, operation, {})[1].introspection


class _Reckoning:
    """One reckoning. What a fragment costs is found once, however often it is spread."""

    def __init__(
        self,
        schema: GraphQLSchema,
        prices: Prices,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._prices = prices
        self._fragments = fragments
        self._variables = variables
        self._known: dict[tuple[str, tuple[str, ...], int], int] = {}
        self.by_length = False
        self.introspection = 0
        """The part of the cost that is introspection."""

    def of(self, selections: SelectionSetNode, parent: GraphQLNamedType, size: int, sized: tuple[str, ...] = ()) -> int:
        """The cost of a selection set; its fields named in ``sized`` have ``size`` items."""
        total = 0
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                total += self._field(node, parent, size, sized)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._schema.type_map[condition.name.value] if condition else parent
                total += self.of(node.selection_set, inner, size, sized)
            elif isinstance(node, FragmentSpreadNode):
                total += self._fragment(node.name.value, size, sized)
        return min(total, _BEYOND)

    def _fragment(self, name: str, size: int, sized: tuple[str, ...]) -> int:
        key = (name, sized, size)
        if key not in self._known:
            fragment = self._fragments[name]
            inner = self._schema.type_map[fragment.type_condition.name.value]
            self._known[key] = self.of(fragment.selection_set, inner, size, sized)
        return self._known[key]

    def _field(self, node: FieldNode, parent: GraphQLNamedType, size: int, sized: tuple[str, ...]) -> int:
        name = node.name.value
        field = getattr(parent, "fields", {}).get(name) or _META.get(name)
        if field is None:
            return 0
        price = self._prices.of(parent, name, field)
        items = 1 if price.assumed is None else self._items(node, price)
        weight, below = price.weight, 0
        if node.selection_set:
            inner = get_named_type(field.type)
            below = self.of(node.selection_set, inner, items, price.sized)
        elif node.alias:
            weight = max(weight, INTROSPECTION_WEIGHT if is_introspection_type(parent) else 1)
        if name in sized:
            return size * (weight + below)
        cost = weight + below if price.sized else items * (weight + below)
        if name in _META:
            self.introspection += cost
        return cost

    def _items(self, node: FieldNode, price: Price) -> int:
        found = [
            size
            for path in price.slicing
            if (size := self._size(node.arguments or (), path.split("."), PAGE_CAP * LIST_BOUND)) is not None
        ]
        return max(found) if found else price.assumed or 0

    def _size(self, arguments: Sequence[Any], path: Sequence[str], most: int) -> int | None:
        """The number or the length that an argument (or what lies at a path in it) gives."""
        value: Any = next((item.value for item in arguments if item.name.value == path[0]), None)
        if isinstance(value, VariableNode):
            given: Any = self._variables.get(value.name.value)
            for step in path[1:]:
                given = given.get(step) if isinstance(given, Mapping) else None
            if isinstance(given, list):
                self.by_length = True
                return len(given)
            return min(max(given, 0), most) if isinstance(given, int) else None
        if isinstance(value, ObjectValueNode) and len(path) > 1:
            return self._size(value.fields, path[1:], most)
        if isinstance(value, ListValueNode):
            return len(value.values)
        return min(max(int(value.value), 0), most) if isinstance(value, IntValueNode) else None

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            kind = directive.name.value
            if kind in ("skip", "include") and directive.arguments:
                value = directive.arguments[0].value
                said = self._variables.get(value.name.value) if isinstance(value, VariableNode) else bool(value.value)
                if said is (kind == "skip"):
                    return False
        return True
