"""What is counted of a nonconformity: its team, its causes, and how far the actions of its plan have come.

Expressions over a row of the table, for the machine's guards and for the graph. An action stands as long as it is not
CANCELLED and no other action of the same plan, itself not CANCELLED, took its place.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Alias, ColumnElement, and_, distinct, false, func, or_, select

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import PENDING, VERDICTS, ActionKind, ActionStatus
from qms_graphql.base.facts import fact, gathered
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.complaints.model import Complaint
from qms_graphql.nonconformities.model import (
    Cause,
    Nonconformity,
    NonconformityAction,
    NonconformityMember,
    NonconformityRisk,
)
from qms_graphql.nonconformities.rules import NonconformityStatus
from qms_graphql.risks.commands import SCALES


@fact(Nonconformity)
def team_size(row: Any) -> ColumnElement[int]:
    """How many people are in the team."""
    member = NonconformityMember.__table__.alias()
    return _counted(member, _of(row, member))


@fact(Nonconformity)
def containments(row: Any) -> ColumnElement[int]:
    """How many containment actions stand and are done."""
    return _actions(
        row, lambda action: and_(action.kind == ActionKind.CONTAINMENT, ~_is_one_of(action.status, PENDING))
    )


@fact(Nonconformity)
def correctives(row: Any) -> ColumnElement[int]:
    """How many corrective actions stand."""
    return _actions(row, _corrective)


@fact(Nonconformity)
def pending(row: Any) -> ColumnElement[int]:
    """How many actions that stand are not done yet."""
    return _actions(row, lambda action: _is_one_of(action.status, PENDING))


@fact(Nonconformity)
def unjudged(row: Any) -> ColumnElement[int]:
    """How many corrective actions that stand have no verdict yet."""
    return _actions(row, lambda action: and_(_corrective(action), ~_is_one_of(action.status, VERDICTS)))


@fact(Nonconformity)
def ineffective(row: Any) -> ColumnElement[int]:
    """How many actions that stand were INEFFECTIVE."""
    return _actions(row, lambda action: action.status == ActionStatus.INEFFECTIVE)


@fact(Nonconformity)
def inconclusive(row: Any) -> ColumnElement[int]:
    """How many corrective actions that stand are INCONCLUSIVE."""
    return _actions(row, _undecided)


@fact(Nonconformity)
def root_causes(row: Any) -> ColumnElement[int]:
    """How many root causes count: those that are verified."""
    cause = Cause.__table__.alias()
    return _counted(cause, _of(row, cause), counts_as_root(cause.c))


@fact(Nonconformity)
def escape_points(row: Any) -> ColumnElement[int]:
    """How many verified causes say why it was not noticed where it should have been."""
    cause = Cause.__table__.alias()
    return _counted(cause, _of(row, cause), cause.c.escape_point, cause.c.verified_at.is_not(None))


@fact(Nonconformity)
def uncovered(row: Any) -> ColumnElement[int]:
    """How many root causes have no corrective action that stands and was not INEFFECTIVE."""
    cause = Cause.__table__.alias()
    plan, action = NonconformityAction.__table__.alias(), Action.__table__.alias()
    removed = (
        select(action.c.id)
        .select_from(plan.join(action, _planned(plan, action)))
        .where(
            _of(row, plan),
            plan.c.cause_id == cause.c.id,
            _corrective(action.c),
            _stands(plan, action),
            action.c.status != ActionStatus.INEFFECTIVE,
        )
        .correlate_except(plan, action)
        .exists()
    )
    return _counted(cause, _of(row, cause), counts_as_root(cause.c), ~removed)


@fact(Nonconformity)
def risks_rerated(row: Any) -> ColumnElement[bool]:
    """Whether it has risks, and each was rated (a hazard: estimated) since it was detected."""
    pair = NonconformityRisk.__table__.alias()
    linked = select(pair.c.risk_id).where(_of(row, pair)).correlate_except(pair)
    since = or_(*(_rated_since(history.__table__.alias(), pair, row.detected_at) for history in SCALES))
    return and_(linked.exists(), ~linked.where(~since).exists())


def _rated_since(ratings: Alias, pair: Alias, detected_at: ColumnElement[Any]) -> ColumnElement[bool]:
    own = ratings.c.organization_id == pair.c.organization_id, ratings.c.risk_id == pair.c.risk_id
    rated = select(ratings.c.position).where(*own, ratings.c.at >= detected_at)
    return rated.correlate_except(ratings).exists()


@gathered(Nonconformity)
async def inconclusive_owners(reader: Reader, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, set[UUID]]]:
    """Who owns the corrective actions that stand and are INCONCLUSIVE: they do not accept that themselves."""
    undecided = [row for row in rows if row["inconclusive"]]
    owners: dict[UUID, set[UUID]] = {row["id"]: set() for row in rows}
    if undecided:
        plan, action = NonconformityAction.__table__.alias(), Action.__table__.alias()
        ids = [row["id"] for row in undecided]
        found = await reader.rows(
            select(plan.c.nonconformity_id, action.c.owner_id)
            .select_from(plan.join(action, _planned(plan, action)))
            .where(
                plan.c.organization_id == undecided[0]["organization_id"],
                within(plan.c.nonconformity_id, ids, reader.dialect),
                _undecided(action.c),
                _stands(plan, action),
                action.c.owner_id.is_not(None),
            )
        )
        for pair in found:
            owners[pair["nonconformity_id"]].add(pair["owner_id"])
    return [{"inconclusive_owners": owners[row["id"]]} for row in rows]


@fact(Complaint)
def nonconformity_linked(complaint: Any) -> ColumnElement[bool]:
    """Whether the complaint made a nonconformity known; one that was CANCELLED was none."""
    known = Nonconformity.__table__.alias()
    named = known.c.organization_id == complaint.organization_id, known.c.id == complaint.nonconformity_id
    # Its value, not that there is one: PostgreSQL would answer EXISTS by a walk through all nonconformities.
    counts = select(known.c.status != NonconformityStatus.CANCELLED).where(*named).correlate_except(known)
    return func.coalesce(counts.scalar_subquery(), false())


@fact(Action)
def settles_closed(action: Any) -> ColumnElement[bool]:
    """Whether a closed nonconformity rests on the action."""
    plan, served = NonconformityAction.__table__.alias(), Nonconformity.__table__.alias()
    both = and_(served.c.organization_id == plan.c.organization_id, served.c.id == plan.c.nonconformity_id)
    return (
        select(served.c.id)
        .select_from(plan.join(served, both))
        .where(
            plan.c.organization_id == action.organization_id,
            plan.c.action_id == action.id,
            served.c.status == NonconformityStatus.CLOSED,
        )
        .correlate_except(plan, served)
        .exists()
    )


def counts_as_root(cause: Any) -> ColumnElement[bool]:
    """Whether a cause counts as a root cause: it is said to be one, and verified."""
    return and_(cause.is_root, cause.verified_at.is_not(None))


def _actions(row: Any, such: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[int]:
    """How many actions of the plan stand and are ``such``; each once, however many causes it removes."""
    plan, action = NonconformityAction.__table__.alias(), Action.__table__.alias()
    counted = select(func.count(distinct(action.c.id))).select_from(plan.join(action, _planned(plan, action)))
    found = counted.where(_of(row, plan), such(action.c), _stands(plan, action))
    return found.correlate_except(plan, action).scalar_subquery()


def _stands(plan: Alias, action: Alias) -> ColumnElement[bool]:
    """Whether an action of the plan is neither CANCELLED nor superseded within the plan."""
    other, successor = NonconformityAction.__table__.alias(), Action.__table__.alias()
    superseded = (
        select(successor.c.id)
        .select_from(other.join(successor, _planned(other, successor)))
        .where(
            other.c.organization_id == plan.c.organization_id,
            other.c.nonconformity_id == plan.c.nonconformity_id,
            successor.c.supersedes_id == action.c.id,
            successor.c.status != ActionStatus.CANCELLED,
        )
        .correlate_except(other, successor)
        .exists()
    )
    return and_(action.c.status != ActionStatus.CANCELLED, ~superseded)


def _planned(plan: Alias, action: Alias) -> ColumnElement[bool]:
    return and_(action.c.organization_id == plan.c.organization_id, action.c.id == plan.c.action_id)


def _of(row: Any, part: Alias) -> ColumnElement[bool]:
    return and_(part.c.organization_id == row.organization_id, part.c.nonconformity_id == row.id)


def _corrective(action: Any) -> ColumnElement[bool]:
    equal: ColumnElement[bool] = action.kind == ActionKind.CORRECTIVE
    return equal


def _undecided(action: Any) -> ColumnElement[bool]:
    return and_(_corrective(action), action.status == ActionStatus.INCONCLUSIVE)


def _is_one_of(status: Any, wanted: Sequence[ActionStatus]) -> ColumnElement[bool]:
    return or_(*(status == one for one in wanted))


def _counted(table: Alias, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.count()).select_from(table).where(*conditions)
    return counted.correlate_except(table).scalar_subquery()
