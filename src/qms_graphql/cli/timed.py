"""``qms work``: what is due at its time, where no server does it or somebody does not want to wait."""

from typing import TYPE_CHECKING, Annotated

import typer

from qms_graphql.cli.work import with_database

if TYPE_CHECKING:
    from qms_graphql.base.database import Database
    from qms_graphql.base.schedule import Run, Scheduler
    from qms_graphql.base.secrets import Secrets

_SECONDS = 30.0
"""How often it looks where the servers are told not to."""


def work(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
) -> None:
    """Do timed work: revisions become effective at their date, what is left of removed files goes.

    A server does it too, unless QMS_WORK_SECONDS is 0; whatever the number of processes, each run is done by one.
    The exit code is 1 if a run failed.
    """
    if not once:
        with_database(_always)
    for run in with_database(_once):
        typer.echo(f"{run.organization}: {run.job}: {run.done} done, {run.held} held back")
        if run.error is not None:
            typer.echo(f"{run.organization}: {run.job}: {run.error}", err=True)
            raise typer.Exit(1)


def _scheduler(database: "Database", secrets: "Secrets") -> "Scheduler":
    from qms_graphql.base.clock import SystemClock
    from qms_graphql.base.schedule import Scheduler
    from qms_graphql.people.organizations import all_organizations
    from qms_graphql.schema import build

    # The rooms register what they have done as they are read.
    build()
    return Scheduler(database, SystemClock(), secrets, all_organizations)


async def _once(database: "Database", secrets: "Secrets") -> "list[Run]":
    return await _scheduler(database, secrets).run_due()


async def _always(database: "Database", secrets: "Secrets") -> None:
    from qms_graphql.base.settings import load_settings

    await _scheduler(database, secrets).keep_running(load_settings().work_seconds or _SECONDS)
