"""Carrying out a move: the record locked, its changes written, its facts judged, its state set, what follows done.

All in one transaction. The guards judge what is after the changes, so a move can bring what it needs; if one of them is
not content, nothing stays of either.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from qms_graphql.base.access import Viewer
from qms_graphql.base.columns import Record
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.facts import facts_of
from qms_graphql.base.judging import Judgments, readable
from qms_graphql.base.machines import ACTOR, NOW, ROLES, Facts, Machine, Move, Possible, SignatureMeaning
from qms_graphql.base.model import Action
from qms_graphql.base.reader import Reader
from qms_graphql.base.unit import UnitOfWork

REASON_LIMIT = 2000

Change = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Writes the changes that come with a move, given the locked row."""

Consequence = Callable[[UnitOfWork, Facts], Awaitable[None]]
_CONSEQUENCES: dict[tuple[type[Record], Enum], list[Consequence]] = {}
Preparation = Callable[[UnitOfWork, Facts, Draft], Awaitable[None]]
_PREPARATIONS: dict[tuple[type[Record], Enum], list[Preparation]] = {}
Witness = Callable[[UnitOfWork, type[Record], Facts], Awaitable[None]]
_WITNESSES: list[Witness] = []


@dataclass(frozen=True, slots=True)
class Signature:
    """That a person, whose signing PIN was verified, signs: the printed name as it stands in the event."""

    user_id: UUID
    printed_name: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody wants of a record: the state, the version it was decided on, why, and the signature."""

    to: str
    version: int
    reason: str | None = None
    signature: Signature | None = None
    place: tuple[str, ...] = ("changes",)
    """Where in the input the record's fields are."""
    changed: tuple[str, ...] = ()
    """The fields among them, in the schema's spelling."""


def consequence(model: type[Record], *states: Enum) -> Callable[[Consequence], Consequence]:
    """What follows when a record comes into one of these states: ``async def f(unit, facts)``, in its transaction."""

    def note(function: Consequence) -> Consequence:
        for state in states:
            _CONSEQUENCES.setdefault((model, state), []).append(function)
        return function

    return note


def preparation(model: type[Record], *states: Enum) -> Callable[[Preparation], Preparation]:
    """What is done just before a record comes into one of these states: ``async def f(unit, facts, draft)``.

    Nothing speaks against the move any more. The draft is about to be written, and may be added to.
    """

    def note(function: Preparation) -> Preparation:
        for state in states:
            _PREPARATIONS.setdefault((model, state), []).append(function)
        return function

    return note


def witness(function: Witness) -> Witness:
    """Have a function see every move: ``async def f(unit, model, facts)``, in its transaction."""
    _WITNESSES.append(function)
    return function


async def _follow(unit: UnitOfWork, model: type[Record], facts: Facts) -> None:
    for follow in _CONSEQUENCES.get((model, facts["status"]), ()):
        await follow(unit, facts)
    for see in _WITNESSES:
        await see(unit, model, facts)


def machine_of(model: Any) -> Machine:
    """The machine of a kind of record: of its model."""
    machine: Machine = model.__machine__
    return machine


@asynccontextmanager
async def holding(unit: UnitOfWork, model: type[Record], drafts: Sequence[Draft]) -> AsyncIterator[None]:
    """Refuse the drafts that are written within and take away what their record's state rests on (``Machine.held``).

    It looks at what was written; a refused draft leaves nothing of it. What was lacking before may go on lacking.
    """
    held = machine_of(model).held
    before = await _held_facts(unit, model, [d for d in drafts if d.current and d.current["status"] in held])
    yield
    after = await _held_facts(unit, model, [d for d in drafts if d.id in before and not d.refused])
    for draft in drafts:
        if draft.id not in after:
            continue
        for guard in held[draft.current["status"]] if draft.current else ():
            lack = guard(after[draft.id])
            if lack is not None and guard(before[draft.id]) is None:
                draft.refuse(lack.code, lack.message, *(lack.field or "").split("."))


async def _held_facts(unit: UnitOfWork, model: type[Record], drafts: Sequence[Draft]) -> dict[UUID, Facts]:
    ids = [draft.id for draft in drafts]
    return {**await facts_of(unit, model, unit.organization_id, ids, unit.now)} if ids else {}


