"""The command ``qms`` and its subcommands.

What a subcommand needs is imported when it runs: help must not wait for the database's and the schema's libraries.
"""

import asyncio
import sys

import typer

from qms_graphql.base.errors import Refusal, Refusals, SetupError
from qms_graphql.cli import demo, explain, findings, serve, standards, timed, token, verify

app = typer.Typer(
    name="qms",
    help="A quality management system that starts from the customer, as one GraphQL API."
    " It is set up by environment variables that begin with QMS_; QMS_DATABASE_URL says where the data is.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(demo.demo)


@app.command()
def migrate() -> None:
    """Bring the database in QMS_DATABASE_URL to the newest schema. Run it once, before the server."""
    from qms_graphql.base.migration import migrate as run_migrations
    from qms_graphql.base.secrets import load_secrets
    from qms_graphql.base.settings import load_settings

    settings = load_settings()
    way = asyncio.run(run_migrations(settings, load_secrets(settings)))
    typer.echo(f"Migrated: {' → '.join(way)}." if len(way) > 1 else "The database is up to date.", err=True)


app.command()(serve.serve)
app.add_typer(token.app, name="token")
app.add_typer(standards.app, name="standards")
app.add_typer(findings.app, name="findings")
app.command()(verify.verify)
app.command()(explain.explain)
app.command()(timed.work)


@app.command()
def schema() -> None:
    """Print the schema's definition: the text of schema.graphql."""
    from qms_graphql.schema import printed

    typer.echo(printed(), nl=False)


def main() -> None:
    """Run the command line; expected errors are one clear sentence, without a traceback."""
    try:
        app()
    except (SetupError, Refusal, Refusals) as error:
        _fail(str(error))
    except Exception as error:
        from qms_graphql.base.database import why_unusable

        why = why_unusable(error)
        if why is None:
            raise
        _fail(why)


def _fail(why: str) -> None:
    typer.echo(f"qms: {why}", err=True)
    sys.exit(1)
