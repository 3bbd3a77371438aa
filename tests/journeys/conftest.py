"""The stage on which the story of the demonstration is played in tests: over HTTP, on a set clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from qms_graphql.demo.chain import Chain
from tests.conftest import Company


class Stage:
    """A company and its clock."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def at(self, moment: datetime) -> None:
        """Set the clock."""
        self._company.installation.clock.set(moment)

    async def ask(self, who: str, text: str, variables: Mapping[str, Any]) -> Any:
        """What the API answers to somebody."""
        return await self._company.data(text, dict(variables), who=who)


@pytest.fixture
async def chain(company: Company) -> Chain:
    """The story, played to its end."""
    played = Chain(Stage(company))
    await played.play()
    return played
