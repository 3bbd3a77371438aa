"""reviews and findings."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "review",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", columns.PlainText, nullable=False),
        sa.Column("title", columns.PlainText, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("scope", columns.PlainText, nullable=True),
        sa.Column("planned_at", columns.Timestamp(), nullable=True),
        sa.Column("held_at", columns.Timestamp(), nullable=True),
        sa.Column("reported_at", columns.Timestamp(), nullable=True),
        sa.Column("closed_at", columns.Timestamp(), nullable=True),
        sa.Column("no_findings", sa.Boolean(), nullable=False),
        sa.Column("independence_waived", columns.PlainText, nullable=True),
        sa.Column("summary", columns.PlainText, nullable=True),
        sa.Column("improvement_opportunities", columns.PlainText, nullable=True),
        sa.Column("needed_changes", columns.PlainText, nullable=True),
        sa.Column("resource_needs", columns.PlainText, nullable=True),
        sa.Column("context_changes", columns.PlainText, nullable=True),
        sa.Column("period_from", columns.Timestamp(), nullable=True),
        sa.Column("period_until", columns.Timestamp(), nullable=True),
        sa.Column("inputs", columns.Json(), nullable=True),
        sa.Column("inputs_at", columns.Timestamp(), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "department_id"],
            ["department.organization_id", "department.id"],
            name=op.f("fk_review_organization_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "lead_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_review_organization_id_lead_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "supplier_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_review_organization_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_review")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_review_organization_id_number")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_organization_id_department_id_id"),
            ["organization_id", "department_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_review_organization_id_held_at_id"), ["organization_id", "held_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_review_organization_id_kind_held_at_id"),
            ["organization_id", "kind", "held_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_review_organization_id_lead_id_id"), ["organization_id", "lead_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_review_organization_id_planned_at_id"), ["organization_id", "planned_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_review_organization_id_status_planned_at_id"),
            ["organization_id", "status", "planned_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_review_organization_id_supplier_id_id"),
            ["organization_id", "supplier_id", "id"],
            unique=False,
        )

    op.create_table(
        "finding",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("statement", columns.PlainText, nullable=False),
        sa.Column("evidence", columns.PlainText, nullable=True),
        sa.Column("link", columns.PlainText, nullable=True),
        sa.Column("grade", columns.PlainText, nullable=True),
        sa.Column("authority", columns.PlainText, nullable=True),
        sa.Column("reference", columns.PlainText, nullable=True),
        sa.Column("found_at", columns.Timestamp(), nullable=False),
        sa.Column("response_due", columns.Timestamp(), nullable=True),
        sa.Column("action_waived", columns.PlainText, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("requirement_id", sa.Uuid(), nullable=True),
        sa.Column("nonconformity_id", sa.Uuid(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "department_id"],
            ["department.organization_id", "department.id"],
            name=op.f("fk_finding_organization_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "nonconformity_id"],
            ["nonconformity.organization_id", "nonconformity.id"],
            name=op.f("fk_finding_organization_id_nonconformity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "requirement_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_finding_organization_id_requirement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "review_id"],
            ["review.organization_id", "review.id"],
            name=op.f("fk_finding_organization_id_review_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "supplier_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_finding_organization_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_finding_organization_id_department_id_found_at_id"),
            ["organization_id", "department_id", "found_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_finding_organization_id_found_at_id"), ["organization_id", "found_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_finding_organization_id_kind_found_at_id"),
            ["organization_id", "kind", "found_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_finding_organization_id_nonconformity_id_id"),
            ["organization_id", "nonconformity_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_finding_organization_id_requirement_id_found_at_id"),
            ["organization_id", "requirement_id", "found_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_finding_organization_id_review_id_id"), ["organization_id", "review_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_finding_organization_id_supplier_id_found_at_id"),
            ["organization_id", "supplier_id", "found_at", "id"],
            unique=False,
        )

    op.create_table(
        "review_attendee",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "review_id"],
            ["review.organization_id", "review.id"],
            name=op.f("fk_review_attendee_organization_id_review_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_review_attendee_organization_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "review_id", "position", name=op.f("pk_review_attendee")),
    )
    with op.batch_alter_table("review_attendee", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_attendee_organization_id_user_id_review_id"),
            ["organization_id", "user_id", "review_id"],
            unique=False,
        )

    op.create_table(
        "review_criterion",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=True),
        sa.Column("standard_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "requirement_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_review_criterion_organization_id_requirement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "review_id"],
            ["review.organization_id", "review.id"],
            name=op.f("fk_review_criterion_organization_id_review_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "standard_id"],
            ["standard.organization_id", "standard.id"],
            name=op.f("fk_review_criterion_organization_id_standard_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "review_id", "position", name=op.f("pk_review_criterion")),
    )
    with op.batch_alter_table("review_criterion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_criterion_organization_id_requirement_id_review_id"),
            ["organization_id", "requirement_id", "review_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_review_criterion_organization_id_standard_id_review_id"),
            ["organization_id", "standard_id", "review_id"],
            unique=False,
        )

    op.create_table(
        "review_member",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "review_id"],
            ["review.organization_id", "review.id"],
            name=op.f("fk_review_member_organization_id_review_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_review_member_organization_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "review_id", "position", name=op.f("pk_review_member")),
    )
    with op.batch_alter_table("review_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_member_organization_id_user_id_review_id"),
            ["organization_id", "user_id", "review_id"],
            unique=False,
        )

    op.create_table(
        "finding_action",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "action_id"],
            ["action.organization_id", "action.id"],
            name=op.f("fk_finding_action_organization_id_action_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "finding_id"],
            ["finding.organization_id", "finding.id"],
            name=op.f("fk_finding_action_organization_id_finding_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "finding_id", "position", name=op.f("pk_finding_action")),
    )
    with op.batch_alter_table("finding_action", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_finding_action_organization_id_action_id_finding_id"),
            ["organization_id", "action_id", "finding_id"],
            unique=False,
        )

    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.add_column(sa.Column("focus_group_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_feedback_organization_id_focus_group_id_id"),
            ["organization_id", "focus_group_id", "id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_feedback_organization_id_focus_group_id"),
            "review",
            ["organization_id", "focus_group_id"],
            ["organization_id", "id"],
        )
    for table in (
        "review",
        "finding",
        "review_attendee",
        "review_criterion",
        "review_member",
        "finding_action",
    ):
        protect(op.get_bind(), table)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_feedback_organization_id_focus_group_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_feedback_organization_id_focus_group_id_id"))
        batch_op.drop_column("focus_group_id")

    with op.batch_alter_table("finding_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_action_organization_id_action_id_finding_id"))

    op.drop_table("finding_action")
    with op.batch_alter_table("review_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_member_organization_id_user_id_review_id"))

    op.drop_table("review_member")
    with op.batch_alter_table("review_criterion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_criterion_organization_id_standard_id_review_id"))
        batch_op.drop_index(batch_op.f("ix_review_criterion_organization_id_requirement_id_review_id"))

    op.drop_table("review_criterion")
    with op.batch_alter_table("review_attendee", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_attendee_organization_id_user_id_review_id"))

    op.drop_table("review_attendee")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_organization_id_supplier_id_found_at_id"))
        batch_op.drop_index(batch_op.f("ix_finding_organization_id_review_id_id"))
        batch_op.drop_index(batch_op.f("ix_finding_organization_id_requirement_id_found_at_id"))
        batch_op.drop_index(batch_op.f("ix_finding_organization_id_nonconformity_id_id"))
        batch_op.drop_index(batch_op.f("ix_finding_organization_id_kind_found_at_id"))
        batch_op.drop_index(batch_op.f("ix_finding_organization_id_found_at_id"))
        batch_op.drop_index(batch_op.f("ix_finding_organization_id_department_id_found_at_id"))

    op.drop_table("finding")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_organization_id_supplier_id_id"))
        batch_op.drop_index(batch_op.f("ix_review_organization_id_status_planned_at_id"))
        batch_op.drop_index(batch_op.f("ix_review_organization_id_planned_at_id"))
        batch_op.drop_index(batch_op.f("ix_review_organization_id_lead_id_id"))
        batch_op.drop_index(batch_op.f("ix_review_organization_id_kind_held_at_id"))
        batch_op.drop_index(batch_op.f("ix_review_organization_id_held_at_id"))
        batch_op.drop_index(batch_op.f("ix_review_organization_id_department_id_id"))

    op.drop_table("review")
