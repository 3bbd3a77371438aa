"""notifications are found by their record."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_NAME = "ix_notification_organization_id_record_id_kind"


def upgrade() -> None:
    """Apply."""
    op.create_index(_NAME, "notification", ["organization_id", "record_id", "kind"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(_NAME, table_name="notification")
