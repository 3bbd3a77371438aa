"""How a domain declares its types: ``@node``, ``@part``, links, SQL fields, batch fields, root fields.

The decorators only take notes. ``graph.build`` reads them when the schema is built: then all types are known, links get
their other end, and the classes become real strawberry types.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Column, Table
from sqlalchemy.orm import InstrumentedAttribute

from qms_graphql.base.columns import Base
from qms_graphql.base.drafts import Draft
from qms_graphql.base.unit import UnitOfWork

T = TypeVar("T")

LIST_BOUND = 200
"""Most items of a to-many that is a plain list."""


@dataclass(slots=True)
class TypeDeclaration:
    """What was said about a type: its model, who may read it, how it is called in the plural."""

    cls: type
    model: type[Base]
    read: str | None
    plural: str | None = None
    numbered: bool = False
    external: bool = False
    name: str = ""
    fields: "dict[str, FieldDeclaration]" = field(default_factory=dict)

    @property
    def table(self) -> Table:
        """The model's table."""
        return self.model.__table__  # type: ignore[return-value]

    @property
    def is_node(self) -> bool:
        """Whether it has an identity of its own (and so a global id)."""
        return self.plural is not None

    @property
    def record_type(self) -> str:
        """The kind of record, as events and external references name it."""
        return self.table.name.upper()

    def spelling(self, stored: str) -> str:
        """The schema's name of a column or list, as events hold it; what is not shown keeps its stored name."""
        for field_ in self.fields.values():
            if isinstance(field_, ColumnField | OneField) and field_.column.name == stored:
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


@dataclass(slots=True, kw_only=True)
class OneField(FieldDeclaration):
    """A link to one record: ``column`` of this table holds its id."""

    column: Column[Any]
    target: TypeDeclaration | None = None
    back: str | None = None
    back_list: bool = False
    back_description: str | None = None
    by_key: bool = False
    """Written by a short key in text, which the command resolves, instead of by id."""


@dataclass(slots=True, kw_only=True)
class ManyField(FieldDeclaration):
    """Links to many records: those whose ``column`` holds this record's id.

    With ``far`` the two are joined through a table of their own: ``column`` is its near end, ``far`` its far end.
    """

    column: Column[Any]
    target: TypeDeclaration | None = None
    far: Column[Any] | None = None
    as_list: bool = False
    back: str | None = None
    back_list: bool = False
    back_description: str | None = None


def node(
    model: type[Base], *, read: str | None, plural: str, numbered: bool = False, external: bool = False
) -> Callable[[type[T]], type[T]]:
    """Declare a type with an identity. Its root fields are its name in singular and ``plural``.

    ``read`` is the permission to see it, ``numbered`` lets it be found by its number, ``external`` gives it external
    references: a field ``externalRefs`` and the look-up by reference.
    """

    def note(cls: type[T]) -> type[T]:
        cls.__graph__ = TypeDeclaration(  # type: ignore[attr-defined]
            cls, model, read, plural=plural, numbered=numbered, external=external, name=cls.__name__
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
    back_doc: str | None = None,
    by_key: bool = False,
) -> Any:
    """A link to one record, declared by the owner of the foreign key.

    ``back`` names the field at the other end: a connection, or a plain list where it stays small (``back_list``).
    ``by_key``: inputs give a short key in text, which the command resolves.
    """
    return OneField(column=_column(column), back=back, back_list=back_list, back_description=back_doc, by_key=by_key)


def embedded(about: str, *, prefix: str = "") -> Any:
    """An object made of columns of the same row, null where all of them are null.

    Its type is a ``@part`` of the same model, made of columns and SQL fields. ``prefix`` stands before the names of the
    columns, so that a row can hold several such objects.
    """
    return EmbeddedField(prefix=prefix, description=about)


def parts(owner: InstrumentedAttribute[Any]) -> Any:
    """The list of a record's parts, in their order; ``owner`` is the parts' column with the record's id."""
    return ManyField(column=_column(owner), as_list=True)


