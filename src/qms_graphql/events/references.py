"""External references in the graph: look-up by key, the census of a system, and linking our records to their keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, or_, select, true
from strawberry import auto

from qms_graphql.base.columns import Record
from qms_graphql.base.erasing import ERASED_KEY, erased_among
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.external import Held, Key, held_refs, ref_problem, serialise, write_refs
from qms_graphql.base.ids import from_global
from qms_graphql.base.model import ExternalRef as Reference
from qms_graphql.base.model import RefState
from qms_graphql.base.record_types import RecordType
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.base.visibility import restriction, visible, visible_ids
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import TypeDeclaration, mutation, part, query
from qms_graphql.graph.scalars import ExternalVersion, version_order
from qms_graphql.graph.types import ExternalKey, Node, PageInfo, UserError, VersionedKey, describe_enum

CENSUS_CAP = 1000

describe_enum(RefState)


@part(Reference, read=None)
class ExternalRef:
    """An external system's key for one of our records."""

    system: auto
    external_id: auto
    version: ExternalVersion | None
    state: auto


EXTERNAL_REF: TypeDeclaration = ExternalRef.__graph__  # type: ignore[attr-defined]


@strawberry.type(description="What an external key stands for.")
class ReferencedRecord:
    """What an external key stands for."""

    ref: ExternalRef = strawberry.field(description="The key.")
    state: RefState | None = strawberry.field(description="What became of it there; null if the key is not known here.")
    record: Node | None = strawberry.field(description="Our record, or the winner of a merge.")


@strawberry.type(description="A page of external references, ordered by key.")
class ExternalRefPage:
    """A page of external references, ordered by key."""

    nodes: list[ExternalRef] = strawberry.field(description="The references.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


@strawberry.input(description="One of our records and its key in an external system.")
class LinkExternalRefInput:
    """One of our records and its key in an external system."""

    record_id: strawberry.ID = strawberry.field(description="Our record.")
    ref: VersionedKey = strawberry.field(description="Its key there.")


@strawberry.input(description="Records of ours that were made in an external system, with their keys there.")
class LinkExternalRefsInput:
    """Records of ours that were made in an external system."""

    items: list[LinkExternalRefInput] = strawberry.field(description="At most 1000 links.")


@strawberry.type(description="What came of linkExternalRefs.")
class LinkExternalRefsPayload:
    """What came of linkExternalRefs."""

    linked: int = strawberry.field(description="How many are linked now.", default=0)
    rejected: int = strawberry.field(description="How many were refused.", default=0)
    errors: list[UserError] = strawberry.field(description="Why, each with the path of its item.", default_factory=list)


@query(read=None)
async def records_by_ref(
    context: Context,
    type: Annotated[RecordType, strawberry.argument(description="The kind of record.")],
    refs: Annotated[list[ExternalKey], strawberry.argument(description="The keys, at most 1000.")],
) -> list[ReferencedRecord]:
    """What external keys stand for, in the order asked. At most 1000."""
    declared = _readable(context, type)
    if len(refs) > CENSUS_CAP:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {CENSUS_CAP} references.", ("refs",))
    keys = [(item.system, item.external_id) for item in refs]
    reader = await context.reader()
    held = await held_refs(reader, {declared.record_type: keys}, context.viewer.organization_id)
    targets = {known.target_id for known in held.values() if known.target_id}
    seen = await visible_ids(reader, _model(declared), context.viewer, targets)
    found = []
    for key in keys:
        known = held.get((declared.record_type, key))
        if known and known.target_id and known.target_id not in seen and not _of_own_system(context, key[0]):
            known = None
        shown = ExternalRef(  # type: ignore[call-arg]
            system=key[0],
            external_id=key[1],
            version=known.version if known else None,
            state=known.state if known else None,
        )
        record = ref(declared.name, known.target_id) if known and known.target_id else None
        found.append(ReferencedRecord(ref=shown, state=known.state if known else None, record=record))
    return found


@query(read=None)
async def external_refs(
    context: Context,
    system: Annotated[str, strawberry.argument(description="The external system.")],
    type: Annotated[RecordType, strawberry.argument(description="The kind of record.")],
    first: Annotated[int, strawberry.argument(description="The first so many, at most 1000.")] = 50,
    after: Annotated[str | None, strawberry.argument(description="Cursor that the page begins after.")] = None,
) -> ExternalRefPage:
    """All references of one kind of record to one system, ordered by key: the census seen from outside."""
    declared = _readable(context, type)
    if not 0 < first <= CENSUS_CAP:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"A page has 1 to {CENSUS_CAP} references.", ("first",))
    table = Reference.__table__
    condition = [
        table.c.organization_id == context.viewer.organization_id,
        table.c.system == system,
        table.c.type == declared.record_type,
    ]
    if not _of_own_system(context, system):
        condition.append(_leads_to_visible(context, declared))
    if after is not None:
        condition.append(table.c.external_id > _key_of(after))
    reader = await context.reader()
    rows = await reader.rows(select(table).where(*condition).order_by(table.c.external_id).limit(first + 1))
    page = rows[:first]
    return ExternalRefPage(
        nodes=[shown_ref(row) for row in page],
        page_info=PageInfo(
            has_next_page=len(rows) > first,
            has_previous_page=after is not None,
            start_cursor=_cursor_of(page[0]["external_id"]) if page else None,
            end_cursor=_cursor_of(page[-1]["external_id"]) if page else None,
        ),
    )


