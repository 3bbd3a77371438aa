"""What an operation runs with: who asks, the database, the engine."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from qms_graphql.base.access import Viewer
from qms_graphql.base.clock import Clock
from qms_graphql.base.database import Database
from qms_graphql.base.reader import Reader
from qms_graphql.base.secrets import Secrets
from qms_graphql.graph.requests.budget import Balance

if TYPE_CHECKING:
    from qms_graphql.graph.requests.documents import Document
    from qms_graphql.graph.running.engine import Engine
    from qms_graphql.graph.running.patching import Failure


@dataclass(frozen=True, slots=True)
class Ref:
    """A record by type and key: wherever a Python value holds one, the engine reads what is selected of it."""

    type_name: str
    id: UUID


def ref(type_name: str, id_: UUID) -> Any:
    """A reference to a record, given where the schema says the record's type."""
    return Ref(type_name, id_)


class Question(ABC):
    """What a field of a plain object asks of the database: its method returns one instead of the value.

    All questions of one kind are answered together.
    """

    __slots__ = ()

    @classmethod
    @abstractmethod
    def single(cls, questions: Sequence[Self]) -> bool:
        """Whether one statement answers them, which sees one moment by itself: then no snapshot is needed."""

    @classmethod
    @abstractmethod
    async def answered(cls, context: "Context", questions: Sequence[Self]) -> Sequence[Any]:
        """The values of the questions, in their order. Raises ``Refusal``."""


@dataclass(slots=True)
class Context:
    """One operation's surroundings. Its reads come from one snapshot, on one connection taken when first needed."""

    viewer: Viewer
    database: Database
    clock: Clock
    secrets: Secrets
    engine: "Engine"
    feed: Any = None
    document: "Document | None" = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    form: Hashable = None
    """What of the variables shapes a statement; None where nothing is kept by it."""
    snapshot: bool = False
    statements: int = 0
    seconds: float = 0.0
    """How long they took."""
    cost: int = 0
    """What the operation was reckoned to cost."""
    failures: "list[Failure]" = field(default_factory=list)
    """What could not be answered, where the rest of the answer stays."""
    balance: Balance | None = None
    """How the caller stands after it; None where nobody counts."""
    _reader: Reader | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def reader(self) -> Reader:
        """The operation's connection."""
        async with self._turn:
            if self._reader is None:
                reading = self.database.reading(self.viewer.organization_id, snapshot=self.snapshot)
                self._reader = await self._stack.enter_async_context(reading)
            return self._reader

    def reading_with(self, reader: Reader) -> "Context":
        """The same operation, reading through another connection: a transaction's own."""
        return Context(
            self.viewer,
            self.database,
            self.clock,
            self.secrets,
            self.engine,
            self.feed,
            self.document,
            self.variables,
            failures=self.failures,
            _reader=reader,
        )

    async def __aenter__(self) -> "Context":
        return self

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        """Give the connection back: one in the middle of something is thrown away. The next read takes another."""
        if self._reader is not None:
            self.statements += self._reader.statements
            self.seconds += self._reader.seconds
            self._reader = None
        await self._stack.__aexit__(kind, error, trace)
