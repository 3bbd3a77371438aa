"""numbers of clauses in their normal form."""

import sqlalchemy as sa
from alembic import op

from qms_graphql.standards.rules import clause_key

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Where several ACTIVE ones would have a key, who has it already keeps it, else the oldest gets it.

    The others keep theirs; nothing else can be made of them before people say which one holds.
    """
    requirement = sa.table(
        "requirement",
        *(sa.column(name, sa.Uuid()) for name in ("organization_id", "id", "standard_id")),
        *(sa.column(name, sa.Text()) for name in ("clause", "clause_key", "status")),
    )
    rows = op.get_bind().execute(sa.select(requirement).where(requirement.c.clause.is_not(None))).all()
    active = {(row.organization_id, row.standard_id, row.clause_key) for row in rows if row.status == "ACTIVE"}
    for row in sorted(rows, key=lambda row: row.id.hex):
        key = clause_key(row.clause)
        place = row.organization_id, row.standard_id, key
        holds = row.status == "ACTIVE" and row.standard_id is not None
        if key == row.clause_key or (holds and place in active):
            continue
        if holds:
            active.add(place)
        mine = requirement.c.organization_id == row.organization_id, requirement.c.id == row.id
        op.get_bind().execute(sa.update(requirement).where(*mine).values(clause_key=key))


def downgrade() -> None:
    """Take back: nothing, because the key before sorts alike."""
