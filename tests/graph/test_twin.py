"""The engine against its naive twin, and SQLite against PostgreSQL: the same answer, whatever is asked."""

import os
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import insert

from qms_graphql.base.access import PERMISSIONS, Role, system_viewer
from qms_graphql.base.model import Organization
from qms_graphql.base.visibility import is_made_for_others
from qms_graphql.graph.compiling.where import MOST_CONDITIONS
from qms_graphql.graph.declare import SqlField
from qms_graphql.graph.requests.limits import MOST_OBJECTS
from qms_graphql.graph.running.answers import Request
from tests.conftest import START, Company, Installation, found_company
from tests.graph.computed import COMPUTED, VISIBLE
from tests.graph.data import invented, populate, put
from tests.graph.generate import Generator, Query
from tests.graph.operations import COMPUTED as COMPUTED_BY_PYTHON
from tests.graph.operations import OPERATIONS
from tests.graph.plain import Dump, declarations, dump
from tests.graph.twin import Twin

GENERATED = int(os.environ.get("QMS_TEST_GENERATED", "100"))
"""How many generated queries there are for each database."""
ALIKE = max(1, GENERATED * 2 // 5)
"""How many further ones both databases are asked."""
BATCH = 25
VIEWERS = ["admin", "admin", "complaint_handler", "department_head", "employee", "connector:shop"]
DEEPEST = {"sqlite": 3, "postgresql": 5}
"""How many links may follow each other in a generated query."""
TOO_DEEP = "The selection is nested too deeply for the embedded database; ask in two operations."
COMPARED = 0.85
"""The share of the generated queries that must not be refused by a limit."""
SAME_ID = UUID("00000000-0000-7000-8000-000000000001")


@dataclass
class World:
    """An organization full of data, and its twins by viewer."""

    company: Company
    rows: Dump
    twins: dict[str, Twin] = field(default_factory=dict)
    generated: int = 0
    skipped: int = 0
    """Of the generated ones, those that cost or ask too much, or that the embedded database found too deep."""

    @property
    def deepest(self) -> int:
        return DEEPEST["sqlite" if self.company.installation.settings.on_sqlite else "postgresql"]

    def twin(self, who: str) -> Twin:
        role = Role.CONNECTOR if who.startswith("connector:") else Role[who.upper()]
        if who not in self.twins:
            person = next((user["id"] for user in self.rows["user"] if user["name"] == who), None)
            self.twins[who] = Twin(self.rows, PERMISSIONS[role], person, START)
        return self.twins[who]

    async def check(self, query: Query, who: str, note: str = "") -> Any:
        """Ask both; return the answer they agree on."""
        return self.compare(query, who, await self.company.ask(query.text, query.variables, who=who), note)

    async def check_generated(self, seed: int, who: str) -> None:
        """Ask both what a seed generates; counts what cannot be compared."""
        query = Generator(self.twin(who), seed, deepest=self.deepest).query()
        answer = await self.company.ask(query.text, query.variables, who=who)
        self.generated += 1
        too_much = too_costly(answer) or too_wide(answer)
        if too_much or (self.company.installation.settings.on_sqlite and too_deep(answer)):
            self.skipped += 1
        else:
            self.compare(query, who, answer, f"seed {seed}")

    def compare(self, query: Query, who: str, answer: dict[str, Any], note: str) -> Any:
        """Hold an answer against the twin's; return it."""
        expected = self.twin(who).answer(query.text, query.variables)
        about = f"{note} as {who}\n{query.text}\n{query.variables}"
        assert "data" in answer, f"{answer}\n{about}"
        found_errors = {(tuple(error["path"]), error["extensions"]["code"]) for error in answer.get("errors", [])}
        wanted_errors = {
            (tuple(error.path or ()), (error.extensions or {}).get("code")) for error in expected.errors or []
        }
        assert found_errors == wanted_errors, f"{answer.get('errors')} != {expected.errors}\n{about}"
        assert answer["data"] == expected.data, f"{answer['data']}\n!=\n{expected.data}\n{about}"
        return answer


def too_deep(answer: dict[str, Any]) -> bool:
    """Whether the embedded database could not read the statement."""
    return any(error["message"] == TOO_DEEP for error in answer.get("errors", []))


def too_costly(answer: dict[str, Any]) -> bool:
    """Whether it was refused before it was executed, because of its price."""
    return any(error["extensions"]["code"] == "TOO_COSTLY" for error in answer.get("errors", []))


def too_wide(answer: dict[str, Any]) -> bool:
    """Whether it was refused for how much it asks for: conditions, which count once for each type of an interface, or
    objects, of which there are more with each type."""
    refusals = f"At most {MOST_CONDITIONS} conditions", f"The document selects more than {MOST_OBJECTS} objects"
    return any(error["message"].startswith(refusals) for error in answer.get("errors", []))


@pytest.fixture(scope="module")
async def world(installation: Installation) -> World:
    installation.clock.set(START)
    company = await found_company(installation)
    for who in VIEWERS:
        await company.token(who)
    await populate(company)
    known = await dump(installation.database, company.id)
    await put(installation.database, company.id, invented(company.id, known, seed=2))
    return World(company, await dump(installation.database, company.id))


def test_every_restricted_type_has_a_python_version() -> None:
    # An object made of columns of a row is seen with its row.
    nodes = [declared for declared in declarations().values() if declared.is_node]
    restricted = {declared.name for declared in nodes if hasattr(declared.model, "__visibility__")}
    assert restricted == set(VISIBLE)


def test_every_sql_field_has_a_python_version() -> None:
    computed = {
        (declared.name, item.name)
        for declared in declarations().values()
        for item in declared.fields.values()
        if isinstance(item, SqlField)
    }
    assert computed == set(COMPUTED)


def test_every_type_has_rows(world: World) -> None:
    assert {name for name, rows in world.rows.items() if len(rows) < 3} == set()


@pytest.mark.parametrize("start", range(0, GENERATED, BATCH))
async def test_generated_queries(world: World, start: int) -> None:
    for seed in range(start, min(start + BATCH, GENERATED)):
        who = VIEWERS[seed % len(VIEWERS)]
        await world.check_generated(seed, who)


def test_enough_of_them_were_compared(world: World) -> None:
    """After the tests above: their refusals must not hollow them out."""
    assert world.generated - world.skipped >= COMPARED * world.generated


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - set(COMPUTED_BY_PYTHON)))
async def test_handwritten_operations(world: World, name: str) -> None:
    for who in dict.fromkeys(VIEWERS):
        await world.check(Query(*OPERATIONS[name](world.twin("admin"))), who, name)


