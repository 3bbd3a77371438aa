"""Which columns of a page's rows are read: only these are carried through the sub-select that cuts the page.

PostgreSQL and SQLite sort and copy what a sub-select lists, whether it is used or not.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from graphql import FieldNode
from sqlalchemy import Column, ColumnElement, FromClause
from sqlalchemy.sql import visitors

from qms_graphql.graph.declare import (
    AnyField,
    BatchField,
    ColumnField,
    EmbeddedField,
    FieldDeclaration,
    OneField,
    SqlField,
    TypeDeclaration,
)

if TYPE_CHECKING:
    from qms_graphql.graph.compiling.compile import Compiler


def columns(
    compiler: "Compiler",
    declared: TypeDeclaration,
    row: FromClause,
    selections: Iterable[Sequence[FieldNode]],
    others: Iterable[FieldDeclaration] = (),
) -> list[ColumnElement[Any]]:
    """The columns of a row that the selections, and some other fields, are made of, in the table's order."""
    type_ = compiler.selections.object_type(declared.name)
    names = {"id", *(name for field in others for name in _of_field(compiler, declared, row, field))}
    for nodes in selections:
        for selected in compiler.selections.fields(nodes, type_):
            if selected.name in declared.fields:
                names |= set(_of_field(compiler, declared, row, declared.fields[selected.name]))
    # Of a part without an id nothing may be read but how many there are.
    found: list[ColumnElement[Any]] = [column for column in row.c if column.name in names]
    return found or [next(iter(row.c))]


def _of_field(
    compiler: "Compiler", declared: TypeDeclaration, row: FromClause, field: FieldDeclaration
) -> Iterator[str]:
    if isinstance(field, ColumnField | OneField):
        yield field.column.name
    elif isinstance(field, SqlField):
        yield from _of_expression(compiler.expression(field, row), row)
    elif isinstance(field, EmbeddedField):
        yield from field.columns()
        target, inner = compiler.embedded(field, row)
        for computed in target.fields.values():
            if isinstance(computed, SqlField):
                yield from _of_expression(compiler.expression(computed, inner), row)
    elif isinstance(field, BatchField):
        for name in field.needs:
            yield from _of_field(compiler, declared, row, declared.fields[name])
    elif isinstance(field, AnyField):
        yield from (column.name for column in (*field.columns, field.kind) if column is not None)
    # What is left goes by the id, which is always carried.


def _of_expression(expression: ColumnElement[Any], row: FromClause) -> Iterator[str]:
    for element in visitors.iterate(expression):
        if isinstance(element, Column) and element.name in row.c:
            yield element.name
