"""What may be done with risks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from qms_graphql.base.columns import Part
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.facts import fact
from qms_graphql.base.machines import Facts
from qms_graphql.base.sets import within
from qms_graphql.base.transitions import consequence
from qms_graphql.base.unit import UnitOfWork, part_columns
from qms_graphql.risks.model import INITIAL, Estimate, Risk, RiskComplaint
from qms_graphql.risks.model import Rating as RatingRow
from qms_graphql.risks.rules import FMEA, HARM, Rating, RiskKind, RiskStatus, Scale

SCALES: Mapping[type[Part], Scale] = {RatingRow: FMEA, Estimate: HARM}
"""The scales, by the list that keeps what was rated by them."""


@fact(Risk)
def rated_anew(risk: Any) -> ColumnElement[bool]:
    """Whether it was rated (a hazard: estimated) again after the initial rating."""
    return or_(*(_has_second(history.__table__.c, risk) for history in SCALES))


def _has_second(ratings: Any, risk: Any) -> ColumnElement[bool]:
    own = (ratings.organization_id == risk.organization_id, ratings.risk_id == risk.id)
    return select(ratings.position).where(*own, ratings.position >= 1).exists()


async def save_risks(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change risks. The first rating given is both the initial and the current one; each is remembered.

    Refuses a risk that says neither its title nor its failure mode, half a rating, a rating that
    ``rules.Scale.problem`` does not let stand, a complaint named twice, and whatever changes what was accepted.
    """
    for draft in drafts:
        if not draft.value("title") and not draft.value("failure_mode"):
            draft.refuse(ErrorCode.REQUIRED, "A risk needs a title or a failure mode.", "failureMode")
        for scale in SCALES.values():
            _rate(draft, scale)
        _reason(draft)
        draft.hold_as_set(RiskComplaint, "complaint_id", "complaints")
    for history, scale in SCALES.items():
        await _remember(unit, [draft for draft in drafts if not draft.refused], history, scale)
    await unit.give_numbers(Risk, drafts)
    await unit.save(Risk, drafts)


@consequence(Risk, RiskStatus.TREATED)
async def end_acceptance(unit: UnitOfWork, facts: Facts) -> None:
    """A risk that is no longer accepted needs a new reason, and gets a new time, if it is accepted again."""
    if facts["accepted_at"] is not None:
        row = (await unit.lock(Risk, [facts["id"]]))[facts["id"]]
        await unit.save(Risk, [Draft(row["id"], {"acceptance_reason": None, "accepted_at": None}, row)])


def _rate(draft: Draft, scale: Scale) -> None:
    """Make the first rating both the initial and the current one, and refuse what cannot stand."""
    initial, current = _rating(draft, scale, INITIAL), _rating(draft, scale)
    for name, rating in ((scale.initial, initial), (scale.current, current)):
        for rank in scale.incomplete(rating):
            draft.refuse(ErrorCode.REQUIRED, scale.whole, name, rank)
    held = _held(draft, scale, INITIAL)
    if held == scale.unrated:
        first = initial if initial != scale.unrated else current
        initial, current = first, current if current != scale.unrated else first
    problem = scale.problem(draft.value("kind") or RiskKind.FAILURE_MODE, held, initial, current)
    if problem is not None:
        draft.refuse(ErrorCode.INVALID, problem[1], problem[0])
    draft.fields |= {f"{INITIAL}{name}": rank for name, rank in zip(scale.ranks, initial, strict=True)}
    draft.fields |= dict(zip(scale.ranks, current, strict=True))


def _reason(draft: Draft) -> None:
    rated = any(_rating(draft, scale) != scale.unrated for scale in SCALES.values())
    if draft.fields.get("rating_reason") is not None and not rated:
        draft.refuse(ErrorCode.INVALID, "There is no rating that it could be the reason for.", "ratingReason")
    if _is_accepted(draft) and draft.value("acceptance_reason") != (draft.current or {})["acceptance_reason"]:
        draft.refuse(ErrorCode.INVALID, "It was accepted for this reason; move it back first.", "acceptanceReason")


async def _remember(unit: UnitOfWork, drafts: Sequence[Draft], history: type[Part], scale: Scale) -> None:
    """Add the ratings that the drafts bring to the lists of those that were before."""
    given = {draft: ratings for draft in drafts if (ratings := _brought(draft, scale))}
    earlier = await _earlier(unit, history, [draft.id for draft in given if draft.current is not None])
    for draft, ratings in given.items():
        if _is_accepted(draft):
            draft.refuse(ErrorCode.INVALID, "It was accepted as it is rated; move it back first.", scale.current)
        # The reason is that of the latest rating; one without a reason does not keep the former one's.
        reason = draft.fields.setdefault("rating_reason", None)
        reasons = [None] * (len(ratings) - 1) + [reason]
        made = {"at": unit.now, "by_id": unit.viewer.user_id}
        draft.parts[history] = earlier.get(draft.id, []) + [
            made | dict(zip(scale.ranks, rating, strict=True)) | {"reason": why}
            for rating, why in zip(ratings, reasons, strict=True)
        ]


def _brought(draft: Draft, scale: Scale) -> list[Rating]:
    """The ratings that a draft adds, in their order."""
    before, initial, current = _held(draft, scale), _rating(draft, scale, INITIAL), _rating(draft, scale)
    if current == scale.unrated:
        return []
    if before == scale.unrated:
        return [current] if initial == current else [initial, current]
    return [current] if current != before or _has_new_reason(draft) else []


def _has_new_reason(draft: Draft) -> bool:
    reason = draft.fields.get("rating_reason")
    return reason is not None and reason != (draft.current or {})["rating_reason"]


async def _earlier(unit: UnitOfWork, history: type[Part], ids: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The lists of earlier ratings of these risks."""
    table, names, found = history.__table__, part_columns(history), dict[UUID, list[dict[str, Any]]]()
    wanted = list(ids)
    if wanted:
        mine = table.c.organization_id == unit.organization_id
        for row in await unit.rows(
            select(table)
            .where(mine, within(table.c.risk_id, wanted, unit.dialect))
            .order_by(table.c.risk_id, table.c.position)
        ):
            found.setdefault(row["risk_id"], []).append({name: row[name] for name in names})
    return found


def _rating(draft: Draft, scale: Scale, prefix: str = "") -> Rating:
    return tuple(draft.value(prefix + name) for name in scale.ranks)


def _held(draft: Draft, scale: Scale, prefix: str = "") -> Rating:
    """The rating as it is before the draft."""
    if draft.current is None:
        return scale.unrated
    return tuple(draft.current[prefix + name] for name in scale.ranks)


def _is_accepted(draft: Draft) -> bool:
    return draft.current is not None and draft.current["status"] is RiskStatus.ACCEPTED
