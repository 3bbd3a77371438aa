"""signing pins and communication."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "signing_pin",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", columns.PlainText, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_at", columns.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "user_id", name=op.f("pk_signing_pin")),
    )
    op.create_table(
        "comment",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("text", columns.PlainText, nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_comment_organization_id_author_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comment_organization_id_author_id_id"), ["organization_id", "author_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_comment_organization_id_record_id_id"), ["organization_id", "record_id", "id"], unique=False
        )

    op.create_table(
        "follow",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_follow_organization_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_follow")),
        sa.UniqueConstraint(
            "organization_id", "record_id", "user_id", name=op.f("uq_follow_organization_id_record_id_user_id")
        ),
    )
    with op.batch_alter_table("follow", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_follow_organization_id_user_id_id"), ["organization_id", "user_id", "id"], unique=False
        )

    op.create_table(
        "notification",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", columns.PlainText, nullable=False),
        sa.Column("at", columns.Timestamp(), nullable=False),
        sa.Column("read_at", columns.Timestamp(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Timestamp(), nullable=False),
        sa.Column("updated_at", columns.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_notification_organization_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_notification")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notification_organization_id_user_id_at_id"),
            ["organization_id", "user_id", "at", "id"],
            unique=False,
        )

    op.create_table(
        "comment_mention",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "comment_id"],
            ["comment.organization_id", "comment.id"],
            name=op.f("fk_comment_mention_organization_id_comment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["user.organization_id", "user.id"],
            name=op.f("fk_comment_mention_organization_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "comment_id", "position", name=op.f("pk_comment_mention")),
    )
    with op.batch_alter_table("comment_mention", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comment_mention_organization_id_user_id_comment_id"),
            ["organization_id", "user_id", "comment_id"],
            unique=False,
        )

    for table in ("signing_pin", "comment", "comment_mention", "follow", "notification"):
        protect(op.get_bind(), table)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("comment_mention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_mention_organization_id_user_id_comment_id"))

    op.drop_table("comment_mention")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notification_organization_id_user_id_at_id"))

    op.drop_table("notification")
    with op.batch_alter_table("follow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_organization_id_user_id_id"))

    op.drop_table("follow")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_organization_id_record_id_id"))
        batch_op.drop_index(batch_op.f("ix_comment_organization_id_author_id_id"))

    op.drop_table("comment")
    op.drop_table("signing_pin")
