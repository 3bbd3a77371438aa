"""Server-sent events, one connection for each operation (the protocol graphql-sse calls distinct connections)."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

import orjson
from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.telemetry import note_refusal
from qms_graphql.graph.answers import Answer

from . import authentication
from .headers import DATA
from .media import EVENT_STREAM

SEND_SECONDS = 30.0
_SILENCE = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"
_NO_LONGER = {
    "message": "The token is no longer valid, or its rights changed.",
    "extensions": {"code": ErrorCode.UNAUTHENTICATED.value},
}


class EventStream(StreamingResponse):
    """The answers of an operation as events ``next``, then ``complete``."""

    def __init__(
        self, answers: AsyncGenerator[Answer, None], heartbeat: float, admitted: Callable[[], Awaitable[bool]]
    ) -> None:
        headers = DATA | {"X-Accel-Buffering": "no"}
        super().__init__(_frames(answers, heartbeat, admitted), media_type=EVENT_STREAM, headers=headers)

    async def stream_response(self, send: Send) -> None:
        """Send the frames. A client that does not read for half a minute is let go; its cursor lets it resume."""

        async def timed(message: Message) -> None:
            await asyncio.wait_for(send(message), SEND_SECONDS)

        await super().stream_response(timed)


async def _frames(
    answers: AsyncGenerator[Answer, None], heartbeat: float, admitted: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    """Frames with LF only; a comment while nothing happens, so that proxies keep the connection."""
    following = asyncio.ensure_future(anext(answers))
    checked = time.monotonic()
    try:
        while True:
            done, _ = await asyncio.wait({following}, timeout=heartbeat)
            if time.monotonic() - checked >= authentication.RECHECK_SECONDS:
                checked = time.monotonic()
                if not await admitted():
                    note_refusal(ErrorCode.UNAUTHENTICATED.value)
                    yield _next(orjson.dumps({"errors": [_NO_LONGER]}))
                    break
            if not done:
                yield _SILENCE
                continue
            try:
                answer = following.result()
            except StopAsyncIteration:
                break
            yield _next(answer.json())
            following = asyncio.ensure_future(anext(answers))
        yield _COMPLETE
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await answers.aclose()


def _next(body: bytes) -> bytes:
    return b"event: next\ndata: " + body + b"\n\n"
