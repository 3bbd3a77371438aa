"""``qms explain``: what an operation asks of the database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.cli.token import role_named
from qms_graphql.cli.work import with_database

if TYPE_CHECKING:
    from uuid import UUID

    from qms_graphql.base.database import Database
    from qms_graphql.base.secrets import Secrets
    from qms_graphql.graph.running.explain import Explanation


def explain(
    file: Annotated[Path, typer.Argument(help="A file with a GraphQL document.")],
    operation: Annotated[str | None, typer.Option(help="Which operation of the document, if it has several.")] = None,
    variables: Annotated[str | None, typer.Option(help="The variables: JSON, or a file with it.")] = None,
    organization: Annotated[
        str | None,
        typer.Option("--organization", "-o", help="Short name of the organization; may be left out if there is one."),
    ] = None,
    role: Annotated[str, typer.Option(help="Whose rights it is compiled for.")] = "admin",
    analyze: Annotated[
        bool, typer.Option("--analyze", help="Have PostgreSQL run the statements, and tell what they took.")
    ] = False,
) -> None:
    """Print the SQL of a query, its parameters, its cost and the database's plan.

    A query that compiles to one statement is not run, unless by --analyze. One that is partly computed in Python is run
    to see its statements, and says so. Mutations and subscriptions are refused.
    """
    document, given, chosen = _read(file), _variables(variables), role_named(role)

    async def work(database: "Database", secrets: "Secrets") -> "Explanation":
        from dataclasses import replace

        from qms_graphql.base.access import permissions_of, system_viewer
        from qms_graphql.base.clock import SystemClock
        from qms_graphql.graph.running import explain
        from qms_graphql.graph.running.answers import Request
        from qms_graphql.graph.running.execution import Graph
        from qms_graphql.schema import build

        roles = frozenset({chosen})
        product = system_viewer(await _organization(database, organization), "qms explain")
        viewer = replace(product, roles=roles, permissions=permissions_of(roles))
        graph = Graph(*build(), database, SystemClock(), secrets, feed=None)
        return await explain.explain(graph, viewer, Request(document, given, operation), analyze=analyze)

    _print(with_database(work))


async def _organization(database: "Database", slug: str | None) -> "UUID":
    from qms_graphql.people.organizations import all_organizations, known

    if slug is not None:
        return await known(database, slug)
    rows = await all_organizations(database)
    if len(rows) != 1:
        message = "There is no organization yet." if not rows else "There are several organizations: give one."
        raise Refusal(ErrorCode.REQUIRED, message, ("organization",))
    id_: UUID = rows[0]["id"]
    return id_


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Refusal(ErrorCode.INVALID, f"{file} cannot be read: {error.strerror}.", ("file",)) from None
    except UnicodeDecodeError:
        raise Refusal(ErrorCode.INVALID, f"{file} is not text in UTF-8.", ("file",)) from None


def _variables(given: str | None) -> dict[str, Any] | None:
    import orjson

    if given is None:
        return None
    text = given if given.lstrip().startswith("{") else _read(Path(given))
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refusal(ErrorCode.INVALID, f"The variables are not JSON: {error}.", ("variables",)) from None
    if not isinstance(values, dict):
        raise Refusal(ErrorCode.INVALID, "The variables must be a JSON object.", ("variables",))
    return values


def _print(explained: "Explanation") -> None:
    over = ": more than QMS_MOST_COST, so it would be refused" if explained.cost > explained.most_cost else ""
    typer.echo(f"Query {explained.name or '(without a name)'}: {', '.join(explained.fields)}")
    typer.echo(f"Cost {explained.cost} of at most {explained.most_cost}{over}.")
    count = len(explained.statements)
    how = "It was run to see them, because Python computes part of it." if explained.ran else "It was not run."
    typer.echo(f"{count} statement{'' if count == 1 else 's'}. {how}")
    for number, statement in enumerate(explained.statements, 1):
        typer.echo(f"\n-- Statement {number}\n{statement.sql};")
        if statement.parameters:
            typer.echo("\n-- Parameters")
            for line in statement.parameters:
                typer.echo(line)
        typer.echo("\n-- Plan")
        for line in statement.plan:
            typer.echo(line)
