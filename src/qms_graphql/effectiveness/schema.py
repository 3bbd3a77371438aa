"""What the graph shows of effectiveness checks and objectives."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import and_
from strawberry import auto

from qms_graphql.base.errors import Refusals
from qms_graphql.base.ids import from_global
from qms_graphql.base.transitions import REASON_LIMIT, bad_reason
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.effectiveness import commands, measuring, model
from qms_graphql.effectiveness import facts as facts
from qms_graphql.effectiveness.rules import Measured, ObjectiveStatus, Outcome, on_track, progress, still_to_decide
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import batch_field, mutation, node, one, part, parts, sql_field, writes
from qms_graphql.graph.record import Record
from qms_graphql.graph.types import Node, UserError, describe_enum
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.metrics.comparisons import Verdict
from qms_graphql.metrics.rules import MetricCode
from qms_graphql.metrics.schema import METRICS, Metric, MetricPoint

describe_enum(Verdict)


@batch_field(needs=("metricCode",))
async def metric(rows: Sequence[Any], _context: Context) -> list[Metric]:
    """The metric that is measured."""
    return [METRICS[MetricCode[row.metricCode]] for row in rows]


@node(model.EffectivenessCheck, read="effectiveness:read", plural="effectivenessChecks")
class EffectivenessCheck(Node):
    """Whether an action has its effect: planned before the observation, computed when read, kept with the verdict.

    All that is measured is null to whoever may not read the records that the scope names.
    """

    action: "Action | None" = one(
        model.EffectivenessCheck.action_id,
        back="effectiveness",
        back_one=True,
        back_doc="How its effect is checked, and what was found.",
    )
    metric_code: auto
    metric: Metric = metric
    counting: auto
    direction: auto
    target: auto
    lots: auto
    risk: "Risk | None" = one(
        model.EffectivenessCheck.risk_id,
        back="effectiveness_checks",
        back_doc="Checks whether it comes back in new lots.",
    )
    baseline_from: auto
    baseline_until: auto
    observation_from: auto
    observation_until: auto

    @sql_field
    def over(check: Any, now: datetime) -> bool:
        """Whether the observation has ended."""
        ended: Any = check.observation_until <= now
        return ended

    @batch_field(needs=())
    async def before(rows: Sequence[Any], context: Context) -> list[MetricPoint | None]:
        """The value before: of the window that it is compared with."""
        return [_point(found.before) if found else None for _, found in await _outcomes(rows, context)]

    @batch_field(needs=())
    async def after(rows: Sequence[Any], context: Context) -> list[MetricPoint | None]:
        """The value after: of the observation, until now."""
        return [_point(found.after) if found else None for _, found in await _outcomes(rows, context)]

    @batch_field(needs=())
    async def difference(rows: Sequence[Any], context: Context) -> list[float | None]:
        """After less before, in the metric's unit; null where one of them is unknown."""
        return [_of_difference(found, "value") for _, found in await _outcomes(rows, context)]

    @batch_field(needs=())
    async def low(rows: Sequence[Any], context: Context) -> list[float | None]:
        """Lower end of the difference's 95 % interval: Newcombe's for shares, Welch's for means, see `pValue`."""
        return [_of_difference(found, "low") for _, found in await _outcomes(rows, context)]

    @batch_field(needs=())
    async def high(rows: Sequence[Any], context: Context) -> list[float | None]:
        """Upper end of the difference's 95 % interval."""
        return [_of_difference(found, "high") for _, found in await _outcomes(rows, context)]

    @batch_field(needs=())
    async def p_value(rows: Sequence[Any], context: Context) -> list[float | None]:
        """How likely a difference of this size would be, if nothing had changed (two-sided).

        Shares: Newcombe's method 10. Rates: the exact conditional binomial test. NPS: trinomial. Means: Welch's t.
        """
        return [_of_difference(found, "p_value") for _, found in await _outcomes(rows, context)]

    @batch_field(needs=())
    async def verdict(rows: Sequence[Any], context: Context) -> list[Verdict | None]:
        """What follows. Never typed in."""
        return [found.verdict if found else None for _, found in await _outcomes(rows, context)]

    @batch_field(needs=())
    async def n_to_decide(rows: Sequence[Any], context: Context) -> list[int | None]:
        """The n that the observation needs in all to decide, if the value stays; null if decided, or if none would."""
        return [still_to_decide(row, found) if found else None for row, found in await _outcomes(rows, context)]

    @batch_field(needs=())
    async def recurrence(rows: Sequence[Any], context: Context) -> list["Recurrence | None"]:
        """What came back in new lots, if lots decide; else null."""
        return [_recurrence(row, found) for row, found in await _outcomes(rows, context)]

    decided_at: auto
    extensions: "list[ObservationExtension]" = parts(model.ObservationExtension.effectiveness_check_id)
    customer: "Customer | None" = one(model.EffectivenessCheck.customer_id)
    product: "Product | None" = one(
        model.EffectivenessCheck.product_id, back="effectiveness_checks", back_doc="Checks that measure it."
    )
    survey: "Survey | None" = one(model.EffectivenessCheck.survey_id)
    theme: "Theme | None" = one(model.EffectivenessCheck.theme_id)
    question: auto
    segment: auto
    country: auto
    channel: auto
    source: auto
    language: auto
    version: auto
    created_at: auto
    updated_at: auto


