"""How much feedback there is about themes, in each calendar period."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from qms_graphql.base.access import Viewer
from qms_graphql.base.database import Reader
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.model import Organization
from qms_graphql.base.sets import within
from qms_graphql.base.visibility import counting_limit
from qms_graphql.feedback.model import Feedback, FeedbackTheme
from qms_graphql.metrics import prepared
from qms_graphql.metrics.periods import Grain, Window, periods, recent
from qms_graphql.metrics.rates import garwood
from qms_graphql.metrics.rules import Estimate
from qms_graphql.metrics.series import Point
from qms_graphql.metrics.slices import boundary_values, inside, period_index, window_values

USUAL_PERIODS = 24
"""How many periods are told of where no window is given: the present one and those before it."""
RULE = (
    "Feedback about the theme, by `occurredAt`; what is no longer active or repeats other feedback does not count. The "
    "interval is that of a count (Garwood)."
)

_FEEDBACK, _PAIR, _ORGANIZATION = Feedback.__table__, FeedbackTheme.__table__, Organization.__table__


async def volumes(
    reader: Reader, viewer: Viewer, themes: Iterable[UUID], grain: Grain, window: Window | None, now: datetime
) -> Mapping[UUID, list[Point]]:
    """The feedback about each theme in each calendar period that has some, by two statements for all themes.

    Raises ``Refusal(OUT_OF_RANGE)`` if the window has too many periods.
    """
    given = prepared.of_request(viewer)
    mine = prepared.owned(_ORGANIZATION.c.id)
    (organization,) = await reader.rows(select(_ORGANIZATION.c.time_zone).where(mine), given)
    zone = ZoneInfo(organization["time_zone"])
    if window is None:
        window = recent(now, USUAL_PERIODS, grain, zone)
    if window.start is None or window.until is None:
        raise Refusal(ErrorCode.REQUIRED, "A window of a volume has both ends.", ("window",))
    try:
        whole = periods(window.start, window.until, grain, zone)
    except ValueError as problem:
        raise Refusal(ErrorCode.OUT_OF_RANGE, f"{problem}.", ("window",)) from None
    boundaries = [period.start for period in whole] + [whole[-1].until]
    rows = (
        select(_PAIR.c.theme_id, period_index(_FEEDBACK.c.occurred_at, len(whole)).label("period"))
        .select_from(_PAIR)
        .join(
            _FEEDBACK,
            (_FEEDBACK.c.organization_id == _PAIR.c.organization_id) & (_FEEDBACK.c.id == _PAIR.c.feedback_id),
        )
        .where(
            prepared.owned(_PAIR.c.organization_id),
            within(_PAIR.c.theme_id, set(themes), reader.dialect),
            _FEEDBACK.c.active.is_(True),
            _FEEDBACK.c.duplicate_of_id.is_(None),
            prepared.seen(_FEEDBACK, counting_limit(Feedback, viewer)),
            *inside(_FEEDBACK.c.occurred_at, window),
        )
        .subquery("counted")
    )
    counted = (
        select(rows.c.theme_id, rows.c.period, func.count().label("n"))
        .group_by(rows.c.theme_id, rows.c.period)
        .order_by(rows.c.theme_id, rows.c.period)
    )
    found: dict[UUID, list[Point]] = {}
    for row in await reader.rows(counted, given | window_values(window) | boundary_values(boundaries)):
        point = Point(boundaries[row["period"]], _count(row["n"]), RULE)
        found.setdefault(row["theme_id"], []).append(point)
    return found


def _count(n: int) -> Estimate:
    low, high = garwood(n)
    return Estimate(n, low, high, n, n, 1)
