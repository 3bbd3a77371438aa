"""Complaints coded with failure modes."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base.row_security import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "risk_complaint",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "complaint_id"],
            ["complaint.organization_id", "complaint.id"],
            name=op.f("fk_risk_complaint_organization_id_complaint_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "risk_id"],
            ["risk.organization_id", "risk.id"],
            name=op.f("fk_risk_complaint_organization_id_risk_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "risk_id", "position", name=op.f("pk_risk_complaint")),
    )
    with op.batch_alter_table("risk_complaint", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_risk_complaint_organization_id_complaint_id_risk_id"),
            ["organization_id", "complaint_id", "risk_id"],
            unique=False,
        )
    protect(op.get_bind(), "risk_complaint")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("risk_complaint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_risk_complaint_organization_id_complaint_id_risk_id"))

    op.drop_table("risk_complaint")
