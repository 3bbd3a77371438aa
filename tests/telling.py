"""An application whose log can be read."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import orjson

from qms_graphql.app.server import create_app
from qms_graphql.base.telemetry import start_logging
from tests.conftest import Company


class Log(io.TextIOWrapper):
    """A stream that keeps the lines written to it."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def text(self) -> str:
        """All that was written."""
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()

    def lines(self, event: str) -> list[dict[str, Any]]:
        """The lines of an event, as objects, without what differs from run to run."""
        found = [orjson.loads(line) for line in self.text().splitlines()]
        return [line for line in found if line["event"] == event]


@asynccontextmanager
async def told(
    company: Company, level: str = "INFO", form: str = "json", tracing: Any = None, **settings: Any
) -> AsyncIterator[tuple[Company, Log]]:
    """The company on an application of its own, and what that writes into its log."""
    log = Log()
    start_logging(level, form, log)
    place = company.installation
    try:
        app = create_app(place.settings.model_copy(update=settings), place.clock, tracing)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://qms", timeout=60) as http,
        ):
            yield replace(company, installation=replace(place, app=app, http=http)), log
    finally:
        start_logging("ERROR", "console")
