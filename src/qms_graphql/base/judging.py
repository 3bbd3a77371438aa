"""Judging many records at once: which facts a machine can ask for, and records that are alike judged once."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from types import CodeType, FunctionType
from typing import Any

from qms_graphql.base.machines import Facts, Machine, Possible


@cache
def readable(machine: Machine) -> frozenset[str]:
    """The names that the guards of a machine can ask for: each text in their code, what else it may be.

    A guard names its facts by such texts (``facts["severity"]``), its own or those it was made with (``needs(…)``).
    """
    seen: set[int] = set()
    asking = [asks for move in machine.moves for asks in (*move.guards, *([move.signing.when] if move.signing else []))]
    owners = {move.own.fact for move in machine.moves if move.own}
    return frozenset(text for asks in asking for text in _texts(asks, seen)) | owners


def _texts(thing: Any, seen: set[int]) -> Iterator[str]:
    """The texts in a function, in what it encloses, and in the functions and constants of modules that it names."""
    if isinstance(thing, str):
        yield thing
    elif id(thing) not in seen and isinstance(thing, FunctionType | CodeType | tuple | list | set | frozenset):
        seen.add(id(thing))
        for inner in _inside(thing):
            yield from _texts(inner, seen)


def _inside(thing: Any) -> Iterator[Any]:
    if isinstance(thing, CodeType):
        yield from thing.co_consts
    elif isinstance(thing, FunctionType):
        yield thing.__code__
        yield from (cell.cell_contents for cell in thing.__closure__ or ())
        yield from (thing.__globals__.get(name) for name in _names(thing.__code__))
    else:
        yield from thing


def _names(code: CodeType) -> Iterator[str]:
    """The names that a function's code looks up, and the functions within it."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


class _Listening(dict[str, Any]):
    """Facts that note what is asked of them, in order."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.asked: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        value = self.asked[name] = super().__getitem__(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """As of any mapping."""
        value = self.asked[name] = super().get(name, default)
        return value


class _Asks:
    """What the guards ask next, and by the answer what follows."""

    __slots__ = ("follows", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.follows: dict[Any, _Asks | Sequence[Possible]] = {}


class Judgments:
    """The moves of records of one kind for one viewer at one moment.

    What guards ask next depends only on what they were told before. So the answers make a tree, and a record that
    answers as another did is not judged again.
    """

    def __init__(self, machine: Machine, permissions: frozenset[str]) -> None:
        self._machine = machine
        self._permissions = permissions
        self._first = _Asks("status")

    def of(self, facts: Facts) -> Sequence[Possible]:
        """The moves of a record, with what each lacks."""
        step: _Asks | Sequence[Possible] | None = self._first
        try:
            while isinstance(step, _Asks):
                step = step.follows.get(facts.get(step.name))
            return self._judged(facts) if step is None else step
        except TypeError:  # A fact that is no key, such as a set of people: it is judged each time.
            return self._machine.possible(facts, self._permissions)

    def _judged(self, facts: Facts) -> Sequence[Possible]:
        listening = _Listening(facts)
        judged = self._machine.possible(listening, self._permissions)
        names = list(listening.asked)
        step: Any = self._first
        for name, following in pairwise(names):
            step = step.follows.setdefault(listening.asked[name], _Asks(following))
        step.follows[listening.asked[names[-1]]] = judged
        return judged
