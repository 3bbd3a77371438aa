"""What risks were rated, hazards, the FMEA worksheet, acceptance."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "estimate",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", columns.Timestamp(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("harm_severity", sa.Integer(), nullable=False),
        sa.Column("reason", columns.PlainText, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "by_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_estimate_organization_id_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "risk_id"],
            ["risk.organization_id", "risk.id"],
            name=op.f("fk_estimate_organization_id_risk_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "risk_id", "position", name=op.f("pk_estimate")),
    )
    op.create_table(
        "rating",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", columns.Timestamp(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("detection", sa.Integer(), nullable=False),
        sa.Column("reason", columns.PlainText, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "by_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_rating_organization_id_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "risk_id"],
            ["risk.organization_id", "risk.id"],
            name=op.f("fk_rating_organization_id_risk_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "risk_id", "position", name=op.f("pk_rating")),
    )
    with op.batch_alter_table("risk", schema=None) as batch_op:
        batch_op.add_column(sa.Column("item", columns.PlainText, nullable=True))
        batch_op.add_column(sa.Column("step", columns.PlainText, nullable=True))
        batch_op.add_column(sa.Column("place", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("classification", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("harm", columns.PlainText, nullable=True))
        batch_op.add_column(sa.Column("probability", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("harm_severity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("initial_probability", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("initial_harm_severity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rating_reason", columns.PlainText, nullable=True))
        batch_op.add_column(sa.Column("acceptance_reason", columns.PlainText, nullable=True))
        batch_op.add_column(sa.Column("accepted_at", columns.Timestamp(), nullable=True))
    protect(op.get_bind(), "rating", "estimate")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("risk", schema=None) as batch_op:
        batch_op.drop_column("accepted_at")
        batch_op.drop_column("acceptance_reason")
        batch_op.drop_column("rating_reason")
        batch_op.drop_column("initial_harm_severity")
        batch_op.drop_column("initial_probability")
        batch_op.drop_column("harm_severity")
        batch_op.drop_column("probability")
        batch_op.drop_column("harm")
        batch_op.drop_column("classification")
        batch_op.drop_column("place")
        batch_op.drop_column("step")
        batch_op.drop_column("item")

    op.drop_table("rating")
    op.drop_table("estimate")
