"""Spans and measurements by OpenTelemetry, read from the SDK's own memory."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from qms_graphql.base.errors import SetupError
from qms_graphql.base.reader import Reader
from qms_graphql.base.settings import Settings
from qms_graphql.base.telemetry import load_tracing
from qms_graphql.base.tracing import Tracing, exporting
from tests.conftest import Company
from tests.live import opened, served
from tests.telling import told

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
INBOX = "query Inbox { products(first: 3) { nodes { sku name } } }"
MAKE = (
    'mutation Make { createCustomer(input: {name: "Ann Unlikely", kind: PERSON}) '
    "{ customer { name } errors { code } } }"
)


@dataclass
class Seen:
    """What OpenTelemetry was told."""

    tracing: Tracing
    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def points(self, name: str) -> list[tuple[dict[str, Any], Any]]:
        """The attributes and the points of an instrument."""
        data = self.reader.get_metrics_data()
        assert data is not None
        return [
            (dict(point.attributes or {}), point)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


@pytest.fixture
def seen(company: Company) -> Iterator[Seen]:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    spans = TracerProvider()
    spans.add_span_processor(SimpleSpanProcessor(exporter))
    yield Seen(Tracing(spans, MeterProvider([reader]), kind(company)), exporter, reader)
    exporter.shutdown()


def kind(company: Company) -> str:
    return "sqlite" if company.installation.settings.on_sqlite else "postgresql"


async def post(company: Company, query: str, **headers: str) -> Any:
    given = {"Authorization": f"Bearer {await company.token('admin')}"} | headers
    return await company.installation.http.post("/graphql", json={"query": query}, headers=given)


async def test_a_query_is_a_request_an_operation_and_its_statement(company: Company, seen: Seen) -> None:
    await company.token("admin")
    async with told(company, tracing=seen.tracing) as (observed, log):
        await post(observed, "{ __typename }")
        seen.exporter.clear()
        await post(observed, INBOX, traceparent=PARENT)
        statement, operation, request = seen.spans
    assert (request.name, request.kind, dict(request.attributes or {})) == (
        "POST /graphql",
        SpanKind.SERVER,
        {
            "http.request.method": "POST",
            "http.route": "/graphql",
            "url.path": "/graphql",
            "http.response.status_code": 200,
        },
    )
    assert request.parent is not None
    assert (format(request.parent.trace_id, "032x"), format(request.parent.span_id, "016x")) == (
        TRACE,
        "b7ad6b7169203331",
    )
    assert (operation.name, dict(operation.attributes or {})) == (
        "query Inbox",
        {"graphql.operation.type": "query", "graphql.operation.name": "Inbox"},
    )
    assert (statement.name, statement.kind, dict(statement.attributes or {})) == (
        "SELECT",
        SpanKind.CLIENT,
        {"db.system.name": kind(company), "db.operation.name": "SELECT"},
    )
    assert (operation.parent, statement.parent) == (request.context, operation.context)
    assert [line.get("trace_id") for line in log.lines("operation")][-1] == TRACE


async def test_a_mutation_s_statements_are_below_it_without_a_value(company: Company, seen: Seen) -> None:
    await company.token("admin")
    async with told(company, tracing=seen.tracing) as (observed, _):
        await post(observed, "{ __typename }")
        seen.exporter.clear()
        answer = await post(observed, MAKE)
        *statements, operation, request = seen.spans
    assert answer.json()["data"]["createCustomer"]["errors"] == []
    assert (operation.name, request.name) == ("mutation Make", "POST /graphql")
    names = [span.name for span in statements]
    assert names.count("INSERT") >= 3, names  # the customer, the key of the person, the event
    assert [span.parent for span in statements] == [operation.context] * len(statements)
    assert "Unlikely" not in "".join(span.to_json() for span in seen.spans)


async def test_an_error_is_named_not_quoted(company: Company, seen: Seen) -> None:
    with pytest.raises(ValueError, match="Ann"), seen.tracing.operation("query", None):
        raise ValueError("Ann Unlikely")
    (span,) = seen.spans
    assert (span.name, span.status.status_code, span.status.description) == ("query", StatusCode.ERROR, None)
    assert dict(span.attributes or {}) == {"graphql.operation.type": "query", "error.type": "ValueError"}
    assert span.events == ()


async def test_a_failed_statement_is_ended_and_lets_its_error_pass(company: Company, seen: Seen) -> None:
    await company.token("admin")
    async with told(company, tracing=seen.tracing) as (observed, _):
        database = observed.installation.database
        with seen.tracing.operation("query", "Broken"):
            async with database.begin(company.id) as connection:
                driver = await database.driver(connection)
                with pytest.raises(Exception, match="nowhere"):
                    await connection.exec_driver_sql("SELECT 1 FROM nowhere")
                with pytest.raises(Exception, match=r"nowhere|aborted"):
                    await Reader(connection, driver, database.watch).value("SELECT 1 FROM nowhere", [])
                await connection.rollback()
    *statements, operation = seen.spans
    failed = [span for span in statements if span.status.status_code is StatusCode.ERROR]
    assert len(failed) == 2
    assert [span.parent for span in failed] == [operation.context] * 2


async def test_what_no_request_asks_for_has_no_span(company: Company, seen: Seen) -> None:
    async with told(company, tracing=seen.tracing) as (observed, _):
        async with observed.installation.database.reading(company.id) as reader:
            await reader.value("SELECT 1", [])
        assert (await observed.installation.http.get("/health")).status_code == 200
    assert seen.spans == ()


async def test_a_subscription_has_a_span_that_ends_with_it(company: Company, seen: Seen) -> None:
    token = await company.token("admin")
    async with (
        told(company, tracing=seen.tracing) as (observed, _),
        served(observed.installation.app) as address,
        opened(address, token) as client,
    ):
        await client.subscribe("1", "subscription Follow { changes { cursor } }")
        await client.receive()
        await client.send({"id": "1", "type": "complete"})
        await client.subscribe("2", "{ __typename }")
        await client.receive()
        await client.receive()
    names = [span.name for span in seen.spans]
    assert names.count("subscription Follow") == 1
    assert names[-1] == "GET /graphql"


async def test_operations_are_measured(company: Company, seen: Seen) -> None:
    await company.token("admin")
    async with told(company, tracing=seen.tracing) as (observed, _):
        answer = await post(observed, INBOX)
        await post(observed, "{ nothing }")
        durations = {a["qms.outcome"]: (a, p.count) for a, p in seen.points("qms.operation.duration")}
        costs = {a["qms.outcome"]: p.sum for a, p in seen.points("qms.operation.cost")}
        errors = [(a, p.value) for a, p in seen.points("qms.operation.errors")]
    assert durations == {
        "ok": ({"graphql.operation.type": "query", "qms.outcome": "ok"}, 1),
        "refused": ({"graphql.operation.type": "none", "qms.outcome": "refused"}, 1),
    }
    assert costs == {"ok": answer.json()["extensions"]["cost"]["requested"], "refused": 0}
    assert errors == [({"error.type": "GRAPHQL_VALIDATION_FAILED"}, 1)]


def test_nothing_of_it_is_imported_while_it_is_off() -> None:
    code = (
        "import sys; from qms_graphql.app.server import create_app; from qms_graphql.base.settings import Settings;"
        f"create_app(Settings(database_url='sqlite://', secret_key='{'0a' * 32}'));"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_standard_switch_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_tracing(Settings(telemetry=False)) is None
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert load_tracing(Settings(telemetry=True)) is None


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "qms_graphql.base.tracing", None)
    with pytest.raises(SetupError, match=r"pip install 'qms-graphql\[telemetry\]'"):
        load_tracing(Settings(telemetry=True))


def test_the_service_has_a_name_unless_the_standard_variable_gives_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRACES", "METRICS"):
        monkeypatch.setenv(f"OTEL_{name}_EXPORTER", "none")
    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    names = []
    for given in (None, "quality"):
        if given:
            monkeypatch.setenv("OTEL_SERVICE_NAME", given)
        tracing = exporting("sqlite")
        names.append(tracing.resource.attributes["service.name"])
        tracing.close()
    assert names == ["qms", "quality"]
