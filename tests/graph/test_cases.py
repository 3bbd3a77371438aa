"""The SQL of typical operations, for people to read in a review. QMS_UPDATE_SNAPSHOTS=1 writes it anew."""

import os
from uuid import UUID

import pytest

from qms_graphql.base.access import system_viewer
from qms_graphql.graph.answers import Request
from qms_graphql.graph.explain import readable
from tests.conftest import START, Company
from tests.graph.data import invented
from tests.graph.operations import CASES, OPERATIONS, VARIABLES
from tests.graph.twin import Twin

UPDATE = bool(os.environ.get("QMS_UPDATE_SNAPSHOTS"))


def test_every_case_has_variables() -> None:
    assert set(VARIABLES) == set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_the_sql_is_as_it_was(company: Company, name: str) -> None:
    graph = company.installation.graph
    text, variables = OPERATIONS[name](Twin(invented(UUID(int=1), {}, seed=4), (), None, START))
    graph.documents.read(text).plans.clear()
    answer = await graph.answer(system_viewer(company.id), Request(text, variables))
    assert answer.errors == []
    (whole,) = graph.documents.read(text).plans.values()
    found = readable(whole.plan.sql) + ";\n"
    dialect = "sqlite" if company.installation.settings.on_sqlite else "postgresql"
    path = CASES / f"{name}.{dialect}.sql"
    if UPDATE:
        path.write_text(found)
    assert path.read_text() == found, (
        "The engine writes other SQL. If it should: QMS_UPDATE_SNAPSHOTS=1, and read the diff."
    )
