"""What a process tells of itself: the account of each request, and log lines that name it.

Nothing of a token and nobody's name goes into the log: values that look like a secret are blanked, and of a fault it
has the kind and the place, not the text, because drivers quote values in it.
"""

import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor
from uuid_utils import uuid7

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, SetupError
from qms_graphql.base.settings import Settings

if TYPE_CHECKING:
    from qms_graphql.base.tracing import Tracing

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:=/+-]{0,99}")
_MARK = "qms_"
"""How our tokens begin."""
_SECRETS = re.compile(
    r"qms_[0-9a-fA-F]{32}_[\w-]*"  # our tokens
    r"|(?<=://)[^/\s@]+@"  # who signs in, in an address
    r"|(?<=[Bb]earer )\S+"
)
_MOST_CAUSES = 5


@dataclass(slots=True)
class Account:
    """What is known of one request, gathered while it runs and told at its end."""

    request_id: str
    operation_id: str | None = None
    """On a connection that carries several operations, the client's id of this one."""
    trace_id: str | None = None
    began: float = field(default_factory=perf_counter)
    viewer: Viewer | None = None
    kind: str = ""
    """query, mutation or subscription; empty if the request did not come that far."""
    operation: str | None = None
    cost: int = 0
    statements: int = 0
    answers: int = 0
    size: int = 0
    """Bytes sent."""
    executed: bool = False
    streamed: bool = False
    codes: list[str] = field(default_factory=list)
    """Of the errors that the client is told, in order."""
    _token: Token["Account | None"] | None = None

    def __enter__(self) -> "Account":
        """Make it the one at hand, within the block and the tasks begun there."""
        self._token = _account.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _account.reset(self._token)

    @property
    def outcome(self) -> str:
        """``ok``; ``refused`` if nothing was executed or written; ``fault`` of ours; ``errors`` in parts of a query."""
        if not self.codes:
            return "ok"
        if ErrorCode.INTERNAL_SERVER_ERROR.value in self.codes:
            return "fault"
        return "errors" if self.executed and self.kind != "mutation" else "refused"

    @property
    def seconds(self) -> float:
        """Since it began."""
        return perf_counter() - self.began


_account: ContextVar[Account | None] = ContextVar("account", default=None)


def account() -> Account | None:
    """The account of the request at hand; None outside of requests."""
    return _account.get()


def note_refusal(code: str) -> None:
    """Put the code of an error that the client is told into the account of the request at hand."""
    opened = _account.get()
    if opened is not None:
        opened.codes.append(code)


def sane_id(given: str | None) -> str:
    """An id that a client gave, if it is short and plain and no secret; else a fresh one."""
    if given is not None and _MARK not in given.lower() and _SANE.fullmatch(given):
        return given
    return uuid7().hex


def without_secrets(text: str) -> str:
    """A text with everything that looks like a token or a password blanked."""
    # Most texts have none of these; looking for them is quicker than the expression.
    if _MARK in text or "://" in text or "earer " in text:
        return _SECRETS.sub("[secret]", text)
    return text


def start_logging(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send every log line of the process to ``stream`` (standard error), those of libraries too.

    ``form`` is ``json``, ``console``, or ``auto``: console on a terminal. At DEBUG the texts of faults are told.
    """
    stream = stream or sys.stderr
    as_json = form == "json" or (form == "auto" and not stream.isatty())
    chain: list[Processor] = [
        _name_request,
        structlog.processors.add_log_level,
        _stamp if as_json else structlog.processors.TimeStamper("iso", utc=True, key="time"),
        _fault_teller(with_texts=level == "DEBUG"),
        _blank_secrets,
    ]
    console = structlog.dev.ConsoleRenderer(colors=stream.isatty(), timestamp_key="time")
    structlog.configure(
        processors=[*chain, _json if as_json else console],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=(
            structlog.BytesLoggerFactory(stream.buffer) if as_json else structlog.PrintLoggerFactory(stream)
        ),
        cache_logger_on_first_use=False,
    )
    foreign = logging.StreamHandler(stream)
    foreign.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *chain],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _json_text if as_json else console,
            ],
        )
    )
    # Of libraries only warnings: what they tell besides has addresses and parameters in it. The server's start is ours.
    logging.basicConfig(level=max(logging.WARNING, logging.getLevelName(level)), handlers=[foreign], force=True)
    logging.getLogger("uvicorn").setLevel(level)


def load_tracing(settings: Settings) -> "Tracing | None":
    """OpenTelemetry, if it is switched on. Raises ``SetupError`` if it is, and is not installed."""
    if not settings.telemetry or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    try:
        from qms_graphql.base.tracing import exporting
    except ImportError:
        raise SetupError("QMS_TELEMETRY needs an extra: pip install 'qms-graphql[telemetry]'.") from None
    return exporting(settings.url.get_backend_name())


def _name_request(_logger: Any, _name: str, event: EventDict) -> EventDict:
    opened = _account.get()
    if opened is not None:
        event["request_id"] = opened.request_id
        if opened.operation_id is not None:
            event["operation_id"] = opened.operation_id
        if opened.trace_id is not None:
            event["trace_id"] = opened.trace_id
    return event


def _stamp(_logger: Any, _name: str, event: EventDict) -> EventDict:
    # As a time: orjson writes it three times as fast as Python.
    event["time"] = datetime.now(UTC)
    return event


def _blank_secrets(_logger: Any, _name: str, event: EventDict) -> EventDict:
    for key, value in event.items():
        if type(value) is str:
            event[key] = without_secrets(value)
    return event


def _fault_teller(*, with_texts: bool) -> Processor:
    """Puts kind and place of an exception in the stead of the exception."""

    def tell(_logger: Any, _name: str, event: EventDict) -> EventDict:
        error = event.pop("exc_info", None)
        if error is True:
            error = sys.exc_info()
        if isinstance(error, tuple):
            error = error[1]
        if isinstance(error, BaseException):
            event["error"] = _kind(error)
            event["traceback"] = "".join(_told(error, with_texts, _MOST_CAUSES))
        return event

    return tell


def _told(error: BaseException, with_texts: bool, depth: int) -> Iterator[str]:
    """The causes first, as Python does it."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    below = [cause] if cause is not None else []
    if isinstance(error, BaseExceptionGroup):
        below += error.exceptions
    if depth:
        for one in below:
            yield from _told(one, with_texts, depth - 1)
    yield from traceback.format_tb(error.__traceback__)
    yield f"{_kind(error)}: {error}\n" if with_texts else f"{_kind(error)}\n"


def _kind(error: BaseException) -> str:
    """The exception's class; of the database's errors the code too."""
    state = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{name} ({state})" if isinstance(state, str) else name


def _json(_logger: Any, _name: str, event: EventDict) -> bytes:
    return orjson.dumps(event, default=str, option=orjson.OPT_UTC_Z)


def _json_text(_logger: Any, _name: str, event: EventDict) -> str:
    return _json(_logger, _name, event).decode()
