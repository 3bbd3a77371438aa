"""All that an operation counts for its metrics, and the organization's time zone, by one statement: of one moment.

A statement is rendered once for each form, and as long as it has periods. So there is a bound on how many it may have.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

import orjson
from sqlalchemy import FromClause, Select, select
from sqlalchemy.engine import Dialect

from qms_graphql.base.access import Viewer
from qms_graphql.base.columns import Record
from qms_graphql.base.model import Organization
from qms_graphql.base.reader import Reader
from qms_graphql.base.visibility import Visibility, counting_limit
from qms_graphql.complaints.model import Complaint
from qms_graphql.feedback.model import Feedback
from qms_graphql.graph.compiling.dialects import Pair, json_dialect
from qms_graphql.graph.compiling.plan import Plan
from qms_graphql.metrics import answers, clocks, complaints, prepared, quality, retention, training
from qms_graphql.metrics.count import Count, Form, Over, Rows, form
from qms_graphql.metrics.periods import MOST_PERIODS, Window
from qms_graphql.metrics.rules import Counting, Estimate, MetricCode
from qms_graphql.metrics.scope import Scope
from qms_graphql.training.model import TrainingRecord

_LEAST_WEIGHT = 20
"""How many periods are as long as the rest of what one count adds to a statement."""
_ORGANIZATION = Organization.__table__


class Source(Protocol):
    """The records that a metric is made of: a module."""

    def rule(self, viewer: Viewer, code: MetricCode, counting: Counting, /) -> str:
        """What is counted and how."""
        ...

    def beyond(self, code: MetricCode, scope: Scope, /) -> list[str]:
        """The counting_limits of a scope that the records cannot meet."""
        ...


Extent = Callable[[Viewer, MetricCode, Scope, Window], Select[Any]]
"""Reads first and last moment of what is counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """How a metric is counted, and what is made of the rows."""

    source: Source
    records: str
    """What is counted, as a sentence begins with it."""
    statement: Callable[[Form], Select[Any]]
    estimates: Callable[[Count, Rows], dict[int, Estimate]]
    extent: Extent | None
    """None for what is measured at one moment, and has no series."""
    seen: type[Record] | None = None
    """The records of which not everybody sees all."""
    estimated: Callable[[FromClause, MetricCode], Select[Any]] | None = None
    """What is made of the rows by PostgreSQL itself, where that is a closed formula; see `compiled`."""

    def limit(self, viewer: Viewer) -> Visibility | None:
        """What limits the records that the viewer sees."""
        return None if self.seen is None else counting_limit(self.seen, viewer)


_BY_MARK = Way(answers, "Answers", answers.marked, answers.shares, answers.extent, Feedback, answers.estimated)
# Each has a statement of its own, of which come the median and the 90th percentile.
_TO_ACKNOWLEDGE = Way(clocks, "Complaints", clocks.counted, clocks.estimates, clocks.extent, Complaint)
_TO_RESOLVE = Way(clocks, "Complaints", clocks.counted, clocks.estimates, clocks.extent, Complaint)
WAYS: Mapping[MetricCode, Way] = {
    MetricCode.CSAT: _BY_MARK,
    MetricCode.NPS: _BY_MARK,
    MetricCode.CES: Way(answers, "Answers", answers.numbered, answers.means, answers.extent, Feedback),
    MetricCode.RETENTION: Way(
        retention, "Purchases", retention.retained, retention.share_of_retained, retention.extent
    ),
    MetricCode.REPEAT_PURCHASE: Way(
        retention, "Purchases", retention.repeats, retention.share_of_repeats, retention.extent
    ),
    MetricCode.COMPLAINT_RATE: Way(
        complaints, "Complaints", complaints.counted, complaints.estimates, complaints.extent, Complaint
    ),
    MetricCode.DEFECT_RATE: Way(quality, "Inspections", quality.counted, quality.estimates, quality.extent),
    MetricCode.CAPA_EFFECTIVENESS: Way(quality, "Actions", quality.counted, quality.estimates, quality.extent),
    MetricCode.TRAINING_CURRENCY: Way(
        training, "Trainings", training.counted, training.estimates, None, TrainingRecord
    ),
    MetricCode.TIME_TO_ACKNOWLEDGE: _TO_ACKNOWLEDGE,
    MetricCode.TIME_TO_ACKNOWLEDGE_P90: _TO_ACKNOWLEDGE,
    MetricCode.TIME_TO_RESOLVE: _TO_RESOLVE,
    MetricCode.TIME_TO_RESOLVE_P90: _TO_RESOLVE,
}


