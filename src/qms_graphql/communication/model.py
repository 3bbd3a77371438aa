"""Tables of communication. What they say of a record names it by kind and id, because any record can be meant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Part, Record
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.visibility import Visibility
from qms_graphql.communication.rules import NotificationKind


class Comment(Record, Base):
    """What a person says about a record. It stays as it was said."""

    __tablename__ = "comment"

    record_type: Mapped[RecordType] = columns.choice(RecordType, "The kind of record it is about.")
    record_id: Mapped[UUID] = mapped_column(Uuid(), doc="The record it is about.")
    text: Mapped[str] = columns.text("The words.", limit=10_000, personal=True)
    author_id: Mapped[UUID] = columns.link("user", "Who said it.")

    __table_args__ = (Index(None, "organization_id", "record_id", "id"),)


class CommentMention(Part, Base):
    """That a comment names a person."""

    __tablename__ = "comment_mention"
    __owner__ = "comment_id"
    __list__ = "mentions"

    comment_id: Mapped[UUID] = columns.link("comment", "The comment.", index=None, part_of_key=True)
    user_id: Mapped[UUID] = columns.link("user", "Whom it names.", index=("comment_id",))


class Follow(Record, Base):
    """That a person wants to hear of a record."""

    __tablename__ = "follow"

    record_type: Mapped[RecordType] = columns.choice(RecordType, "The kind of record.")
    record_id: Mapped[UUID] = mapped_column(Uuid(), doc="The record.")
    user_id: Mapped[UUID] = columns.link("user", "Who follows it.")
    active: Mapped[bool] = columns.flag("False once the person stopped following.", default=True)

    __table_args__ = (UniqueConstraint("organization_id", "record_id", "user_id"),)


class DepartmentFollow(Record, Base):
    """That a department wants to hear of a record."""

    __tablename__ = "department_follow"

    record_type: Mapped[RecordType] = columns.choice(RecordType, "The kind of record.")
    record_id: Mapped[UUID] = mapped_column(Uuid(), doc="The record.")
    department_id: Mapped[UUID] = columns.link("department", "The department that follows it.")
    active: Mapped[bool] = columns.flag("False once the department stopped following.", default=True)

    __table_args__ = (UniqueConstraint("organization_id", "record_id", "department_id"),)


class Notification(Record, Base):
    """That a person is told of something about a record. Only that person sees it."""

    __tablename__ = "notification"
    __visibility__ = Visibility(
        all_with="notifications:all",
        rows=lambda row, person: row.user_id == person,
        rests_on=(("user_id", "user"),),
        made_for_others=True,
    )

    kind: Mapped[NotificationKind] = columns.choice(NotificationKind, "Why the person is told.")
    record_type: Mapped[RecordType] = columns.choice(RecordType, "The kind of record.")
    record_id: Mapped[UUID] = mapped_column(Uuid(), doc="The record.")
    actor_name: Mapped[str] = columns.text("Who did what it tells of.")
    at: Mapped[datetime] = columns.moment("When it happened.")
    read_at: Mapped[datetime | None] = columns.moment(
        "When the person said that it was read, or what was asked was decided."
    )
    user_id: Mapped[UUID] = columns.link("user", "Who is told.", index=("at", "id"))

    __table_args__ = (Index(None, "organization_id", "record_id", "kind"),)
