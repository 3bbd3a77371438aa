"""What else people would serve the same pages with. Each starts like any server; those for Node are installed by npm.

Their folders have a ``package.json``; what npm brings stays in ``node_modules`` there, which is not kept.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench import place

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Rival:
    """One server: the name its connections have at the database, and its dialect of the queries in ``pages``."""

    title: str
    application: str
    kind: str
    node: bool = True

    def command(self, port: int) -> list[str]:
        if self.node:
            return ["node", str(FOLDER / self.application / "server.js"), str(port)]
        module = "bench.rivals.ordinary_strawberry:app"
        return [*place.UVICORN, module, "--port", str(port)]

    def environment(self, url: str) -> dict[str, str]:
        production = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
        return os.environ | production | {"RIVAL_DATABASE_URL": url}

    def why_not(self) -> str | None:
        """Make sure that it can be started; otherwise say what is missing."""
        if not self.node:
            return None
        if not shutil.which("npm") or not shutil.which("node"):
            return "npm is not installed"
        folder = FOLDER / self.application
        if (folder / "node_modules" / ".package-lock.json").exists():
            return None
        quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--no-update-notifier", "--loglevel=error"]
        done = subprocess.run(["npm", "install", *quiet], cwd=folder, capture_output=True, text=True, timeout=300)
        return f"npm install failed: {done.stderr.strip()[-200:]}" if done.returncode else None


RIVALS = (
    Rival("strawberry + DataLoader", "strawberry", "plain.graphql", node=False),
    Rival("Mercurius", "mercurius", "plain.graphql"),
    Rival("PostGraphile", "postgraphile", "postgraphile.graphql"),
)
PREPARATION = (FOLDER / "postgraphile" / "monthly.sql").read_text()
"""SQL that the rivals need in the database."""
