"""What a document may ask for at most; counted, so that nothing here depends on the machine's speed."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from graphql import GraphQLError, get_introspection_query, parse, print_ast

from bench.hostile_documents import FAMILIES
from qms_graphql.graph.requests import limits
from qms_graphql.graph.requests.documents import MOST_CHARACTERS, MOST_TOKENS, Documents, InvalidDocument
from qms_graphql.graph.running.answers import Request
from tests.conftest import Company, Installation

PARSE, VALIDATE = "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"


def many(count: int, text: Callable[[int], str]) -> str:
    return " ".join(text(number) for number in range(count))


TWENTY = (
    "customers { nodes { __typename id name kind segment country email phone active "
    + many(9, lambda number: f"a{number}: id")
    + " } }"
)
"""Twenty fields, ten of them with aliases if this one has."""
AT_MOST: dict[str, tuple[Callable[[int], str], int, str]] = {
    "characters": (lambda n: "{ __typename }".ljust(n), MOST_CHARACTERS, PARSE),
    "tokens": (lambda n: "{ __typename }" + "#\n" * (n - 3), MOST_TOKENS, PARSE),
    "fields": (
        lambda n: f"{{ {many(n // 20, lambda i: f'b{i}: {TWENTY}')} {many(n % 20, lambda i: '__typename')} }}",
        limits.MOST_FIELDS, VALIDATE,
    ),
    "objects": (lambda n: f"{{ {many(n, lambda i: f'a{i}: viewer {{ name }}')} }}", limits.MOST_OBJECTS, VALIDATE),
    "aliases": (lambda n: f"{{ {many(n, lambda i: f'a{i}: __typename')} }}", limits.MOST_ALIASES, VALIDATE),
    "directives": (
        lambda n: f"{{ {many(n, lambda i: f'a{i}: __typename @skip(if: false)')} }}", limits.MOST_DIRECTIVES, VALIDATE,
    ),
    "aliases, fragments written out": (
        lambda n: f"{{ {many(n // 100, lambda i: '...F')} {many(n % 100, lambda i: f'b{i}: __typename')} }} "
        f"fragment F on Query {{ {many(100, lambda i: f'a{i}: __typename')} }}",
        limits.MOST_ALIASES, VALIDATE,
    ),
    "directives on spreads": (
        lambda n: f"{{ {many(n, lambda i: '...F @skip(if: false)')} }} fragment F on Query {{ __typename }}",
        limits.MOST_DIRECTIVES, VALIDATE,
    ),
    "operations": (lambda n: many(n, lambda i: f"query Q{i} {{ __typename }}"), limits.MOST_DEFINITIONS, VALIDATE),
    "levels": (
        lambda n: "{ customers { nodes " + "{ parent " * (n - 3) + "{ id }" + "}" * (n - 3) + "} }",
        limits.MOST_LEVELS, VALIDATE,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("document", "most", "code"), AT_MOST.values(), ids=AT_MOST)
def test_a_limit_is_where_it_is_said_to_be(
    installation: Installation, document: Callable[[int], str], most: int, code: str
) -> None:
    documents = Documents(installation.graph.schema)
    documents.read(document(most))
    with pytest.raises(GraphQLError) as refused:
        documents.read(document(most + 1))
    assert (refused.value.extensions or {})["code"] == code


@pytest.mark.parametrize("name", ["fragments that double", "fragments that double, in fields", "fragments all to all"])
def test_every_part_is_measured_once_however_often_it_is_spread(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    visited = 0
    visit = limits._Measure._node

    def counted(self: Any, node: Any, level: int) -> Any:
        nonlocal visited
        visited += 1
        return visit(self, node, level)

    monkeypatch.setattr(limits._Measure, "_node", counted)
    for size in (2_000, 20_000):
        text, visited = FAMILIES[name](size), 0
        with suppress(GraphQLError):
            limits.check_extent(parse(text))
        # Once as a part of the document, once where it is first spread.
        assert visited <= 2 * len(text.split())


def test_invalid_documents_drive_no_valid_one_out(installation: Installation) -> None:
    documents = Documents(installation.graph.schema, most=3)
    kept = [documents.read(f"query Q{number} {{ __typename }}") for number in range(3)]
    for number in range(50):
        aliases = many(limits.MOST_ALIASES + 1, lambda at: f"a{at}: __typename")
        for text in (f"{{ nothing{number} }}", f"{{ {number}", f"query Q{number} {{ {aliases} }}"):
            with pytest.raises((GraphQLError, InvalidDocument)):
                documents.read(text)
    assert [documents.read(f"query Q{number} {{ __typename }}") for number in range(3)] == kept
    assert all(documents.read(f"query Q{number} {{ __typename }}") is kept[number] for number in range(3))


def test_the_oldest_documents_go_when_there_is_no_room(installation: Installation) -> None:
    documents = Documents(installation.graph.schema, most_characters=100)
    first, second = "{ __typename }".ljust(50), "{ a: __typename }".ljust(50)
    kept = documents.read(first), documents.read(second)
    assert (documents.read(first), documents.read(second)) == kept
    assert documents.read(first) is kept[0]
    documents.read("{ b: __typename }".ljust(50))
    assert documents.read(first) is kept[0]
    assert documents.read(second) is not kept[1]


def test_a_message_repeats_only_the_start_of_what_was_sent(installation: Installation) -> None:
    with pytest.raises(InvalidDocument) as invalid:
        Documents(installation.graph.schema).read("{ " + "x" * 100_000 + " }")
    (error,) = invalid.value.errors
    assert len(error.message) == 501


def test_without_introspection_nothing_tells_the_schema(installation: Installation) -> None:
    documents = Documents(installation.graph.schema, introspection=False)
    for text in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
        with pytest.raises(InvalidDocument, match="introspection"):
            documents.read(text)
    for text in (
        "{ customerz }",
        "{ customers(frist: 1) { totalCount } }",
        "{ customers(orderBy: [{field: NAMES}]) { totalCount } }",
        "{ customers(where: {nam: {}}) { totalCount } }",
        "query ($a: Strin) { __typename }",
        "{ ... on Custome { id } }",
        "{ __typename @inclde(if: true) }",
    ):
        with pytest.raises(InvalidDocument) as invalid:
            documents.read(text)
        assert not any("Did you mean" in error.message for error in invalid.value.errors), text
    documents.read("{ __typename }")


async def test_a_full_introspection_is_answered_and_a_fuller_one_refused(company: Company) -> None:
    full = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    assert len((await company.data(full))["__schema"]["types"]) > 100
    document = parse(full)
    operation, *fragments = document.definitions
    (schema,) = operation.selection_set.selections  # type: ignore[attr-defined]
    body = print_ast(schema)
    twice = f"{{ {body} again: {body} }} {many(len(fragments), lambda at: print_ast(fragments[at]))}"
    answer = await company.post(twice)
    assert answer.status_code == 400, answer.text
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "TOO_COSTLY"
    assert error["extensions"]["cost"] > error["extensions"]["limit"]
    leaves = many(500, lambda i: f"a{i}: name")
    for text in (
        f"{{ __schema {{ types {{ {leaves} }} }} }}",
        "{ " + many(80, lambda i: f'a{i}: __type(name: "Query") {{ fields {{ args {{ name }} }} }}') + " }",
    ):
        assert (await company.ask(text))["errors"][0]["extensions"]["code"] == "TOO_COSTLY"


async def test_an_aliased_leaf_is_paid_for(company: Company) -> None:
    async def cost(selection: str) -> int:
        answer = await company.ask(f"{{ products(first: 100) {{ nodes {{ {selection} }} }} }}")
        return int(answer["extensions"]["cost"]["requested"])

    plain = await cost("id name sku")
    assert await cost("id name n: name sku") == plain + 100
    assert (
        await cost("id name ...F } } } fragment F on Product { id a: id b: id ... on Product { ... { c: id")
        == plain + 300
    )


async def test_new_documents_are_read_one_in_each_round_of_the_event_loop(installation: Installation) -> None:
    rounds = 0

    async def count() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    async def spent(documents: list[str]) -> int:
        before = rounds
        await asyncio.gather(*(installation.graph.prepare(Request(text)) for text in documents))
        return rounds - before

    new = [f"query New{number} {{ __typename }}" for number in range(10)]
    counting = asyncio.create_task(count())
    try:
        assert await spent(new) >= 10
        # Then they are known.
        assert await spent(new) < 5
    finally:
        counting.cancel()
