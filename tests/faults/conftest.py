"""Fixtures of the tests of faults: databases and servers that may be killed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import KINDS, POSTGRES, _fresh_postgres_url
from tests.live import Place, place_of_its_own


@pytest.fixture(params=KINDS)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A fresh database, for servers in processes of their own."""
    url = _fresh_postgres_url() if request.param == "postgresql" else None
    async with place_of_its_own(tmp_path, url) as found:
        yield found


@pytest.fixture
async def postgresql(tmp_path: Path) -> AsyncIterator[Place]:
    """The same, on PostgreSQL only."""
    if not POSTGRES:
        pytest.skip("QMS_TEST_POSTGRES_URL is not set")
    async with place_of_its_own(tmp_path, _fresh_postgres_url()) as found:
        yield found
