"""The graph of this package's schema, over an organization full of data."""

import pytest

from qms_graphql.graph.running.execution import Graph
from tests.conftest import START, Installation, found_company
from tests.graph.data import invented, populate, put
from tests.graph.own.built import ROOTS, SCHEMA, Own
from tests.graph.plain import dump


@pytest.fixture(scope="package")
async def own(installation: Installation) -> Own:
    """The graph of this package's schema."""
    installation.clock.set(START)
    company = await found_company(installation)
    await company.token("admin")
    await populate(company, seed=7)
    known = await dump(installation.database, company.id)
    rows = invented(company.id, known, seed=8, at_least=30)
    for number, action in enumerate(rows["action"]):
        # Of the columns of a link to one of several types at most one is filled: of each sometimes.
        filled = [name for name in ("risk_id", "feedback_id", "customer_id") if action[name] is not None]
        action |= dict.fromkeys(name for place, name in enumerate(filled) if place != number % len(filled))
        if action["risk_id"] is not None:
            action["requirement_id"] = None
    await put(installation.database, company.id, rows)
    graph = Graph(SCHEMA, ROOTS, installation.database, installation.clock, installation.secrets, None)
    return Own(graph, company, await dump(installation.database, company.id))
