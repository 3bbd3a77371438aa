"""``qms findings``: what authorities found, from files."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qms_graphql.base.errors import SetupError
from qms_graphql.cli.lists import content, keep_aside
from qms_graphql.cli.work import with_database

if TYPE_CHECKING:
    from qms_graphql.base.database import Database
    from qms_graphql.base.secrets import Secrets
    from qms_graphql.reviews.inspections import InspectionList

app = typer.Typer(help="Findings: what authorities found.", no_args_is_help=True)

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
"""Asks the API: a text and its variables; the data of the answer."""

BATCH = 1000
_SYNC = """
mutation ($input: Sync%(name)sInput!) {
  sync: sync%(name)s(input: $input) {
    created updated unchanged rejected
    results { index outcome errors { message field } }
    errors { message }
  }
}
"""
_OUTCOMES = ("created", "updated", "unchanged")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8, with the columns of the FDA's list of Forms 483.")],
    organization: Annotated[str, typer.Option("--organization", "-o", help="Short name of the organization.")],
    set_aside: Annotated[
        Path | None,
        typer.Option(help="Where the rows that cannot stand are written to; FILE.set-aside.csv if not given."),
    ] = None,
) -> None:
    """Take in an authority's list of inspection records: each is a finding at a supplier.

    Rows that cannot stand are set aside, written to a file with the reason, and counted. The same file again changes
    nothing.
    """
    from qms_graphql.reviews.inspections import COLUMNS, read_inspections

    found = read_inspections(content(file))

    async def work(database: "Database", secrets: "Secrets") -> Counter[str]:
        from qms_graphql.base.access import system_viewer
        from qms_graphql.base.clock import SystemClock
        from qms_graphql.graph.running.answers import Request
        from qms_graphql.graph.running.execution import Graph
        from qms_graphql.people import organizations
        from qms_graphql.schema import build

        organization_id = await organizations.known(database, organization)
        graph = Graph(*build(), database, SystemClock(), secrets, feed=None)
        viewer = system_viewer(organization_id, "qms findings import")

        async def ask(text: str, variables: Mapping[str, Any]) -> Any:
            answer = await graph.answer(viewer, Request(text, variables))
            if answer.errors:
                raise SetupError(answer.errors[0]["message"])
            return answer.data

        return await bring_in(ask, found)

    counts = with_database(work)
    for row in sorted(found.aside, key=lambda row: row.line):
        typer.echo(f"line {row.line}: {row.reason}", err=True)
    keep_aside(file, set_aside, COLUMNS, found.aside)
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in _OUTCOMES)
    typer.echo(f"{told}, {len(found.aside)} set aside.")


async def bring_in(ask: Ask, found: "InspectionList") -> Counter[str]:
    """Send suppliers and findings through the API's sync mutations; how many findings were made, changed, the same.

    What the API refuses is set aside too, with its reason: a finding also where its supplier was refused.
    """
    await _send(ask, "Customers", found.suppliers())
    results, counts = await _send(ask, "Findings", found.findings())
    refused = {place: reason for place, reason in enumerate(results) if reason is not None}
    found.set_aside(refused)
    return counts


async def _send(ask: Ask, name: str, items: Sequence[Mapping[str, Any]]) -> tuple[list[str | None], Counter[str]]:
    """What is wrong with each of the items, if anything; and how many came to what."""
    problems: list[str | None] = []
    counts: Counter[str] = Counter()
    for start in range(0, len(items), BATCH):
        given = {"items": items[start : start + BATCH], "backfill": True}
        sync = (await ask(_SYNC % {"name": name}, {"input": given}))["sync"]
        if sync["errors"]:
            raise SetupError(sync["errors"][0]["message"])
        counts.update({outcome: sync[outcome] for outcome in _OUTCOMES})
        problems += [
            " ".join(error["message"] for error in result["errors"]) if result["outcome"] == "REJECTED" else None
            for result in sync["results"]
        ]
    return problems, counts
