"""Training and competence."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0017"
down_revision = "0016"
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

    op.create_table(
        "training_plan",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("assessed", sa.Boolean(), nullable=True),
        sa.Column("roles", columns.Json(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=True),
        sa.Column("validity_months", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "document_id"],
            ["document.organization_id", "document.id"],
            name=op.f("fk_training_plan_organization_id_document_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_training_plan")),
        sa.UniqueConstraint(
            "organization_id", "document_id", name=op.f("uq_training_plan_organization_id_document_id")
        ),
    )
    op.create_table(
        "training_record",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", columns.PlainText, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("due_at", columns.Timestamp(), nullable=False),
        sa.Column("assessed", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_at", columns.Timestamp(), nullable=True),
        sa.Column("completed_at", columns.Timestamp(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("effectiveness", columns.PlainText, nullable=True),
        sa.Column("expires_at", columns.Timestamp(), nullable=True),
        sa.Column("ended_at", columns.Timestamp(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("assessor_id", sa.Uuid(), nullable=True),
        sa.Column("pass_mark", sa.Integer(), nullable=True),
        sa.Column("validity_months", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "assessor_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_training_record_organization_id_assessor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_training_record_organization_id_revision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_training_record_organization_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_training_record")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_training_record_organization_id_number")),
    )
    with op.batch_alter_table("training_record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_record_organization_id_revision_id_user_id_id"),
            ["organization_id", "revision_id", "user_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_training_record_organization_id_status_due_at_id"),
            ["organization_id", "status", "due_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_training_record_organization_id_user_id_due_at_id"),
            ["organization_id", "user_id", "due_at", "id"],
            unique=False,
        )

    protect(op.get_bind(), "competence")
    protect(op.get_bind(), "required_competence")
    protect(op.get_bind(), "training_plan")
    protect(op.get_bind(), "training_record")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("training_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_record_organization_id_user_id_due_at_id"))
        batch_op.drop_index(batch_op.f("ix_training_record_organization_id_status_due_at_id"))
        batch_op.drop_index(batch_op.f("ix_training_record_organization_id_revision_id_user_id_id"))

    op.drop_table("training_record")
    op.drop_table("training_plan")
    with op.batch_alter_table("competence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_competence_organization_id_user_id_area"))

    op.drop_table("competence")
    with op.batch_alter_table("required_competence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_required_competence_organization_id_department_id_id"))

    op.drop_table("required_competence")