def beyond(code: MetricCode, scope: Scope) -> str | None:
    """Why nothing can be counted in a scope, if so."""
    names = WAYS[code].source.beyond(code, scope)
    return (
        f"{WAYS[code].records} have no {' and no '.join(names)}: nothing can be counted in this scope."
        if names
        else None
    )


def fits(sizes: Iterable[int]) -> bool:
    """Whether one statement counts all; given is how many periods each of the counts has at most."""
    return sum(map(_weight, sizes)) <= MOST_PERIODS


def _weight(periods: int) -> int:
    """What a count adds to the length of a statement, in periods."""
    return max(periods, _LEAST_WEIGHT)


async def counted(
    reader: Reader, viewer: Viewer, counts: Sequence[Count], now: datetime
) -> tuple[str, list[dict[int, Estimate]]]:
    """The organization's time zone; and of each count the metric of every period that has something to count.

    What is going on is seen until ``now``. One statement, unless that would be too long; then the reader must have a
    snapshot.
    """
    zone, found = "", []
    for portion in _portions(counts):
        zone, more = await _counted_at_once(reader, viewer, portion, now)
        found += more
    return zone, found


def _portions(counts: Sequence[Count]) -> Iterator[list[Count]]:
    """The counts of each statement; of nothing there is one, too, which asks for the time zone."""
    portion: list[Count] = []
    weight = 0
    for count in counts:
        own = _weight(len(count.boundaries))
        if portion and weight + own > MOST_PERIODS:
            yield portion
            portion, weight = [], 0
        portion.append(count)
        weight += own
    yield portion


async def _counted_at_once(
    reader: Reader, viewer: Viewer, counts: Sequence[Count], now: datetime
) -> tuple[str, list[dict[int, Estimate]]]:
    """By one statement: what is counted in the same way over the same is counted in one pass."""
    keys = [(WAYS[count.code], count.over) for count in counts]
    passes: dict[tuple[Way, Over], list[MetricCode]] = {}
    for key, count in zip(keys, counts, strict=True):
        passes.setdefault(key, []).append(count.code)
    given, forms = prepared.of_request(viewer), []
    for number, ((way, over), codes) in enumerate(passes.items()):
        forms.append(form(tuple(dict.fromkeys(codes)), over, way.limit(viewer)))
        scope, window, _, boundaries = over
        values = prepared.values(viewer, scope, window, boundaries)
        values["seen_until"] = min(window.until or now, now)
        given |= {prepared.own_name(name, number): value for name, value in values.items()}
    plan = _plan(reader.dialect, tuple(forms))
    found = orjson.loads(await reader.value(plan.sql, plan.arguments({}, given)))
    rows = {key: found[str(number)] for number, key in enumerate(passes)}
    results = [key[0].estimates(count, rows[key]) for key, count in zip(keys, counts, strict=True)]
    return found["zone"], results


@lru_cache(maxsize=prepared.KEPT)
def _plan(dialect: Dialect, forms: tuple[Form, ...]) -> Plan:
    json = json_dialect(dialect)

    def all_rows(number: int, form: Form) -> Pair:
        statement = prepared.numbered(WAYS[form.codes[0]].statement(form), number)
        found = statement.subquery("found")
        row = json.object_([(column.key, json.value(column)) for column in found.c])
        return str(number), select(json.list_(row)).scalar_subquery()

    passes = [all_rows(number, form) for number, form in enumerate(forms)]
    zone = json.value(_ORGANIZATION.c.time_zone)
    mine = prepared.owned(_ORGANIZATION.c.id)
    return prepared.rendered(select(json.object_([("zone", zone), *passes])).where(mine), dialect)