def refuse_settled(model: type[Record], row: Mapping[str, Any]) -> None:
    """Refuse to change a record that is in a settled state."""
    machine = getattr(model, "__machine__", None)
    if machine is not None and row["status"] in machine.settled:
        leads_on = any(row["status"] in way.sources and way.to not in machine.settled for way in machine.moves)
        message = f"It is {row['status'].value} and stays as it is{'; move it first' if leads_on else ''}."
        raise Refusal(ErrorCode.INVALID, message, ("id",))


async def possible(
    reader: Reader, viewer: Viewer, model: type[Record], ids: list[UUID], now: datetime
) -> dict[UUID, Sequence[Possible]]:
    """The moves of many records of one kind, with what each lacks now for this viewer.

    Of records that are alike in all that was asked of them it is the same list.
    """
    machine = machine_of(model)
    known = await facts_of(reader, model, viewer.organization_id, ids, now, readable(machine))
    judgments = Judgments(machine, viewer.permissions)
    asked = {ACTOR: viewer.user_id, ROLES: viewer.roles, NOW: now}
    return {id_: judgments.of(facts | asked) for id_, facts in known.items()}


async def move(unit: UnitOfWork, model: type[Record], id_: UUID, intent: Intent, change: Change | None = None) -> None:
    """Move a record. Raises ``Refusals`` with all that the move lacks, each naming the input's field."""
    row = await unit.lock_one(model, id_, intent.version)
    machine = machine_of(model)
    target = _target(machine, row, intent.to)
    facts = await _known(unit, model, id_)
    before = judged = machine.judged(target, facts, unit.viewer.permissions)
    if change is not None:
        if before is not None and (barred := machine.barred(before.move, facts, unit.viewer.permissions)):
            # Who may not make it is not told either what of the changes would be wrong.
            raise Refusal(barred.code, barred.message, ("to",))
        await change(row)
        facts = await _known(unit, model, id_)
        judged = machine.judged(target, facts, unit.viewer.permissions)
    if judged is None:
        raise _no_way(row["status"], target)
    if before is not None:
        judged = _no_easier(judged, before)
    _refuse_unmet(judged, intent)
    if machine.only_own(judged.move, unit.viewer.permissions):
        _refuse_beyond_own(judged.move, intent)
    await _arrive(unit, model, facts, judged.move, intent, judged.meaning)


async def _arrive(
    unit: UnitOfWork,
    model: type[Record],
    facts: Facts,
    way: Move,
    intent: Intent,
    meaning: SignatureMeaning | None = None,
) -> None:
    """Write the state and its times, say so in the event, and do what follows."""
    draft = await _prepared(unit, model, facts, way, intent, meaning)
    await unit.save(model, [draft])
    await _follow(unit, model, {**facts, **draft.fields})


async def _prepared(
    unit: UnitOfWork,
    model: type[Record],
    facts: Facts,
    way: Move,
    intent: Intent,
    meaning: SignatureMeaning | None = None,
) -> Draft:
    stamps = {name: unit.now for name in way.stamps if facts[name] is None}
    draft = Draft(facts["id"], {"status": way.to, **stamps}, facts, action=Action.TRANSITIONED)
    draft.notes = _notes(facts["status"], way.to, intent, meaning)
    for prepare in _PREPARATIONS.get((model, way.to), ()):
        await prepare(unit, facts, draft)
    return draft


async def _known(unit: UnitOfWork, model: type[Record], id_: UUID) -> Facts:
    known = await facts_of(unit, model, unit.organization_id, [id_], unit.now)
    return {**known[id_], ACTOR: unit.viewer.user_id, ROLES: unit.viewer.roles, NOW: unit.now}


def _no_easier(judged: Possible, before: Possible) -> Possible:
    """A move brings what it needs, but nobody gets out of a signature or of a bar by what it changes."""
    barred = tuple(lack for lack in before.unmet if lack.code is ErrorCode.FORBIDDEN and lack not in judged.unmet)
    signing = before.move.signing
    held = before.meaning if signing is not None and not signing.curable else None
    return Possible(judged.move, judged.unmet + barred, judged.meaning or held)


