"""What may be done with files: announce one, take it in, refuse it, remove it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import NOT_DONE
from qms_graphql.base.columns import Record
from qms_graphql.base.drafts import Draft, check_columns
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.facts import facts_of
from qms_graphql.base.ids import new_id
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.settings import Settings
from qms_graphql.base.transitions import REASON_LIMIT
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.base.visibility import visible_ids
from qms_graphql.files.holders import Holder, HolderOf, refuse_closed
from qms_graphql.files.model import File
from qms_graphql.files.rules import FileState, name_problem

OTHERS = "files:others"
"""The permission to take away what others brought."""
SHOWN = ("name", "media_type", "size", "sha256")
"""What the history of a record says of a file."""


async def announce(
    unit: UnitOfWork, holder: Holder, record: Mapping[str, Any], settings: Settings, given: Mapping[str, Any]
) -> UUID:
    """Note that a file will come for a record, which is locked. Raises ``Refusals`` that name the input's field."""
    holder.require(unit, record)
    await refuse_closed(unit, holder.model, record)
    record_type, id_ = RecordType(holder.model.__tablename__.upper()), new_id()
    fields = {
        "record_type": record_type,
        "record_id": record["id"],
        "name": given["name"],
        "media_type": given["mediaType"].strip().lower(),
        "sha256": (given.get("sha256") or "").strip().lower() or None,
        "uploaded_by_id": unit.viewer.user_id,
        "storage_key": f"{unit.organization_id.hex}/{id_.hex}",
    }
    draft = Draft(id_, fields)
    check_columns(File, draft, {"name": "name", "media_type": "mediaType", "sha256": "sha256"})
    _check(draft, given["size"], settings)
    if await _count(unit, record["id"]) >= settings.files_per_record:
        draft.refuse(ErrorCode.OUT_OF_RANGE, f"A record has at most {settings.files_per_record} files.", "record")
    if draft.refused:
        raise Refusals(draft.refusals)
    await unit.save(File, [draft])
    return id_


def _check(draft: Draft, size: Decimal, settings: Settings) -> None:
    name, digest = draft.fields["name"], draft.fields["sha256"]
    problem = name_problem(name)
    if problem is not None:
        draft.refuse(ErrorCode.INVALID, problem, "name")
    if draft.fields["media_type"] not in settings.file_types:
        draft.refuse(ErrorCode.INVALID, f"A file is one of {', '.join(settings.file_types)}.", "mediaType")
    if 1 <= size <= settings.files_most_bytes and size == size.to_integral_value():
        draft.fields["size"] = int(size)
    else:
        draft.refuse(ErrorCode.OUT_OF_RANGE, f"A file has 1 to {settings.files_most_bytes} bytes.", "size")
    if digest is not None and (len(digest) != 64 or not set(digest) <= set("0123456789abcdef")):
        draft.refuse(ErrorCode.INVALID, "A SHA-256 has 64 hexadecimal digits.", "sha256")


async def _count(unit: UnitOfWork, record_id: UUID) -> int:
    """How many files a record has, or is about to have."""
    table = File.__table__.c
    rows = await unit.rows(
        select(func.count().label("files")).where(
            table.organization_id == unit.organization_id,
            table.record_id == record_id,
            table.state.in_((FileState.PENDING, FileState.STORED)),
        )
    )
    return int(rows[0]["files"])


async def claim(unit: UnitOfWork, id_: UUID, holder_of: HolderOf) -> Mapping[str, Any]:
    """Use the address of an upload up: its bytes begin to come. Raises ``Refusal`` if they came before, or may not."""
    row = await _pending(unit, id_)
    if row["begun_at"] is not None:
        raise Refusal(ErrorCode.CONFLICT, "This address was used before; begin the upload again.")
    await _holding(unit, row, holder_of)
    await unit.save(File, [Draft(id_, {"begun_at": unit.now, "held": True}, row)])
    return row


