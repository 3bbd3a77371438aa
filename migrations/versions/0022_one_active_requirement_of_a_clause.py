"""one ACTIVE requirement of a clause."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NAME, _ACTIVE = "uq_requirement_active_clause", sa.text("status = 'ACTIVE'")


def upgrade() -> None:
    """Apply. Raises ``RuntimeError`` that names the requirements if a clause has several: people say which holds."""
    requirement = sa.table(
        "requirement",
        *(sa.column(name, sa.Uuid()) for name in ("organization_id", "standard_id")),
        *(sa.column(name, sa.Text()) for name in ("clause_key", "number", "status")),
    )
    columns = [requirement.c[name] for name in ("organization_id", "standard_id", "clause_key")]
    twice = (
        sa.select(sa.func.min(requirement.c.number), sa.func.max(requirement.c.number))
        .where(requirement.c.status == "ACTIVE", *(column.is_not(None) for column in columns))
        .group_by(*columns)
        .having(sa.func.count() > 1)
    )
    found = [" and ".join(row) for row in op.get_bind().execute(twice).all()]
    if found:
        raise RuntimeError(f"Of each clause one requirement can be ACTIVE; retire one of {', one of '.join(found)}.")
    op.create_index(
        _NAME,
        "requirement",
        ["organization_id", "standard_id", "clause_key"],
        unique=True,
        postgresql_where=_ACTIVE,
        sqlite_where=_ACTIVE,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index(_NAME, table_name="requirement", postgresql_where=_ACTIVE, sqlite_where=_ACTIVE)
