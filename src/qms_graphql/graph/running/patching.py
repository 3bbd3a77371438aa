"""What Python adds to the database's answer: batch fields, each called once with all rows of the page.

What goes wrong in one becomes null by GraphQL's rules, with an error that says where; the rest of the answer stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import FieldNode, GraphQLError, GraphQLObjectType, GraphQLOutputType, is_non_null_type

from qms_graphql.graph.compiling.plan import EACH, Patch, Path, Steps, resolve
from qms_graphql.graph.running.reading import converted

if TYPE_CHECKING:
    from qms_graphql.graph.context import Context

NULL_REFUSED = "A value that must not be null is missing."


_MOST_LASTING = 2000


class Lasting(list[Any]):
    """A list of plain values that never changes, refers to no record, and is the same object in many requests."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be answered: where, why, and how many rows it is about."""

    path: Path
    error: Exception
    nodes: Sequence[FieldNode]
    rows: int = 1

    def below(self, prefix: Sequence[str | int]) -> "Failure":
        """The same, seen from further up."""
        return replace(self, path=(*prefix, *self.path))

    def located(self) -> GraphQLError:
        """The error as GraphQL has it; of a call that failed for many rows, the path is that of the first."""
        extensions = dict(getattr(self.error, "extensions", None) or {})
        if self.rows > 1:
            extensions["rows"] = self.rows
        return GraphQLError(
            str(self.error), self.nodes, path=list(self.path), original_error=self.error, extensions=extensions
        )


class _Place(NamedTuple):
    """A row of the answer, and the nearest place around it (or its own) that may be null."""

    row: Any
    container: Any
    key: Any

    @property
    def emptied(self) -> bool:
        """Whether something else has made it null already."""
        return self.container[self.key] is None


def paths_within(answer: Any) -> dict[int, Path]:
    """Where each object and list of an answer is, by its identity."""
    found: dict[int, Path] = {}
    waiting: list[tuple[Any, Path]] = [(answer, ())]
    while waiting:
        here, path = waiting.pop()
        found[id(here)] = path
        inner = here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
        waiting += [(value, (*path, key)) for key, value in inner if isinstance(value, dict | list)]
    return found


class _Paths(Sequence[Path]):
    """Where a field of each place is in the answer. Looked for only when something failed: nobody else asks."""

    def __init__(self, whole: Sequence[Any], places: Sequence[_Place], key: str) -> None:
        self._whole, self._places, self._key = whole, places, key

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: Any) -> Any:
        return (*self._of_rows[id(self._places[index].row)], self._key)

    def of(self, indices: Iterable[int]) -> "_Paths":
        """Those of some of the places."""
        return _Paths(self._whole, [self._places[index] for index in indices], self._key)

    @cached_property
    def _of_rows(self) -> dict[int, Path]:
        return paths_within(self._whole[0])


async def patch(context: "Context", answer: Any, patches: Sequence[Patch]) -> tuple[Any, list[Failure]]:
    """Call the batch fields of an answer and put their values where they belong."""
    whole = [answer]
    failures: list[Failure] = []
    known: dict[tuple[Steps, str], list[_Place]] = {}
    for item in patches:
        where = (item.path, item.needs)
        if where not in known:
            known[where] = _places(whole, *where)
        # What failed may have taken rows away.
        places = _places(whole, *where) if failures else known[where]
        if places:
            failures += await _fill(context, item, places, whole)
    for (_, needs), places in known.items():
        for place in places:
            place.row.pop(needs, None)
    return whole[0], failures


async def _fill(context: "Context", item: Patch, places: Sequence[_Place], whole: Sequence[Any]) -> list[Failure]:
    type_ = context.engine.schema.type_map[item.declared.name]
    assert isinstance(type_, GraphQLObjectType)  # noqa: S101
    field_ = type_.fields[item.selected.name]
    returns = field_.type
    key, nodes = item.selected.key, item.selected.nodes
    paths = _Paths(whole, places, key)
    try:
        rows = [_row(place, item.needs) for place in places]
        given = resolve(item.arguments, context.variables)
        declared = field_.extensions["strawberry-definition"]
        arguments = converted(context.engine.strawberry, declared, given) if given else {}
        values = await item.field.function(rows, context, **arguments)
        if len(values) != len(rows):
            raise ValueError(f"{item.declared.name}.{item.field.name} answered {len(values)} of {len(rows)} rows")
        wanted = [None if isinstance(value, Exception) else value for value in values]
        shown, failures = await _projected(context, item, wanted, returns, paths)
    except Exception as error:  # noqa: BLE001 - the rest of the answer stays
        values, shown = [_Told()] * len(places), [None] * len(places)
        failures = [Failure(paths[0], error, nodes, len(places))]
    for index, (place, value, json) in enumerate(zip(places, values, shown, strict=True)):
        missing = is_non_null_type(returns) and json is None
        if missing and value is None:
            value = GraphQLError(NULL_REFUSED)
        if isinstance(value, Exception) and not isinstance(value, _Told) and not place.emptied:
            failures.append(Failure(paths[index], value, nodes))
        if missing:
            place.container[place.key] = None
        else:
            place.row[key] = json
    return failures


def _row(place: _Place, needs: str) -> Any:
    """What batch fields need of a row: the same object for all of them, so that one can leave something to another."""
    row = place.row[needs]
    if isinstance(row, dict):
        row = place.row[needs] = SimpleNamespace(**row)
    return row


async def _projected(
    context: "Context",
    item: Patch,
    values: Sequence[Any],
    returns: GraphQLOutputType,
    paths: _Paths,
) -> tuple[list[Any], list[Failure]]:
    """The JSON of the values. A list that stands at several rows, the same object, is projected once.

    One that lasts is projected once for as long as the plan lasts, which is made anew for another selection.
    """
    first = {id(value): place for place, value in reversed([*enumerate(values)]) if isinstance(value, list)}
    known: dict[int, Any] = {}
    for place, value in enumerate(values):
        if isinstance(value, Lasting) and id(value) in item.lasting:
            known[place] = item.lasting[id(value)][1]
    own = [place for place, value in enumerate(values) if first.get(id(value), place) == place and place not in known]
    failures: list[Failure] = []
    if own:
        projected, failures = await context.engine.project(
            context, [values[place] for place in own], returns, item.selected.nodes, paths.of(own)
        )
        known.update(zip(own, projected, strict=True))
        if len(item.lasting) > _MOST_LASTING:
            item.lasting.clear()
        item.lasting |= {
            id(values[place]): (values[place], known[place]) for place in own if isinstance(values[place], Lasting)
        }
    return [known[first.get(id(value), place)] for place, value in enumerate(values)], failures


class _Told(Exception):
    """Stands for a value where the error is noted already."""


def _places(whole: list[Any], path: Steps, needs: str) -> list[_Place]:
    """The objects at a path of the answer that are there and have what is needed."""
    found: list[tuple[Any, Any, Any]] = [(whole[0], whole, 0)] if whole[0] is not None else []
    for step in path:
        if step is EACH:
            found = [(item, container, key) for row, container, key in found for item in row if item is not None]
            continue
        name = step.key
        if step.nullable:
            found = [(value, row, name) for row, _, _ in found if (value := row.get(name)) is not None]
        else:
            found = [(value, around, key) for row, around, key in found if (value := row.get(name)) is not None]
    return [_Place(*place) for place in found if needs in place[0]]
