"""What files belong to: who reads and changes such records, and which of them take no files any more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qms_graphql.base.columns import Record
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.machines import Machine
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.transitions import refuse_settled
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import RevisionStatus
from qms_graphql.reviews.model import Finding, Review


@dataclass(frozen=True, slots=True)
class Holder:
    """A kind of record that can have files, and what it takes to read it and to change it."""

    model: type[Record]
    read: str | None
    write: str

    def require(self, unit: UnitOfWork, row: Mapping[str, Any]) -> None:
        """Raise ``Refusal(FORBIDDEN)`` unless the viewer may change such records, or shows the own evidence."""
        machine: Machine | None = getattr(self.model, "__machine__", None)
        owners = {move.own for move in machine.moves if move.own is not None} if machine is not None else set()
        for own in owners:
            if "evidence" in own.fields and unit.viewer.may(own.permission) and row[own.fact] == unit.viewer.user_id:
                return
        unit.viewer.require(self.write)


HolderOf = Callable[[RecordType], Holder]
"""What is known of a kind of record that has files."""


async def refuse_closed(unit: UnitOfWork, model: type[Record], row: Mapping[str, Any]) -> None:
    """Refuse to bring files to a record, or take them away, where they stay as they are.

    That is where the record is settled; of a revision, once it is being approved; of a finding, once its review is
    settled. Raises ``Refusal`` at ``record``.
    """
    try:
        refuse_settled(model, row)
        if model is Revision and row["status"] is not RevisionStatus.DRAFT:
            raise Refusal(ErrorCode.INVALID, f"It is {row['status'].value}: what is approved stays as it is.")
        if model is Finding and row["review_id"] is not None:
            (review,) = (await unit.lock(Review, [row["review_id"]])).values()
            refuse_settled(Review, review)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, ("record",)) from None
