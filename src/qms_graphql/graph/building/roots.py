"""Root fields: those every node has, and those that rooms wrote as functions. Builds the strawberry schema."""

import functools
import inspect
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import strawberry
from graphql import GraphQLInputObjectType, GraphQLResolveInfo, GraphQLSchema
from sqlalchemy.sql import Select
from strawberry.schema.config import StrawberryConfig

from qms_graphql.graph.abstract import AbstractDeclaration
from qms_graphql.graph.building.build import TypeBuilder, graphql_name
from qms_graphql.graph.building.price_directives import COST, LIST_SIZE
from qms_graphql.graph.compiling import polymorphic
from qms_graphql.graph.compiling.compile import Compiler
from qms_graphql.graph.compiling.lookup import MOST_NODES, Nodes, by_key
from qms_graphql.graph.compiling.selection import Selected
from qms_graphql.graph.declare import Mutation, RootField, Syncs, TypeDeclaration, Writes
from qms_graphql.graph.record import Record
from qms_graphql.graph.running.direct import Together
from qms_graphql.graph.running.engine import Make
from qms_graphql.graph.running.queries import Answering, Asked, called, compiled, read_signature
from qms_graphql.graph.scalars import SCALARS
from qms_graphql.graph.types import Node, UserError, argument, declared_resolver, input_type, nullable, output_type
from qms_graphql.graph.writing.moves import Mover, signature_in
from qms_graphql.graph.writing.mutations import Writer, payload_class, run
from qms_graphql.graph.writing.sync import Sync

_INPUT = "What is to be done."


