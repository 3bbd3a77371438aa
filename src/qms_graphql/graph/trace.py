"""Tracing: from a record along its links to the customers whose words caused it, or to what was done about it.

The chain (``base.record_types.CHAIN``) says which way a link leads. All records of a page are traced together: each
step takes one statement for each link of the types reached, however many records there are.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import select

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import to_global
from qms_graphql.base.reader import Reader
from qms_graphql.base.record_types import CHAIN, RecordType
from qms_graphql.base.sets import within
from qms_graphql.base.visibility import visible
from qms_graphql.graph.context import Context, Ref
from qms_graphql.graph.declare import ManyField, OneField, TypeDeclaration
from qms_graphql.graph.types import Node, describe_enum

DEEPEST_TRACE = 10
MOST_TRACED = 1000


class TraceDirection(Enum):
    """Which way to trace.

    UP: Towards the customers whose words caused it.
    DOWN: Towards what was done about it.
    """

    UP = "UP"
    DOWN = "DOWN"


describe_enum(TraceDirection)


@strawberry.type(description="A record that a trace reaches, and how it got there.")
class TraceEntry:
    """A record that a trace reaches."""

    record: Node | None = strawberry.field(description="The record.")
    distance: int = strawberry.field(description="How many links away it is.")
    via: str = strawberry.field(description="The field by which it was reached.")
    reached_from: strawberry.ID = strawberry.field(description="The record whose field that is.")


@dataclass(slots=True)
class _Steps:
    """What leads where: from a record, by a field, to others."""

    reached: dict[Ref, list[tuple[str, Ref]]] = field(default_factory=dict)
    seen: set[Ref] = field(default_factory=set)


async def trace(
    context: Context, declared: TypeDeclaration, ids: Sequence[UUID], direction: TraceDirection, depth: int
) -> list[list[TraceEntry]]:
    """What each of these records leads to, nearest first. Raises ``Refusal`` on ``depth``."""
    if not 1 <= depth <= DEEPEST_TRACE:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"A trace goes 1 to {DEEPEST_TRACE} links far.", ("depth",))
    reader, steps = await context.reader(), _Steps()
    roots = [Ref(declared.name, id_) for id_ in ids]
    frontier = set(roots)
    for _ in range(depth):
        steps.seen |= frontier
        frontier = await _step(context, reader, steps, frontier, direction) - steps.seen
        if not frontier:
            break
    return [_entries(context, steps, root, depth) for root in roots]


async def _step(
    context: Context, reader: Reader, steps: _Steps, frontier: Iterable[Ref], direction: TraceDirection
) -> set[Ref]:
    """Follow all links that lead on from these records; answers what was reached."""
    by_type: dict[str, list[UUID]] = {}
    for ref in frontier:
        by_type.setdefault(ref.type_name, []).append(ref.id)
    reached: set[Ref] = set()
    for name, ids in sorted(by_type.items()):
        for link, target in _links(context, context.engine.types[name], direction):
            for near, far in await _pairs(context, reader, context.engine.types[name], link, target, ids):
                found = Ref(target.name, far)
                steps.reached.setdefault(Ref(name, near), []).append((link.name, found))
                reached.add(found)
    return reached


def _links(
    context: Context, declared: TypeDeclaration, direction: TraceDirection
) -> list[tuple[OneField | ManyField, TypeDeclaration]]:
    """The links of a type that lead on in this direction, and where to, as far as the viewer may read it."""
    here = _place(declared)
    found = []
    for item in declared.fields.values():
        if not isinstance(item, OneField | ManyField) or item.target is None or not context.viewer.may(item.read):
            continue
        there = _place(item.target)
        if here is None or there is None or not context.viewer.may(item.target.read):
            continue
        if there < here if direction is TraceDirection.UP else there > here:
            found.append((item, item.target))
    return found


def _place(declared: TypeDeclaration) -> int | None:
    kind = RecordType.__members__.get(declared.record_type)
    return CHAIN.index(kind) if kind in CHAIN else None


async def _pairs(
    context: Context,
    reader: Reader,
    declared: TypeDeclaration,
    link: OneField | ManyField,
    toward: TypeDeclaration,
    ids: Sequence[UUID],
) -> list[tuple[UUID, UUID]]:
    """Which of the records lead by a link to which others that the viewer sees."""
    target = toward.table.alias("target")
    mine = [
        target.c.organization_id == context.viewer.organization_id,
        visible(toward.model, target, context.viewer),
    ]
    if link.such is not None:
        mine.append(link.such(target.c))
    if isinstance(link, OneField):
        own = declared.table.alias("own")
        near, far = own.c.id, target.c.id
        mine += [own.c.organization_id == target.c.organization_id, own.c[link.column.name] == target.c[link.key]]
    elif link.far is None:
        near, far = target.c[link.column.name], target.c.id
    else:
        pairs = link.column.table.alias("pairs")
        near, far = pairs.c[link.column.name], target.c.id
        mine += [pairs.c.organization_id == target.c.organization_id, pairs.c[link.far.name] == target.c.id]
    found = select(near.label("near"), far.label("far")).where(*mine, within(near, ids, reader.dialect))
    rows: Sequence[Mapping[str, Any]] = await reader.rows(found.order_by(near, far).distinct())
    return [(row["near"], row["far"]) for row in rows]


def _entries(context: Context, steps: _Steps, root: Ref, depth: int) -> list[TraceEntry]:
    """What is reached from one record, nearest first, each once."""
    seen, waiting, entries = {root}, deque([(root, 0)]), list[TraceEntry]()
    while waiting:
        here, distance = waiting.popleft()
        if distance == depth:
            continue
        for via, ref in steps.reached.get(here, ()):
            if ref in seen:
                continue
            if len(entries) == MOST_TRACED:
                return entries
            seen.add(ref)
            waiting.append((ref, distance + 1))
            origin = to_global(context.engine.types[here.type_name].table.name, here.id)
            record: Any = ref
            entries.append(
                TraceEntry(record=record, distance=distance + 1, via=via, reached_from=strawberry.ID(origin))
            )
    return entries
