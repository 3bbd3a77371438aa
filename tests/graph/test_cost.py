"""What operations cost, what the schema says of it, and what callers may spend."""

from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    get_introspection_query,
    get_named_type,
    parse,
)
from hypothesis import given
from hypothesis import strategies as st

from qms_graphql.graph.building.roots import core
from qms_graphql.graph.requests.budget import Budgets
from qms_graphql.graph.requests.cost import Costs, Prices
from qms_graphql.schema import build, printed
from tests.conftest import Company, Installation

SCHEMA = core(build()[0])
PRICES = Prices(SCHEMA)
COSTS = Costs(SCHEMA, PRICES)


def cost(text: str, variables: dict[str, Any] | None = None) -> int:
    document = parse(text)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return COSTS.of(fragments, operation, variables or {})[0]


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{ __typename }", {}, 0),
        ("{ me { name id } }", {}, 1),
        ("{ customers { nodes { id } } }", {}, 1 + 50),
        ("{ customers(first: 3) { nodes { id name } } }", {}, 1 + 3),
        ("{ customers(last: 4) { nodes { id } totalCount } }", {}, 1 + 4 + 10),
        ("{ customers(first: 3) { edges { node { id } } } }", {}, 1 + 3 * 2),
        ("query($n: Int) { customers(first: $n) { nodes { id } } }", {"n": 7}, 1 + 7),
        ("query($n: Int) { customers(first: $n) { nodes { id } } }", {"n": None}, 1 + 50),
        ("{ customers(first: 3) { nodes { feedback(first: 2) { nodes { id } } } } }", {}, 1 + 3 * (1 + 1 + 2)),
        ("{ a: me { id } b: me { id } }", {}, 2),
        ("{ feedbacks(first: 2) { nodes { themes { id } } } }", {}, 1 + 2 * (1 + 10)),
        ("{ ...F ...F } fragment F on Query { me { id } }", {}, 2),
        ("query($s: Boolean!) { me @skip(if: $s) { id } viewer @include(if: $s) { name } }", {"s": True}, 1),
        ("{ ... on Query @include(if: false) { me { id } } }", {}, 0),
        ('query($i: [ID!]!) { nodes(ids: $i) { id } }', {"i": ["a", "b", "c"]}, 3),
        ('{ nodes(ids: ["a", "b"]) { ... on Customer { parent { id } } } }', {}, 2 * 2),
        ("{ auditIntegrity { intact } }", {}, 10_000),
        ("mutation($i: CreateThemeInput!) { createTheme(input: $i) { theme { id } } }", {"i": {}}, 10 + 1),
        (
            "mutation($i: SyncProductsInput!) { syncProducts(input: $i) { created } }",
            {"i": {"items": [{}] * 4}},
            4 * 10,
        ),
    ],
)  # fmt: skip
def test_the_cost_of_an_operation(text: str, variables: dict[str, Any], expected: int) -> None:
    assert cost(text, variables) == expected


def test_a_client_that_reads_the_whole_schema_is_served(installation: Installation) -> None:
    assert cost(get_introspection_query()) < installation.settings.most_cost


def _naive(text: str) -> int:
    """The cost with every fragment written out where it is spread."""
    document = parse(text)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}

    def of(node: Any, parent: Any, size: int, sized: tuple[str, ...]) -> int:
        total = 0
        for item in node.selection_set.selections:
            if isinstance(item, FragmentSpreadNode):
                inner = SCHEMA.type_map[fragments[item.name.value].type_condition.name.value]
                total += of(fragments[item.name.value], inner, size, sized)
            elif isinstance(item, InlineFragmentNode):
                total += of(item, parent, size, sized)
            elif isinstance(item, FieldNode):
                field = parent.fields[item.name.value]
                price = PRICES.of(parent, item.name.value, field)
                first = next(
                    (int(a.value.value) for a in item.arguments or () if a.name.value == "first"), price.assumed
                )
                below = of(item, get_named_type(field.type), first or 0, price.sized) if item.selection_set else 0
                times = size if item.name.value in sized else 1 if price.sized else first if price.assumed else 1
                total += (times or 0) * (price.weight + below)
        return total

    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return of(operation, SCHEMA.query_type, 1, ())


_LEAF = st.sampled_from(["id", "name", "id name"])


def _customer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    page = st.tuples(st.integers(0, 9), inner).map(
        lambda pair: f"children(first: {pair[0]}) {{ nodes {{ {pair[1]} }} }}"
    )
    return st.one_of(
        inner.map(lambda text: f"parent {{ {text} }}"),
        page,
        st.tuples(inner, inner).map(lambda pair: f"a: parent {{ {pair[0]} }} b: parent {{ {pair[1]} }}"),
        st.sampled_from(["...A", "...B", "... { ...A id }"]),
    )


