"""Root fields: those every node has, and those that rooms wrote as functions. Builds the strawberry schema."""

import functools
import inspect
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema
from sqlalchemy import Alias, ColumnElement, String, Uuid, select
from sqlalchemy.sql import Select
from strawberry.schema.config import StrawberryConfig

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.model import ExternalRef
from qms_graphql.graph.build import TypeBuilder, declared_resolver, graphql_name
from qms_graphql.graph.compile import Compiler
from qms_graphql.graph.context import Context, Ref
from qms_graphql.graph.declare import Mutation, RootField, Syncs, TypeDeclaration, Writes
from qms_graphql.graph.engine import Make
from qms_graphql.graph.mutations import Writer, payload_class, run
from qms_graphql.graph.plan import Slot
from qms_graphql.graph.price_directives import COST, LIST_SIZE
from qms_graphql.graph.projection import project
from qms_graphql.graph.scalars import SCALARS
from qms_graphql.graph.selection import Selected
from qms_graphql.graph.sync import Sync
from qms_graphql.graph.types import Node, UserError, argument, input_type, output_type
from qms_graphql.graph.where import own_id

MOST_NODES = 200
_INPUT = "What is to be done."


class Roots:
    """Collects the root fields and their resolvers, then makes the schema."""

    def __init__(self, modules: Iterable[ModuleType], references: TypeDeclaration) -> None:
        self.modules = list(modules)
        self.builder = TypeBuilder(self.modules, references)
        self.types = self.builder.types
        self.fields: dict[str, dict[str, tuple[Any, Any]]] = {"Query": {}, "Mutation": {}, "Subscription": {}}
        self.resolvers: dict[tuple[str, str], Callable[..., Any]] = {}
        self.sources: dict[str, RootField] = {}
        self.statements: dict[str, Make] = {"node": self._node_statement}
        """What makes the statement of a query that is one."""
        self._node_fields()
        for declared in self.types.values():
            if declared.is_node:
                self._reads(declared)
        for noted in self._noted():
            if isinstance(noted, RootField):
                self._function(noted)
            elif isinstance(noted, Writes):
                self._writes(noted)
            elif isinstance(noted, Syncs):
                self._syncs(noted)
            elif isinstance(noted, Mutation):
                self._mutation(noted)

    def _noted(self) -> list[Any]:
        return [
            value
            for module in self.modules
            for value in vars(module).values()
            if isinstance(value, RootField | Writes | Syncs | Mutation)
        ]

    def schema(self) -> strawberry.Schema:
        """The strawberry schema, with the engine's resolvers in place."""
        about = {
            "Query": "What can be read.",
            "Mutation": "What can be done. Each is one transaction: all of it, or nothing.",
            "Subscription": "What can be listened to.",
        }
        roots = {
            name: output_type(type(name, (), {}), about[name], dict(sorted(fields.items())))
            for name, fields in self.fields.items()
            if fields
        }
        schema = strawberry.Schema(
            query=roots["Query"],
            mutation=roots.get("Mutation"),
            subscription=roots.get("Subscription"),
            types=[self.builder.cls(name) for name in self.types],
            config=StrawberryConfig(scalar_map=SCALARS),
        )
        core(schema).directives = (*core(schema).directives, COST, LIST_SIZE)
        for type_ in core(schema).type_map.values():
            # Strawberry keeps to itself which inputs take exactly one field; those who validate, coerce and print
            # go by graphql-core's mark.
            if isinstance(type_, GraphQLInputObjectType):
                type_.is_one_of = type_.extensions["strawberry-definition"].is_one_of
        for (root, name), resolver in self.resolvers.items():
            type_ = core(schema).type_map[root]
            assert isinstance(type_, GraphQLObjectType)  # noqa: S101
            type_.fields[name].resolve = resolver
        return schema

    def _add(
        self, root: str, name: str, returns: Any, arguments: dict[str, tuple[Any, Any]], about: str, resolve: Any
    ) -> None:
        if name in self.fields[root]:
            raise TypeError(f"{root}.{name} is declared twice")
        field = strawberry.field(resolver=declared_resolver(returns, arguments), description=about, name=name)
        self.fields[root][name] = (returns, field)
        self.resolvers[root, name] = resolve

    # -- nodes -----------------------------------------------------------------------------------------------------

    def _node_fields(self) -> None:
        node, nodes = Node | None, list[Node | None]  # type: ignore[operator]
        required = inspect.Parameter.empty
        self._add(
            "Query",
            "node",
            node,
            {"id": (argument(strawberry.ID, "A global id."), required)},
            "The record with this id.",
            self._node,
        )
        self._add(
            "Query", "nodes", nodes, {"ids": (argument(list[strawberry.ID], "Global ids."), required)},
            f"The records with these ids, in their order; null where there is none. At most {MOST_NODES}.", self._nodes,
        )  # fmt: skip

    def _node_statement(self, compiler: Compiler, selected: Selected, given: dict[str, Any]) -> Select[Any]:
        """``node(id:)``, where the id is known to be of one table whenever the statement is used."""
        id_ = given["id"]
        table, _ = from_global(id_.sample if isinstance(id_, Slot) else id_)
        declared = next((d for d in self.types.values() if d.is_node and d.table.name == table), None)
        if declared is None:
            raise Refusal(ErrorCode.NOT_FOUND, "There is no such type of record.", ("id",))
        return _by(compiler, declared, selected, given)

    async def _node(self, _root: object, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        return spliced((await self._load(info, [given["id"]], ("id",)))[0])

    async def _nodes(self, _root: object, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        if len(given["ids"]) > MOST_NODES:
            raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_NODES} ids.", ("ids",))
        return Spliced(await self._load(info, given["ids"], ("ids",)))

    async def _load(self, info: GraphQLResolveInfo[Any], ids: list[str], path: tuple[str, ...]) -> list[Any]:
        context: Context = info.context
        refs: list[Ref | None] = []
        for text in ids:
            try:
                table, id_ = from_global(text)
            except Refusal as refusal:
                raise refusal.under(*path) from None
            declared = context.engine.by_table.get(table)
            refs.append(Ref(declared.name, id_) if declared else None)
        found = await context.engine.load(context, [ref for ref in refs if ref], info.field_nodes)
        return [found.get(ref) if ref else None for ref in refs]

    def _reads(self, declared: TypeDeclaration) -> None:
        cls, by = self.builder.cls(declared.name), self.builder.by_argument(declared)
        singular, plural = declared.name[0].lower() + declared.name[1:], declared.plural or ""
        required = inspect.Parameter.empty

        def one(compiler: Compiler, selected: Selected, arguments: dict[str, Any]) -> Select[Any]:
            return _by(compiler, declared, selected, arguments["by"])

        def many(compiler: Compiler, selected: Selected, arguments: dict[str, Any]) -> Select[Any]:
            return compiler.root_connection(declared, selected, arguments)

        about = inspect.getdoc(declared.cls) or ""
        self._add(
            "Query",
            singular,
            cls | None,
            {"by": (argument(by, "Which one."), required)},
            f"One by its key: {about}",
            _compiled(one),
        )
        self.statements |= {singular: one, plural: many}
        page = self.builder.cls(f"{declared.name}Connection")
        self._add(
            "Query", plural, page, self.builder.page_arguments(declared), f"A page of them: {about}", _compiled(many)
        )

    # -- functions of the rooms ------------------------------------------------------------------------------------

    def _function(self, noted: RootField) -> None:
        name = graphql_name(noted.name)
        signature = inspect.signature(noted.function)
        about = inspect.getdoc(noted.function) or ""
        parameters = [p for p in signature.parameters.values() if p.name != "context"]
        if noted.live:
            self.sources[name] = noted

        async def answer(info: strawberry.Info, **given: Any) -> Any:
            raw = info._raw_info  # noqa: SLF001 - strawberry's wrapper hides the field nodes
            context: Context = raw.context
            context.viewer.require(noted.read)
            value = await noted.function(context, **given)
            return spliced(await project(context, value, raw.return_type, raw.field_nodes))

        async def stream(info: strawberry.Info, **given: Any) -> Any:
            context: Context = info.context
            context.viewer.require(noted.read)
            async for value in noted.function(context, **given):
                yield value

        function: Any = stream if noted.live else answer
        info = inspect.Parameter("info", inspect.Parameter.KEYWORD_ONLY, annotation=strawberry.Info)
        keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
        returns = signature.return_annotation
        function.__signature__ = inspect.Signature([info, *keyword], return_annotation=returns)
        function.__annotations__ = {p.name: p.annotation for p in [info, *keyword]} | {"return": returns}
        make = strawberry.subscription if noted.live else strawberry.field
        field = make(resolver=function, description=about, name=name, metadata={"weight": noted.weight})
        self.fields["Subscription" if noted.live else "Query"][name] = (None, field)

    def _mutation(self, noted: Mutation) -> None:
        name = graphql_name(noted.name)
        returns = noted.function.__annotations__["return"]

        async def resolve(_root: object, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
            async def command(unit: Any) -> Any:
                return await noted.function(info.context, unit, given["input"])

            def refused(errors: list[UserError]) -> Any:
                return payload_class(info)(errors=errors)

            return spliced(await run(info, noted.permission, command, refused))

        required = inspect.Parameter.empty
        self._add(
            "Mutation",
            name,
            returns,
            {"input": (argument(noted.input, _INPUT), required)},
            inspect.getdoc(noted.function) or "",
            resolve,
        )

    def _writes(self, noted: Writes) -> None:
        declared = self.types[noted.type_name]
        writer = Writer(declared, noted)
        required = inspect.Parameter.empty
        key: dict[str, tuple[Any, str]] = {
            "idempotencyKey": (str | None, "Repeating a request with the same key has one effect; kept 7 days.")
        }
        changed: dict[str, tuple[Any, str]] = {
            "id": (strawberry.ID, "Which record."),
            "version": (int, "The version the change was made for; if it is not the present one: CONFLICT."),
        }
        for verb, fields, resolve, about in (
            ("create", writer.input.graphql_fields(all_optional=False) | key, writer.create, "Make one"),
            ("update", changed | writer.input.graphql_fields(all_optional=True) | key, writer.update, "Change one"),
        ):
            title = f"{verb.capitalize()}{declared.name}"
            names = {name: name for name in fields}
            given = input_type(f"{title}Input", f"Input of {verb}{declared.name}.", fields, graphql_names=names)
            payload = output_type(
                type(f"{title}Payload", (), {}),
                f"What came of {verb}{declared.name}.",
                {
                    writer.key: (declared.cls | None, strawberry.field(description="The record.", name=writer.key)),
                    "errors": (list[UserError], strawberry.field(description="Why it was refused.")),
                },
            )
            described = f"{about}: {inspect.getdoc(declared.cls)} Needs {noted.permission}."
            self._add(
                "Mutation",
                f"{verb}{declared.name}",
                payload,
                {"input": (argument(given, _INPUT), required)},
                described,
                _splicing(resolve),
            )

    def _syncs(self, noted: Syncs) -> None:
        declared = self.types[noted.type_name]
        sync = Sync(declared, noted)
        required = inspect.Parameter.empty
        payload = sync.payload_class()
        whose = inspect.getdoc(declared.cls)
        about = f"Take in a batch by external keys; replaying it changes nothing. Needs sync:write. {whose}"
        self._add(
            "Mutation",
            noted.name,
            payload,
            {"input": (argument(sync.input_class(), _INPUT), required)},
            about,
            _splicing(sync.resolve),
        )


class Spliced:
    """JSON that is complete: the executor puts it into the answer as it is."""

    __slots__ = ("json",)

    def __init__(self, json: Any) -> None:
        self.json = json


def spliced(json: Any) -> Spliced | None:
    """A complete answer, or null."""
    return None if json is None else Spliced(json)


def _splicing(resolve: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(resolve)
    async def answer(*args: Any, **given: Any) -> Any:
        return spliced(await resolve(*args, **given))

    return answer


def _compiled(make: Make) -> Callable[..., Any]:
    async def answer(_root: object, info: GraphQLResolveInfo[Any], **_given: Any) -> Any:
        context: Context = info.context
        return spliced(await context.engine.field(context, info.parent_type, info.field_nodes, make))

    return answer


def _by(compiler: Compiler, declared: TypeDeclaration, selected: Selected, given: dict[str, Any]) -> Select[Any]:
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


def core(schema: strawberry.Schema) -> GraphQLSchema:
    """graphql-core's schema inside strawberry's."""
    return schema._schema  # noqa: SLF001 - there is no public way
