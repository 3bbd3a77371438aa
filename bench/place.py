"""An installation of its own for a measurement: a database migrated by the product's own command, a token, a server."""

import asyncio
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

POSTGRES = os.environ.get("QMS_BENCH_POSTGRES_URL", "postgresql://postgres@127.0.0.1/postgres")
SECRET = "5a" * 32
ORGANIZATION = "bench"
PYTHON = Path(sys.executable)


@dataclass(frozen=True)
class Place:
    """One database, and how to reach it with and without the product."""

    url: str

    @property
    def on_sqlite(self) -> bool:
        return self.url.startswith("sqlite:")

    @property
    def file(self) -> str:
        """The SQLite file."""
        return self.url.removeprefix("sqlite:///")

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"QMS_DATABASE_URL": self.url, "QMS_SECRET_KEY": SECRET, "QMS_LOG_LEVEL": "WARNING"}

    def qms(self, *arguments: str) -> str:
        """Run a command of the product; its last word is what it made."""
        done = subprocess.run(
            [str(PYTHON.with_name("qms")), *arguments], env=self.environment, check=True, capture_output=True, text=True
        )
        return (done.stdout.split() or [""])[-1]

    def token(self) -> str:
        return self.qms("token", "create", "--organization", ORGANIZATION, "--role", "admin")


def postgres_url(database: str) -> str:
    """The address of a database on the server that the measurements use."""
    return POSTGRES.rpartition("/")[0] + f"/{database}"


async def administer(statement: str) -> None:
    """Run a statement that no transaction may hold."""
    connection = await asyncpg.connect(POSTGRES)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def fresh(url: str) -> Place:
    """A new, empty, migrated installation; one of the same name is taken away first."""
    place = Place(url)
    remove(place)
    if not place.on_sqlite:
        asyncio.run(administer(f'CREATE DATABASE "{url.rpartition("/")[2]}"'))
    place.qms("migrate")
    return place


def remove(place: Place) -> None:
    """Take the database away."""
    if place.on_sqlite:
        for suffix in ("", "-wal", "-shm", ".lock"):
            Path(place.file + suffix).unlink(missing_ok=True)
    else:
        asyncio.run(administer(f'DROP DATABASE IF EXISTS "{place.url.rpartition("/")[2]}" WITH (FORCE)'))


@contextmanager
def serving(command: list[str], environment: dict[str, str], health: str) -> Iterator[int]:
    """A server process of one worker that answers at ``health``; gives its process id."""
    process = subprocess.Popen(command, env=environment)
    try:
        _await(process, health)
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def _await(process: "subprocess.Popen[bytes]", url: str) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing answers at {url}")


def product_server(place: Place, port: int) -> list[str]:
    """The command line of the product's server."""
    return [str(PYTHON.with_name("qms")), "serve", "--port", str(port), "--workers", "1"]


def processor_seconds(pids: list[int]) -> float:
    """Processor time that processes have used so far, user and system (proc(5), fields 14 and 15)."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
