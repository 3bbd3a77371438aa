"""Statements rendered once for each form of a question; what differs between two questions are their parameters.

To build such a statement takes SQLAlchemy longer than PostgreSQL needs to answer it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BindParameter, ColumnElement, Uuid, bindparam, select, true
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import Select, visitors

from qms_graphql.base.access import Viewer
from qms_graphql.base.database import Reader
from qms_graphql.base.visibility import Visibility, person
from qms_graphql.graph.dialects import json_dialect
from qms_graphql.graph.plan import Given, Parameters, Plan, Source, render
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.slices import boundary_values, window_values

KEPT = 128
"""How many forms of a statement are remembered."""


def owned(column: ColumnElement[UUID]) -> ColumnElement[bool]:
    """That a row is the organization's; see `values`."""
    return column == bindparam("organization", type_=column.type)


def seen(row: Any, limit: Visibility | None) -> ColumnElement[bool]:
    """That the viewer, whom ``limit`` restricts, sees a row; see `values`."""
    return true() if limit is None else limit.rows(row.c, bindparam("person", type_=Uuid()))


def values(viewer: Viewer, scope: Scope, window: Window, boundaries: Sequence[datetime] = ()) -> dict[str, Any]:
    """The parameters of a statement."""
    return {
        "organization": viewer.organization_id,
        "person": person(viewer),
        **scope.values(),
        **window_values(window),
        **boundary_values(boundaries),
    }


def rendered(statement: Select[Any], dialect: Dialect) -> Plan:
    """A statement whose named parameters are those of `values`."""
    parameters = Parameters(dialect)
    for element in visitors.iterate(statement):
        if isinstance(element, BindParameter) and not element.unique:
            parameters.sources[element.key] = Source(Given(element.key))
    return render(statement, parameters, [])


def rendered_rows(statement: Select[Any], dialect: Dialect) -> Plan:
    """The same, for an answer in one value: the JSON of all rows, for `rows`."""
    json, found = json_dialect(dialect), statement.subquery("found")
    row = json.object_([(column.key, json.value(column)) for column in found.c])
    return rendered(select(json.list_(row)), dialect)


async def rows(reader: Reader, plan: Plan, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All rows, with the values that JSON has: an exact decimal is a text."""
    found: list[dict[str, Any]] = orjson.loads(await reader.value(plan.sql, plan.arguments({}, given)))
    return found
