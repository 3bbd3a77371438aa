"""The GraphiQL page: what it says, and that a browser can work with it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from qms_graphql.app.graphiql import (
    ASSETS_PATH,
    Tab,
    assets_built,
    graphiql_page,
    ide_routes,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TOKEN = "Bearer the-demonstration-token"
HOSTILE = '</script><script>alert("&")</script>'
TABS = (
    Tab("Says what it was asked", "query Echo($word: String) { echo }", {"word": "w"}),
    Tab("Counts", "subscription Count { count }"),
)
PATIENCE_MS = 30_000


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder that looks like the outcome of `make ide`."""
    (tmp_path / "main.js").write_text("// built", encoding="utf-8")
    return tmp_path


@pytest.fixture
def missing(tmp_path: Path) -> Path:
    """A folder that `make ide` has not made yet."""
    return tmp_path / "ide_assets"


def text_of(page: HTMLResponse) -> str:
    """The page's HTML."""
    return bytes(page.body).decode()


def config_of(page: HTMLResponse) -> dict[str, Any]:
    """What the page's script reads from its configuration block."""
    found = re.search(
        r'<script id="graphiql-config" type="application/json">(.*?)</script>',
        text_of(page),
        re.DOTALL,
    )
    assert found is not None
    config: dict[str, Any] = json.loads(found[1])
    return config


