"""All that an operation counts for its metrics, and the organization's time zone, by one statement: of one moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import orjson
from sqlalchemy import Select, select
from sqlalchemy.engine import Dialect

from qms_graphql.base.access import Viewer
from qms_graphql.base.database import Reader
from qms_graphql.base.model import Organization
from qms_graphql.base.visibility import restriction
from qms_graphql.feedback.model import Feedback
from qms_graphql.graph.dialects import Piece, json_dialect
from qms_graphql.graph.plan import Plan
from qms_graphql.metrics import answers, prepared, quality, retention
from qms_graphql.metrics.count import Count, Form, Rows
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.rules import Counting, Estimate, MetricCode
from qms_graphql.metrics.scope import Scope

_ORGANIZATION = Organization.__table__


class Source(Protocol):
    """The records that a metric is made of: a module."""

    def rule(self, viewer: Viewer, code: MetricCode, counting: Counting, /) -> str:
        """What is counted and how."""
        ...

    def beyond(self, code: MetricCode, scope: Scope, /) -> list[str]:
        """The restrictions of a scope that the records cannot meet."""
        ...

    def extent(self, viewer: Viewer, code: MetricCode, scope: Scope, window: Window, /) -> Select[Any]:
        """First and last moment of what is counted."""
        ...


@dataclass(frozen=True, slots=True)
class Way:
    """How a metric is counted, and what is made of the rows."""

    source: Source
    records: str
    """What is counted, as a sentence begins with it."""
    statement: Callable[[Form], Select[Any]]
    estimates: Callable[[Count, Rows], dict[int, Estimate]]


_OF_ANSWERS = Way(answers, "Answers", answers.counted, answers.estimates)
WAYS: Mapping[MetricCode, Way] = {
    MetricCode.CSAT: _OF_ANSWERS,
    MetricCode.NPS: _OF_ANSWERS,
    MetricCode.CES: _OF_ANSWERS,
    MetricCode.RETENTION: Way(retention, "Purchases", retention.retained, retention.share_of_retained),
    MetricCode.REPEAT_PURCHASE: Way(retention, "Purchases", retention.repeats, retention.share_of_repeats),
    MetricCode.DEFECT_RATE: Way(quality, "Inspections", quality.counted, quality.estimates),
    MetricCode.CAPA_EFFECTIVENESS: Way(quality, "Actions", quality.counted, quality.estimates),
}


def beyond(code: MetricCode, scope: Scope) -> str | None:
    """Why nothing can be counted in a scope, if so."""
    names = WAYS[code].source.beyond(code, scope)
    return (
        f"{WAYS[code].records} have no {' and no '.join(names)}: nothing can be counted in this scope."
        if names
        else None
    )


async def counted(reader: Reader, viewer: Viewer, counts: Sequence[Count]) -> tuple[str, list[dict[int, Estimate]]]:
    """The organization's time zone; and of each count the metric of every period that has something to count."""
    limit = restriction(Feedback, viewer)
    given = prepared.of_request(viewer)
    numbers: dict[Any, int] = {}
    forms: list[tuple[Form, int]] = []
    for count in counts:
        # Counts of different metrics over the same have the same parameters.
        over = (count.scope, count.window, count.boundaries)
        number = numbers.setdefault(over, len(numbers))
        forms.append((count.form(limit), number))
    for over, number in numbers.items():
        given |= {prepared.own_name(name, number): value for name, value in prepared.values(viewer, *over).items()}
    plan = _plan(reader.dialect, tuple(forms))
    found = orjson.loads(await reader.value(plan.sql, plan.arguments({}, given)))
    return found["zone"], [WAYS[count.code].estimates(count, found[str(n)]) for n, count in enumerate(counts)]


@lru_cache(maxsize=prepared.KEPT)
def _plan(dialect: Dialect, forms: tuple[tuple[Form, int], ...]) -> Plan:
    """The statement for counts of these forms, each with the number of its parameters."""
    json = json_dialect(dialect)

    def all_rows(statement: Select[Any]) -> Piece:
        found = statement.subquery("found")
        row = json.object_([(column.key, json.value(column)) for column in found.c])
        return select(json.list_(row)).scalar_subquery()

    listed = [
        (str(place), all_rows(prepared.numbered(WAYS[form.code].statement(form), number)))
        for place, (form, number) in enumerate(forms)
    ]
    zone = json.value(_ORGANIZATION.c.time_zone)
    mine = prepared.owned(_ORGANIZATION.c.id)
    return prepared.rendered(select(json.object_([("zone", zone), *listed])).where(mine), dialect)
