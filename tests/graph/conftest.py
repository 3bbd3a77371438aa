"""An organization with data for the tests that only read."""

import pytest

from tests.conftest import START, Company, Installation, found_company
from tests.graph.data import populate


@pytest.fixture(scope="package")
async def full(installation: Installation) -> Company:
    """An organization with data, which these tests only read."""
    installation.clock.set(START)
    company = await found_company(installation)
    await company.token("admin")
    await company.token("employee")
    await populate(company, seed=3)
    return company
