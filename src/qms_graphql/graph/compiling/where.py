"""Filters: typed comparators, ``and or not``, relations.

Two-valued: a comparison with null is false, its negation true.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    and_,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql import Select

from qms_graphql.base.columns import Choice, Exact
from qms_graphql.base.drafts import number_problem
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.sets import among, list_parameter
from qms_graphql.base.visibility import restriction
from qms_graphql.graph.compiling.dialects import quoted
from qms_graphql.graph.compiling.plan import Given, Source
from qms_graphql.graph.declare import (
    AnyField,
    EmbeddedField,
    FieldDeclaration,
    IdField,
    ManyField,
    OneField,
    TypeDeclaration,
)

if TYPE_CHECKING:
    from qms_graphql.graph.compiling.compile import Compiler

Path = tuple[str, ...]
MOST_LIST_VALUES = 1000
MOST_CONDITIONS = 400
"""Of an interface they count once for each of its types, of which ``Record`` has ten or so."""
_DEEPEST = 20


def count_conditions(compiler: "Compiler", given: dict[str, Any] | None, times: int) -> None:
    """Add a ``where`` argument to the operation's conditions. ``times``: how often they are asked for.

    Raises ``Refusal(BAD_USER_INPUT)`` beyond ``MOST_CONDITIONS``.
    """
    compiler.conditions += times * _size(given)
    if compiler.conditions > MOST_CONDITIONS:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"At most {MOST_CONDITIONS} conditions in a root field.", ("where",))


def _size(given: Any) -> int:
    """How many conditions a filter has: the names in it, those of comparators included."""
    if isinstance(given, dict):
        return sum(1 + _size(value) for value in given.values())
    return sum(_size(item) for item in given) if isinstance(given, list) else 0


def condition(
    compiler: "Compiler",
    declared: TypeDeclaration,
    alias: FromClause,
    given: dict[str, Any] | None,
    path: Path = ("where",),
) -> ColumnElement[bool]:
    """The SQL of a ``where`` argument."""
    if len(path) > _DEEPEST:
        raise Refusal(ErrorCode.BAD_USER_INPUT, "The filter is nested too deeply.", path[:3])
    parts: list[ColumnElement[bool]] = []
    for name, value in (given or {}).items():
        if value is None:
            raise Refusal(
                ErrorCode.BAD_USER_INPUT, "A filter cannot be null; leave it out, or use isNull.", (*path, name)
            )
        here = (*path, name)
        if name == "and":
            parts.append(and_(true(), *(condition(compiler, declared, alias, item, here) for item in value)))
        elif name == "or":
            parts.append(or_(false(), *(condition(compiler, declared, alias, item, here) for item in value)))
        elif name == "not":
            parts.append(not_(func.coalesce(condition(compiler, declared, alias, value, here), false())))
        else:
            parts.append(_field(compiler, declared.fields[name], declared, alias, value, here))
    return and_(true(), *parts)


def _field(
    compiler: "Compiler",
    field: FieldDeclaration,
    declared: TypeDeclaration,
    alias: FromClause,
    value: dict[str, Any],
    path: Path,
) -> ColumnElement[bool]:
    if isinstance(field, OneField | EmbeddedField | AnyField) and not compiler.viewer.may(field.read):
        return false()
    if isinstance(field, OneField):
        return _to_one(compiler, field, alias, value, path)
    if isinstance(field, ManyField):
        return _to_many(compiler, field, alias, value, path)
    if isinstance(field, AnyField):
        return _to_any(compiler, field, alias, value, path)
    if isinstance(field, EmbeddedField):
        target, within_row = compiler.embedded(field, alias)
        return condition(compiler, target, within_row, value, path)
    ids_of = declared if isinstance(field, IdField) else None
    return comparison(compiler, compiler.element(field, alias), value, path, ids_of)


def _to_one(
    compiler: "Compiler", link: OneField, alias: FromClause, value: dict[str, Any], path: Path
) -> ColumnElement[bool]:
    target, column = compiler.target(link), alias.c[link.column.name]
    if not compiler.viewer.may(target.read):
        return false()
    if set(value) == {"id"} and value["id"] is not None and set(value["id"]) <= {"eq", "in", "isNull"}:
        # The key itself answers this, from its index, without a look at the other table; no link is no id.
        key = _seen_key(compiler, target, column, alias, link)
        return comparison(compiler, key, value["id"], (*path, "id"), target)
    return _leads_to(compiler, target, alias, column, value, path, link)


def _leads_to(
    compiler: "Compiler",
    target: TypeDeclaration,
    alias: FromClause,
    column: ColumnElement[Any],
    value: dict[str, Any],
    path: Path,
    link: OneField | None = None,
) -> ColumnElement[bool]:
    """Whether the record whose id (or other key of the ``link``) is in the column is as wanted."""
    child = compiler.alias(target)
    with compiler.through(alias):
        inner = condition(compiler, target, child, value, path)
    found = select(child.c.id).where(_at_end(compiler, target, child, column, link), inner)
    return exists(_fenced(compiler, found.correlate(alias, *compiler.outer)))


def _to_any(
    compiler: "Compiler", link: AnyField, alias: FromClause, value: dict[str, Any], path: Path
) -> ColumnElement[bool]:
    """A link to one of several types. Records that the viewer may not see are as if they were not linked."""
    ways = {
        declared.singular: (declared, alias.c[column.name], link.leads(alias, declared, column))
        for declared, column in link.ways
        if compiler.viewer.may(declared.read)
    }
    parts: list[ColumnElement[bool]] = []
    for name, given in value.items():
        if given is None:
            raise Refusal(ErrorCode.BAD_USER_INPUT, "A filter cannot be null; leave it out.", (*path, name))
        if name == "isNull":
            keys = (
                and_(leads, _seen_key(compiler, declared, column, alias).is_not(None))
                for declared, column, leads in ways.values()
            )
            nowhere = not_(or_(false(), *keys))
            parts.append(nowhere if given else not_(nowhere))
        elif name in ways:
            declared, column, leads = ways[name]
            parts.append(and_(leads, _leads_to(compiler, declared, alias, column, given, (*path, name))))
        else:
            parts.append(false())
    return and_(true(), *parts)


def _seen_key(
    compiler: "Compiler",
    target: TypeDeclaration,
    column: ColumnElement[Any],
    alias: FromClause,
    link: OneField | None = None,
) -> ColumnElement[Any]:
    """The id of what a link leads to, as if it were empty where the viewer does not see the record."""
    by_id = link is None or (link.key == "id" and link.such is None)
    if by_id and restriction(target.model, compiler.viewer) is None:
        return column
    child = compiler.alias(target)
    with compiler.inside(alias):
        rows = select(child.c.id).where(_at_end(compiler, target, child, column, link))
    return rows.correlate(alias, *compiler.outer).scalar_subquery()


def _at_end(
    compiler: "Compiler",
    target: TypeDeclaration,
    child: FromClause,
    column: ColumnElement[Any],
    link: OneField | None,
) -> ColumnElement[bool]:
    """Whether a row is what the column leads to: by its id, or as the link says."""
    if link is None:
        return and_(compiler.seen(target, child), child.c.id == column)
    return and_(compiler.reached(link, child), child.c[link.key] == column)


def _fenced(compiler: "Compiler", rows: Select[Any]) -> Select[Any]:
    """The rows of a relation within a relation, on PostgreSQL kept from being joined with those around them.

    The first relation may be joined, from the side that leaves fewer rows. Joined several deep in a table without
    statistics (small ones never get any), the planner takes each for one row and nests the joins: 50 rows three deep
    took 6 s. OFFSET 0 makes a look-up of each; it cannot go astray.
    """
    if compiler.relations == 0 or compiler.parameters.dialect.name == "sqlite":
        return rows
    return rows.offset(literal_column("0"))


def _to_many(
    compiler: "Compiler", many: ManyField, alias: FromClause, value: dict[str, Any], path: Path
) -> ColumnElement[bool]:
    target = compiler.target(many)
    if not compiler.viewer.may(target.read):
        return false()
    parts = []
    for name, given in value.items():
        if given is None:
            raise Refusal(ErrorCode.BAD_USER_INPUT, "A filter cannot be null; leave it out.", (*path, name))
        child = compiler.alias(target)
        with compiler.through(alias):
            joined = compiler.joined(many, alias, child)
            inner = condition(compiler, target, child, given, (*path, name)) if name != "count" else true()
        rows = (
            select(func.count() if name == "count" else child.c.organization_id).select_from(child).where(joined, inner)
        )
        rows = rows.correlate(alias, *compiler.outer)
        if name == "count":
            counted = type_coerce(rows.scalar_subquery(), Integer)
            parts.append(comparison(compiler, counted, given, (*path, name), None))
        else:
            found = exists(_fenced(compiler, rows))
            parts.append(found if name == "some" else ~found)
    return and_(true(), *parts)


def comparison(
    compiler: "Compiler", element: ColumnElement[Any], given: dict[str, Any], path: Path, ids_of: TypeDeclaration | None
) -> ColumnElement[bool]:
    """The SQL of one comparator."""
    parts = []
    for operator, value in given.items():
        here = (*path, operator)
        if value is None:
            raise Refusal(ErrorCode.BAD_USER_INPUT, "A comparison cannot be with null; use isNull.", here)
        parts.append(_operation(compiler, element, operator, value, here, ids_of))
    return and_(true(), *parts)


def _operation(
    compiler: "Compiler",
    element: ColumnElement[Any],
    operator: str,
    value: Any,
    path: Path,
    ids_of: TypeDeclaration | None,
) -> ColumnElement[bool]:
    if operator == "isNull":
        return element.is_(None) if value else element.is_not(None)
    if operator in ("in", "notIn") and isinstance(element.type, Choice):
        found = _is_one_of(element, element.type, _bounded(value))
        return found if operator == "in" else not_(found if _is_filled(element) else func.coalesce(found, false()))
    if operator in ("in", "notIn"):
        if ids_of is not None:
            members = compiler.parameters.bind_list(
                value, Uuid(), lambda ids: [own_id(i, ids_of) for i in _bounded(ids)], path
            )
        else:
            storable = _storable(element)
            members = compiler.parameters.bind_list(
                value, element.type, lambda items: [storable(item) for item in _bounded(items)], path
            )
        found = among(element, members)
        return found if operator == "in" else not_(func.coalesce(found, false()))
    if operator == "contains":
        part = compiler.parameters.bind(value, Text(), None, path)
        return compiler.json.contains(compiler.json.fold(element), compiler.json.fold(part))
    if ids_of is not None:
        bound = compiler.parameters.bind(value, Uuid(), lambda id_: own_id(id_, ids_of), path)
    else:
        bound = compiler.parameters.bind(value, element.type, _storable(element), path)
    operations = {
        "eq": lambda: element == bound,
        "ne": lambda: element.is_distinct_from(bound),
        "lt": lambda: element < bound,
        "lte": lambda: element <= bound,
        "gt": lambda: element > bound,
        "gte": lambda: element >= bound,
    }
    return operations[operator]()


def _is_one_of(element: ColumnElement[Any], type_: Choice, wanted: Sequence[Enum]) -> ColumnElement[bool]:
    """Whether an enumeration's value is one of a few, which stand in the text, in the order they are declared.

    They shape the plan anyway; and only of what stands in the text can a database see that an index of some of the
    rows (``complaint``: those that are open) has all that are asked for.
    """
    named = [quoted(member.value) for member in type_.choices if member in wanted]
    return element.in_(named) if named else false()


def _is_filled(element: ColumnElement[Any]) -> bool:
    """Whether it is a column that is never null."""
    return not getattr(element, "nullable", True)


def own_id(text: str, declared: TypeDeclaration) -> Any:
    """The key inside a global id; an id of another kind of record matches nothing."""
    table, id_ = from_global(text)
    return id_ if table == declared.table.name else _NOBODY


def is_among(compiler: "Compiler", element: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether an id is one of those the request supplies under ``name``."""
    compiler.parameters.sources[name] = Source(Given(name))
    return among(element, list_parameter(name, Uuid(), compiler.parameters.dialect))


def _storable(element: ColumnElement[Any]) -> Callable[[Any], Any]:
    """Checks that a value to compare with has a form in the column; an amount that has none is refused, not rounded."""
    if not isinstance(element.type, Exact):
        return lambda value: value

    def check(value: Any) -> Any:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        problem = number_problem(number, None, None)
        if problem is not None:
            raise Refusal(*problem)
        return number

    return check


def _bounded(values: list[Any]) -> list[Any]:
    if len(values) > MOST_LIST_VALUES:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_LIST_VALUES} values.")
    return values


_NOBODY = from_global("nobody_" + "0" * 32)[1]
