"""TIME_TO_ACKNOWLEDGE and TIME_TO_RESOLVE: how long complaints take, those that are open being seen until now."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Table, bindparam, case, func, literal_column, select

from qms_graphql.base.access import Viewer
from qms_graphql.base.moments import Seconds
from qms_graphql.base.visibility import counting_limit
from qms_graphql.complaints.model import Complaint
from qms_graphql.complaints.rules import ComplaintStatus
from qms_graphql.metrics.complaints import HIDDEN, beyond, extent, received
from qms_graphql.metrics.count import Count, Form, Rows
from qms_graphql.metrics.rules import Counting, Estimate, MetricCode
from qms_graphql.metrics.slices import period_index
from qms_graphql.metrics.survival import quantile

__all__ = ["beyond", "counted", "estimates", "extent", "rule"]

_COMPLAINT: Table = Complaint.__table__
_TENTHS = 10
_SECONDS_OF_TENTH = 360
_SHARES: Mapping[MetricCode, float] = {
    MetricCode.TIME_TO_ACKNOWLEDGE: 0.5,
    MetricCode.TIME_TO_ACKNOWLEDGE_P90: 0.9,
    MetricCode.TIME_TO_RESOLVE: 0.5,
    MetricCode.TIME_TO_RESOLVE_P90: 0.9,
}
"""Which share of the complaints shall have come so far."""
_TO_ACKNOWLEDGE = (MetricCode.TIME_TO_ACKNOWLEDGE, MetricCode.TIME_TO_ACKNOWLEDGE_P90)

_LEFT_OUT = "What is no longer active does not count, nor a complaint that was decided to be none;"


def rule(viewer: Viewer, code: MetricCode, _counting: Counting) -> str:
    """What was counted, and what of it has not ended."""
    end = "acknowledgedAt" if code in _TO_ACKNOWLEDGE else "closedAt"
    ending = "closed or withdrawn before" if code in _TO_ACKNOWLEDGE else "withdrawn"
    text = (
        f"Complaints received in the window, from `receivedAt` to `{end}`, in hours, cut to tenths. What had not come "
        f"so far at the end of the window, or now if that is earlier, is censored then; what was {ending}, when it "
        f"was. {_LEFT_OUT} `counting` is about answers and not used."
    )
    return text if counting_limit(Complaint, viewer) is None else f"{text} {HIDDEN}"


def counted(form: Form) -> Select[Any]:
    """Of each period how many complaints took how many tenths of an hour, until they came so far or were last seen."""
    end, until = _end(form.codes[0]), bindparam("seen_until", type_=_COMPLAINT.c.closed_at.type)
    ended = end.is_not(None) & (end <= until)
    closed = _COMPLAINT.c.closed_at
    last = case((ended, end), (closed.is_not(None) & (closed <= until), closed), else_=until)
    zero, one = literal_column("0", Integer), literal_column("1", Integer)
    took = Seconds(last) - Seconds(_COMPLAINT.c.received_at)
    rows = (
        select(
            period_index(_COMPLAINT.c.received_at, form.periods).label("period"),
            case((took > zero, took // literal_column(str(_SECONDS_OF_TENTH), Integer)), else_=zero).label("tenths"),
            case((ended, one), else_=zero).label("ended"),
        )
        .where(*received(form.limit, form.scope, form.window))
        .subquery("counted")
    )
    columns = rows.c.period, rows.c.tenths, rows.c.ended
    return select(*columns, func.count().label("n")).group_by(*columns)


def _end(code: MetricCode) -> ColumnElement[Any]:
    """When a complaint came so far; what was withdrawn was not resolved."""
    if code in _TO_ACKNOWLEDGE:
        return _COMPLAINT.c.acknowledged_at
    return case((_COMPLAINT.c.status == ComplaintStatus.CLOSED, _COMPLAINT.c.closed_at))


def estimates(count: Count, rows: Rows) -> dict[int, Estimate]:
    """The time of each period in which complaints were received."""
    seen: dict[int, list[tuple[float, bool, int]]] = {}
    for row in rows:
        seen.setdefault(row["period"], []).append((row["tenths"] / _TENTHS, row["ended"] == 1, row["n"]))
    return {period: quantile(_SHARES[count.code], times) for period, times in seen.items()}
