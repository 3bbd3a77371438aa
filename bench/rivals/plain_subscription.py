"""A subscription as strawberry's documentation has it: a resolver that yields, and a queue for each subscriber.

The same selection as the product's, but the events are in memory already. `POST /emit?COUNT` makes COUNT events.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from enum import Enum

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL


@strawberry.enum
class Action(Enum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"


@strawberry.enum
class RecordType(Enum):
    PRODUCT = "PRODUCT"


@strawberry.type
class Change:
    cursor: str
    previous_cursor: str | None
    at: datetime
    action: Action
    type: RecordType | None
    record_id: strawberry.ID | None
    version: int | None
    changed_fields: list[str]
    actor_name: str


queues: set["asyncio.Queue[Change]"] = set()


@strawberry.type
class Query:
    hello: str = "world"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def changes(self) -> AsyncGenerator[Change, None]:
        queue: asyncio.Queue[Change] = asyncio.Queue()
        queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            queues.discard(queue)


async def emit(request: Request) -> Response:
    for number in range(int(request.url.query)):
        change = Change(
            cursor=f"{number:022}",
            previous_cursor=f"{number - 1:022}",
            at=datetime.now(UTC),
            action=Action.UPDATED,
            type=RecordType.PRODUCT,
            record_id=strawberry.ID("UHJvZHVjdDowMTk5MDAwMDAwMDA3MDAwODAwMDAwMDAwMDAwMDAwMA"),
            version=number,
            changed_fields=["name"],
            actor_name="bench",
        )
        for queue in queues:
            queue.put_nowait(change)
    return Response()


async def health(_request: Request) -> Response:
    return Response("ok")


graphql = GraphQL(  # type: ignore[var-annotated]
    strawberry.Schema(Query, subscription=Subscription), subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL]
)
app = Starlette(routes=[Route("/emit", emit, methods=["POST"]), Route("/health", health), Mount("/graphql", graphql)])
