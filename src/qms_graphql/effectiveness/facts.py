"""What checks and objectives say to the machines, and what is kept when something was decided."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import VERDICTS, ActionStatus
from qms_graphql.base.access import system_viewer
from qms_graphql.base.drafts import Draft
from qms_graphql.base.facts import fact, gathered
from qms_graphql.base.machines import NOW, Facts
from qms_graphql.base.reader import Reader
from qms_graphql.base.transitions import consequence
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.effectiveness.measuring import kept_standing, outcomes, rows_of, standings
from qms_graphql.effectiveness.model import EffectivenessCheck, Objective
from qms_graphql.effectiveness.rules import ObjectiveStatus, goal
from qms_graphql.metrics.comparisons import Verdict

Rows = Sequence[Mapping[str, Any]]


@fact(Action)
def check_planned(action: Any) -> ColumnElement[bool]:
    """Whether it is planned how the action's effect is checked; after a verdict, with a window that goes beyond it."""
    check = EffectivenessCheck.__table__
    mine = check.c.organization_id == action.organization_id, check.c.action_id == action.id
    ahead = or_(check.c.decided_at.is_(None), check.c.observation_until > check.c.decided_at)
    return select(check.c.id).where(*mine, ahead).exists()


@gathered(Action)
async def verdicts(reader: Reader, actions: Rows) -> list[dict[str, Any]]:
    """The verdict of each action that is being checked, by all records of the organization, whoever asks.

    An action is let off only once the observation is over: whoever looks often would find an effect some day, and
    complaints come after sales. That it does harm counts at once.
    """
    checking = [action for action in actions if action["status"] is ActionStatus.CHECKING]
    found: dict[Any, str] = {}
    if checking:
        viewer, now = system_viewer(checking[0]["organization_id"]), checking[0][NOW]
        ids = [action["id"] for action in checking]
        checks = await rows_of(reader, EffectivenessCheck, viewer.organization_id, ids, "action_id")
        said = await outcomes(reader, viewer, list(checks.values()), now)
        for (id_, check), outcome in zip(checks.items(), said, strict=True):
            if outcome.verdict is Verdict.INEFFECTIVE or now >= check["observation_until"]:
                found[id_] = outcome.verdict.value
    return [{"verdict": found.get(action["id"])} for action in actions]


@gathered(Objective)
async def decision(reader: Reader, objectives: Rows) -> list[dict[str, Any]]:
    """Whether each active objective is due, and whether its target is met."""
    due = [row for row in objectives if row["status"] is ObjectiveStatus.ACTIVE and row["due_at"] <= row[NOW]]
    met: dict[Any, bool] = {}
    if due:
        viewer = system_viewer(due[0]["organization_id"])
        for row, (_, current) in zip(due, await standings(reader, viewer, due, due[0][NOW]), strict=True):
            value = current.estimate.value
            met[row["id"]] = value is not None and goal(row).met_by(value)
    return [{"due": row["id"] in met, "target_met": met.get(row["id"], False)} for row in objectives]


@consequence(Action, *VERDICTS)
async def keep_verdict(unit: UnitOfWork, action: Facts) -> None:
    """What was measured when the verdict fell stays as it was."""
    checks = await rows_of(unit, EffectivenessCheck, unit.organization_id, [action["id"]], "action_id")
    rows = list((await unit.lock(EffectivenessCheck, [row["id"] for row in checks.values()])).values())
    said = await outcomes(unit, system_viewer(unit.organization_id), rows, unit.now)
    drafts = [
        Draft(row["id"], {"outcome": outcome.kept(), "decided_at": unit.now}, row)
        for row, outcome in zip(rows, said, strict=True)
    ]
    await unit.save(EffectivenessCheck, drafts)


@consequence(Action, ActionStatus.CHECKING)
async def observe_on(unit: UnitOfWork, action: Facts) -> None:
    """What is observed further is computed again."""
    checks = await rows_of(unit, EffectivenessCheck, unit.organization_id, [action["id"]], "action_id")
    rows = await unit.lock(EffectivenessCheck, [row["id"] for row in checks.values()])
    drafts = [Draft(id_, {"outcome": None, "decided_at": None}, row) for id_, row in rows.items()]
    await unit.save(EffectivenessCheck, drafts)


@consequence(Objective, ObjectiveStatus.MET, ObjectiveStatus.MISSED, ObjectiveStatus.CANCELLED)
async def keep_standing(unit: UnitOfWork, objective: Facts) -> None:
    """What was measured when it was decided stays as it was."""
    rows = await unit.lock(Objective, [objective["id"]])
    (standing,) = await standings(unit, system_viewer(unit.organization_id), list(rows.values()), unit.now)
    drafts = [Draft(id_, {"outcome": kept_standing(standing)}, row) for id_, row in rows.items()]
    await unit.save(Objective, drafts)
