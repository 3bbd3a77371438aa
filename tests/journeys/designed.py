"""The operations that the design promises to frontends, as they are written there."""

from pathlib import Path
from typing import Any

from graphql import (
    REMOVE,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    print_ast,
    visit,
)


class _Known(Visitor):
    """Takes out the fields that a schema does not have, and notes them."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self.missing: set[str] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        if self._types.get_field_def() is not None:
            return None
        self.missing.add(f"{self._types.get_parent_type()}.{node.name.value}")
        return REMOVE


def designed(shared: Path, graph: Any, file: str, name: str) -> tuple[str, set[str]]:
    """One operation of a file of the design, as far as the schema goes; and which fields it lacks."""
    document = parse((shared / "design" / "operations" / file).read_text())
    (found,) = [
        node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and node.name is not None and node.name.value == name
    ]
    assert not any(isinstance(node, FragmentDefinitionNode) for node in document.definitions)
    types = TypeInfo(graph.schema)
    known = _Known(types)
    return print_ast(visit(found, TypeInfoVisitor(types, known))), known.missing
