"""The tables of the base: organizations, the event log, keys, external references, numbering, idempotency."""

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from qms_graphql.base.access import ActorKind
from qms_graphql.base.columns import Base, PlainText, Tenant, Timestamp, choice, integer, json, moment, text


class Organization(Base):
    """A tenant: everything else belongs to exactly one."""

    __tablename__ = "organization"

    id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    slug: Mapped[str] = mapped_column(PlainText, unique=True, doc="The short name used on the command line.")
    name: Mapped[str] = text("Display name.")
    time_zone: Mapped[str] = text("IANA zone in which years, months and days begin.", limit=64, default="UTC")
    created_at: Mapped[datetime] = moment("When it was made.")


class Installation(Base):
    """One row: which secret this database was written with."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    secret_fingerprint: Mapped[str] = text("Tells a wrong secret key at start instead of at the first erasure.")


class OrganizationStream(Tenant, Base):
    """The end of an organization's event stream; locked last in a transaction, so sequence follows commit order."""

    __tablename__ = "organization_stream"

    seq: Mapped[int] = mapped_column(BigInteger, doc="Number of the newest event; 0 before the first.")
    head: Mapped[str] = text("Hash of the newest event.", limit=64)


class Action(Enum):
    """What an event did to its record.

    CREATED: The record was made.
    UPDATED: Fields of the record changed.
    DELETED: An external system deleted it; quality records stay, the record became inactive.
    MERGED: It was merged into another record of its kind.
    TRANSITIONED: It moved to another state; fields may have changed with it.
    ERASED: Its personal values were erased for good, before and after; its history shows them no more.
    HEARTBEAT: Nothing happened; the cursor moved past what the viewer may not see or did not ask for.
    """

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    MERGED = "MERGED"
    TRANSITIONED = "TRANSITIONED"
    ERASED = "ERASED"
    HEARTBEAT = "HEARTBEAT"


class Event(Tenant, Base):
    """What happened: audit trail, change feed and outbox in one append-only table, chained by hash."""

    __tablename__ = "event"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-90)
    at: Mapped[datetime] = moment("When it happened.")
    actor_kind: Mapped[ActorKind] = choice(ActorKind, "What sort of actor did it.")
    actor_id: Mapped[UUID | None] = mapped_column(Uuid(), doc="The user or the connector's token.")
    actor_name: Mapped[str] = text("The actor's printed name at that time.")
    origin: Mapped[str | None] = text("The external system it came from.")
    action: Mapped[Action] = choice(Action, "What was done.")
    record_type: Mapped[str] = text("Kind of record: its table.", limit=40)
    record_id: Mapped[UUID] = mapped_column(Uuid())
    record_version: Mapped[int] = mapped_column(Integer)
    changed_fields: Mapped[list[str]] = json("Names of the changed fields, sorted.")
    payload: Mapped[dict[str, Any]] = json("Field to [before, after]; personal values are not in here.")
    sealed: Mapped[str | None] = mapped_column(
        PlainText, doc="The personal part of the payload, encrypted for the subject."
    )
    subject_id: Mapped[UUID | None] = mapped_column(Uuid(), doc="Whose key sealed it.")
    hash: Mapped[str] = text("SHA-256 over this event and the hash before it, hexadecimal.", limit=64)

    __table_args__ = (Index("ix_event_record", "organization_id", "record_id", "seq"),)


class SubjectKey(Tenant, Base):
    """The key that seals one person's values in the event log; erasure destroys it."""

    __tablename__ = "subject_key"

    subject_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    wrapped: Mapped[bytes | None] = mapped_column(
        LargeBinary, doc="Encrypted under the installation's secret; null once destroyed."
    )


class ErasedRef(Tenant, Base):
    """An external key of a person whose data were erased, as a keyed digest: what comes under it is refused."""

    __tablename__ = "erased_ref"

    digest: Mapped[str] = mapped_column(PlainText, primary_key=True, doc="HMAC-SHA256 of kind, system and key.")


