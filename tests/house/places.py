"""Where the house's source is, read once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "qms_graphql"
SOURCES = sorted(PACKAGE.rglob("*.py"))
CODE = sorted(
    path
    for folder in ("src", "tests", "bench", "migrations")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of a file."""
    return ast.parse(path.read_text(), str(path))


def shown(path: Path) -> str:
    """A file's path as people say it."""
    return path.relative_to(ROOT).as_posix()


def room(path: Path) -> str:
    """The room a source file of the package is in."""
    return path.relative_to(PACKAGE).parts[0]
