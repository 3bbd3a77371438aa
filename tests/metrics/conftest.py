"""What the tests of metrics share."""

import pytest

from tests.conftest import Company
from tests.metrics.shop import Shop, key


@pytest.fixture
async def shop(company: Company) -> Shop:
    """A company with a survey and three customers."""
    found = Shop(company)
    await found.survey()
    await found.sync(
        "customers",
        [
            {"ref": key("anna"), "name": "Anna", "kind": "PERSON", "segment": "SP", "country": "BR"},
            {"ref": key("bert"), "name": "Bert", "kind": "PERSON", "segment": "RJ", "country": "BR"},
            {"ref": key("cleo"), "name": "Cleo", "kind": "PERSON", "segment": "RJ", "country": "PT"},
        ],
    )
    return found
