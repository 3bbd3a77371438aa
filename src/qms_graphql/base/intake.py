"""Intake: records of an external system come in by their own keys, set-based, in any order, any number of times.

The contract: an item is identified by (system, type, external id). An older version than the one held is STALE; an
equal or absent one is compared by content. A tombstone or merge makes our record inactive, and only a higher version
lifts it. A reference that is unknown rejects its row alone.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import update

from qms_graphql.base.batch import BatchRejected, ErrorPolicy, Item, Kind, Taken
from qms_graphql.base.batch_links import resolve
from qms_graphql.base.drafts import Draft, Outcome, check_columns
from qms_graphql.base.erasing import ERASED_KEY, erased_among
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.external import Held, Key, held_refs, ref_problem, serialise, write_refs
from qms_graphql.base.ids import new_id
from qms_graphql.base.model import Action, ExternalRef, RefState
from qms_graphql.base.unit import UnitOfWork


async def take_in(
    unit: UnitOfWork, kind: Kind, items: Sequence[Item], policy: ErrorPolicy, *, backfill: bool
) -> list[Taken]:
    """Write a batch and say of each item what became of it. Raises ``BatchRejected`` by the policy."""
    await serialise(unit, kind.record_type)
    for item in items:
        item.refusals += ref_problem(unit.viewer, item.key)
    results: dict[int, Taken] = {}
    for share in _shares(items):
        await _take(unit, kind, share, results, backfill=backfill)
    if policy is ErrorPolicy.REJECT_EVERYTHING and any(result.refusals for result in results.values()):
        raise BatchRejected([_rejected(results[item.index]) for item in items])
    return [results[item.index] for item in items]


def _shares(items: Sequence[Item]) -> list[list[Item]]:
    """A record whose beginning and end are in one batch is begun first, then ended, as if they came one by one."""
    begun = {item.key for item in items if not item.ends}
    ended = [item for item in items if item.ends and item.key in begun]
    lifted = {item.key for item in items for end in ended if item.key == end.key and _rank(item) > _rank(end)}
    last = [item for item in ended if item.key not in lifted]
    if not last:
        return [list(items)]
    return [[item for item in items if item not in last], last]


async def _take(
    unit: UnitOfWork, kind: Kind, items: Sequence[Item], results: dict[int, Taken], *, backfill: bool
) -> None:
    """Write one share of a batch, each key at most once, and put down what became of its items.

    A row that is refused says nothing about the others of its key: then the next best of them counts.
    """
    contenders = [item for item in items if not item.refusals]
    while contenders:
        winners = _winners(contenders)
        beaten = [item for item in contenders if winners[item.key] is not item]
        # Asked before they are written: that fills in what they leave out.
        repeated = [item.says() == winners[item.key].says() for item in beaten]
        await _write(unit, kind, list(winners.values()), results, backfill=backfill)
        contenders = []
        for item, same in zip(beaten, repeated, strict=True):
            if results[winners[item.key].index].refusals:
                contenders.append(item)
            else:
                outcome = Outcome.UNCHANGED if same else Outcome.STALE
                results[item.index] = Taken(item.index, item.key, item.version, outcome)
    for item in items:
        if item.refusals:
            results[item.index] = Taken(item.index, item.key, item.version, Outcome.REJECTED, None, item.refusals)


async def _write(
    unit: UnitOfWork, kind: Kind, winners: Sequence[Item], results: dict[int, Taken], *, backfill: bool
) -> None:
    """Write items of different keys."""
    held, erased = await _held(unit, kind, winners)
    for item in winners:
        if (kind.record_type, item.key) in erased:
            item.refusals.append(Refusal(ErrorCode.ERASED, ERASED_KEY, ("ref", "externalId")))
    drafts = await _drafts(unit, kind, winners, held, results, backfill=backfill)
    resolve(kind, winners, drafts, held, erased)
    writable = [draft for draft in drafts.values() if draft.outcome is None]
    for draft in writable:
        check_columns(kind.model, draft, kind.spelling, unit.now)
    for wave in _waves(writable):
        await _refresh(unit, kind, wave)
        await kind.command(unit, wave)
    by_index = {item.index: item for item in winners}
    for item in winners:
        if item.index in drafts:
            results[item.index] = _result(item, drafts[item.index], held)
        elif item.refusals:
            results[item.index] = Taken(item.index, item.key, item.version, Outcome.REJECTED, None, item.refusals)
    await _write_refs(unit, kind, [by_index[i] for i, d in drafts.items() if not d.refused], drafts, held)


def _waves(drafts: Sequence[Draft]) -> list[list[Draft]]:
    """Two keys may name one record: then the later row is written after the earlier one, on top of it."""
    waves: list[list[Draft]] = []
    seen: dict[UUID, int] = {}
    for draft in drafts:
        turn = seen[draft.id] = seen.get(draft.id, -1) + 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append(draft)
    return waves or [[]]


async def _refresh(unit: UnitOfWork, kind: Kind, wave: Sequence[Draft]) -> None:
    """A row that an earlier wave wrote is read again."""
    written = [draft for draft in wave if draft.current is not None and unit.has_changed(kind.model, draft.id)]
    rows = await unit.lock(kind.model, [draft.id for draft in written])
    for draft in written:
        draft.current = rows[draft.id]


def _winners(items: Sequence[Item]) -> dict[Key, Item]:
    """Of items with the same key the one with the highest version, then the last."""
    best: dict[Key, Item] = {}
    for item in items:
        rival = best.get(item.key)
        if rival is None or _rank(item) >= _rank(rival):
            best[item.key] = item
    return best


def _rank(item: Item) -> int:
    return -1 if item.order is None else item.order


async def _held(
    unit: UnitOfWork, kind: Kind, items: Sequence[Item]
) -> tuple[dict[tuple[str, Key], Held], set[tuple[str, Key]]]:
    """What is held of the keys that items name, and which of the others were an erased person's."""
    wanted: dict[str, set[Key]] = {kind.record_type: {item.key for item in items}}
    for item in items:
        for _, _, record_type, key, _ in item.links:
            wanted.setdefault(record_type, set()).add(key)
        if item.merged_into is not None:
            wanted[kind.record_type].add(item.merged_into)
    held = await held_refs(unit, wanted)
    others = {(type_, key) for type_, keys in wanted.items() for key in keys} - held.keys()
    return held, await erased_among(unit, unit.secrets, unit.organization_id, others)


