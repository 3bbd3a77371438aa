"""Alembic's environment: migrations run on the connection that ``qms migrate`` hands over."""

from typing import Any, Literal

from alembic import context
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


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables(),
    render_as_batch=False,
    compare_type=compare_type,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
