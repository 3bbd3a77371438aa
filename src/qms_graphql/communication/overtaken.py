"""What authors hear when another revision of the document takes effect before theirs."""

from sqlalchemy import or_, select

from qms_graphql.base.machines import Facts
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.transitions import consequence
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.communication.commands import notify_each
from qms_graphql.communication.rules import NotificationKind
from qms_graphql.documents.model import Revision
from qms_graphql.documents.rules import RevisionStatus

_OPEN = (RevisionStatus.DRAFT, RevisionStatus.IN_REVIEW, RevisionStatus.APPROVED)


@consequence(Revision, RevisionStatus.EFFECTIVE)
async def tell_authors(unit: UnitOfWork, facts: Facts) -> None:
    """Tell the authors of what changes neither the revision that holds now, nor one that is approved; once.

    A draft names in ``supersedes`` what it changes now; what was approved is put away, and made anew.
    """
    table = Revision.__table__
    rows = await unit.rows(
        select(table.c.id, table.c.status, table.c.supersedes_id, table.c.author_id)
        .where(
            table.c.organization_id == unit.organization_id,
            table.c.document_id == facts["document_id"],
            or_(*(table.c.status == status for status in _OPEN)),
        )
        .order_by(table.c.id)
    )
    changeable = {facts["id"], *(row["id"] for row in rows if row["status"] is RevisionStatus.APPROVED)}
    # What held until now: what does not change that either was overtaken, and told of, before.
    held = facts["held_id"]
    overtaken = [
        row for row in rows if row["supersedes_id"] not in changeable and (held is None or row["supersedes_id"] == held)
    ]
    told = [((RecordType.REVISION, row["id"]), row["author_id"]) for row in overtaken if row["author_id"] is not None]
    others = [one for one in told if one[1] != unit.viewer.user_id]
    await notify_each(unit, NotificationKind.OVERTAKEN, others)
