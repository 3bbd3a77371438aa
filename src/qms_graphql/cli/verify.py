"""``qms verify``: whether the audit trail is as it was written."""

from typing import TYPE_CHECKING, Annotated

import typer

from qms_graphql.cli.progress import shown
from qms_graphql.cli.work import with_database

if TYPE_CHECKING:
    from qms_graphql.base.database import Database
    from qms_graphql.base.event_log import Integrity
    from qms_graphql.base.secrets import Secrets


def verify(
    organization: Annotated[
        str | None,
        typer.Option("--organization", "-o", help="Short name of one organization; all of them if not given."),
    ] = None,
) -> None:
    """Recompute the hash chain of the audit trail, and name the first event that does not fit.

    The exit code is 1 if any chain is broken.
    """
    found = with_database(lambda database, secrets: _verify(database, secrets, organization))
    for slug, integrity in found:
        if integrity.intact:
            typer.echo(f"{slug}: intact, {integrity.entries} events, head {integrity.head_hash}")
        else:
            typer.echo(f"{slug}: BROKEN at event {integrity.first_broken} of {integrity.entries}")
    if not found:
        typer.echo("There is no organization yet.", err=True)
    if not all(integrity.intact for _, integrity in found):
        raise typer.Exit(1)


async def _verify(database: "Database", _secrets: "Secrets", slug: str | None) -> "list[tuple[str, Integrity]]":
    from qms_graphql.base import event_log
    from qms_graphql.people.organizations import all_organizations, known

    if slug is not None:
        await known(database, slug)
    found = []
    for row in await all_organizations(database):
        if slug in (None, row["slug"]):
            with shown(f"Verifying {row['slug']}") as told:
                async with database.reading(row["id"], snapshot=True) as reader:
                    counted = lambda done, total: told("events", done, total)  # noqa: E731 - used at once
                    found.append((row["slug"], await event_log.verify(reader, row["id"], counted)))
    return found
