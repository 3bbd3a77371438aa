"""What departments follow."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "department_follow",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "department_id"],
            ["department.organization_id", "department.id"],
            name=op.f("fk_department_follow_organization_id_department_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_department_follow")),
        sa.UniqueConstraint(
            "organization_id",
            "record_id",
            "department_id",
            name=op.f("uq_department_follow_organization_id_record_id_department_id"),
        ),
    )
    with op.batch_alter_table("department_follow", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_department_follow_organization_id_department_id_id"),
            ["organization_id", "department_id", "id"],
            unique=False,
        )
    protect(op.get_bind(), "department_follow")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("department_follow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_department_follow_organization_id_department_id_id"))

    op.drop_table("department_follow")
