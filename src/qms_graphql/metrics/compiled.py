"""Series that PostgreSQL answers as a whole: it counts, calculates the closed formulas and writes the JSON.

All series of an operation are one statement if they are of the same records and periods. The periods are cut for the
time zone that this process saw last; where the organization's is another, the statement answers null, and the ordinary
way (`series`) answers and learns which it is. So does it for all that does not fit in here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Text, bindparam, case, cast, select

from qms_graphql.base.model import Organization
from qms_graphql.graph.compiling.compile import Compiler
from qms_graphql.graph.compiling.dialects import Pair, Piece
from qms_graphql.graph.compiling.plan import Derive, Given, Source, resolve
from qms_graphql.graph.declare import TypeDeclaration
from qms_graphql.graph.running.reading import Field
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.metrics import prepared
from qms_graphql.metrics.count import Form
from qms_graphql.metrics.periods import CLOSED, Grain
from qms_graphql.metrics.rules import DEFINITIONS, Counting, MetricCode
from qms_graphql.metrics.scope import RECORDS, Scope
from qms_graphql.metrics.series import checked_window, cut, zone_seen
from qms_graphql.metrics.slices import boundary
from qms_graphql.metrics.together import WAYS, Way, beyond

_ORGANIZATION = Organization.__table__
_GIVEN = ("organization", "person", "window_start", "window_until", "boundaries", "zone")


def together(compiler: Compiler, fields: Sequence[Field]) -> Select[Any] | None:
    """The statement of these fields ``metric``; None if they ask for anything else than series of closed formulas."""
    metric = compiler.selections.object_type("Metric")
    series = [(root, field) for root in fields for field in root.below(metric) if field.resolver is not None]
    asked = {_code(root): WAYS[_code(root)] for root, _ in series}
    shapes = [field.arguments.shape if field.arguments else None for _, field in series]
    if not series or len({*asked.values()}) != 1 or any(field.name != "series" for _, field in series):
        return None
    shape, (way, *_) = shapes[0], asked.values()
    if compiler.parameters.dialect.name != "postgresql" or way.estimated is None or shape is None:
        return None
    if any(other != shape for other in shapes) or (window := shape.get("window")) is None:
        return None
    if window.from_ is None or window.until is None:
        return None
    compiler.viewer.require("metrics:read")
    scope = _scope(compiler, shape.get("scope"))
    if any(beyond(code, scope) for code in asked):
        return None
    counting = shape.get("counting", Counting.EACH_ANSWER)
    form = Form(tuple(asked), way.limit(compiler.viewer), scope, CLOSED, counting, None)
    counted = way.statement(form).cte("counted")
    compiler.parameters.sources |= {name: Source(Given(name)) for name in _GIVEN}
    compiler.parameters.derive = _derive(window.from_, window.until, shape["grain"])
    written = _Written(compiler, way, partial(way.estimated, counted), counting)
    shown = [(root.key, written.metric(root)) for root in fields]
    here = _ORGANIZATION.c.time_zone == bindparam("zone", type_=Text())
    whole = case((here, compiler.json.object_(shown)))
    return select(whole).where(prepared.owned(_ORGANIZATION.c.id))


def _code(root: Field) -> MetricCode:
    given = root.arguments.shape if root.arguments is not None else None
    assert given is not None  # noqa: S101 - it takes no list
    code: MetricCode = given["code"]
    return code


def _scope(compiler: Compiler, given: Any) -> Scope:
    """Which restrictions there are. Whoever may not read a record may not measure it either."""
    values: dict[str, Any] = {}
    if given is not None:
        values = {name: value for name, value in vars(given).items() if value is not None}
    for name, value in values.items():
        key = None
        if name in RECORDS:
            declared = compiler.types[RECORDS[name]]
            compiler.viewer.require(declared.read)
            key = partial(_key, declared, name)
        compiler.parameters.sources[f"scope_{name}"] = Source(value, key)
    some: dict[str, Any] = dict.fromkeys(values, True)
    return Scope(**some)


def _key(declared: TypeDeclaration, name: str, text: str) -> UUID:
    return own_key(text, declared, ("scope", name))


def _derive(start: Any, until: Any, grain: Grain) -> Derive:
    """The window and its periods, by the variables of a request."""

    def derived(variables: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
        window = checked_window(resolve(start, variables), resolve(until, variables))
        zone = zone_seen(given["organization"])
        ends = (end for end in (window.start, window.until) if end is not None)
        starts = cut(*ends, grain, ZoneInfo(zone))[:-1]
        return {"window_start": window.start, "window_until": window.until, "boundaries": starts, "zone": zone}

    return derived


@dataclass(frozen=True, slots=True)
class _Written:
    """Writes the JSON of metrics that are counted in one way."""

    compiler: Compiler
    way: Way
    estimated: Callable[[MetricCode], Select[Any]]
    counting: Counting

    def metric(self, root: Field) -> Piece:
        """A metric with its series."""
        code, json = _code(root), self.compiler.json
        pairs: list[Pair] = []
        for field in root.below(self.compiler.selections.object_type("Metric")):
            if field.resolver is not None:
                pairs.append((field.key, self._series(code, field)))
            else:
                shown = field.leaf(getattr(DEFINITIONS[code], field.attribute)) if field.leaf else "Metric"
                pairs.append((field.key, json.constant(shown)))
        return json.object_(pairs)

    def _series(self, code: MetricCode, series: Field) -> Piece:
        json, rows = self.compiler.json, self.estimated(code).subquery()
        pieces: dict[str, Piece] = {name: cast(column, Text) for name, column in rows.c.items()}
        pieces["period_start"] = json.value(boundary(rows.c.period))
        pieces["rule"] = json.constant(self.way.source.rule(self.compiler.viewer, code, self.counting))
        fields = series.below(self.compiler.selections.object_type("MetricPoint"))
        point = [(field.key, pieces.get(field.attribute, json.constant("MetricPoint"))) for field in fields]
        return select(json.list_(json.object_(point))).select_from(rows).scalar_subquery()
