"""Which pages of other sites may use the API. There are no cookies, so no page can borrow what a browser holds."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

_KEPT_SECONDS = 3600
_EXPOSED = ("Retry-After", "X-Request-Id")


def cross_origin(origins: Sequence[str]) -> list[Middleware]:
    """The layer that answers browsers' questions; none if no other site may use the API."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=("GET", "POST", "PUT"),
            allow_headers=("*",),
            expose_headers=_EXPOSED,
            max_age=_KEPT_SECONDS,
        )
    ]


def admitted(headers: Headers, origins: Sequence[str]) -> bool:
    """Whether a WebSocket may be opened: browsers ask nobody before they do. Programs send no origin."""
    origin = headers.get("origin")
    if origin is None or "*" in origins or origin in origins:
        return True
    return origin.rpartition("://")[2].lower() == headers.get("host", "").lower()
