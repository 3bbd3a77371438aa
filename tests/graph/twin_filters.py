"""The twin's filters, from the documented meaning of ``where``."""

from collections.abc import Mapping
from typing import Any

from graphql import get_named_type

from qms_graphql.graph.declare import (
    AnyField,
    EmbeddedField,
    FieldDeclaration,
    IdField,
    ManyField,
    OneField,
    TypeDeclaration,
)
from tests.graph.computed import VISIBLE
from tests.graph.values import compare, ordinal, read, read_id


def matches(twin: Any, row: Any, where: Mapping[str, Any]) -> bool:
    """Whether a row meets a filter; everything in it must hold."""
    for name, value in where.items():
        if name == "and":
            holds = all(matches(twin, row, item) for item in value)
        elif name == "or":
            holds = any(matches(twin, row, item) for item in value)
        elif name == "not":
            holds = not matches(twin, row, value)
        else:
            holds = _meets(twin, row, row.declared.fields[name], value)
        if not holds:
            return False
    return True


def _meets(twin: Any, row: Any, field: FieldDeclaration, given: Mapping[str, Any]) -> bool:
    if isinstance(field, OneField):
        assert field.target is not None
        if not twin.may(field.target):
            return False
        if set(given) == {"id"} and set(given["id"]) <= {"eq", "in", "isNull"}:
            # What has no link, or one to what is not seen, has no linked id: isNull finds it.
            seen = twin.one(row, field)
            return _id_holds(seen.values["id"] if seen else None, field.target, given["id"])
        other = twin.one(row, field)
        return other is not None and matches(twin, other, given)
    if isinstance(field, ManyField):
        assert field.target is not None
        return twin.may(field.target) and _counts(twin, twin.linked(row, field), given)
    if isinstance(field, AnyField):
        return _leads(twin, twin.any(row, field), field, row, given)
    if isinstance(field, EmbeddedField):
        return matches(twin, twin.embedded(row, field), given)
    value = twin.value(row, field)
    if isinstance(field, IdField):
        return _id_holds(value, row.declared, given)
    comparator = get_named_type(twin.schema.type_map[f"{row.declared.name}Filter"].fields[field.name].type).name
    return all(_holds(value, operator, limit, comparator) for operator, limit in given.items())


def _leads(twin: Any, other: Any, field: AnyField, row: Any, given: Mapping[str, Any]) -> bool:
    """Whether a link to one of several types leads where it is wanted; ``isNull`` looks at the link, not the record."""
    linked = any(
        twin.may(declared)
        and twin.leads(row, field, declared, column)
        and (other is not None or declared.name not in VISIBLE)
        for declared, column in field.ways
    )
    return all(
        linked != wanted
        if name == "isNull"
        else other is not None
        and other.declared.name[0].lower() + other.declared.name[1:] == name
        and matches(twin, other, wanted)
        for name, wanted in given.items()
    )


def _counts(twin: Any, linked: list[Any], given: Mapping[str, Any]) -> bool:
    return all(
        all(_holds(len(linked), operator, limit, "IntComparator") for operator, limit in value.items())
        if name == "count"
        else any(matches(twin, other, value) for other in linked) == (name == "some")
        for name, value in given.items()
    )


def _id_holds(key: Any, declared: TypeDeclaration, given: Mapping[str, Any]) -> bool:
    def own(id_: str) -> Any:
        table, found = read_id(id_)
        return found if table == declared.table.name else None

    def typed(value: Any) -> Any:
        return (
            [own(item) for item in value]
            if isinstance(value, list)
            else value
            if isinstance(value, bool)
            else own(value)
        )

    return all(_holds(key, operator, typed(value), "IDComparator") for operator, value in given.items())


def _holds(value: Any, operator: str, limit: Any, comparator: str) -> bool:
    """Whether a comparison holds. With a missing value none does, but those that say "not"."""
    if operator == "isNull":
        return (value is None) == limit
    if operator in ("in", "notIn"):
        among = any(value is not None and _same(value, read(item, comparator)) for item in limit)
        return among == (operator == "in")
    if operator == "contains":
        return value is not None and limit.lower() in value.lower()
    wanted = read(limit, comparator)
    if operator in ("eq", "ne"):
        return (value is not None and _same(value, wanted)) == (operator == "eq")
    if value is None:
        return False
    way = compare(value, wanted, descending=False)
    return {"lt": way < 0, "lte": way <= 0, "gt": way > 0, "gte": way >= 0}[operator]


def _same(value: Any, wanted: Any) -> bool:
    return wanted is not None and ordinal(value) == ordinal(wanted)
