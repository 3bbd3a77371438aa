"""The deadlines by which an organization handles complaints: its own, or the usual ones."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from qms_graphql.base.access import Viewer
from qms_graphql.base.drafts import Draft, check_columns
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.ids import new_id
from qms_graphql.base.reader import Reader
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.complaints.model import ComplaintPolicy
from qms_graphql.complaints.rules import USUAL, ComplaintSeverity, Policy, Terms, policy_problem


async def policy_of(reader: Reader, viewer: Viewer) -> Policy:
    """The deadlines of the viewer's organization."""
    table = ComplaintPolicy.__table__
    rows = await reader.rows(select(table).where(table.c.organization_id == viewer.organization_id))
    return _read(rows[0]) if rows else USUAL


async def set_policy(unit: UnitOfWork, given: Mapping[str, Any]) -> Policy:
    """Change some of the deadlines; complaints that are there keep theirs.

    ``given`` are columns of ``ComplaintPolicy``. Raises ``Refusals`` naming the input's fields.
    """
    table = ComplaintPolicy.__table__
    held = await unit.rows(select(table.c.id).where(table.c.organization_id == unit.organization_id))
    present = await unit.lock(ComplaintPolicy, [row["id"] for row in held])
    current = next(iter(present.values()), None)
    fields = dict(given) if current else _columns(USUAL) | dict(given)
    draft = Draft(current["id"] if current else new_id(), fields, current)
    check_columns(ComplaintPolicy, draft, {name: _spelled(name) for name in fields})
    if not draft.refused:
        problem = policy_problem(_read({name: draft.value(name) for name in _columns(USUAL)}))
        if problem is not None:
            draft.refuse(ErrorCode.INVALID, problem[1], problem[0], "resolveDays")
    if draft.refused:
        raise Refusals([Refusal(r.code, r.message, r.field) for r in draft.refusals])
    await unit.save(ComplaintPolicy, [draft])
    return _read({name: draft.value(name) for name in _columns(USUAL)})


def _read(row: Mapping[str, Any]) -> Policy:
    terms = {
        severity: Terms(row[f"{severity.value.lower()}_acknowledge"], row[f"{severity.value.lower()}_resolve"])
        for severity in ComplaintSeverity
    }
    return Policy(terms, row["no_reply"])


def _columns(policy: Policy) -> dict[str, int]:
    """A policy as the columns that hold it."""
    found = {"no_reply": policy.no_reply}
    for severity, terms in policy.terms.items():
        found[f"{severity.value.lower()}_acknowledge"] = terms.acknowledge
        found[f"{severity.value.lower()}_resolve"] = terms.resolve
    return found


def _spelled(column: str) -> str:
    """A column as the input names it, ``outer.inner`` within an object."""
    severity, _, kind = column.partition("_")
    return "noReplyDays" if severity == "no" else f"{severity}.{kind}Days"