def get(app: Starlette, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """What the app answers to a GET request, without a server."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


def test_page_with_assets_stays_on_this_server(built: Path) -> None:
    page = graphiql_page(TABS, {}, folder=built)
    assert f'src="{ASSETS_PATH}/main.js"' in text_of(page)
    assert "https://" not in text_of(page)
    assert "make ide" not in text_of(page)
    assert "https:" not in page.headers["content-security-policy"]
    assert "script-src 'self';" in page.headers["content-security-policy"]


def test_page_without_assets_says_that_it_uses_the_network(missing: Path) -> None:
    page = graphiql_page(TABS, {}, folder=missing)
    visible = " ".join(re.sub("<[^>]+>", "", text_of(page)).split())
    assert "were not built into this server" in visible
    assert "loads them from the network" in visible
    assert "Run make ide" in visible
    assert f"{ASSETS_PATH}/main.js" not in text_of(page)


def test_page_without_assets_runs_only_pinned_scripts(missing: Path) -> None:
    page = graphiql_page(TABS, {}, folder=missing)
    nonce = re.search(r"'nonce-([^']+)'", page.headers["content-security-policy"])
    assert nonce is not None
    scripts = re.findall(r"<script (?!id=)[^>]*>", text_of(page))
    assert scripts
    for script in scripts:
        assert f'nonce="{nonce[1]}"' in script
        assert ("src=" in script) == ("integrity=" in script)
    other = graphiql_page(TABS, {}, folder=missing)
    assert nonce[1] not in text_of(other)


@pytest.mark.parametrize("folder", ["built", "missing"])
def test_no_marker_is_left_in_the_page(folder: str, request: pytest.FixtureRequest) -> None:
    page = graphiql_page(TABS, {}, folder=request.getfixturevalue(folder))
    assert "<!--" not in text_of(page)
    assert "{{" not in text_of(page)


def test_config_holds_tabs_and_headers(built: Path) -> None:
    page = graphiql_page(TABS, {"Authorization": TOKEN}, endpoint="/api", folder=built)
    config = config_of(page)
    assert config["endpoint"] == "/api"
    assert json.loads(config["headers"]) == {"Authorization": TOKEN}
    first, second = config["tabs"]
    assert first["query"] == f"# {TABS[0].title}\n{TABS[0].query}"
    assert json.loads(first["variables"]) == {"word": "w"}
    assert first["headers"] == config["headers"]
    assert second["variables"] is None


def test_config_cannot_break_out_of_its_block(built: Path) -> None:
    page = graphiql_page(
        [Tab(f"{{{{nonce}}}}\n{HOSTILE}", HOSTILE, {HOSTILE: HOSTILE})],
        {"X-Test": HOSTILE},
        folder=built,
    )
    assert HOSTILE not in text_of(page)
    assert "alert(" in text_of(page)
    (tab,) = config_of(page)["tabs"]
    assert tab["query"] == f"# {{{{nonce}}}} {HOSTILE}\n{HOSTILE}"
    assert json.loads(tab["variables"]) == {HOSTILE: HOSTILE}


def test_page_may_hold_a_token_so_it_is_not_stored(built: Path) -> None:
    page = graphiql_page(TABS, {"Authorization": TOKEN}, folder=built)
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_assets_are_served_and_asked_about_again(built: Path) -> None:
    app = Starlette(routes=ide_routes(built))
    answer = get(app, f"{ASSETS_PATH}/main.js")
    assert answer.text == "// built"
    assert answer.headers["cache-control"] == "no-cache"
    again = get(app, f"{ASSETS_PATH}/main.js", {"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_no_routes_without_assets(missing: Path) -> None:
    assert ide_routes(missing) == []


# What follows drives a real browser.


async def answer_query(request: Request) -> JSONResponse:
    """Answer any operation with what was asked, and any introspection with none."""
    asked = await request.json()
    if asked.get("operationName") == "IntrospectionQuery":
        return JSONResponse({"errors": [{"message": "introspection is off"}]})
    if request.headers.get("authorization") != TOKEN:
        return JSONResponse({"errors": [{"message": "who-are-you"}]})
    return JSONResponse({"data": {"echo": f"heard-{asked['variables']['word']}"}})


async def answer_subscription(socket: WebSocket) -> None:
    """Speak just enough graphql-transport-ws to answer one subscription."""
    await socket.accept(subprotocol="graphql-transport-ws")
    start = await socket.receive_json()
    assert start["type"] == "connection_init"
    known = start.get("payload", {}).get("Authorization") == TOKEN
    await socket.send_json({"type": "connection_ack"})
    asked = await socket.receive_json()
    assert asked["type"] == "subscribe"
    count = "counted-for-you" if known else "who-are-you"
    payload = {"data": {"count": count}}
    await socket.send_json({"id": asked["id"], "type": "next", "payload": payload})
    await socket.send_json({"id": asked["id"], "type": "complete"})


async def show_page(_: Request) -> HTMLResponse:
    """Serve the page with the tabs of these tests."""
    return graphiql_page(TABS, {"Authorization": TOKEN})


@pytest.fixture
def ide_url() -> Iterator[str]:
    """The address of a GraphiQL page, on a server of its own."""
    if not assets_built():
        pytest.skip("GraphiQL's assets are not built: run `make ide`")
    app = Starlette(
        routes=[
            Route("/graphql", show_page),
            Route("/graphql", answer_query, methods=["POST"]),
            WebSocketRoute("/graphql", answer_subscription),
            *ide_routes(),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server is slow to start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/graphql"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium of the system's, which can reach this machine only."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        pytest.skip(f"no Chromium on the PATH: looked for {', '.join(names)}")
    with sync_api.sync_playwright() as playwright:
        running: Browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield running
        running.close()


class Visit:
    """A visit to the page, with all that it asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked_for: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.context.on("request", lambda request: self.asked_for.append(request.url))
        page.on("websocket", lambda socket: self.asked_for.append(socket.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type == "error" else None,
        )

    def run(self) -> None:
        """Press the button that runs the operation in the open tab."""
        self.page.locator("button.graphiql-execute-button").click()

    def wait_for_answer(self, text: str) -> None:
        """Wait until the answer that is shown has this text."""
        answer = self.page.locator(".graphiql-response", has_text=text)
        answer.wait_for(state="visible")

    def wait_until_kept(self, name: str, text: str) -> None:
        """Wait until GraphiQL has taken note of this text.

        It looks at an editor's content only a moment after it changed, and runs
        what it last saw.
        """
        self.page.wait_for_function(
            "([key, text]) => localStorage.getItem(key)?.includes(text)",
            arg=[f"graphiql:{name}", text],
        )

    def wait_until_asked_for(self, path: str) -> None:
        """Wait until the page has asked the server for this path."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while path not in {urlsplit(url).path for url in self.asked_for}:
            assert time.monotonic() < deadline, f"nothing asked for {path}"
            self.page.wait_for_timeout(50)

    def hosts(self) -> set[str | None]:
        """The hosts that the page's requests went to."""
        addresses = map(urlsplit, self.asked_for)
        return {a.hostname for a in addresses if a.scheme not in {"data", "blob"}}


@pytest.fixture
def visit(browser: Browser, ide_url: str) -> Iterator[Visit]:
    """A browser that has the page open, and has never seen it before."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    visit = Visit(context.new_page())
    visit.page.goto(ide_url)
    yield visit
    context.close()


def test_browser_runs_a_query_without_the_network(visit: Visit) -> None:
    visit.run()
    visit.wait_for_answer("heard-w")
    for name in ("editor", "graphql", "json"):
        visit.wait_until_asked_for(f"{ASSETS_PATH}/{name}.worker.js")
    assert visit.hosts() == {"127.0.0.1"}
    assert visit.complaints == []


def test_browser_sends_the_token_with_a_subscription(visit: Visit) -> None:
    # Not in its middle: there, a narrow tab shows its button for closing.
    visit.page.get_by_role("tab", name="Count").click(position={"x": 8, "y": 8})
    visit.wait_until_kept("query", "subscription Count")
    visit.run()
    visit.wait_for_answer("counted-for-you")
    assert any(url.startswith("ws://127.0.0.1:") for url in visit.asked_for)
    assert visit.hosts() == {"127.0.0.1"}
    assert visit.complaints == []


def test_browser_keeps_what_was_typed(visit: Visit) -> None:
    visit.page.locator(".graphiql-query-editor .view-lines").click()
    visit.page.keyboard.press("Control+End")
    visit.page.keyboard.type("# a remark of mine")
    visit.wait_until_kept("tabState", "a remark of mine")
    visit.page.reload()
    visit.page.locator(".graphiql-query-editor .view-lines", has_text="a remark of mine").wait_for()
    visit.run()
    visit.wait_for_answer("heard-w")
    assert visit.page.get_by_role("tab").count() == len(TABS)
