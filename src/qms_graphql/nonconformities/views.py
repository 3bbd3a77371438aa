"""What is read of a nonconformity as a whole: its root causes, others like it, and the 8D view."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import and_, func, or_, select

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.facts import facts_of
from qms_graphql.base.ids import from_global
from qms_graphql.base.sets import within
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import LIST_BOUND, batch_field, extend, parts
from qms_graphql.nonconformities import model
from qms_graphql.nonconformities.facts import counts_as_root
from qms_graphql.nonconformities.machine import EIGHT_D
from qms_graphql.nonconformities.schema import Cause, Nonconformity

MOST_SIMILAR = 10


@strawberry.type(description="One of the disciplines of 8D.")
class EightDStep:
    """One of the disciplines of 8D."""

    step: str = strawberry.field(description="Its sign, D0 to D8.")
    title: str = strawberry.field(description="What it is about.")
    done: bool = strawberry.field(description="Whether nothing is missing.")
    missing: list[str] = strawberry.field(description="What is missing, in sentences.")


First = Annotated[int, strawberry.argument(description=f"The latest so many, at most {LIST_BOUND}.")]


@extend("Nonconformity")
class NonconformityViews:
    """What is read of a nonconformity as a whole."""

    root_causes: "list[Cause]" = parts(
        model.Cause.nonconformity_id,
        such=counts_as_root,
        doc="Its root causes that count: those that are verified, oldest first.",
    )

    @batch_field(needs=())
    async def similar(rows: Sequence[Any], context: Context, first: First = MOST_SIMILAR) -> list[list[Nonconformity]]:
        """Others of the same product, or that share a risk (a failure mode) with it; the latest first."""
        if not 0 <= first <= LIST_BOUND:
            raise Refusal(ErrorCode.BAD_USER_INPUT, f"A list has 0 to {LIST_BOUND} items.", ("first",))
        ids, reader = _ids(rows), await context.reader()
        mine, other = model.Nonconformity.__table__.alias(), model.Nonconformity.__table__.alias()
        place = func.row_number().over(partition_by=mine.c.id, order_by=(other.c.detected_at.desc(), other.c.id.desc()))
        alike = and_(
            other.c.organization_id == mine.c.organization_id,
            other.c.id != mine.c.id,
            or_(other.c.product_id == mine.c.product_id, _share_a_risk(mine, other)),
        )
        ranked = (
            select(mine.c.id.label("mine"), other.c.id.label("other"), place.label("place"))
            .select_from(mine.join(other, alike))
            .where(mine.c.organization_id == context.viewer.organization_id, within(mine.c.id, ids, reader.dialect))
            .subquery()
        )
        found = await reader.rows(
            select(ranked.c.mine, ranked.c.other).where(ranked.c.place <= first).order_by(ranked.c.place)
        )
        return _listed("Nonconformity", ids, [(row["mine"], row["other"]) for row in found])

    @batch_field(needs=())
    async def eight_d(rows: Sequence[Any], context: Context) -> list[list[EightDStep]]:
        """The 8D view: what of each discipline is there and what is missing, by the rules that its moves go by."""
        ids, reader = _ids(rows), await context.reader()
        known = await facts_of(reader, model.Nonconformity, context.viewer.organization_id, ids, context.clock.now())
        return [[_step(discipline, known[id_]) for discipline in EIGHT_D] for id_ in ids]


def _step(discipline: Any, known: Mapping[str, Any]) -> EightDStep:
    missing = discipline.missing(known)
    return EightDStep(step=discipline.step, title=discipline.title, done=not missing, missing=missing)


def _share_a_risk(one: Any, other: Any) -> Any:
    mine, theirs = model.NonconformityRisk.__table__.alias(), model.NonconformityRisk.__table__.alias()
    same = and_(theirs.c.organization_id == mine.c.organization_id, theirs.c.risk_id == mine.c.risk_id)
    return (
        select(mine.c.risk_id)
        .select_from(mine.join(theirs, same))
        .where(
            mine.c.organization_id == one.c.organization_id,
            mine.c.nonconformity_id == one.c.id,
            theirs.c.nonconformity_id == other.c.id,
        )
        .correlate_except(mine, theirs)
        .exists()
    )


def _ids(rows: Sequence[Any]) -> list[UUID]:
    return [from_global(row.id)[1] for row in rows]


def _listed(type_name: str, ids: Sequence[UUID], pairs: Sequence[tuple[UUID, UUID]]) -> list[list[Any]]:
    """For each of the ids the records that it is paired with, in their order."""
    found: dict[UUID, list[Any]] = {id_: [] for id_ in ids}
    for id_, other in pairs:
        found[id_].append(ref(type_name, other))
    return [found[id_] for id_ in ids]
