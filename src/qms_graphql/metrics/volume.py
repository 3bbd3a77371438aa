"""How much feedback there is about themes, in each calendar period."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Uuid, func, select
from sqlalchemy.engine import Dialect

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.model import Organization
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import among, list_parameter
from qms_graphql.base.visibility import Visibility, counting_limit
from qms_graphql.feedback.model import Feedback, FeedbackTheme
from qms_graphql.graph.compiling.dialects import json_dialect
from qms_graphql.graph.compiling.plan import Plan
from qms_graphql.metrics import prepared
from qms_graphql.metrics.periods import CLOSED, Grain, Window, recent
from qms_graphql.metrics.rates import garwood
from qms_graphql.metrics.rules import Estimate
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.series import Point, cut, in_its_zone
from qms_graphql.metrics.slices import inside, period_index

USUAL_PERIODS = 24
"""How many periods are told of where no window is given: the present one and those before it."""
RULE = (
    "Feedback about the theme, by `occurredAt`; what is no longer active or repeats other feedback does not count. The "
    "interval is that of a count (Garwood)."
)

_FEEDBACK, _PAIR, _ORGANIZATION = Feedback.__table__, FeedbackTheme.__table__, Organization.__table__


async def volumes(
    reader: Reader, viewer: Viewer, themes: Sequence[UUID], grain: Grain, window: Window | None, now: datetime
) -> list[list[Point]]:
    """The feedback about each theme in each calendar period that has some; by one statement for all themes.

    Raises ``Refusal(OUT_OF_RANGE)`` if the window has too many periods.
    """

    async def counted(zone: ZoneInfo) -> tuple[str, tuple[tuple[datetime, ...], Any]]:
        whole = window or recent(now, USUAL_PERIODS, grain, zone)
        if whole.start is None or whole.until is None:
            raise Refusal(ErrorCode.REQUIRED, "A window of a volume has both ends.", ("window",))
        boundaries = cut(whole.start, whole.until, grain, zone)
        plan = _plan(reader.dialect, counting_limit(Feedback, viewer), len(boundaries) - 1)
        given = prepared.values(viewer, Scope(), whole, boundaries) | {"themes": list(dict.fromkeys(themes))}
        found = orjson.loads(await reader.value(plan.sql, plan.arguments({}, given)))
        return found["zone"], (boundaries, found["rows"])

    boundaries, rows = await in_its_zone(viewer, counted)
    found: dict[str, list[Point]] = {}
    for row in rows:
        found.setdefault(row["theme"], []).append(Point(boundaries[row["period"]], _count(row["n"]), RULE))
    return [found.get(theme.hex, []) for theme in themes]


@lru_cache(maxsize=prepared.KEPT)
def _plan(dialect: Dialect, limit: Visibility | None, periods: int) -> Plan:
    json = json_dialect(dialect)
    themes = list_parameter("themes", Uuid(), dialect)
    rows = (
        select(_PAIR.c.theme_id, period_index(_FEEDBACK.c.occurred_at, periods).label("period"))
        .select_from(_PAIR)
        .join(
            _FEEDBACK,
            (_FEEDBACK.c.organization_id == _PAIR.c.organization_id) & (_FEEDBACK.c.id == _PAIR.c.feedback_id),
        )
        .where(
            prepared.owned(_PAIR.c.organization_id),
            among(_PAIR.c.theme_id, themes),
            _FEEDBACK.c.active.is_(True),
            _FEEDBACK.c.duplicate_of_id.is_(None),
            prepared.seen(_FEEDBACK, limit),
            *inside(_FEEDBACK.c.occurred_at, CLOSED),
        )
        .subquery("said")
    )
    counted = (
        select(rows.c.theme_id.label("theme"), rows.c.period, func.count().label("n"))
        .group_by(rows.c.theme_id, rows.c.period)
        .order_by(rows.c.theme_id, rows.c.period)
        .subquery("counted")
    )
    row = json.object_([(column.key, json.value(column)) for column in counted.c])
    all_rows = select(json.list_(row)).select_from(counted).scalar_subquery()
    whole = json.object_([("zone", json.value(_ORGANIZATION.c.time_zone)), ("rows", all_rows)])
    return prepared.rendered(select(whole).where(prepared.owned(_ORGANIZATION.c.id)), dialect)


def _count(n: int) -> Estimate:
    low, high = garwood(n)
    return Estimate(n, low, high, n, n, 1)
