"""The room for plans: however many documents and forms somebody thinks of, what is kept of them does not grow."""

from typing import Any

import pytest

from qms_graphql.base.access import system_viewer
from qms_graphql.graph.requests.documents import Document, Documents
from qms_graphql.graph.requests.room import Room, size
from qms_graphql.graph.running.answers import Request
from tests.conftest import Company

PAGE = (
    "query Page($first: Int, $below: Int) { customers(first: $first) { nodes { id feedback(first: $below) { %s } } } }"
)


@pytest.fixture
def documents(full: Company) -> Documents:
    """Documents of their own, of the graph's schema."""
    return Documents(full.installation.graph.schema)


def kept(document: Document) -> tuple[list[Any], list[Any]]:
    return list(document.plans), list(document.costs)


async def test_the_document_that_kept_something_the_longest_ago_loses_all_of_it(documents: Documents) -> None:
    documents.room = room = Room(size(("a",), 1000) * 3)
    first, second, third = (documents.read(f"{{ customers {{ totalCount }} }} # {number}") for number in range(3))
    first.keep(("a",), "plan", 1000)
    second.keep(("a",), "plan", 1000)
    first.keep(("b",), "plan", 1000)
    assert room.taken == size(("a",), 1000) * 3
    third.keep_cost(("c",), 5)
    assert [kept(document) for document in (first, second, third)] == [([("a",), ("b",)], []), ([], []), ([], [("c",)])]
    assert room.taken == size(("a",), 1000) * 2 + size(("c",), 0)
    first.keep(("b",), None, 0)
    assert room.taken == size(("a",), 1000) + size(("a",), 0) + size(("c",), 0)
    second.keep(("a",), "plan", 1_000_000)
    assert [kept(document) for document in (first, second, third)] == [([], [])] * 3
    assert room.taken == 0


async def test_a_key_of_many_parts_takes_its_room(documents: Documents) -> None:
    document = documents.read("{ customers { totalCount } }")
    document.keep(("form", tuple(() for _ in range(1000))), None, 0)
    document.keep(("form", ()), None, 0)
    assert documents.room.taken == 2 * size(("form", ()), 0) + 64 * 1000


async def test_a_document_that_is_forgotten_gives_its_room_back(full: Company) -> None:
    documents = Documents(full.installation.graph.schema, most=2)
    for number in range(5):
        documents.read(f"{{ customers {{ totalCount }} }} # {number}").keep(("a",), "plan", 1000)
    assert documents.room.taken == 2 * size(("a",), 1000)


async def test_what_one_document_keeps_is_bounded_and_counted(documents: Documents) -> None:
    document = documents.read("{ customers { totalCount } }")
    for number in range(300):
        document.keep(("form", number), "plan", number)
    assert list(document.plans) == [("form", number) for number in range(300 - 256, 300)]
    assert documents.room.taken == sum(size(("form", number), number) for number in range(300 - 256, 300))


async def test_hostile_documents_and_forms_leave_what_is_kept_flat_and_answers_right(
    full: Company, documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = full.installation.graph
    monkeypatch.setattr(graph, "documents", documents)
    most = 100_000
    documents.room = Room(most)
    fields = ("nodes { id }", "totalCount", "edges { cursor }", "pageInfo { hasNextPage }")
    expected = {}
    sizes = []
    for _ in range(2):
        for below in fields:
            for number in range(1, 21):
                request = Request(PAGE % below, {"first": number, "below": 21 - number})
                found = await graph.answer(system_viewer(full.id), request)
                assert found.errors == []
                assert expected.setdefault((below, number), found.data) == found.data
                assert len(found.data["customers"]["nodes"]) <= number
                sizes.append(documents.room.taken)
    assert most // 2 < max(sizes[20:]) <= most
    read = [documents.read(PAGE % below) for below in fields]
    assert sum(sum(document._sizes.values()) for document in read) == documents.room.taken
    assert sum(len(document.plans) for document in read) < 80
