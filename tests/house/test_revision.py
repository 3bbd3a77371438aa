"""`make revision` writes one migration, or nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.places import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The product and its migrations, for a test to write in."""
    for folder in ("src", "migrations"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def revise(place: Path, *given: str, before: tuple[Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    """What the script says there; modules of the folders ``before`` go before those that are installed."""
    paths = os.pathsep.join(map(str, (*before, place / "src")))
    return subprocess.run(
        [sys.executable, str(place / "migrations" / "revise.py"), *given],
        capture_output=True,
        text=True,
        check=False,
        cwd=place,
        env=os.environ | {"PYTHONPATH": paths},
    )


def versions(place: Path) -> set[str]:
    """The migrations that are there."""
    return {path.name for path in (place / "migrations" / "versions").glob("*.py")}


def test_a_migration_is_written_with_the_next_number(copy: Path) -> None:
    before = versions(copy)
    said = revise(copy, "nothing changes")
    assert said.returncode == 0, said.stderr
    assert versions(copy) - before == {f"{len(before) + 1:04d}_nothing_changes.py"}


def test_nothing_is_left_where_it_cannot_be_formatted(copy: Path) -> None:
    before, broken = versions(copy), copy / "broken"
    broken.mkdir()
    (broken / "ruff.py").write_text("raise SystemExit(3)\n")
    said = revise(copy, "nothing changes", before=(broken,))
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1].startswith("Nothing was written: ")
    assert "Traceback" not in said.stderr
    assert versions(copy) == before


@pytest.mark.parametrize("given", [(), ("",), (" ",)])
def test_a_migration_says_what_changes(copy: Path, given: tuple[str, ...]) -> None:
    before = versions(copy)
    said = revise(copy, *given)
    assert (said.returncode, said.stderr) == (1, 'Say what changes: make revision NAME="brand of a product"\n')
    assert versions(copy) == before


def test_what_it_needs_is_installed_first() -> None:
    rules = (ROOT / "Makefile").read_text().splitlines()
    assert [line.partition("##")[0].strip() for line in rules if line.startswith("revision:")] == ["revision: $(TOOLS)"]
