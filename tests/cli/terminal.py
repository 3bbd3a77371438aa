"""Somebody who types `qms`: in processes of its own, those that serve by the program itself."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from qms_graphql.base.settings import Settings
from tests.cli.warm import run

QMS = str(Path(sys.executable).with_name("qms"))
TOKEN = re.compile(r"qms_[0-9a-f]{32}_[0-9A-Za-z_-]{43}")
PATIENCE = 120.0


class Terminal:
    """Somebody who types commands: the environment they run in."""

    def __init__(self, settings: Settings, **more: str) -> None:
        assert settings.secret_key is not None
        self.settings = settings
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("QMS_")} | {
            "QMS_DATABASE_URL": settings.database_url,
            "QMS_SECRET_KEY": settings.secret_key.get_secret_value(),
            "COLUMNS": "200",
            **more,
        }

    def but(self, **more: str) -> "Terminal":
        """The same with other settings."""
        changed = Terminal(self.settings)
        changed.environment = self.environment | more
        return changed

    def type(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `qms` to its end."""
        return run(arguments, self.environment, PATIENCE)

    def type_cold(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the program itself, which imports all it needs."""
        return subprocess.run(
            [QMS, *arguments], env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def must(self, *arguments: str) -> str:
        """Run `qms`, which must succeed; what it printed."""
        done = self.type(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *arguments: str) -> str:
        """Run `qms`, which must fail with one sentence on standard error; that sentence."""
        done = self.type(*arguments)
        assert done.returncode == 1, (done.stdout, done.stderr)
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr.strip()

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
        """Run a server until the block ends, in a process group of its own. Gives its address."""
        port = free_port()
        server = subprocess.Popen(
            [QMS, *arguments, "--port", str(port)], env=self.environment, start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/health", server)
            yield f"http://127.0.0.1:{port}", server
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                server.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(address: str, server: "subprocess.Popen[str]") -> None:
    """Wait for a server's health."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, server.stdout and server.stdout.read()
        with suppress(httpx.TransportError):
            if httpx.get(address).status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def ask(address: str, token: str, query: str) -> Any:
    """The data of a query."""
    answer = httpx.post(
        f"{address}/graphql", json={"query": query}, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
    )
    assert "errors" not in answer.json(), answer.text
    return answer.json()["data"]
