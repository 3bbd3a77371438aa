"""The mutation ``transition``: a move of a record, with the fields it needs, in one step."""

from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import UUID

import strawberry
from graphql import GraphQLResolveInfo

from qms_graphql.base.columns import Record as Row
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.idempotency import once
from qms_graphql.base.ids import from_global
from qms_graphql.base.signing import signed
from qms_graphql.base.transitions import Intent, Signature, machine_of, move
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import TypeDeclaration
from qms_graphql.graph.types import UserError, input_type, nullable
from qms_graphql.graph.writing.mutations import Writer, payload_class, run


@strawberry.input(description="A signature: that the person who asks knows the signing PIN.")
class SignatureInput:
    """A signature."""

    pin: str = strawberry.field(description="The person's own signing PIN.")


async def signature_in(context: Context, given: Mapping[str, Any]) -> Callable[[], Signature | None]:
    """The ``signature`` that an input gives: a function that answers with it, or raises why it is none.

    Verified before the command's transaction, because an attempt counts whatever becomes of that.
    """
    try:
        pin = given["signature"]["pin"] if given.get("signature") is not None else None
        signature = await signed(context.database, context.clock, context.viewer, pin) if pin is not None else None
    except Refusal as refusal:
        named = refusal.under("signature")

        def refuse() -> Signature | None:
            raise named

        return refuse
    return lambda: signature


class Mover:
    """The mutation ``transition``, for all types that have a machine."""

    def __init__(self, types: Mapping[str, TypeDeclaration], writers: Mapping[str, Writer]) -> None:
        self._by_table = {
            declared.table.name: declared
            for declared in types.values()
            if declared.is_node and hasattr(declared.model, "__machine__")
        }
        machines = [machine_of(declared.model) for declared in self._by_table.values()]
        self._permissions = frozenset().union(*(machine.permissions for machine in machines))
        self._writers = writers
        """Of those types that have one, by the type's name."""

    def __bool__(self) -> bool:
        return bool(self._by_table)

    def input_class(self) -> type:
        """``TransitionInput``."""
        changes: dict[str, tuple[Any, str]] = {}
        for declared in self._by_table.values():
            writer = self._writers.get(declared.name)
            if writer is None:
                continue
            writable = writer.input.graphql_fields(all_optional=True)
            about = f"Fields of a record of this kind to set with the move: {declared.name}."
            names = {name: name for name in writable}
            made = input_type(f"{declared.name}Changes", about, writable, graphql_names=names)
            changes[declared.singular] = (nullable(made), about)
        fields: dict[str, tuple[Any, str]] = {
            "id": (strawberry.ID, "Which record."),
            "to": (str, "The state it shall come to, as `transitions` names it."),
            "version": (int, "The version it was decided on; if it is not the present one: CONFLICT."),
            "reason": (str | None, "Why; some moves need it. It stays in the record's history."),
            "signature": (nullable(SignatureInput), "The signature, where the move is signed."),
            "idempotencyKey": (str | None, "Repeating a request with the same key has one effect; kept 7 days."),
        }
        if changes:
            about = "Fields to set in the same step: those of the record's kind."
            spelled = {name: name for name in changes}
            made = input_type("TransitionChanges", about, changes, graphql_names=spelled, one_of=True)
            fields["changes"] = (nullable(made), about)
        return input_type("TransitionInput", "A move of a record.", fields, graphql_names={n: n for n in fields})

    async def resolve(self, _root: object, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        """Answer ``transition``."""
        values, context = given["input"], info.context
        if not any(context.viewer.may(permission) for permission in self._permissions):
            raise Refusal(ErrorCode.FORBIDDEN, "Nothing that you may do moves a record.")

        sign = await signature_in(context, values)

        async def command(unit: UnitOfWork) -> Any:
            signature = sign()
            declared, id_ = self._named(context, values["id"])

            async def effect() -> Any:
                await self._move(unit, declared, id_, values, signature)
                return id_.hex

            asked = {name: value for name, value in values.items() if name != "signature"}
            done = await once(unit, "transition", values.get("idempotencyKey"), asked, effect)
            return payload_class(info)(record=ref(declared.name, UUID(hex=done)), errors=[])

        def refused(errors: list[UserError]) -> Any:
            return payload_class(info)(record=None, errors=errors)

        return await run(info, None, command, refused)

    def _named(self, context: Context, text: str) -> tuple[TypeDeclaration, UUID]:
        try:
            table, id_ = from_global(text)
        except Refusal as refusal:
            raise refusal.under("id") from None
        declared = self._by_table.get(table)
        if declared is None or not context.viewer.may(declared.read):
            raise Refusal(ErrorCode.NOT_FOUND, "There is no such record that can be moved.", ("id",))
        return declared, id_

    async def _move(
        self,
        unit: UnitOfWork,
        declared: TypeDeclaration,
        id_: UUID,
        values: Mapping[str, Any],
        signature: Signature | None,
    ) -> None:
        place = ("changes", declared.singular)
        changes = values.get("changes")
        if changes and declared.singular not in changes:
            raise Refusal(ErrorCode.INVALID, f"Its kind is {declared.name}: give {declared.singular}.", ("changes",))
        given = changes[declared.singular] if changes else None
        reason, changed = values.get("reason"), tuple(given or ())
        intent = Intent(values["to"], values["version"], reason, signature, place, changed)

        async def change(row: Mapping[str, Any]) -> None:
            try:
                draft = Draft(id_, {}, row, to=intent.to, notes={"reason": reason} if reason and reason.strip() else {})
                await self._writers[declared.name].save(unit, draft, given or {})
            except Refusal as refusal:
                raise refusal.under(*place) from None
            except Refusals as several:
                raise Refusals([refusal.under(*place) for refusal in several.refusals]) from None

        await move(unit, cast(type[Row], declared.model), id_, intent, change if given else None)
