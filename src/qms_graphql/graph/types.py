"""The types every schema shares: the node interface, page info, comparators, keys, errors."""

import inspect
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.graph.scalars import ExternalVersion


@strawberry.interface(description="Anything with a global id.")
class Node:
    """Anything with a global id."""

    id: strawberry.ID = strawberry.field(description="The global, opaque id.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Where a page lies in its list."""

    has_next_page: bool = strawberry.field(description="Whether there are items after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there are items before this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the page's first item.")
    end_cursor: str | None = strawberry.field(description="Cursor of the page's last item.")


class OrderDirection(Enum):
    """Which way a list is sorted; missing values come last either way.

    ASC: Smallest first.
    DESC: Largest first.
    """

    ASC = "ASC"
    DESC = "DESC"


@strawberry.type(description="Why something was refused: nothing of it was written.")
class UserError:
    """Why something was refused."""

    code: ErrorCode = strawberry.field(description="What programs read.")
    message: str = strawberry.field(description="What people read.")
    field: list[str] | None = strawberry.field(description="Path of the input field it is about.")
    retryable: bool = strawberry.field(description="Whether the same request may succeed later unchanged.")

    @classmethod
    def of(cls, refusal: Refusal) -> "UserError":
        """The error of a refusal."""
        return cls(
            code=refusal.code, message=refusal.message, field=list(refusal.field) or None, retryable=refusal.retryable
        )


@strawberry.input(description="A record's key in an external system.")
class ExternalKey:
    """A record's key in an external system."""

    system: str = strawberry.field(description="The external system's name.")
    external_id: str = strawberry.field(description="The key there.")


@strawberry.input(description="A record's key in an external system, and the version of what is sent.")
class VersionedKey:
    """A record's key in an external system, and the version of what is sent."""

    system: str = strawberry.field(description="The external system's name.")
    external_id: str = strawberry.field(description="The key there.")
    version: ExternalVersion | None = strawberry.field(
        description="Time of last change there, or a whole number. Older than the one held: nothing is written.",
        default=None,
    )


def comparator(name: str, scalar: Any, *, ordered: bool = False, text: bool = False, what: str | None = None) -> type:
    """A comparator input for a scalar or an enumeration."""
    described = what or name
    fields: dict[str, tuple[Any, str]] = {
        "eq": (scalar | None, "Equal to."),
        "ne": (scalar | None, "Not equal to; a missing value is not equal."),
        "in_": (list[scalar] | None, "One of these, at most 1000."),
        "not_in": (list[scalar] | None, "None of these, at most 1000."),
        "is_null": (bool | None, "Whether the value is missing."),
    }
    if ordered:
        fields |= {
            "lt": (scalar | None, "Less than."),
            "lte": (scalar | None, "Less than or equal to."),
            "gt": (scalar | None, "Greater than."),
            "gte": (scalar | None, "Greater than or equal to."),
        }
    if text:
        fields["contains"] = (str | None, "Contains this text, without regard to case.")
    return input_type(f"{name}Comparator", f"Compares {described}.", fields, graphql_names={"in_": "in"})


def input_type(
    name: str,
    description: str,
    fields: dict[str, tuple[Any, str]],
    *,
    graphql_names: dict[str, str] | None = None,
    one_of: bool = False,
    defaults: dict[str, Any] | None = None,
    cls: type | None = None,
) -> type:
    """An input type made from names, types and descriptions; nullable fields may be left out.

    ``cls`` is the class to fill, where others refer to it already.
    """
    names = graphql_names or {}
    namespace: dict[str, Any] = {
        "__annotations__": {key: type_ for key, (type_, _) in fields.items()},
        "__doc__": description,
    }
    for key, (type_, about) in fields.items():
        extra: dict[str, Any] = {}
        if defaults and key in defaults:
            extra["default"] = defaults[key]
        elif _nullable(type_):
            extra["default"] = strawberry.UNSET
        namespace[key] = strawberry.field(description=about, name=names.get(key), **extra)
    return strawberry.input(
        _filled(cls or type(name, (), {}), namespace), name=name, description=description, one_of=one_of
    )


def output_type(cls: type, description: str, fields: dict[str, tuple[Any, Any]]) -> type:
    """Fill a class with annotated strawberry fields and make it an object type."""
    namespace: dict[str, Any] = {
        "__annotations__": {key: type_ for key, (type_, _) in fields.items()},
        "__doc__": description,
    }
    namespace |= {key: field for key, (_, field) in fields.items()}
    return strawberry.type(_filled(cls, namespace), name=cls.__name__, description=description)


def _filled(cls: type, namespace: dict[str, Any]) -> type:
    for key, value in namespace.items():
        setattr(cls, key, value)
    return cls


def describe_enum(enum: type[Enum], *, name: str | None = None) -> type[Enum]:
    """Make an enumeration known to strawberry, described by its docstring (lines ``MEMBER: what it means``).

    What a member means may go on in the next line. ``name`` is what the schema calls it, where another type has its own
    name.
    """
    lines = [line.strip() for line in (enum.__doc__ or "").splitlines()]
    about: dict[str, str] = {}
    last: str | None = None
    for line in lines:
        key, _, text = line.partition(":")
        if key in enum.__members__:
            about[key], last = text.strip(), key
        elif last is not None and line:
            about[last] += f" {line}"
        else:
            last = None
    if not hasattr(enum, "__strawberry_definition__"):
        strawberry.enum(enum, name=name)
    # Strawberry may have met it before, in an annotation: then it has no description yet.
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined]
    definition.description = lines[0] if lines else None
    for value in definition.values:
        value.description = about.get(value.name)
    return enum


def nullable(type_: Any) -> Any:
    """The annotation of what may be null, for types that are made when the schema is."""
    return type_ | None


def argument(type_: Any, description: str) -> Any:
    """The annotation of an argument that says what it is."""
    return Annotated[type_, strawberry.argument(description=description)]


def declared_resolver(returns: Any, arguments: dict[str, tuple[Any, Any]]) -> Callable[..., Any]:
    """A function with the given signature, for strawberry to read; the engine answers in its place."""

    def resolver(**_given: Any) -> None:
        raise AssertionError("the engine answers this field")

    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        for name, (annotation, default) in arguments.items()
    ]
    resolver.__signature__ = inspect.Signature(parameters, return_annotation=returns)  # type: ignore[attr-defined]
    resolver.__annotations__ = {name: annotation for name, (annotation, _) in arguments.items()} | {"return": returns}
    return resolver


def _nullable(type_: Any) -> bool:
    return type(None) in getattr(type_, "__args__", ())


describe_enum(ErrorCode)
describe_enum(OrderDirection)

COMPARATORS: dict[Any, type] = {
    str: comparator("String", str, ordered=True, text=True, what="text"),
    int: comparator("Int", int, ordered=True, what="whole numbers"),
    float: comparator("Float", float, ordered=True, what="numbers"),
    bool: comparator("Boolean", bool, what="truth values"),
    datetime: comparator("DateTime", datetime, ordered=True, what="times"),
    Decimal: comparator("Decimal", Decimal, ordered=True, what="decimals"),
    strawberry.ID: comparator("ID", strawberry.ID, what="ids"),
}
