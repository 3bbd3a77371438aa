"""Messages of live connections, made once for all that they go to: of WebSockets and of event streams."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from starlette.types import Message, Scope
from websockets.frames import Frame, Opcode

from qms_graphql.graph.running.answers import Delivery

READY = "qms.frames"
"""The extension of a scope by which a server takes frames, and says what came; see ``app/connections.py``."""


@dataclass(frozen=True, slots=True)
class Made:
    """Messages as ASGI has them, and all of them as what goes over the wire."""

    messages: Sequence[Message]
    wire: bytes
    size: int
    """Bytes of the messages."""


@lru_cache(maxsize=8)
def frames(head: bytes, delivery: Delivery) -> Made:
    """What answers are in on a WebSocket, for all whose operations have the same id, which most often are all."""
    texts = [b"%b%b}" % (head, body) for body in delivery.bodies]
    return Made(
        [{"type": "websocket.send", "text": text.decode()} for text in texts],
        b"".join(Frame(Opcode.TEXT, text).serialize(mask=False) for text in texts),
        sum(map(len, texts)),
    )


@lru_cache(maxsize=8)
def events(delivery: Delivery) -> Made:
    """What answers are in on an event stream: a chunk of its body."""
    text = b"".join(map(event, delivery.bodies))
    return Made([part(text)], b"%x\r\n%b\r\n" % (len(text), text), len(text))


def event(body: bytes) -> bytes:
    """An answer as the event of a stream."""
    return b"event: next\ndata: %b\n\n" % body


def part(text: bytes, *, more: bool = True) -> Message:
    """A part of the body of a response."""
    return {"type": "http.response.body", "body": text, "more_body": more}


def wire(scope: Scope) -> Callable[[bytes], bool]:
    """What writes to the wire at once, and says whether it could. Of another server than ours: what never does."""
    found: Callable[[bytes], bool] = scope.get("extensions", {}).get(READY, {}).get("write", nowhere)
    return found


def arrived(scope: Scope) -> bool:
    """Whether all of a request is here, so that nobody waits for it. With another server than ours: who knows."""
    asked: Callable[[], bool] = scope.get("extensions", {}).get(READY, {}).get("arrived", bool)
    return asked()


def nowhere(_frame: bytes) -> bool:
    """Write nothing."""
    return False
