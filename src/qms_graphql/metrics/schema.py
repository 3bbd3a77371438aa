"""What the graph shows of metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self, cast
from uuid import UUID

import strawberry

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.feedback.rules import FeedbackSource
from qms_graphql.graph.context import Context, Question
from qms_graphql.graph.declare import query
from qms_graphql.graph.types import describe_enum
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.metrics import compiled, periods, series, together
from qms_graphql.metrics.periods import Grain
from qms_graphql.metrics.rules import DEFINITIONS, Counting, Estimate, MetricCode, MetricDefinition
from qms_graphql.metrics.scope import RECORDS, Scope

describe_enum(Counting)
describe_enum(Grain)
describe_enum(MetricCode)


@strawberry.input(description="A stretch of time [from, until) on occurredAt; an end left out is open.")
class Window:
    """A stretch of time [from, until) on occurredAt; an end left out is open."""

    from_: datetime | None = strawberry.field(
        name="from", description="The first moment that belongs to it.", default=None
    )
    until: datetime | None = strawberry.field(description="The first moment after it.", default=None)


@strawberry.input(description="Which part of the organization's records is measured; all that is given holds together.")
class MetricScope:
    """Which part of the organization's records is measured; all that is given holds together."""

    customer: strawberry.ID | None = strawberry.field(description="Of this customer (the account).", default=None)
    product: strawberry.ID | None = strawberry.field(description="About this product.", default=None)
    department: strawberry.ID | None = strawberry.field(
        description="Of this department: its actions, the people in it.", default=None
    )
    survey: strawberry.ID | None = strawberry.field(description="Answers to this survey.", default=None)
    theme: strawberry.ID | None = strawberry.field(description="Feedback about this theme.", default=None)
    question: str | None = strawberry.field(description="Answers to questions with this key.", default=None)
    segment: str | None = strawberry.field(description="Of customers in this market segment.", default=None)
    country: str | None = strawberry.field(
        description="Of customers in this country (ISO 3166-1 alpha-2).", default=None
    )
    channel: str | None = strawberry.field(description="Feedback or purchases that came by this channel.", default=None)
    source: FeedbackSource | None = strawberry.field(description="Feedback of this sort.", default=None)
    language: str | None = strawberry.field(description="Feedback in this language (BCP 47).", default=None)


Scoped = Annotated[MetricScope | None, strawberry.argument(description="What is measured; everything if left out.")]
Windowed = Annotated[Window | None, strawberry.argument(description="When; all there is if left out.")]
Counted = Annotated[Counting, strawberry.argument(description="Which answers count.")]


@strawberry.type(description="A measured value with its 95 % interval, what it was made from, and by which rule.")
class MetricPoint:
    """A measured value with its 95 % interval, what it was made from, and by which rule."""

    period_start: datetime | None = strawberry.field(description="When its period begins; null for a whole window.")
    value: float | None = strawberry.field(description="In the metric's unit; null where there is nothing to count.")
    low: float | None = strawberry.field(
        description="Lower end of the 95 % interval; null where n is too small for one."
    )
    high: float | None = strawberry.field(
        description="Upper end of the 95 % interval; null where n is too small for one."
    )
    n: float = strawberry.field(
        description="How many answers, customers or other records it was made from: whole, but maybe beyond an Int."
    )
    numerator: float = strawberry.field(
        description="Satisfied answers, promoters - detractors, sum of answers, customers; of a time, how many ended."
    )
    denominator: float = strawberry.field(
        description="What the numerator is divided by: a whole number, which may be beyond an Int; of a time, n."
    )
    rule: str = strawberry.field(
        description="What was counted, on which scale, and what was left out; or why there is no value."
    )

    @classmethod
    def of(cls, found: Estimate, rule: str) -> "MetricPoint":
        """How an estimate is shown."""
        return shown([series.Point(None, found, rule)])[0]


def shown(points: list[series.Point]) -> list[MetricPoint]:
    """The points as they are: they have all that `MetricPoint` declares, and copying takes as long as measuring."""
    return cast("list[MetricPoint]", points)


