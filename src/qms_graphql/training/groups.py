"""Whom somebody may train."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from qms_graphql.base.access import Role
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.base.visibility import visible
from qms_graphql.people.model import User
from qms_graphql.training.courses import people_of
from qms_graphql.training.model import TrainingRecord
from qms_graphql.training.rules import concerned


async def chosen(unit: UnitOfWork, given: Mapping[str, Any], named: Mapping[str, Any]) -> list[UUID]:
    """The people an input names, or those of its role or department: each of whom the caller may train.

    Raises ``Refusals`` that name who cannot be trained by the caller.
    """
    people = await people_of(unit, unit.organization_id, _trainable(unit))
    if named["users"]:
        known = {person.id for person in people}
        why = "Nobody of whom you assign training, or no longer here."
        others = [
            Refusal(ErrorCode.FORBIDDEN, why, ("users", str(index)))
            for index, id_ in enumerate(named["users"])
            if id_ not in known
        ]
        if others:
            raise Refusals(others)
        return list(dict.fromkeys(named["users"]))
    role = given.get("role")
    found = concerned(people, () if role is None else (Role(role),), (named.get("department"),))
    if not found:
        place = "department" if role is None else "role"
        raise Refusal(ErrorCode.INVALID, "There is nobody whom you could train.", (place,))
    return found


def _trainable(unit: UnitOfWork) -> ColumnElement[bool]:
    """The users whose training records the viewer would see."""
    table = User.__table__
    rows = select(table.c.organization_id, table.c.id.label("user_id")).subquery()
    seen = select(rows.c.user_id).where(
        rows.c.organization_id == unit.organization_id, visible(TrainingRecord, rows, unit.viewer)
    )
    found: ColumnElement[bool] = table.c.id.in_(seen)
    return found
