"""What every response says to browsers: this is data, show it in no frame, guess no type, keep no copy.

The headers stand in the responses themselves; a layer around every request would cost more than they do.
"""

from collections.abc import Mapping

from starlette.responses import Response

PROTECTIVE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
DATA = PROTECTIVE | {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
"""Of responses that are no page."""
_RAW = [(name.lower().encode(), value.encode()) for name, value in DATA.items()]


class JsonBytes(Response):
    """A response whose JSON is there already."""

    def __init__(self, body: bytes, status: int, media: str, headers: Mapping[str, str] | None = None) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [
            (b"content-type", b"%b; charset=utf-8" % media.encode()),
            (b"content-length", b"%d" % len(body)),
            *_RAW,
        ]
        if headers:
            self.raw_headers += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
