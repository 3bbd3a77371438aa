"""Arguments that are read once and filled for each request."""

from dataclasses import dataclass
from typing import Any

from qms_graphql.graph.compiling.plan import slotted
from qms_graphql.graph.running.reading import Arguments


@dataclass
class Given:
    """An input as strawberry makes it."""

    name: Any
    tags: list[Any]


def made(raw: dict[str, Any]) -> dict[str, Any]:
    """As strawberry converts: an object becomes an instance, a list is copied."""
    return {"given": Given(raw["given"]["name"], list(raw["given"]["tags"]))}


def test_what_differs_is_filled_and_what_was_read_stays() -> None:
    raw = {"given": {"name": slotted("Ann", ("name",)), "tags": [slotted("a", ("tag",)), None]}}
    read = Arguments(raw, made)
    assert read.filled({"name": "Bert", "tag": "b"}) == {"given": Given("Bert", ["b", None])}
    assert read.filled({"name": "Cleo", "tag": "c"}) == {"given": Given("Cleo", ["c", None])}


def test_a_list_may_have_another_length() -> None:
    read = Arguments({"given": {"name": "Ann", "tags": slotted(["a"], ("tags",))}}, made)
    assert read.filled({"tags": ["b", "c"]}) == {"given": Given("Ann", ["b", "c"])}
    assert read.filled({"tags": ["d"]}) == {"given": Given("Ann", ["d"])}


def test_constants_are_given_to_each_request_anew() -> None:
    read = Arguments({"given": {"name": "Ann", "tags": []}}, made)
    first = read.filled({})
    first["info"] = None
    assert read.filled({}) == {"given": Given("Ann", [])}
