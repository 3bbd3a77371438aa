"""How a domain declares its types: ``@node``, ``@part``, links, SQL fields, batch fields.

Root fields are in ``declare_roots``; rooms find them here too. Interfaces and unions are in ``abstract``.

The decorators only take notes. ``graph.building.build`` reads them when the schema is built: then all types are known,
links get their other end, and the classes become real strawberry types.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from sqlalchemy import Column, ColumnElement, FromClause, Table, Text, and_, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from qms_graphql.base.columns import Base
from qms_graphql.graph.compiling.dialects import quoted
from qms_graphql.graph.declare_roots import Command as Command
from qms_graphql.graph.declare_roots import Mutation as Mutation
from qms_graphql.graph.declare_roots import RootField as RootField
from qms_graphql.graph.declare_roots import Syncs as Syncs
from qms_graphql.graph.declare_roots import Writes as Writes
from qms_graphql.graph.declare_roots import mutation as mutation
from qms_graphql.graph.declare_roots import query as query
from qms_graphql.graph.declare_roots import subscription as subscription
from qms_graphql.graph.declare_roots import syncs as syncs
from qms_graphql.graph.declare_roots import writes as writes

T = TypeVar("T")

Such = Callable[[Any], ColumnElement[bool]]
"""Which of the linked records a link leads to: a condition over their columns, never null."""

LIST_BOUND = 200
"""Most items of a to-many that is a plain list."""


@dataclass(slots=True, repr=False)
class TypeDeclaration:
    """What was said about a type: its model, who may read it, how it is called in the plural."""

    cls: type
    model: type[Base]
    read: str | None
    plural: str | None = None
    numbered: bool = False
    external: bool = False
    newest_first: str | None = None
    """The moment by which its lists are sorted, the newest first, unless they are asked for otherwise."""
    name: str = ""
    fields: "dict[str, FieldDeclaration]" = field(default_factory=dict)

    def __repr__(self) -> str:
        """Its name alone: the links of a type lead on to all others."""
        return f"<{self.name}>"

    @property
    def table(self) -> Table:
        """The model's table."""
        return self.model.__table__  # type: ignore[return-value]

    @property
    def is_node(self) -> bool:
        """Whether it has an identity of its own (and so a global id)."""
        return self.plural is not None

    @property
    def singular(self) -> str:
        """The name of the field that is one of it."""
        return self.name[0].lower() + self.name[1:]

    @property
    def record_type(self) -> str:
        """The kind of record, as events and external references name it."""
        return self.table.name.upper()

    @property
    def prefix(self) -> str | None:
        """What the numbers of a numbered type begin with."""
        return getattr(self.model, "__prefix__", None)

    def spelling(self, stored: str) -> str:
        """The schema's name of a column or list, as events hold it; what is not shown keeps its stored name."""
        for field_ in self.fields.values():
            if isinstance(field_, ColumnField | OneField) and field_.column.name == stored:
                return field_.name
            if isinstance(field_, AnyField) and stored in {column.name for column in field_.columns}:
                return field_.name
            if isinstance(field_, EmbeddedField) and stored in field_.columns():
                return f"{field_.name}.{field_.columns()[stored].name}"
        return stored


@dataclass(slots=True, kw_only=True)
class FieldDeclaration:
    """A field of a declared type."""

    name: str = ""
    """As the schema spells it."""
    python_name: str = ""
    annotation: Any = None
    description: str | None = None
    read: str | None = None
    """The permission that it takes to read it; without it the field is null, also in filters and orders."""


@dataclass(slots=True, kw_only=True)
class IdField(FieldDeclaration):
    """The global id."""


@dataclass(slots=True, kw_only=True)
class ColumnField(FieldDeclaration):
    """A column; type, nullability and description come from it."""

    column: Column[Any]


@dataclass(slots=True, kw_only=True)
class SqlField(FieldDeclaration):
    """An SQL expression over the row: selectable, filterable, sortable."""

    expression: Callable[..., Any]
    needs_now: bool


@dataclass(slots=True, kw_only=True)
class EmbeddedField(FieldDeclaration):
    """An object made of columns of the same row: those of the ``target`` type, their names behind ``prefix``."""

    prefix: str
    target: TypeDeclaration | None = None

    def columns(self) -> dict[str, ColumnField]:
        """The columns of the row that make the object, with the target's field that each fills."""
        fields = self.target.fields.values() if self.target else ()
        return {self.prefix + field_.column.name: field_ for field_ in fields if isinstance(field_, ColumnField)}


