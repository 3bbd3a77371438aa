"""Terminals: on a database in which nothing was done yet, on a migrated one, on an SQLite file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.conftest import KINDS, administer, drop_database, settings_for


@asynccontextmanager
async def _terminal(kind: str, folder: Path) -> AsyncIterator[Terminal]:
    """Somebody with an empty database, which is taken away at the end."""
    settings = settings_for(kind, folder)
    if not settings.on_sqlite:
        await administer(f'CREATE DATABASE "{settings.url.database}"')
    yield Terminal(settings)
    await drop_database(settings)


@pytest.fixture(scope="session", params=KINDS)
async def untouched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Terminal]:
    """A database in which nothing was done yet, for all tests: nothing may be done in it."""
    async with _terminal(request.param, tmp_path_factory.mktemp("untouched")) as terminal:
        yield terminal


@pytest.fixture(scope="session", params=KINDS)
async def ready(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Terminal]:
    """A migrated database for all tests: who writes takes an organization of a name that no other test has."""
    async with _terminal(request.param, tmp_path_factory.mktemp("ready")) as terminal:
        assert terminal.must("migrate") == ""
        yield terminal


@pytest.fixture
def embedded(tmp_path: Path) -> Terminal:
    """An SQLite file that is not there yet."""
    return Terminal(settings_for("sqlite", tmp_path))
