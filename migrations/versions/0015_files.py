"""Files of records."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "file",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("name", columns.PlainText, nullable=False),
        sa.Column("media_type", columns.PlainText, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", columns.PlainText, nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("at", columns.Timestamp(), nullable=True),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", columns.Timestamp(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("reason", columns.PlainText, nullable=True),
        sa.Column("storage_key", columns.PlainText, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "uploaded_by_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_file_organization_id_uploaded_by_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_file")),
    )
    with op.batch_alter_table("file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_file_organization_id_record_id_id"), ["organization_id", "record_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_file_organization_id_state_held"), ["organization_id", "state", "held"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_file_organization_id_uploaded_by_id_id"),
            ["organization_id", "uploaded_by_id", "id"],
            unique=False,
        )
    protect(op.get_bind(), "file")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_organization_id_uploaded_by_id_id"))
        batch_op.drop_index(batch_op.f("ix_file_organization_id_state_held"))
        batch_op.drop_index(batch_op.f("ix_file_organization_id_record_id_id"))

    op.drop_table("file")
