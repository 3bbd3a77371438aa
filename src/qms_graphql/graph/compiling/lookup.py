"""Look-ups by key: ``node``, ``nodes``, and the root field of a type that takes one of its keys."""

from typing import Any

from sqlalchemy import Alias, ColumnElement, String, Text, Uuid, select
from sqlalchemy.sql import Select

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global, to_global
from qms_graphql.base.model import ExternalRef
from qms_graphql.graph.compiling import polymorphic
from qms_graphql.graph.compiling.compile import Compiler
from qms_graphql.graph.compiling.dialects import dumped
from qms_graphql.graph.compiling.plan import Slot
from qms_graphql.graph.compiling.selection import Selected
from qms_graphql.graph.compiling.where import own_id
from qms_graphql.graph.context import Context, Ref
from qms_graphql.graph.declare import TypeDeclaration
from qms_graphql.graph.running.queries import Asked

MOST_NODES = 200


class Nodes:
    """``node(id:)`` and ``nodes(ids:)``: records of any type by their global ids."""

    def __init__(self, types: dict[str, TypeDeclaration]) -> None:
        self._types = types

    def statement_of_one(self, compiler: Compiler, selected: Selected, given: dict[str, Any]) -> Select[Any]:
        """``node(id:)``, where the id is known to be of one table whenever the statement is used."""
        id_ = given["id"]
        table, _ = from_global(id_.sample if isinstance(id_, Slot) else id_)
        declared = next((d for d in self._types.values() if d.is_node and d.table.name == table), None)
        if declared is None:
            raise Refusal(ErrorCode.NOT_FOUND, "There is no such type of record.", ("id",))
        return by_key(compiler, declared, selected, given)

    def statement_of_many(self, compiler: Compiler, selected: Selected, given: dict[str, Any]) -> Select[Any]:
        """``nodes(ids:)``, where the ids are known to be of the same tables whenever the statement is used."""
        ids = given["ids"]
        known = ids.sample if isinstance(ids, Slot) else [id_.sample if isinstance(id_, Slot) else id_ for id_ in ids]
        tables = {from_global(id_)[0] for id_ in known}
        wanted = [
            d for d in self._types.values() if d.is_node and d.table.name in tables and compiler.viewer.may(d.read)
        ]
        given_ids = compiler.parameters.bind(ids, Text(), _kinds_and_keys, ("ids",))
        return polymorphic.nodes(compiler, wanted, given_ids, selected)

    async def one(self, context: Context, asked: Asked) -> Any:
        """Answer ``node(id:)`` where the whole operation is not one statement."""
        return (await self._load(context, asked, [asked.arguments(context)["id"]], ("id",)))[0]

    async def many(self, context: Context, asked: Asked) -> Any:
        """Answer ``nodes(ids:)`` likewise."""
        ids = asked.arguments(context)["ids"]
        if len(ids) > MOST_NODES:
            raise _too_many()
        return await self._load(context, asked, ids, ("ids",))

    async def numbered(self, context: Context, asked: Asked) -> Any:
        """Answer ``record(number:)``: what it begins with says of which kind it is."""
        number: str = asked.arguments(context)["number"]
        declared = next((d for d in self._types.values() if d.numbered and d.prefix == number.partition("-")[0]), None)
        if declared is None or not context.viewer.may(declared.read):
            return None
        table = declared.table
        reader = await context.reader()
        rows = await reader.rows(
            select(table.c.id).where(
                table.c.organization_id == context.viewer.organization_id, table.c.number == number
            )
        )
        found = [to_global(table.name, row["id"]) for row in rows]
        return (await self._load(context, asked, found, ("number",)))[0] if found else None

    async def _load(self, context: Context, asked: Asked, ids: list[str], field: tuple[str, ...]) -> list[Any]:
        refs: list[Ref | None] = []
        for index, text in enumerate(ids):
            try:
                table, id_ = from_global(text)
            except Refusal as refusal:
                raise refusal.under(*field, *([str(index)] if field == ("ids",) else [])) from None
            declared = context.engine.by_table.get(table)
            refs.append(Ref(declared.name, id_) if declared else None)
        loaded = await context.engine.load(context, [ref for ref in refs if ref], asked.selected.nodes)
        for index, ref in enumerate(refs):
            place = (asked.selected.key, index) if field == ("ids",) else (asked.selected.key,)
            context.failures += [failure.below(place) for failure in loaded.failures.get(ref, ())] if ref else []
        return [loaded.records.get(ref) if ref else None for ref in refs]


def _kinds_and_keys(ids: list[str]) -> str:
    """Global ids taken apart, as a parameter of ``polymorphic.nodes``."""
    if len(ids) > MOST_NODES:
        raise _too_many()
    return dumped([(table, key.hex) for table, key in map(from_global, ids)])


def _too_many() -> Refusal:
    return Refusal(ErrorCode.TOO_LONG, f"At most {MOST_NODES} ids.", ("ids",))


def by_key(compiler: Compiler, declared: TypeDeclaration, selected: Selected, given: dict[str, Any]) -> Select[Any]:
    """The record with the one key that is given: its id, its number, or an external key."""
    ((name, value),) = given.items()

    def condition(row: Alias) -> ColumnElement[bool]:
        if name == "id":
            return row.c.id == compiler.parameters.bind(value, Uuid(), lambda id_: own_id(id_, declared), ("by", "id"))
        if name == "number":
            return row.c.number == compiler.parameters.bind(value, String(), None, ("by", "number"))
        refs = ExternalRef.__table__.alias()
        target = select(refs.c.target_id).where(
            compiler.tenant(refs),
            refs.c.system == compiler.parameters.bind(value["system"], String()),
            refs.c.type == compiler.parameters.bind(declared.record_type, String()),
            refs.c.external_id == compiler.parameters.bind(value["externalId"], String()),
        )
        return row.c.id == target.scalar_subquery()

    return compiler.root_object(declared, selected, condition)
