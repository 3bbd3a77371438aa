"""Answer and SQL of typical operations, for people to read in a review. QMS_UPDATE_SNAPSHOTS=1 writes them anew."""

import json
import os
import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from qms_graphql.base.access import ActorKind, system_viewer
from qms_graphql.graph.answers import Request
from tests.conftest import START, Company
from tests.graph.data import fixed, put
from tests.graph.observe import statements
from tests.graph.operations import CASES, OPERATIONS, VARIABLES
from tests.graph.twin import Twin

UPDATE = bool(os.environ.get("QMS_UPDATE_SNAPSHOTS"))
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\(|\)|\b(?:SELECT|FROM|WHERE|ORDER BY|LIMIT)\b|[^'\"()\s]+|\s+")
_CLAUSES = ("SELECT", "FROM", "WHERE", "ORDER BY", "LIMIT")


def pretty(sql: str) -> str:
    """One clause on a line, indented by the sub-selects around it."""
    lines, line, opened = [], "", []
    for token in _TOKEN.findall(sql):
        if token in _CLAUSES and (token == "SELECT" or (opened and opened[-1]) or not opened):
            if token == "SELECT" and opened:
                opened[-1] = True
            if line.strip():
                lines.append(line.rstrip())
            line = "  " * sum(opened) + token
        elif token.isspace():
            line += " "
        else:
            if token == "(":
                opened.append(False)
            elif token == ")" and opened:
                opened.pop()
            line += token
    return "\n".join([*lines, line.rstrip()]) + "\n"


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
    return company, Twin(rows, (), None, START)


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
    for path, found in (
        (CASES / f"{name}.{dialect}.sql", "\n".join(pretty(sql).rstrip() + ";\n" for sql in seen)),
        (CASES / f"{name}.json", json.dumps(answer.data, indent=1, ensure_ascii=False) + "\n"),
    ):
        if UPDATE:
            path.write_text(found)
        assert path.read_text() == found, "It is another one. If it should: QMS_UPDATE_SNAPSHOTS=1, and read the diff."