class Roots:
    """Collects the root fields and their resolvers, then makes the schema."""

    def __init__(self, modules: Iterable[ModuleType], references: TypeDeclaration) -> None:
        self.modules = list(modules)
        self.builder = TypeBuilder(self.modules, references)
        self.types = self.builder.types
        self.fields: dict[str, dict[str, tuple[Any, Any]]] = {"Query": {}, "Mutation": {}, "Subscription": {}}
        self.resolvers: dict[str, Callable[..., Any]] = {}
        """Of mutations."""
        self.answers: dict[str, Answering] = {}
        """Of queries."""
        self.writers: dict[str, Writer] = {}
        """What makes and changes records, by the type's name."""
        self.plain: dict[str, RootField] = {}
        """The queries that ask the database by questions only."""
        self.together: dict[str, Together] = {}
        """What makes one statement of queries of this name, where it can."""
        self.sources: dict[str, RootField] = {}
        self.statements: dict[str, Make] = {}
        """What makes the statement of a query that is one."""
        self._node_fields(Nodes(self.types))
        for declared in self.types.values():
            if declared.is_node:
                self._reads(declared)
        for abstract in self.builder.abstracts.values():
            if abstract.plural:
                self._pages(abstract)
        for noted in self._noted():
            if isinstance(noted, RootField):
                self._function(noted)
            elif isinstance(noted, Writes):
                self._writes(noted)
            elif isinstance(noted, Syncs):
                self._syncs(noted)
            elif isinstance(noted, Mutation):
                self._mutation(noted)
        self._transition()

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
        resolvers = {("Query", name): _beside_introspection(answer) for name, answer in self.answers.items()}
        resolvers |= {("Mutation", name): resolver for name, resolver in self.resolvers.items()}
        for (root, name), resolver in resolvers.items():
            core(schema).type_map[root].fields[name].resolve = resolver  # type: ignore[attr-defined]
        return schema

    def _add(
        self,
        root: str,
        name: str,
        returns: Any,
        arguments: dict[str, tuple[Any, Any]],
        about: str,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        if name in self.fields[root]:
            raise TypeError(f"{root}.{name} is declared twice")
        resolver = declared_resolver(returns, arguments)
        field = strawberry.field(resolver=resolver, description=about, name=name, metadata=metadata)
        self.fields[root][name] = (returns, field)

    def _read(
        self,
        name: str,
        returns: Any,
        arguments: dict[str, tuple[Any, Any]],
        about: str,
        answer: Answering,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Add a query. What is refused becomes null, and the fields beside it are answered."""
        self._add("Query", name, returns | None, arguments, about, metadata)
        self.answers[name] = answer

    def _write(self, name: str, payload: Any, given: Any, about: str, resolve: Callable[..., Any]) -> None:
        """Add a mutation."""
        arguments = {"input": (argument(given, _INPUT), inspect.Parameter.empty)}
        self._add("Mutation", name, payload, arguments, about)
        self.resolvers[name] = resolve

    # -- nodes -----------------------------------------------------------------------------------------------------

    def _node_fields(self, by_id: Nodes) -> None:
        nodes = list[Node | None]  # type: ignore[operator]
        required = inspect.Parameter.empty
        one = {"id": (argument(strawberry.ID, "A global id."), required)}
        many = {"ids": (argument(list[strawberry.ID], "Global ids."), required)}
        about = f"The records with these ids, in their order; null where there is none. At most {MOST_NODES}."
        self.statements |= {"node": by_id.statement_of_one, "nodes": by_id.statement_of_many}
        self._read("node", Node, one, "The record with this id.", by_id.one)
        self._read("nodes", nodes, many, about, by_id.many)
        if any(issubclass(declared.cls, Record) for declared in self.types.values()):
            number = {"number": (argument(str, "Its number, for example CMP-2026-00017."), required)}
            self._read(
                "record", nullable(Record), number, "The record with this number, of whatever kind.", by_id.numbered
            )

    def _reads(self, declared: TypeDeclaration) -> None:
        cls, by = self.builder.cls(declared.name), self.builder.by_argument(declared)
        singular, plural = declared.singular, declared.plural or ""
        required = inspect.Parameter.empty

        def one(compiler: Compiler, selected: Selected, arguments: dict[str, Any]) -> Select[Any]:
            return by_key(compiler, declared, selected, arguments["by"])

        def many(compiler: Compiler, selected: Selected, arguments: dict[str, Any]) -> Select[Any]:
            return compiler.root_connection(declared, selected, arguments)

        about = inspect.getdoc(declared.cls) or ""
        page, arguments = self.builder.cls(f"{declared.name}Connection"), self.builder.page_arguments(declared)
        named = {"by": (argument(by, "Which one."), required)}
        self.statements |= {singular: one, plural: many}
        self._read(singular, cls, named, f"One by its key: {about}", compiled(one))
        self._read(plural, page, arguments, f"A page of them: {about}", compiled(many))

    def _pages(self, abstract: AbstractDeclaration) -> None:
        """The page of all records of an interface."""

        def many(compiler: Compiler, selected: Selected, arguments: dict[str, Any]) -> Select[Any]:
            return polymorphic.connection(compiler, abstract, selected, arguments)

        plural, page = abstract.plural or "", self.builder.cls(f"{abstract.name}Connection")
        self.statements[plural] = many
        about = f"A page of them: {abstract.description}"
        # Each type is looked into for the page.
        weight = {"weight": len(abstract.members)}
        self._read(plural, page, self.builder.page_arguments(abstract), about, compiled(many), weight)

    # -- functions of the rooms ------------------------------------------------------------------------------------

    def _function(self, noted: RootField) -> None:
        name, about = graphql_name(noted.name), inspect.getdoc(noted.function) or ""
        returns, arguments = read_signature(noted.function)
        if not noted.live and (noted.read or arguments):
            # It may be refused, as in ``_read``.
            returns |= None
        make = strawberry.subscription if noted.live else strawberry.field
        resolver = declared_resolver(returns, arguments)
        field = make(resolver=resolver, description=about, name=name, metadata={"weight": noted.weight})
        if noted.live:
            self.sources[name] = noted
            self.fields["Subscription"][name] = (None, field)
        else:
            self.answers[name] = called(noted.function, noted.read)
            if noted.plain:
                self.plain[name] = noted
            if noted.together:
                self.together[name] = noted.together
            self.fields["Query"][name] = (None, field)

    def _mutation(self, noted: Mutation) -> None:
        name = graphql_name(noted.name)
        returns = noted.function.__annotations__["return"]

        async def resolve(_root: object, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
            info.context.viewer.require(noted.permission)
            sign = await signature_in(info.context, given["input"]) if noted.signed else None

            async def command(unit: Any) -> Any:
                signed = (sign(),) if sign is not None else ()
                return await noted.function(info.context, unit, given["input"], *signed)

            def refused(errors: list[UserError]) -> Any:
                return payload_class(info)(errors=errors)

            return spliced(await run(info, noted.permission, command, refused))

        self._write(name, returns, noted.input, inspect.getdoc(noted.function) or "", resolve)

    def _transition(self) -> None:
        """The one mutation that moves every record, if there is any."""
        mover = Mover(self.types, self.writers)
        if not mover:
            return
        payload = output_type(
            type("TransitionPayload", (), {}),
            "What came of transition.",
            {
                "record": (nullable(Record), strawberry.field(description="The record, where it is now.")),
                "errors": (list[UserError], strawberry.field(description="All that the move lacks.")),
            },
        )
        about = (
            "Move a record to another state, and set the fields that it needs, in one step. Needs what the move needs."
        )
        self._write("transition", payload, mover.input_class(), about, _splicing(mover.resolve))

    def _writes(self, noted: Writes) -> None:
        declared = self.types[noted.type_name]
        writer = self.writers[declared.name] = Writer(declared, noted)
        key: dict[str, tuple[Any, str]] = {
            "idempotencyKey": (str | None, "Repeating a request with the same key has one effect; kept 7 days.")
        }
        changed: dict[str, tuple[Any, str]] = {
            "id": (strawberry.ID, "Which record."),
            "version": (int, "The version the change was made for; if it is not the present one: CONFLICT."),
        }
        if noted.reasoned:
            changed["reason"] = str | None, "Why; some changes need it. It stays in the record's history."
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
            self._write(f"{verb}{declared.name}", payload, given, described, _splicing(resolve))

    def _syncs(self, noted: Syncs) -> None:
        declared = self.types[noted.type_name]
        sync = Sync(declared, noted)
        payload = sync.payload_class()
        whose = inspect.getdoc(declared.cls)
        about = f"Take in a batch by external keys; replaying it changes nothing. Needs sync:write. {whose}"
        self._write(noted.name, payload, sync.input_class(), about, _splicing(sync.resolve))


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


def _beside_introspection(answer: Answering) -> Callable[..., Any]:
    """The resolver of a query, for operations that ask for the schema too and so are executed by graphql-core."""

    async def resolve(_root: object, info: GraphQLResolveInfo[Any], **_given: Any) -> Any:
        selected = Selected(str(info.path.key), info.field_name, info.field_nodes)
        return spliced(await answer(info.context, Asked(selected, info.parent_type)))

    return resolve


def core(schema: strawberry.Schema) -> GraphQLSchema:
    """graphql-core's schema inside strawberry's."""
    return schema._schema  # noqa: SLF001 - there is no public way
