"""Takes the pictures of docs/walkthrough.md: `make screenshots`.

It serves the demonstration company from a database of its own, opens GraphiQL and the reports in the system's Chromium,
and writes docs/pictures/*.png.
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = Path(__file__).parent / "pictures"
QMS = Path(sys.executable).with_name("qms")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
MOST_BYTES = 250_000
TABS = {
    "golden_thread": ("GoldenThread", '"satisfies"'),
    "clause_matrix": ("ClauseMatrix", '"8.5.6"'),
    "department": ("Department", '"digest"'),
}
"""Of each picture the operation, and what of the answer it is to show."""
REPORTS = {"eight_d": "eight-d/NC-2026-00001", "management_review": "management-review/RVW-2026-00002"}
_TOKEN = re.compile(r"qms_[0-9a-f]{32}_[\w-]{43}")


def main() -> None:
    """Take all pictures."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        sys.exit(
            f"There is no Chromium on the PATH: looked for {', '.join(CHROMIUM)} (on Debian: apt-get install chromium)."
        )
    PICTURES.mkdir(exist_ok=True)
    with demonstration() as (address, token), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (operation, shown) in TABS.items():
            page = browser.new_page(viewport={"width": 1360, "height": 820})
            page.goto(f"{address}/graphql")
            run(page, operation)
            scroll(page, shown)
            keep(page, name)
        for name, report in REPORTS.items():
            bearer = {"Authorization": f"Bearer {token}"}
            page = browser.new_page(viewport={"width": 900, "height": 1120}, extra_http_headers=bearer)
            answer = page.goto(f"{address}/reports/{report}")
            if answer is None or not answer.ok:
                sys.exit(f"There is no report {report}.")
            keep(page, name)
        browser.close()


@contextmanager
def demonstration() -> Iterator[tuple[str, str]]:
    """The address of a server with the demonstration company, and a token for it, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        own = {"QMS_DATABASE_URL": f"sqlite:///{folder}/qms.db", "QMS_SECRET_KEY": secrets.token_hex(32)}
        rest = {name: value for name, value in os.environ.items() if not name.startswith("QMS_")}
        with subprocess.Popen(
            [QMS, "demo", "--port", str(port)],
            env=rest | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as server:
            try:
                yield f"http://127.0.0.1:{port}", started(server)
            finally:
                server.terminate()


def started(server: "subprocess.Popen[str]") -> str:
    """Wait until the server answers; the token that it printed."""
    said, token = [], ""
    for line in server.stdout or ():
        said.append(line)
        found = _TOKEN.search(line)
        token = found[0] if found else token
        if token and "Uvicorn running" in line:
            return token
    sys.exit("The demonstration did not start:\n" + "".join(said))


def run(page: "Page", operation: str) -> None:
    """Run the operation of a tab, and wait for its answer."""
    # Not in its middle: there, a narrow tab shows its button for closing.
    page.get_by_role("tab", name=operation).click(position={"x": 8, "y": 8})
    page.wait_for_function("name => localStorage.getItem('graphiql:query')?.includes(name)", arg=operation)
    page.locator("button.graphiql-execute-button").click()
    page.locator(".graphiql-response", has_text='"data"').wait_for()


def scroll(page: "Page", text: str) -> None:
    """Turn the answer until a text is in its upper part."""
    answer = page.locator(".graphiql-response")
    answer.hover()
    for _ in range(600):
        line = answer.locator(".view-line", has_text=text).first
        box = line.bounding_box() if line.count() else None
        if box is not None and box["y"] < 260:
            return
        page.mouse.wheel(0, 120)
        page.wait_for_timeout(20)
    sys.exit(f"The answer does not show {text}.")


def keep(page: "Page", name: str) -> None:
    """Write what the page shows."""
    place = PICTURES / f"{name}.png"
    page.screenshot(path=place)
    size = place.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"{place} has {size:,} bytes, more than {MOST_BYTES:,}.")
    sys.stdout.write(f"{place} ({size:,} bytes)\n")


if __name__ == "__main__":
    main()
