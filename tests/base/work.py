"""Ways to write and to look below the API."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Executable, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from qms_graphql.base.access import Viewer, system_viewer
from qms_graphql.base.drafts import Draft
from qms_graphql.base.event_log import Integrity, verify
from qms_graphql.base.ids import new_id
from qms_graphql.base.model import Event
from qms_graphql.base.schedule import Scheduler
from qms_graphql.base.unit import UnitOfWork, transact
from qms_graphql.customers.commands import save_customers
from tests.conftest import Company, Installation

T = TypeVar("T")


async def work(company: Company, command: Callable[[UnitOfWork], Awaitable[T]], viewer: Viewer | None = None) -> T:
    """Run a command in one transaction of the product."""
    place = company.installation
    return await transact(place.database, viewer or system_viewer(company.id), place.clock, place.secrets, command)


def scheduler(company: Company) -> Scheduler:
    """One that works for this company only."""
    place = company.installation

    async def only(_database: Any) -> list[dict[str, Any]]:
        return [{"id": company.id, "slug": company.slug}]

    return Scheduler(place.database, place.clock, place.secrets, only)


async def new_customer(company: Company, **fields: Any) -> Draft:
    """Make a customer in a transaction of its own."""
    draft = Draft(new_id(), {"name": "Ada", **fields})

    async def command(unit: UnitOfWork) -> None:
        await save_customers(unit, [draft])

    await work(company, command)
    return draft


async def integrity(company: Company) -> Integrity:
    """What a verification of the company's chain finds."""
    async with company.installation.database.reading(company.id) as reader:
        return await verify(reader, company.id)


async def events(company: Company) -> Sequence[Any]:
    """All events of a company, in order."""
    table = Event.__table__
    async with company.installation.database.reading(company.id) as reader:
        return await reader.rows(select(table).where(table.c.organization_id == company.id).order_by(table.c.seq))


@asynccontextmanager
async def as_owner(installation: Installation) -> AsyncIterator[AsyncConnection]:
    """A connection of the database's owner, past the product and its walls."""
    engine = create_async_engine(installation.settings.url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


async def tamper(company: Company, *statements: Executable) -> None:
    """Change the database as an intruder with the owner's rights would."""
    async with as_owner(company.installation) as connection:
        for statement in statements:
            await connection.execute(statement)
