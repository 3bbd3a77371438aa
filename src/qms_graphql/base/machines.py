"""State machines as data: which moves a record can make, what each asks for, and what it means to sign it.

A machine is declared in the ``rules.py`` of its room and named by its model (``__machine__``). ``base.transitions``
carries moves out; whatever tells a client what is possible asks here too, so that both agree.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from uuid import UUID

from qms_graphql.base.errors import ErrorCode

Facts = Mapping[str, Any]
"""What is known of a record: its columns, what rooms contribute (``base.facts``), who moves it, and when."""

ACTOR = "actor"
"""The fact that holds the id of the person who asks; None for a program."""

ROLES = "roles"
"""The fact that holds the roles of the one who asks."""

NOW = "now"
"""The fact that holds the moment at which it is judged."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """Something that a move lacks: a code for programs, a sentence for people, the field it is about, if it is one."""

    code: ErrorCode
    message: str
    field: str | None = None


Guard = Callable[[Facts], Unmet | None]
"""Looks at the facts and says what is missing, or None."""


class SignatureMeaning(Enum):
    """What a person states by signing (21 CFR 11.50).

    APPROVED: That it may stand as it is.
    VERIFIED: That it was checked against the evidence.
    REVIEWED: That it was read and judged.
    ACCEPTED: That what remains is taken on, for the stated reason.
    WAIVED: That a step is left out, for the stated reason.
    WITHDRAWN: That it holds no more, for the stated reason.
    CLOSED: That nothing is left to do.
    """

    APPROVED = "APPROVED"
    VERIFIED = "VERIFIED"
    REVIEWED = "REVIEWED"
    ACCEPTED = "ACCEPTED"
    WAIVED = "WAIVED"
    WITHDRAWN = "WITHDRAWN"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Signing:
    """That a move is signed: always, or where ``when`` holds.

    Where it held before the move's own changes, it is signed all the same; unless it is ``curable``: what the changes
    bring may make the signature unnecessary.
    """

    meaning: SignatureMeaning
    when: Callable[[Facts], bool] = lambda _: True
    curable: bool = False


@dataclass(frozen=True, slots=True)
class Own:
    """That a person may make a move of what is the own, with less than the machine's permission."""

    fact: str
    """Holds the id of the person whose it is."""
    permission: str
    fields: frozenset[str]
    """What may be set in the same step, in the schema's spelling."""


@dataclass(frozen=True, slots=True)
class Move:
    """A way from any of ``sources`` to ``to``. Several moves may lead from one state to another; the first applies."""

    to: Enum
    sources: tuple[Enum, ...]
    guards: tuple[Guard, ...] = ()
    permission: str | None = None
    """What it takes to make it, where that is not the machine's permission."""
    signing: Signing | None = None
    reason: bool = False
    """Whether the one who moves it must say why."""
    stamps: tuple[str, ...] = ()
    """Columns that get the moment of the move, unless they are set with it."""
    own: Own | None = None
    """Who may make it beside those with the permission."""


