"""Mutations: permission, one transaction, the command, the payload read in the same transaction, events last."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from graphql import GraphQLObjectType, GraphQLResolveInfo
from sqlalchemy import select

from qms_graphql.base.columns import Record
from qms_graphql.base.drafts import Draft, Outcome, check_columns
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.event_log import end_position
from qms_graphql.base.idempotency import once
from qms_graphql.base.ids import new_id
from qms_graphql.base.sets import within
from qms_graphql.base.telemetry import note_refusal
from qms_graphql.base.transitions import bad_reason, refuse_settled
from qms_graphql.base.unit import UnitOfWork, part_columns, transact
from qms_graphql.base.visibility import restriction, visible
from qms_graphql.graph.compiling.selection import Selected
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import ManyField, TypeDeclaration, Writes
from qms_graphql.graph.running.projection import project
from qms_graphql.graph.running.reading import Deferred
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.inputs import LinkUse, WriteInput, own_key


async def run(
    info: GraphQLResolveInfo[Any],
    permission: str | None,
    work: Callable[[UnitOfWork], Awaitable[Any]],
    refused: Callable[[list[UserError]], Any],
) -> Any:
    """Run a command and answer with its payload as selected. ``refused`` makes the payload of a refusal."""
    context: Context = info.context
    context.viewer.require(permission)
    position, units, before = Deferred(), [], len(context.failures)
    selected = Selected(str(info.path.key), info.field_name, info.field_nodes)

    async def inside(unit: UnitOfWork) -> Any:
        units.append(unit)
        del context.failures[before:]
        payload = await work(unit)
        if hasattr(payload, "cursor"):
            payload.cursor = position
            position.value = cursor(await end_position(unit, unit.organization_id))
        return await project(context.reading_with(unit), payload, info.return_type, selected)

    def cursor(end: int) -> str:
        return context.secrets.cursor(context.viewer.organization_id, end)

    try:
        answer = await transact(context.database, context.viewer, context.clock, context.secrets, inside)
        if units[-1].position is not None:
            position.value = cursor(units[-1].position)
    except Refusal as refusal:
        note_refusal(refusal.code.value)
        answer = await project(context, refused([UserError.of(refusal)]), info.return_type, selected)
    except Refusals as several:
        errors = [UserError.of(refusal) for refusal in several.refusals]
        for one in several.refusals:
            note_refusal(one.code.value)
        answer = await project(context, refused(errors), info.return_type, selected)
    finally:
        context.statements += sum(unit.statements for unit in units)
    return answer


class Writer:
    """``createX`` and ``updateX`` of one type."""

    def __init__(self, declared: TypeDeclaration, noted: Writes) -> None:
        self.declared = declared
        self.noted = noted
        self.input = WriteInput(declared, noted.fields, noted.defaulted, keyed=False)
        self.key = declared.singular

    @property
    def model(self) -> type[Record]:
        """The record's model."""
        assert issubclass(self.declared.model, Record)  # noqa: S101
        return self.declared.model

    async def create(self, _root: object, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        """Answer ``createX``."""

        async def work(unit: UnitOfWork, values: Mapping[str, Any]) -> UUID:
            draft = Draft(new_id(), {})
            return await self.save(unit, draft, values)

        return await self._answer(info, given["input"], f"create{self.declared.name}", work)

    async def update(self, _root: object, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        """Answer ``updateX``."""

        async def work(unit: UnitOfWork, values: Mapping[str, Any]) -> UUID:
            id_ = own_key(values["id"], self.declared, ("id",))
            row = await unit.lock_one(self.model, id_, values["version"])
            refuse_settled(self.model, row)
            draft = Draft(id_, {}, row)
            if self.noted.reasoned:
                _give_reason(draft, values.get("reason"))
            return await self.save(unit, draft, values)

        return await self._answer(info, given["input"], f"update{self.declared.name}", work)

    async def _answer(
        self,
        info: GraphQLResolveInfo[Any],
        values: Mapping[str, Any],
        name: str,
        work: Callable[[UnitOfWork, Mapping[str, Any]], Awaitable[UUID]],
    ) -> Any:
        async def command(unit: UnitOfWork) -> Any:
            async def effect() -> Any:
                return (await work(unit, values)).hex

            id_ = await once(unit, name, values.get("idempotencyKey"), values, effect)
            return self._payload(info, ref(self.declared.name, UUID(hex=id_)), [])

        return await run(info, self.noted.permission, command, lambda errors: self._payload(info, None, errors))

    def _payload(self, info: GraphQLResolveInfo[Any], record: Any, errors: list[UserError]) -> Any:
        return payload_class(info)(**{self.key: record, "errors": errors})

    async def save(self, unit: UnitOfWork, draft: Draft, values: Mapping[str, Any]) -> UUID:
        """Write what an input says of a record, by the room's command. Raises ``Refusals``."""
        uses = self.input.read(values, draft)
        await resolve_ids(unit, draft, uses)
        await _keep_unseen(unit, self.declared, draft)
        custom = draft.fields.get("custom", {})
        if not isinstance(custom, dict):
            draft.refuse(ErrorCode.INVALID, "custom is a JSON object.", "custom")
        check_columns(self.model, draft, self.input.spelling(), unit.now)
        await self.noted.command(unit, [draft])
        if draft.refused:
            raise Refusals(draft.refusals)
        assert draft.outcome in (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)  # noqa: S101
        return draft.id


def _give_reason(draft: Draft, reason: str | None) -> None:
    """Note why somebody changes a record; refused if that is too long."""
    draft.refusals += bad_reason(reason, needed=False)
    if reason is not None and reason.strip():
        draft.notes["reason"] = reason


async def _keep_unseen(unit: UnitOfWork, declared: TypeDeclaration, draft: Draft) -> None:
    """Leave in the lists that a draft replaces the links to what its writer does not see: nobody takes those away."""
    if draft.current is None or draft.refused:
        # A refused one is not written: what else would be said of it must not tell what is hidden.
        return
    for item in declared.fields.values():
        if not isinstance(item, ManyField) or item.far is None or item.target is None:
            continue
        pairs, target = item.column.table, item.target
        part = next((part for part in draft.parts if part.__table__ is pairs), None)
        if part is None or restriction(target.model, unit.viewer) is None:
            continue
        seen = select(target.table.c.id).where(
            target.table.c.organization_id == pairs.c.organization_id,
            target.table.c.id == pairs.c[item.far.name],
            visible(target.model, target.table, unit.viewer),
        )
        mine = pairs.c.organization_id == unit.organization_id, pairs.c[item.column.name] == draft.id
        unseen = select(*(pairs.c[name] for name in part_columns(part))).where(*mine, ~seen.exists())
        named = {row[item.far.name] for row in draft.parts[part]}
        kept = [dict(row) for row in await unit.rows(unseen) if row[item.far.name] not in named]
        draft.parts[part] = [*draft.parts[part], *kept]


def payload_class(info: GraphQLResolveInfo[Any]) -> Any:
    """The strawberry class of the payload that a mutation returns."""
    type_ = info.return_type
    while not isinstance(type_, GraphQLObjectType):
        type_ = type_.of_type  # type: ignore[union-attr]
    return type_.extensions["strawberry-definition"].origin


async def resolve_ids(unit: UnitOfWork, draft: Draft, uses: Sequence[LinkUse]) -> None:
    """Put keys in the place of global ids, and refuse those that name no record the viewer sees."""
    wanted: dict[str, list[tuple[LinkUse, UUID]]] = {}
    for use in uses:
        try:
            id_ = own_key(use[3], use[2], use[4])
            wanted.setdefault(use[2].name, []).append((use, id_))
        except Refusal as refusal:
            draft.refusals.append(refusal)
    for found in wanted.values():
        table = found[0][0][2].table
        rows = await unit.rows(
            select(table.c.id).where(
                table.c.organization_id == unit.organization_id,
                within(table.c.id, {id_ for _, id_ in found}, unit.dialect),
                visible(found[0][0][2].model, table, unit.viewer),
            )
        )
        known = {row["id"] for row in rows}
        for (row_, column, declared, _, path), id_ in found:
            row_[column] = id_
            if id_ not in known:
                draft.refuse(ErrorCode.NOT_FOUND, f"There is no such {declared.name}.", *path)
