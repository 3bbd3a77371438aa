"""Spans and measurements by OpenTelemetry. Imported only where they are switched on: see ``telemetry.load_tracing``.

Names are those of OpenTelemetry's semantic conventions. No span carries a parameter, a token or the text of an error.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from qms_graphql.base.telemetry import Account

Attributes = Mapping[str, str | int]
_SCOPE = "qms_graphql"
_PROPAGATOR = TraceContextTextMapPropagator()


class Tracing:
    """The spans and measurements of one process."""

    def __init__(self, spans: TracerProvider, meters: MeterProvider, system: str) -> None:
        self.resource = spans.resource
        self._providers = (spans, meters)
        self._tracer = spans.get_tracer(_SCOPE)
        self._system = system
        meter = meters.get_meter(_SCOPE)
        self._duration = meter.create_histogram("qms.operation.duration", "s", "Time of GraphQL operations.")
        self._cost = meter.create_histogram("qms.operation.cost", "1", "What operations were reckoned to cost.")
        self._errors = meter.create_counter("qms.operation.errors", "{error}", "Errors told to clients, by code.")

    @contextmanager
    def incoming(self, name: str, carrier: Mapping[str, str], attributes: Attributes) -> Iterator[Span]:
        """The span of a request; it continues the trace that the carrier's ``traceparent`` names (W3C)."""
        with self._current(name, SpanKind.SERVER, attributes, _PROPAGATOR.extract(carrier)) as span:
            yield span

    @contextmanager
    def operation(self, kind: str, name: str | None) -> Iterator[Span]:
        """The span of a GraphQL operation."""
        with self._current(*_operation(kind, name)) as span:
            yield span

    def stream(self, kind: str, name: str | None) -> Span:
        """The span of an operation that runs on after this; whoever asked for it ends it."""
        shown, span_kind, attributes = _operation(kind, name)
        return self._tracer.start_span(shown, None, span_kind, attributes)

    @contextmanager
    def _statement(self, word: str) -> Iterator[Span]:
        attributes = {"db.system.name": self._system, "db.operation.name": word}
        with self._current(word, SpanKind.CLIENT, attributes) as span:
            yield span

    def statement(self, sql: str, _parameters: Any) -> AbstractContextManager[Any]:
        """The span of a statement. Those that no traced request asks for, such as polls, have none."""
        if not trace.get_current_span().is_recording():
            return nullcontext()
        return self._statement(sql.lstrip("( \n").partition(" ")[0].partition("\n")[0].upper())

    def measure(self, account: Account) -> None:
        """Count an operation that ended."""
        attributes = {"graphql.operation.type": account.kind or "none", "qms.outcome": account.outcome}
        self._duration.record(account.seconds, attributes)
        self._cost.record(account.cost, attributes)
        for code in account.codes:
            self._errors.add(1, {"error.type": code})

    def close(self) -> None:
        """Send what is left."""
        for provider in self._providers:
            provider.shutdown()

    @contextmanager
    def _current(
        self, name: str, kind: SpanKind, attributes: Attributes, parent: contexts.Context | None = None
    ) -> Iterator[Span]:
        span = self._tracer.start_span(name, parent, kind, attributes)
        # Neither the error's text nor its traceback: they quote values.
        with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield span
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR))
                span.set_attribute("error.type", type(error).__qualname__)
                raise


def _operation(kind: str, name: str | None) -> tuple[str, SpanKind, Attributes]:
    attributes = {"graphql.operation.type": kind} if kind else {}
    if name:
        attributes["graphql.operation.name"] = name
    return f"{kind} {name}" if name else kind or "GraphQL Operation", SpanKind.INTERNAL, attributes


def exporting(system: str) -> Tracing:
    """Tracing that sends by OTLP over HTTP, as the standard variables ``OTEL_…`` say."""
    resource = Resource.create()
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = Resource.create({"service.name": "qms"})
    spans = TracerProvider(resource=resource)
    if os.environ.get("OTEL_TRACES_EXPORTER") != "none":
        spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    sent = os.environ.get("OTEL_METRICS_EXPORTER") != "none"
    meters = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())] if sent else [], resource)
    return Tracing(spans, meters, system)
