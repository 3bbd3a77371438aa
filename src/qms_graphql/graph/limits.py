"""What a document may ask for at most, found in one linear pass before anything expensive looks at it.

Fragments are measured once each, so a document that doubles itself by spreading fragments in fragments costs no more to
refuse than any other of its size.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

MOST_FIELDS = 2000
"""Fields of an operation with its fragments written out."""
MOST_OBJECTS = 250
"""Those of them that have a selection of their own: each becomes a sub-select."""
MOST_LEVELS = 24
"""Levels of nesting; the deepest operation we know users to need has 9."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is selected: fields in all, those with selections, and levels."""

    fields: int = 0
    objects: int = 0
    levels: int = 0


class _Measure:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Extent] = {}

    def of(self, selections: SelectionSetNode | None, level: int = 0) -> Extent:
        """The extent of a selection set. Stops early where it is too much anyway."""
        fields = objects = levels = 0
        if level > 4 * MOST_LEVELS:
            return Extent(levels=level)
        for node in selections.selections if selections else ():
            inner = self._node(node, level)
            fields += inner.fields
            objects += inner.objects
            levels = max(levels, inner.levels)
        return Extent(min(fields, MOST_FIELDS + 1), min(objects, MOST_OBJECTS + 1), levels)

    def _node(self, node: Any, level: int) -> Extent:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value, level)
        inner = self.of(node.selection_set, level + 1)
        if not isinstance(node, FieldNode):
            return inner
        return Extent(inner.fields + 1, inner.objects + (node.selection_set is not None), inner.levels + 1)

    def _fragment(self, name: str, level: int) -> Extent:
        if name not in self._known:
            # A fragment in itself counts nothing here; validation refuses it.
            self._known[name] = Extent()
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set if fragment else None, level + 1)
        return self._known[name]


def check_extent(ast: DocumentNode) -> None:
    """Raise ``GraphQLError`` if an operation of the document selects too much."""
    fragments = {node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)}
    measure = _Measure(fragments)
    for node in ast.definitions:
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode):
            extent = measure.of(node.selection_set)
            if extent.fields > MOST_FIELDS:
                raise GraphQLError(f"The document selects more than {MOST_FIELDS} fields, fragments written out.")
            if extent.objects > MOST_OBJECTS:
                raise GraphQLError(f"The document selects more than {MOST_OBJECTS} objects, fragments written out.")
            if extent.levels > MOST_LEVELS:
                raise GraphQLError(f"The document is nested more than {MOST_LEVELS} levels deep.")
