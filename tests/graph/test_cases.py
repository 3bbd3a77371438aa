"""Answer and SQL of typical operations, for people to read in a review. QMS_UPDATE_SNAPSHOTS=1 writes them anew."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from qms_graphql.base.access import ActorKind, system_viewer
from qms_graphql.graph.running.answers import Request
from qms_graphql.graph.running.explain import readable
from tests.conftest import START, Company
from tests.graph.data import fixed, put
from tests.graph.observe import as_it_was, statements
from tests.graph.operations import CASES, OPERATIONS, VARIABLES
from tests.graph.twin import Twin


def test_every_case_has_variables() -> None:
    assert set(VARIABLES) == set(OPERATIONS)


def busiest(twin: Twin) -> UUID:
    """The user with most to do, in a department that has something to do."""
    actions = twin.rows["action"]

    def work(user: dict[str, Any]) -> tuple[bool, int]:
        of_department = any(action["department_id"] == user["department_id"] for action in actions)
        return of_department, sum(action["owner_id"] == user["id"] for action in actions)

    return max(twin.rows["user"], key=work)["id"]


@pytest.fixture
async def filled(company: Company) -> tuple[Company, Twin]:
    """An organization whose rows are the same each time, on both databases."""
    rows = fixed(company.id)
    await put(company.installation.database, company.id, rows)
    return company, Twin(rows, ("feedback:others",), None, START)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_answer_and_sql_are_as_they_were(
    filled: tuple[Company, Twin], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    company, twin = filled
    viewer = replace(system_viewer(company.id), actor_kind=ActorKind.USER, actor_id=busiest(twin))
    text, variables = OPERATIONS[name](twin)
    with statements(monkeypatch) as seen:
        answer = await company.installation.graph.answer(viewer, Request(text, variables))
    assert answer.errors == []
    dialect = "sqlite" if company.installation.settings.on_sqlite else "postgresql"
    as_it_was(CASES / f"{name}.{dialect}.sql", "\n".join(readable(sql).rstrip() + ";\n" for sql in seen))
    as_it_was(CASES / f"{name}.json", json.dumps(answer.data, indent=1, ensure_ascii=False) + "\n")
