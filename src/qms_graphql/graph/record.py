"""What all numbered records have in common: the interface ``Record``, and the fields that its types get from here."""

import inspect
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import Text, type_coerce

from qms_graphql.base.columns import Record as Row
from qms_graphql.base.ids import from_global
from qms_graphql.base.transitions import possible
from qms_graphql.graph.abstract import interface
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import FieldDeclaration, SqlField, TypeDeclaration, batch_field
from qms_graphql.graph.history import (
    FIRST_OF_HISTORY,
    MOST_OF_HISTORY,
    MOST_SIGNATURES,
    HistoryPage,
    RecordSignature,
    history_of,
    signatures_of,
)
from qms_graphql.graph.trace import DEEPEST_TRACE, TraceDirection, TraceEntry
from qms_graphql.graph.trace import trace as traced
from qms_graphql.graph.transitions import Transition
from qms_graphql.graph.types import Node, declared_resolver

First = Annotated[int, strawberry.argument(description=f"The newest so many, at most {MOST_OF_HISTORY}.")]
After = Annotated[str | None, strawberry.argument(description="Cursor that the page begins after.")]
Direction = Annotated[TraceDirection, strawberry.argument(description="Which way to trace.")]
Depth = Annotated[int, strawberry.argument(description=f"How many links far, at most {DEEPEST_TRACE}.")]
USUAL_DEPTH = 6
TRACE_ARGUMENTS = {"direction": (Direction, inspect.Parameter.empty), "depth": (Depth, USUAL_DEPTH)}
HISTORY_ARGUMENTS = {"first": (First, FIRST_OF_HISTORY), "after": (After, None)}


@interface(plural="records")
@strawberry.interface(description="A numbered record: audited, and moved only by its state machine.")
class Record(Node):
    """A numbered record."""

    number: str = strawberry.field(description="Its number, for example CMP-2026-00017.")
    state: str = strawberry.field(description="Its status as text: each kind of record has states of its own.")
    transitions: list[Transition] = strawberry.field(
        description="Where it can be moved from here, and what each move lacks; empty where nothing moves it."
    )
    signatures: list[RecordSignature] = strawberry.field(
        description=f"Who signed what of it, newest first; at most {MOST_SIGNATURES}."
    )
    version: int = strawberry.field(description="Raised by one with every change.")
    created_at: datetime = strawberry.field(description="When the record was made here.")
    updated_at: datetime = strawberry.field(description="When the record was last changed here.")

    history: HistoryPage = strawberry.field(
        resolver=declared_resolver(HistoryPage, HISTORY_ARGUMENTS),
        description="What happened to it, newest first.",
    )
    trace: list[TraceEntry] = strawberry.field(
        resolver=declared_resolver(list[TraceEntry], TRACE_ARGUMENTS),
        description="What it leads to along its links, nearest first; at most 1000 records.",
    )


def shared_fields(declared: TypeDeclaration) -> dict[str, FieldDeclaration]:
    """The fields of ``Record`` that are no columns, for one type, by their Python names."""
    model = cast(type[Row], declared.model)

    @batch_field(needs=(), personal=True)
    async def transitions(rows: Sequence[Any], context: Context) -> list[list[Transition]]:
        """Where it can be moved from here, and what each move lacks; empty where nothing moves it."""
        if not hasattr(model, "__machine__"):
            return [[] for _ in rows]
        ids = [from_global(row.id)[1] for row in rows]
        found = await possible(await context.reader(), context.viewer, model, ids, context.clock.now())
        return [*Transition.all_of([found.get(id_, ()) for id_ in ids])]

    @batch_field(needs=())
    async def signatures(rows: Sequence[Any], context: Context) -> list[list[RecordSignature]]:
        """Who signed what of it, newest first; at most 50."""
        return await signatures_of(context, [from_global(row.id)[1] for row in rows])

    @batch_field(needs=())
    async def history(
        rows: Sequence[Any], context: Context, first: First = FIRST_OF_HISTORY, after: After = None
    ) -> list[HistoryPage]:
        """What happened to it, newest first. Values that the viewer may not read are null."""
        return await history_of(context, declared, [from_global(row.id)[1] for row in rows], first, after)

    @batch_field(needs=())
    async def trace(
        rows: Sequence[Any], context: Context, direction: Direction, depth: Depth = USUAL_DEPTH
    ) -> list[list[TraceEntry]]:
        """What it leads to along its links, nearest first: the customers behind it, or what was done about it."""
        return await traced(context, declared, [from_global(row.id)[1] for row in rows], direction, depth)

    state = SqlField(
        expression=lambda row: type_coerce(row.status, Text),
        needs_now=False,
        annotation=str,
        description="Its status as text: each kind of record has states of its own.",
    )
    return {
        "state": state,
        "transitions": transitions,
        "signatures": signatures,
        "history": history,
        "trace": trace,
    }
