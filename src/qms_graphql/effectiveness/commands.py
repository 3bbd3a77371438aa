"""What may be done with effectiveness checks and objectives."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import ActionStatus
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork, kept_parts
from qms_graphql.effectiveness.model import EffectivenessCheck, Objective, ObservationExtension
from qms_graphql.effectiveness.rules import AIM, BY_LOTS, SCOPE, Outcome, out_of_order
from qms_graphql.graph.building.build import graphql_name
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.together import WAYS

_JUDGED = (ActionStatus.EFFECTIVE, ActionStatus.INEFFECTIVE, ActionStatus.CANCELLED)
_WINDOWS = ("baseline_from", "baseline_until", "observation_from", "observation_until")


async def save_checks(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Plan checks, or change their plan before the observation begins.

    Refuses a second check of an action, windows out of order, an observation that would have begun already, and every
    change after it began but a longer window for an action that is INCONCLUSIVE.
    """
    statuses = await _statuses(unit, drafts)
    taken = await _taken(unit, drafts)
    for draft in drafts:
        _refuse_disorder(draft, _WINDOWS)
        _refuse_strange_scope(draft)
        _refuse_criterion(draft)
        if draft.current is None:
            if draft.value("action_id") in taken:
                draft.refuse(ErrorCode.INVALID, "The action has a check already.", "action")
            _refuse_begun(unit, draft)
        elif draft.value("action_id") != draft.current["action_id"]:
            draft.refuse(ErrorCode.INVALID, "A check stays with its action.", "action")
        elif draft.current["observation_from"] <= unit.now:
            _refuse_late_changes(draft, statuses.get(draft.current["action_id"]))
        else:
            _refuse_begun(unit, draft)
    await unit.save(EffectivenessCheck, drafts)


