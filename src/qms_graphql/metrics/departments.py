"""What is measured of a department."""

from collections.abc import Sequence
from typing import Any

from qms_graphql.base.ids import from_global
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import batch_field, extend
from qms_graphql.metrics import training
from qms_graphql.metrics.rules import Counting, MetricCode, proportion
from qms_graphql.metrics.schema import MetricPoint


@extend("Department")
class DepartmentMetrics:
    """What is measured of a department."""

    @batch_field(needs=())
    async def training_currency(rows: Sequence[Any], context: Context) -> list[MetricPoint | None]:
        """The share of its people who are trained in all that they are to be trained in, now: TRAINING_CURRENCY.

        Null to who may not read metrics or training.
        """
        viewer = context.viewer
        if not (viewer.may("metrics:read") and viewer.may("training:read")):
            return [None for _ in rows]
        ids = [from_global(row.id)[1] for row in rows]
        found = await training.by_department(await context.reader(), viewer, ids, context.clock.now())
        rule = training.rule(viewer, MetricCode.TRAINING_CURRENCY, Counting.EACH_ANSWER)
        return [MetricPoint.of(found.get(id_, proportion(0, 0)), rule) for id_ in ids]
