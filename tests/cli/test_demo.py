"""`qms demo`: loads, prints a token, serves."""

import itertools
import re

import httpx

from tests.cli.terminal import TOKEN, Terminal, ask

COUNTS = "{ me { name roles } customers { totalCount } feedbacks { totalCount } auditIntegrity { entries intact } }"


def test_load_only_then_served(embedded: Terminal) -> None:
    first = embedded.type("demo", "--load-only", "--organization", "acme")
    assert first.returncode == 0, first.stderr
    token = first.stdout.split()[-1]
    assert TOKEN.fullmatch(token)
    assert "Loading the demonstration: done (18 of 18)" in first.stderr.splitlines()
    loaded = _events(embedded)
    with embedded.serving("demo", "--organization", "acme") as (address, server):
        shown = server.stdout
        assert shown is not None
        # On a slow machine lines of progress come first.
        lines = list(itertools.takewhile(lambda line: not line.startswith("Stop it"), iter(shown.readline, "")))
        assert f"GraphiQL, with examples in its tabs: {address}/graphql\n" in lines
        (fresh,) = [found[0] for line in lines if (found := TOKEN.search(line))]
        assert fresh != token
        for each in (token, fresh):
            counted = ask(address, each, COUNTS)
            assert counted["me"] == {"name": "Demo Admin", "roles": ["ADMIN"]}
            assert counted["customers"]["totalCount"] >= 200
            assert counted["feedbacks"]["totalCount"] >= 1500
        page = httpx.get(f"{address}/graphql", headers={"Accept": "text/html"}).text
        assert fresh in page
        redirected = httpx.get(address, headers={"Accept": "text/html"}, follow_redirects=True)
        assert (redirected.url.path, len(redirected.text)) == ("/graphql", len(page))
        assert re.search(r"query Customer360\(.*subscription Live\(", page, re.DOTALL)
    # Loaded a second time by `demo`, it adds nothing but the fresh token.
    assert _events(embedded) == loaded + 1


def _events(terminal: Terminal) -> int:
    """How many events the one organization has."""
    found = re.fullmatch(r"acme: intact, (\d+) events, head [0-9a-f]{64}\n", terminal.must("verify"))
    assert found
    return int(found[1])
