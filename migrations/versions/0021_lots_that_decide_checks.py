"""lots that decide checks."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("effectiveness_check", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lots", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("risk_id", sa.Uuid(), nullable=True))
        batch_op.alter_column("target", existing_type=columns.Exact(), nullable=True)
        batch_op.create_index(
            batch_op.f("ix_effectiveness_check_organization_id_risk_id_id"),
            ["organization_id", "risk_id", "id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_effectiveness_check_organization_id_risk_id"),
            "risk",
            ["organization_id", "risk_id"],
            ["organization_id", "id"],
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("effectiveness_check", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_effectiveness_check_organization_id_risk_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_effectiveness_check_organization_id_risk_id_id"))
        batch_op.alter_column("target", existing_type=columns.Exact(), nullable=False)
        batch_op.drop_column("risk_id")
        batch_op.drop_column("lots")
