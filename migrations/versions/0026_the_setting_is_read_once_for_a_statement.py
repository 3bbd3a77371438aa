"""the setting that says whose rows are seen is read once for a statement."""

from alembic import op

from qms_graphql.base import row_security

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    row_security.renew(op.get_bind())


def downgrade() -> None:
    """The rules as they were say the same; they stay."""
