"""Other people's clients and tools: their npm packages, a server process for them, and how their programs are run."""

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from graphql import DocumentNode, OperationDefinitionNode, build_schema, parse, validate

from tests.conftest import SHARED
from tests.house.places import ROOT
from tests.live import place_of_its_own, server_process

FOLDER = Path(__file__).parent
PACKAGES = FOLDER / "node_modules"
INSTALL = (
    "npm", "install", "--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000",
    "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error",
)  # fmt: skip
MISSING = "npm could not install the packages of tests/conformance"
OLDEST_NODE = 20
INSTALLING = 300.0
"""Seconds that npm may take; with a network it takes a fifteenth of that."""
PATIENCE = 120.0
"""Seconds after which a program is ended: nothing here takes a quarter of that."""

Tool = Callable[..., str]


@pytest.fixture(scope="session")
def packages() -> Path:
    """The npm packages, installed when package.json changed. Where that cannot be done, the tests are skipped.

    `.ci/run` knows the reason, and does not take it.
    """
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip().lstrip("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"{MISSING}: node is {version.strip()}, older than {OLDEST_NODE}")
    wanted, installed = (FOLDER / "package.json").read_bytes(), PACKAGES / ".installed"
    if not installed.is_file() or installed.read_bytes() != wanted:
        try:
            subprocess.run(INSTALL, cwd=FOLDER, capture_output=True, text=True, timeout=INSTALLING, check=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"{MISSING}: {error.stderr or error}"[:300])
        installed.write_bytes(wanted)
    return PACKAGES


@pytest.fixture(scope="session")
def tool(packages: Path) -> Tool:
    """Run node, or the program of a package, which must succeed; gives what it printed."""

    def run(name: str, *arguments: str | Path, cwd: Path = FOLDER, **environment: str) -> str:
        program = name if name == "node" else str(packages / ".bin" / name)
        done = subprocess.run(
            [program, *map(str, arguments)], cwd=cwd, env=os.environ | {"NO_COLOR": "1"} | environment,
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{name} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


@pytest.fixture(scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, str]]:
    """`qms serve` on a migrated SQLite database of its own: its address, an administrator's token."""
    async with (
        place_of_its_own(tmp_path_factory.mktemp("conformance"), None) as place,
        server_process(place.settings) as server,
    ):
        yield {
            "CONFORMANCE_URL": f"http://{server.address}/graphql",
            "CONFORMANCE_TOKEN": place.tokens["admin"],
        }


@pytest.fixture(scope="session")
def passing(tool: Tool) -> Callable[..., int]:
    """Run a program of node's tests; all of them must run and pass. Gives how many there are."""

    def run(program: Path, **environment: str) -> int:
        told = tool("node", "--test", "--test-timeout=60000", "--test-reporter=tap", program, **environment)
        counts = {name: int(count) for name, count in re.findall(r"^# (\w+) (\d+)$", told, re.MULTILINE)}
        assert counts["pass"] == counts["tests"] > 0, told
        return counts["pass"]

    return run


@pytest.fixture(scope="session")
def operations() -> list[OperationDefinitionNode]:
    """The agreed operations that today's types allow: our copy, and what else was agreed, if that is at hand."""
    schema = build_schema((ROOT / "schema.graphql").read_text())
    files = [FOLDER / "operations.graphql", *sorted((SHARED / "design" / "operations").glob("*.graphql"))]
    found: dict[str, OperationDefinitionNode] = {}
    for path in files:
        for definition in parse(path.read_text(), no_location=True).definitions:
            assert isinstance(definition, OperationDefinitionNode)
            assert definition.name is not None
            if validate(schema, DocumentNode(definitions=(definition,))):
                assert path.parent != FOLDER, f"{definition.name.value} does not fit the schema any more"
            elif found.setdefault(definition.name.value, definition) != definition:
                raise AssertionError(f"{definition.name.value} was agreed otherwise: mend operations.graphql")
    return list(found.values())
