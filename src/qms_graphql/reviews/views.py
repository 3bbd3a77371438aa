"""What is read of a review as a whole: who looks at their own work, and what a management review is shown."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry

from qms_graphql.base.ids import from_global
from qms_graphql.effectiveness.measuring import rows_of
from qms_graphql.effectiveness.schema import Objective
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import batch_field, extend
from qms_graphql.graph.history import FIRST_OF_HISTORY, HistoryPage, history_of
from qms_graphql.graph.record import After, First
from qms_graphql.metrics.rules import MetricCode
from qms_graphql.metrics.schema import MetricPoint
from qms_graphql.people.schema import User
from qms_graphql.reviews import facts, model
from qms_graphql.reviews.inputs import Figure, Shown, as_kept, gather
from qms_graphql.reviews.rules import ReviewKind


@strawberry.type(description="Something that a management review is shown: measured or counted, by a stated rule.")
class ReviewFigure:
    """Something that a management review is shown: measured or counted, by a stated rule."""

    name: str = strawberry.field(description="What it is.")
    rule: str = strawberry.field(description="What was measured or counted, and what was left out.")
    count: int | None = strawberry.field(description="How many; null where it is measured.")
    metric: MetricCode | None = strawberry.field(description="The metric; null where it is counted.")
    point: MetricPoint | None = strawberry.field(description="The metric's value over the period.")
    objective: Objective | None = strawberry.field(description="The objective whose present value it is.")
    target: float | None = strawberry.field(description="What that objective shall reach.")
    progress: float | None = strawberry.field(description="Which share of the way to its target is done.")
    on_track: bool | None = strawberry.field(description="Whether it is met, or as far as the time has gone.")

    @classmethod
    def of(cls, figure: Figure) -> "ReviewFigure":
        """How a figure is shown."""
        value = figure.measured
        return cls(
            name=figure.name,
            rule=figure.rule,
            count=figure.count,
            metric=None if figure.metric is None else MetricCode[figure.metric],
            point=None if value is None else MetricPoint.of(value.estimate, value.rule),
            objective=None if figure.objective is None else ref("Objective", UUID(hex=figure.objective)),
            target=figure.target,
            progress=figure.progress,
            on_track=figure.on_track,
        )


@strawberry.type(description="A topic of a management review (ISO 9001, 9.3.2).")
class ReviewTopic:
    """A topic of a management review (ISO 9001, 9.3.2)."""

    clause: str = strawberry.field(description="Where the standard asks for it, for example 9.3.2 c 1.")
    title: str = strawberry.field(description="What it is about, in our own words.")
    figures: list[ReviewFigure] = strawberry.field(description="What is shown of it.")

    @classmethod
    def of(cls, shown: Shown) -> "ReviewTopic":
        """How a topic is shown."""
        return cls(
            clause=shown.clause, title=shown.title, figures=[ReviewFigure.of(figure) for figure in shown.figures]
        )


@extend("Review")
class ReviewViews:
    """What is read of a review as a whole."""

    @batch_field(needs=())
    async def own_work(rows: Sequence[Any], context: Context) -> list[list[User]]:
        """Who of the team looks at their own work: that of their department, or what they answer for."""
        found = await _records(rows, context)
        people = await facts.partial(await context.reader(), found)
        return [[ref("User", id_) for id_ in some] for some in people]

    @batch_field(needs=(), personal=True)
    async def inputs(rows: Sequence[Any], context: Context) -> list[list[ReviewTopic] | None]:
        """What a management review looks at (ISO 9001, 9.3.2): as it is now; once it was held, as it was then.

        Null for other reviews, and for one whose figures were not kept.
        """
        found = await _records(rows, context)
        open_ = [row for row in found if _is_open(row)]
        shown = await gather(await context.reader(), context.viewer, open_, context.clock.now())
        now = {row["id"]: topics for row, topics in zip(open_, shown, strict=True)}
        return [
            None if topics is None else [ReviewTopic.of(topic) for topic in topics]
            for topics in (now.get(row["id"], _kept(row)) for row in found)
        ]


@extend("Finding")
class FindingViews:
    """What happened to a finding."""

    @batch_field(needs=())
    async def history(
        rows: Sequence[Any], context: Context, first: First = FIRST_OF_HISTORY, after: After = None
    ) -> list[HistoryPage]:
        """What happened to it, newest first. Values that the viewer may not read are null."""
        declared = context.engine.by_table[model.Finding.__tablename__]
        return await history_of(context, declared, [from_global(row.id)[1] for row in rows], first, after)


def _is_open(row: Any) -> bool:
    """Whether it is a management review that looks at what is there now."""
    return row["kind"] is ReviewKind.MANAGEMENT_REVIEW and row["inputs_at"] is None and row["period_from"] is not None


def _kept(row: Any) -> list[Shown] | None:
    return as_kept(row["inputs"]) if row["inputs_at"] is not None and row["inputs"] is not None else None


async def _records(rows: Sequence[Any], context: Context) -> list[Any]:
    """The reviews of a page, read once for all of its fields."""
    if not hasattr(rows[0], "found"):
        ids = [from_global(row.id)[1] for row in rows]
        records = await rows_of(await context.reader(), model.Review, context.viewer.organization_id, ids)
        for row, id_ in zip(rows, ids, strict=True):
            row.found = records[id_]
    return [row.found for row in rows]