async def follow_up(unit: UnitOfWork, model: type[Record], id_: UUID, to: Enum, reason: str) -> None:
    """Move a record because another one moved; nobody is asked for a permission, a reason or a signature.

    Does nothing if the machine has no such move from where the record is.
    """
    await follow_up_all(unit, model, [id_], to, reason)


async def follow_up_all(unit: UnitOfWork, model: type[Record], ids: Iterable[UUID], to: Enum, reason: str) -> None:
    """Move many records because of something else, as ``follow_up`` does one; they are written together."""
    moving: list[tuple[Facts, Draft]] = []
    for row in (await unit.lock(model, ids)).values():
        way = next((m for m in machine_of(model).moves if m.to is to and row["status"] in m.sources), None)
        if way is not None:
            facts: Facts = {**row, ACTOR: None, ROLES: frozenset(), NOW: unit.now}
            intent = Intent(to.value, row["version"], reason)
            moving.append((facts, await _prepared(unit, model, facts, way, intent)))
    await unit.save(model, [draft for _, draft in moving])
    for facts, draft in moving:
        await _follow(unit, model, {**facts, **draft.fields})


def _target(machine: Machine, row: Mapping[str, Any], wanted: str) -> Enum:
    states = type(machine.start)
    if wanted not in states.__members__:
        known = ", ".join(states.__members__)
        raise Refusal(ErrorCode.INVALID, f"There is no such state; there are {known}.", ("to",))
    target = states[wanted]
    if not any(m.to is target and row["status"] in m.sources for m in machine.moves):
        raise _no_way(row["status"], target)
    return target


def _no_way(status: Enum, target: Enum) -> Refusal:
    return Refusal(ErrorCode.INVALID, f"No move leads from {status.value} to {target.value}.", ("to",))


def _refuse_unmet(judged: Possible, intent: Intent) -> None:
    refusals = [Refusal(lack.code, lack.message, _place(lack.field, intent.place)) for lack in judged.unmet]
    refusals += bad_reason(intent.reason, needed=judged.move.reason)
    if judged.meaning is not None and intent.signature is None:
        refusals.append(
            Refusal(ErrorCode.REQUIRED, f"This is signed, with the meaning {judged.meaning.value}.", ("signature",))
        )
    if refusals:
        raise Refusals(refusals)


def _refuse_beyond_own(way: Move, intent: Intent) -> None:
    """Who moves the own record only does not change it otherwise."""
    beyond = [name for name in intent.changed if way.own is None or name not in way.own.fields]
    if beyond:
        why = "Whose it is may move it, but not change this."
        raise Refusals([Refusal(ErrorCode.FORBIDDEN, why, (*intent.place, name)) for name in beyond])


def bad_reason(reason: str | None, *, needed: bool) -> list[Refusal]:
    """What is wrong with a reason that somebody gives for what is done to a record."""
    if needed and not (reason or "").strip():
        return [Refusal(ErrorCode.REQUIRED, "Say why.", ("reason",))]
    if len(reason or "") > REASON_LIMIT:
        return [Refusal(ErrorCode.TOO_LONG, f"At most {REASON_LIMIT} characters.", ("reason",))]
    return []


def _place(field: str | None, changes: tuple[str, ...]) -> tuple[str, ...]:
    """Where in the input it is mended: the move's own fields, or those of the record among its changes."""
    if field is None:
        return ("to",)
    return (field,) if field in ("reason", "signature") else (*changes, *field.split("."))


def _notes(before: Enum, after: Enum, intent: Intent, meaning: SignatureMeaning | None) -> dict[str, Any]:
    """What the event says beside the changed fields. A signature is bound to the record's version by its event."""
    notes: dict[str, Any] = {"transition": [before.value, after.value]}
    if intent.reason is not None:
        notes["reason"] = intent.reason
    if intent.signature is not None and meaning is not None:
        notes |= signed_note(intent.signature, meaning)
    return notes


def signed_note(signature: Signature, meaning: SignatureMeaning) -> dict[str, Any]:
    """What the event says of a signature."""
    return {
        "signature": {
            "meaning": meaning.value,
            "printedName": signature.printed_name,
            "userId": signature.user_id.hex,
        }
    }
