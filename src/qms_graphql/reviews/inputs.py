"""The inputs of management reviews, from what is there now; and kept as they were shown, once a review was held."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from qms_graphql.base.access import Viewer, system_viewer
from qms_graphql.base.drafts import Draft
from qms_graphql.base.machines import Facts
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.base.transitions import consequence
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.effectiveness.measuring import hidden, standings
from qms_graphql.effectiveness.model import Objective
from qms_graphql.effectiveness.rules import Measured, ObjectiveStatus, on_track, progress
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.rules import DEFINITIONS, Counting
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.series import Measurement, Point, measured
from qms_graphql.reviews.agenda import TOPICS
from qms_graphql.reviews.model import Review
from qms_graphql.reviews.rules import ReviewKind, ReviewStatus

Row = Mapping[str, Any]
MOST_OBJECTIVES = 100
"""Most objectives that a review is shown: the first due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Something that was measured or counted, and by which rule."""

    name: str
    rule: str
    count: int | None = None
    metric: str | None = None
    measured: Measured | None = None
    objective: str | None = None
    """The id of the objective that it is the present value of."""
    target: float | None = None
    progress: float | None = None
    on_track: bool | None = None

    @classmethod
    def of(cls, kept: Row) -> "Figure":
        """As it was kept."""
        value = kept["measured"]
        return cls(**{**kept, "measured": None if value is None else Measured.of(value)})


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a topic."""

    clause: str
    title: str
    figures: tuple[Figure, ...]


def kept(topics: Sequence[Shown]) -> dict[str, Any]:
    """What was shown, as JSON."""
    return {"topics": [asdict(topic) | {"figures": [asdict(figure) for figure in topic.figures]} for topic in topics]}


def as_kept(inputs: Row) -> list[Shown]:
    """What was shown, from what was kept."""
    return [
        Shown(topic["clause"], topic["title"], tuple(map(Figure.of, topic["figures"]))) for topic in inputs["topics"]
    ]


async def gather(reader: Reader, viewer: Viewer, reviews: Sequence[Row], now: datetime) -> list[list[Shown]]:
    """The inputs of management reviews as they are now, with the viewer's eyes.

    Four statements, however many reviews and figures there are: the counts, the metrics, the objectives and their
    values.
    """
    if not reviews:
        return []
    counts = await _counts(reader, viewer, reviews, now)
    values = await _values(reader, viewer, reviews, now)
    objectives = await _objectives(reader, viewer, reviews, now)
    return [
        _shown(counts[review["id"]], values[number], _of_period(objectives, review))
        for number, review in enumerate(reviews)
    ]


def _shown(counts: Row, values: Mapping[Any, Point], objectives: Sequence[Figure]) -> list[Shown]:
    shown = []
    for place, topic in enumerate(TOPICS):
        figures = [
            Figure(
                name=DEFINITIONS[code].name,
                rule=values[code].rule,
                metric=code.value,
                measured=Measured(values[code].estimate, values[code].rule),
            )
            for code in topic.metrics
        ]
        figures += [
            Figure(name=counted.name, rule=counted.rule, count=counts[f"c{place}_{number}"])
            for number, counted in enumerate(topic.counts)
        ]
        if topic.objectives:
            figures += objectives
        shown.append(Shown(topic.clause, topic.title, tuple(figures)))
    return shown


async def _counts(reader: Reader, viewer: Viewer, reviews: Sequence[Row], now: datetime) -> dict[UUID, Row]:
    table = Review.__table__
    numbers = [
        counted.expression(table.c, now, viewer).label(f"c{place}_{number}")
        for place, topic in enumerate(TOPICS)
        for number, counted in enumerate(topic.counts)
    ]
    wanted = within(table.c.id, [review["id"] for review in reviews], reader.dialect)
    found = await reader.rows(
        select(table.c.id, *numbers).where(table.c.organization_id == viewer.organization_id, wanted)
    )
    return {row["id"]: row for row in found}


async def _values(reader: Reader, viewer: Viewer, reviews: Sequence[Row], now: datetime) -> list[dict[Any, Point]]:
    """Each metric over the period of each of the reviews."""
    codes = [code for topic in TOPICS for code in topic.metrics]
    asked = [
        Measurement(viewer, code, Scope(), Window(review["period_from"], review["period_until"]), Counting.EACH_ANSWER)
        for review in reviews
        for code in codes
    ]
    points = iter([point for point in await measured(reader, viewer, asked, now) if isinstance(point, Point)])
    return [{code: next(points) for code in codes} for _ in reviews]


async def _objectives(
    reader: Reader, viewer: Viewer, reviews: Sequence[Row], now: datetime
) -> list[tuple[Row, Figure]]:
    """The objectives that are being worked for, or were decided in a period of one of the reviews."""
    table = Objective.__table__
    first, last = min(row["period_from"] for row in reviews), max(row["period_until"] for row in reviews)
    decided = and_(table.c.decided_at >= first, table.c.decided_at < last)
    found = await reader.rows(
        select(table)
        .where(
            table.c.organization_id == viewer.organization_id,
            or_(table.c.status == ObjectiveStatus.ACTIVE, decided),
        )
        .order_by(table.c.due_at, table.c.id)
    )
    rows = [row for row in found if not hidden(viewer, row)]
    return [
        (row, _objective(row, baseline, current, now))
        for row, (baseline, current) in zip(rows, await standings(reader, viewer, rows, now), strict=True)
    ]


def _objective(row: Row, baseline: Measured, current: Measured, now: datetime) -> Figure:
    return Figure(
        name=f"{row['number']} {row['title']}",
        rule=current.rule,
        metric=row["metric_code"].value,
        measured=current,
        objective=row["id"].hex,
        target=float(row["target"]),
        progress=progress(float(row["target"]), baseline.estimate, current.estimate),
        on_track=on_track(row, baseline.estimate, current.estimate, now),
    )


def _of_period(objectives: Sequence[tuple[Row, Figure]], review: Row) -> list[Figure]:
    return [
        figure
        for row, figure in objectives
        if row["decided_at"] is None or review["period_from"] <= row["decided_at"] < review["period_until"]
    ][:MOST_OBJECTIVES]


@consequence(Review, ReviewStatus.HELD)
async def keep_inputs(unit: UnitOfWork, review: Facts) -> None:
    """What a management review was shown stays as it was then, by all records, so that its minutes stay true."""
    if review["kind"] is not ReviewKind.MANAGEMENT_REVIEW:
        return
    rows = await unit.lock(Review, [review["id"]])
    (topics,) = await gather(unit, system_viewer(unit.organization_id), list(rows.values()), unit.now)
    drafts = [Draft(id_, {"inputs": kept(topics), "inputs_at": unit.now}, row) for id_, row in rows.items()]
    await unit.save(Review, drafts)
