"""The second wall on PostgreSQL: the database itself shows a connection one organization only."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text

from qms_graphql.base.errors import SetupError
from qms_graphql.base.postgresql import APPLICATION_ROLE

# As a sub-query the setting is read once for a statement; else once for each time that a part of it runs.
_OWN = "organization_id = (SELECT NULLIF(current_setting('app.organization', true), '')::uuid)"
_POLICIES = {
    # An organization can also be found by whoever knows its short name, and listed by the operator's command line.
    "organization": (
        "id = NULLIF(current_setting('app.organization', true), '')::uuid"
        " OR slug = current_setting('app.slug', true)"
        " OR current_setting('app.operator', true) = 'on'"
    ),
    # A token is looked up by its id before anybody knows whose it is.
    "api_token": f"{_OWN} OR id = NULLIF(current_setting('app.token', true), '')::uuid",
    "installation": "true",
}


def create_role(connection: Connection) -> None:
    """Make the role the server works as, and let the present user act as it."""
    if connection.dialect.name != "postgresql":
        return
    try:
        connection.execute(
            text(
                f"DO $$ BEGIN CREATE ROLE {APPLICATION_ROLE} NOLOGIN;"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        )
        connection.execute(text(f"GRANT {APPLICATION_ROLE} TO CURRENT_USER"))
    except Exception as error:
        raise SetupError(
            f"This database user may not make the role {APPLICATION_ROLE};"
            " have an administrator make it, and grant it to the user."
        ) from error


def protect(connection: Connection, *tables: str) -> None:
    """Put tables behind row-level security, and let the application's role use them. See `seen_whole`."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}"))
    for table in tables:
        rule = _rule(table)
        # The event log is append-only: nobody but its owner can change or remove what stands in it.
        rights = "SELECT, INSERT" if table == "event" else "SELECT, INSERT, UPDATE, DELETE"
        for statement in (
            f'GRANT {rights} ON "{table}" TO {APPLICATION_ROLE}',
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'CREATE POLICY tenant ON "{table}" USING ({rule}) WITH CHECK ({rule})',
        ):
            connection.execute(text(statement))


def renew(connection: Connection) -> None:
    """Have the tables that are behind it guarded by the rules as they are now."""
    for table in _guarded(connection):
        rule = _rule(table)
        connection.execute(text(f'ALTER POLICY tenant ON "{table}" USING ({rule}) WITH CHECK ({rule})'))


@contextmanager
def seen_whole(connection: Connection) -> Iterator[None]:
    """While it lasts, the owner of the tables sees the rows of all organizations: a migration changes them all.

    Who migrates is seldom a superuser, and rows that are not seen would stay as they were without a word. Afterwards
    the wall stands for the owner, too; nobody else sees the time between, because it is one transaction.
    """
    _force(connection, "NO FORCE")
    yield
    _force(connection, "FORCE")


def _force(connection: Connection, how: str) -> None:
    for table in _guarded(connection):
        connection.execute(text(f'ALTER TABLE "{table}" {how} ROW LEVEL SECURITY'))


def _guarded(connection: Connection) -> Sequence[str]:
    if connection.dialect.name != "postgresql":
        return ()
    guarded = "SELECT tablename FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'tenant'"
    return connection.execute(text(guarded)).scalars().all()


def _rule(table: str) -> str:
    return _POLICIES.get(table, _OWN)