@strawberry.type(description="A metric: what it means, and its values.")
class Metric:
    """A metric: what it means, and its values."""

    code: MetricCode = strawberry.field(description="Which metric it is.")
    name: str = strawberry.field(description="What it is called.")
    unit: str = strawberry.field(description="Its unit and range.")
    formula: str = strawberry.field(description="How it is calculated.")
    interval_method: str = strawberry.field(description="How its 95 % interval is calculated.")
    higher_is_better: bool = strawberry.field(description="Whether a higher value is the better one.")

    @classmethod
    def of(cls, definition: MetricDefinition) -> "Metric":
        """How a definition is shown."""
        return cls(
            code=definition.code,
            name=definition.name,
            unit=definition.unit,
            formula=definition.formula,
            interval_method=definition.interval_method,
            higher_is_better=definition.higher_is_better,
        )

    @strawberry.field(  # type: ignore[untyped-decorator]
        description="The metric over the whole window; an open window takes all there is. TRAINING_CURRENCY: at the"
        " end of the window, at the latest now.",
        metadata={"weight": 100},
    )
    def value(
        self,
        info: strawberry.Info,
        scope: Scoped = None,
        window: Windowed = None,
        counting: Counted = Counting.EACH_ANSWER,
    ) -> MetricPoint:
        """The metric over the whole window."""
        context: Context = info.context
        return _asked(context, self.code, scope, window, counting, None)

    @strawberry.field(  # type: ignore[untyped-decorator]
        description="The metric of each calendar period of the organization's time zone that has something to count, at"
        " most 2000 periods. Counting is decided over the whole window, so the periods of CSAT, NPS and CES add up to"
        " it; RETENTION takes its periods whole; TRAINING_CURRENCY is measured at one moment and has none.",
        metadata={"weight": 20},
    )
    def series(
        self,
        info: strawberry.Info,
        grain: Annotated[Grain, strawberry.argument(description="How long a period is.")],
        scope: Scoped = None,
        window: Windowed = None,
        counting: Counted = Counting.EACH_ANSWER,
    ) -> list[MetricPoint]:
        """The metric of each calendar period that has something to count."""
        context: Context = info.context
        return _asked(context, self.code, scope, window, counting, grain)


METRICS = {code: Metric.of(definition) for code, definition in DEFINITIONS.items()}
"""All metrics."""


@query(read="metrics:read", plain=True, together=compiled.together)
async def metric(
    context: Context, code: Annotated[MetricCode, strawberry.argument(description="Which metric.")]
) -> Metric:
    """A metric, its values and series."""
    return METRICS[code]


@query(read="metrics:read", plain=True)
async def metrics(context: Context) -> list[Metric]:
    """All metrics."""
    return [*METRICS.values()]


@dataclass(frozen=True, slots=True)
class _Measuring(Question):
    """A metric to be measured."""

    measurement: series.Measurement

    @classmethod
    def single(cls, questions: Sequence[Self]) -> bool:
        """Unless the data must say first where an open series ends, or there is too much of it."""
        asked = [question.measurement for question in questions]
        return not any(one.open_ended for one in asked) and together.fits(one.most_periods for one in asked)

    @classmethod
    async def answered(cls, context: Context, questions: Sequence[Self]) -> Sequence[Any]:
        """The values and series, by one statement."""
        asked = [question.measurement for question in questions]
        return await series.measured(await context.reader(), context.viewer, asked, context.clock.now())


def _asked(
    context: Context,
    code: MetricCode,
    scope: MetricScope | None,
    window: Window | None,
    counting: Counting,
    grain: Grain | None,
) -> Any:
    when = windowed(window)
    if code is MetricCode.TRAINING_CURRENCY and grain is None:
        # It is measured at one moment, which is now, or was: what is to come, nobody knows.
        now = context.clock.now()
        when = periods.Window(None, min(when.until or now, now))
    return _Measuring(series.Measurement(context.viewer, code, _scope(context, scope), when, counting, grain))


def _scope(context: Context, given: MetricScope | None) -> Scope:
    """The scope with its ids taken apart. Whoever may not read a record may not measure it either."""
    if given is None:
        return Scope()
    values = {name: value for name, value in vars(given).items() if value is not None}
    for name, type_name in RECORDS.items():
        if name in values:
            declared = context.engine.types[type_name]
            if not context.viewer.may(declared.read):
                raise Refusal(ErrorCode.FORBIDDEN, f"This needs the permission {declared.read}.", ("scope", name))
            key: UUID = own_key(values[name], declared, ("scope", name))
            values[name] = key
    return Scope(**values)


def windowed(given: Window | None) -> periods.Window:
    """The window with its ends checked. Raises ``Refusal`` that names them."""
    return periods.EVER if given is None else series.checked_window(given.from_, given.until)
