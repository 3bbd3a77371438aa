"""The record that an input names by its global id, for what can be done to records of any kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from qms_graphql.base.columns import Record as Row
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.base.visibility import visible_ids
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import TypeDeclaration
from qms_graphql.graph.record import Record
from qms_graphql.graph.types import Node


@dataclass(frozen=True, slots=True)
class Named:
    """A record that the viewer sees, locked until the end of the transaction."""

    declared: TypeDeclaration
    row: Mapping[str, Any]

    @property
    def id(self) -> UUID:
        """Its key."""
        key: UUID = self.row["id"]
        return key

    @property
    def model(self) -> type[Row]:
        """Its model."""
        return cast(type[Row], self.declared.model)

    @property
    def place(self) -> tuple[RecordType, UUID]:
        """Its kind and key."""
        return RecordType(self.declared.record_type), self.id

    @property
    def ref(self) -> Any:
        """The record, given where a payload shows it."""
        return ref(self.declared.name, self.id)


async def named_record(context: Context, unit: UnitOfWork, text: str, kind: type[Node] = Record) -> Named:
    """The record of a kind with a global id, if the viewer sees it.

    Raises ``Refusal`` at ``record``.
    """
    try:
        table, id_ = from_global(text)
    except Refusal as refusal:
        raise refusal.under("record") from None
    declared = context.engine.by_table.get(table)
    if declared is not None and issubclass(declared.cls, kind) and context.viewer.may(declared.read):
        model = cast(type[Row], declared.model)
        rows = await unit.lock(model, [id_])
        if rows and await visible_ids(unit, model, context.viewer, [id_]):
            return Named(declared, rows[id_])
    raise Refusal(ErrorCode.NOT_FOUND, "There is no such record.", ("record",))
