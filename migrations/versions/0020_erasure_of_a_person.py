"""Erasure of a person."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "erased_ref",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("digest", columns.PlainText, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "digest", name=op.f("pk_erased_ref")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("legal_hold", columns.PlainText, nullable=True))
        batch_op.add_column(sa.Column("erased_at", columns.Timestamp(), nullable=True))
        batch_op.add_column(sa.Column("erasure_basis", sa.String(length=40), nullable=True))
    protect(op.get_bind(), "erased_ref")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_column("erasure_basis")
        batch_op.drop_column("erased_at")
        batch_op.drop_column("legal_hold")

    op.drop_table("erased_ref")