_SELECTION = st.recursive(_LEAF, _customer, max_leaves=8)


@given(_SELECTION, _SELECTION, st.integers(0, 20))
def test_fragments_are_reckoned_once_and_give_what_writing_them_out_gives(one: str, two: str, size: int) -> None:
    plain = one.replace("...A", "id").replace("...B", "id")
    other = two.replace("...B", "id")
    text = (
        f"{{ customers(first: {size}) {{ nodes {{ ...B ...A id }} }} }}"
        f" fragment A on Customer {{ {plain} }} fragment B on Customer {{ {other} }}"
    )
    assert cost(text) == _naive(text)


def test_fragments_that_double_themselves_are_reckoned_in_one_pass() -> None:
    doubled = "".join(
        f" fragment F{n} on Customer {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} }}" for n in range(200)
    )
    text = f"{{ customers {{ nodes {{ ...F0 }} }} }}{doubled} fragment F200 on Customer {{ id }}"
    # Written out these would be 2^200 objects; the number is cut off where nobody could pay it anyway.
    assert 10**12 <= cost(text) <= 10**15


def test_the_schema_says_the_prices() -> None:
    sdl = printed()
    page = '@listSize(assumedSize: 50, slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"]'
    assert f"): CustomerConnection {page}, requireOneSlicingArgument: false)" in sdl
    assert 'totalCount: Int! @cost(weight: "10")' in sdl
    assert 'auditIntegrity: AuditIntegrity @cost(weight: "10000")' in sdl
    assert "directive @cost(" in sdl


# -- what callers may spend ------------------------------------------------------------------------------------------


def test_a_bucket_is_emptied_and_refills_evenly() -> None:
    now = [0.0]
    budgets = Budgets(100, 10.0, lambda: now[0])
    assert budgets.spend("a", 60).remaining == 40
    refused = budgets.spend("a", 60)
    assert (refused.remaining, refused.retry_in) == (40, 2.0)
    assert budgets.spend("b", 60).retry_in is None
    now[0] = 2.0
    paid = budgets.spend("a", 60)
    assert (paid.remaining, paid.retry_in, paid.full_in) == (0, None, 10.0)
    now[0] = 100.0
    assert budgets.spend("a", 0).remaining == 100


async def test_answers_say_what_they_cost(company: Company) -> None:
    asked = "{ rateLimit { cost limit remaining resetAt } customers(first: 5) { nodes { id } } }"
    answer = await company.ask(asked)
    limit = company.installation.settings.cost_limit
    told = answer["extensions"]["cost"]
    assert told == {"requested": 7, "limit": limit, "remaining": limit - 7}
    assert {name: answer["data"]["rateLimit"][name] for name in ("cost", "limit", "remaining")} == {
        "cost": 7,
        "limit": limit,
        "remaining": limit - 7,
    }
    direct = await company.ask("{ customers(first: 5) { nodes { id } } }")
    assert direct["extensions"]["cost"]["requested"] == 6


async def test_who_spends_too_much_must_wait(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = company.installation.graph
    now = [0.0]
    monkeypatch.setattr(graph, "budgets", Budgets(10, 60.0, lambda: now[0]))
    text = "{ customers(first: 7) { nodes { id } } }"
    assert (await company.post(text)).status_code == 200
    refused = await company.post(text)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "36")
    (error,) = refused.json()["errors"]
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 36}
    assert "data" not in refused.json()
    assert (await company.post(text, who="auditor")).status_code == 200
    now[0] = 36.0
    assert (await company.post(text)).status_code == 200


async def test_a_mutation_that_cannot_be_paid_for_writes_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await company.event_count()
    with monkeypatch.context() as patch:
        patch.setattr(company.installation.graph, "budgets", Budgets(10, 60.0))
        text = 'mutation { createTheme(input: { name: "x" }) { theme { id } errors { code } } }'
        answer = await company.ask(text)
    assert answer["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert await company.event_count() == before


async def test_an_operation_beyond_the_limit_is_refused_before_it_runs(company: Company) -> None:
    page = "customers(first: 200) { nodes { feedback(first: 200) { nodes { actions { id } } } } }"
    most = company.installation.settings.most_cost
    (error,) = (answer := await company.ask(f"{{ a: {page} b: {page} }}"))["errors"]
    assert error["extensions"] == {"code": "TOO_COSTLY", "cost": 880_802, "limit": most}
    assert "data" not in answer
    assert (await company.ask(f"{{ {page} }}"))["data"] == {"customers": {"nodes": []}}