def through(
    near: InstrumentedAttribute[Any],
    far: InstrumentedAttribute[Any],
    *,
    back: str | None = None,
    back_list: bool = False,
    back_doc: str | None = None,
) -> Any:
    """Many-to-many by a table of pairs: ``near`` holds this record's id, ``far`` the other's."""
    return ManyField(
        column=_column(near), far=_column(far), as_list=True, back=back, back_list=back_list, back_description=back_doc
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


def batch_field(*, needs: Sequence[str]) -> Callable[[Callable[..., Any]], Any]:
    """A field computed in Python, called once with all rows of the page: ``async def f(rows, context) -> list[...]``.

    ``needs`` are the columns (or SQL fields) that each row carries, beside ``id``.
    """

    def note(function: Callable[..., Any]) -> Any:
        returned = function.__annotations__["return"]
        return BatchField(
            needs=tuple(needs), function=function, annotation=returned, description=inspect.getdoc(function)
        )

    return note


@dataclass(slots=True)
class RootField:
    """A root field written as a Python function: a query, or a source of a subscription."""

    function: Callable[..., Any]
    name: str
    read: str | None
    live: bool = False
    weight: int = 1
    """What it is reckoned to cost."""
    resume: str | None = None
    """Of a subscription: the argument with the position to resume after."""


def query(*, read: str | None, weight: int = 1) -> Callable[[Callable[..., Any]], RootField]:
    """Declare a root query: ``async def name(context, arg: type, …) -> type``. The selection is read from its value.

    ``weight`` is what it is reckoned to cost; a row read by its key costs 1.
    """

    def note(function: Callable[..., Any]) -> RootField:
        return RootField(function, function.__name__, read, weight=weight)

    return note


def subscription(*, read: str | None, name: str, resume: str) -> Callable[[Callable[..., Any]], RootField]:
    """Declare a subscription: ``async def name(context, arg: type, …) -> AsyncIterator[type]``.

    Equal subscribers share one run of the function, so it may depend on the viewer's rights but not on the viewer.
    ``resume`` names the argument with the cursor to resume after; each value has its ``position`` in the stream.
    """

    def note(function: Callable[..., Any]) -> RootField:
        return RootField(function, name, read, live=True, resume=resume)

    return note


Command = Callable[[UnitOfWork, Sequence[Draft]], Awaitable[None]]
"""A set-based command: writes the drafts it has no objection to."""


@dataclass(frozen=True, slots=True)
class Writes:
    """The mutations that make and change records of a type one at a time: ``createX``, ``updateX``."""

    type_name: str
    command: Command
    permission: str
    fields: tuple[str, ...]
    defaulted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Syncs:
    """The mutation that takes in records of a type by their external keys: ``syncXs``."""

    type_name: str
    command: Command
    fields: tuple[str, ...]
    defaulted: frozenset[str]
    tombstone: Mapping[str, Any]
    name: str


def writes(cls: type, command: Command, *, permission: str, fields: str, defaulted: str = "") -> Writes:
    """Declare ``createX`` and ``updateX`` for a node.

    ``fields`` are the names that may be written, separated by spaces; ``defaulted`` those of them that the command
    fills in when they are missing.
    """
    return Writes(cls.__name__, command, permission, tuple(fields.split()), frozenset(defaulted.split()))


def syncs(
    cls: type, command: Command, *, name: str, fields: str, tombstone: Mapping[str, Any], defaulted: str = ""
) -> Syncs:
    """Declare the bulk intake of a node by external keys. A deleted record gets the ``tombstone`` columns."""
    return Syncs(cls.__name__, command, tuple(fields.split()), frozenset(defaulted.split()), tombstone, name)


@dataclass(slots=True)
class Mutation:
    """A mutation written as a Python function in one transaction."""

    function: Callable[..., Any]
    name: str
    permission: str
    input: type


def mutation(*, permission: str, input: type) -> Callable[[Callable[..., Any]], Mutation]:
    """Declare a mutation: ``async def name(context, unit, given) -> XPayload``.

    ``given`` is the input as coerced: a mapping with the schema's names; a field left out is absent. A ``Refusal``
    becomes a user error; so every field of the payload but ``errors`` has a default.
    """

    def note(function: Callable[..., Any]) -> Mutation:
        return Mutation(function, function.__name__, permission, input)

    return note


def _column(attribute: InstrumentedAttribute[Any]) -> Column[Any]:
    column: Column[Any] = attribute.property.columns[0]
    return column