@dataclass(frozen=True, slots=True)
class Possible:
    """What a record's move looks like to somebody: it is allowed if nothing is unmet."""

    move: Move
    unmet: tuple[Unmet, ...]
    meaning: SignatureMeaning | None

    @property
    def allowed(self) -> bool:
        """Whether the move would be made, given the reason and the signature it may need."""
        return not self.unmet


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """The moves of a kind of record. ``permission`` is what it takes to move it.

    In the ``settled`` states a record's fields stay as they are: it has to be moved first. What a state rests on, its
    ``held`` guards, no edit takes away as long as the record is in it.
    """

    start: Enum
    moves: tuple[Move, ...]
    permission: str
    settled: frozenset[Enum] = frozenset()
    held: Mapping[Enum, tuple[Guard, ...]] = field(default_factory=dict)

    @property
    def permissions(self) -> frozenset[str]:
        """Each of which lets somebody make a move of it."""
        return frozenset({self.permission}) | {
            name for move in self.moves for name in (move.permission, move.own and move.own.permission) if name
        }

    def barred(self, move: Move, facts: Facts, permissions: frozenset[str]) -> Unmet | None:
        """The permission that somebody lacks for a move, whatever else it needs."""
        needed = move.permission or self.permission
        if needed in permissions or _is_own(move.own, facts, permissions):
            return None
        return Unmet(ErrorCode.FORBIDDEN, f"This needs the permission {needed}.")

    def only_own(self, move: Move, permissions: frozenset[str]) -> bool:
        """Whether somebody can make a move of what is the own only."""
        return (move.permission or self.permission) not in permissions

    def possible(self, facts: Facts, permissions: frozenset[str]) -> list[Possible]:
        """The moves from the record's state, with what each lacks; one for each target, in the order declared."""
        found: dict[Enum, Possible] = {}
        for move in self.moves:
            if facts["status"] in move.sources and move.to not in found:
                found[move.to] = self._judged(move, facts, permissions)
        return list(found.values())

    def judged(self, to: Enum, facts: Facts, permissions: frozenset[str]) -> Possible | None:
        """The move to a state, with what it lacks; None if there is no such move from where the record is."""
        return next((item for item in self.possible(facts, permissions) if item.move.to is to), None)

    def _judged(self, move: Move, facts: Facts, permissions: frozenset[str]) -> Possible:
        barred = self.barred(move, facts, permissions)
        unmet = [] if barred is None else [barred]
        unmet += [lack for guard in move.guards if (lack := guard(facts)) is not None]
        meaning = move.signing.meaning if move.signing is not None and move.signing.when(facts) else None
        if meaning is not None and facts.get(ACTOR) is None:
            unmet.append(Unmet(ErrorCode.FORBIDDEN, "Only a person can sign this.", "signature"))
        return Possible(move, tuple(unmet), meaning)


def _is_own(own: Own | None, facts: Facts, permissions: frozenset[str]) -> bool:
    if own is None or own.permission not in permissions:
        return False
    owner: UUID | None = facts[own.fact]
    return owner is not None and owner == facts.get(ACTOR)


def moves(machine: Machine) -> Sequence[tuple[Enum, Enum]]:
    """All pairs (from, to) that a machine has, in the order declared."""
    return list(dict.fromkeys((source, move.to) for move in machine.moves for source in move.sources))


# -- guards that many machines share ---------------------------------------------------------------------------------


def needs(fact: str, field: str, message: str) -> Guard:
    """That a fact is known: neither None nor empty nor blank. ``field`` is its spelling in the schema."""

    def guard(facts: Facts) -> Unmet | None:
        value = facts[fact]
        missing = value is None or value == [] or (isinstance(value, str) and not value.strip())
        return Unmet(ErrorCode.REQUIRED, message, field) if missing else None

    return guard


def holds(fact: str, message: str, field: str | None = None, code: ErrorCode = ErrorCode.INVALID) -> Guard:
    """That a fact is true (or a number of at least one)."""

    def guard(facts: Facts) -> Unmet | None:
        return None if facts[fact] else Unmet(code, message, field)

    return guard


def fails(fact: str, message: str, field: str | None = None) -> Guard:
    """That a fact is not true (or is zero)."""

    def guard(facts: Facts) -> Unmet | None:
        return Unmet(ErrorCode.INVALID, message, field) if facts[fact] else None

    return guard


def either(*guards: Guard) -> Guard:
    """That one of several guards is content; else what the first lacks."""

    def guard(facts: Facts) -> Unmet | None:
        first: Unmet | None = None
        for one in guards:
            lack = one(facts)
            if lack is None:
                return None
            first = first or lack
        return first

    return guard


def where(condition: Callable[[Facts], bool], guard: Guard) -> Guard:
    """A guard that asks only where the condition holds."""
    return lambda facts: guard(facts) if condition(facts) else None


def by_another(fact: str, message: str) -> Guard:
    """That the one who moves it is not the person whose id the fact holds."""

    def guard(facts: Facts) -> Unmet | None:
        owner: UUID | None = facts[fact]
        same = owner is not None and owner == facts.get(ACTOR)
        return Unmet(ErrorCode.FORBIDDEN, message) if same else None

    return guard
