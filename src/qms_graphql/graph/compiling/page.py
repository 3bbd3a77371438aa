"""Connections: keyset pages, forward and backward, stable under inserts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import FieldNode
from sqlalchemy import (
    Alias,
    Boolean,
    ColumnElement,
    Subquery,
    and_,
    func,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql import Select

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.graph.compiling import needed, order, where
from qms_graphql.graph.compiling.cursors import Key, beyond, cursor
from qms_graphql.graph.compiling.dialects import Pair, whole
from qms_graphql.graph.compiling.order import Sort
from qms_graphql.graph.compiling.plan import EACH, Step, Steps
from qms_graphql.graph.compiling.selection import Selected
from qms_graphql.graph.declare import TypeDeclaration

if TYPE_CHECKING:
    from qms_graphql.graph.compiling.compile import Compiler

PAGE_DEFAULT = 50
PAGE_CAP = 200

Scope = Callable[[Alias], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Span:
    """Which stretch of the list is asked for."""

    size: int
    backward: bool
    after: Any
    before: Any

    @classmethod
    def of(cls, arguments: dict[str, Any]) -> "Span":
        """From the paging arguments. Raises ``Refusal(BAD_USER_INPUT)`` if they make no sense together."""
        first, last = arguments.get("first"), arguments.get("last")
        if first is not None and last is not None:
            raise Refusal(ErrorCode.BAD_USER_INPUT, "Give first or last, not both.", ("last",))
        name, size = ("last", last) if last is not None else ("first", PAGE_DEFAULT if first is None else first)
        if not 0 <= size <= PAGE_CAP:
            raise Refusal(ErrorCode.BAD_USER_INPUT, f"A page has 0 to {PAGE_CAP} items.", (name,))
        return cls(size, last is not None, arguments.get("after"), arguments.get("before"))


@dataclass(frozen=True, slots=True)
class Listing:
    """What a connection is made of, whatever its rows are."""

    name: str
    """Of the items' type."""
    filters: Any
    rows: Callable[[bool], tuple[Subquery, list[Key]]]
    """The page's rows and their keys. True: one row more than asked for, with numbers, to show what follows."""
    count: Callable[[], ColumnElement[Any]]
    """How many there are in all."""
    node: Callable[[Subquery, Sequence[FieldNode], Steps], ColumnElement[Any]]
    """The JSON of a row."""
    parts: int = 1
    """How many tables each use of the filter is about."""


def connection(
    compiler: "Compiler",
    declared: TypeDeclaration,
    selected: Selected,
    arguments: dict[str, Any],
    scope: Scope,
    path: Steps,
) -> Select[Any]:
    """One statement (or sub-select) whose single value is the connection's JSON."""
    span, filters = Span.of(arguments), arguments.get("where")
    sorts = order.sorts(arguments.get("orderBy") or [], declared.newest_first)

    def rows(numbered: bool) -> tuple[Subquery, list[Key]]:
        row = compiler.alias(declared)
        keys = [order.sort_field(declared, sort.path[0]) for sort in sorts if len(sort.path) == 1]
        columns = needed.columns(compiler, declared, row, _of_nodes(compiler, declared, selected), keys)
        found = _rows(compiler, declared, row, columns, span, sorts, filters, scope, with_numbers=numbered)
        return found, order.of_page(compiler, declared, found, sorts)

    def node(row: Subquery, fields: Sequence[FieldNode], path: Steps) -> ColumnElement[Any]:
        with compiler.inside(row):
            return compiler.object_(declared, row, fields, path)

    listing = Listing(declared.name, filters, rows, lambda: count(compiler, declared, scope, filters), node)
    return compose(compiler, listing, selected, span, path)


def compose(compiler: "Compiler", listing: Listing, selected: Selected, span: Span, path: Steps) -> Select[Any]:
    """The statement of a connection."""
    fields = _fields(compiler, f"{listing.name}Connection", selected)
    names = {item.name for item in fields}
    # A page and its total are one use of the filter; totals under further names are more.
    uses = max(1, sum(item.name == "totalCount" for item in fields))
    where.count_conditions(compiler, listing.filters, uses * listing.parts)
    paged: tuple[Subquery, list[Key]] | None = None
    if names & {"nodes", "edges", "pageInfo"}:
        paged = listing.rows("pageInfo" in names)
    pairs: list[Pair] = []
    for item in fields:
        if item.name == "totalCount":
            pairs.append((item.key, listing.count()))
        elif item.name == "__typename":
            pairs.append((item.key, compiler.json.constant(f"{listing.name}Connection")))
        else:
            assert paged is not None  # noqa: S101
            pairs.append((item.key, _of_rows(compiler, listing, *paged, item, span, path)))
    statement = select(compiler.json.object_(pairs))
    return statement if paged is None else statement.select_from(paged[0])


def _of_rows(
    compiler: "Compiler",
    listing: Listing,
    rows: Subquery,
    keys: list[Key],
    item: Selected,
    span: Span,
    path: Steps,
) -> ColumnElement[Any]:
    """``nodes``, ``edges`` or ``pageInfo``: the JSON is made of the page's rows only, after the page was cut."""
    if item.name == "pageInfo":
        return _page_info(compiler, item, rows, keys, span)
    here = (*path, Step(item.key), EACH)
    if item.name == "nodes":
        json = listing.node(rows, item.nodes, here)
    else:
        json = _edge(compiler, listing, rows, keys, item, here)
    keep = rows.c.rn <= literal_column(str(span.size)) if "rn" in rows.c else None
    return compiler.json.list_(json, keep)