async def save_objectives(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Set objectives or change them; what is due stays as it is."""
    for draft in drafts:
        _refuse_disorder(draft, ("baseline_from", "baseline_until", "due_at"))
        _refuse_strange_scope(draft)
        if draft.current is not None and draft.current["due_at"] <= unit.now:
            for name in _changed(draft, (*AIM, "due_at")):
                draft.refuse(ErrorCode.INVALID, "It was due: by what it is decided stays as it was.", _shown(name))
        elif draft.value("due_at") is not None and draft.value("due_at") <= unit.now:
            draft.refuse(ErrorCode.OUT_OF_RANGE, "An objective is due in the future.", "dueAt")
    await unit.give_numbers(Objective, drafts)
    await unit.save(Objective, drafts)


async def _statuses(unit: UnitOfWork, drafts: Sequence[Draft]) -> dict[UUID, ActionStatus]:
    """How far the actions of existing checks have come."""
    ids = [draft.current["action_id"] for draft in drafts if draft.current is not None]
    return {id_: row["status"] for id_, row in (await unit.lock(Action, ids)).items()}


async def _taken(unit: UnitOfWork, drafts: Sequence[Draft]) -> set[UUID]:
    """The actions of new checks that have one already."""
    wanted = [draft.value("action_id") for draft in drafts if draft.current is None]
    table = EffectivenessCheck.__table__
    found = await unit.rows(
        select(table.c.action_id).where(
            table.c.organization_id == unit.organization_id,
            within(table.c.action_id, {id_ for id_ in wanted if id_ is not None}, unit.dialect),
        )
    )
    return {row["action_id"] for row in found}


def _refuse_disorder(draft: Draft, names: Sequence[str]) -> None:
    moments = [(name, draft.value(name)) for name in names]
    wrong = out_of_order([(name, moment) for name, moment in moments if moment is not None])
    if wrong is not None:
        draft.refuse(ErrorCode.INVALID, "This must lie after the moment before it.", _shown(wrong))


def _refuse_strange_scope(draft: Draft) -> None:
    """Refuse restrictions that what the metric counts cannot meet."""
    code = draft.value("metric_code")
    if code is None:
        return
    way, scope = WAYS[code], Scope(**{name.removesuffix("_id"): draft.value(name) for name in SCOPE})
    for name in way.source.beyond(code, scope):
        draft.refuse(ErrorCode.INVALID, f"{way.records} have no {name}.", name)


def _refuse_criterion(draft: Draft) -> None:
    """Refuse what is decided neither by a target nor by lots, or by both; and lots of nothing."""
    by_target, by_lots = draft.value("target") is not None, draft.value("lots") is not None
    if by_target and by_lots:
        draft.refuse(ErrorCode.INVALID, "Either the target decides or the lots do, not both.", "lots")
    if not by_target and not by_lots:
        message = "Say what decides: a target, or in how many lots nothing may come back."
        draft.refuse(ErrorCode.REQUIRED, message, "target")
    if by_lots and draft.value("product_id") is None:
        draft.refuse(ErrorCode.REQUIRED, "Lots are those of a product.", "product")
    if draft.value("risk_id") is not None and not by_lots:
        draft.refuse(ErrorCode.INVALID, "A failure mode that may not come back needs a number of lots.", "risk")


async def extend(unit: UnitOfWork, id_: UUID, version: int, until: datetime, reason: str) -> None:
    """Observe longer than was planned, for a reason that stands in the event; by what it is judged stays.

    Raises ``Refusal``: INVALID if a verdict stands that is not INCONCLUSIVE, or if it would not be longer; OUT_OF_RANGE
    if nothing of the longer observation lies ahead: nobody looks first and then says how far.
    """
    row = await unit.lock_one(EffectivenessCheck, id_, version)
    action = (await unit.lock(Action, [row["action_id"]]))[row["action_id"]]
    if action["status"] in _JUDGED:
        raise Refusal(ErrorCode.INVALID, f"The action is {action['status'].value}: the verdict stands.", ("id",))
    if until <= row["observation_until"]:
        raise Refusal(ErrorCode.INVALID, "This is not longer than it is observed already.", ("observationUntil",))
    if until <= unit.now:
        raise Refusal(ErrorCode.OUT_OF_RANGE, "What is observed longer lies ahead.", ("observationUntil",))
    draft = Draft(id_, {"observation_until": until}, row, notes={"reason": reason})
    extension = {
        "at": unit.now,
        "until_before": row["observation_until"],
        "until_after": until,
        "reason": reason,
        "verdict": None if row["outcome"] is None else Outcome.of(row["outcome"]).verdict,
        "approver_id": unit.viewer.user_id,
    }
    draft.parts[ObservationExtension] = [*await kept_parts(unit, ObservationExtension, id_), extension]
    await unit.save(EffectivenessCheck, [draft])


def _refuse_begun(unit: UnitOfWork, draft: Draft) -> None:
    begins = draft.value("observation_from")
    if begins is not None and begins < unit.now:
        draft.refuse(
            ErrorCode.OUT_OF_RANGE, "It is planned before the observation begins, not after.", "observationFrom"
        )


def _refuse_late_changes(draft: Draft, status: ActionStatus | None) -> None:
    for name in _changed(draft, (*AIM, *BY_LOTS, "observation_from", "observation_until")):
        longer = name == "observation_until" and draft.value(name) > _current(draft, name)
        if not (longer and status is ActionStatus.INCONCLUSIVE):
            message = "The observation has begun: by what it is judged stays as it was."
            draft.refuse(ErrorCode.INVALID, message, _shown(name))


def _changed(draft: Draft, names: Sequence[str]) -> list[str]:
    return [name for name in names if name in draft.fields and draft.fields[name] != _current(draft, name)]


def _current(draft: Draft, name: str) -> Any:
    return draft.current[name] if draft.current is not None else None


def _shown(column: str) -> str:
    """A column's name in the schema."""
    return graphql_name(column.removesuffix("_id"))
