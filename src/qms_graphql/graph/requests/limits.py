"""What a document may ask for at most, found in one linear pass before anything expensive looks at it.

Fragments are measured once each, so a document that doubles itself by spreading fragments in fragments costs no more to
refuse than any other of its size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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

MOST_DEFINITIONS = 500
"""Operations and fragments of a document."""
MOST_FIELDS = 2000
"""Fields of an operation with its fragments written out."""
MOST_OBJECTS = 250
"""Those of them that have a selection of their own: each becomes a sub-select."""
MOST_ALIASES = 1000
"""Those of them that have another name in the answer."""
MOST_DIRECTIVES = 500
"""Directives on fields and fragments, fragments written out."""
MOST_LEVELS = 24
"""Levels of nesting; the deepest operation we know users to need has 9."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is selected."""

    fields: int = 0
    objects: int = 0
    aliases: int = 0
    directives: int = 0
    levels: int = 0

    def beside(self, other: "Extent") -> "Extent":
        """Both together. Numbers end where they are too much anyway."""
        return Extent(
            min(self.fields + other.fields, MOST_FIELDS + 1),
            min(self.objects + other.objects, MOST_OBJECTS + 1),
            min(self.aliases + other.aliases, MOST_ALIASES + 1),
            min(self.directives + other.directives, MOST_DIRECTIVES + 1),
            max(self.levels, other.levels),
        )


class _Measure:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Extent] = {}

    def of(self, selections: SelectionSetNode | None, level: int = 0) -> Extent:
        """The extent of a selection set. Stops early where it is too much anyway."""
        if level > 4 * MOST_LEVELS:
            return Extent(levels=level)
        found = Extent()
        for node in selections.selections if selections else ():
            found = found.beside(self._node(node, level))
        return found

    def _node(self, node: Any, level: int) -> Extent:
        own = Extent(directives=len(node.directives or ()))
        if isinstance(node, FragmentSpreadNode):
            return own.beside(self._fragment(node.name.value, level))
        inner = self.of(node.selection_set, level + 1)
        if not isinstance(node, FieldNode):
            return own.beside(inner)
        own = Extent(1, int(node.selection_set is not None), int(node.alias is not None), own.directives, 1)
        return replace(own.beside(inner), levels=inner.levels + 1)

    def _fragment(self, name: str, level: int) -> Extent:
        if name not in self._known:
            # A fragment in itself counts nothing here; validation refuses it.
            self._known[name] = Extent()
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set if fragment else None, level + 1)
        return self._known[name]


def check_extent(ast: DocumentNode) -> None:
    """Raise ``GraphQLError`` if the document has too many parts, or one of them selects too much."""
    if len(ast.definitions) > MOST_DEFINITIONS:
        raise GraphQLError(f"The document has more than {MOST_DEFINITIONS} operations and fragments.")
    fragments = {node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)}
    measure = _Measure(fragments)
    for node in ast.definitions:
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode):
            _check(measure.of(node.selection_set))


def _check(extent: Extent) -> None:
    for number, most, what in (
        (extent.fields, MOST_FIELDS, "fields"),
        (extent.objects, MOST_OBJECTS, "objects"),
        (extent.aliases, MOST_ALIASES, "aliases"),
        (extent.directives, MOST_DIRECTIVES, "directives"),
    ):
        if number > most:
            raise GraphQLError(f"The document selects more than {most} {what}, fragments written out.")
    if extent.levels > MOST_LEVELS:
        raise GraphQLError(f"The document is nested more than {MOST_LEVELS} levels deep.")
