"""Complaints, and the triage of feedback."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect
from qms_graphql.feedback.likeness import marks

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "complaint_policy",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("minor_acknowledge", sa.Integer(), nullable=False),
        sa.Column("minor_resolve", sa.Integer(), nullable=False),
        sa.Column("major_acknowledge", sa.Integer(), nullable=False),
        sa.Column("major_resolve", sa.Integer(), nullable=False),
        sa.Column("critical_acknowledge", sa.Integer(), nullable=False),
        sa.Column("critical_resolve", sa.Integer(), nullable=False),
        sa.Column("no_reply", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_complaint_policy")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_complaint_policy_organization_id")),
    )
    op.create_table(
        "complaint",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", columns.PlainText, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("external_status", columns.PlainText, nullable=True),
        sa.Column("nature", columns.PlainText, nullable=True),
        sa.Column("details", columns.PlainText, nullable=True),
        sa.Column("severity", sa.String(length=40), nullable=True),
        sa.Column("safety_related", sa.Boolean(), nullable=True),
        sa.Column("reportable", sa.Boolean(), nullable=True),
        sa.Column("harm", columns.PlainText, nullable=True),
        sa.Column("country", columns.PlainText, nullable=True),
        sa.Column("lot", columns.PlainText, nullable=True),
        sa.Column("serial", columns.PlainText, nullable=True),
        sa.Column("udi", columns.PlainText, nullable=True),
        sa.Column("sample_returned", sa.Boolean(), nullable=False),
        sa.Column("complainant_name", columns.PlainText, nullable=True),
        sa.Column("complainant_address", columns.PlainText, nullable=True),
        sa.Column("complainant_phone", columns.PlainText, nullable=True),
        sa.Column("correction", columns.PlainText, nullable=True),
        sa.Column("response", columns.PlainText, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("recourse_exhausted", sa.Boolean(), nullable=False),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("not_confirmed", sa.Boolean(), nullable=False),
        sa.Column("skip_reason", columns.PlainText, nullable=True),
        sa.Column("skipped_by", columns.PlainText, nullable=True),
        sa.Column("event_at", columns.Timestamp(), nullable=True),
        sa.Column("aware_at", columns.Timestamp(), nullable=False),
        sa.Column("received_at", columns.Timestamp(), nullable=False),
        sa.Column("acknowledge_due_at", columns.Timestamp(), nullable=False),
        sa.Column("due_at", columns.Timestamp(), nullable=False),
        sa.Column("acknowledged_at", columns.Timestamp(), nullable=True),
        sa.Column("assessed_at", columns.Timestamp(), nullable=True),
        sa.Column("investigated_at", columns.Timestamp(), nullable=True),
        sa.Column("responded_at", columns.Timestamp(), nullable=True),
        sa.Column("no_reply_at", columns.Timestamp(), nullable=True),
        sa.Column("closed_at", columns.Timestamp(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("custom", columns.Json(), nullable=False),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("interaction_id", sa.Uuid(), nullable=True),
        sa.Column("earlier_investigation_id", sa.Uuid(), nullable=True),
        sa.Column("is_complaint", sa.Boolean(), nullable=True),
        sa.Column("complaint_reason", columns.PlainText, nullable=True),
        sa.Column("complaint_decided_by", columns.PlainText, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "contact_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_complaint_organization_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "customer_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_complaint_organization_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "earlier_investigation_id"],
            ["complaint.organization_id", "complaint.id"],
            name=op.f("fk_complaint_organization_id_earlier_investigation_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "handler_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_complaint_organization_id_handler_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "interaction_id"],
            ["interaction.organization_id", "interaction.id"],
            name=op.f("fk_complaint_organization_id_interaction_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["product.organization_id", "product.id"],
            name=op.f("fk_complaint_organization_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_complaint_organization_id_number")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_complaint_organization_id_contact_id_id"),
            ["organization_id", "contact_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_complaint_organization_id_customer_id_id"),
            ["organization_id", "customer_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_complaint_organization_id_due_at_id"), ["organization_id", "due_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_complaint_organization_id_earlier_investigation_id_id"),
            ["organization_id", "earlier_investigation_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_complaint_organization_id_handler_id_due_at_id"),
            ["organization_id", "handler_id", "due_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_complaint_organization_id_interaction_id_id"),
            ["organization_id", "interaction_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_complaint_organization_id_product_id_received_at_id"),
            ["organization_id", "product_id", "received_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_complaint_organization_id_received_at_id"),
            ["organization_id", "received_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_complaint_organization_id_status_due_at_id"),
            ["organization_id", "status", "due_at", "id"],
            unique=False,
        )

    op.create_table(
        "complaint_report",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("regime", columns.PlainText, nullable=False),
        sa.Column("decision", sa.Boolean(), nullable=True),
        sa.Column("reason", columns.PlainText, nullable=True),
        sa.Column("due_at", columns.Timestamp(), nullable=True),
        sa.Column("submitted_at", columns.Timestamp(), nullable=True),
        sa.Column("reference", columns.PlainText, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "complaint_id"],
            ["complaint.organization_id", "complaint.id"],
            name=op.f("fk_complaint_report_organization_id_complaint_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "complaint_id", "position", name=op.f("pk_complaint_report")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.add_column(sa.Column("untold_reason", columns.PlainText, nullable=True))
        batch_op.add_column(sa.Column("author_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("complaint_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("is_complaint", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("complaint_reason", columns.PlainText, nullable=True))
        batch_op.add_column(sa.Column("complaint_decided_by", columns.PlainText, nullable=True))
        batch_op.create_index(
            batch_op.f("ix_feedback_organization_id_author_id_occurred_at_id"),
            ["organization_id", "author_id", "occurred_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_organization_id_complaint_id_id"),
            ["organization_id", "complaint_id", "id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_feedback_organization_id_complaint_id"),
            "complaint",
            ["organization_id", "complaint_id"],
            ["organization_id", "id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_feedback_organization_id_author_id"),
            "user",
            ["organization_id", "author_id"],
            ["organization_id", "id"],
        )
    op.create_table(
        "feedback_mark",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "mark", "feedback_id", name=op.f("pk_feedback_mark")),
        sqlite_with_rowid=False,
    )
    _mark()
    protect(op.get_bind(), "complaint", "complaint_report", "complaint_policy", "feedback_mark")


def _mark() -> None:
    """The marks of the feedback that is there."""
    names = ("organization_id", "id", "text")
    feedback = sa.table("feedback", *(sa.column(n, sa.Text() if n == "text" else sa.Uuid()) for n in names))
    kept = sa.table(
        "feedback_mark", *(sa.column(n, sa.Uuid()) for n in ("organization_id", "feedback_id")), sa.column("mark")
    )
    for organization_id, id_, text in op.get_bind().execute(sa.select(feedback)).all():
        rows = [
            {"organization_id": organization_id, "mark": mark, "feedback_id": id_} for mark in sorted(set(marks(text)))
        ]
        if rows:
            op.get_bind().execute(sa.insert(kept), rows)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_feedback_organization_id_author_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_feedback_organization_id_complaint_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_feedback_organization_id_complaint_id_id"))
        batch_op.drop_index(batch_op.f("ix_feedback_organization_id_author_id_occurred_at_id"))
        batch_op.drop_column("complaint_decided_by")
        batch_op.drop_column("complaint_reason")
        batch_op.drop_column("is_complaint")
        batch_op.drop_column("complaint_id")
        batch_op.drop_column("author_id")
        batch_op.drop_column("untold_reason")

    op.drop_table("complaint_report")
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_organization_id_status_due_at_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_organization_id_received_at_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_organization_id_product_id_received_at_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_organization_id_interaction_id_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_organization_id_handler_id_due_at_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_organization_id_earlier_investigation_id_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_organization_id_due_at_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_organization_id_customer_id_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_organization_id_contact_id_id"))

    op.drop_table("complaint")
    op.drop_table("feedback_mark")
    op.drop_table("complaint_policy")