async def _drafts(
    unit: UnitOfWork,
    kind: Kind,
    items: Sequence[Item],
    held: Mapping[tuple[str, Key], Held],
    results: dict[int, Taken],
    *,
    backfill: bool,
) -> dict[int, Draft]:
    """A draft for each item that may write; the stale ones are answered here."""
    live: list[tuple[Item, Held | None]] = []
    for item in items:
        known = held.get((kind.record_type, item.key))
        if known is not None and known.is_of_another_kind(item.order, item.version):
            item.refusals.append(
                Refusal(
                    ErrorCode.INVALID, "The version must be of the kind held: a time, or a number.", ("ref", "version")
                )
            )
        elif item.refusals:
            continue
        elif known is not None and known.outdates(item.order, ends=item.ends):
            results[item.index] = Taken(item.index, item.key, item.version, Outcome.STALE, known.record_id)
        else:
            live.append((item, known))
    rows = await unit.lock(kind.model, [known.record_id for _, known in live if known and known.record_id])
    drafts: dict[int, Draft] = {}
    for item, known in live:
        id_ = known.record_id if known and known.record_id else new_id()
        draft = Draft(id_, item.fields, rows.get(id_), item.parts, origin=item.key[0], backfill=backfill)
        _ending(kind, item, known, draft)
        if draft.current is None and item.ends:
            # The end of something never seen: only its reference is remembered.
            draft.outcome = _ENDS[draft.action] if draft.action else Outcome.UNCHANGED
        drafts[item.index] = draft
    return drafts


