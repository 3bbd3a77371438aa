"""COMPLAINT_RATE: complaints that were received, per 1000 units sold in the same time."""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Table, func, literal, literal_column, select, union_all
from sqlalchemy.sql.selectable import CompoundSelect

from qms_graphql.base.access import Viewer
from qms_graphql.base.columns import Exact
from qms_graphql.base.visibility import Visibility, counting_limit
from qms_graphql.complaints.model import Complaint
from qms_graphql.customers.model import Interaction
from qms_graphql.customers.rules import InteractionKind
from qms_graphql.metrics import prepared
from qms_graphql.metrics.count import Count, Form, Rows
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.rates import rate
from qms_graphql.metrics.rules import Counting, Estimate, MetricCode
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.slices import inside, period_index

_COMPLAINT: Table = Complaint.__table__
_PURCHASE: Table = Interaction.__table__

RULE = (
    "Complaints received in the window, by `receivedAt`, per 1000 units sold in it: the quantities of the purchases, "
    "by `occurredAt`, one without a quantity being one unit. What is no longer active does not count, nor a complaint "
    "that was decided to be none; `counting` is about answers and not used."
)
HIDDEN = "Complaints that you may not see are left out."


def rule(viewer: Viewer, _code: MetricCode, _counting: Counting) -> str:
    """What was counted."""
    return RULE if counting_limit(Complaint, viewer) is None else f"{RULE} {HIDDEN}"


def beyond(_code: MetricCode, scope: Scope) -> list[str]:
    """The counting_limits that complaints cannot meet; purchases can meet the others."""
    return scope.beyond(_COMPLAINT)


def counted(form: Form) -> Select[Any]:
    """How many complaints were received in each period, and how many units were sold."""
    none, one = literal(Decimal(0), Exact), literal(Decimal(1), Exact)
    events = select(
        period_index(_COMPLAINT.c.received_at, form.periods).label("period"),
        literal_column("1", Integer).label("complaints"),
        none.label("units"),
    ).where(*received(form.limit, form.scope, form.window))
    units = select(
        period_index(_PURCHASE.c.occurred_at, form.periods).label("period"),
        literal_column("0", Integer).label("complaints"),
        func.coalesce(_PURCHASE.c.quantity, one).label("units"),
    ).where(*_purchases(form.scope, form.window))
    rows = union_all(events, units).subquery("counted")
    sums = (func.sum(rows.c[name]).label(name) for name in ("complaints", "units"))
    return select(rows.c.period, *sums).group_by(rows.c.period)


def estimates(_count: Count, rows: Rows) -> dict[int, Estimate]:
    """The rate of each period that has complaints or sales."""
    return {row["period"]: rate(row["complaints"], round(Decimal(row["units"]))) for row in rows}


def extent(viewer: Viewer, _code: MetricCode, scope: Scope, window: Window) -> Select[Any]:
    """First and last moment of what is counted."""
    limit = counting_limit(Complaint, viewer)
    moments: CompoundSelect[Any] = union_all(
        select(_COMPLAINT.c.received_at.label("moment")).where(*received(limit, scope, window)),
        select(_PURCHASE.c.occurred_at.label("moment")).where(*_purchases(scope, window)),
    )
    moment = moments.subquery("moments").c.moment
    return select(func.min(moment).label("first"), func.max(moment).label("last"))


def received(limit: Visibility | None, scope: Scope, window: Window) -> list[ColumnElement[bool]]:
    """That a complaint counts, and was received in the window."""
    return [
        prepared.owned(_COMPLAINT.c.organization_id),
        _COMPLAINT.c.active.is_(True),
        _COMPLAINT.c.is_complaint.is_not(False),
        prepared.seen(_COMPLAINT, limit),
        *inside(_COMPLAINT.c.received_at, window),
        *scope.of_records(_COMPLAINT),
    ]


def _purchases(scope: Scope, window: Window) -> list[ColumnElement[bool]]:
    return [
        prepared.owned(_PURCHASE.c.organization_id),
        _PURCHASE.c.kind == InteractionKind.PURCHASE,
        _PURCHASE.c.active.is_(True),
        *inside(_PURCHASE.c.occurred_at, window),
        *scope.of_records(_PURCHASE),
    ]
