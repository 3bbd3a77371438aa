"""Erasure: what is left of a person afterwards, and how it stays so.

The person's key is destroyed (its row stays, empty), so nothing that was sealed for the person opens again, and nothing
is sealed for them any more. External keys of the person become digests: what comes under one is known, and refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select, update
from sqlalchemy.engine import Dialect

from qms_graphql.base.columns import Base, Json, Part, Record
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.model import ErasedRef, ExternalRef, SubjectKey
from qms_graphql.base.reader import Reader
from qms_graphql.base.secrets import Secrets
from qms_graphql.base.sets import insert_new, rows_of, within

if TYPE_CHECKING:
    from qms_graphql.base.unit import UnitOfWork

ERASED_TEXT = "[erased]"
"""What stands where a text that must not be empty was erased."""
ERASED_KEY = "It is a key of a person whose data were erased."
_WHY = "The person's data were erased; nothing personal of theirs is stored again."

TypedKey = tuple[str, tuple[str, str]]
"""Kind of record, system and external id."""


def erased_refusal(*path: str) -> Refusal:
    """That something would bring an erased person back."""
    return Refusal(ErrorCode.ERASED, _WHY, path)


def tells(value: Any) -> bool:
    """Whether a personal value, or a list with some, says anything."""
    if isinstance(value, list):
        return any(isinstance(cell, str) and tells(cell) for row in value for cell in row.values())
    return value not in (None, {}, ERASED_TEXT)


def blank(table: Table) -> dict[str, Any]:
    """What the personal columns of a table hold after an erasure."""
    return {
        column.name: {} if isinstance(column.type, Json) else None if column.nullable else ERASED_TEXT
        for column in personal_columns(table)
    }


@cache
def personal_columns(table: Table) -> tuple[Any, ...]:
    """The columns of a table whose values are personal."""
    return tuple(column for column in table.columns if column.info.get("personal"))


def personal_parts(model: type[Record]) -> list[type[Part]]:
    """The lists of a model that hold personal values."""
    owner = f"{model.__tablename__}_id"
    return [part for part in Part.__subclasses__() if part.__owner__ == owner and personal_columns(part.__table__)]


_PERSONAL: dict[type[Record], frozenset[str]] = {}


def personal_fields(model: type[Record]) -> frozenset[str]:
    """The columns and lists of a model whose values are personal."""
    if model not in _PERSONAL:
        lists = {part.__list__ for part in personal_parts(model)}
        _PERSONAL[model] = frozenset({column.name for column in personal_columns(model.__table__)} | lists)
    return _PERSONAL[model]


# -- who is meant ----------------------------------------------------------------------------------------------------


def subject_of(model: type[Record], id_: UUID, row: Mapping[str, Any]) -> UUID | None:
    """The person whose key seals a record's personal values; None as long as nobody is named."""
    named = (id_ if name == "id" else row.get(name) for name in getattr(model, "__subject__", ()))
    return next((subject for subject in named if subject is not None), None)


def belongs_to(model: type[Record], persons: Iterable[UUID], dialect: Dialect) -> ColumnElement[bool]:
    """Whether a row's personal values are of one of these: its first column of ``__subject__`` that is filled."""
    table, ways, before = model.__table__, [], list[ColumnElement[bool]]()
    for name in model.__subject__:  # type: ignore[attr-defined]
        ways.append(and_(*before, within(table.c[name], persons, dialect)))
        before.append(table.c[name].is_(None))
    return or_(*ways)


async def refuse_erased(unit: "UnitOfWork", model: type[Record], drafts: Sequence[Draft]) -> None:
    """Refuse each draft by which something personal of an erased person would be stored."""
    subjects: dict[UUID, list[Draft]] = {}
    for draft in drafts:
        if draft.refused or not hasattr(model, "__subject__"):
            continue
        row = {**(draft.current or {}), **draft.fields}
        subject = subject_of(model, draft.id, row)
        if subject is not None and (draft.current is not None or subject != draft.id) and _telling(model, draft):
            subjects.setdefault(subject, []).append(draft)
    if not subjects:
        return
    table, mine = SubjectKey.__table__, {"organization_id": unit.organization_id}
    for held in await unit.rows(rows_of(table, mine, "subject_id", sorted(subjects), unit.dialect)):
        if held["wrapped"] is None:
            for draft in subjects[held["subject_id"]]:
                draft.refusals.append(erased_refusal(_at_fault(model, draft)))


