"""``/metrics`` for Prometheus: for whoever presents the token of ``QMS_METRICS_TOKEN``.

The figures are of the whole installation, so no organization's token opens them, and none names an organization. With
several server processes each writes into files of ``PROMETHEUS_MULTIPROC_DIR``, and any of them answers for all.
"""

import asyncio
import hmac
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from qms_graphql.app.authentication import bearer
from qms_graphql.base.telemetry import Account

REFRESH_SECONDS = 5.0
"""How old a level of another process may be."""
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(slots=True)
class Levels:
    """What is so at a moment in one process, and what it has counted since its start."""

    subscribers: int
    connections_busy: int
    connections_idle: int
    plans_found: int
    plans_made: int


@dataclass(slots=True)
class _Series:
    """The series of one kind of operation and outcome, looked up once."""

    operations: Counter
    seconds: Histogram
    cost: Counter
    statements: Counter


@dataclass
class Measures:
    """The measurements of one process."""

    levels: Callable[[], Levels]
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        # When a series began is of no use to us, and doubles their number.
        disable_created_metrics()
        made: dict[str, Any] = {"registry": self.registry}
        self._operations = Counter("qms_operations", "Operations that ended.", ["kind", "outcome"], **made)
        self._seconds = Histogram("qms_operation_seconds", "Time.", ["kind"], buckets=_SECONDS, **made)
        self._cost = Counter("qms_operation_cost", "What operations were reckoned to cost.", ["kind"], **made)
        self._statements = Counter("qms_statements", "Statements that operations ran.", ["kind"], **made)
        self._errors = Counter("qms_errors", "Errors told to clients.", ["code"], **made)
        self._lag = Histogram("qms_event_lag_seconds", "From an event to its reader here.", buckets=_SECONDS, **made)
        self._plans = Counter("qms_plans", "Plans looked for in the cache.", ["result"], **made)
        self._subscribers = Gauge("qms_subscribers", "Live subscriptions.", multiprocess_mode="livesum", **made)
        self._connections = Gauge(
            "qms_database_connections", "Connections.", ["state"], multiprocess_mode="livesum", **made
        )
        self._series: dict[tuple[str, str], _Series] = {}
        self._counted = Levels(0, 0, 0, 0, 0)
        if _FOLDER not in os.environ:
            ProcessCollector(registry=self.registry)

    def count(self, ended: Account) -> None:
        """An operation ended."""
        key = (ended.kind or "none", ended.outcome)
        series = self._series.get(key)
        if series is None:
            kind = key[0]
            series = self._series[key] = _Series(
                self._operations.labels(*key),
                self._seconds.labels(kind),
                self._cost.labels(kind),
                self._statements.labels(kind),
            )
        series.operations.inc()
        if not ended.streamed or ended.kind != "subscription":
            series.seconds.observe(ended.seconds)
        series.cost.inc(ended.cost)
        series.statements.inc(ended.statements)
        for code in ended.codes:
            self._errors.labels(code).inc()

    def event_read(self, lag: float) -> None:
        """The reader of an organization's events got one, this many seconds after it was written."""
        self._lag.observe(max(lag, 0.0))

    def refresh(self) -> None:
        """Take over the levels of this process."""
        now, before = self.levels(), self._counted
        self._subscribers.set(now.subscribers)
        self._connections.labels("busy").set(now.connections_busy)
        self._connections.labels("idle").set(now.connections_idle)
        self._plans.labels("found").inc(now.plans_found - before.plans_found)
        self._plans.labels("made").inc(now.plans_made - before.plans_made)
        self._counted = now

    async def keep_fresh(self) -> None:
        """Take over the levels again and again: another process may be the one that is asked."""
        while True:
            self.refresh()
            await asyncio.sleep(REFRESH_SECONDS)

    def text(self, accept: str) -> tuple[bytes, str]:
        """All of it, of all processes, in the form that Prometheus asks for; and that form's media type."""
        self.refresh()
        encode, media = choose_encoder(accept)
        registry, folder = self.registry, os.environ.get(_FOLDER)
        if folder is not None:
            _forget_dead(Path(folder))
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        return encode(registry), media


def metrics_page(measures: Measures, token: SecretStr) -> Callable[[Request], Any]:
    """The endpoint that shows the measurements to whoever has the token."""

    async def page(request: Request) -> Response:
        presented = bearer(request.headers.get("authorization")) or ""
        if not hmac.compare_digest(presented.encode(), token.get_secret_value().encode()):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        body, media = measures.text(request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": media, "Cache-Control": "no-store"})

    return page


def _forget_dead(folder: Path) -> None:
    """A process that died holds no connections: its levels go, what it counted stays."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = int(path.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            with suppress(OSError):
                mark_process_dead(pid, str(folder))
