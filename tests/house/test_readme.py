"""The README says what is so: its settings, its commands."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from qms_graphql.base.settings import Settings
from tests.house.places import ROOT

README = (ROOT / "README.md").read_text()
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line.strip()
]
ROWS = dict(re.findall(r"^\| `(QMS_\w+)` \| (.*?) \|", README, re.MULTILINE))


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    assert set(ROWS) == {f"QMS_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        shown = ROWS[f"QMS_{name.upper()}"].strip("`")
        assert shown == ("none" if field.default is None else str(field.default))


def test_no_variable_goes_undocumented() -> None:
    folders = ("src", "tests", "bench", ".ci", "ide/src")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".jsx", "")]
    built = {"ide_assets", "node_modules"}
    paths = [path for path in paths if path.is_file() and not built.intersection(path.parts)] + [ROOT / "Makefile"]
    used = {name for path in paths for name in re.findall(r"\bQMS_[A-Z_]*[A-Z]\b", path.read_text())}
    assert "QMS_DATABASE_URL" in used
    assert {name for name in used if f"`{name}" not in README} == set()


def test_the_make_targets_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"(?:^|`|=\d+ )make (\w+)", README, re.MULTILINE))
    assert {"demo", "test", "check"} <= named
    assert {name for name in named if not re.search(rf"^{name}:", makefile, re.MULTILINE)} == set()


def test_the_commands_run(tmp_path: Path) -> None:
    """In the order they stand there, on a fresh database; those that serve only have their options checked."""
    place = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "QMS_DATABASE_URL": f"sqlite:///{tmp_path / 'qms.db'}",
        "QMS_SECRET_FILE": str(tmp_path / "secret.key"),
    }
    ran = []
    for line in COMMANDS:
        if not line.startswith("qms "):
            continue
        _, *words = shlex.split(line)
        if words[0] in ("serve", "demo"):
            words.append("--help")
        program = Path(sys.executable).with_name("qms")
        found = subprocess.run([program, *words], env=place, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert found.returncode == 0, (line, found.stderr)
        ran.append(words[0])
        if words[:2] == ["token", "create"]:
            assert re.fullmatch(r"qms_[0-9a-f]{32}_[\w-]+", found.stdout.split()[-1])
    assert ran == ["migrate", "token", "verify", "serve"]
