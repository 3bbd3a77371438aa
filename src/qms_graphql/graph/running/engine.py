"""The engine at run time: takes or makes the plan of a field, runs it, and adds what Python computes."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from graphql import FieldNode, GraphQLObjectType, GraphQLOutputType, GraphQLSchema
from graphql.execution.values import VariableValues
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import Select
from strawberry import Schema

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.visibility import is_made_for_others, person
from qms_graphql.graph.compiling.compile import Compiler
from qms_graphql.graph.compiling.plan import Plan, shape, slotted
from qms_graphql.graph.compiling.selection import Selected, Selections
from qms_graphql.graph.context import Context, Ref
from qms_graphql.graph.declare import TypeDeclaration
from qms_graphql.graph.requests.documents import Document
from qms_graphql.graph.running import projection
from qms_graphql.graph.running.patching import Failure, patch

_SQLITE_LIMITS = ("parser stack overflow", "Expression tree is too large")
"""What older versions of SQLite say of a statement nested more deeply than they can read."""

Make = Callable[[Compiler, Selected, dict[str, Any]], Select[Any]]
"""Makes the statement of a root field."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Records by reference, and what of each could not be answered."""

    records: dict[Ref, Any]
    failures: dict[Ref, list[Failure]]


class Engine:
    """Compiles and runs selections for one database."""

    def __init__(
        self, schema: GraphQLSchema, types: dict[str, TypeDeclaration], dialect: Dialect, strawberry: Schema
    ) -> None:
        self.schema = schema
        self.strawberry = strawberry
        self.types = types
        self.dialect = dialect
        self.tenant_predicate = True
        """Switched off only by the tests of row-level security."""
        self.plans_found = 0
        self.plans_made = 0
        """How often a plan was in its document, and how often it had to be made."""
        self.by_table = {declared.table.name: declared for declared in types.values() if declared.is_node}
        self.personal_names = frozenset(_personal_names(types.values()))
        """The names by which an operation can ask for what depends on the person who asks."""

    def selections(self, context: Context, variables: Mapping[str, Any]) -> Selections:
        """The selections of the operation, read with these variables."""
        assert context.document is not None  # noqa: S101
        return Selections(self.schema, context.document.fragments, VariableValues(sources={}, coerced=dict(variables)))

    async def field(self, context: Context, parent: GraphQLObjectType, selected: Selected, make: Make) -> Any:
        """The answer of a root field that compiles to one statement."""

        def compiled(compiler: Compiler) -> Plan:
            return compiler.finish(make(compiler, selected, compiler.selections.arguments(selected, parent)))

        plan = self._plan(context, selected.nodes, "root", compiled)
        answer, failures = await self._run(context, plan, supplied(context.viewer, context.clock.now()))
        context.failures += [failure.below((selected.key,)) for failure in failures]
        return answer

    async def load(self, context: Context, refs: Iterable[Ref], nodes: Sequence[FieldNode]) -> "Loaded":
        """What is selected of records: one statement, whatever their number and types. Invisible ones are absent."""
        wanted: dict[str, list[UUID]] = {}
        for ref in dict.fromkeys(refs):
            if context.viewer.may(self.types[ref.type_name].read):
                wanted.setdefault(ref.type_name, []).append(ref.id)
        if not wanted:
            return Loaded({}, {})
        names = tuple(sorted(wanted))
        plan = self._plan(
            context,
            nodes,
            names,
            lambda compiler: compiler.load([self.types[name] for name in names], nodes),
        )
        given = supplied(context.viewer, context.clock.now())
        answer, failures = await self._run(context, plan, given | {f"ids_{name}": wanted[name] for name in names})
        found = {Ref(name, from_global(item["0"])[1]): item["1"] for name in names for item in answer[name]}
        failed: dict[Ref, list[Failure]] = {}
        for failure in failures:
            name, index, _, *path = failure.path
            ref = Ref(str(name), from_global(answer[name][index]["0"])[1])
            failed.setdefault(ref, []).append(replace(failure, path=tuple(path)))
        return Loaded(found, failed)

    async def project(
        self,
        context: Context,
        values: Sequence[Any],
        type_: GraphQLOutputType,
        nodes: Sequence[FieldNode],
        places: Sequence[tuple[str | int, ...]],
    ) -> tuple[list[Any], list[Failure]]:
        """The JSON of values of one field that stand at these places of an answer."""
        return await projection.project_all(context, values, type_, nodes, places)

    def _plan(self, context: Context, nodes: Sequence[FieldNode], place: Any, make: Callable[[Compiler], Plan]) -> Plan:
        document = context.document
        assert isinstance(document, Document)  # noqa: S101
        names = frozenset().union(*(document.variables_below(node) for node in nodes))
        used = {name: value for name, value in context.variables.items() if name in names}
        # All nodes of the place: the same first one may be merged with others elsewhere.
        key = (tuple(map(id, nodes)), place, shape(used), context.viewer.permissions, self.tenant_predicate)
        plan = document.plans.get(key)
        if plan is None:
            self.plans_made += 1
            selections = self.selections(context, slotted(used))
            plan = make(Compiler.of(selections, self.types, context.viewer, self.dialect, self.tenant_predicate))
            document.keep(key, plan, len(plan.sql))
        else:
            self.plans_found += 1
            document.plans.move_to_end(key)
        return plan  # type: ignore[no-any-return]

    async def _run(self, context: Context, plan: Plan, given: Mapping[str, Any]) -> tuple[Any, list[Failure]]:
        arguments = plan.arguments(context.variables, given)
        try:
            text = await (await context.reader()).value(plan.sql, arguments)
        except sqlite3.OperationalError as error:
            if not beyond_parser(error):
                raise
            message = "The selection is nested too deeply for the embedded database; ask in two operations."
            raise Refusal(ErrorCode.BAD_USER_INPUT, message) from error
        answer = orjson.loads(text) if text is not None else None
        if plan.patches and answer is not None:
            return await patch(context, answer, plan.patches)
        return answer, []


def _personal_names(types: Iterable[TypeDeclaration]) -> Iterator[str]:
    for declared in types:
        if is_made_for_others(declared.model):
            yield from (declared.name, declared.singular, declared.plural or "", declared.record_type)
        for field in declared.fields.values():
            target = getattr(field, "target", None)
            if getattr(field, "personal", False) or (target is not None and is_made_for_others(target.model)):
                yield field.name


def supplied(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """What a request supplies to any plan, beside its variables."""
    return {"organization": viewer.organization_id, "person": person(viewer), "now": now}


def beyond_parser(error: BaseException) -> bool:
    """Whether SQLite could not read a statement because it is nested too deeply."""
    return isinstance(error, sqlite3.OperationalError) and any(limit in str(error) for limit in _SQLITE_LIMITS)