def _fields(compiler: "Compiler", type_name: str, selected: Selected) -> list[Selected]:
    return compiler.selections.fields(selected.nodes, compiler.selections.object_type(type_name))


def _of_nodes(compiler: "Compiler", declared: TypeDeclaration, selected: Selected) -> Iterator[Sequence[FieldNode]]:
    """The selections of the items, as nodes of the page and of its edges."""
    for item in _fields(compiler, f"{declared.name}Connection", selected):
        if item.name == "nodes":
            yield item.nodes
        elif item.name == "edges":
            edge = _fields(compiler, f"{declared.name}Edge", item)
            yield from (inner.nodes for inner in edge if inner.name == "node")


def _edge(
    compiler: "Compiler", listing: Listing, rows: Subquery, keys: list[Key], selected: Selected, path: Steps
) -> ColumnElement[Any]:
    pairs: list[Pair] = []
    for item in _fields(compiler, f"{listing.name}Edge", selected):
        if item.name == "cursor":
            pairs.append((item.key, compiler.json.plain(cursor(compiler, keys))))
        elif item.name == "node":
            pairs.append((item.key, listing.node(rows, item.nodes, (*path, Step(item.key)))))
        else:
            pairs.append((item.key, compiler.json.constant(f"{listing.name}Edge")))
    return compiler.json.object_(pairs)


def _rows(
    compiler: "Compiler",
    declared: TypeDeclaration,
    row: Alias,
    columns: Sequence[ColumnElement[Any]],
    span: Span,
    sorts: list[Sort],
    filters: Any,
    scope: Scope,
    *,
    with_numbers: bool,
) -> Subquery:
    """The page's rows with these columns, in order."""
    found = order.of_table(compiler, declared, row, sorts)
    condition = and_(scope(row), where.condition(compiler, declared, row, filters), stretch(compiler, found.keys, span))
    statement = select(*columns, *found.carried).select_from(found.source).where(condition)
    page = cut(statement, found.keys, span, numbered=with_numbers).correlate(*compiler.outer).subquery()
    return numbered(page, span, with_numbers)


def stretch(compiler: "Compiler", keys: Sequence[Key], span: Span) -> ColumnElement[bool]:
    """The condition that a row lies between the cursors."""
    condition: ColumnElement[bool] = true()
    for name, given, reverse in (("after", span.after, False), ("before", span.before, True)):
        if given is not None:
            condition = and_(condition, beyond(compiler, keys, given, name, reverse=reverse))
    return condition


def cut(statement: Select[Any], keys: Sequence[Key], span: Span, *, numbered: bool) -> Select[Any]:
    """The first rows of a statement by the keys (the last ones, nearest first, if backward); ``numbered``: one more."""
    ordered = statement.order_by(*(key.order(reverse=span.backward) for key in keys))
    return ordered.limit(literal_column(str(span.size + numbered)))


def numbered(page: Subquery, span: Span, with_numbers: bool) -> Subquery:
    """A page's rows in the order of the list, with their numbers and how many there are if that is wanted."""
    if not with_numbers and not span.backward:
        return page
    numbers = [func.row_number().over().label("rn"), func.count().over().label("cnt")]
    counted = select(*page.c, *numbers).select_from(page).subquery()
    return select(*counted.c).order_by(counted.c.rn.desc()).subquery() if span.backward else counted


def _page_info(
    compiler: "Compiler", selected: Selected, rows: Subquery, keys: list[Key], span: Span
) -> ColumnElement[Any]:
    size, one = whole(span.size), whole(1)
    more = func.coalesce(func.max(rows.c.cnt), literal_column("0")) > size

    def of_row(*conditions: ColumnElement[bool]) -> ColumnElement[Any]:
        here = compiler.json.plain(cursor(compiler, keys))
        return compiler.json.optional(func.max(here).filter(*conditions, rows.c.rn <= size))

    def nearest() -> ColumnElement[Any]:
        return of_row(rows.c.rn == one)

    def farthest() -> ColumnElement[Any]:
        return of_row(or_(rows.c.rn == size, rows.c.rn == rows.c.cnt))

    def boolean(condition: ColumnElement[Any]) -> Callable[[], ColumnElement[Any]]:
        return lambda: compiler.json.value(type_coerce(condition, Boolean))

    given = [literal_column(str(int(cursor_ is not None))) == one for cursor_ in (span.after, span.before)]
    values: dict[str, Callable[[], ColumnElement[Any]]] = {
        "hasNextPage": boolean(given[1] if span.backward else more),
        "hasPreviousPage": boolean(more if span.backward else given[0]),
        "startCursor": farthest if span.backward else nearest,
        "endCursor": nearest if span.backward else farthest,
        "__typename": lambda: compiler.json.constant("PageInfo"),
    }
    return compiler.json.object_([(item.key, values[item.name]()) for item in _fields(compiler, "PageInfo", selected)])


def count(compiler: "Compiler", declared: TypeDeclaration, scope: Scope, filters: Any) -> ColumnElement[Any]:
    """How many rows there are in all."""
    row = compiler.alias(declared)
    counted = (
        select(func.count()).select_from(row).where(and_(scope(row), where.condition(compiler, declared, row, filters)))
    )
    return counted.correlate(*compiler.outer).scalar_subquery()
