"""Another organization's records are not there: by the engine's own condition, and on PostgreSQL without it.

The probes are read from the schema, so that new types are covered by themselves.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLNonNull, get_named_type

from qms_graphql.base.record_types import RecordType
from qms_graphql.base.visibility import is_made_for_others
from tests.conftest import START, Company, Installation, found_company
from tests.graph.data import invented, populate, put
from tests.graph.plain import Dump, declarations, dump, plain_schema
from tests.graph.values import show_id

HANDWRITTEN: dict[str, str] = {
    "auditIntegrity": "{ auditIntegrity { entries } }",
    "changes": "{ changes(first: 1000) { nodes { recordId record { id } externalRefs { externalId } } } }",
    "complaintPolicy": "{ complaintPolicy { noReplyDays } }",
    "externalRefs": 'query($type: RecordType!) { externalRefs(system: "shop", type: $type) { nodes { externalId } } }',
    "documentPolicies": "{ documentPolicies { kind trainingDepartments { id } } }",
    "me": "{ me { id } }",
    "metric": "",
    "metrics": "",
    "node": "",
    "nodes": "",
    "record": "",
    "records": "{ records { totalCount nodes { id number transitions { to } history { nodes { at } } } } }",
    "rateLimit": "{ rateLimit { cost } }",
    "recordsByRef": "",
    "scheduledRuns": "{ scheduledRuns { job dueAt done } }",
    "viewer": "{ viewer { name } }",
}
"""Root fields that rooms wrote as functions; an empty text where a test below has it."""
LINK = "mutation ($input: LinkExternalRefsInput!) { linkExternalRefs(input: $input) { linked errors { code } } }"
NODES = [declared for declared in declarations().values() if declared.is_node]
SHARED = [declared for declared in NODES if not is_made_for_others(declared.model)]
"""Without what is for one person alone, whom nobody asks as here."""


@pytest.fixture(scope="module")
async def victim(installation: Installation) -> tuple[Company, Dump]:
    """An organization with rows of every type."""
    installation.clock.set(START)
    company = await found_company(installation)
    await company.token("admin")
    await populate(company, seed=5)
    known = await dump(installation.database, company.id)
    await put(installation.database, company.id, invented(company.id, known, seed=6))
    rows = await dump(installation.database, company.id)
    keys = [
        {"recordId": ids(declared, rows)[0], "ref": {"system": "wall", "externalId": declared.name}}
        for declared in NODES
        if declared.external
    ]
    linked = (await company.data(LINK, {"input": {"items": keys}}))["linkExternalRefs"]
    assert linked == {"linked": len(keys), "errors": []}
    return company, await dump(installation.database, company.id)


@pytest.fixture(params=["both walls", "row-level security alone"])
def walls(request: pytest.FixtureRequest, installation: Installation) -> Iterator[None]:
    engine = installation.graph.engine
    if request.param == "both walls":
        yield
        return
    if installation.settings.on_sqlite:
        pytest.skip("SQLite has no row-level security")
    engine.tenant_predicate = False
    try:
        yield
    finally:
        engine.tenant_predicate = True


def singular(declared: Any) -> str:
    return declared.name[0].lower() + declared.name[1:]


def ids(declared: Any, rows: Dump) -> list[str]:
    return [show_id(declared.table.name, row["id"]) for row in rows[declared.table.name]]


async def test_the_condition_is_on_again(installation: Installation) -> None:
    assert installation.graph.engine.tenant_predicate is True


def test_every_root_field_is_probed() -> None:
    generated = {name for declared in NODES for name in (singular(declared), declared.plural)}
    assert set(plain_schema().query_type.fields) - generated == set(HANDWRITTEN)


@pytest.mark.parametrize("declared", NODES, ids=lambda d: d.name)
async def test_lists_are_empty(walls: None, victim: Any, other_company: Company, declared: Any) -> None:
    stranger = other_company
    # The token's own user is the one record that the stranger has.
    own = 1 if declared.name == "User" else 0
    _, rows = victim
    assert len(rows[declared.table.name]) > own
    found = (await stranger.data(f"{{ page: {declared.plural} {{ totalCount edges {{ cursor }} nodes {{ id }} }} }}"))[
        "page"
    ]
    assert (found["totalCount"], len(found["edges"]), len(found["nodes"])) == (own, own, own)
    assert not {item["id"] for item in found["nodes"]} & set(ids(declared, rows))
    by_id = (
        f"query($ids: [ID!]) {{ page: {declared.plural}(where: {{id: {{in: $ids}}}}) {{ totalCount nodes {{ id }} }} }}"
    )
    assert await stranger.data(by_id, {"ids": ids(declared, rows)}) == {"page": {"totalCount": 0, "nodes": []}}


@pytest.mark.parametrize("declared", SHARED, ids=lambda d: d.name)
async def test_keys_find_nothing(walls: None, victim: Any, other_company: Company, declared: Any) -> None:
    company, rows = victim
    by = plain_schema().query_type.fields[singular(declared)].args["by"].type
    input_ = get_named_type(by).name
    probes: list[dict[str, Any]] = [{"id": id_} for id_ in ids(declared, rows)[:3]]
    if declared.numbered:
        probes += [{"number": row["number"]} for row in rows[declared.table.name][:3]]
    probes += [
        {"ref": {"system": ref["system"], "externalId": ref["external_id"]}}
        for ref in [ref for ref in rows["external_ref"] if ref["type"] == declared.record_type][:3]
        if declared.external
    ]
    assert isinstance(by, GraphQLNonNull)
    text = f"query($by: {input_}!) {{ found: {singular(declared)}(by: $by) {{ id }} }}"
    for probe in probes:
        assert (await company.data(text, {"by": probe}))["found"] is not None
        assert await other_company.data(text, {"by": probe}) == {"found": None}
    by_number = "query($number: String!) { record(number: $number) { id } }"
    numbered = [row["number"] for row in rows[declared.table.name]] if declared.numbered else []
    for number in [number for number in numbered if number.startswith(f"{declared.prefix}-")][:3]:
        assert (await company.data(by_number, {"number": number}))["record"] is not None
        assert await other_company.data(by_number, {"number": number}) == {"record": None}


async def test_ids_of_all_types_find_nothing(walls: None, victim: Any, other_company: Company) -> None:
    company, rows = victim
    everything = [ids(declared, rows)[0] for declared in SHARED]
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert await company.data(text, {"ids": everything}) == {"nodes": [{"id": id_} for id_ in everything]}
    assert await other_company.data(text, {"ids": everything}) == {"nodes": [None] * len(everything)}
    for id_ in everything:
        assert await other_company.data("query($id: ID!) { node(id: $id) { id } }", {"id": id_}) == {"node": None}


@pytest.mark.parametrize("declared", NODES, ids=lambda d: d.name)
async def test_links_do_not_lead_across(walls: None, victim: Any, other_company: Company, declared: Any) -> None:
    """A filter on every link by another organization's id finds nothing."""
    _, rows = victim
    filter_ = plain_schema().type_map[f"{declared.name}Filter"]
    for item in declared.fields.values():
        target = getattr(item, "target", None)
        if item.name not in filter_.fields or target is None or not target.is_node:
            continue
        many = get_named_type(filter_.fields[item.name].type).name.endswith("ListFilter")
        inner = {"id": {"in": ids(target, rows)}}
        where = {item.name: {"some": inner} if many else inner}
        text = f"query($w: {declared.name}Filter) {{ page: {declared.plural}(where: $w) {{ totalCount }} }}"
        assert await other_company.data(text, {"w": where}) == {"page": {"totalCount": 0}}


