"""What came back in the lots that were made, sold or inspected after an action: for all checks of a page together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal_column,
    select,
    union_all,
)

from qms_graphql.base.access import Viewer
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.base.visibility import visible
from qms_graphql.complaints.model import Complaint
from qms_graphql.customers.model import Interaction
from qms_graphql.customers.rules import InteractionKind
from qms_graphql.effectiveness.model import EffectivenessCheck
from qms_graphql.effectiveness.rules import Recurrence
from qms_graphql.products.model import Inspection
from qms_graphql.risks.model import RiskComplaint

Row = Mapping[str, Any]

_CHECK, _INSPECTION, _INTERACTION, _COMPLAINT, _CODED = (
    model.__table__ for model in (EffectivenessCheck, Inspection, Interaction, Complaint, RiskComplaint)
)
_ONE, _ZERO = literal_column("1", Integer), literal_column("0", Integer)


async def recurrences(reader: Reader, viewer: Viewer, checks: Sequence[Row], now: datetime) -> dict[UUID, Recurrence]:
    """What came back until now, of each check that is decided by lots; by one statement, or none where there is none.

    A lot is new if it was first inspected or sold in the observation. What is complained of counts by the complaint's
    lot, else by that of the purchase it is about. Inspections say nothing of a failure mode: where the check names one,
    complaints alone count.
    """
    by_lots = [check["id"] for check in checks if check["lots"] is not None]
    if not by_lots:
        return {}
    mine = and_(_CHECK.c.organization_id == viewer.organization_id, within(_CHECK.c.id, by_lots, reader.dialect))
    rows = await reader.rows(_counted(viewer, mine, now))
    return {row["id"]: Recurrence(row["lots"] or 0, row["recurrences"] or 0, row["unplaced"] or 0) for row in rows}


def _counted(viewer: Viewer, mine: ColumnElement[bool], now: datetime) -> Select[Any]:
    lots = _lots(mine, now)
    new = (
        select(lots.c.check_id, func.count().label("lots"), func.sum(lots.c.defective).label("defective"))
        .where(lots.c.new == _ONE)
        .group_by(lots.c.check_id)
        .subquery("new_lots")
    )
    told = _told(viewer, mine, now)
    placed = and_(lots.c.check_id == told.c.check_id, lots.c.lot == told.c.lot)
    complaints = (
        select(
            told.c.check_id,
            func.sum(case((lots.c.new == _ONE, _ONE), else_=_ZERO)).label("recurrences"),
            func.sum(case((lots.c.lot.is_(None), _ONE), else_=_ZERO)).label("unplaced"),
        )
        .select_from(told.outerjoin(lots, placed))
        .group_by(told.c.check_id)
        .subquery("complaints")
    )
    defective = case((_CHECK.c.risk_id.is_(None), func.coalesce(new.c.defective, _ZERO)), else_=_ZERO)
    return (
        select(
            _CHECK.c.id,
            new.c.lots,
            (func.coalesce(complaints.c.recurrences, _ZERO) + defective).label("recurrences"),
            complaints.c.unplaced,
        )
        .select_from(
            _CHECK.outerjoin(new, new.c.check_id == _CHECK.c.id).outerjoin(
                complaints, complaints.c.check_id == _CHECK.c.id
            )
        )
        .where(mine)
    )


def _lots(mine: ColumnElement[bool], now: datetime) -> CTE:
    """The lots of each check's product: whether they are new, and how many inspections found something in them."""

    def seen(records: Any, moment: ColumnElement[Any], defective: ColumnElement[Any], *only: Any) -> Select[Any]:
        own = and_(records.c.organization_id == _CHECK.c.organization_id, records.c.product_id == _CHECK.c.product_id)
        known = records.c.lot.is_not(None), records.c.active.is_(True), moment < _end(now)
        return (
            select(
                _CHECK.c.id.label("check_id"),
                _CHECK.c.observation_from,
                records.c.lot,
                moment.label("moment"),
                defective.label("defective"),
            )
            .join_from(_CHECK, records, own)
            .where(mine, *known, *only)
        )

    found = case((_INSPECTION.c.defective > _ZERO, _ONE), else_=_ZERO)
    sightings: CompoundSelect[Any] = union_all(
        seen(_INSPECTION, _INSPECTION.c.at, found),
        seen(_INTERACTION, _INTERACTION.c.occurred_at, _ZERO, _INTERACTION.c.kind == InteractionKind.PURCHASE),
    )
    sighting = sightings.subquery("sighting")
    new = func.min(sighting.c.moment) >= sighting.c.observation_from
    return (
        select(
            sighting.c.check_id,
            sighting.c.lot,
            case((new, _ONE), else_=_ZERO).label("new"),
            func.sum(sighting.c.defective).label("defective"),
        )
        .group_by(sighting.c.check_id, sighting.c.lot, sighting.c.observation_from)
        .cte("lots")
    )


def _told(viewer: Viewer, mine: ColumnElement[bool], now: datetime) -> Subquery:
    """The complaints of each check's observation, coded with its failure mode or about its product, with their lot."""
    bought = and_(
        _INTERACTION.c.organization_id == _COMPLAINT.c.organization_id,
        _INTERACTION.c.id == _COMPLAINT.c.interaction_id,
    )
    coded = and_(_CODED.c.organization_id == _CHECK.c.organization_id, _CODED.c.risk_id == _CHECK.c.risk_id)
    named = and_(_COMPLAINT.c.organization_id == _CODED.c.organization_id, _COMPLAINT.c.id == _CODED.c.complaint_id)
    about = and_(
        _COMPLAINT.c.organization_id == _CHECK.c.organization_id, _COMPLAINT.c.product_id == _CHECK.c.product_id
    )
    by_risk = _CHECK.join(_CODED, coded).join(_COMPLAINT, named).outerjoin(_INTERACTION, bought)
    by_product = _CHECK.join(_COMPLAINT, about).outerjoin(_INTERACTION, bought)
    columns = _CHECK.c.id.label("check_id"), func.coalesce(_COMPLAINT.c.lot, _INTERACTION.c.lot).label("lot")
    counts = (
        mine,
        _COMPLAINT.c.active.is_(True),
        _COMPLAINT.c.is_complaint.is_not(False),
        _COMPLAINT.c.received_at >= _CHECK.c.observation_from,
        _COMPLAINT.c.received_at < _end(now),
        visible(Complaint, _COMPLAINT, viewer),
    )
    told: CompoundSelect[Any] = union_all(
        select(*columns).select_from(by_risk).where(*counts),
        select(*columns).select_from(by_product).where(*counts, _CHECK.c.risk_id.is_(None)),
    )
    return told.subquery("told")


def _end(now: datetime) -> ColumnElement[Any]:
    """Up to when it is observed: the end of the observation, or now."""
    return case((_CHECK.c.observation_until < now, _CHECK.c.observation_until), else_=now)
