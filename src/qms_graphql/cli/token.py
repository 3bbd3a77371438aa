"""``qms token``: API tokens of users and connectors."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from qms_graphql.base.access import Role, system_viewer
from qms_graphql.base.clock import SystemClock
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.cli.work import with_database

if TYPE_CHECKING:
    from qms_graphql.base.database import Database
    from qms_graphql.base.secrets import Secrets
    from qms_graphql.base.unit import UnitOfWork
    from qms_graphql.people.identity import Issued

app = typer.Typer(help="API tokens: for users and for connectors.", no_args_is_help=True)

OrganizationOption = Annotated[str, typer.Option("--organization", "-o", help="Short name of the organization.")]


@app.command()
def create(
    organization: OrganizationOption,
    role: Annotated[
        str,
        typer.Option(
            help="admin, quality_manager, complaint_handler, department_head, employee, auditor or connector."
        ),
    ],
    user: Annotated[
        str | None, typer.Option(help="The user's name; made if new, named after the role if not given.")
    ] = None,
    system: Annotated[
        list[str] | None, typer.Option(help="For a connector: an external system it may write for; may be repeated.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="For a connector: what it is called.")] = None,
) -> None:
    """Make a token and print it: once, as the last word. The organization and the user are made if they are new."""
    chosen = role_named(role)
    if chosen is Role.CONNECTOR and not system:
        # Said before anything is made: a refusal must not leave a new organization behind.
        raise Refusal(ErrorCode.REQUIRED, "A connector needs at least one external system: give --system.", ("system",))
    unfit = {"user": user} if chosen is Role.CONNECTOR else {"system": system, "name": name}
    for option, value in unfit.items():
        if value:
            raise Refusal(ErrorCode.INVALID, f"--{option} does not go with --role {role}.", (option,))

    async def work(database: "Database", secrets: "Secrets") -> "Issued":
        # All rooms: what follows where a person comes, or gets a role, is theirs.
        from qms_graphql import schema as schema
        from qms_graphql.base.unit import transact
        from qms_graphql.people import identity, organizations

        clock = SystemClock()
        organization_id = await organizations.find_or_create(database, organization, clock.now())

        async def issue(unit: "UnitOfWork") -> "Issued":
            if chosen is Role.CONNECTOR:
                return await identity.issue_for_connector(
                    unit, name or f"connector {', '.join(system or [])}", system or []
                )
            return await identity.issue_for_user(unit, chosen, user or chosen.value.lower().replace("_", " "))

        return await transact(database, system_viewer(organization_id, "qms token"), clock, secrets, issue)

    issued = with_database(work)
    typer.echo("It is shown this once; keep it safe.", err=True)
    typer.echo(issued.text)


@app.command("list")
def list_(organization: OrganizationOption) -> None:
    """List the organization's tokens: id, what for, valid or revoked. The tokens themselves are stored nowhere."""

    async def work(database: "Database", secrets: "Secrets") -> None:
        from qms_graphql.base.unit import transact
        from qms_graphql.people import identity, organizations

        organization_id = await organizations.known(database, organization)
        viewer = system_viewer(organization_id, "qms token")
        for row in await transact(database, viewer, SystemClock(), secrets, identity.tokens):
            state = "revoked" if row["revoked_at"] else "valid"
            systems = f"  systems: {', '.join(row['systems'])}" if row["systems"] else ""
            typer.echo(f"{row['id'].hex}  {row['created_at']:%Y-%m-%d}  {state:7}  {row['name']}{systems}")

    with_database(work)


@app.command()
def revoke(
    organization: OrganizationOption, id: Annotated[str, typer.Argument(help="The token's id, as `list` shows it.")]
) -> None:
    """Make a token invalid, at once."""

    async def work(database: "Database", secrets: "Secrets") -> None:
        from qms_graphql.base.unit import transact
        from qms_graphql.people import identity, organizations

        organization_id = await organizations.known(database, organization)
        try:
            wanted = UUID(hex=id)
        except ValueError:
            raise Refusal(ErrorCode.INVALID, "This is not the id of a token; see `qms token list`.", ("id",)) from None
        viewer = system_viewer(organization_id, "qms token")
        await transact(database, viewer, SystemClock(), secrets, lambda unit: identity.revoke(unit, wanted))

    with_database(work)
    typer.echo("Revoked.", err=True)


def role_named(text: str) -> Role:
    """The role of this name. Raises ``Refusal(INVALID)`` that lists them."""
    try:
        return Role[text.upper().replace("-", "_")]
    except KeyError:
        known = ", ".join(role.value.lower() for role in Role)
        raise Refusal(ErrorCode.INVALID, f"There is no role {text}; there are {known}.", ("role",)) from None
