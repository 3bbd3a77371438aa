"""Real databases: SQLite always, PostgreSQL when QMS_TEST_POSTGRES_URL is set; an organization for each test."""

import itertools
import os
import secrets as randomness
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy.engine import make_url

from qms_graphql.app.media import GRAPHQL_RESPONSE
from qms_graphql.app.server import create_app
from qms_graphql.base import signing
from qms_graphql.base.access import Role, system_viewer
from qms_graphql.base.clock import SetClock
from qms_graphql.base.migration import migrate
from qms_graphql.base.secrets import load_secrets
from qms_graphql.base.settings import Settings
from qms_graphql.base.telemetry import start_logging
from qms_graphql.base.unit import UnitOfWork, transact
from qms_graphql.people import identity, organizations

POSTGRES = os.environ.get("QMS_TEST_POSTGRES_URL")
SHARED = Path(__file__).resolve().parents[2] / "shared"
FREE = {"cost": {"requested": 0, "limit": 100_000_000, "remaining": 100_000_000}}
"""What an answer says of a cost of nothing."""
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HASHER = signing._HASHER
"""What the product digests signing PINs with; tests have one that costs less."""
_numbers = itertools.count(1)


@dataclass
class Installation:
    """The product on one database: the application, in this process."""

    app: Any
    settings: Settings
    clock: SetClock
    http: httpx.AsyncClient

    @property
    def database(self) -> Any:
        return self.app.state.database

    @property
    def graph(self) -> Any:
        return self.app.state.graph

    @property
    def secrets(self) -> Any:
        return self.app.state.secrets


@dataclass
class Company:
    """One organization, and those who ask for it."""

    installation: Installation
    id: UUID
    slug: str
    tokens: dict[str, str] = field(default_factory=dict)

    async def token(self, who: str) -> str:
        """A token: of a user with the role `who`, or of a connector for the systems after `connector:`."""
        if who not in self.tokens:

            async def issue(unit: UnitOfWork) -> identity.Issued:
                if who.startswith("connector:"):
                    return await identity.issue_for_connector(unit, who, who.partition(":")[2].split(","))
                return await identity.issue_for_user(unit, Role[who.upper()], who)

            place = self.installation
            issued = await transact(place.database, system_viewer(self.id), place.clock, place.secrets, issue)
            self.tokens[who] = issued.text
        return self.tokens[who]

    async def post(self, query: str, variables: dict[str, Any] | None = None, *, who: str = "admin") -> httpx.Response:
        """The whole HTTP response."""
        return await self.installation.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {await self.token(who)}", "Accept": GRAPHQL_RESPONSE},
        )

    async def ask(self, query: str, variables: dict[str, Any] | None = None, *, who: str = "admin") -> dict[str, Any]:
        """The whole GraphQL response."""
        return (await self.post(query, variables, who=who)).json()

    async def data(self, query: str, variables: dict[str, Any] | None = None, *, who: str = "admin") -> Any:
        """The data of an answer that must have no errors."""
        answer = await self.ask(query, variables, who=who)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def event_count(self) -> int:
        """How many events there are: for asserting that nothing was written."""
        return (await self.data("{ auditIntegrity { entries intact } }"))["auditIntegrity"]["entries"]


def settings_for(kind: str, folder: Path) -> Settings:
    """Settings of a database of that kind that is not there yet."""
    url = f"sqlite:///{folder / 'qms.db'}" if kind == "sqlite" else _fresh_postgres_url()
    return Settings(
        database_url=url,
        secret_key=randomness.token_hex(32),
        database_pool=5,
        live_poll_seconds=0.2,
        heartbeat_seconds=1.0,
        work_seconds=0,
        files=f"file://{folder / 'files'}",
    )


def _fresh_postgres_url() -> str:
    assert POSTGRES
    return make_url(POSTGRES).set(database=f"qms_test_{os.getpid()}_{randomness.token_hex(3)}").render_as_string(False)


async def administer(statement: str) -> None:
    """Run a statement on the PostgreSQL server, outside the test databases."""
    assert POSTGRES
    connection = await asyncpg.connect(make_url(POSTGRES).set(drivername="postgresql").render_as_string(False))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def make_database(settings: Settings) -> None:
    """Create (on PostgreSQL) and migrate the database of these settings."""
    if not settings.on_sqlite:
        await administer(f'CREATE DATABASE "{settings.url.database}"')
    await migrate(settings, load_secrets(settings))


async def drop_database(settings: Settings) -> None:
    """Take a PostgreSQL test database away again."""
    if not settings.on_sqlite:
        await administer(f'DROP DATABASE IF EXISTS "{settings.url.database}" WITH (FORCE)')


KINDS = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRES, reason="QMS_TEST_POSTGRES_URL is not set")),
]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal the tests out by file and database, if there are several workers."""
    from tests.workers import ByFile

    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    """Of the log only what went wrong; tests of the log read it by ``tests.telling``."""
    start_logging("ERROR", "console")


@pytest.fixture(scope="session", autouse=True)
def quick_pins() -> Iterator[None]:
    """A signing PIN's digest costs next to nothing; `tests/people/test_signing.py` holds what it costs in earnest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", params=KINDS)
async def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """The product on each of the databases."""
    settings = settings_for(request.param, tmp_path_factory.mktemp(request.param))
    await make_database(settings)
    clock = SetClock(START)
    app = create_app(settings, clock)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://qms", timeout=60) as http,
    ):
        yield Installation(app, settings, clock, http)
    await drop_database(settings)


@pytest.fixture(scope="session")
async def address(installation: Installation) -> AsyncIterator[str]:
    """Where the installation can be reached over real sockets."""
    from tests.live import served

    async with served(installation.app) as where:
        yield where


async def found_company(installation: Installation) -> Company:
    """A fresh organization."""
    slug = f"company-{next(_numbers)}"
    return Company(
        installation, await organizations.find_or_create(installation.database, slug, installation.clock.now()), slug
    )


@pytest.fixture
async def company(installation: Installation) -> Company:
    """A fresh organization for one test."""
    installation.clock.set(START)
    return await found_company(installation)


@pytest.fixture
async def other_company(installation: Installation) -> Company:
    """Another organization in the same database."""
    return await found_company(installation)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference data; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared reference data is not here")
    return SHARED
