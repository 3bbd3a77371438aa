"""How often failure modes were seen in the field: complaints coded with them, over units of their products sold."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import Select, func, select

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.base.visibility import visible
from qms_graphql.complaints.model import Complaint
from qms_graphql.customers.model import Interaction
from qms_graphql.customers.rules import InteractionKind
from qms_graphql.risks.model import Risk, RiskComplaint
from qms_graphql.risks.rules import field_occurrence

WINDOW = timedelta(days=365)
"""How long the window is, where nothing is said."""


@strawberry.type(description="How often a failure mode was seen in the field, beside how often it is rated to occur.")
class ObservedOccurrence:
    """How often a failure mode was seen in the field, beside how often it is rated to occur."""

    from_: datetime = strawberry.field(name="from", description="Where the window begins.")
    until: datetime = strawberry.field(description="Where the window ends; it does not belong to it.")
    events: int = strawberry.field(description="Complaints coded with it that were received in the window.")
    exposure: float = strawberry.field(description="Units of its product that were sold in the window.")
    per_thousand: float | None = strawberry.field(
        description="Events per 1000 units sold; null where no unit was sold."
    )
    suggested_rating: int | None = strawberry.field(
        description="The occurrence rank that this rate implies (AIAG FMEA, 4th edition); null where there is none. "
        "It follows the rate alone: of few units no rate is certain."
    )
    rated: int | None = strawberry.field(description="The occurrence rank of the current rating.")
    reason: str | None = strawberry.field(description="Why no rank is suggested; null where one is.")


async def observed_occurrence(
    reader: Reader, viewer: Viewer, ids: Iterable[UUID], start: datetime, until: datetime
) -> dict[UUID, ObservedOccurrence]:
    """What was seen of each of these risks in the window, by one statement.

    Raises ``Refusal(INVALID)`` if the window is empty.
    """
    if start >= until:
        raise Refusal(ErrorCode.INVALID, "from must lie before until.", ("from",))
    wanted = within(Risk.__table__.c.id, set(ids), reader.dialect)
    rows = await reader.rows(_counted(viewer, wanted, start, until))
    return {row["id"]: _observed(row, start, until) for row in rows}


def _observed(row: Mapping[str, Any], start: datetime, until: datetime) -> ObservedOccurrence:
    events, exposure = row["events"] or 0, float(row["exposure"] or 0)
    found = field_occurrence(row["kind"], events, exposure)
    return ObservedOccurrence(
        from_=start,
        until=until,
        events=events,
        exposure=exposure,
        per_thousand=found.per_thousand,
        suggested_rating=found.rank,
        rated=row["occurrence"],
        reason=found.reason,
    )


def _counted(viewer: Viewer, wanted: Any, start: datetime, until: datetime) -> Select[Any]:
    """Events and exposure of each wanted risk. Each side is counted once for all of them, however many there are."""
    risk = Risk.__table__
    mine = (risk.c.organization_id == viewer.organization_id, wanted)
    coded, complaint = RiskComplaint.__table__, Complaint.__table__
    events = (
        select(coded.c.risk_id, func.count(complaint.c.id.distinct()).label("events"))
        .join_from(
            coded,
            complaint,
            (complaint.c.organization_id == coded.c.organization_id) & (complaint.c.id == coded.c.complaint_id),
        )
        .where(
            coded.c.organization_id == viewer.organization_id,
            coded.c.risk_id.in_(select(risk.c.id).where(*mine)),
            complaint.c.active,
            complaint.c.received_at >= start,
            complaint.c.received_at < until,
            visible(Complaint, complaint, viewer),
        )
        .group_by(coded.c.risk_id)
        .subquery()
    )
    sold = Interaction.__table__
    exposure = (
        select(sold.c.product_id, func.sum(sold.c.quantity).label("exposure"))
        .where(
            sold.c.organization_id == viewer.organization_id,
            sold.c.product_id.in_(select(risk.c.product_id).where(*mine)),
            sold.c.kind == InteractionKind.PURCHASE,
            sold.c.active,
            sold.c.occurred_at >= start,
            sold.c.occurred_at < until,
        )
        .group_by(sold.c.product_id)
        .subquery()
    )
    return (
        select(risk.c.id, risk.c.kind, risk.c.occurrence, events.c.events, exposure.c.exposure)
        .select_from(
            risk.outerjoin(events, events.c.risk_id == risk.c.id).outerjoin(
                exposure, exposure.c.product_id == risk.c.product_id
            )
        )
        .where(*mine)
    )
