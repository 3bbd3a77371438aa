"""The first schema."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "customer",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", columns.PlainText, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("supplier", sa.Boolean(), nullable=False),
        sa.Column("segment", columns.PlainText, nullable=True),
        sa.Column("email", columns.PlainText, nullable=True),
        sa.Column("phone", columns.PlainText, nullable=True),
        sa.Column("country", columns.PlainText, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("custom", columns.Json(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_customer_organization_id_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_customer")),
    )
    op.create_index(
        op.f("ix_customer_organization_id_parent_id_id"),
        "customer",
        ["organization_id", "parent_id", "id"],
        unique=False,
    )
    op.create_table(
        "department",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", columns.PlainText, nullable=False),
        sa.Column("code", columns.PlainText, nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["department.organization_id", "department.id"],
            name=op.f("fk_department_organization_id_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_department")),
    )
    op.create_index(
        op.f("ix_department_organization_id_parent_id_id"),
        "department",
        ["organization_id", "parent_id", "id"],
        unique=False,
    )
    op.create_table(
        "event",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", columns.Timestamp(), nullable=False),
        sa.Column("actor_kind", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", columns.PlainText, nullable=False),
        sa.Column("origin", columns.PlainText, nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("record_type", columns.PlainText, nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("changed_fields", columns.Json(), nullable=False),
        sa.Column("payload", columns.Json(), nullable=False),
        sa.Column("sealed", columns.PlainText, nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("hash", columns.PlainText, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "seq", name=op.f("pk_event")),
    )
    op.create_index("ix_event_record", "event", ["organization_id", "record_id", "seq"], unique=False)
    op.create_table(
        "external_ref",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("system", columns.PlainText, nullable=False),
        sa.Column("type", columns.PlainText, nullable=False),
        sa.Column("external_id", columns.PlainText, nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("version", columns.Json(), nullable=True),
        sa.Column("version_order", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "system", "type", "external_id", name=op.f("pk_external_ref")),
    )
    op.create_index("ix_external_ref_record", "external_ref", ["organization_id", "record_id"], unique=False)
    op.create_index("ix_external_ref_target", "external_ref", ["organization_id", "target_id"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("mutation", columns.PlainText, nullable=False),
        sa.Column("key", columns.PlainText, nullable=False),
        sa.Column("request_hash", columns.PlainText, nullable=False),
        sa.Column("outcome", columns.Json(), nullable=True),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "token_id", "mutation", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret_fingerprint", columns.PlainText, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", columns.PlainText, nullable=False),
        sa.Column("name", columns.PlainText, nullable=False),
        sa.Column("time_zone", columns.PlainText, nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("slug", name=op.f("uq_organization_slug")),
    )
    op.create_table(
        "organization_stream",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", columns.PlainText, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_organization_stream")),
    )
    op.create_table(
        "product",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", columns.PlainText, nullable=True),
        sa.Column("name", columns.PlainText, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("category", columns.PlainText, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("custom", columns.Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_product")),
    )
    op.create_table(
        "record_counter",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", columns.PlainText, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "prefix", "year", name=op.f("pk_record_counter")),
    )
    op.create_table(
        "standard",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework", columns.PlainText, nullable=False),
        sa.Column("edition", columns.PlainText, nullable=False),
        sa.Column("body", columns.PlainText, nullable=True),
        sa.Column("title", columns.PlainText, nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_standard")),
        sa.UniqueConstraint(
            "organization_id", "framework", "edition", name=op.f("uq_standard_organization_id_framework_edition")
        ),
    )
    op.create_table(
        "subject_key",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "subject_id", name=op.f("pk_subject_key")),
    )
    op.create_table(
        "survey",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", columns.PlainText, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_survey")),
    )
    op.create_table(
        "theme",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", columns.PlainText, nullable=False),
        sa.Column("description", columns.PlainText, nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["theme.organization_id", "theme.id"],
            name=op.f("fk_theme_organization_id_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_theme")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_theme_organization_id_name")),
    )
    op.create_index(
        op.f("ix_theme_organization_id_parent_id_id"), "theme", ["organization_id", "parent_id", "id"], unique=False
    )
    op.create_table(
        "customer_relation",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("role", columns.PlainText, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "customer_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_customer_relation_organization_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "to_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_customer_relation_organization_id_to_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "customer_id", "position", name=op.f("pk_customer_relation")),
    )
    op.create_index(
        op.f("ix_customer_relation_organization_id_to_id_customer_id"),
        "customer_relation",
        ["organization_id", "to_id", "customer_id"],
        unique=False,
    )
    op.create_table(
        "interaction",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("occurred_at", columns.Timestamp(), nullable=False),
        sa.Column("quantity", columns.Exact(), nullable=True),
        sa.Column("amount", columns.Exact(), nullable=True),
        sa.Column("currency", columns.PlainText, nullable=True),
        sa.Column("channel", columns.PlainText, nullable=True),
        sa.Column("lot", columns.PlainText, nullable=True),
        sa.Column("serial", columns.PlainText, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("custom", columns.Json(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "contact_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_interaction_organization_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "customer_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_interaction_organization_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["product.organization_id", "product.id"],
            name=op.f("fk_interaction_organization_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_interaction")),
    )
    op.create_index(
        op.f("ix_interaction_organization_id_contact_id_id"),
        "interaction",
        ["organization_id", "contact_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_interaction_organization_id_customer_id_occurred_at_id"),
        "interaction",
        ["organization_id", "customer_id", "occurred_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_interaction_organization_id_kind_occurred_at_customer_id"),
        "interaction",
        ["organization_id", "kind", "occurred_at", "customer_id"],
        unique=False,
    )
    op.create_index(op.f("ix_interaction_organization_id_lot"), "interaction", ["organization_id", "lot"], unique=False)
    op.create_index(
        op.f("ix_interaction_organization_id_product_id_occurred_at_id"),
        "interaction",
        ["organization_id", "product_id", "occurred_at", "id"],
        unique=False,
    )
    op.create_table(
        "question",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("key", columns.PlainText, nullable=False),
        sa.Column("text", columns.PlainText, nullable=True),
        sa.Column("metric", sa.String(length=40), nullable=True),
        sa.Column("scale_min", sa.Integer(), nullable=True),
        sa.Column("scale_max", sa.Integer(), nullable=True),
        sa.Column("satisfied_from", sa.Integer(), nullable=True),
        sa.Column("choices", columns.Json(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "survey_id"],
            ["survey.organization_id", "survey.id"],
            name=op.f("fk_question_organization_id_survey_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_question")),
        sa.UniqueConstraint(
            "organization_id", "survey_id", "key", name=op.f("uq_question_organization_id_survey_id_key")
        ),
    )
    op.create_table(
        "user",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", columns.PlainText, nullable=False),
        sa.Column("email", columns.PlainText, nullable=True),
        sa.Column("title", columns.PlainText, nullable=True),
        sa.Column("roles", columns.Json(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "department_id"],
            ["department.organization_id", "department.id"],
            name=op.f("fk_user_organization_id_department_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_user")),
    )
    op.create_index(
        op.f("ix_user_organization_id_department_id_id"),
        "user",
        ["organization_id", "department_id", "id"],
        unique=False,
    )
    op.create_table(
        "api_token",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", columns.PlainText, nullable=False),
        sa.Column("digest", columns.PlainText, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("systems", columns.Json(), nullable=True),
        sa.Column("revoked_at", columns.Timestamp(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_api_token_organization_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_api_token")),
    )
    op.create_index(
        op.f("ix_api_token_organization_id_user_id_id"), "api_token", ["organization_id", "user_id", "id"], unique=False
    )
    op.create_table(
        "feedback",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", columns.PlainText, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("voice", sa.String(length=40), nullable=False),
        sa.Column("text", columns.PlainText, nullable=True),
        sa.Column("language", columns.PlainText, nullable=True),
        sa.Column("channel", columns.PlainText, nullable=True),
        sa.Column("occurred_at", columns.Timestamp(), nullable=False),
        sa.Column("received_at", columns.Timestamp(), nullable=False),
        sa.Column("loop_closed_at", columns.Timestamp(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("custom", columns.Json(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("interaction_id", sa.Uuid(), nullable=True),
        sa.Column("duplicate_of_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "contact_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_feedback_organization_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "customer_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_feedback_organization_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "duplicate_of_id"],
            ["feedback.organization_id", "feedback.id"],
            name=op.f("fk_feedback_organization_id_duplicate_of_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "interaction_id"],
            ["interaction.organization_id", "interaction.id"],
            name=op.f("fk_feedback_organization_id_interaction_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["product.organization_id", "product.id"],
            name=op.f("fk_feedback_organization_id_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "survey_id"],
            ["survey.organization_id", "survey.id"],
            name=op.f("fk_feedback_organization_id_survey_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_feedback_organization_id_number")),
    )
    op.create_index(
        op.f("ix_feedback_organization_id_contact_id_id"),
        "feedback",
        ["organization_id", "contact_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_organization_id_customer_id_occurred_at_id"),
        "feedback",
        ["organization_id", "customer_id", "occurred_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_organization_id_duplicate_of_id_id"),
        "feedback",
        ["organization_id", "duplicate_of_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_organization_id_interaction_id_id"),
        "feedback",
        ["organization_id", "interaction_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_organization_id_occurred_at_id"),
        "feedback",
        ["organization_id", "occurred_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_organization_id_product_id_occurred_at_id"),
        "feedback",
        ["organization_id", "product_id", "occurred_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_organization_id_received_at_id"),
        "feedback",
        ["organization_id", "received_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_organization_id_status_occurred_at_id"),
        "feedback",
        ["organization_id", "status", "occurred_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_organization_id_survey_id_occurred_at_id"),
        "feedback",
        ["organization_id", "survey_id", "occurred_at", "id"],
        unique=False,
    )
    op.create_table(
        "requirement",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", columns.PlainText, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("clause", columns.PlainText, nullable=True),
        sa.Column("statement", columns.PlainText, nullable=True),
        sa.Column("importance", sa.Integer(), nullable=True),
        sa.Column("not_applicable_reason", columns.PlainText, nullable=True),
        sa.Column("standard_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "owner_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_requirement_organization_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_requirement_organization_id_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["product.organization_id", "product.id"],
            name=op.f("fk_requirement_organization_id_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "standard_id"],
            ["standard.organization_id", "standard.id"],
            name=op.f("fk_requirement_organization_id_standard_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "supersedes_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_requirement_organization_id_supersedes_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "theme_id"],
            ["theme.organization_id", "theme.id"],
            name=op.f("fk_requirement_organization_id_theme_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_requirement")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_requirement_organization_id_number")),
    )
    op.create_index(
        op.f("ix_requirement_organization_id_clause_id"),
        "requirement",
        ["organization_id", "clause", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requirement_organization_id_owner_id_id"),
        "requirement",
        ["organization_id", "owner_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requirement_organization_id_parent_id_id"),
        "requirement",
        ["organization_id", "parent_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requirement_organization_id_product_id_id"),
        "requirement",
        ["organization_id", "product_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requirement_organization_id_standard_id_clause_id"),
        "requirement",
        ["organization_id", "standard_id", "clause", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requirement_organization_id_status_id"),
        "requirement",
        ["organization_id", "status", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requirement_organization_id_supersedes_id_id"),
        "requirement",
        ["organization_id", "supersedes_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requirement_organization_id_theme_id_id"),
        "requirement",
        ["organization_id", "theme_id", "id"],
        unique=False,
    )
    op.create_table(
        "answer",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("number", columns.Exact(), nullable=True),
        sa.Column("text", columns.PlainText, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "feedback_id"],
            ["feedback.organization_id", "feedback.id"],
            name=op.f("fk_answer_organization_id_feedback_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "question_id"],
            ["question.organization_id", "question.id"],
            name=op.f("fk_answer_organization_id_question_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "feedback_id", "position", name=op.f("pk_answer")),
    )
    op.create_index(
        op.f("ix_answer_organization_id_question_id_feedback_id_number"),
        "answer",
        ["organization_id", "question_id", "feedback_id", "number"],
        unique=False,
    )
    op.create_table(
        "feedback_theme",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "feedback_id"],
            ["feedback.organization_id", "feedback.id"],
            name=op.f("fk_feedback_theme_organization_id_feedback_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "theme_id"],
            ["theme.organization_id", "theme.id"],
            name=op.f("fk_feedback_theme_organization_id_theme_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "feedback_id", "position", name=op.f("pk_feedback_theme")),
    )
    op.create_index(
        op.f("ix_feedback_theme_organization_id_theme_id_feedback_id"),
        "feedback_theme",
        ["organization_id", "theme_id", "feedback_id"],
        unique=False,
    )
    op.create_table(
        "requirement_evidence",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "feedback_id"],
            ["feedback.organization_id", "feedback.id"],
            name=op.f("fk_requirement_evidence_organization_id_feedback_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "requirement_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_requirement_evidence_organization_id_requirement_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "requirement_id", "position", name=op.f("pk_requirement_evidence")),
    )
    op.create_index(
        op.f("ix_requirement_evidence_organization_id_feedback_id_requirement_id"),
        "requirement_evidence",
        ["organization_id", "feedback_id", "requirement_id"],
        unique=False,
    )
    op.create_table(
        "risk",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", columns.PlainText, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("title", columns.PlainText, nullable=True),
        sa.Column("function", columns.PlainText, nullable=True),
        sa.Column("failure_mode", columns.PlainText, nullable=True),
        sa.Column("effect", columns.PlainText, nullable=True),
        sa.Column("cause", columns.PlainText, nullable=True),
        sa.Column("prevention_controls", columns.PlainText, nullable=True),
        sa.Column("detection_controls", columns.PlainText, nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("occurrence", sa.Integer(), nullable=True),
        sa.Column("detection", sa.Integer(), nullable=True),
        sa.Column("initial_severity", sa.Integer(), nullable=True),
        sa.Column("initial_occurrence", sa.Integer(), nullable=True),
        sa.Column("initial_detection", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("requirement_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "owner_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_risk_organization_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["product.organization_id", "product.id"],
            name=op.f("fk_risk_organization_id_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "requirement_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_risk_organization_id_requirement_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_risk")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_risk_organization_id_number")),
    )
    op.create_index(
        op.f("ix_risk_organization_id_created_at_id"), "risk", ["organization_id", "created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_risk_organization_id_owner_id_id"), "risk", ["organization_id", "owner_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_risk_organization_id_product_id_id"), "risk", ["organization_id", "product_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_risk_organization_id_requirement_id_id"),
        "risk",
        ["organization_id", "requirement_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_risk_organization_id_status_id"), "risk", ["organization_id", "status", "id"], unique=False
    )
    op.create_table(
        "action",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", columns.PlainText, nullable=False),
        sa.Column("title", columns.PlainText, nullable=False),
        sa.Column("description", columns.PlainText, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("due_at", columns.Timestamp(), nullable=True),
        sa.Column("done_at", columns.Timestamp(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("risk_id", sa.Uuid(), nullable=True),
        sa.Column("feedback_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("requirement_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "customer_id"],
            ["customer.organization_id", "customer.id"],
            name=op.f("fk_action_organization_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "department_id"],
            ["department.organization_id", "department.id"],
            name=op.f("fk_action_organization_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "feedback_id"],
            ["feedback.organization_id", "feedback.id"],
            name=op.f("fk_action_organization_id_feedback_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "owner_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_action_organization_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["product.organization_id", "product.id"],
            name=op.f("fk_action_organization_id_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "requirement_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_action_organization_id_requirement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "risk_id"],
            ["risk.organization_id", "risk.id"],
            name=op.f("fk_action_organization_id_risk_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_action")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_action_organization_id_number")),
    )
    op.create_index(
        op.f("ix_action_organization_id_customer_id_id"),
        "action",
        ["organization_id", "customer_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_action_organization_id_department_id_due_at_id"),
        "action",
        ["organization_id", "department_id", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_action_organization_id_due_at_id"), "action", ["organization_id", "due_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_action_organization_id_feedback_id_id"),
        "action",
        ["organization_id", "feedback_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_action_organization_id_owner_id_due_at_id"),
        "action",
        ["organization_id", "owner_id", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_action_organization_id_product_id_id"), "action", ["organization_id", "product_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_action_organization_id_requirement_id_id"),
        "action",
        ["organization_id", "requirement_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_action_organization_id_risk_id_id"), "action", ["organization_id", "risk_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_action_organization_id_status_due_at_id"),
        "action",
        ["organization_id", "status", "due_at", "id"],
        unique=False,
    )
    protect(
        op.get_bind(),
        "customer",
        "department",
        "event",
        "external_ref",
        "idempotency_key",
        "installation",
        "organization",
        "organization_stream",
        "product",
        "record_counter",
        "standard",
        "subject_key",
        "survey",
        "theme",
        "customer_relation",
        "interaction",
        "question",
        "user",
        "api_token",
        "feedback",
        "requirement",
        "answer",
        "feedback_theme",
        "requirement_evidence",
        "risk",
        "action",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_action_organization_id_status_due_at_id"), table_name="action")
    op.drop_index(op.f("ix_action_organization_id_risk_id_id"), table_name="action")
    op.drop_index(op.f("ix_action_organization_id_requirement_id_id"), table_name="action")
    op.drop_index(op.f("ix_action_organization_id_product_id_id"), table_name="action")
    op.drop_index(op.f("ix_action_organization_id_owner_id_due_at_id"), table_name="action")
    op.drop_index(op.f("ix_action_organization_id_feedback_id_id"), table_name="action")
    op.drop_index(op.f("ix_action_organization_id_due_at_id"), table_name="action")
    op.drop_index(op.f("ix_action_organization_id_department_id_due_at_id"), table_name="action")
    op.drop_index(op.f("ix_action_organization_id_customer_id_id"), table_name="action")
    op.drop_table("action")
    op.drop_index(op.f("ix_risk_organization_id_status_id"), table_name="risk")
    op.drop_index(op.f("ix_risk_organization_id_requirement_id_id"), table_name="risk")
    op.drop_index(op.f("ix_risk_organization_id_product_id_id"), table_name="risk")
    op.drop_index(op.f("ix_risk_organization_id_owner_id_id"), table_name="risk")
    op.drop_index(op.f("ix_risk_organization_id_created_at_id"), table_name="risk")
    op.drop_table("risk")
    op.drop_index(
        op.f("ix_requirement_evidence_organization_id_feedback_id_requirement_id"), table_name="requirement_evidence"
    )
    op.drop_table("requirement_evidence")
    op.drop_index(op.f("ix_feedback_theme_organization_id_theme_id_feedback_id"), table_name="feedback_theme")
    op.drop_table("feedback_theme")
    op.drop_index(op.f("ix_answer_organization_id_question_id_feedback_id_number"), table_name="answer")
    op.drop_table("answer")
    op.drop_index(op.f("ix_requirement_organization_id_theme_id_id"), table_name="requirement")
    op.drop_index(op.f("ix_requirement_organization_id_supersedes_id_id"), table_name="requirement")
    op.drop_index(op.f("ix_requirement_organization_id_status_id"), table_name="requirement")
    op.drop_index(op.f("ix_requirement_organization_id_standard_id_clause_id"), table_name="requirement")
    op.drop_index(op.f("ix_requirement_organization_id_product_id_id"), table_name="requirement")
    op.drop_index(op.f("ix_requirement_organization_id_parent_id_id"), table_name="requirement")
    op.drop_index(op.f("ix_requirement_organization_id_owner_id_id"), table_name="requirement")
    op.drop_index(op.f("ix_requirement_organization_id_clause_id"), table_name="requirement")
    op.drop_table("requirement")
    op.drop_index(op.f("ix_feedback_organization_id_survey_id_occurred_at_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_organization_id_status_occurred_at_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_organization_id_received_at_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_organization_id_product_id_occurred_at_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_organization_id_occurred_at_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_organization_id_interaction_id_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_organization_id_duplicate_of_id_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_organization_id_customer_id_occurred_at_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_organization_id_contact_id_id"), table_name="feedback")
    op.drop_table("feedback")
    op.drop_index(op.f("ix_api_token_organization_id_user_id_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_index(op.f("ix_user_organization_id_department_id_id"), table_name="user")
    op.drop_table("user")
    op.drop_table("question")
    op.drop_index(op.f("ix_interaction_organization_id_product_id_occurred_at_id"), table_name="interaction")
    op.drop_index(op.f("ix_interaction_organization_id_lot"), table_name="interaction")
    op.drop_index(op.f("ix_interaction_organization_id_kind_occurred_at_customer_id"), table_name="interaction")
    op.drop_index(op.f("ix_interaction_organization_id_customer_id_occurred_at_id"), table_name="interaction")
    op.drop_index(op.f("ix_interaction_organization_id_contact_id_id"), table_name="interaction")
    op.drop_table("interaction")
    op.drop_index(op.f("ix_customer_relation_organization_id_to_id_customer_id"), table_name="customer_relation")
    op.drop_table("customer_relation")
    op.drop_index(op.f("ix_theme_organization_id_parent_id_id"), table_name="theme")
    op.drop_table("theme")
    op.drop_table("survey")
    op.drop_table("subject_key")
    op.drop_table("standard")
    op.drop_table("record_counter")
    op.drop_table("product")
    op.drop_table("organization_stream")
    op.drop_table("organization")
    op.drop_table("installation")
    op.drop_table("idempotency_key")
    op.drop_index("ix_external_ref_target", table_name="external_ref")
    op.drop_index("ix_external_ref_record", table_name="external_ref")
    op.drop_table("external_ref")
    op.drop_index("ix_event_record", table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("ix_department_organization_id_parent_id_id"), table_name="department")
    op.drop_table("department")
    op.drop_index(op.f("ix_customer_organization_id_parent_id_id"), table_name="customer")
    op.drop_table("customer")
