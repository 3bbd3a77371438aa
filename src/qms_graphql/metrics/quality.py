"""DEFECT_RATE and CAPA_EFFECTIVENESS: inspected units and checked actions, summed up by period."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Table, case, func, literal_column, or_, select

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import ActionKind, ActionStatus
from qms_graphql.base.access import Viewer
from qms_graphql.metrics import prepared
from qms_graphql.metrics.count import Count, Form, Rows
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.rules import Counting, Estimate, MetricCode, proportion
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.slices import inside, period_index
from qms_graphql.products.model import Inspection

_INSPECTION, _ACTION = Inspection.__table__, Action.__table__
_ONE, _ZERO = literal_column("1", Integer), literal_column("0", Integer)


@dataclass(frozen=True, slots=True)
class _Share:
    """A share of what records tell: what of each is counted, and by which of its moments."""

    records: Table
    moment: ColumnElement[Any]
    part: ColumnElement[Any]
    whole: ColumnElement[Any]
    only: ColumnElement[bool]
    rule: str


_SHARES: Mapping[MetricCode, _Share] = {
    MetricCode.DEFECT_RATE: _Share(
        records=_INSPECTION,
        moment=_INSPECTION.c.at,
        part=_INSPECTION.c.defective,
        whole=_INSPECTION.c.inspected,
        only=_INSPECTION.c.active.is_(True),
        rule="The defective of all units inspected in the window, by `at` of the inspection. Inspections that are no "
        "longer active do not count;",
    ),
    MetricCode.CAPA_EFFECTIVENESS: _Share(
        records=_ACTION,
        moment=_ACTION.c.done_at,
        part=case((_ACTION.c.status == ActionStatus.EFFECTIVE, _ONE), else_=_ZERO),
        whole=_ONE,
        only=or_(_ACTION.c.kind == ActionKind.CORRECTIVE, _ACTION.c.kind == ActionKind.PREVENTIVE)
        & or_(_ACTION.c.status == ActionStatus.EFFECTIVE, _ACTION.c.status == ActionStatus.INEFFECTIVE),
        rule="Of the corrective and preventive actions done in the window, by `doneAt`, those that are EFFECTIVE, of "
        "those that are EFFECTIVE or INEFFECTIVE now. INCONCLUSIVE ones do not count;",
    ),
}


def rule(_viewer: Viewer, code: MetricCode, _counting: Counting) -> str:
    """What was counted."""
    return f"{_SHARES[code].rule} `counting` is about answers and not used."


def beyond(code: MetricCode, scope: Scope) -> list[str]:
    """The restrictions that what is counted cannot meet."""
    return scope.beyond(_SHARES[code].records)


def counted(form: Form) -> Select[Any]:
    """Part and whole of each period."""
    (code,) = form.codes
    share = _SHARES[code]
    period = period_index(share.moment, form.periods).label("period")
    rows = (
        select(period, share.part.label("part"), share.whole.label("whole"))
        .where(*_conditions(code, form.scope, form.window))
        .subquery("counted")
    )
    sums = (func.sum(rows.c[name]).label(name) for name in ("part", "whole"))
    return select(rows.c.period, *sums).group_by(rows.c.period)


def estimates(_count: Count, rows: Rows) -> dict[int, Estimate]:
    """The share of each period that has something to count."""
    return {row["period"]: proportion(row["part"], row["whole"]) for row in rows}


def extent(_viewer: Viewer, code: MetricCode, scope: Scope, window: Window) -> Select[Any]:
    """First and last moment of what is counted."""
    moment = _SHARES[code].moment
    return select(func.min(moment).label("first"), func.max(moment).label("last")).where(
        *_conditions(code, scope, window)
    )


def _conditions(code: MetricCode, scope: Scope, window: Window) -> list[ColumnElement[bool]]:
    share = _SHARES[code]
    return [
        prepared.owned(share.records.c.organization_id),
        share.only,
        *inside(share.moment, window),
        *scope.of_records(share.records),
    ]
