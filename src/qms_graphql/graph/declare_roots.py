"""How a room declares root fields: queries and subscriptions as functions, and mutations."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qms_graphql.base.drafts import Draft
from qms_graphql.base.unit import UnitOfWork


@dataclass(slots=True)
class RootField:
    """A root field written as a Python function: a query, or a source of a subscription."""

    function: Callable[..., Any]
    name: str
    read: str | None
    live: bool = False
    weight: int = 1
    """What it is reckoned to cost."""
    plain: bool = False
    """Whether it asks the database by questions only."""
    together: Callable[..., Any] | None = None
    """Makes one statement of all fields of this name that stand side by side, as `direct.Together` says."""
    resume: str | None = None
    """Of a subscription: the argument with the position to resume after."""


def query(
    *, read: str | None, weight: int = 1, plain: bool = False, together: Callable[..., Any] | None = None
) -> Callable[[Callable[..., Any]], RootField]:
    """Declare a root query: ``async def name(context, arg: type, …) -> type``. The selection is read from its value.

    ``weight`` is what it is reckoned to cost; a row read by its key costs 1. ``plain``: it is not null and asks the
    database nothing, and the fields of its value ask by questions only. What is plain is answered together; by one
    statement that says all, where ``together`` can make it.
    """

    def note(function: Callable[..., Any]) -> RootField:
        return RootField(function, function.__name__, read, weight=weight, plain=plain, together=together)

    return note


def subscription(*, read: str | None, name: str, resume: str) -> Callable[[Callable[..., Any]], RootField]:
    """Declare a subscription: ``async def name(context, arg: type, …) -> AsyncIterator[type]``.

    Equal subscribers share one run of the function, so it may depend on the viewer's rights but not on the viewer.
    ``resume`` names the argument with the cursor to resume after; each value has its ``position`` in the stream.
    """

    def note(function: Callable[..., Any]) -> RootField:
        return RootField(function, name, read, live=True, resume=resume)

    return note


Command = Callable[[UnitOfWork, Sequence[Draft]], Awaitable[None]]
"""A set-based command: writes the drafts it has no objection to."""


@dataclass(frozen=True, slots=True)
class Writes:
    """The mutations that make and change records of a type one at a time: ``createX``, ``updateX``."""

    type_name: str
    command: Command
    permission: str
    fields: tuple[str, ...]
    defaulted: frozenset[str]
    reasoned: bool = False
    """Whether ``updateX`` takes a ``reason``: the command finds it in the draft's notes."""


@dataclass(frozen=True, slots=True)
class Syncs:
    """The mutation that takes in records of a type by their external keys: ``syncXs``."""

    type_name: str
    command: Command
    fields: tuple[str, ...]
    defaulted: frozenset[str]
    tombstone: Mapping[str, Any]
    name: str


def writes(
    cls: type, command: Command, *, permission: str, fields: str, defaulted: str = "", reasoned: bool = False
) -> Writes:
    """Declare ``createX`` and ``updateX`` for a node.

    ``fields`` are the names that may be written, separated by spaces; ``defaulted`` those of them that the command
    fills in when they are missing. Where it is ``reasoned``, ``updateX`` takes a ``reason``, as a move does.
    """
    names = tuple(fields.split())
    return Writes(cls.__name__, command, permission, names, frozenset(defaulted.split()), reasoned)


def syncs(
    cls: type, command: Command, *, name: str, fields: str, tombstone: Mapping[str, Any], defaulted: str = ""
) -> Syncs:
    """Declare the bulk intake of a node by external keys. A deleted record gets the ``tombstone`` columns."""
    return Syncs(cls.__name__, command, tuple(fields.split()), frozenset(defaulted.split()), tombstone, name)


@dataclass(slots=True)
class Mutation:
    """A mutation written as a Python function in one transaction."""

    function: Callable[..., Any]
    name: str
    permission: str
    input: type
    signed: bool = False
    """Whether its input may hold a ``signature``, which is verified and given to the function last."""


def mutation(*, permission: str, input: type, signed: bool = False) -> Callable[[Callable[..., Any]], Mutation]:
    """Declare a mutation: ``async def name(context, unit, given) -> XPayload``.

    ``given`` is the input as coerced: a mapping with the schema's names; a field left out is absent. A ``Refusal``
    becomes a user error; so every field of the payload but ``errors`` has a default. One that is ``signed`` gets the
    verified signature, or None, as a fourth argument.
    """

    def note(function: Callable[..., Any]) -> Mutation:
        return Mutation(function, function.__name__, permission, input, signed)

    return note
