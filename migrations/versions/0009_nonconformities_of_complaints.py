"""nonconformities of complaints."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("nonconformity_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_complaint_organization_id_nonconformity_id_id"),
            ["organization_id", "nonconformity_id", "id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_complaint_organization_id_nonconformity_id"),
            "nonconformity",
            ["organization_id", "nonconformity_id"],
            ["organization_id", "id"],
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_complaint_organization_id_nonconformity_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_complaint_organization_id_nonconformity_id_id"))
        batch_op.drop_column("nonconformity_id")
