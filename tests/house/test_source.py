"""House rules that are read off the source."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.house.places import CODE, PACKAGE, ROOT, SOURCES, room, shown, tree

MOST_LINES = 400
MOST_FUNCTION_LINES = 60
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "service", "handler", "processor"}
RULES = [path for path in SOURCES if path.name == "rules.py"]

ESCAPES = {"type: ignore": 43, "noqa": 48, "fmt: skip": 5, "fmt: off": 0, "pragma": 0}
"""How often the source may switch a check off. Lower it when one goes; raise it only with a reason in the review."""


def test_the_walk_finds_the_source() -> None:
    assert {room(path) for path in SOURCES} >= {
        "base",
        "graph",
        "people",
        "customers",
        "feedback",
        "schema",
        "app",
        "cli",
    }
    assert len(RULES) >= 4


@pytest.mark.parametrize("path", CODE, ids=shown)
def test_files_and_functions_stay_short(path: Path) -> None:
    if "versions" not in path.parts:
        assert len(path.read_text().splitlines()) <= MOST_LINES
        functions = [n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        long = {
            f.name: length for f in functions if (length := (f.end_lineno or 0) - f.lineno + 1) > MOST_FUNCTION_LINES
        }
        assert long == {}


def test_no_module_or_class_has_a_vague_name() -> None:
    vague = []
    for path in CODE:
        names = [part.removesuffix(".py") for part in path.relative_to(ROOT).parts]
        names += [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
        for name in names:
            last = (re.findall(r"[A-Z]?[a-z]+", name) or [name])[-1]
            if last.lower() in VAGUE:
                vague.append(f"{shown(path)}: {name}")
    assert vague == []


def test_imports_point_downwards() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


_SQL = re.compile(r"\s*(SELECT .* FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|(CREATE|ALTER|DROP) [A-Z]+) ")


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", RULES, ids=shown)
def test_rules_know_no_database_no_clock_and_no_graph(path: Path) -> None:
    roots = {name.split(".")[0] for name in _imported(path)}
    assert roots & {"sqlalchemy", "strawberry", "graphql", "asyncpg", "aiosqlite", "starlette"} == set()
    assert {name for name in _imported(path) if name.startswith("qms_graphql.base.clock")} == set()
    source = path.read_text()
    assert "now(" not in source
    assert "today(" not in source


def _sql_in(path: Path) -> list[str]:
    """Where a file spells SQL instead of building it."""
    found = [name for name in _imported(path) if name in ("sqlalchemy.text", "sqlalchemy.sql.text")]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr == "exec_driver_sql":
            found.append(f"line {node.lineno}: {node.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "literal_column":
            given = node.args[0]
            # A number (typed as one), a name or a quoted word is no SQL yet.
            if len(node.args) == 1 and not (
                isinstance(given, ast.Constant) and re.fullmatch(r"[\w.]+|'[\w-]*'", str(given.value))
            ):
                found.append(f"line {node.lineno}: literal_column")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.match(node.value):
            found.append(f"line {node.lineno}: {node.value[:40]!r}")
    return found


def test_sql_is_spelled_only_in_base_and_graph() -> None:
    spelled = {shown(path): _sql_in(path) for path in SOURCES}
    assert any(spelled[shown(PACKAGE / "base" / name)] for name in ("migration.py", "database.py")), (
        "the search finds none"
    )
    outside = {path: found for path, found in spelled.items() if found and path.split("/")[2] not in ("base", "graph")}
    assert outside == {}


def test_every_escape_is_counted_and_named() -> None:
    counted: Counter[str] = Counter()
    unnamed = []
    for path in SOURCES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            comment = line.partition("#")[2]
            counted.update(kind for kind in ESCAPES if f"# {kind}" in line or kind in comment)
            if re.search(r"# noqa(?!: [A-Z]+\d+)|# type: ignore(?!\[[a-z-]+)", line):
                unnamed.append(f"{shown(path)}:{number}")
    assert unnamed == []
    assert {kind: counted[kind] for kind in ESCAPES if counted[kind] > ESCAPES[kind]} == {}


def test_nothing_is_left_to_do() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    assert [shown(path) for path in CODE if marks.search(path.read_text())] == []
