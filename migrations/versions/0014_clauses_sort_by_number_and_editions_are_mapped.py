"""Clauses have a title and sort by number, editions are mapped."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.base import columns
from qms_graphql.base.row_security import protect
from qms_graphql.standards.rules import clause_key

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "requirement_mapping",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("standard_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=True),
        sa.Column("later_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("note", columns.PlainText, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "earlier_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_requirement_mapping_organization_id_earlier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "later_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_requirement_mapping_organization_id_later_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "standard_id"],
            ["standard.organization_id", "standard.id"],
            name=op.f("fk_requirement_mapping_organization_id_standard_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "standard_id", "position", name=op.f("pk_requirement_mapping")),
    )
    with op.batch_alter_table("requirement_mapping", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_requirement_mapping_organization_id_earlier_id_standard_id"),
            ["organization_id", "earlier_id", "standard_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_requirement_mapping_organization_id_later_id_standard_id"),
            ["organization_id", "later_id", "standard_id"],
            unique=False,
        )

    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clause_key", columns.PlainText, nullable=True))
        batch_op.add_column(sa.Column("title", columns.PlainText, nullable=True))
        batch_op.drop_index(batch_op.f("ix_requirement_organization_id_clause_id"))
        batch_op.drop_index(batch_op.f("ix_requirement_organization_id_standard_id_clause_id"))
        batch_op.create_index(
            batch_op.f("ix_requirement_organization_id_clause_key_id"),
            ["organization_id", "clause_key", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_requirement_organization_id_standard_id_clause_key_id"),
            ["organization_id", "standard_id", "clause_key", "id"],
            unique=False,
        )

    _key()
    protect(op.get_bind(), "requirement_mapping")


def _key() -> None:
    """What the clauses that are there sort by."""
    requirement = sa.table(
        "requirement",
        *(sa.column(name, sa.Uuid()) for name in ("organization_id", "id")),
        *(sa.column(name, sa.Text()) for name in ("clause", "clause_key")),
    )
    there = sa.select(requirement).where(requirement.c.clause.is_not(None))
    rows = [
        {"b_organization": row.organization_id, "b_id": row.id, "b_key": clause_key(row.clause)}
        for row in op.get_bind().execute(there).all()
    ]
    if rows:
        mine = requirement.c.organization_id == sa.bindparam("b_organization"), requirement.c.id == sa.bindparam("b_id")
        op.get_bind().execute(sa.update(requirement).where(*mine).values(clause_key=sa.bindparam("b_key")), rows)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requirement_organization_id_standard_id_clause_key_id"))
        batch_op.drop_index(batch_op.f("ix_requirement_organization_id_clause_key_id"))
        batch_op.create_index(
            batch_op.f("ix_requirement_organization_id_standard_id_clause_id"),
            ["organization_id", "standard_id", "clause", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_requirement_organization_id_clause_id"), ["organization_id", "clause", "id"], unique=False
        )
        batch_op.drop_column("title")
        batch_op.drop_column("clause_key")

    with op.batch_alter_table("requirement_mapping", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requirement_mapping_organization_id_later_id_standard_id"))
        batch_op.drop_index(batch_op.f("ix_requirement_mapping_organization_id_earlier_id_standard_id"))

    op.drop_table("requirement_mapping")
