"""What an operation costs, reckoned from its document and its page sizes before anything is executed.

The rules are those of the cost directives draft of the GraphQL Foundation's IBM proposal: an object costs its
``@cost(weight:)``, 1 unless said otherwise, a leaf nothing; a list multiplies what is selected of it by its size, which
``@listSize`` says how to find. The prices are derived from the schema, written into its SDL and used here: one source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
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
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
)

from qms_graphql.graph.declare import LIST_BOUND
from qms_graphql.graph.page import PAGE_CAP, PAGE_DEFAULT

ASSUMED_SIZE = 10
"""Items that a plain list is reckoned to have."""
MUTATION_WEIGHT = 10
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


class Costs:
    """Reckons the cost of operations."""

    def __init__(self, schema: GraphQLSchema, prices: Prices) -> None:
        self._schema = schema
        self._prices = prices

    def of(
        self,
        fragments: Mapping[str, FragmentDefinitionNode],
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> tuple[int, bool]:
        """The cost of an operation with these coerced variables; and whether it hangs on a list's length."""
        root = self._schema.get_root_type(operation.operation)
        assert root is not None  # noqa: S101 - validated
        reckoning = _Reckoning(self._schema, self._prices, fragments, variables)
        return reckoning.of(operation.selection_set, root, 1), reckoning.by_length


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
        below = 0
        if node.selection_set:
            inner = get_named_type(field.type)
            below = self.of(node.selection_set, inner, items, price.sized)
        if name in sized:
            return size * (price.weight + below)
        return price.weight + below if price.sized else items * (price.weight + below)

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
