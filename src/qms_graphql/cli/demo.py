"""``qms demo``: a company to try everything with."""

import asyncio
import os
from typing import TYPE_CHECKING, Annotated

import typer

from qms_graphql.cli import serve
from qms_graphql.cli.progress import shown
from qms_graphql.cli.work import with_database

if TYPE_CHECKING:
    from qms_graphql.base.database import Database
    from qms_graphql.base.secrets import Secrets
    from qms_graphql.base.settings import Settings

ADMINISTRATOR = "Demo Admin"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def demo(
    organization: Annotated[
        str, typer.Option("--organization", "-o", help="Short name of the organization to load it into.")
    ] = "demo",
    load_only: Annotated[
        bool, typer.Option("--load-only", help="Load it, print an administrator's token as the last word, and end.")
    ] = False,
    host: Annotated[str | None, typer.Option(help="Address to listen on; QMS_HOST if not given.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; QMS_PORT if not given.", min=0, max=65535)
    ] = None,
) -> None:
    """Load the demonstration company, and serve it with GraphiQL.

    It goes into the database in QMS_DATABASE_URL, which is migrated if need be. Loading it again changes nothing.
    """
    from qms_graphql.base.settings import load_settings

    settings = load_settings()
    if load_only:
        typer.echo(_prepare(settings, organization))
        return
    place = (host or settings.host, settings.port if port is None else port)
    # What would keep it from being served is said before the loading, not after.
    serve.check_port(*place)
    with serve.held(settings):
        token = _prepare(settings, organization)
        _announce(token, *place)
        os.environ["QMS_DEMO_TOKEN"] = token
        serve.run(settings, *place, workers=1, reload=False)


def _prepare(settings: "Settings", organization: str) -> str:
    """Migrate and load; an administrator's token."""
    from qms_graphql.base.migration import migrate
    from qms_graphql.base.secrets import load_secrets

    asyncio.run(migrate(settings, load_secrets(settings)))
    return with_database(lambda database, secrets: _load(database, secrets, organization))


async def _load(database: "Database", secrets: "Secrets", slug: str) -> str:
    from qms_graphql.base.access import Role, system_viewer
    from qms_graphql.base.clock import SetClock, SystemClock
    from qms_graphql.base.unit import transact
    from qms_graphql.demo import story
    from qms_graphql.demo.load import load
    from qms_graphql.graph.running.execution import Graph
    from qms_graphql.people import identity, organizations
    from qms_graphql.schema import build

    clock = SetClock(story.BEGIN)
    organization_id = await organizations.find_or_create(
        database, slug, clock.now(), name=story.NAME, zone=story.TIME_ZONE
    )
    graph = Graph(*build(), database, clock, secrets, feed=None)
    with shown("Loading the demonstration") as told:
        await load(graph, clock, organization_id, told)
    viewer = system_viewer(organization_id, "qms demo")
    issued = await transact(
        database, viewer, SystemClock(), secrets, lambda unit: identity.issue_for_user(unit, Role.ADMIN, ADMINISTRATOR)
    )
    return issued.text


def _announce(token: str, host: str, port: int) -> None:
    shown_host = f"[{host}]" if ":" in host else host
    typer.echo(f"GraphiQL, with examples in its tabs: http://{shown_host}:{port}/graphql")
    typer.echo(f"A token of an administrator: {token}")
    if host not in _LOOPBACK:
        typer.echo(
            "Whoever reaches this address can read the token from the page: use it for demonstrations only.", err=True
        )
    typer.echo("Stop it with Ctrl+C.", err=True)
