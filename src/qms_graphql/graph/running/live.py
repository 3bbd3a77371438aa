"""Subscriptions: what an event selects is read once for all who listen alike, however many they are.

Listeners with the same document, arguments and rights share a broadcast. It hands the answers to all who are in step
by a plain call, those of one moment together. Who cannot take them at once falls out of step, and goes on by itself
from its place in the stretch of answers that the broadcast keeps: it costs nothing, delays nobody, and is told to
resume when its place is gone. Whoever resumes from a cursor catches up alone and goes over to the broadcast at the
first event that both have.
"""

import asyncio
import contextvars
import inspect
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.visibility import sight
from qms_graphql.graph.building.build import graphql_name
from qms_graphql.graph.compiling.selection import Selected, Selections
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import RootField
from qms_graphql.graph.requests.documents import Document
from qms_graphql.graph.running.answers import Answer, Delivery, not_executed, show_error
from qms_graphql.graph.running.projection import project_by
from qms_graphql.graph.running.reading import Field, Reading

MOST_KEPT = 1000
MOST_BYTES = 8 * 1024 * 1024
"""What a broadcast keeps for those who are a little behind."""
LONGEST_TURN = 0.01
"""Seconds for which a broadcast goes on before the others of the process have their turn."""
MOST_TOGETHER = 65_536
"""Bytes of answers from which on no more are handed over with them: what a connection keeps for who does not read."""

Take = Callable[[Delivery], Awaitable[None] | None]
"""Takes answers. What cannot be done at once is returned, to be awaited before the next ones. May raise ``Gone``."""


class Gone(ConnectionError):
    """Nobody is there any more to take answers."""


async def hand(take: Take, answer: Answer) -> None:
    """Hand over an answer, and wait until it is taken."""
    await _hand(take, Delivery((answer,)))


async def _hand(take: Take, delivery: Delivery) -> None:
    left = take(delivery)
    if left is not None:
        await left


@dataclass(frozen=True, slots=True)
class Event:
    """An answer and its place in the stream."""

    position: int
    answer: Answer
    size: int


@dataclass(frozen=True, slots=True)
class Listening:
    """What a listener asks for."""

    viewer: Viewer
    document: Document
    operation: OperationDefinitionNode
    variables: dict[str, Any]
    root: GraphQLObjectType
    selected: Selected
    noted: RootField
    arguments: dict[str, Any]
    personal_names: frozenset[str]

    @property
    def alike(self) -> Hashable:
        """Equal for those who get the same answers, wherever they begin."""
        rest = {name: value for name, value in self.arguments.items() if name != self.noted.resume}
        below = frozenset().union(
            *(self.document.variables_below(node.selection_set) for node in self.selected.nodes if node.selection_set)
        )
        used = {name: value for name, value in self.variables.items() if name in below}
        person = self.viewer.actor_id if self._is_personal(repr((rest, used))) else None
        return id(self.document), id(self.operation), repr(rest), repr(used), sight(self.viewer), person

    def _is_personal(self, values: str) -> bool:
        """Whether it asks for what depends on the person: by a name in the document, or in a value."""
        return not self.document.names.isdisjoint(self.personal_names) or any(
            name in values for name in self.personal_names
        )


@dataclass(frozen=True, slots=True)
class Slip:
    """How a listener fell out of step: where it goes on, and what is to be awaited first."""

    place: int
    left: Awaitable[None] | None = None


