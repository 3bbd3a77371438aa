"""Records of several types in one place: links to interfaces and unions, pages of an interface, ``nodes(ids:)``."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import FieldNode
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Subquery,
    and_,
    case,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.sql import Select

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.graph.abstract import AbstractDeclaration
from qms_graphql.graph.compiling import order, page, where
from qms_graphql.graph.compiling.cursors import Key
from qms_graphql.graph.compiling.dialects import quoted, whole
from qms_graphql.graph.compiling.plan import EACH, Steps
from qms_graphql.graph.compiling.selection import Selected
from qms_graphql.graph.declare import AnyField, TypeDeclaration

if TYPE_CHECKING:
    from qms_graphql.graph.compiling.compile import Compiler

Choice = tuple[ColumnElement[bool], TypeDeclaration, ColumnElement[Any]]
"""When the record is of a type, and where its id is."""


def chosen(
    compiler: "Compiler", row: FromClause, choices: Sequence[Choice], nodes: Sequence[FieldNode], path: Steps
) -> ColumnElement[Any]:
    """The JSON of the record that a row names, of whichever type it is; null if there is none to be seen."""
    found = []
    with compiler.inside(row):
        for condition, declared, id_ in choices:
            if not compiler.viewer.may(declared.read):
                found.append((condition, compiler.json.constant(None)))
                continue
            child = compiler.alias(declared)
            object_ = compiler.object_(declared, child, nodes, path)
            record = select(object_).select_from(child).where(compiler.seen(declared, child), child.c.id == id_)
            found.append((condition, record.correlate(*compiler.outer).scalar_subquery()))
    return compiler.json.optional(case(*found)) if found else compiler.json.constant(None)


def link(compiler: "Compiler", field: AnyField, row: FromClause, selected: Selected, path: Steps) -> ColumnElement[Any]:
    """A link to one record of one of several types."""
    choices = [(field.leads(row, declared, column), declared, row.c[column.name]) for declared, column in field.ways]
    return chosen(compiler, row, choices, selected.nodes, path)


def nodes(
    compiler: "Compiler", wanted: Sequence[TypeDeclaration], ids: BindParameter[Any], selected: Selected
) -> Select[Any]:
    """``nodes(ids:)``: records of these types in the order of the ids, null where there is none."""
    pairs = compiler.json.pairs(ids).subquery()
    choices = [(pairs.c.kind == quoted(declared.table.name), declared, pairs.c.id) for declared in wanted]
    return select(compiler.json.list_(chosen(compiler, pairs, choices, selected.nodes, (EACH,)))).select_from(pairs)


# -- pages of an interface -------------------------------------------------------------------------------------------


def connection(
    compiler: "Compiler", abstract: AbstractDeclaration, selected: Selected, arguments: dict[str, Any]
) -> Select[Any]:
    """A page of all records of an interface: each type gives its first rows, the page takes the first of those.

    Types that the viewer may not read are left out. Raises ``Refusal(FORBIDDEN)`` if no type is left.
    """
    members = [declared for declared in abstract.members if compiler.viewer.may(declared.read)]
    if not members:
        wanted = " or ".join(sorted({declared.read or "" for declared in abstract.members}))
        raise Refusal(ErrorCode.FORBIDDEN, f"This needs the permission {wanted}.")
    span, filters = page.Span.of(arguments), arguments.get("where")
    sorts = order.sorts(arguments.get("orderBy") or [])

    def rows(numbered: bool) -> tuple[Subquery, list[Key]]:
        return _rows(compiler, members, span, sorts, filters, numbered=numbered)

    def count() -> ColumnElement[Any]:
        first, *rest = (
            page.count(compiler, declared, partial(compiler.seen, declared), filters) for declared in members
        )
        return sum(rest, start=first)

    def node(row: Subquery, fields: Sequence[FieldNode], path: Steps) -> ColumnElement[Any]:
        choices = [(row.c.kind == whole(index), declared, row.c.id) for index, declared in enumerate(members)]
        return chosen(compiler, row, choices, fields, path)

    listing = page.Listing(abstract.name, filters, rows, count, node, parts=len(members))
    return page.compose(compiler, listing, selected, span, ())


def _rows(
    compiler: "Compiler",
    members: Sequence[TypeDeclaration],
    span: page.Span,
    sorts: Sequence[order.Sort],
    filters: Any,
    *,
    numbered: bool,
) -> tuple[Subquery, list[Key]]:
    """Kind, id and sort keys of the page's rows."""
    tables = [compiler.alias(declared) for declared in members]
    found = [order.of_table(compiler, declared, row, sorts) for declared, row in zip(members, tables, strict=True)]
    # What is never missing in one type may be in another; a cursor comes from either.
    nullable = [any(keys) for keys in zip(*([key.nullable for key in each.keys] for each in found), strict=True)]
    branches = []
    for index, (declared, row, each) in enumerate(zip(members, tables, found, strict=True)):
        keys = [replace(key, nullable=missing) for key, missing in zip(each.keys, nullable, strict=True)]
        condition = and_(
            compiler.seen(declared, row),
            where.condition(compiler, declared, row, filters),
            page.stretch(compiler, keys, span),
        )
        carried = [type_coerce(key.element, key.element.type).label(f"key{place}") for place, key in enumerate(keys)]
        branch = (
            select(whole(index).label("kind"), row.c.id.label("id"), *carried).select_from(each.source).where(condition)
        )
        branches.append(select(*page.cut(branch, keys, span, numbered=numbered).subquery().c))
    united = union_all(*branches).subquery()
    keys = _keys(found[0].keys, nullable, united)
    rows = page.numbered(page.cut(select(*united.c), keys, span, numbered=numbered).subquery(), span, numbered)
    return rows, _keys(keys, nullable, rows)


def _keys(keys: Sequence[Key], nullable: Sequence[bool], row: FromClause) -> list[Key]:
    return [
        replace(key, element=row.c[f"key{place}"], nullable=missing)
        for place, (key, missing) in enumerate(zip(keys, nullable, strict=True))
    ]
