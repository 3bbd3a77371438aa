"""Batches: the rows that an external system sends, and what is said of each afterwards."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from uuid import UUID

from qms_graphql.base.columns import Part, Record
from qms_graphql.base.drafts import Draft, Outcome
from qms_graphql.base.errors import Refusal
from qms_graphql.base.external import Key
from qms_graphql.base.unit import UnitOfWork

Command = Callable[[UnitOfWork, Sequence[Draft]], Awaitable[None]]


class ErrorPolicy(Enum):
    """What becomes of a batch when some of its rows are refused.

    REJECT_FAILED_ROWS: The other rows are written.
    REJECT_EVERYTHING: Nothing is written.
    """

    REJECT_FAILED_ROWS = "REJECT_FAILED_ROWS"
    REJECT_EVERYTHING = "REJECT_EVERYTHING"


@dataclass(slots=True, eq=False)
class Item:
    """One row of a batch: its key and version there, and what it says. ``links`` are references still to resolve."""

    index: int
    key: Key
    version: str | int | None
    order: int | None
    fields: dict[str, Any]
    links: list[tuple[dict[str, Any], str, str, Key, tuple[str, ...]]] = field(default_factory=list)
    """Where the id goes (a mapping and its column), the target's type, its key, and the input's path."""
    parts: dict[type[Part], list[dict[str, Any]]] = field(default_factory=dict)
    deleted: bool = False
    merged_into: Key | None = None
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def ends(self) -> bool:
        """Whether it says that the record is gone there."""
        return self.deleted or self.merged_into is not None

    def says(self) -> tuple[Any, ...]:
        """Everything in it but its place: two items that say the same are one."""
        keys = [link[3] for link in self.links]
        return self.order, self.fields, self.parts, self.deleted, self.merged_into, keys


@dataclass(slots=True)
class Taken:
    """What became of an item."""

    index: int
    key: Key
    version: str | int | None
    outcome: Outcome
    record_id: UUID | None = None
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of record is taken in: its model and command, and which columns a tombstone sets."""

    model: type[Record]
    command: Command
    tombstone: Mapping[str, Any]
    spelling: Mapping[str, str]
    """Column to the name it has in the input."""

    @property
    def record_type(self) -> str:
        """As external references name it."""
        return self.model.__tablename__.upper()


class BatchRejected(Exception):
    """The policy is to reject everything, and something was refused."""

    def __init__(self, results: list[Taken]) -> None:
        super().__init__("batch rejected")
        self.results = results
