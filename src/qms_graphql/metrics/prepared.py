"""Statements rendered once for each form of a question; what differs between two questions are their parameters.

To build such a statement takes SQLAlchemy longer than PostgreSQL needs to answer it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Uuid, bindparam, true
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import Select, visitors

from qms_graphql.base.access import Viewer
from qms_graphql.base.visibility import Visibility, person
from qms_graphql.graph.compiling.plan import Given, Parameters, Plan, Source, render
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.slices import boundary_values, window_values

KEPT = 128
"""How many forms of a statement are remembered."""
_OF_REQUEST = frozenset({"organization", "person"})
"""The names of `of_request`."""


def owned(column: ColumnElement[UUID]) -> ColumnElement[bool]:
    """That a row is the organization's; see `values`."""
    return column == bindparam("organization", type_=column.type)


def seen(row: Any, limit: Visibility | None) -> ColumnElement[bool]:
    """That the viewer, whom ``limit`` restricts, sees a row; see `values`."""
    return true() if limit is None else limit.rows(row.c, bindparam("person", type_=Uuid()))


def of_request(viewer: Viewer) -> dict[str, Any]:
    """The parameters that are the same in all statements of a request."""
    return {"organization": viewer.organization_id, "person": person(viewer)}


def values(viewer: Viewer, scope: Scope, window: Window, boundaries: Sequence[datetime] = ()) -> dict[str, Any]:
    """The parameters of a statement."""
    return {
        **of_request(viewer),
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


def numbered(statement: Select[Any], number: int) -> Select[Any]:
    """The statement with parameters of its own, so that it can stand beside others; those of the request are shared."""

    def rename(element: Any, **_: Any) -> BindParameter[Any] | None:
        if isinstance(element, BindParameter) and not element.unique and element.key not in _OF_REQUEST:
            return bindparam(own_name(element.key, number), type_=element.type)
        return None

    return cast(Select[Any], visitors.replacement_traverse(statement, {}, rename))


@lru_cache(maxsize=4096)
def own_name(name: str, number: int) -> str:
    """How a parameter is called in the statement with this number."""
    return name if name in _OF_REQUEST else f"{name}_of_{number}"
