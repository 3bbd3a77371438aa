"""Columns: the types both databases agree on, and short ways to declare them.

A column says once what it holds: type, nullability, description, limit, whether it is personal. The graph's types, the
inputs, the checks of incoming values and the sealing in the event log all read it from here.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    TypeDecorator,
    Uuid,
)
from sqlalchemy import text as sql_text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column
from sqlalchemy.types import TypeEngine

if TYPE_CHECKING:
    from qms_graphql.base.machines import Machine
    from qms_graphql.base.visibility import Visibility

E = TypeVar("E", bound=Enum)

DECIMAL_PLACES = 6
DECIMAL_LIMIT = Decimal(10) ** 12
"""Amounts stay below this, so that SQLite can hold them as whole millionths in 64 bits."""


class Timestamp(TypeDecorator[datetime]):
    """An aware moment, in UTC. SQLite holds it as text of fixed width, which sorts as time does."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, ``timestamptz`` on PostgreSQL."""
        return dialect.type_descriptor(String(26) if dialect.name == "sqlite" else DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """To UTC; a naive time is a programming error here, because the edge refuses it."""
        # The driver takes what this gives: SQLAlchemy's chain of processors would take longer than the work.
        as_held = utc_text if dialect.name == "sqlite" else _in_utc

        def process(value: datetime | None) -> Any:
            if value is None:
                return None
            if value.tzinfo is None:
                raise ValueError("naive time")
            return as_held(value)

        return process

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Back to an aware moment."""
        if value is None:
            return None
        return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value.astimezone(UTC)


@lru_cache(maxsize=512)
def utc_text(value: datetime) -> str:
    """A moment as ``YYYY-MM-DDTHH:MM:SS.ffffff`` in UTC; remembered, because a batch writes the same one many times."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal with six places, exact on both databases: NUMERIC, or whole millionths on SQLite."""

    impl = Numeric(20, DECIMAL_PLACES)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Whole millionths on SQLite, NUMERIC on PostgreSQL."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(20, DECIMAL_PLACES))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Scale where the database has no exact decimals."""
        if value is None:
            return None
        exactly = value if isinstance(value, Decimal) else Decimal(str(value))
        return int(exactly.scaleb(DECIMAL_PLACES)) if dialect.name == "sqlite" else exactly

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Back to a decimal without trailing zeros, the same on both databases."""
        if value is None:
            return None
        number = Decimal(value).scaleb(-DECIMAL_PLACES) if dialect.name == "sqlite" else Decimal(value)
        return number.normalize() if number else Decimal(0)


class Choice(TypeDecorator[Enum]):
    """One member of an enumeration, stored as its text: native enums lose their index under row-level security."""

    impl = String(40)
    cache_ok = True

    def __init__(self, choices: type[Enum]) -> None:
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: Enum | None, dialect: Dialect) -> Any:
        """The member's text."""
        return None if value is None else value.value

    def process_result_value(self, value: Any, dialect: Dialect) -> Enum | None:
        """Back to the member."""
        return None if value is None else self.choices(value)


class Json(TypeDecorator[Any]):
    """JSON kept as canonical text (sorted keys, no spaces), so that equal values are equal bytes on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Canonical text."""
        return None if value is None else canonical_json(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Parsed."""
        return None if value is None else orjson.loads(value)


def canonical_json(value: Any) -> bytes:
    """The one spelling of a JSON value: sorted keys, no spaces, UTF-8; decimals and enumerations as text."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


PlainText = String().with_variant(String(collation="C"), "postgresql")
"""Text compared byte by byte on both databases."""


class Base(DeclarativeBase):
    """All tables. A column declared by :func:`link` gets its composite foreign key and its index from here."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    if TYPE_CHECKING:
        # All of ours are tables, where SQLAlchemy can only promise something to select from.
        __table__: ClassVar[Table]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            _link_up(table)


def _link_up(table: Table) -> None:
    for column in list(table.columns):
        target = column.info.get("link")
        if target is None:
            continue
        table.append_constraint(
            ForeignKeyConstraint(
                ["organization_id", column.name],
                [f"{target}.organization_id", f"{target}.id"],
                # A record may point at one of its own kind that is written a moment later in the same batch.
                deferrable=target == table.name or None,
                initially="DEFERRED" if target == table.name else None,
            )
        )
        if column.info["index"]:
            Index(None, table.c.organization_id, column, *(table.c[name] for name in column.info["index"]))


class Tenant:
    """Belongs to one organization: the first column of every key, so that no link can cross organizations."""

    organization_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True, sort_order=-100)


class Record(Tenant):
    """A row with an identity, a version that every change raises, and its times."""

    if TYPE_CHECKING:
        # Said by the models below; Any, or it would clash with what SQLAlchemy's base class promises.
        __table__: ClassVar[Any]
        __tablename__: str
        __visibility__: "ClassVar[Visibility]"
        __machine__: "ClassVar[Machine]"
        """Of records that have states."""
        __prefix__: ClassVar[str]
        """What the numbers of numbered records begin with."""

    id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True, sort_order=-90, doc="The record's opaque id.")
    version: Mapped[int] = mapped_column(
        Integer, sort_order=90, doc="Raised by one with every change; an update names the version it was made for."
    )
    created_at: Mapped[datetime] = mapped_column(Timestamp, sort_order=91, doc="When the record was made here.")
    updated_at: Mapped[datetime] = mapped_column(Timestamp, sort_order=92, doc="When the record was last changed here.")


class Part(Tenant):
    """A row of a list that belongs to one record: written, versioned and logged with its owner, whole.

    ``__owner__`` names the column of the owner's id, ``__list__`` the list's name in the event log.
    """

    if TYPE_CHECKING:
        __table__: ClassVar[Any]

    __owner__: str
    __list__: str

    position: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-80)


def text(
    doc: str,
    *,
    limit: int = 300,
    personal: bool = False,
    default: str | None = None,
    sorts: bool | None = None,
    sorted_by: str | None = None,
) -> MappedColumn[Any]:
    """Text of at most ``limit`` characters. ``personal`` values never stand in clear in the event log.

    ``sorts``: whether lists can be sorted by it. If not said, all but what is personal: cursors tell what they sort by.
    ``sorted_by`` names a column of the same table, made by :func:`derived`, that lists are sorted by in its place.
    """
    sorts = not personal if sorts is None else sorts
    info = {"limit": limit, "personal": personal, "sorts": sorts, "sorted_by": sorted_by}
    return mapped_column(PlainText, doc=doc, default=default, info=info)


def derived(doc: str) -> MappedColumn[Any]:
    """Text that the room's command makes of another column; no event tells of it, because the other column is told."""
    return mapped_column(PlainText, doc=doc, info={"derived": True})


def integer(
    doc: str, *, low: int | None = None, high: int | None = None, default: int | None = None
) -> MappedColumn[Any]:
    """A whole number from ``low`` to ``high``."""
    return mapped_column(Integer, doc=doc, default=default, info={"low": low, "high": high})


def exact(doc: str, *, low: int | None = None) -> MappedColumn[Any]:
    """A decimal with at most six places."""
    return mapped_column(Exact, doc=doc, info={"low": low})


def number(doc: str, *, low: float | None = None, high: float | None = None) -> MappedColumn[Any]:
    """A number with at most six places that the API shows as a JSON number, not as exact text."""
    return mapped_column(Exact, doc=doc, info={"low": low, "high": high, "as_number": True})


def flag(doc: str, *, default: bool) -> MappedColumn[Any]:
    """True or false."""
    return mapped_column(Boolean, doc=doc, default=default)


def truth(doc: str) -> MappedColumn[Any]:
    """True or false, or null as long as nobody has said."""
    return mapped_column(Boolean, doc=doc)


def moment(doc: str, *, past: bool = False) -> MappedColumn[Any]:
    """An aware moment; ``past``: of what has happened, so it does not lie ahead."""
    return mapped_column(Timestamp, doc=doc, info={"past": past})


def choice(choices: type[E], doc: str, *, default: E | None = None) -> MappedColumn[Any]:
    """One member of an enumeration."""
    return mapped_column(Choice(choices), doc=doc, default=default)


def json(doc: str, *, personal: bool = False, default: Any = None) -> MappedColumn[Any]:
    """Free JSON, at most 32 KiB."""
    return mapped_column(Json, doc=doc, default=default, info={"personal": personal})


def one_in_state(name: str, state: Enum, *unique: str) -> Index:
    """An index by which at most one row of the same ``unique`` columns has this ``status``, on both databases."""
    where = sql_text(f"status = '{state.value}'")
    return Index(name, "organization_id", *unique, unique=True, postgresql_where=where, sqlite_where=where)


def link(
    target: str,
    doc: str,
    *,
    index: tuple[str, ...] | None = ("id",),
    part_of_key: bool = False,
    assigns: bool = False,
    works: bool = False,
) -> MappedColumn[Any]:
    """The id of a row of ``target``: its composite foreign key, and an index (organization, this, ``index`` …).

    ``works``: who is newly named there works here. ``assigns``: that too, and it says to whom work is given, who is
    told of it.
    """
    info = {"link": target, "index": index, "assigns": assigns, "works": works or assigns}
    return mapped_column(Uuid(), doc=doc, info=info, primary_key=part_of_key, sort_order=-85 if part_of_key else 0)


def index_but(states: Sequence[Enum], name: str, *names: str) -> Index:
    """An index of the rows whose ``status`` is none of these. It is used where a filter says so in the same words."""
    such = sql_text(f"status NOT IN ({', '.join(repr(state.value) for state in states)})")
    return Index(name, *names, postgresql_where=such, sqlite_where=such)
