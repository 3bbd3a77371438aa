"""Inspections of products."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "inspection",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", columns.Timestamp(), nullable=False),
        sa.Column("step", columns.PlainText, nullable=True),
        sa.Column("lot", columns.PlainText, nullable=True),
        sa.Column("inspected", sa.Integer(), nullable=False),
        sa.Column("defective", sa.Integer(), nullable=False),
        sa.Column("defects", sa.Integer(), nullable=True),
        sa.Column("opportunities", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("custom", columns.Json(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["product.organization_id", "product.id"],
            name=op.f("fk_inspection_organization_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_inspection")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_organization_id_at_id"), ["organization_id", "at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inspection_organization_id_lot"), ["organization_id", "lot"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inspection_organization_id_product_id_at_id"),
            ["organization_id", "product_id", "at", "id"],
            unique=False,
        )
    protect(op.get_bind(), "inspection")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_organization_id_product_id_at_id"))
        batch_op.drop_index(batch_op.f("ix_inspection_organization_id_lot"))
        batch_op.drop_index(batch_op.f("ix_inspection_organization_id_at_id"))

    op.drop_table("inspection")