class Broadcast:
    """One run of a subscription for all who listen alike."""

    def __init__(self, events: AsyncGenerator[Event, None]) -> None:
        self.listeners = 0
        self.over = False
        self._events = events
        self._gathered: list[Event] = []
        self._kept: deque[Event] = deque()
        self._bytes = 0
        self._end = 0
        self._failure: Exception | None = None
        self._in_step: dict[asyncio.Future[Slip], Take] = {}
        # It outlives the request that began it, and is nobody's in particular.
        self._task = asyncio.create_task(self._run(), context=contextvars.Context())

    @property
    def end(self) -> int:
        """The place of the next event."""
        return self._end

    def place_after(self, position: int) -> int | None:
        """The place of the event after the one at ``position``, if that is kept."""
        for back, event in enumerate(reversed(self._kept)):
            if event.position <= position:
                return self._end - back if event.position == position else None
        return None

    async def stop(self) -> None:
        """End the run."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def follow(self, place: int, take: Take) -> None:
        """Hand over the answers from a place on, until the end."""
        while True:
            while place < self._end:
                behind = self._end - place
                if behind > len(self._kept):
                    raise Refusal(ErrorCode.FELL_BEHIND, "You read too slowly; resume after your last cursor.")
                delivery = self._next(behind)
                place += len(delivery.answers)
                await _hand(take, delivery)
            if self._failure is not None:
                raise self._failure
            if self.over:
                return
            slip = await self._slip(take)
            place = slip.place
            if slip.left is not None:
                await slip.left

    async def _slip(self, take: Take) -> Slip:
        """Stay in step, as long as each answer is taken at once."""
        slip: asyncio.Future[Slip] = asyncio.get_running_loop().create_future()
        self._in_step[slip] = take
        try:
            return await slip
        finally:
            self._in_step.pop(slip, None)

    def _next(self, behind: int) -> Delivery:
        """What is kept, from so many events before the end on."""
        answers, size = [], 0
        for back in range(behind, 0, -1):
            event = self._kept[-back]
            answers.append(event.answer)
            size += event.size
            if size >= MOST_TOGETHER:
                break
        return Delivery(answers)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        turn_ends, size = 0.0, 0
        try:
            async with aclosing(self._events) as events:
                async for event in events:
                    if not self._gathered:
                        # As soon as there is something to wait for, there is nothing more to hand over with it.
                        loop.call_soon(self._hand_out)
                        turn_ends, size = loop.time() + LONGEST_TURN, 0
                    self._gathered.append(event)
                    size += event.size
                    if size >= MOST_TOGETHER or loop.time() >= turn_ends:
                        await asyncio.sleep(0)
        except Exception as error:  # noqa: BLE001 - every listener is told
            self._failure = error
        finally:
            self._hand_out()
            self.over = True
            for slip in self._in_step:
                if not slip.done():
                    slip.set_result(Slip(self._end))

    def _keep(self, event: Event) -> None:
        self._kept.append(event)
        self._bytes += event.size
        self._end += 1
        while len(self._kept) > MOST_KEPT or (self._bytes > MOST_BYTES and len(self._kept) > 1):
            self._bytes -= self._kept.popleft().size

    def _hand_out(self) -> None:
        """Keep what was gathered, and hand it to all who are in step."""
        gathered, self._gathered = self._gathered, []
        if not gathered:
            return
        for event in gathered:
            self._keep(event)
        delivery = Delivery([event.answer for event in gathered])
        for slip, take in list(self._in_step.items()):
            if slip.done():  # It was told to stop.
                continue
            try:
                left = take(delivery)
            except Exception as error:  # noqa: BLE001 - it concerns this listener alone, who is told
                slip.set_exception(error)
            else:
                if left is None:
                    continue
                slip.set_result(Slip(self._end, left))
            del self._in_step[slip]


class Live:
    """The subscriptions of one process."""

    def __init__(
        self,
        schema: GraphQLSchema,
        sources: Mapping[str, RootField],
        context: Callable[[Viewer], Context],
        personal_names: frozenset[str],
    ) -> None:
        self._schema = schema
        self._personal_names = personal_names
        self._sources = sources
        self._context = context
        self._broadcasts: dict[Hashable, Broadcast] = {}

    async def listen(
        self,
        viewer: Viewer,
        document: Document,
        operation: OperationDefinitionNode,
        variables: dict[str, Any],
        take: Take,
    ) -> None:
        """Hand over an answer for each event. What goes wrong is the last one, and ends the stream. Raises ``Gone``."""
        root = self._schema.subscription_type
        assert isinstance(root, GraphQLObjectType)  # noqa: S101
        selections = Selections(self._schema, document.fragments, VariableValues(sources={}, coerced=variables))
        (selected,) = selections.fields([operation], root)
        noted = self._sources[selected.name]
        try:
            viewer.require(noted.read)
            given = selections.arguments(selected, root)
            names = inspect.signature(noted.function).parameters
            arguments = {name: given[camel] for name in names if (camel := graphql_name(name)) in given}
            personal = self._personal_names
            wanted = Listening(viewer, document, operation, variables, root, selected, noted, arguments, personal)
            await self._follow(wanted, take)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001 - whatever went wrong ends this stream with a coded error
            located = GraphQLError(str(error), selected.nodes, path=[selected.key], original_error=error)
            await hand(take, not_executed([located]))

    async def _follow(self, wanted: Listening, take: Take) -> None:
        key, resume = wanted.alike, wanted.noted.resume
        broadcast = self._broadcasts.get(key)
        if broadcast is None or broadcast.over:
            from_now = {name: value for name, value in wanted.arguments.items() if name != resume}
            broadcast = self._broadcasts[key] = Broadcast(self._events(wanted, from_now))
        broadcast.listeners += 1
        try:
            place: int | None = broadcast.end
            if wanted.arguments.get(resume or "") is not None:
                place = None
                async with aclosing(self._events(wanted, wanted.arguments)) as alone:
                    async for event in alone:
                        await hand(take, event.answer)
                        place = broadcast.place_after(event.position)
                        if place is not None:
                            break
            if place is not None:
                await broadcast.follow(place, take)
        finally:
            broadcast.listeners -= 1
            if not broadcast.listeners:
                if self._broadcasts.get(key) is broadcast:
                    del self._broadcasts[key]
                await broadcast.stop()

    async def _events(self, wanted: Listening, arguments: Mapping[str, Any]) -> AsyncGenerator[Event, None]:
        async with (
            self._context(wanted.viewer) as context,
            aclosing(wanted.noted.function(context, **arguments)) as values,
        ):
            selected, field = wanted.selected, None
            async for value in values:
                # Surroundings of its own for each event: nothing read for one may be seen by the next.
                surroundings = self._context(wanted.viewer)
                surroundings.document, surroundings.variables = wanted.document, wanted.variables
                if field is None:
                    type_ = wanted.root.fields[selected.name].type
                    field = Field(Reading.of(surroundings), selected.key, selected.name, selected.nodes, type_)
                answer = await _answer(surroundings, field, value)
                yield Event(value.position, answer, len(answer.json()))


async def _answer(context: Context, field: Field, value: Any) -> Answer:
    async with context:
        (json,), failures = await project_by(context, [value], field, [(field.key,)])
    # As bytes: they are the same for everybody, and take less room than the objects.
    errors = [show_error(failure.located()) for failure in (*context.failures, *failures)]
    raw = Answer({field.key: json}, errors).json()
    return Answer(errors=errors, kind="subscription", statements=context.statements, raw=raw)
