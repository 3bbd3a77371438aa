"""Documents and their revisions."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "document_policy",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("approver_roles", columns.Json(), nullable=False),
        sa.Column("training_share", columns.Exact(), nullable=False),
        sa.Column("training_days", sa.Integer(), nullable=False),
        sa.Column("training_roles", columns.Json(), nullable=False),
        sa.Column("acknowledgement", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_document_policy")),
        sa.UniqueConstraint("organization_id", "kind", name=op.f("uq_document_policy_organization_id_kind")),
    )
    op.create_table(
        "document_policy_department",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "department_id"],
            ["department.organization_id", "department.id"],
            name=op.f("fk_document_policy_department_organization_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "policy_id"],
            ["document_policy.organization_id", "document_policy.id"],
            name=op.f("fk_document_policy_department_organization_id_policy_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "policy_id", "position", name=op.f("pk_document_policy_department")),
    )
    with op.batch_alter_table("document_policy_department", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_policy_department_organization_id_department_id_policy_id"),
            ["organization_id", "department_id", "policy_id"],
            unique=False,
        )

    op.create_table(
        "document",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", columns.PlainText, nullable=False),
        sa.Column("title", columns.PlainText, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "department_id"],
            ["department.organization_id", "department.id"],
            name=op.f("fk_document_organization_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "owner_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_document_organization_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["product.organization_id", "product.id"],
            name=op.f("fk_document_organization_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_document")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_document_organization_id_number")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_organization_id_department_id_id"),
            ["organization_id", "department_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_document_organization_id_kind_id"), ["organization_id", "kind", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_document_organization_id_owner_id_id"), ["organization_id", "owner_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_document_organization_id_product_id_id"),
            ["organization_id", "product_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_document_organization_id_title_id"), ["organization_id", "title", "id"], unique=False
        )

    op.create_table(
        "revision",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", columns.PlainText, nullable=False),
        sa.Column("label", columns.PlainText, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reason", columns.PlainText, nullable=True),
        sa.Column("content", columns.PlainText, nullable=True),
        sa.Column("content_link", columns.PlainText, nullable=True),
        sa.Column("effective_from", columns.Timestamp(), nullable=True),
        sa.Column("approved_at", columns.Timestamp(), nullable=True),
        sa.Column("effective_at", columns.Timestamp(), nullable=True),
        sa.Column("obsolete_at", columns.Timestamp(), nullable=True),
        sa.Column("training_waived", columns.PlainText, nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_revision_organization_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "document_id"],
            ["document.organization_id", "document.id"],
            name=op.f("fk_revision_organization_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "supersedes_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_revision_organization_id_supersedes_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_revision")),
        sa.UniqueConstraint(
            "organization_id", "document_id", "label", name=op.f("uq_revision_organization_id_document_id_label")
        ),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_revision_organization_id_number")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_revision_organization_id_author_id_id"), ["organization_id", "author_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_revision_organization_id_document_id_effective_at_id"),
            ["organization_id", "document_id", "effective_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_revision_organization_id_status_effective_from_id"),
            ["organization_id", "status", "effective_from", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_revision_organization_id_supersedes_id_id"),
            ["organization_id", "supersedes_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_revision_effective",
            ["organization_id", "document_id"],
            unique=True,
            postgresql_where=sa.text("status = 'EFFECTIVE'"),
            sqlite_where=sa.text("status = 'EFFECTIVE'"),
        )

    op.create_table(
        "characteristic",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", columns.PlainText, nullable=False),
        sa.Column("target", columns.Exact(), nullable=True),
        sa.Column("lower", columns.Exact(), nullable=True),
        sa.Column("upper", columns.Exact(), nullable=True),
        sa.Column("unit", columns.PlainText, nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_characteristic_organization_id_revision_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "revision_id", "position", name=op.f("pk_characteristic")),
    )
    op.create_table(
        "revision_approval",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_revision_approval_organization_id_revision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_revision_approval_organization_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "revision_id", "position", name=op.f("pk_revision_approval")),
    )
    with op.batch_alter_table("revision_approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_revision_approval_organization_id_user_id_revision_id"),
            ["organization_id", "user_id", "revision_id"],
            unique=False,
        )

    op.create_table(
        "revision_requirement",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "requirement_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_revision_requirement_organization_id_requirement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_revision_requirement_organization_id_revision_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "revision_id", "position", name=op.f("pk_revision_requirement")),
    )
    with op.batch_alter_table("revision_requirement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_revision_requirement_organization_id_requirement_id_revision_id"),
            ["organization_id", "requirement_id", "revision_id"],
            unique=False,
        )

    op.create_table(
        "revision_action",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "action_id"],
            ["action.organization_id", "action.id"],
            name=op.f("fk_revision_action_organization_id_action_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_revision_action_organization_id_revision_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "revision_id", "position", name=op.f("pk_revision_action")),
    )
    with op.batch_alter_table("revision_action", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_revision_action_organization_id_action_id_revision_id"),
            ["organization_id", "action_id", "revision_id"],
            unique=False,
        )

    for table in (
        "document_policy",
        "document_policy_department",
        "document",
        "revision",
        "characteristic",
        "revision_approval",
        "revision_requirement",
        "revision_action",
    ):
        protect(op.get_bind(), table)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("revision_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revision_action_organization_id_action_id_revision_id"))

    op.drop_table("revision_action")
    with op.batch_alter_table("revision_requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revision_requirement_organization_id_requirement_id_revision_id"))

    op.drop_table("revision_requirement")
    with op.batch_alter_table("revision_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revision_approval_organization_id_user_id_revision_id"))

    op.drop_table("revision_approval")
    op.drop_table("characteristic")
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_revision_effective",
            postgresql_where=sa.text("status = 'EFFECTIVE'"),
            sqlite_where=sa.text("status = 'EFFECTIVE'"),
        )
        batch_op.drop_index(batch_op.f("ix_revision_organization_id_supersedes_id_id"))
        batch_op.drop_index(batch_op.f("ix_revision_organization_id_status_effective_from_id"))
        batch_op.drop_index(batch_op.f("ix_revision_organization_id_document_id_effective_at_id"))
        batch_op.drop_index(batch_op.f("ix_revision_organization_id_author_id_id"))

    op.drop_table("revision")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_organization_id_title_id"))
        batch_op.drop_index(batch_op.f("ix_document_organization_id_product_id_id"))
        batch_op.drop_index(batch_op.f("ix_document_organization_id_owner_id_id"))
        batch_op.drop_index(batch_op.f("ix_document_organization_id_kind_id"))
        batch_op.drop_index(batch_op.f("ix_document_organization_id_department_id_id"))

    op.drop_table("document")
    with op.batch_alter_table("document_policy_department", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_policy_department_organization_id_department_id_policy_id"))

    op.drop_table("document_policy_department")
    op.drop_table("document_policy")
