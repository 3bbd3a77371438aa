"""What metrics add to themes: how much is said about them."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from qms_graphql.base.ids import from_global
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import batch_field, extend
from qms_graphql.metrics.periods import Grain
from qms_graphql.metrics.schema import MetricPoint, Window, shown, windowed
from qms_graphql.metrics.volume import USUAL_PERIODS, volumes

Grained = Annotated[Grain, strawberry.argument(description="How long a period is.")]
Windowed = Annotated[
    Window | None,
    strawberry.argument(
        description=f"From when to when; the last {USUAL_PERIODS} periods, with the present one, if left out."
    ),
]


@extend("Theme")
class ThemeMetrics:
    """How much is said about a theme."""

    @batch_field(needs=())
    async def volume(
        rows: Sequence[Any], context: Context, grain: Grained, window: Windowed = None
    ) -> list[list[MetricPoint] | None]:
        """How much feedback is about it, in each calendar period that has some; at most 2000 periods.

        Null to who may not read metrics.
        """
        context.viewer.require("metrics:read")
        keys = [from_global(row.id)[1] for row in rows]
        asked = None if window is None else windowed(window)
        found = await volumes(await context.reader(), context.viewer, keys, grain, asked, context.clock.now())
        return [shown(points) for points in found]
