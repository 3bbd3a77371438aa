"""An installation of its own for a measurement: a database migrated by the product's own command, a token, a server."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

POSTGRES = os.environ.get("QMS_BENCH_POSTGRES_URL", "postgresql://postgres@127.0.0.1/postgres")
SECRET = "5a" * 32
ORGANIZATION = "bench"
PYTHON = Path(sys.executable)
UVICORN = [str(PYTHON), "-m", "uvicorn", "--no-access-log", "--log-level", "warning"]
"""The command line of an ASGI server, but for the application and its port."""


@dataclass(frozen=True)
class Place:
    """One database, and how to reach it with and without the product."""

    url: str

    @property
    def on_sqlite(self) -> bool:
        return self.url.startswith("sqlite:")

    @property
    def database(self) -> str:
        """The PostgreSQL database."""
        return self.url.rpartition("/")[2]

    @property
    def file(self) -> str:
        """The SQLite file."""
        return self.url.removeprefix("sqlite:///")

    @property
    def environment(self) -> dict[str, str]:
        # What the token may spend is counted, but must not end the measurement.
        settings = {"QMS_SECRET_KEY": SECRET, "QMS_LOG_LEVEL": "WARNING", "QMS_COST_LIMIT": str(10**12)}
        return os.environ | settings | {"QMS_DATABASE_URL": self.url}

    def told(self, *arguments: str, given: str = "") -> str:
        """Run a command of the product, which may read what is given; what it prints."""
        command = [str(PYTHON.with_name("qms")), *arguments]
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True, input=given)
        return done.stdout

    def statements(self, document: str, role: str, variables: dict[str, Any]) -> int:
        """How many statements a query takes, as `qms explain` counts them."""
        given = ("--role", role, "--variables", json.dumps(variables))
        (count,) = re.findall(r"^(\d+) statements?\.", self.told("explain", "/dev/stdin", *given, given=document), re.M)
        return int(count)

    def qms(self, *arguments: str) -> str:
        """Run a command of the product; its last word is what it made."""
        return (self.told(*arguments).split() or [""])[-1]

    def token(self, role: str = "admin") -> str:
        return self.qms("token", "create", "--organization", ORGANIZATION, "--role", role)


def postgres_url(database: str) -> str:
    """The address of a database on the server that the measurements use."""
    return POSTGRES.rpartition("/")[0] + f"/{database}"


@asynccontextmanager
async def connected(url: str = POSTGRES) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection to a database, by default to the one that administers the others."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def administer(statement: str) -> None:
    """Run a statement that no transaction may hold."""
    async with connected() as connection:
        await connection.execute(statement)


async def mark(database: str) -> str | None:
    """What is noted of a database; None if there is none."""
    async with connected() as connection:
        found = await connection.fetchval(
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = $1", database
        )
    return None if found is None else str(found)


def fresh(url: str) -> Place:
    """A new, empty, migrated installation; one of the same name is taken away first."""
    place = Place(url)
    remove(place)
    if not place.on_sqlite:
        asyncio.run(administer(f'CREATE DATABASE "{place.database}"'))
    place.qms("migrate")
    return place


def remove(place: Place) -> None:
    """Take the database away."""
    if place.on_sqlite:
        for suffix in ("", "-wal", "-shm", ".lock"):
            Path(place.file + suffix).unlink(missing_ok=True)
    else:
        asyncio.run(administer(f'DROP DATABASE IF EXISTS "{place.database}" WITH (FORCE)'))


@contextmanager
def serving(command: list[str], environment: dict[str, str], port: int) -> Iterator[int]:
    """A server process of one worker that answers at ``/health``; gives its process id."""
    process = subprocess.Popen(command, env=environment)
    try:
        _await(process, f"http://127.0.0.1:{port}/health")
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _await(process: "subprocess.Popen[bytes]", url: str) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing answers at {url}")


def product_server(port: int) -> list[str]:
    """The command line of the product's server."""
    return [str(PYTHON.with_name("qms")), "serve", "--port", str(port), "--workers", "1"]


def processor_seconds(pids: list[int]) -> dict[int, float]:
    """Processor time that each process has used so far, all its threads together.

    The scheduler counts in nanoseconds (/proc/PID/task/TID/schedstat); proc(5)'s ticks of 10 ms are far too coarse.
    """
    return {pid: sum(map(_nanoseconds, Path(f"/proc/{pid}/task").iterdir())) / 1e9 for pid in pids}


def _nanoseconds(thread: Path) -> int:
    try:
        return int((thread / "schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended meanwhile
