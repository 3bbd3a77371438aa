"""Which form of answer a client asks for (RFC 9110, section 12.5.1): by order and quality, not by mere mention."""

from functools import lru_cache

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"
HTML = "text/html"


@lru_cache(maxsize=128)
def _ranked(accept: str) -> tuple[str, ...]:
    """The media ranges of an Accept value, best first; those with quality 0 are left out."""
    ranges = []
    for place, item in enumerate(accept.split(",")):
        name, *parameters = (piece.strip().lower() for piece in item.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if name and quality > 0:
            ranges.append((-quality, place, name))
    return tuple(name for _, _, name in sorted(ranges))


def answer_type(accept: str) -> str | None:
    """The best of our JSON types, or None if the client takes neither. Who takes anything gets what anybody reads."""
    for name in _ranked(accept or "*/*"):
        if name in (GRAPHQL_RESPONSE, JSON):
            return name
        if name in ("*/*", "application/*"):
            return JSON
    return None


def wants_stream(accept: str) -> bool:
    """Whether an event stream is what the client likes best. Browsers mention it behind JSON; they get JSON."""
    return next(iter(_ranked(accept)), None) == EVENT_STREAM


def accepts_html(accept: str) -> bool:
    """Whether a person with a browser asks."""
    return HTML in _ranked(accept)


def takes(accept_encoding: str, coding: str) -> bool:
    """Whether a client takes a content coding (RFC 9110, section 12.5.3)."""
    return coding in _ranked(accept_encoding)