async def test_functions_of_the_rooms_show_nothing(walls: None, victim: Any, other_company: Company) -> None:
    company, rows = victim
    foreign = {id_ for declared in NODES for id_ in ids(declared, rows)} | {
        ref["external_id"] for ref in rows["external_ref"]
    }
    external = [declared for declared in NODES if declared.external]
    for name, text in HANDWRITTEN.items():
        if not text:
            continue
        for declared in external if "$type" in text else external[:1]:
            answer = str(await other_company.data(text, {"type": declared.record_type} if "$type" in text else None))
            assert not [id_ for id_ in foreign if f"'{id_}'" in answer], name
    for declared in external:
        keys = [ref for ref in rows["external_ref"] if ref["type"] == declared.record_type]
        refs = [{"system": ref["system"], "externalId": ref["external_id"]} for ref in keys]
        assert refs
        assert RecordType(declared.record_type)
        text = (
            "query($t: RecordType!, $r: [ExternalKey!]!) { recordsByRef(type: $t, refs: $r) { state record { id } } }"
        )
        own = (await company.data(text, {"t": declared.record_type, "r": refs}))["recordsByRef"]
        assert any(item["record"] for item in own)
        found = (await other_company.data(text, {"t": declared.record_type, "r": refs}))["recordsByRef"]
        assert found == [{"state": None, "record": None}] * len(refs)


SCOPES = {"customer": "Customer", "product": "Product", "survey": "Survey", "theme": "Theme"}
"""What a metric can be narrowed to by id, and the type of the record."""


async def test_metrics_count_nothing_of_others(walls: None, victim: Any, other_company: Company) -> None:
    """Neither all of it, nor what a scope of another organization's ids would show; one by one and all together."""
    company, rows = victim
    all_scopes = {"null": [None]} | {
        name: ids(declared, rows)
        for name, type_name in SCOPES.items()
        for declared in NODES
        if declared.name == type_name
    }
    assert set(all_scopes) == {"null", *SCOPES}
    text = """query($scope: MetricScope) {
      metric(code: CSAT) { value(scope: $scope) { n value } series(scope: $scope, grain: YEAR) { n } }
      metrics { value(scope: $scope) { n value } series(scope: $scope, grain: YEAR) { n } }
    }"""
    for name, values in all_scopes.items():
        counted = 0
        for value in values:
            scope = {name: value} if value else None
            own, found = await company.data(text, {"scope": scope}), await other_company.data(text, {"scope": scope})
            counted += sum(metric["value"]["n"] for metric in own["metrics"])
            assert len(found["metrics"]) == len(own["metrics"]) > 1
            for metric in (found["metric"], *found["metrics"]):
                assert metric == {"value": {"n": 0, "value": None}, "series": []}
            if counted:
                break
        assert counted > 0, name
