"""What an operation asks for below a field: response keys in order, fragments and directives resolved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    is_abstract_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values

Selecting = FieldNode | OperationDefinitionNode
"""What selects fields: of its value, or of the root."""


@dataclass(slots=True)
class Selected:
    """One response key: the field nodes merged under it."""

    key: str
    name: str
    nodes: list[FieldNode]


@dataclass(slots=True)
class Selections:
    """Reads the selections of one operation with one set of variables."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues

    def object_type(self, name: str) -> GraphQLObjectType:
        """An object type of the schema."""
        found = self.schema.type_map[name]
        assert isinstance(found, GraphQLObjectType)  # noqa: S101
        return found

    def fields(self, nodes: Iterable[Selecting], type_: GraphQLObjectType) -> list[Selected]:
        """What is selected of an object of this type below these field nodes."""
        found: dict[str, Selected] = {}
        visited: set[str] = set()
        for node in nodes:
            if node.selection_set:
                self._visit(node.selection_set, type_, found, visited)
        return list(found.values())

    def arguments(self, selected: Selected, parent: GraphQLObjectType) -> dict[str, Any]:
        """The coerced arguments of a selected field."""
        return get_argument_values(parent.fields[selected.name], selected.nodes[0], self.variables)

    def _visit(
        self, selections: SelectionSetNode, type_: GraphQLObjectType, found: dict[str, Selected], visited: set[str]
    ) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                if key in found:
                    found[key].nodes.append(node)
                else:
                    found[key] = Selected(key, node.name.value, [node])
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._applies(node.type_condition.name.value, type_):
                    self._visit(node.selection_set, type_, found, visited)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                if node.name.value not in visited and self._applies(fragment.type_condition.name.value, type_):
                    visited.add(node.name.value)
                    self._visit(fragment.selection_set, type_, found, visited)

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        if skip and skip["if"] is True:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not include or include["if"] is not False

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        if condition == type_.name:
            return True
        named = self.schema.type_map[condition]
        return is_abstract_type(named) and self.schema.is_sub_type(named, type_)
