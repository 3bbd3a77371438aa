"""The schema's text, as the tools of the trade read it: types for TypeScript, lint, and what would break clients."""

import json
import shutil
from pathlib import Path

import pytest
from graphql import DocumentNode, OperationDefinitionNode, print_ast

from tests.conformance.conftest import FOLDER, Tool
from tests.house.places import ROOT

SCHEMA = ROOT / "schema.graphql"
RELEASED = FOLDER / "released.graphql"
"""The schema that clients were written for: `schema.graphql` of the last release, copied when it was made."""

INTENDED: dict[str, str] = {}
"""Breaking changes since then that are meant, each with its reason: ``"FIELD_REMOVED Customer.fax": "why"``."""


@pytest.fixture
def place(packages: Path, operations: list[OperationDefinitionNode], tmp_path: Path) -> Path:
    """A folder as a frontend has one: the packages, the schema, the operations, and our configurations."""
    (tmp_path / "node_modules").symlink_to(packages)
    shutil.copy(SCHEMA, tmp_path)
    (tmp_path / "operations.graphql").write_text(print_ast(DocumentNode(definitions=tuple(operations))) + "\n")
    for configuration in ("codegen", "lint"):
        shutil.copytree(FOLDER / configuration, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_generated_types_compile_strictly(tool: Tool, place: Path) -> None:
    tool("graphql-codegen", "--config", "codegen.json", cwd=place)
    tool("tsc", "--project", ".", cwd=place)


def test_the_linter_has_nothing_to_say(tool: Tool, place: Path) -> None:
    tool("eslint", "--max-warnings=0", "schema.graphql", "operations.graphql", cwd=place)


def breaking(tool: Tool, before: Path, after: Path) -> set[str]:
    """The breaking changes from one schema to the other."""
    return set(json.loads(tool("node", FOLDER / "lint" / "breaking.mjs", before, after)))


def test_nothing_breaks_by_accident(tool: Tool) -> None:
    assert breaking(tool, RELEASED, SCHEMA) == set(INTENDED)
    assert all(INTENDED.values())


def test_what_breaks_clients_is_noticed(tool: Tool, tmp_path: Path) -> None:
    changed = tmp_path / "changed.graphql"
    text = SCHEMA.read_text()
    assert text.count("  me: User") == 1
    changed.write_text(text.replace("  me: User", "  myself: User").replace("enum Voice {", "enum Voice {\n  SHOUTED"))
    assert breaking(tool, SCHEMA, changed) == {"FIELD_REMOVED Query.me"}
