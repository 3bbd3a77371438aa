"""Plans: a statement rendered once, and how its parameters are taken from the variables of a request."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Double, Text, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import Select
from sqlalchemy.types import TypeEngine

from qms_graphql.base.errors import Refusal
from qms_graphql.base.sets import list_parameter
from qms_graphql.graph.compiling.selection import Selected
from qms_graphql.graph.declare import BatchField, TypeDeclaration

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """Stands for a variable's value while a plan is made: where to find it in the variables of any request."""

    path: Path
    sample: Any


@dataclass(slots=True)
class Source:
    """Where a parameter's value comes from: a slot in the variables, a constant, or the request itself."""

    value: Any
    convert: Callable[[Any], Any] | None = None
    field: tuple[str, ...] = ()

    def fill(self, variables: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
        """The value for one request."""
        value = given[self.value.name] if isinstance(self.value, Given) else resolve(self.value, variables)
        if self.convert is None:
            return value
        try:
            return self.convert(value)
        except Refusal as refusal:
            raise refusal.under(*self.field) from None


@dataclass(frozen=True, slots=True)
class Given:
    """A value that the request supplies: the organization, the time, the ids to load."""

    name: str


def resolve(value: Any, variables: Mapping[str, Any]) -> Any:
    """A value with its slots filled from the variables of a request."""
    if isinstance(value, Slot):
        found: Any = variables
        for step in value.path:
            found = found[step]
        return found
    if isinstance(value, dict):
        return {key: resolve(item, variables) for key, item in value.items()}
    return [resolve(item, variables) for item in value] if isinstance(value, list) else value


Derive = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
"""Makes more of what a request supplies, from its variables and from that. Raises ``Refusal``."""


class Parameters:
    """Collects a plan's parameters while its statement is built."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.sources: dict[str, Source] = {}
        self.derive: Derive | None = None

    def bind(
        self,
        value: Any,
        type_: TypeEngine[Any],
        convert: Callable[[Any], Any] | None = None,
        field_path: tuple[str, ...] = (),
    ) -> BindParameter[Any]:
        """A parameter whose value is ``value`` now, or whatever its slot holds in another request."""
        name = f"p{len(self.sources)}"
        self.sources[name] = Source(value, convert, field_path)
        return bindparam(name, type_=type_)

    def bind_list(
        self,
        value: Any,
        item: TypeEngine[Any],
        convert: Callable[[Any], Any] | None = None,
        field_path: tuple[str, ...] = (),
    ) -> BindParameter[Any]:
        """The same for a whole list in one parameter."""
        name = f"p{len(self.sources)}"
        self.sources[name] = Source(value, convert, field_path)
        return list_parameter(name, item, self.dialect)

    def given(self, name: str, type_: TypeEngine[Any]) -> BindParameter[Any]:
        """A parameter that the request supplies; the same one wherever it is used."""
        self.sources.setdefault(name, Source(Given(name)))
        return bindparam(name, type_=type_)


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way to an object of the answer: a response key, and whether null may stand there."""

    key: str
    nullable: bool = False


EACH = Step("*")
"""The step to all items of a list; none of them is null."""
Steps = tuple[Step, ...]


@dataclass(slots=True)
class Patch:
    """Where in the answer the values of a batch field belong: in each object at ``path`` that has ``needs``."""

    path: Steps
    needs: str
    """The key of what the field needs of its row."""
    declared: TypeDeclaration
    field: BatchField
    selected: Selected
    arguments: Mapping[str, Any]
    """As coerced, with slots for the variables' values."""
    lasting: dict[int, tuple[Any, Any]] = dataclasses.field(default_factory=dict)
    """Values that outlive a request, by identity, each with its JSON."""


@dataclass(slots=True)
class Plan:
    """A rendered statement, the sources of its parameters, and what Python adds to its answer."""

    sql: str
    sources: list[tuple[Source, Callable[[Any], Any] | None]]
    """Each once, with what turns a value into the driver's form."""
    places: list[int] | None = None
    """Which source each parameter has, in their order, where one stands for several; SQLite's have no names."""
    patches: list[Patch] = field(default_factory=list)
    derive: Derive | None = None
    """What some of the parameters are made by."""

    @property
    def order(self) -> list[Source]:
        """Where each parameter comes from, in their order."""
        places = range(len(self.sources)) if self.places is None else self.places
        return [self.sources[place][0] for place in places]

    def arguments(self, variables: Mapping[str, Any], given: Mapping[str, Any]) -> list[Any]:
        """The parameters for one request, in the form the driver takes."""
        values = []
        if self.derive is not None:
            given = {**given, **self.derive(variables, given)}
        for source, process in self.sources:
            # Most are given as they are: no call for those.
            plainly = type(source.value) is Given and source.convert is None
            value = given[source.value.name] if plainly else source.fill(variables, given)
            values.append(process(value) if process else value)
        return values if self.places is None else [values[place] for place in self.places]


def _spelling(compiler: Any) -> Any:
    """The dialect's compiler, but enumerations and doubles that belong to the plan stand in the statement.

    As a parameter PostgreSQL would take it for anything: a plan for all values would look too dear to be kept, and a
    long statement be planned anew each time.
    """

    def visit_bindparam(self: Any, bound: BindParameter[Any], *args: Any, **options: Any) -> Any:
        if isinstance(bound.value, Enum):
            return self.render_literal_value(bound.value.value, Text())
        if isinstance(bound.value, float) and isinstance(bound.type, Double):
            return f"'{bound.value!r}'::float8"
        return compiler.visit_bindparam(self, bound, *args, **options)

    return type(compiler.__name__, (compiler,), {"visit_bindparam": visit_bindparam})


def render(statement: Select[Any], parameters: Parameters, patches: list[Patch]) -> Plan:
    """Compile a statement for its dialect, once."""
    compiled = _spelling(parameters.dialect.statement_compiler)(parameters.dialect, statement)
    order = compiled.positiontup or []
    numbers = {name: number for number, name in enumerate(dict.fromkeys(order))}
    sources: list[tuple[Source, Callable[[Any], Any] | None]] = []
    for name in numbers:
        bound = compiled.binds[name]
        source = parameters.sources.get(name) or Source(bound.value)
        sources.append((source, bound.type.dialect_impl(parameters.dialect).bind_processor(parameters.dialect)))
    places = [numbers[name] for name in order] if len(numbers) < len(order) else None
    return Plan(str(compiled), sources, places, patches, parameters.derive)


_SLOTTED = (str, datetime, Decimal, float, UUID)


def slotted(value: Any, path: Path = ()) -> Any:
    """The variables with a slot in the place of every value that does not shape the statement."""
    if isinstance(value, _SLOTTED):
        return Slot(path, value)
    if isinstance(value, list):
        if value and all(isinstance(item, _SLOTTED) for item in value):
            return Slot(path, value)
        return [slotted(item, (*path, index)) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: slotted(item, (*path, key)) for key, item in value.items()}
    return value


def shape(value: Any) -> Any:
    """What of the variables shapes the statement: everything but the slotted values. Hashable."""
    if isinstance(value, _SLOTTED):
        return type(value)
    if isinstance(value, list):
        if value and all(isinstance(item, _SLOTTED) for item in value):
            return list
        return tuple(shape(item) for item in value)
    if isinstance(value, dict):
        return tuple((key, shape(item)) for key, item in value.items())
    return (type(value), value)