@dataclass(slots=True, kw_only=True)
class BatchField(FieldDeclaration):
    """Computed in Python, once for all rows of the page, after the SQL."""

    needs: tuple[str, ...]
    function: Callable[..., Awaitable[Sequence[Any]]]
    arguments: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Annotation and default of each argument, by name."""
    personal: bool = False
    """Whether it depends on who asks, not only on what they may do."""


@dataclass(slots=True, kw_only=True)
class OneField(FieldDeclaration):
    """A link to one record: ``column`` of this table holds its id. At the other end its ``key`` holds this record's."""

    column: Column[Any]
    key: str = "id"
    """The column of the other table that ``column`` is compared with. No two rows have the same."""
    such: Such | None = None
    target: TypeDeclaration | None = None
    back: str | None = None
    back_list: bool = False
    back_one: bool = False
    back_description: str | None = None
    by_key: bool = False
    """Written by a short key in text, which the command resolves, instead of by id."""


@dataclass(slots=True, kw_only=True)
class AnyField(FieldDeclaration):
    """A link to one record of one of several types: an interface or a union.

    Each of ``columns`` holds the id where the record is of its type; or, with ``kind``, the one column holds it for all
    types and ``kind`` says of which it is.
    """

    columns: tuple[Column[Any], ...]
    kind: Column[Any] | None = None
    back: str | None = None
    back_description: str | None = None
    abstract: str = ""
    """Name of the interface or union."""
    ways: list[tuple[TypeDeclaration, Column[Any]]] = field(default_factory=list)
    """The types, and where the id of each is."""

    def leads(self, row: FromClause, declared: TypeDeclaration, column: Column[Any]) -> ColumnElement[bool]:
        """Whether a row's link is to a record of this type; never null, so that its negation holds elsewhere."""
        linked: ColumnElement[bool] = row.c[column.name].is_not(None)
        if self.kind is None:
            return linked
        return and_(linked, type_coerce(row.c[self.kind.name], Text).is_not_distinct_from(quoted(declared.record_type)))


@dataclass(slots=True, kw_only=True)
class ManyField(FieldDeclaration):
    """Links to many records: those whose ``column`` holds this record's id.

    With ``far`` the two are joined through a table of their own: ``column`` is its near end, ``far`` its far end.
    """

    column: Column[Any]
    target: TypeDeclaration | None = None
    far: Column[Any] | None = None
    such: Such | None = None
    as_list: bool = False
    back: str | None = None
    back_list: bool = False
    back_description: str | None = None


def node(
    model: type[Base],
    *,
    read: str | None,
    plural: str,
    numbered: bool = False,
    external: bool = False,
    newest_first: str | None = None,
) -> Callable[[type[T]], type[T]]:
    """Declare a type with an identity. Its root fields are its name in singular and ``plural``.

    ``read`` is the permission to see it, ``numbered`` lets it be found by its number, ``external`` gives it external
    references: a field ``externalRefs`` and the look-up by reference. ``newest_first`` names the moment by which its
    lists are sorted where nobody says how; else it is the id.
    """

    def note(cls: type[T]) -> type[T]:
        cls.__graph__ = TypeDeclaration(  # type: ignore[attr-defined]
            cls, model, read, plural, numbered, external, newest_first, cls.__name__
        )
        return cls

    return note


def part(model: type[Base], *, read: str | None) -> Callable[[type[T]], type[T]]:
    """Declare a type without an identity of its own: a row of a list that belongs to a record."""

    def note(cls: type[T]) -> type[T]:
        cls.__graph__ = TypeDeclaration(cls, model, read, name=cls.__name__)  # type: ignore[attr-defined]
        return cls

    return note


@dataclass(slots=True)
class Extension:
    """Fields that a higher room adds to a type of a lower one."""

    cls: type
    target: str


def extend(target: str) -> Callable[[type[T]], type[T]]:
    """Add the fields of this class to the type named ``target``, which a lower room declared."""

    def note(cls: type[T]) -> type[T]:
        cls.__graph_extension__ = Extension(cls, target)  # type: ignore[attr-defined]
        return cls

    return note


