"""RETENTION and REPEAT_PURCHASE: customers counted by what they bought, one statement for all periods."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, func, literal_column, or_, select

from qms_graphql.base.access import Viewer
from qms_graphql.customers.model import Interaction
from qms_graphql.customers.rules import InteractionKind
from qms_graphql.metrics import prepared
from qms_graphql.metrics.count import Count, Form, Rows
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.rules import Counting, Estimate, MetricCode, proportion
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.slices import inside, period_index

_INTERACTION = Interaction.__table__

PURCHASES = {
    MetricCode.REPEAT_PURCHASE: (InteractionKind.PURCHASE,),
    MetricCode.RETENTION: (InteractionKind.PURCHASE, InteractionKind.RENEWAL),
}
"""Which interactions say that a customer is there."""

_LEFT_OUT = (
    "Interactions that are no longer active or have no customer do not count; `counting` is about answers and not used."
)
RULES = {
    MetricCode.REPEAT_PURCHASE: "Customers with at least 2 purchases in the window (in a series: in the period) of "
    f"those with at least 1. {_LEFT_OUT}",
    MetricCode.RETENTION: "(E - N) / S: of the customers with a purchase or renewal in the preceding window of the "
    "same length (in a series of whole calendar periods: in the preceding period) those with another in this one. "
    + _LEFT_OUT,
}
OPEN_WINDOW = "An open window has no length, so no window precedes it to retain customers from: give from and until."


def rule(_viewer: Viewer, code: MetricCode, _counting: Counting) -> str:
    """What was counted."""
    return RULES[code]


def beyond(_code: MetricCode, scope: Scope) -> list[str]:
    """The restrictions that purchases cannot meet."""
    return scope.beyond(_INTERACTION)


def extent(_viewer: Viewer, code: MetricCode, scope: Scope, window: Window) -> Select[Any]:
    """First and last moment of what is counted."""
    moment = _INTERACTION.c.occurred_at
    return select(func.min(moment).label("first"), func.max(moment).label("last")).where(
        *_conditions(code, scope, window)
    )


def repeats(form: Form) -> Select[Any]:
    """The buyers of each period, and how many of them bought again."""
    purchases = _purchases(MetricCode.REPEAT_PURCHASE, form).subquery("purchase")
    buyers = (
        select(purchases.c.period, func.count().label("purchases"))
        .group_by(purchases.c.period, purchases.c.customer_id)
        .subquery("buyer")
    )
    repeated = func.count().filter(buyers.c.purchases > literal_column("1", Integer))
    return select(buyers.c.period, func.count().label("n"), repeated.label("repeated")).group_by(buyers.c.period)


def share_of_repeats(_count: Count, rows: Rows) -> dict[int, Estimate]:
    """The share of buyers who bought again, of each period that has buyers."""
    return {row["period"]: proportion(row["repeated"], row["n"]) for row in rows}


def retained(form: Form) -> Select[Any]:
    """The customers of each period, and how many of them were there in the next one too."""
    present = _purchases(MetricCode.RETENTION, form).distinct().subquery("present")
    # The next period in which the customer was there again: one pass, where a self-join would pair all with all.
    again = func.lead(present.c.period).over(partition_by=present.c.customer_id, order_by=present.c.period)
    followed = select(present.c.period, again.label("again")).subquery("followed")
    stayed = func.count().filter(followed.c.again == followed.c.period + literal_column("1", Integer))
    counted = select(followed.c.period, func.count().label("start"), stayed.label("stayed"))
    return counted.group_by(followed.c.period)


def share_of_retained(count: Count, rows: Rows) -> dict[int, Estimate]:
    """The share of each period's customers who were there in the next one too, under the next one's index.

    The first period has no predecessor, so it is only what the second is compared with.
    """
    newest = len(count.boundaries) - 2
    return {row["period"] + 1: proportion(row["stayed"], row["start"]) for row in rows if row["period"] < newest}


def _purchases(code: MetricCode, form: Form) -> Select[Any]:
    """Period and customer of each purchase."""
    period = period_index(_INTERACTION.c.occurred_at, form.periods).label("period")
    return select(period, _INTERACTION.c.customer_id).where(*_conditions(code, form.scope, form.window))


def _conditions(code: MetricCode, scope: Scope, window: Window) -> list[ColumnElement[bool]]:
    return [
        prepared.owned(_INTERACTION.c.organization_id),
        or_(*(_INTERACTION.c.kind == kind for kind in PURCHASES[code])),
        _INTERACTION.c.active.is_(True),
        _INTERACTION.c.customer_id.is_not(None),
        *inside(_INTERACTION.c.occurred_at, window),
        *scope.of_records(_INTERACTION),
    ]
