"""GraphiQL on the real server, with the demonstration company: what a newcomer sees after `qms demo`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from qms_graphql.app.graphiql import assets_built
from qms_graphql.app.tabs import TABS
from tests.app.test_graphiql import Visit, browser
from tests.cli.terminal import TOKEN, Terminal
from tests.conftest import settings_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]


@pytest.fixture(scope="module")
def demonstration(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and token of a server that `qms demo` started.

    The browser is asked for first: without one, nothing is loaded.
    """
    if not assets_built():
        pytest.skip("GraphiQL's assets are not built: run `make ide`")
    folder: Path = tmp_path_factory.mktemp("demo")
    with Terminal(settings_for("sqlite", folder)).serving("demo") as (address, server):
        assert server.stdout is not None
        while (found := TOKEN.search(server.stdout.readline())) is None:
            assert server.poll() is None
        yield address, found[0]


@pytest.fixture
def visit(browser: Browser, demonstration: tuple[str, str]) -> Iterator[Visit]:
    """A browser that has the page open, and has never seen it before."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    visit = Visit(context.new_page())
    visit.page.goto(f"{demonstration[0]}/graphql")
    yield visit
    context.close()


def open_tab(visit: Visit, name: str) -> None:
    """Open a tab by its operation's name, and wait until GraphiQL would run that one."""
    # Not in its middle: there, a narrow tab shows its button for closing.
    visit.page.get_by_role("tab", name=name).click(position={"x": 8, "y": 8})
    visit.wait_until_kept("query", name)


def test_every_example_has_a_tab(visit: Visit) -> None:
    visit.page.get_by_role("tab").first.wait_for()
    names = [re.search(r"(?:query|subscription) (\w+)", tab.query) for tab in TABS]
    assert [name[1] for name in names if name] == visit.page.get_by_role("tab").all_inner_texts()


def test_the_inbox_runs_with_the_token_of_the_page(visit: Visit) -> None:
    open_tab(visit, "Inbox")
    visit.run()
    visit.wait_for_answer("FB-2026-")
    assert visit.hosts() == {"127.0.0.1"}
    assert visit.complaints == []


def test_a_change_made_elsewhere_appears_in_the_subscription(visit: Visit, demonstration: tuple[str, str]) -> None:
    address, token = demonstration
    open_tab(visit, "Live")
    with visit.page.expect_websocket() as opened:
        visit.run()
    # The server's first heartbeat or our event: either way the stream stands once the operation was sent.
    opened.value.wait_for_event("framereceived")
    mutation = 'mutation { createTheme(input: { name: "Descaling" }) { theme { id } errors { code } } }'
    answer = httpx.post(f"{address}/graphql", json={"query": mutation}, headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["data"]["createTheme"]["errors"] == []
    visit.wait_for_answer("Demo Admin")
    visit.wait_for_answer("THEME")
    assert visit.complaints == []