def one(
    column: InstrumentedAttribute[Any],
    *,
    back: str | None = None,
    back_list: bool = False,
    back_one: bool = False,
    back_doc: str | None = None,
    by_key: bool = False,
    key: InstrumentedAttribute[Any] | None = None,
    such: Such | None = None,
    doc: str | None = None,
) -> Any:
    """A link to one record, declared by the owner of the foreign key.

    ``back`` names the field at the other end: a connection, a plain list where it stays small (``back_list``), or the
    one record where the table allows no two for the same (``back_one``).
    ``by_key``: inputs give a short key in text, which the command resolves.
    ``key``: the other table's column that holds what ``column`` does; with ``such``, of whose rows the table allows no
    two for which the condition holds.
    """
    return OneField(
        column=_column(column),
        key="id" if key is None else _column(key).name,
        such=such,
        description=doc,
        back=back,
        back_list=back_list,
        back_one=back_one,
        back_description=back_doc,
        by_key=by_key,
    )


def column(attribute: InstrumentedAttribute[Any]) -> Any:
    """A column under another name than its own."""
    return ColumnField(column=_column(attribute))


def embedded(about: str, *, prefix: str = "") -> Any:
    """An object made of columns of the same row, null where all of them are null.

    Its type is a ``@part`` of the same model, or of one with columns of the same names; it is made of columns and SQL
    fields. ``prefix`` stands before the names of the columns, so that a row can hold several such objects.
    """
    return EmbeddedField(prefix=prefix, description=about)


def parts(owner: InstrumentedAttribute[Any], *, such: Such | None = None, doc: str | None = None) -> Any:
    """The list of what belongs to a record, in its order; ``owner`` is the column there that holds the record's id.

    With ``such`` only of that for which the condition holds.
    """
    return ManyField(column=_column(owner), as_list=True, such=such, description=doc)


def through(
    near: InstrumentedAttribute[Any],
    far: InstrumentedAttribute[Any],
    *,
    back: str | None = None,
    back_list: bool = False,
    back_doc: str | None = None,
    such: Such | None = None,
    doc: str | None = None,
) -> Any:
    """Many-to-many by a table of pairs: ``near`` holds this record's id, ``far`` the other's.

    With ``such`` only to those for which the condition holds.
    """
    return ManyField(
        column=_column(near),
        far=_column(far),
        such=such,
        as_list=True,
        description=doc,
        back=back,
        back_list=back_list,
        back_description=back_doc,
    )


def guarded(permission: str, field: Any = None) -> Any:
    """A field that only those with ``permission`` read; for the others it is null, so it must be nullable.

    Without ``field`` it is the column of its name.
    """
    noted = FieldDeclaration() if field is None else field
    noted.read = permission
    return noted


def sql_field(function: Callable[..., Any]) -> Any:
    """A field computed by the database: ``def overdue(row, now) -> bool`` returns an SQL expression."""
    parameters = list(inspect.signature(function).parameters)
    return SqlField(
        expression=function,
        needs_now="now" in parameters[1:],
        annotation=function.__annotations__["return"],
        description=inspect.getdoc(function),
    )


def batch_field(*, needs: Sequence[str], personal: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """A field computed in Python, called once with all rows of the page: ``async def f(rows, context) -> list[X]``.

    Further parameters of the function are the field's arguments. One that is ``personal`` depends on who asks, beyond
    what they may do: listeners who select it are not answered together.
    ``needs`` are the columns (or SQL fields) that each row carries, in the schema's spelling and as JSON shows them,
    beside ``id``. The list has one item of the field's type ``X`` for each row. An item that is an exception is an
    error of its row; one that is raised is an error of all. There is null in its place, by GraphQL's rules. The rows
    are the same objects for all batch fields of a page: what one found out it may leave there for the others.
    """

    def note(function: Callable[..., Any]) -> Any:
        returned = get_args(function.__annotations__["return"])
        if len(returned) != 1:
            raise TypeError(f"{function.__qualname__}: a batch field returns a list, one item for each row")
        _, _, *further = inspect.signature(function).parameters.values()
        return BatchField(
            needs=tuple(needs),
            function=function,
            personal=personal,
            arguments={parameter.name: (parameter.annotation, parameter.default) for parameter in further},
            annotation=returned[0],
            description=inspect.getdoc(function),
        )

    return note


def _column(attribute: InstrumentedAttribute[Any]) -> Column[Any]:
    column: Column[Any] = attribute.property.columns[0]
    return column