class RefState(Enum):
    """What became of a record in the external system.

    LIVE: It is there.
    DELETED: It was deleted; only a higher version brings it back.
    MERGED: It was merged into another; the reference resolves to the winner.
    """

    LIVE = "LIVE"
    DELETED = "DELETED"
    MERGED = "MERGED"


class ExternalRef(Tenant, Base):
    """An external system's key for one of our records."""

    __tablename__ = "external_ref"

    system: Mapped[str] = mapped_column(
        PlainText, primary_key=True, doc="The external system's name.", info={"limit": 60}
    )
    type: Mapped[str] = mapped_column(PlainText, primary_key=True, doc="Kind of record: its table.")
    external_id: Mapped[str] = mapped_column(PlainText, primary_key=True, doc="The key there.", info={"limit": 200})
    record_id: Mapped[UUID | None] = mapped_column(Uuid(), doc="Our record; null if its end came before its beginning.")
    target_id: Mapped[UUID | None] = mapped_column(
        Uuid(), doc="What the key resolves to: our record, or the winner of a merge."
    )
    version: Mapped[Any | None] = json("The newest version seen: a time in text or a whole number.")
    version_order: Mapped[int | None] = mapped_column(
        BigInteger, doc="The version as a number that sorts: microseconds or itself."
    )
    state: Mapped[RefState] = choice(RefState, "What became of it there.", default=RefState.LIVE)
    updated_at: Mapped[datetime] = moment("When this reference last changed here.")

    __table_args__ = (
        Index("ix_external_ref_target", "organization_id", "target_id"),
        Index("ix_external_ref_record", "organization_id", "record_id"),
    )


class RecordCounter(Tenant, Base):
    """The last number given to a kind of record in a year."""

    __tablename__ = "record_counter"

    prefix: Mapped[str] = mapped_column(PlainText, primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last: Mapped[int] = integer("The last number given.")


class SigningPin(Tenant, Base):
    """What a person signs with; the PIN itself is stored nowhere."""

    __tablename__ = "signing_pin"

    user_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    digest: Mapped[str] = mapped_column(PlainText, doc="Argon2 digest of the PIN.", info={"secret": True})
    attempts: Mapped[int] = integer("Attempts since it was last right.")
    last_at: Mapped[datetime] = moment("When it was last tried or set.")


class ScheduledRun(Tenant, Base):
    """A run of timed work: whoever noted it first does it."""

    __tablename__ = "scheduled_run"

    job: Mapped[str] = mapped_column(PlainText, primary_key=True, doc="Which work.")
    due_at: Mapped[datetime] = mapped_column(Timestamp, primary_key=True, doc="The interval that it is for.")
    started_at: Mapped[datetime] = moment("When it began.")
    ended_at: Mapped[datetime | None] = moment("When it ended; null while it runs, and if its process died.")
    done: Mapped[int] = integer("How many things were done.")
    held: Mapped[int] = integer("How many were due and could not be done, for a reason somebody has to see to.")
    error: Mapped[str | None] = text("What went wrong.", limit=500)


class IdempotencyKey(Tenant, Base):
    """A request that was carried out, and its outcome, so that a replay has one effect."""

    __tablename__ = "idempotency_key"

    token_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    mutation: Mapped[str] = mapped_column(PlainText, primary_key=True)
    key: Mapped[str] = mapped_column(PlainText, primary_key=True)
    request_hash: Mapped[str] = text("SHA-256 of the request's input, hexadecimal.", limit=64)
    outcome: Mapped[Any | None] = json("What came of it; null while it runs.")
    created_at: Mapped[datetime] = moment("When it was first used; kept 7 days.")


__all__ = [
    "Action",
    "ErasedRef",
    "Event",
    "ExternalRef",
    "IdempotencyKey",
    "Installation",
    "Organization",
    "OrganizationStream",
    "RecordCounter",
    "RefState",
    "ScheduledRun",
    "SigningPin",
    "SubjectKey",
]
