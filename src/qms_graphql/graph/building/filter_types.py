"""The inputs made from the declared types: filters, and sort orders."""

import inspect
from collections.abc import Callable
from enum import Enum
from typing import Any

import strawberry

from qms_graphql.base.columns import Json
from qms_graphql.graph.abstract import AbstractDeclaration
from qms_graphql.graph.declare import (
    AnyField,
    ColumnField,
    EmbeddedField,
    FieldDeclaration,
    IdField,
    ManyField,
    OneField,
    SqlField,
    TypeDeclaration,
)
from qms_graphql.graph.types import COMPARATORS, OrderDirection, comparator, describe_enum, input_type


def filterable(field: FieldDeclaration) -> bool:
    """Whether a field is a scalar that the database can compare."""
    if isinstance(field, SqlField | IdField):
        return True
    return isinstance(field, ColumnField) and not isinstance(field.column.type, Json)


def sortable(field: FieldDeclaration) -> bool:
    """Whether lists can be sorted by a field."""
    sorts = field.column.info.get("sorts", True) if isinstance(field, ColumnField) else True
    return filterable(field) and sorts


def words(name: str) -> str:
    """A type's name in words, for sentences about it."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


class FilterTypes:
    """Fills the input classes of types; they refer to each other, so ``cls`` finds each by name."""

    def __init__(self, cls: Callable[[str], Any]) -> None:
        self._cls = cls

    def order(self, name: str, about: str, scalars: dict[str, str], links: dict[str, OneField]) -> None:
        """``XOrder``: by one of the ``scalars``, which map names to descriptions, or by a field of a linked record."""
        choices = Enum(f"{name}OrderField", {_upper(key): key for key in scalars})  # type: ignore[misc]
        choices.__doc__ = f"What {about} can be sorted by.\n" + "".join(
            f"\n{_upper(key)}: {described}" for key, described in scalars.items()
        )
        fields: dict[str, tuple[Any, str]] = {
            "field": (describe_enum(choices) | None, "What to sort by, unless by a field of a linked record."),
            "direction": (OrderDirection | None, f"Which way the field goes; ASC if left out.{_inside(links)}"),
        }
        for key, link in links.items():
            if key in fields:
                raise TypeError(f"{name}.{key}: a link that can be sorted by needs another name")
            assert link.target is not None  # noqa: S101
            described = f"By the linked record; missing ones last. {link.description or ''}"
            fields[key] = (self._cls(f"{link.target.name}Order") | None, described)
        cls = self._cls(f"{name}Order")
        names = {key: key for key in fields}
        input_type(cls.__name__, f"One key of a sort order of {about}.", fields, graphql_names=names, cls=cls)

    def filter(self, name: str, about: str, fields: dict[str, FieldDeclaration]) -> None:
        """``XFilter``."""
        found: dict[str, tuple[Any, str]] = {}
        for key, field in fields.items():
            type_ = self._filter_of(field)
            if type_ is not None:
                found[key] = (type_ | None, field.description or "")
        names = {key: key for key in found}
        own = self._cls(f"{name}Filter")
        found |= {
            "and_": (list[own] | None, "All of these hold."),  # type: ignore[valid-type]
            "or_": (list[own] | None, "At least one of these holds."),  # type: ignore[valid-type]
            "not_": (own | None, "This does not hold."),
        }
        names |= {"and_": "and", "or_": "or", "not_": "not"}
        input_type(own.__name__, f"Which {about} to take.", found, graphql_names=names, cls=own)

    def of_type(self, declaration: TypeDeclaration) -> None:
        """The inputs of a declared type: filter, filter of lists, order."""
        about = words(declaration.plural or declaration.name)
        if declaration.is_node:
            scalars = {key: field.description or "" for key, field in declaration.fields.items() if sortable(field)}
            self.order(declaration.name, about, scalars, _sortable_links(declaration))
        self.filter(declaration.name, about, declaration.fields)
        own, listed = self._cls(f"{declaration.name}Filter"), self._cls(f"{declaration.name}ListFilter")
        input_type(
            listed.__name__,
            f"Whether linked {about} exist.",
            {
                "some": (own | None, "At least one is like this."),
                "none": (own | None, "None is like this."),
                "count": (COMPARATORS[int] | None, "How many there are."),  # type: ignore[operator]
            },
            cls=listed,
        )

    def of_interface(self, name: str, plural: str, fields: dict[str, FieldDeclaration]) -> None:
        """The inputs of an interface: filter and order by the scalars that all its types have."""
        scalars = {key: field for key, field in fields.items() if filterable(field)}
        sorting = {key: field.description or "" for key, field in scalars.items() if sortable(field)}
        self.order(name, words(plural), sorting, {})
        self.filter(name, words(plural), scalars)

    def of_link(self, abstract: AbstractDeclaration) -> None:
        """The filter of links to an interface or a union: by the type's own filter."""
        cls = self._cls(f"{abstract.name}LinkFilter")
        fields: dict[str, tuple[Any, str]] = {
            declared.singular: (
                self._cls(f"{declared.name}Filter") | None,
                f"It leads to a {words(declared.name)} like this.",
            )
            for declared in abstract.members
        }
        fields["isNull"] = (bool | None, "Whether it leads nowhere.")
        about = f"Where a link to one of several types leads to: {abstract.description}"
        input_type(cls.__name__, about, fields, graphql_names={name: name for name in fields}, cls=cls)

    def _filter_of(self, field: FieldDeclaration) -> Any:
        if isinstance(field, OneField | EmbeddedField | ManyField) and field.target is not None:
            return self._cls(field.target.name + ("ListFilter" if isinstance(field, ManyField) else "Filter"))
        if isinstance(field, AnyField):
            return self._cls(f"{field.abstract}LinkFilter")
        if isinstance(field, IdField):
            return COMPARATORS[strawberry.ID]
        if not filterable(field):
            return None
        type_ = _bare(field.annotation)
        if inspect.isclass(type_) and issubclass(type_, Enum) and type_ not in COMPARATORS:
            COMPARATORS[type_] = comparator(type_.__name__, describe_enum(type_))
        return COMPARATORS[type_]


def _sortable_links(declaration: TypeDeclaration) -> dict[str, OneField]:
    """The links to one record with an identity, whose fields can be sorted by."""
    return {
        key: field
        for key, field in declaration.fields.items()
        if isinstance(field, OneField) and field.target is not None and field.target.is_node
    }


def _inside(links: dict[str, OneField]) -> str:
    """Where the direction stands if it is not a field of the row itself that is sorted by, by an example."""
    for key, link in links.items():
        if link.target is not None:
            own = (name for name, item in link.target.fields.items() if sortable(item) and name != "id")
            example = f"{{ {key}: {{ field: {_upper(next(own, 'id'))}, direction: DESC }} }}"
            return f" It stands beside the field, inside the link where there is one: `{example}`."
    return ""


def _bare(annotation: Any) -> Any:
    members = [item for item in getattr(annotation, "__args__", ()) if item is not type(None)]
    return members[0] if members else annotation


def _upper(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name)
