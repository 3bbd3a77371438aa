"""What the tests with real data share."""

from pathlib import Path

import pytest

from tests.conftest import Company, Installation, found_company
from tests.real.loader import AirportSurvey, Connector, Olist


@pytest.fixture(scope="session")
def olist(shared: Path) -> Olist:
    """Orders and reviews of a market place."""
    return Olist(shared / "data" / "olist")


@pytest.fixture(scope="session")
def airport(shared: Path) -> AirportSurvey:
    """The passengers' survey of an airport."""
    return AirportSurvey(shared / "data" / "sfo_survey")


@pytest.fixture(scope="module")
async def market(installation: Installation) -> Company:
    """One organization for all tests of this module: loading takes long."""
    return await found_company(installation)


async def connector_of(company: Company, system: str) -> Connector:
    """A client with a connector's token for one system."""
    return Connector(company.installation.http, "/graphql", await company.token(f"connector:{system}"))
