"""What will be predicted and noticed, as the graph shows it: until there is a model for it, it is null."""

from collections.abc import Sequence
from typing import Any

import strawberry

from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import batch_field, extend


@strawberry.type(description="How good a method of prediction is, found on data that it had not seen.")
class Evaluation:
    """How good a method of prediction is, found on data that it had not seen."""

    method: str = strawberry.field(description="How it predicts.")
    folds: int = strawberry.field(description="In how many parts the data were tried.")
    n: int = strawberry.field(description="How many predictions were compared with what came.")
    baseline: str = strawberry.field(description="The simple method it is compared with.")
    error: float = strawberry.field(description="Its error.")
    baseline_error: float = strawberry.field(description="The simple method's error.")
    skill: float = strawberry.field(description="1 - error / baselineError: at 0 or less it is of no use.")
    coverage80: float = strawberry.field(description="The share of what came that lay in the 80 % interval.")


@strawberry.type(description="A predicted probability, with how far it can be relied on.")
class Prediction:
    """A predicted probability, with how far it can be relied on."""

    probability: float = strawberry.field(description="Between 0 and 1.")
    low: float = strawberry.field(description="Lower end of the 80 % interval.")
    high: float = strawberry.field(description="Upper end of the 80 % interval.")
    evaluation: Evaluation = strawberry.field(description="How good the method is.")


@strawberry.type(description="That a figure left its usual range: noticed by a method, judged by a person.")
class Signal:
    """That a figure left its usual range: noticed by a method, judged by a person."""

    number: str = strawberry.field(description="Its number, for example SIG-2026-00017.")
    method: str = strawberry.field(description="How it was noticed.")
    p_value: float | None = strawberry.field(description="How likely chance alone would do this.")
    baseline: float = strawberry.field(description="What was to be expected.")
    observed: float = strawberry.field(description="What was seen.")


@extend("Customer")
class CustomerPrediction:
    """What is predicted of a customer."""

    @batch_field(needs=())
    async def churn_risk(rows: Sequence[Any], _context: Context) -> list[Prediction | None]:
        """How likely the customer will leave. Null as long as nothing predicts it: that is so everywhere today."""
        return [None] * len(rows)


@extend("Nonconformity")
class NonconformitySignal:
    """What made a nonconformity known before anybody said it."""

    @batch_field(needs=())
    async def signal(rows: Sequence[Any], _context: Context) -> list[Signal | None]:
        """The signal that it confirms. Null as long as no figures are watched: that is so everywhere today."""
        return [None] * len(rows)
