"""``qms standards``: lists of clauses from files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qms_graphql.base.set_aside import SetAside
from qms_graphql.cli.lists import content, keep_aside
from qms_graphql.cli.work import with_database
from qms_graphql.standards.clause_list import COLUMNS

if TYPE_CHECKING:
    from qms_graphql.base.database import Database
    from qms_graphql.base.secrets import Secrets
    from qms_graphql.standards.importing import Imported

app = typer.Typer(help="Standards: the lists of their clauses.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8; its first line names clause, title, parent, statement.")],
    framework: Annotated[str, typer.Option(help='The standard without its edition, for example "ISO 9001".')],
    edition: Annotated[str, typer.Option(help="Which edition, for example 2015.")],
    organization: Annotated[str, typer.Option("--organization", "-o", help="Short name of the organization.")],
    body: Annotated[str | None, typer.Option(help="Who publishes it, for example ISO.")] = None,
    status: Annotated[
        str | None, typer.Option(help="draft, current or withdrawn; a new one is current if not given.")
    ] = None,
    set_aside: Annotated[
        Path | None,
        typer.Option(help="Where the rows that cannot stand are written to; FILE.set-aside.csv if not given."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing, say what would be.")] = False,
) -> None:
    """Take in the clauses of a standard: new ones are made, titles follow the file, nothing is deleted.

    Rows that cannot stand are set aside, named with their line and written to a file with the reason. The same file
    again changes nothing.
    """

    async def work(database: "Database", secrets: "Secrets") -> "Imported":
        from qms_graphql.base.access import system_viewer
        from qms_graphql.base.clock import SystemClock
        from qms_graphql.base.unit import transact
        from qms_graphql.people import organizations
        from qms_graphql.standards.clause_list import read_clauses
        from qms_graphql.standards.importing import import_clauses
        from qms_graphql.standards.rules import status_named

        standard = {
            "framework": framework,
            "edition": edition,
            "body": body,
            "status": None if status is None else status_named(status),
        }
        rows = read_clauses(content(file))
        organization_id = await organizations.known(database, organization)
        viewer = system_viewer(organization_id, "qms standards import")
        return await transact(
            database,
            viewer,
            SystemClock(),
            secrets,
            lambda unit: import_clauses(unit, standard, rows, dry_run=dry_run),
        )

    imported = with_database(work)
    aside = _aside(imported)
    if not dry_run:
        keep_aside(file, set_aside, COLUMNS, aside)
    _tell(imported, dry_run=dry_run)


def _aside(imported: "Imported") -> list[SetAside]:
    """The rows that cannot stand, each told with its line."""
    aside = []
    for row, draft in imported.rows:
        reasons = []
        for refusal in draft.refusals:
            place = f"{refusal.field[-1]}: " if refusal.field else ""
            reasons.append(f"{place}{refusal.message}")
            typer.echo(f"line {row.line}, clause {row.clause or '(none)'}: {reasons[-1]}", err=True)
        if reasons:
            raw = {name: getattr(row, name) or "" for name in COLUMNS}
            aside.append(SetAside(row.line, raw, " ".join(reasons)))
    return aside


def _tell(imported: "Imported", *, dry_run: bool) -> None:
    """The counts."""
    from qms_graphql.base.drafts import Outcome

    outcomes = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.REJECTED)
    counts = ", ".join(f"{imported.count(outcome)} {outcome.value.lower()}" for outcome in outcomes)
    typer.echo(f"{counts}.{' Nothing was written.' if dry_run else ''}")
