"""The same pages as most people write them in Python: strawberry types, SQLAlchemy's ORM, a DataLoader for each link.

It knows one organization and asks nobody for a token. The tables are the product's; nothing else of it is used but the
formulas of the metrics.
"""

import os
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import strawberry
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import aliased
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from qms_graphql.actions import model as actions
from qms_graphql.base.model import Organization
from qms_graphql.customers import model as customers
from qms_graphql.feedback import model as feedback
from qms_graphql.metrics import rules
from qms_graphql.products import model as products
from qms_graphql.risks import model as risks
from qms_graphql.schema import tables

# All tables must be known, for keys may lead to any of them.
tables()
Info = strawberry.Info
CONNECTIONS = 10
engine = create_async_engine(
    os.environ["RIVAL_DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:"),
    pool_size=CONNECTIONS,
    max_overflow=0,
    connect_args={"server_settings": {"application_name": "strawberry", "jit": "off"}},
)
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Loaders:
    """Those of one request."""

    def __init__(self, organization: Any) -> None:
        self.organization = organization
        self.customer = DataLoader(load_fn=lambda ids: self._by_id(customers.Customer, ids))
        self.product = DataLoader(load_fn=lambda ids: self._by_id(products.Product, ids))
        self._many: dict[Any, DataLoader[UUID, list[Any]]] = {}

    async def rows(self, statement: Select[Any]) -> Sequence[Any]:
        async with sessions() as session:
            return (await session.scalars(statement)).all()

    async def _by_id(self, model: Any, ids: list[UUID]) -> list[Any]:
        found = await self.rows(select(model).where(model.organization_id == self.organization.id, model.id.in_(ids)))
        by_id = {row.id: row for row in found}
        return [by_id.get(id_) for id_ in ids]

    def many(self, model: Any, key: str, first: int, *order: Any) -> DataLoader[UUID, list[Any]]:
        """The first rows of each parent."""
        place = (model, key, first, str(order[0]))
        if place not in self._many:
            self._many[place] = DataLoader(load_fn=lambda ids: self._by_parent(model, key, ids, first, order))
        return self._many[place]

    async def _by_parent(self, model: Any, key: str, ids: list[UUID], first: int, order: Any) -> list[list[Any]]:
        parent = getattr(model, key)
        position = func.row_number().over(partition_by=parent, order_by=order).label("position")
        ranked = (
            select(model, position).where(model.organization_id == self.organization.id, parent.in_(ids)).subquery()
        )
        ranked_model = aliased(model, ranked)
        statement = select(ranked_model).where(ranked.c.position <= first).order_by(ranked.c.position)
        groups: dict[UUID, list[Any]] = defaultdict(list)
        for row in await self.rows(statement):
            groups[getattr(row, key)].append(row)
        return [groups[id_] for id_ in ids]


@strawberry.type
class Action:
    id: strawberry.ID
    number: str
    title: str
    status: str
    due_at: datetime | None


@strawberry.type
class Risk:
    id: strawberry.ID
    number: str
    title: str | None
    status: str


@strawberry.type
class Product:
    id: strawberry.ID
    name: str
    sku: str | None

    @strawberry.field
    async def risks(self, info: Info, first: int) -> list[Risk]:
        loader = info.context["loaders"].many(risks.Risk, "product_id", first, risks.Risk.id)
        return [shown(Risk, row) for row in await loader.load(UUID(self.id))]


@strawberry.type
class Feedback:
    id: strawberry.ID
    number: str
    status: str
    source: str
    text: str | None
    occurred_at: datetime
    received_at: datetime
    row: strawberry.Private[Any]

    @strawberry.field
    async def customer(self, info: Info) -> "Customer | None":
        found = await info.context["loaders"].customer.load(self.row.customer_id)
        return shown(Customer, found) if found else None

    @strawberry.field
    async def product(self, info: Info) -> Product | None:
        found = await info.context["loaders"].product.load(self.row.product_id)
        return shown(Product, found) if found else None

    @strawberry.field
    async def actions(self, info: Info, first: int) -> list[Action]:
        loader = info.context["loaders"].many(actions.Action, "feedback_id", first, actions.Action.id)
        return [shown(Action, row) for row in await loader.load(self.row.id)]