@mutation(permission="sync:write", input=LinkExternalRefsInput)
async def link_external_refs(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> LinkExternalRefsPayload:
    """Remember the keys that an external system gave to records of ours. A key that names another record is refused."""
    items = given["items"]
    if len(items) > CENSUS_CAP:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {CENSUS_CAP} links.", ("items",))
    refusals: dict[int, list[Refusal]] = {}
    kinds: dict[str, list[_Link]] = {}
    for index, item in enumerate(items):
        key = (item["ref"]["system"], item["ref"]["externalId"])
        found, refusals[index] = _named_record(context, item["recordId"])
        refusals[index] += ref_problem(unit.viewer, key)
        if found is not None and not refusals[index]:
            version = item["ref"].get("version")
            wanted = Held(found[1], found[1], version, version_order(version), RefState.LIVE)
            kinds.setdefault(found[0].name, []).append(_Link(index, found[0], key, wanted))
    for links in kinds.values():
        await _write_links(unit, links, refusals)
    errors = [refusal.under("items", str(index)) for index, found in refusals.items() for refusal in found]
    rejected = sum(1 for found in refusals.values() if found)
    return LinkExternalRefsPayload(
        linked=len(items) - rejected, rejected=rejected, errors=[UserError.of(refusal) for refusal in errors]
    )


@dataclass(frozen=True, slots=True)
class _Link:
    """One link to be remembered: its place in the input, the type, the key there, what shall be held."""

    index: int
    declared: TypeDeclaration
    key: Key
    wanted: Held


def _named_record(context: Context, text: str) -> tuple[tuple[TypeDeclaration, UUID] | None, list[Refusal]]:
    """The type and key of a record that takes external references and that the viewer may read."""
    try:
        table, id_ = from_global(text)
    except Refusal as refusal:
        return None, [refusal.under("recordId")]
    declared = context.engine.by_table.get(table)
    if declared is None or not declared.external or not context.viewer.may(declared.read):
        return None, [_NO_RECORD]
    return (declared, id_), []


async def _write_links(unit: UnitOfWork, links: Sequence[_Link], refusals: dict[int, list[Refusal]]) -> None:
    """The links to records of one type, set-based."""
    declared = links[0].declared
    await serialise(unit, declared.record_type)
    ids = [link.wanted.record_id for link in links if link.wanted.record_id is not None]
    seen = await visible_ids(unit, _model(declared), unit.viewer, ids)
    rows = await unit.lock(_model(declared), seen)
    held = await held_refs(unit, {declared.record_type: [link.key for link in links]})
    erased = await erased_among(
        unit, unit.secrets, unit.organization_id, [(declared.record_type, link.key) for link in links]
    )
    writes: dict[Key, Held] = {}
    for link in links:
        known = writes.get(link.key) or held.get((declared.record_type, link.key))
        if link.wanted.record_id not in rows:
            refusals[link.index].append(_NO_RECORD)
        elif (declared.record_type, link.key) in erased:
            refusals[link.index].append(Refusal(ErrorCode.ERASED, ERASED_KEY, ("ref", "externalId")))
        elif known is not None and known.record_id not in (None, link.wanted.record_id):
            refusals[link.index].append(
                Refusal(ErrorCode.CONFLICT, "The key names another record.", ("ref", "externalId"))
            )
        elif known is None or (known != link.wanted and not known.outdates(link.wanted.order, ends=False)):
            writes[link.key] = link.wanted
    await write_refs(unit, declared.record_type, list(writes.items()))


def shown_ref(row: Mapping[str, Any]) -> ExternalRef:
    """A row of the table as the graph shows it."""
    return ExternalRef(  # type: ignore[call-arg]
        system=row["system"], external_id=row["external_id"], version=row["version"], state=row["state"]
    )


def _model(declared: TypeDeclaration) -> type[Record]:
    assert issubclass(declared.model, Record)  # noqa: S101 - what has references is a record
    return declared.model


def _of_own_system(context: Context, system: str) -> bool:
    """Whether the viewer is the connector of the system: it knows the keys there anyway."""
    return context.viewer.systems is not None and system in context.viewer.systems


def _leads_to_visible(context: Context, declared: TypeDeclaration) -> ColumnElement[bool]:
    """That a reference leads to a record that the viewer sees, or to none."""
    viewer, references, records = context.viewer, Reference.__table__, declared.table
    if restriction(declared.model, viewer) is None:
        return true()
    found = select(records.c.id).where(
        records.c.organization_id == references.c.organization_id,
        records.c.id == references.c.target_id,
        visible(declared.model, records, viewer),
    )
    return or_(references.c.target_id.is_(None), found.exists())


def _readable(context: Context, type_: RecordType) -> TypeDeclaration:
    declared = context.engine.by_table[type_.value.lower()]
    context.viewer.require(declared.read)
    return declared


def _cursor_of(external_id: str) -> str:
    return external_id.encode().hex()


def _key_of(cursor: str) -> str:
    try:
        return bytes.fromhex(cursor).decode()
    except ValueError:
        raise Refusal(ErrorCode.BAD_USER_INPUT, "This is not a cursor of this list.", ("after",)) from None


_NO_RECORD = Refusal(ErrorCode.NOT_FOUND, "There is no such record that takes external references.", ("recordId",))
