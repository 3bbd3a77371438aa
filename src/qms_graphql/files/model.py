"""Table of files. A file names its record by kind and id, because any record can have some."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, PlainText, Record
from qms_graphql.base.record_types import RecordType
from qms_graphql.files.rules import LONGEST_NAME, FileState


class File(Record, Base):
    """A file that belongs to a record. Its bytes lie in the store; what it was stays here, whatever becomes of them."""

    __tablename__ = "file"

    record_type: Mapped[RecordType] = columns.choice(RecordType, "The kind of record it belongs to.")
    record_id: Mapped[UUID] = mapped_column(Uuid(), doc="The record it belongs to.")
    name: Mapped[str] = columns.text("Its name.", limit=LONGEST_NAME, personal=True)
    media_type: Mapped[str] = columns.text("What sort of file it is, by its media type.", limit=100)
    size: Mapped[int] = mapped_column(BigInteger, doc="Its length in bytes.")
    sha256: Mapped[str | None] = columns.text(
        "SHA-256 of its bytes, hexadecimal: announced, or reckoned when they came.", limit=64
    )
    state: Mapped[FileState] = columns.choice(FileState, "How far it has come.", default=FileState.PENDING)
    at: Mapped[datetime | None] = columns.moment("When it was stored.")
    uploaded_by_id: Mapped[UUID | None] = columns.link("user", "Who brought it; null for a program.")
    begun_at: Mapped[datetime | None] = columns.moment("When its bytes began to come: an address is used once.")
    held: Mapped[bool] = columns.flag("Whether the store may have bytes of it.", default=False)
    reason: Mapped[str | None] = columns.text("Why it was refused or removed.", limit=2000)
    storage_key: Mapped[str] = mapped_column(
        PlainText, doc="Where its bytes are in the store; the organization's id comes first.", info={"secret": True}
    )

    __table_args__ = (
        Index(None, "organization_id", "record_id", "id"),
        Index(None, "organization_id", "state", "held"),
    )
