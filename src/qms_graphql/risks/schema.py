"""What the graph shows of risks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, and_, case, type_coerce
from strawberry import auto

from qms_graphql.base.columns import Choice
from qms_graphql.base.ids import from_global
from qms_graphql.graph.compiling.dialects import quoted, whole
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import batch_field, embedded, node, one, part, parts, sql_field, through, writes
from qms_graphql.graph.record import Record
from qms_graphql.risks import commands, model, observed
from qms_graphql.risks.observed import ObservedOccurrence
from qms_graphql.risks.rules import AP_BANDS, RANKS, ActionPriority, Band

From = Annotated[
    datetime | None,
    strawberry.argument(name="from", description="Where the window begins; 365 days before its end if left out."),
]
Until = Annotated[datetime | None, strawberry.argument(description="Where the window ends; now if left out.")]


def _priority(rated: Any) -> Any:
    """The Action Priority of a row's ranks in SQL, from the one table; null where a rank is missing."""
    choices = ((_holds(band, rated), quoted(band.priority.value)) for band in AP_BANDS)
    return type_coerce(case(*choices), Choice(ActionPriority))


def _holds(band: Band, rated: Any) -> ColumnElement[bool]:
    return and_(*(rated[rank].between(*map(whole, getattr(band, rank))) for rank in RANKS))


def _rpn(rated: Any) -> Any:
    return rated.severity * rated.occurrence * rated.detection


def _level(estimated: Any) -> Any:
    return estimated.probability * estimated.harm_severity


@part(model.Risk, read="risks:read")
class Rating:
    """How a failure mode is rated, each from 1 to 10, 10 the worst."""

    severity: int
    occurrence: int
    detection: int

    @sql_field
    def rpn(rating: Any) -> int:
        """The risk priority number, severity × occurrence × detection. For display: it must not be used to rank."""
        return _rpn(rating)

    @sql_field
    def action_priority(rating: Any) -> ActionPriority:
        """How urgent action is (AIAG & VDA 2019)."""
        return _priority(rating)


@part(model.Rating, read="risks:read")
class PastRating:
    """A rating that a risk has or had."""

    at: auto
    by: "User | None" = one(model.Rating.by_id)
    severity: auto
    occurrence: auto
    detection: auto
    reason: auto

    @sql_field
    def rpn(rating: Any) -> int:
        """The risk priority number, severity × occurrence × detection. For display: it must not be used to rank."""
        return _rpn(rating)

    @sql_field
    def action_priority(rating: Any) -> ActionPriority:
        """How urgent action was (AIAG & VDA 2019)."""
        return _priority(rating)


@part(model.Risk, read="risks:read")
class Estimate:
    """How the risk of a hazard is estimated, each from 1 to 5, 5 the worst; detection has no part in it (ISO 14971)."""

    probability: int
    harm_severity: int

    @sql_field
    def level(estimate: Any) -> int:
        """Probability × severity of the harm, from 1 to 25."""
        return _level(estimate)


@part(model.Estimate, read="risks:read")
class PastEstimate:
    """An estimate that the risk of a hazard has or had."""

    at: auto
    by: "User | None" = one(model.Estimate.by_id)
    probability: auto
    harm_severity: auto
    reason: auto

    @sql_field
    def level(estimate: Any) -> int:
        """Probability × severity of the harm, from 1 to 25."""
        return _level(estimate)


@node(model.Risk, read="risks:read", plural="risks", numbered=True)
class Risk(Record):
    """What may go wrong: a failure mode of a product, process or service, a hazard, a threat; or a chance."""

    number: auto
    kind: auto
    status: auto
    title: auto
    item: auto
    step: auto
    place: auto
    classification: auto
    function: auto
    failure_mode: auto
    effect: auto
    cause: auto
    prevention_controls: auto
    detection_controls: auto
    initial: "Rating | None" = embedded("The first rating; it stays as it was.", prefix=model.INITIAL)
    current: "Rating | None" = embedded("The rating after what was done so far; at first the initial one.")
    ratings: "list[PastRating]" = parts(model.Rating.risk_id)
    harm: auto
    initial_estimate: "Estimate | None" = embedded(
        "Of a hazard: the first estimate; it stays as it was.", prefix=model.INITIAL
    )
    current_estimate: "Estimate | None" = embedded("Of a hazard: the estimate after what was done so far.")
    estimates: "list[PastEstimate]" = parts(model.Estimate.risk_id)
    rating_reason: auto
    acceptance_reason: auto
    accepted_at: auto

    @sql_field
    def rpn(risk: Any) -> int | None:
        """The current risk priority number, severity × occurrence × detection. It must not be used to rank."""
        return _rpn(risk)

    @sql_field
    def action_priority(risk: Any) -> ActionPriority | None:
        """How urgent action is by the current rating (AIAG & VDA 2019); null without one. HIGH sorts first."""
        return _priority(risk)

    @sql_field
    def level(risk: Any) -> int | None:
        """Of a hazard: probability × severity of the harm by the current estimate, from 1 to 25; null without one."""
        return _level(risk)

    product: "Product | None" = one(model.Risk.product_id, back="risks", back_doc="What may go wrong with it.")
    complaints: "list[Complaint]" = through(
        model.RiskComplaint.risk_id,
        model.RiskComplaint.complaint_id,
        back="risks",
        back_doc="The failure modes it is coded with.",
    )

    @batch_field(needs=())
    async def observed_occurrence(
        rows: Sequence[Any], context: Context, from_: From = None, until: Until = None
    ) -> list[ObservedOccurrence]:
        """How often it was seen in the field, beside how often it is rated to occur: in the last 365 days, or as said.

        Complaints that the viewer does not see do not count.
        """
        end = until or context.clock.now()
        ids = [from_global(row.id)[1] for row in rows]
        found = await observed.observed_occurrence(
            await context.reader(), context.viewer, ids, from_ or end - observed.WINDOW, end
        )
        return [found[id_] for id_ in ids]

    requirement: "Requirement | None" = one(
        model.Risk.requirement_id, back="risks", back_doc="What may keep it from being met."
    )
    owner: "User | None" = one(model.Risk.owner_id, back="risks", back_doc="The risks the person answers for.")
    version: auto
    created_at: auto
    updated_at: auto


risk_writes = writes(
    Risk,
    commands.save_risks,
    permission="risks:write",
    fields=(
        "kind title item step place classification function failureMode effect cause preventionControls"
        " detectionControls initial current harm initialEstimate currentEstimate ratingReason acceptanceReason"
        " product complaints requirement owner"
    ),
)