async def keep(unit: UnitOfWork, id_: UUID, sha256: str, holder_of: HolderOf) -> None:
    """Take a file in whose bytes are here and are as announced; the record's history says so."""
    row = await _pending(unit, id_)
    holder, record = await _holding(unit, row, holder_of)
    fields = {"state": FileState.STORED, "sha256": sha256, "at": unit.now}
    await unit.save(File, [Draft(id_, fields, row)])
    await _tell(unit, holder.model, record, (None, _shown({**row, **fields})))


async def refuse(unit: UnitOfWork, id_: UUID, why: str) -> None:
    """Note that a file was not let in; its bytes are gone."""
    row = await _pending(unit, id_)
    fields = {"state": FileState.REFUSED, "reason": why, "held": False}
    await unit.save(File, [Draft(id_, fields, row)])


async def remove(unit: UnitOfWork, id_: UUID, reason: str, holder_of: HolderOf) -> tuple[type[Record], UUID]:
    """Take a file away from its record; what it was stays known. Says which record that is.

    Raises ``Refusal``: NOT_FOUND at ``id``; REQUIRED or TOO_LONG at ``reason``; FORBIDDEN where somebody else brought
    it; INVALID where the record is settled, or rests on the file.
    """
    if not reason.strip():
        raise Refusal(ErrorCode.REQUIRED, "Say why.", ("reason",))
    if len(reason) > REASON_LIMIT:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {REASON_LIMIT} characters.", ("reason",))
    row = (await unit.lock(File, [id_])).get(id_)
    if row is None or row["state"] is not FileState.STORED:
        raise _no_file().under("id")
    try:
        holder, record = await _holding(unit, row, holder_of)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, ("id",)) from None
    mine = unit.viewer.user_id is not None and row["uploaded_by_id"] == unit.viewer.user_id
    if not mine and not unit.viewer.may(OTHERS):
        why = "Whoever brought it takes it away, or who owns the quality system."
        raise Refusal(ErrorCode.FORBIDDEN, why, ("id",))
    await unit.save(File, [Draft(id_, {"state": FileState.REMOVED, "reason": reason}, row, notes={"reason": reason})])
    await _tell(unit, holder.model, record, (_shown(row), None), reason)
    if holder.model is Action and record["status"] not in NOT_DONE:
        facts = (await facts_of(unit, Action, unit.organization_id, [record["id"]], unit.now))[record["id"]]
        if not facts["evidenced"] and not facts["evidence_files"]:
            raise Refusal(ErrorCode.INVALID, "What was done keeps its evidence.", ("id",))
    return holder.model, record["id"]


async def _pending(unit: UnitOfWork, id_: UUID) -> Mapping[str, Any]:
    row = (await unit.lock(File, [id_])).get(id_)
    if row is None:
        raise _no_file()
    if row["state"] is not FileState.PENDING:
        raise Refusal(ErrorCode.CONFLICT, "This address was used before; begin the upload again.")
    return row


async def _holding(unit: UnitOfWork, file: Mapping[str, Any], holder_of: HolderOf) -> tuple[Holder, Mapping[str, Any]]:
    """What a file belongs to, and its record, locked. Raises ``Refusal`` if the viewer may not change its files."""
    holder, id_ = holder_of(file["record_type"]), file["record_id"]
    rows = await unit.lock(holder.model, [id_]) if unit.viewer.may(holder.read) else {}
    if not rows or not await visible_ids(unit, holder.model, unit.viewer, [id_]):
        raise _no_file()
    holder.require(unit, rows[id_])
    await refuse_closed(unit, holder.model, rows[id_])
    return holder, rows[id_]


def _no_file() -> Refusal:
    return Refusal(ErrorCode.NOT_FOUND, "There is no such file.")


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in SHOWN}


async def _tell(
    unit: UnitOfWork, model: type[Record], record: Mapping[str, Any], change: tuple[Any, Any], reason: str | None = None
) -> None:
    """Have the history of a record say what became of its files. Its version rises: what is signed later covers it."""
    notes = {} if reason is None else {"reason": reason}
    await unit.save(model, [Draft(record["id"], {}, record, beside={"files": change}, notes=notes)])
