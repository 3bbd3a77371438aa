"""What the graph shows of timed work: the runs of the last days."""

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import select

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.model import ScheduledRun as Row
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import LIST_BOUND, query

First = Annotated[int, strawberry.argument(description=f"The latest so many, at most {LIST_BOUND}.")]


@strawberry.type(description="A run of timed work.")
class ScheduledRun:
    """A run of timed work."""

    job: str = strawberry.field(description="Which work.")
    due_at: datetime = strawberry.field(description="The beginning of the interval that it is for.")
    started_at: datetime = strawberry.field(description="When it began.")
    ended_at: datetime | None = strawberry.field(description="When it ended; null while it runs.")
    done: int = strawberry.field(description="How many things were done.")
    held: int = strawberry.field(description="How many were due and lacked something that somebody has to see to.")
    error: str | None = strawberry.field(description="What went wrong; null if nothing did.")


@query(read="audit:read")
async def scheduled_runs(context: Context, first: First = 20) -> list[ScheduledRun]:
    """What was done at its time in the last seven days, the latest first."""
    if not 0 <= first <= LIST_BOUND:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"A list has 0 to {LIST_BOUND} items.", ("first",))
    table, reader = Row.__table__, await context.reader()
    rows = await reader.rows(
        select(table)
        .where(table.c.organization_id == context.viewer.organization_id)
        .order_by(table.c.due_at.desc(), table.c.job)
        .limit(first)
    )
    return [ScheduledRun(**{name: value for name, value in row.items() if name != "organization_id"}) for row in rows]
