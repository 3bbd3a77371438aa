"""How a room declares interfaces and unions of nodes, and links to them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import InstrumentedAttribute

from qms_graphql.graph.declare import AnyField, TypeDeclaration

T = TypeVar("T")


@dataclass(slots=True)
class AbstractDeclaration:
    """What was said about an interface or a union."""

    name: str
    description: str
    cls: type | None = None
    """The interface's class; None for a union."""
    plural: str | None = None
    named: tuple[str, ...] = ()
    """The types of a union, by name."""
    members: list[TypeDeclaration] = field(default_factory=list)
    """Its types, in the order of the schema; known when the schema is built."""
    annotation: Any = None
    """What fields that return it are annotated with; likewise."""
    own: tuple[Any, ...] = ()
    """The fields that an interface's class itself declares; rooms of a schema add others."""

    def forget_extensions(self) -> None:
        """Give an interface its own fields only: another schema of this process may have added what its rooms do."""
        vars(self.cls)["__strawberry_definition__"].fields[:] = self.own


def interface(*, plural: str | None = None) -> Callable[[type[T]], type[T]]:
    """Declare an interface of nodes: a class under ``@strawberry.interface``, which the nodes' classes have as a base.

    ``plural`` names its root field, a page of all records of its types. Their common scalars can be filtered and sorted
    by. Each type declares them itself, because its columns are its own.
    """

    def note(cls: type[T]) -> type[T]:
        definition = vars(cls)["__strawberry_definition__"]
        cls.__graph_interface__ = AbstractDeclaration(  # type: ignore[attr-defined]
            definition.name, definition.description or "", cls, plural, own=tuple(definition.fields)
        )
        return cls

    return note


def union(name: str, description: str, types: str) -> AbstractDeclaration:
    """Declare a union of the nodes named in ``types``, separated by spaces. Links to it are annotated by its name."""
    return AbstractDeclaration(name, description, named=tuple(types.split()))


def one_of(
    *columns: InstrumentedAttribute[Any],
    kind: InstrumentedAttribute[Any] | None = None,
    about: str,
    back: str | None = None,
    back_doc: str | None = None,
) -> Any:
    """A link to one record of an interface or a union.

    One column for each type, each with its foreign key and at most one of them filled. Or, where the types are too
    many for that, one column without foreign key and its ``kind``, a column of ``RecordType``. ``back`` names the
    connection at the other ends.
    """
    found = tuple(column.property.columns[0] for column in columns)
    return AnyField(
        columns=found,
        kind=kind.property.columns[0] if kind is not None else None,
        description=about,
        back=back,
        back_description=back_doc,
    )
