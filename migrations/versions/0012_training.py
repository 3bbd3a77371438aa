"""Competence: what people are able to do, and what they shall be able to do."""

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
        "required_competence",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "department_id"],
            ["department.organization_id", "department.id"],
            name=op.f("fk_required_competence_organization_id_department_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_required_competence")),
    )
    with op.batch_alter_table("required_competence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_required_competence_organization_id_department_id_id"),
            ["organization_id", "department_id", "id"],
            unique=False,
        )

    op.create_table(
        "competence",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("evidence", columns.PlainText, nullable=True),
        sa.Column("assessed_at", columns.Timestamp(), nullable=False),
        sa.Column("assessor_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "assessor_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_competence_organization_id_assessor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_competence_organization_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_competence")),
    )
    with op.batch_alter_table("competence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_competence_organization_id_user_id_area"),
            ["organization_id", "user_id", "area"],
            unique=False,
        )

    protect(op.get_bind(), "competence")
    protect(op.get_bind(), "required_competence")


def downgrade() -> None:
    """Take back."""

    with op.batch_alter_table("competence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_competence_organization_id_user_id_area"))

    op.drop_table("competence")
    with op.batch_alter_table("required_competence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_required_competence_organization_id_department_id_id"))

    op.drop_table("required_competence")
