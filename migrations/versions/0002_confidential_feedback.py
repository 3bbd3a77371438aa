"""Confidential feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confidential", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        batch_op.add_column(sa.Column("assignee_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_feedback_organization_id_assignee_id_occurred_at_id"),
            ["organization_id", "assignee_id", "occurred_at", "id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_feedback_organization_id_assignee_id"),
            "user",
            ["organization_id", "assignee_id"],
            ["organization_id", "id"],
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_feedback_organization_id_assignee_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_feedback_organization_id_assignee_id_occurred_at_id"))
        batch_op.drop_column("assignee_id")
        batch_op.drop_column("confidential")
