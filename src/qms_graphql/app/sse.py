"""Server-sent events, one connection for each operation (the protocol graphql-sse calls distinct connections)."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import orjson
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.telemetry import account, note_refusal
from qms_graphql.graph.running.live import Take

from . import authentication
from .frames import event, events, part, wire
from .headers import DATA
from .media import EVENT_STREAM
from .outbox import Outbox

_NO_LONGER = {
    "message": "The token is no longer valid, or its rights changed.",
    "extensions": {"code": ErrorCode.UNAUTHENTICATED.value},
}


class EventStream(StreamingResponse):
    """The answers of an operation as events ``next``, then ``complete``."""

    def __init__(
        self,
        deliver: Callable[[Take], Awaitable[None]],
        heartbeat: float,
        admitted: Callable[[], Awaitable[bool]],
    ) -> None:
        # It has no body to go through: what is delivered is sent as it comes.
        super().__init__((), media_type=EVENT_STREAM, headers=DATA | {"X-Accel-Buffering": "no"})
        self._deliver = deliver
        self._heartbeat = heartbeat
        self._admitted = admitted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the operation or the connection ends."""
        self._write = wire(scope)
        await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send the events, with LF only; comments now and then, for proxies to keep the connection. Raises ``Gone``."""
        outbox, opened = Outbox(send, self._write), account()
        await outbox.send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        delivering = asyncio.ensure_future(self._deliver(lambda delivery: outbox.offer_made(events(delivery))))
        try:
            checked = time.monotonic()
            while not (await asyncio.wait({delivering}, timeout=self._heartbeat))[0]:
                if time.monotonic() - checked >= authentication.RECHECK_SECONDS:
                    checked = time.monotonic()
                    if not await self._admitted():
                        delivering.cancel()
                        note_refusal(ErrorCode.UNAUTHENTICATED.value)
                        await outbox.send(part(event(orjson.dumps({"errors": [_NO_LONGER]}))))
                        break
                await outbox.send(part(b":\n\n"))
            else:
                delivering.result()
            await outbox.send(part(b"event: complete\ndata:\n\n", more=False))
        finally:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)
            if opened is not None:
                # The rest is counted where it is sent.
                opened.size += outbox.written
