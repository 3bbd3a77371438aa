"""Messages of WebSockets, made once for all the sockets they go to."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from starlette.types import Scope
from websockets.frames import Frame, Opcode

READY = "qms.frames"
"""The extension of a scope by which a server takes frames; see ``app/connections.py``."""


@dataclass(frozen=True, slots=True)
class Made:
    """A message, and the same as a frame: what goes over the wire."""

    text: bytes
    frame: bytes


@lru_cache(maxsize=8)
def made(head: bytes, body: bytes) -> Made:
    """The message that an answer is in, for all whose operations have the same id, which most often are all."""
    text = b"%b%b}" % (head, body)
    return Made(text, Frame(Opcode.TEXT, text).serialize(mask=False))


def frame_writer(scope: Scope) -> Callable[[bytes], bool]:
    """What writes a frame at once, and says whether it could. Of another server than ours: what never does."""
    found: Callable[[bytes], bool] = scope.get("extensions", {}).get(READY, {}).get("write", nowhere)
    return found


def nowhere(_frame: bytes) -> bool:
    """Write nothing."""
    return False
