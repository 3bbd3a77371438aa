"""Runs of timed work."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "scheduled_run",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("job", columns.PlainText, nullable=False),
        sa.Column("due_at", columns.Timestamp(), nullable=False),
        sa.Column("started_at", columns.Timestamp(), nullable=False),
        sa.Column("ended_at", columns.Timestamp(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("error", columns.PlainText, nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "job", "due_at", name=op.f("pk_scheduled_run")),
    )
    protect(op.get_bind(), "scheduled_run")


def downgrade() -> None:
    """Take back."""
    op.drop_table("scheduled_run")
