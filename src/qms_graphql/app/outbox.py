"""What goes out on one connection: at once where the server takes it at once, and never without end."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable
from types import coroutine
from typing import Any

from starlette.types import Message, Send

from qms_graphql.graph.running.live import Gone

from .frames import Made, nowhere

SEND_SECONDS = 30.0
"""How long a client may not read, before it is let go. Its cursor lets it resume."""


class Outbox:
    """Sends the messages of one connection."""

    def __init__(self, send: Send, write: Callable[[bytes], bool] = nowhere) -> None:
        self._send = send
        self._write = write
        self.written = 0
        """Bytes of messages that were written past ``send``."""

    def offer_made(self, made: Made) -> Awaitable[None] | None:
        """Send messages as ``offer`` does; as what goes over the wire, if that can be written. Raises ``Gone``."""
        if self._write(made.wire):
            self.written += made.size
            return None
        messages = iter(made.messages)
        for message in messages:
            left = self.offer(message, messages)
            if left is not None:
                return left
        return None

    def offer(self, message: Message, later: Iterable[Message] = ()) -> Awaitable[None] | None:
        """Send a message without waiting. What must wait is returned, to be awaited. Raises ``Gone``.

        A send that need not wait, which is nearly every one, ends within its first step. So that step is made here, in
        place of a task for each message that is sent to each of thousands of connections. Only if it must wait,
        awaiting the rest also sends what is for ``later``.
        """
        try:
            steps = self._send(message).__await__()
            for awaited in steps:
                return _Begun(self, steps, awaited, later)
        except (RuntimeError, OSError):
            raise Gone from None
        return None

    async def send(self, message: Message) -> None:
        """Send a message. Raises ``Gone``, also when the client does not read for too long."""
        left = self.offer(message)
        if left is not None:
            await left


class _Begun:
    """A send whose first step was made. Awaited, it makes the others, and sends what is left. Raises ``Gone``."""

    def __init__(
        self, outbox: Outbox, steps: Generator[Any, Any, None], awaited: Any, later: Iterable[Message]
    ) -> None:
        self._outbox = outbox
        self._steps = steps
        self._awaited = awaited
        self._later = later

    def __await__(self) -> Generator[Any, Any, None]:
        return self._finish().__await__()

    async def _finish(self) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await _remaining(self._steps, self._awaited)
        except (RuntimeError, OSError):
            raise Gone from None
        for message in self._later:
            await self._outbox.send(message)


@coroutine
def _remaining(steps: Generator[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    """The steps of a coroutine after the first, which awaits something."""
    yield awaited
    yield from steps
