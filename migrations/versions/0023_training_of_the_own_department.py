"""training of the own department."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Until now the document's department was trained wherever a policy named anybody: so it stays."""
    with op.batch_alter_table("document_policy", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("training_own_department", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    policy = sa.table(
        "document_policy",
        *(sa.column(name, sa.Uuid()) for name in ("organization_id", "id")),
        sa.column("training_roles", sa.Text()),
        sa.column("training_own_department", sa.Boolean()),
    )
    named = sa.table(
        "document_policy_department", *(sa.column(name, sa.Uuid()) for name in ("organization_id", "policy_id"))
    )
    departments = sa.select(named.c.policy_id).where(
        named.c.organization_id == policy.c.organization_id, named.c.policy_id == policy.c.id
    )
    somebody = sa.or_(policy.c.training_roles != "[]", departments.exists())
    op.get_bind().execute(sa.update(policy).where(somebody).values(training_own_department=True))
    with op.batch_alter_table("document_policy", schema=None) as batch_op:
        batch_op.alter_column("training_own_department", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("document_policy", schema=None) as batch_op:
        batch_op.drop_column("training_own_department")
