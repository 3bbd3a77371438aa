"""Clients of the JavaScript world, as they are, against a real server: what they do is told in `clients/*.test.mjs`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.conftest import FOLDER

PROGRAMS = sorted((FOLDER / "clients").glob("*.test.mjs"))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name.removesuffix(".test.mjs"))
def test_the_client_needs_no_workaround(program: Path, passing: Callable[..., int], served: dict[str, str]) -> None:
    assert passing(program, **served) > 0