def _at_fault(model: type[Record], draft: Draft) -> str:
    """The field, in the schema's spelling, that names the person, or says something of one who is the record itself."""
    for name in model.__subject__:  # type: ignore[attr-defined]
        if name != "id" and draft.value(name) is not None:
            return str(name).removesuffix("_id")
    return _telling(model, draft)[0]


def _telling(model: type[Record], draft: Draft) -> list[str]:
    """The personal columns and lists that would say something."""
    names = [column.name for column in personal_columns(model.__table__) if tells(draft.value(column.name))]
    names += [part.__list__ for part in personal_parts(model) if tells(draft.parts.get(part, []))]
    return names


# -- keys ------------------------------------------------------------------------------------------------------------


async def destroy_keys(unit: "UnitOfWork", persons: Sequence[UUID]) -> None:
    """Destroy these persons' keys. What other transactions seal for them now is waited for, or fails."""
    table = SubjectKey.__table__
    rows = [{"organization_id": unit.organization_id, "subject_id": person} for person in sorted(persons)]
    await unit.connection.execute(insert_new(table, unit.dialect), [row | {"wrapped": None} for row in rows])
    mine = table.c.organization_id == unit.organization_id
    await unit.connection.execute(
        update(table).where(mine, within(table.c.subject_id, persons, unit.dialect)).values(wrapped=None)
    )


async def drop_keys(unit: "UnitOfWork", records: Iterable[UUID]) -> None:
    """Take away the keys that records had of their own, while nobody was named: what follows gets a fresh one."""
    table = SubjectKey.__table__
    mine = table.c.organization_id == unit.organization_id
    await unit.connection.execute(delete(table).where(mine, within(table.c.subject_id, list(records), unit.dialect)))


# -- external keys ---------------------------------------------------------------------------------------------------


async def forget_refs(unit: "UnitOfWork", records: Iterable[UUID]) -> None:
    """Keep of these records' external keys only digests."""
    table = ExternalRef.__table__
    these = table.c.organization_id == unit.organization_id, within(table.c.record_id, list(records), unit.dialect)
    rows = await unit.rows(select(table.c.type, table.c.system, table.c.external_id).where(*these))
    if not rows:
        return
    digests = [unit.secrets.erased_digest(unit.organization_id, *row.values()) for row in rows]
    await unit.connection.execute(
        insert_new(ErasedRef.__table__, unit.dialect),
        [{"organization_id": unit.organization_id, "digest": digest} for digest in digests],
    )
    await unit.connection.execute(delete(table).where(*these))


@cache
def _persons() -> frozenset[str]:
    """The kinds of record that are persons themselves: only their keys are forgotten."""
    models = (mapper.class_ for mapper in Base.registry.mappers)
    return frozenset(model.__tablename__.upper() for model in models if getattr(model, "__subject__", None) == ("id",))


async def erased_among(
    reader: Reader, secrets: Secrets, organization_id: UUID, keys: Iterable[TypedKey]
) -> set[TypedKey]:
    """Those of the keys that were an erased person's."""
    table = ErasedRef.__table__
    keys = [(type_, key) for type_, key in keys if type_ in _persons()]
    if not keys or not await reader.rows(
        select(table.c.digest).where(table.c.organization_id == organization_id).limit(1)
    ):
        return set()
    digests = {secrets.erased_digest(organization_id, type_, *key): (type_, key) for type_, key in keys}
    mine = {"organization_id": organization_id}
    found = await reader.rows(rows_of(table, mine, "digest", sorted(digests), reader.dialect))
    return {digests[row["digest"]] for row in found}
