"""What files contribute to the facts of records."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from qms_graphql.actions.model import Action
from qms_graphql.base.facts import fact
from qms_graphql.files.model import File
from qms_graphql.files.rules import FileState


@fact(Action)
def evidence_files(action: Any) -> ColumnElement[int]:
    """How many files show that the action was done."""
    file = File.__table__
    mine = file.c.organization_id == action.organization_id, file.c.record_id == action.id
    return select(func.count()).select_from(file).where(*mine, file.c.state == FileState.STORED).scalar_subquery()
