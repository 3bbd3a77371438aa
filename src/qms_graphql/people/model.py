"""Tables of people: users, departments, API tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Record


class Department(Record, Base):
    """A part of the organization that owns work."""

    __tablename__ = "department"

    name: Mapped[str] = columns.text("What it is called.")
    code: Mapped[str | None] = columns.text("Its short sign.", limit=40)
    parent_id: Mapped[UUID | None] = columns.link("department", "The department it is part of.")


class User(Record, Base):
    """A person who works with the quality system."""

    __tablename__ = "user"
    __subject__ = ("id",)

    name: Mapped[str] = columns.text("The printed name, as shown in the audit trail.", personal=True, sorts=True)
    email: Mapped[str | None] = columns.text("E-mail address.", limit=320, personal=True)
    title: Mapped[str | None] = columns.text("What the person does.", personal=True)
    roles: Mapped[list[Any]] = columns.json("What the person is in the quality system.")
    active: Mapped[bool] = columns.flag("Whether the person still works here.", default=True)
    department_id: Mapped[UUID | None] = columns.link("department", "The department the person belongs to.")


class ApiToken(Record, Base):
    """A token a client presents: bound to one user, or to one connector with its external systems."""

    __tablename__ = "api_token"

    name: Mapped[str] = columns.text("What it is for.")
    digest: Mapped[str] = mapped_column(
        columns.PlainText, doc="HMAC-SHA256 of the secret; the secret is stored nowhere.", info={"secret": True}
    )
    user_id: Mapped[UUID | None] = columns.link("user", "Whose it is; null for a connector.")
    systems: Mapped[list[Any] | None] = columns.json("The external systems a connector may write for.")
    revoked_at: Mapped[datetime | None] = columns.moment("When it stopped being valid.")