@strawberry.type(description="What came back in the lots that were first inspected or sold in an observation.")
class Recurrence:
    """What came back in the lots that were first inspected or sold in an observation."""

    lots: int = strawberry.field(description="How many such lots of the product there are until now.")
    recurrences: int = strawberry.field(
        description="Complaints about them, received in the observation: those coded with the risk; if none is named,"
        " all about the product, and inspections that found defective units."
    )
    unplaced: int = strawberry.field(
        description="Complaints of that sort whose lot is not known, or was never inspected nor sold. As long as there"
        " are any, it is not EFFECTIVE; the lot can be said at the complaint."
    )
    lots_to_come: int = strawberry.field(description="How many new lots without a recurrence it still needs.")


@part(model.ObservationExtension, read="effectiveness:read")
class ObservationExtension:
    """That a check observes longer than was planned, and the verdict that had fallen until then."""

    at: auto
    until_before: auto
    until_after: auto
    reason: auto
    verdict: auto
    approver: "User | None" = one(model.ObservationExtension.approver_id)


@node(model.Objective, read="effectiveness:read", plural="objectives", numbered=True)
class Objective(Record):
    """What a part of the organization wants to reach by when, measured by a metric.

    All that is measured is null to whoever may not read the records that the scope names.
    """

    number: auto
    title: auto
    status: auto
    metric_code: auto
    metric: Metric = metric
    counting: auto
    direction: auto
    target: auto
    baseline_from: auto
    baseline_until: auto
    due_at: auto

    @batch_field(needs=())
    async def baseline(rows: Sequence[Any], context: Context) -> list[MetricPoint | None]:
        """Where it began: the value of the window that it is compared with."""
        return [_point(found[0]) if found else None for _, found in await _standings(rows, context)]

    @batch_field(needs=())
    async def current(rows: Sequence[Any], context: Context) -> list[MetricPoint | None]:
        """Where it is: the value of as long a window up to now, and from the due date on up to that."""
        return [_point(found[1]) if found else None for _, found in await _standings(rows, context)]

    @batch_field(needs=())
    async def progress(rows: Sequence[Any], context: Context) -> list[float | None]:
        """Which share of the way from the baseline to the target is done; below 0 it went the wrong way."""
        return [
            progress(float(row["target"]), found[0].estimate, found[1].estimate) if found else None
            for row, found in await _standings(rows, context)
        ]

    @batch_field(needs=())
    async def on_track(rows: Sequence[Any], context: Context) -> list[bool | None]:
        """Whether the target is met, or as much of the way is done as of the time has gone."""
        now = context.clock.now()
        return [
            on_track(row, found[0].estimate, found[1].estimate, now) if found else None
            for row, found in await _standings(rows, context)
        ]

    @sql_field
    def overdue(objective: Any, now: datetime) -> bool:
        """Whether it was due, and nobody has decided it."""
        late: Any = and_(objective.due_at <= now, objective.status == ObjectiveStatus.ACTIVE)
        return late

    decided_at: auto
    owner: "User | None" = one(
        model.Objective.owner_id, back="objectives", back_list=True, back_doc="What the person answers for."
    )
    department: "Department | None" = one(
        model.Objective.department_id, back="objectives", back_list=True, back_doc="What the department wants to reach."
    )
    customer: "Customer | None" = one(model.Objective.customer_id)
    product: "Product | None" = one(
        model.Objective.product_id, back="objectives", back_doc="What is to be reached with it."
    )
    survey: "Survey | None" = one(model.Objective.survey_id)
    theme: "Theme | None" = one(model.Objective.theme_id)
    question: auto
    segment: auto
    country: auto
    channel: auto
    source: auto
    language: auto
    version: auto
    created_at: auto
    updated_at: auto


