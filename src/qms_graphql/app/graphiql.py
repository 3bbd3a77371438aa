"""The GraphiQL page: an editor for GraphQL operations, served by the API itself.

The page's scripts are built from the npm project in `ide/` into the folder
`ide_assets` beside this module. Where they were not built, the page says so
and loads GraphiQL from the network.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from qms_graphql.app.headers import PROTECTIVE

if TYPE_CHECKING:
    import os

    from starlette.types import Scope

ASSETS_PATH = "/ide"
"""The path under which the page's scripts and styles are served."""

ASSETS_FOLDER = Path(__file__).parent / "ide_assets"
"""Where `make ide` puts the page's scripts and styles."""

_TEMPLATE = Path(__file__).parent / "graphiql.html"
_BLOCK = re.compile(r"<!-- if (\w+) -->\n(.*?)<!-- end \1 -->\n", re.DOTALL)
_VALUE = re.compile(r"\{\{(\w+)\}\}")

# The editor writes its own <style> elements and attributes, hence the inline
# styles; no variant allows scripts other than the page's own.
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles} 'unsafe-inline'; "
    "font-src 'self' data:; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Tab:
    """One operation that the page opens with, in a tab of its own."""

    title: str
    query: str
    variables: Mapping[str, object] = field(default_factory=dict[str, object])


class _IdeAssets(StaticFiles):
    """The built scripts and styles, which browsers ask about before reusing them."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with the file, or with 304 when the browser's copy is current."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        # File names stay the same from build to build, so a copy that was kept
        # without asking would outlive an upgrade.
        response.headers.update(PROTECTIVE | {"Cache-Control": "no-cache"})
        return response


def assets_built(folder: Path = ASSETS_FOLDER) -> bool:
    """Tell whether the page's scripts and styles were built."""
    return (folder / "main.js").is_file()


def ide_routes(folder: Path = ASSETS_FOLDER) -> list[BaseRoute]:
    """Return the routes of the built scripts and styles: none if not built."""
    if not assets_built(folder):
        return []
    return [Mount(ASSETS_PATH, GZipMiddleware(_IdeAssets(directory=folder)), name="ide")]


def graphiql_page(
    tabs: Sequence[Tab],
    default_headers: Mapping[str, str],
    *,
    endpoint: str = "/graphql",
    folder: Path = ASSETS_FOLDER,
) -> HTMLResponse:
    """Return the page, opening with these tabs and these request headers.

    Anyone who can open the page can read its default headers.
    """
    built = assets_built(folder)
    nonce = secrets.token_urlsafe(16)
    if built:
        policy = _POLICY.format(scripts="'self'", styles="'self'")
    else:
        policy = _POLICY.format(scripts=f"'nonce-{nonce}'", styles="https://unpkg.com")
    values = {
        "assets": ASSETS_PATH,
        "config": _config(tabs, default_headers, endpoint),
        "nonce": nonce,
    }
    # One pass, so that what a value says is never taken for a placeholder.
    content = _VALUE.sub(lambda match: values[match[1]], _template(built))
    # No copy is kept: the default headers may carry a token.
    return HTMLResponse(content, headers=PROTECTIVE | {"Content-Security-Policy": policy})


@cache
def _template(built: bool) -> str:
    """Return the page's text with the blocks of one variant only."""
    variant = "built" if built else "network"
    text = _TEMPLATE.read_text(encoding="utf-8")
    return _BLOCK.sub(lambda block: block[2] if block[1] == variant else "", text)


def _config(tabs: Sequence[Tab], default_headers: Mapping[str, str], endpoint: str) -> str:
    """Return what the page's script reads, as JSON that is safe inside HTML."""
    headers = _pretty(default_headers)
    config = {
        "endpoint": endpoint,
        "headers": headers,
        "tabs": [
            {
                # GraphiQL names a tab after its operation and has no other
                # place for a title.
                "query": f"# {' '.join(tab.title.split())}\n{tab.query}",
                "variables": _pretty(tab.variables),
                "headers": headers,
            }
            for tab in tabs
        ],
    }
    text = json.dumps(config)
    return re.sub("[<>&]", lambda match: f"\\u{ord(match[0]):04x}", text)


def _pretty(values: Mapping[str, object]) -> str | None:
    """Return the values as the editor shows them, or None if there are none."""
    return json.dumps(dict(values), indent=2, ensure_ascii=False) if values else None
