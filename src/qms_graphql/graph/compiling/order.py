"""Sort orders: by fields of the row itself, and by fields of the records that it links to.

An enumeration that is computed sorts in the order in which its members are declared, the most urgent first; one that is
stored sorts as its text does, because then an index serves the order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ColumnElement, FromClause, Text, and_, case, false, type_coerce

from qms_graphql.base.columns import Choice
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.graph.compiling.cursors import Key
from qms_graphql.graph.compiling.dialects import quoted, whole
from qms_graphql.graph.declare import ColumnField, FieldDeclaration, IdField, OneField, SqlField, TypeDeclaration

if TYPE_CHECKING:
    from qms_graphql.graph.compiling.compile import Compiler

MOST_SORTS = 5
MOST_LINKS = 3
"""Between a row and the field it is sorted by."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of a sort order: the names of the links to go, then that of the field."""

    path: Path
    descending: bool

    @property
    def name(self) -> str:
        """As cursors name it."""
        return ".".join(self.path)


def sorts(given: Sequence[Mapping[str, Any]], newest_first: str | None = None) -> list[Sort]:
    """The keys of an ``orderBy``: each counts once, and the id makes the order total.

    Where there are none, the newest come first by ``newest_first``, if a moment is named. The id's direction is that of
    the last key, so that one index serves both. Raises ``Refusal(BAD_USER_INPUT)``.
    """
    if len(given) > MOST_SORTS:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"At most {MOST_SORTS} sort fields.", ("orderBy",))
    found: dict[Path, Sort] = {}
    if not given and newest_first is not None:
        found[newest_first,] = Sort((newest_first,), descending=True)
    for index, item in enumerate(given):
        sort = _sort(item, ("orderBy", str(index)))
        found.setdefault(sort.path, sort)
    last = list(found.values())[-1:]
    found.setdefault(("id",), Sort(("id",), bool(last) and last[0].descending))
    return list(found.values())


def _sort(item: Mapping[str, Any], place: Path) -> Sort:
    links: list[str] = []
    while True:
        said = {name: value for name, value in item.items() if value is not None}
        direction = said.pop("direction", None)
        if len(said) != 1:
            raise Refusal(ErrorCode.BAD_USER_INPUT, "Say either a field or one link to sort by.", place)
        ((name, value),) = said.items()
        if name == "field":
            return Sort((*links, value.value), direction is not None and direction.value == "DESC")
        if direction is not None:
            message = "The direction stands beside the field, not beside the link."
            raise Refusal(ErrorCode.BAD_USER_INPUT, message, (*place, "direction"))
        links.append(name)
        place = (*place, name)
        if len(links) > MOST_LINKS:
            raise Refusal(ErrorCode.BAD_USER_INPUT, f"At most {MOST_LINKS} links to what is sorted by.", place)
        item = value


def sort_field(declared: TypeDeclaration, name: str) -> FieldDeclaration:
    """What a list is sorted by under a field's name: the field, or the column that its column says."""
    own = declared.fields[name]
    stands = own.column.info.get("sorted_by") if isinstance(own, ColumnField) else None
    return own if stands is None else replace(cast(ColumnField, own), column=declared.table.c[stands])


@dataclass(slots=True)
class Sorted:
    """The keys of a row, what must be read for them, and which columns the row has to carry on for its cursor."""

    source: FromClause
    keys: list[Key] = field(default_factory=list)
    carried: list[ColumnElement[Any]] = field(default_factory=list)


def of_table(compiler: "Compiler", declared: TypeDeclaration, row: FromClause, order: Sequence[Sort]) -> Sorted:
    """The keys of a table's row. Linked records are joined; one that is missing, or not to be seen, has no values."""
    result, joined = Sorted(row), dict[Path, tuple[TypeDeclaration, FromClause]]()
    joined[()] = (declared, row)
    for index, sort in enumerate(order):
        for depth in range(1, len(sort.path)):
            if sort.path[:depth] not in joined:
                joined[sort.path[:depth]] = _join(
                    compiler, *joined[sort.path[: depth - 1]], sort.path[depth - 1], result
                )
        owner, there = joined[sort.path[:-1]]
        declared_field = sort_field(owner, sort.path[-1])
        element = _element(compiler, declared_field, there, linked=len(sort.path) > 1)
        if len(sort.path) > 1:
            result.carried.append(element.label(_carried_as(index)))
        nullable = len(sort.path) > 1 or _nullable(declared_field)
        result.keys.append(Key(sort.name, element, sort.descending, nullable))
    return result


def of_page(compiler: "Compiler", declared: TypeDeclaration, rows: FromClause, order: Sequence[Sort]) -> list[Key]:
    """The keys of the rows of a page, which carry what came from linked records."""
    keys = []
    for index, sort in enumerate(order):
        if len(sort.path) > 1:
            keys.append(Key(sort.name, rows.c[_carried_as(index)], sort.descending, nullable=True))
            continue
        own = sort_field(declared, sort.name)
        keys.append(Key(sort.name, _element(compiler, own, rows, linked=False), sort.descending, _nullable(own)))
    return keys


def _join(
    compiler: "Compiler", declared: TypeDeclaration, row: FromClause, name: str, result: Sorted
) -> tuple[TypeDeclaration, FromClause]:
    link = cast(OneField, declared.fields[name])
    target = compiler.target(link)
    child = compiler.alias(target)
    same = and_(compiler.reached(link, child), child.c[link.key] == row.c[link.column.name])
    may = compiler.viewer.may(target.read) and compiler.viewer.may(link.read)
    result.source = result.source.outerjoin(child, same if may else false())
    return target, child


def _element(compiler: "Compiler", own: FieldDeclaration, row: FromClause, *, linked: bool) -> ColumnElement[Any]:
    element = compiler.element(own, row)
    if isinstance(own, SqlField) and isinstance(element.type, Choice):
        element = _declared_place(element, element.type)
    if not linked:
        return element
    if isinstance(own, SqlField):
        # Of no record there is no value, whatever the expression makes of missing columns.
        element = type_coerce(case((row.c.id.is_not(None), element)), element.type)
    # Not the column itself: that one is never null, this one is where there is no record.
    return type_coerce(element, element.type)


def _declared_place(element: ColumnElement[Any], kind: Choice) -> ColumnElement[Any]:
    """Which of the members it is, from 0."""
    places = ((quoted(member.value), whole(place)) for place, member in enumerate(kind.choices))
    return case(*places, value=type_coerce(element, Text))


def _nullable(own: FieldDeclaration) -> bool:
    return bool(own.column.nullable) if isinstance(own, ColumnField) else not isinstance(own, IdField)


def _carried_as(index: int) -> str:
    return f"by{index}"
