"""``/metrics``: who may read it, and what it says."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from qms_graphql.base.settings import Settings
from tests.conftest import POSTGRES, Company, _fresh_postgres_url
from tests.live import LIVE, opened, place_of_its_own, served, server_process
from tests.telling import told

TOKEN = "a-token-for-prometheus"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
INBOX = "{ products(first: 3) { nodes { sku } } }"
Samples = dict[tuple[str, tuple[str, ...]], float]


def samples(text: str) -> Samples:
    """Each sample by its name and its labels' values."""
    return {
        (sample.name, tuple(value for name, value in sorted(sample.labels.items()) if name != "le")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


async def scraped(company: Company) -> Samples:
    answer = await company.installation.http.get("/metrics", headers=HEADERS)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return samples(answer.text)


async def quiet(company: Company) -> Samples:
    """What is said once no connection is used: on PostgreSQL one listens for the news of other processes."""
    listening = 0 if company.installation.settings.on_sqlite else 1
    for _ in range(100):
        found = await scraped(company)
        if found["qms_database_connections", ("busy",)] <= listening:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("A connection stays busy.")


async def test_without_a_token_in_the_settings_there_is_no_such_page(company: Company) -> None:
    assert (await company.installation.http.get("/metrics", headers=HEADERS)).status_code == 404


@pytest.mark.parametrize("presented", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
async def test_it_is_for_whoever_presents_the_token(company: Company, presented: str | None) -> None:
    headers = {"Authorization": presented} if presented is not None else {}
    async with told(company, metrics_token=_secret()) as (observed, _):
        answer = await observed.installation.http.get("/metrics", headers=headers)
    assert (answer.status_code, answer.content, answer.headers["www-authenticate"]) == (401, b"", "Bearer")


async def test_no_organization_s_token_opens_it(company: Company) -> None:
    token = await company.token("admin")
    async with told(company, metrics_token=_secret()) as (observed, _):
        answer = await observed.installation.http.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_operations_are_counted_by_kind_outcome_and_code(company: Company) -> None:
    async with told(company, metrics_token=_secret()) as (observed, log):
        costs = [(await observed.ask(INBOX))["extensions"]["cost"]["requested"] for _ in range(2)]
        await observed.ask("{ nothing }")
        await observed.installation.http.post("/graphql", json={"query": INBOX})
        found = await scraped(observed)
        afterwards = await quiet(observed)
    assert {labels: value for (name, labels), value in found.items() if name == "qms_operations_total"} == {
        ("query", "ok"): 2,
        ("none", "refused"): 2,
    }
    assert {labels: value for (name, labels), value in found.items() if name == "qms_errors_total"} == {
        ("GRAPHQL_VALIDATION_FAILED",): 1,
        ("UNAUTHENTICATED",): 1,
    }
    assert found["qms_operation_cost_total", ("query",)] == sum(costs)
    assert found["qms_statements_total", ("query",)] == 2
    assert found["qms_operation_seconds_count", ("query",)] == 2
    assert found["qms_operation_seconds_sum", ("query",)] > 0
    assert (found["qms_plans_total", ("made",)], found["qms_plans_total", ("found",)]) == (1, 1)
    assert afterwards["qms_database_connections", ("idle",)] >= 1
    assert [line for line in log.lines("request") if line["path"] == "/metrics"] == []
    assert str(company.id) not in str(found)


async def test_live_subscribers_and_the_lag_of_events(company: Company) -> None:
    token = await company.token("admin")
    make = 'mutation { createProduct(input: {sku: "K-1", name: "Kettle"}) { errors { code } } }'
    async with told(company, metrics_token=_secret()) as (observed, _), served(observed.installation.app) as address:
        before = await scraped(observed)
        async with opened(address, token) as client:
            await client.subscribe("1", LIVE)
            await client.change("1", heartbeats=True)
            assert (await observed.data(make))["createProduct"] == {"errors": []}
            await client.change("1")
            during = await scraped(observed)
            await client.send({"id": "1", "type": "complete"})
            await client.subscribe("2", "{ __typename }")
            await client.receive()
            await client.receive()
        after = await scraped(observed)
    levels = [found["qms_subscribers", ()] for found in (before, during, after)]
    assert levels == [0, 1, 0]
    assert [found["qms_event_lag_seconds_count", ()] for found in (before, during)] == [0, 1]
    assert after["qms_operations_total", ("subscription", "ok")] == 1


@pytest.mark.skipif(not POSTGRES, reason="QMS_TEST_POSTGRES_URL is not set")
async def test_any_of_several_processes_answers_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QMS_METRICS_TOKEN", TOKEN)
    asked = 40
    async with (
        place_of_its_own(tmp_path, _fresh_postgres_url()) as place,
        server_process(place.settings, workers=2) as server,
    ):
        for _ in range(asked):
            # A connection each: either process may get it.
            async with httpx.AsyncClient(base_url=f"http://{server.address}") as http:
                answer = await http.post(
                    "/graphql", json={"query": INBOX}, headers={"Authorization": f"Bearer {place.tokens['admin']}"}
                )
                assert answer.status_code == 200
        counts = set()
        for _ in range(10):
            async with httpx.AsyncClient(base_url=f"http://{server.address}") as http:
                found = samples((await http.get("/metrics", headers=HEADERS)).text)
                counts.add(found["qms_operations_total", ("query", "ok")])
        (folder,) = {folder for pid in server.children() if (folder := _metrics_folder(pid))}
        assert folder.is_dir()
        await server.stop()
    assert counts == {asked}
    assert not folder.exists()


def _metrics_folder(pid: int) -> Path | None:
    """Where a process writes what it measures, if it was told."""
    variables = Path(f"/proc/{pid}/environ").read_text().split("\0")
    found = dict(variable.partition("=")[::2] for variable in variables)
    return Path(found["PROMETHEUS_MULTIPROC_DIR"]) if "PROMETHEUS_MULTIPROC_DIR" in found else None


def _secret() -> Any:
    return Settings(metrics_token=TOKEN).metrics_token


def test_a_short_token_is_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        Settings(metrics_token="short")