_AIM = (
    "metricCode counting direction target baselineFrom baselineUntil"
    " customer product survey theme question segment country channel source language"
)
check_writes = writes(
    EffectivenessCheck,
    commands.save_checks,
    permission="effectiveness:write",
    fields=f"action {_AIM} observationFrom observationUntil lots risk",
)
objective_writes = writes(
    Objective,
    commands.save_objectives,
    permission="effectiveness:write",
    fields=f"title dueAt {_AIM} owner department",
)


@strawberry.input(description="How long a check observes from now on.")
class ExtendObservationInput:
    """How long a check observes from now on."""

    id: strawberry.ID = strawberry.field(description="The check.")
    version: int = strawberry.field(
        description="The version it was decided on; if it is not the present one: CONFLICT."
    )
    observation_until: datetime = strawberry.field(description="The first moment after the observation, in the future.")
    reason: str = strawberry.field(description=f"Why; at most {REASON_LIMIT} characters.")


@strawberry.type(description="What came of extendObservation.")
class ExtendObservationPayload:
    """What came of extendObservation."""

    effectiveness_check: EffectivenessCheck | None = strawberry.field(description="The check.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="effectiveness:write", input=ExtendObservationInput)
async def extend_observation(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> ExtendObservationPayload:
    """Observe longer, before the verdict falls or after it was INCONCLUSIVE. Needs effectiveness:write.

    By what it is judged stays. The reason is in the event, and so is the verdict that was kept until then.
    """
    id_ = own_key(given["id"], context.engine.by_table[model.EffectivenessCheck.__tablename__], ("id",))
    problems = bad_reason(given["reason"], needed=True)
    if problems:
        raise Refusals(problems)
    await commands.extend(unit, id_, given["version"], given["observationUntil"], given["reason"])
    return ExtendObservationPayload(effectiveness_check=ref("EffectivenessCheck", id_))


async def _outcomes(rows: Sequence[Any], context: Context) -> list[tuple[Mapping[str, Any], Outcome | None]]:
    """The checks of a page and what each says: found out once, for all of its fields."""
    if not hasattr(rows[0], "found"):
        await _find(rows, context, model.EffectivenessCheck, measuring.outcomes)
    return [row.found for row in rows]


async def _standings(rows: Sequence[Any], context: Context) -> list[Any]:
    """The objectives of a page with baseline and present value: found out once, for all of its fields."""
    if not hasattr(rows[0], "found"):
        await _find(rows, context, model.Objective, measuring.standings)
    return [row.found for row in rows]


async def _find(rows: Sequence[Any], context: Context, table: Any, look: Any) -> None:
    """Leave at each row its record, and what was found out about it; nothing to whom its scope is hidden."""
    reader, viewer = await context.reader(), context.viewer
    keys = [from_global(row.id)[1] for row in rows]
    records = await measuring.rows_of(reader, table, viewer.organization_id, keys)
    open_ = [record for record in records.values() if not measuring.hidden(viewer, record)]
    said = await look(reader, viewer, open_, context.clock.now())
    found = {record["id"]: item for record, item in zip(open_, said, strict=True)}
    for row, key in zip(rows, keys, strict=True):
        row.found = (records[key], found.get(key))


def _point(measured: Measured) -> MetricPoint:
    return MetricPoint.of(measured.estimate, measured.rule)


def _recurrence(row: Mapping[str, Any], found: Outcome | None) -> Recurrence | None:
    if found is None or found.recurrence is None:
        return None
    return Recurrence(**asdict(found.recurrence), lots_to_come=max(row["lots"] - found.recurrence.lots, 0))


def _of_difference(found: Outcome | None, name: str) -> float | None:
    return getattr(found.difference, name) if found is not None and found.difference is not None else None
