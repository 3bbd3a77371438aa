"""What the graph shows of files: those of every record, and the mutations that begin an upload and remove a file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry

from qms_graphql.base.access import write_of
from qms_graphql.base.addresses import READING_LIFE, Purpose, address
from qms_graphql.base.columns import Record as Row
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global, to_global
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.files import commands, model
from qms_graphql.files import facts as facts
from qms_graphql.files import timed as timed
from qms_graphql.files.holders import Holder, HolderOf
from qms_graphql.files.rules import UPLOAD_LIFE, FileState
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import batch_field, extend, guarded, mutation
from qms_graphql.graph.named import named_record
from qms_graphql.graph.pages import id_after, keyset_page, newest_of_each, page_size
from qms_graphql.graph.record import Record
from qms_graphql.graph.running.engine import Engine
from qms_graphql.graph.types import Node, PageInfo, UserError
from qms_graphql.people.schema import User

FIRST_OF_FILES = 20
MOST_OF_FILES = 200
READ, WRITE = "files:read", "files:write"
PATH = "/files"


def path_of(id_: UUID) -> str:
    """Where the bytes of a file come and go."""
    return f"{PATH}/{to_global('file', id_)}"


@strawberry.type(description="A file that belongs to a record: evidence, a picture, a letter.")
class File:
    """A file that belongs to a record."""

    id: strawberry.ID = strawberry.field(description="Its id, for removing it.")
    name: str = strawberry.field(description="Its name.")
    media_type: str = strawberry.field(description="What sort of file it is, by its media type.")
    size: int = strawberry.field(description="Its length in bytes.")
    sha256: str = strawberry.field(description="SHA-256 of its bytes, hexadecimal.")
    at: datetime = strawberry.field(description="When it was stored.")
    uploaded_by: User | None = strawberry.field(
        description="Who brought it; null for a program, and to who may not see people."
    )
    download_url: str | None = strawberry.field(
        description="Where it is, as a path on this server. It opens the file for ten minutes, as long as who asks now"
        " sees the record. Null to who has no token."
    )


@strawberry.type(description="A page of a record's files, newest first.")
class FilePage:
    """A page of a record's files."""

    nodes: list[File] = strawberry.field(description="The files.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


First = Annotated[int, strawberry.argument(description=f"The newest so many, at most {MOST_OF_FILES}.")]
After = Annotated[str | None, strawberry.argument(description="Cursor that the page begins after.")]


@batch_field(needs=(), personal=True)
async def files_of(
    rows: Sequence[Any], context: Context, first: First = FIRST_OF_FILES, after: After = None
) -> list[FilePage | None]:
    """The files that belong to it, newest first."""
    keys = [from_global(row.id)[1] for row in rows]
    found = await _files(context, keys, page_size(first, MOST_OF_FILES, "files"), after)
    pages: list[FilePage | None] = []
    for key in keys:
        shown, info = keyset_page(found.get(key, []), first, after)
        pages.append(FilePage(nodes=[file for _, file in shown], page_info=info))
    return pages


files = guarded(READ, files_of)


@extend("Record")
class RecordFiles:
    """The files of a record."""

    files = files


@extend("Document")
class DocumentFiles:
    """The files of a document, whatever its revision."""

    files = files


@extend("Finding")
class FindingFiles:
    """The files of a finding."""

    files = files


async def _files(
    context: Context, keys: Sequence[UUID], first: int, after: str | None
) -> dict[UUID, list[tuple[str, File]]]:
    table, reader = model.File.__table__, await context.reader()
    mine = [table.c.organization_id == context.viewer.organization_id, table.c.state == FileState.STORED]
    if after is not None:
        mine.append(table.c.id < id_after(after, "files"))
    until = context.clock.now() + READING_LIFE
    found: dict[UUID, list[tuple[str, File]]] = {}
    for row in await newest_of_each(reader, table.c.record_id, table.c.id, keys, first, *mine):
        file = File(
            id=strawberry.ID(to_global("file", row["id"])),
            name=row["name"],
            media_type=row["media_type"],
            size=row["size"],
            sha256=row["sha256"],
            at=row["at"],
            uploaded_by=ref("User", row["uploaded_by_id"]) if row["uploaded_by_id"] else None,
            download_url=address(context.secrets, context.viewer, Purpose.DOWNLOAD, path_of(row["id"]), until),
        )
        found.setdefault(row["record_id"], []).append((row["id"].hex, file))
    return found


def holders(engine: Engine) -> HolderOf:
    """What is known of the kinds of record: who reads them, and who changes them."""

    def holder_of(kind: RecordType) -> Holder:
        declared = engine.by_table[kind.value.lower()]
        return Holder(cast(type[Row], declared.model), declared.read, write_of(declared.read))

    return holder_of


# -- mutations ---------------------------------------------------------------------------------------------------------


@strawberry.input(description="What file will come, for which record.")
class BeginUploadInput:
    """What file will come, for which record."""

    record: strawberry.ID = strawberry.field(description="The record.")
    name: str = strawberry.field(description="Its name, without a path.")
    media_type: str = strawberry.field(description="Its media type, for example image/png.")
    size: Decimal = strawberry.field(description="Its length in bytes, a whole number.")
    sha256: str | None = strawberry.field(
        description="SHA-256 of its bytes, hexadecimal; if it is given, other bytes are refused.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="Which file to take away, and why.")
class RemoveFileInput:
    """Which file to take away, and why."""

    id: strawberry.ID = strawberry.field(description="The file.")
    reason: str = strawberry.field(description="Why; it stays in the record's history.")


@strawberry.type(description="Where to send the bytes of a file.")
class Upload:
    """Where to send the bytes of a file."""

    id: strawberry.ID = strawberry.field(description="The file's id.")
    url: str = strawberry.field(
        description="Where to PUT or POST the bytes as they are, as a path on this server. It can be used once."
    )
    expires_at: datetime = strawberry.field(description="Until when it can be used.")


@strawberry.type(description="What came of beginUpload.")
class BeginUploadPayload:
    """What came of beginUpload."""

    upload: Upload | None = strawberry.field(description="Where to send the bytes.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@strawberry.type(description="What came of removeFile.")
class RemoveFilePayload:
    """What came of removeFile."""

    record: Record | None = strawberry.field(description="The record, without the file.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission=WRITE, input=BeginUploadInput)
async def begin_upload(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> BeginUploadPayload:
    """Announce a file for a record; its bytes are sent to the address in the answer. Needs files:write.

    It also takes the permission to change such records, and a record that is not settled.
    """
    named = await named_record(context, unit, given["record"], Node)
    if "files" not in named.declared.fields:
        raise Refusal(ErrorCode.NOT_FOUND, "There is no such record that has files.", ("record",))
    holder = holders(context.engine)(named.place[0])
    id_ = await commands.announce(unit, holder, named.row, context.database.settings, given)
    until = unit.now + UPLOAD_LIFE
    url = address(context.secrets, context.viewer, Purpose.UPLOAD, path_of(id_), until)
    if url is None:
        raise Refusal(ErrorCode.FORBIDDEN, "Only who has a token can do this.")
    return BeginUploadPayload(upload=Upload(id=strawberry.ID(to_global("file", id_)), url=url, expires_at=until))


@mutation(permission=WRITE, input=RemoveFileInput)
async def remove_file(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> RemoveFilePayload:
    """Take a file away from its record. What it was stays in the history, with the reason. Needs files:write.

    It also takes the permission to change such records, and a record that is not settled. What somebody else brought
    takes files:others.
    """
    try:
        table, id_ = from_global(given["id"])
    except Refusal as refusal:
        raise refusal.under("id") from None
    if table != "file":
        raise Refusal(ErrorCode.NOT_FOUND, "There is no such file.", ("id",))
    holder, record = await commands.remove(unit, id_, given["reason"], holders(context.engine))
    declared = context.engine.by_table[holder.__tablename__]
    return RemoveFilePayload(record=ref(declared.name, record))
