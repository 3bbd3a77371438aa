"""What files contribute to the facts of records."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from qms_graphql.actions.model import Action
from qms_graphql.base.facts import fact
from qms_graphql.documents.model import Revision
from qms_graphql.files.model import File
from qms_graphql.files.rules import FileState


@fact(Action)
def evidence_files(action: Any) -> ColumnElement[int]:
    """How many files show that the action was done."""
    return _stored(action)


@fact(Revision)
def attached_files(revision: Any) -> ColumnElement[int]:
    """How many files say what the revision lays down."""
    return _stored(revision)


def _stored(record: Any) -> ColumnElement[int]:
    file = File.__table__.alias()
    mine = file.c.organization_id == record.organization_id, file.c.record_id == record.id
    counted = select(func.count()).select_from(file).where(*mine, file.c.state == FileState.STORED)
    return counted.correlate_except(file).scalar_subquery()
