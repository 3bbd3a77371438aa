"""What the graph shows of risks."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, type_coerce
from strawberry import auto

from qms_graphql.base.columns import Choice
from qms_graphql.graph.declare import embedded, node, one, part, sql_field, writes
from qms_graphql.graph.dialects import quoted, whole
from qms_graphql.graph.record import Record
from qms_graphql.risks import commands, model
from qms_graphql.risks.rules import AP_BANDS, RANKS, ActionPriority, Band


def _priority(rated: Any) -> Any:
    """The Action Priority of a row's ranks in SQL, from the one table; null where a rank is missing."""
    choices = ((_holds(band, rated), quoted(band.priority.value)) for band in AP_BANDS)
    return type_coerce(case(*choices), Choice(ActionPriority))


def _holds(band: Band, rated: Any) -> ColumnElement[bool]:
    return and_(*(rated[rank].between(*map(whole, getattr(band, rank))) for rank in RANKS))


def _rpn(rated: Any) -> Any:
    return rated.severity * rated.occurrence * rated.detection


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


@node(model.Risk, read="risks:read", plural="risks", numbered=True)
class Risk(Record):
    """What may go wrong: a failure mode of a product, process or service, a hazard, a threat; or a chance."""

    number: auto
    kind: auto
    status: auto
    title: auto
    function: auto
    failure_mode: auto
    effect: auto
    cause: auto
    prevention_controls: auto
    detection_controls: auto
    initial: "Rating | None" = embedded("The first rating; it stays as it was.", prefix=model.INITIAL)
    current: "Rating | None" = embedded("The rating after what was done so far; at first the initial one.")

    @sql_field
    def rpn(risk: Any) -> int | None:
        """The current risk priority number, severity × occurrence × detection. It must not be used to rank."""
        return _rpn(risk)

    @sql_field
    def action_priority(risk: Any) -> ActionPriority | None:
        """How urgent action is by the current rating (AIAG & VDA 2019); null without one. HIGH sorts first."""
        return _priority(risk)

    product: "Product | None" = one(model.Risk.product_id, back="risks", back_doc="What may go wrong with it.")
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
        "kind status title function failureMode effect cause preventionControls detectionControls"
        " initial current product requirement owner"
    ),
)