def _ending(kind: Kind, item: Item, known: Held | None, draft: Draft) -> None:
    """Tombstones, merges, and what brings a record back."""
    if item.ends:
        draft.fields = dict(kind.tombstone)
        draft.parts = {}
        item.links = []
        state, action = (
            (RefState.MERGED, Action.MERGED) if item.merged_into is not None else (RefState.DELETED, Action.DELETED)
        )
        if known is None or known.state is not state:
            # Its end is news even where our record was inactive already.
            draft.action = action
    elif known is not None and known.state is not RefState.LIVE:
        if known.record_id is None and not known.newer(item.order):
            draft.fields |= kind.tombstone
        else:
            for name, value in kind.tombstone.items():
                draft.fields.setdefault(name, not value)
    if draft.current is not None and isinstance(draft.fields.get("custom"), dict):
        merged = {**(draft.current["custom"] or {}), **draft.fields["custom"]}
        draft.fields["custom"] = {key: value for key, value in merged.items() if value is not None}
    elif "custom" in draft.fields:
        draft.fields["custom"] = {k: v for k, v in (draft.fields["custom"] or {}).items() if v is not None}


_ENDS = {Action.DELETED: Outcome.DELETED, Action.MERGED: Outcome.MERGED}


def _result(item: Item, draft: Draft, held: Mapping[tuple[str, Key], Held]) -> Taken:
    if draft.refused:
        return Taken(item.index, item.key, item.version, Outcome.REJECTED, None, draft.refusals)
    outcome = draft.outcome or Outcome.UNCHANGED
    if draft.current is None and item.ends:
        return Taken(item.index, item.key, item.version, outcome)
    if outcome is Outcome.UPDATED and draft.action is Action.DELETED:
        outcome = Outcome.DELETED
    elif item.merged_into is not None and outcome is Outcome.UPDATED:
        outcome = Outcome.MERGED
    exists = draft.current is not None or outcome is Outcome.CREATED
    return Taken(item.index, item.key, item.version, outcome, draft.id if exists else None)


def _rejected(taken: Taken) -> Taken:
    if not taken.refusals:
        taken.refusals = [
            Refusal(ErrorCode.BATCH_REJECTED, "Another row of the batch was refused, so nothing was written.")
        ]
    return Taken(taken.index, taken.key, taken.version, Outcome.REJECTED, None, taken.refusals)


async def _write_refs(
    unit: UnitOfWork,
    kind: Kind,
    items: Sequence[Item],
    drafts: Mapping[int, Draft],
    held: Mapping[tuple[str, Key], Held],
) -> None:
    """Remember the new references, versions and states; references to a merged record follow it to the winner."""
    rows = []
    for item in items:
        draft, known = drafts[item.index], held.get((kind.record_type, item.key))
        exists = draft.current is not None or draft.outcome is Outcome.CREATED
        record_id = draft.id if exists else None
        state = RefState.MERGED if item.merged_into else RefState.DELETED if item.deleted else RefState.LIVE
        target_id: UUID | None = UUID(hex=draft.notes["mergedInto"]) if item.merged_into else record_id
        order, version = item.order, item.version
        if known is not None and not known.newer(item.order):
            order, version = known.order, known.version
            if known.record_id is None and known.state is not RefState.LIVE:
                state, target_id = known.state, known.target_id or record_id
        if known != Held(record_id, target_id, version, order, state):
            rows.append((item.key, Held(record_id, target_id, version, order, state)))
        if item.merged_into is not None and record_id is not None:
            refs = ExternalRef.__table__
            await unit.connection.execute(
                update(refs)
                .where(refs.c.organization_id == unit.organization_id, refs.c.target_id == record_id)
                .values(target_id=target_id, updated_at=unit.now)
            )
    await write_refs(unit, kind.record_type, rows)