async def test_the_thread_leads_to_its_end(world: World) -> None:
    """Else the operation above would compare empty lists only."""
    found = await world.company.data(*OPERATIONS["golden_thread"](world.twin("admin")))
    ends = [
        evidence["customer"]
        for interaction in found["interactions"]["nodes"]
        for feedback in interaction["customer"]["parent"]["feedback"]["nodes"]
        for requirement in feedback["requirements"]
        for evidence in requirement["evidence"]
    ]
    assert any(ends)


@pytest.mark.parametrize(
    "declared",
    [d for d in declarations().values() if d.is_node and not is_made_for_others(d.model)],
    ids=lambda d: d.name,
)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_in_every_order_visit_each_row_once(world: World, declared: Any, direction: str) -> None:
    """Walks by each sort field, forward and back, with the cursors of the answers."""
    fields = list(world.twin("admin").schema.type_map[f"{declared.name}OrderField"].values)
    everything = len(world.rows[declared.table.name])
    for name in fields:
        seen: dict[bool, list[str]] = {}
        order = f"orderBy: [{{field: {name}, direction: {direction}}}]"
        for backward in (False, True):
            size, beyond, edge, more = (
                ("last", "before", "startCursor", "hasPreviousPage")
                if backward
                else ("first", "after", "endCursor", "hasNextPage")
            )
            text = (
                f"query($cursor: String) {{ page: {declared.plural}({size}: 11, {beyond}: $cursor, {order})"
                f" {{ nodes {{ id }} pageInfo {{ {edge} {more} }} }} }}"
            )
            cursor, ids, going = None, [], True
            while going:
                page = (await world.company.data(text, {"cursor": cursor}))["page"]
                here = [item["id"] for item in page["nodes"]]
                ids = here + ids if backward else ids + here
                cursor, going = page["pageInfo"][edge], page["pageInfo"][more]
                assert len(ids) <= everything
            seen[backward] = ids
        whole = f"{{ page: {declared.plural}(first: 200, {order}) {{ nodes {{ id }} }} }}"
        expected = world.twin("admin").answer(whole)
        assert expected.data is not None
        assert seen[False] == seen[True] == [item["id"] for item in expected.data["page"]["nodes"]]
        assert len(set(seen[False])) == everything


@dataclass
class Seen:
    """What one database answered, for the other to be held against."""

    rows: Dump
    answers: list[tuple[Query, bytes]]


_FIRST: list[Seen] = []


async def test_both_databases_answer_alike(installation: Installation, world: World) -> None:
    """The same rows under the same ids in both databases: the same bytes of JSON, cursors included."""
    installation.clock.set(START)
    if not _FIRST:
        rows = {name: [row | {"organization_id": SAME_ID} for row in rows] for name, rows in world.rows.items()}
        _FIRST.append(Seen(rows, await _copied_and_asked(installation, rows)))
        pytest.skip("the other database is held against these answers")
    compared = 0
    for first, second in zip(_FIRST[0].answers, await _copied_and_asked(installation, _FIRST[0].rows), strict=True):
        if not any(too_deep(orjson.loads(answer)) for _, answer in (first, second)):
            assert second == first
            compared += 1
    assert compared >= COMPARED * ALIKE


async def _copied_and_asked(installation: Installation, rows: Dump) -> list[tuple[Query, bytes]]:
    async with installation.database.begin(SAME_ID) as connection:
        await connection.execute(
            insert(Organization.__table__),
            {"id": SAME_ID, "slug": "same", "name": "Same", "time_zone": "UTC", "created_at": START},
        )
    await put(installation.database, SAME_ID, rows)
    twins = {role: Twin(rows, PERMISSIONS[role], None, START) for role in (Role.EMPLOYEE, Role.ADMIN)}
    answers = []
    for seed in range(10_000, 10_000 + ALIKE):
        twin = twins[Role.EMPLOYEE if seed % 5 == 0 else Role.ADMIN]
        query = Generator(twin, seed, deepest=DEEPEST["sqlite"]).query()
        viewer = replace(system_viewer(SAME_ID), permissions=twin.permissions)
        answer = await installation.graph.answer(viewer, Request(query.text, query.variables))
        answers.append((query, answer.json()))
    return answers
