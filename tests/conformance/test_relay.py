"""Relay: its compiler on the agreed operations, its runtime on pages, refetches, mutations and a subscription."""

import shutil
from collections.abc import Callable
from pathlib import Path

from graphql import OperationDefinitionNode, OperationType, print_ast

from tests.conformance.conftest import FOLDER, Tool
from tests.house.places import ROOT

SUFFIX = {OperationType.QUERY: "Query", OperationType.MUTATION: "Mutation", OperationType.SUBSCRIPTION: "Subscription"}


def compiled(tool: Tool, folder: Path) -> Path:
    """Run relay-compiler on a folder; gives the file beside which its artifacts are."""
    shutil.copy(ROOT / "schema.graphql", folder)
    shutil.copy(FOLDER / "relay" / "relay.config.json", folder)
    (folder / "__generated__").mkdir()
    tool("relay-compiler", cwd=folder)
    return folder / "__generated__" / "artifacts.js"


def test_relay_pages_refetches_changes_and_follows(
    tool: Tool, passing: Callable[..., int], served: dict[str, str], tmp_path: Path
) -> None:
    shutil.copy(FOLDER / "relay" / "Customers.js", tmp_path)
    artifacts = compiled(tool, tmp_path)
    assert passing(FOLDER / "relay" / "relay.test.mjs", CONFORMANCE_RELAY=str(artifacts), **served) == 4


def test_the_agreed_operations_compile(tool: Tool, operations: list[OperationDefinitionNode], tmp_path: Path) -> None:
    for operation in operations:
        assert operation.name is not None
        module = operation.name.value
        # Relay wants an operation named after its module and its kind.
        text = print_ast(operation).replace(module, module + SUFFIX[operation.operation], 1)
        (tmp_path / f"{module}.js").write_text(f"graphql`\n{text}\n`;\n")
    artifacts = compiled(tool, tmp_path)
    assert len(list(artifacts.parent.glob("*.graphql.js"))) >= len(operations)
