"""Judging many records: only what guards can ask for is read, and records that are alike are judged once."""

from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from typing import Any

import pytest

from qms_graphql.base.columns import Base, Record
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.facts import _EXPRESSIONS
from qms_graphql.base.judging import Judgments, readable
from qms_graphql.base.machines import (
    ACTOR,
    NOW,
    ROLES,
    Facts,
    Machine,
    Move,
    Unmet,
    by_another,
    either,
    holds,
    needs,
    where,
)
from qms_graphql.schema import tables


class State(Enum):
    """States of a machine for this test."""

    A = "A"
    B = "B"
    C = "C"


LEAST = "least"


def _enough(facts: Facts) -> Unmet | None:
    enough = all(number > facts[LEAST] for number in facts["numbers"])
    return None if enough else Unmet(ErrorCode.INVALID, "Too few.")


MACHINE = Machine(
    start=State.A,
    permission="write",
    moves=(
        Move(State.B, (State.A,), (needs("text", "text", "Say it."), either(holds("one", "No."), holds("two", "No.")))),
        Move(State.C, (State.A,), (where(lambda facts: facts["asked"] is True, _enough),)),
        Move(State.A, (State.B,), (by_another("owner_id", "Another."),)),
    ),
)
FACTS = {"status": State.A, "text": "x", "one": False, "two": True, "asked": False, "least": 0, "numbers": [1]}


def test_what_guards_can_ask_for_is_found_in_their_code() -> None:
    assert {"text", "one", "two", "asked", "least", "numbers", "owner_id", ACTOR} <= readable(MACHINE)
    assert not {"colour", NOW} & readable(MACHINE)


def test_records_that_are_alike_in_what_is_asked_are_judged_once() -> None:
    judgments = Judgments(MACHINE, frozenset({"write"}))
    first = judgments.of(FACTS)
    assert judgments.of(FACTS | {"least": 5, "numbers": [2], "owner_id": 1}) is first
    for other in ({"text": " "}, {"two": False}, {"asked": True}, {"asked": True, "least": 1}, {"status": State.B}):
        facts = FACTS | {"owner_id": None, ACTOR: None} | other
        assert list(judgments.of(facts)) == MACHINE.possible(facts, frozenset({"write"})), other
        assert judgments.of(facts) is not first


class _Noting(dict[str, Any]):
    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().get(name, ())  # what Python gathers

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def _moving() -> Iterator[type[Record]]:
    tables()
    for mapper in Base.registry.mappers:
        if hasattr(mapper.class_, "__machine__"):
            yield mapper.class_


@pytest.mark.parametrize("model", sorted(_moving(), key=lambda model: model.__tablename__))
def test_no_machine_asks_for_what_would_not_be_read(model: type[Record]) -> None:
    machine = model.__machine__
    known: dict[str, Any] = {column.name: None for column in model.__table__.columns}
    known |= dict.fromkeys(_EXPRESSIONS.get(model, {}), 0) | {
        ACTOR: None,
        ROLES: frozenset(),
        NOW: None,
        "inconclusive_owners": set(),
    }
    known |= {"due": False, "target_met": False}
    if "kind" in known:
        known["kind"] = next(iter(model.__table__.c.kind.type.choices))
    for state in type(machine.start):
        facts = _Noting(known | {"status": state})
        with suppress(TypeError):  # what compares two of these values
            machine.possible(facts, frozenset({machine.permission}))
        assert facts.names - {"status"} <= readable(machine), state
