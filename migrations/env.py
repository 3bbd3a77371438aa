"""Alembic's environment: migrations run on the connection that ``qms migrate`` hands over."""

from enum import Enum
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.operations.ops import AddColumnOp
from sqlalchemy import String

from qms_graphql.base import columns
from qms_graphql.schema import tables


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """How a new migration spells our column types."""
    if kind == "type" and isinstance(item, columns.Choice):
        return "sa.String(length=40)"
    if kind == "type" and isinstance(item, columns.Timestamp | columns.Exact | columns.Json):
        return f"columns.{type(item).__name__}()"
    if kind == "type" and type(item) is String:
        return "columns.PlainText"
    return False


def compare_type(_context: Any, _inspected: Any, _column: Any, found: Any, declared: Any) -> bool | None:
    """Ours decide by dialect; what they become there is compared, not what they are called."""
    return False if isinstance(declared, columns.Choice | columns.Timestamp | columns.Exact | columns.Json) else None


def with_defaults(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Rows that are there already get a new column's default, or a column that must not be null could not be added."""
    waiting = [script.upgrade_ops for script in directives]
    while waiting:
        operation = waiting.pop()
        waiting += getattr(operation, "ops", [])
        if isinstance(operation, AddColumnOp):
            default, column = operation.column.default, operation.column
            if default is not None and default.is_scalar and not column.nullable:
                value = default.arg.value if isinstance(default.arg, Enum) else default.arg
                spelled = str(value).lower() if isinstance(value, bool) else repr(value)
                column.server_default = sa.DefaultClause(sa.text(spelled))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables(),
    # SQLite changes a table by copying it; there this says so, elsewhere it says nothing.
    render_as_batch=True,
    compare_type=compare_type,
    render_item=render_item,
    process_revision_directives=with_defaults,
)
with context.begin_transaction():
    context.run_migrations()