@strawberry.type
class Customer:
    id: strawberry.ID
    name: str
    kind: str
    segment: str | None
    country: str | None
    email: str | None

    @strawberry.field
    async def feedback(self, info: Info, first: int, newest: bool = False) -> list[Feedback]:
        said = feedback.Feedback
        order = (said.occurred_at.desc(), said.id.desc()) if newest else (said.id,)
        loader = info.context["loaders"].many(said, "customer_id", first, *order)
        return [shown(Feedback, row, row=row) for row in await loader.load(UUID(self.id))]

    @strawberry.field
    async def actions(self, info: Info, first: int) -> list[Action]:
        loader = info.context["loaders"].many(actions.Action, "customer_id", first, actions.Action.id)
        return [shown(Action, row) for row in await loader.load(UUID(self.id))]


@strawberry.type
class Point:
    period_start: datetime
    value: float | None
    low: float | None
    high: float | None
    n: int


def shown(type_: Any, row: Any, /, **more: Any) -> Any:
    """A row as its type: enumerations by their value."""
    fields = [f.python_name for f in type_.__strawberry_definition__.fields if f.base_resolver is None]
    values = {name: getattr(row, name) for name in fields if name != "row"}
    plain = {name: getattr(value, "value", value) for name, value in values.items()}
    return type_(**plain | more | {"id": str(row.id)})


@strawberry.type
class Query:
    @strawberry.field
    async def inbox(self, info: Info, first: int) -> list[Feedback]:
        loaders, said = info.context["loaders"], feedback.Feedback
        mine = select(said).where(said.organization_id == loaders.organization.id)
        rows = await loaders.rows(mine.order_by(said.received_at.desc(), said.id.desc()).limit(first))
        return [shown(Feedback, row, row=row) for row in rows]

    @strawberry.field
    async def customer(self, info: Info, id: strawberry.ID) -> Customer | None:
        found = await info.context["loaders"].customer.load(UUID(id))
        return shown(Customer, found) if found else None

    @strawberry.field
    async def customers(self, info: Info, first: int) -> list[Customer]:
        loaders, model = info.context["loaders"], customers.Customer
        mine = select(model).where(model.organization_id == loaders.organization.id)
        return [shown(Customer, row) for row in await loaders.rows(mine.order_by(model.id).limit(first))]

    @strawberry.field
    async def monthly(self, info: Info, metric: str, product: strawberry.ID, since: str, until: str) -> list[Point]:
        organization = info.context["loaders"].organization
        start, end = datetime.fromisoformat(since), datetime.fromisoformat(until)
        statement = _counted(organization, metric, UUID(product), start, end)
        async with sessions() as session:
            months = (await session.execute(statement)).all()
        points = []
        for month, n, good, bad in months:
            found = rules.nps(good, n - good - bad, bad) if metric == "NPS" else rules.proportion(good, n)
            points.append(Point(period_start=month, value=found.value, low=found.low, high=found.high, n=n))
        return points


def _counted(organization: Any, metric: str, product: UUID, since: datetime, until: datetime) -> Select[Any]:
    """Answers of each month: all, the good, the bad."""
    said, answer, question = feedback.Feedback, feedback.Answer, feedback.Question
    good = answer.number >= (9 if metric == "NPS" else question.satisfied_from)
    month = func.date_trunc("month", said.occurred_at, str(ZoneInfo(organization.time_zone))).label("month")
    return (
        select(month, func.count(), func.count().filter(good), func.count().filter(answer.number <= 6))
        .select_from(said)
        .join(answer, (answer.organization_id == said.organization_id) & (answer.feedback_id == said.id))
        .join(question, (question.organization_id == said.organization_id) & (question.id == answer.question_id))
        .where(said.organization_id == organization.id, said.product_id == product, said.active)
        .where(said.occurred_at >= since, said.occurred_at < until)
        .where(question.metric == feedback.QuestionMetric(metric), answer.number.is_not(None))
        .group_by("month")
        .order_by("month")
    )


class Endpoint(GraphQL[Any, Any]):
    async def get_context(self, request: Any, response: Any) -> Any:
        return {"loaders": Loaders(request.app.state.organization)}


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    session: AsyncSession
    async with sessions() as session:
        app.state.organization = (await session.scalars(select(Organization))).one()
    yield
    await engine.dispose()


async def health(_request: Request) -> Response:
    return Response("ok")


schema = strawberry.Schema(query=Query)
app = Starlette(routes=[Route("/health", health), Route("/graphql", Endpoint(schema))], lifespan=lifespan)
