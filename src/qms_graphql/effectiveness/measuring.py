"""What checks and objectives measure: for all of a page together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, select
from sqlalchemy.engine import Dialect

from qms_graphql.base.access import Viewer
from qms_graphql.base.columns import Record
from qms_graphql.base.prepared import Prepared
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import among, list_parameter
from qms_graphql.effectiveness.recurrence import recurrences
from qms_graphql.effectiveness.rules import SCOPE, Measured, Outcome, current_window, judge
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.rules import proportion
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.series import Measurement, Point, measured

Row = Mapping[str, Any]

READS = {
    "customer_id": "customers:read",
    "product_id": "products:read",
    "survey_id": "feedback:read",
    "theme_id": "feedback:read",
    "risk_id": "risks:read",
}
"""Whoever may not read the record that a scope names may not see what is measured of it."""
NOT_YET = Measured(proportion(0, 0), "Nothing is measured yet: the window has not begun.")


async def rows_of(
    reader: Reader, model: type[Record], organization_id: UUID, ids: Iterable[UUID], key: str = "id"
) -> dict[UUID, Row]:
    """The rows whose ``key`` is one of these, by it."""
    given = {"organization": organization_id, "keys": list(set(ids))}
    return {row[key]: row for row in await _rows_by(model.__table__, key, reader.dialect).rows(reader, given)}


@cache
def _rows_by(table: Table, key: str, dialect: Dialect) -> Prepared:
    own = table.c.organization_id == bindparam("organization", type_=Uuid())
    return Prepared(select(table).where(own, among(table.c[key], list_parameter("keys", Uuid(), dialect))))


def hidden(viewer: Viewer, row: Row) -> bool:
    """Whether the row's scope names a record of a kind that the viewer may not read."""
    return any(row.get(name) is not None and not viewer.may(needed) for name, needed in READS.items())


async def outcomes(reader: Reader, viewer: Viewer, checks: Sequence[Row], now: datetime) -> list[Outcome]:
    """What each check says: as it was kept, else as it is measured now with the viewer's eyes."""
    windows: list[tuple[Row, Window | None]] = []
    for check in checks:
        if check["outcome"] is None:
            until = min(check["observation_until"], now)
            start = check["observation_from"]
            windows += [(check, _baseline(check)), (check, Window(start, until) if start < until else None)]
    values = iter(await measure(reader, viewer, windows, now))
    back = await recurrences(reader, viewer, [check for check in checks if check["outcome"] is None], now)
    return [
        Outcome.of(check["outcome"])
        if check["outcome"] is not None
        else judge(check, next(values), next(values), now, back.get(check["id"]))
        for check in checks
    ]


async def standings(
    reader: Reader, viewer: Viewer, objectives: Sequence[Row], now: datetime
) -> list[tuple[Measured, Measured]]:
    """Baseline and present value of each objective: as they were kept, else as measured now with the viewer's eyes."""
    windows: list[tuple[Row, Window | None]] = []
    for objective in objectives:
        if objective["outcome"] is None:
            windows += [(objective, _baseline(objective)), (objective, current_window(objective, now))]
    values = iter(await measure(reader, viewer, windows, now))
    return [
        (Measured.of(kept["baseline"]), Measured.of(kept["current"]))
        if (kept := objective["outcome"]) is not None
        else (next(values), next(values))
        for objective in objectives
    ]


def kept_standing(standing: tuple[Measured, Measured]) -> dict[str, Any]:
    """A standing as JSON, for when it is not computed any more."""
    return {"baseline": asdict(standing[0]), "current": asdict(standing[1])}


async def measure(
    reader: Reader, viewer: Viewer, wanted: Sequence[tuple[Row, Window | None]], now: datetime
) -> list[Measured]:
    """The metric of each row over its window, by now; the same is measured once, and all by one statement."""
    asked = [None if window is None else _measurement(viewer, row, window) for row, window in wanted]
    distinct = [item for item in dict.fromkeys(asked) if item is not None]
    found: dict[Measurement | None, Measured] = {None: NOT_YET}
    points = await measured(reader, viewer, distinct, now)
    for item, point in zip(distinct, points, strict=True):
        assert isinstance(point, Point)  # noqa: S101 - without a grain there is one
        found[item] = Measured(point.estimate, point.rule)
    return [found[item] for item in asked]


def _measurement(viewer: Viewer, row: Row, window: Window) -> Measurement:
    scope = Scope(**{name.removesuffix("_id"): row[name] for name in SCOPE})
    return Measurement(viewer, row["metric_code"], scope, window, row["counting"])


def _baseline(row: Row) -> Window:
    return Window(row["baseline_from"], row["baseline_until"])
