"""Fixtures of the tests of the edge."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Installation
from tests.live import served


@pytest.fixture(scope="session")
async def address(installation: Installation) -> AsyncIterator[str]:
    """Where the installation can be reached over real sockets."""
    async with served(installation.app) as where:
        yield where
