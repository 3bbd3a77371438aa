"""References within a batch: to records held, to rows of the same batch in any order, and to what is merged away."""

from collections.abc import Mapping, Sequence, Set
from uuid import UUID

from qms_graphql.base.batch import Item, Kind
from qms_graphql.base.drafts import Draft
from qms_graphql.base.erasing import ERASED_KEY
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.external import Held, Key


def resolve(
    kind: Kind,
    items: Sequence[Item],
    drafts: Mapping[int, Draft],
    held: Mapping[tuple[str, Key], Held],
    erased: Set[tuple[str, Key]],
) -> None:
    """Put ids in the place of references, to records held and to new ones of the same batch.

    ``erased`` are the keys of erased persons: nothing is to refer to them any more.
    """
    coming = {(kind.record_type, item.key): drafts[item.index] for item in items if item.index in drafts}
    moved = _merges(kind, items, drafts, held, coming, erased)
    for item in items:
        draft = drafts.get(item.index)
        if draft is None:
            continue
        for mapping, column, record_type, key, path in item.links:
            ending = coming.get((record_type, key))
            found = _target(held.get((record_type, key)), ending)
            if found is None and ending is not None and ending.id in moved:
                # Never seen, and merged away by this batch: its key leads to the winner from now on.
                found = ending.id
            if found is None:
                if (record_type, key) in erased:
                    draft.refuse(ErrorCode.ERASED, ERASED_KEY, *path)
                else:
                    what = record_type.lower().replace("_", " ")
                    message = f"No {what} is known here by this key of {key[0]}; send it first, then repeat."
                    draft.refuse(ErrorCode.UNKNOWN_REFERENCE, message, *path)
                continue
            mapping[column] = _final(found, moved) or found
            other = coming.get((record_type, key))
            if other is not None and other is not draft:
                draft.leans_on.append((other, path))


def _merges(
    kind: Kind,
    items: Sequence[Item],
    drafts: Mapping[int, Draft],
    held: Mapping[tuple[str, Key], Held],
    coming: Mapping[tuple[str, Key], Draft],
    erased: Set[tuple[str, Key]],
) -> dict[UUID, UUID]:
    """Which record the batch merges into which. Chains end at their last winner; a circle is refused."""
    merging = [(item, drafts[item.index]) for item in items if item.merged_into is not None and item.index in drafts]
    moved: dict[UUID, UUID] = {}
    for item, draft in merging:
        assert item.merged_into is not None  # noqa: S101
        key = (kind.record_type, item.merged_into)
        winner, other = _target(held.get(key), coming.get(key)), coming.get(key)
        if key in erased:
            draft.refuse(ErrorCode.ERASED, ERASED_KEY, "mergedInto")
        elif winner is None:
            draft.refuse(ErrorCode.UNKNOWN_REFERENCE, "The winner of the merge is not known here.", "mergedInto")
        else:
            moved[draft.id] = winner
            if other is not None and other is not draft:
                draft.leans_on.append((other, ("mergedInto",)))
    for _, draft in merging:
        if draft.id in moved:
            final = _final(draft.id, moved)
            if final is None:
                draft.refuse(ErrorCode.INVALID, "A record cannot be merged into itself.", "mergedInto")
            else:
                draft.notes["mergedInto"] = final.hex
    return moved


def _final(id_: UUID, moved: Mapping[UUID, UUID]) -> UUID | None:
    """Where a chain of merges ends; None if it goes in a circle."""
    for _ in range(len(moved) + 1):
        if id_ not in moved:
            return id_
        id_ = moved[id_]
    return None


def _target(known: Held | None, coming: Draft | None) -> UUID | None:
    if known is not None and known.target_id is not None:
        return known.target_id
    return coming.id if coming is not None and coming.outcome is None else None
