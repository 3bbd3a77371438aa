"""A person's own notifications as they come."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from qms_graphql.base.record_types import RecordType
from qms_graphql.events.schema import After, Change, followed
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import subscription


@subscription(read="communication:read", name="notification", resume="after")
async def notification_live(context: Context, after: After = None) -> AsyncIterator[Change]:
    """The own notifications as they come and as they are read, none missed or repeated. Null starts now.

    It takes no right to hear of other changes. By its name the engine knows that it is answered for each person alone.
    """
    async with aclosing(followed(context, after, [RecordType.NOTIFICATION.value])) as changes:
        async for change in changes:
            yield change
