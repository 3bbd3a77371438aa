"""The direct way: a query whose root fields all compile is one statement, whose text goes to the client as it is.

Whatever is unusual (a field that Python computes, a refusal, variables that do not fit) is left to the ordinary way,
which words the errors; so the direct way gives either the whole answer or none.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.execution.values import VariableValues
from sqlalchemy.sql import Select

from qms_graphql.base.access import Viewer
from qms_graphql.base.clock import Clock
from qms_graphql.base.database import Database, timed_out
from qms_graphql.base.errors import Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.graph.compiling.compile import Compiler
from qms_graphql.graph.compiling.plan import Plan, slotted
from qms_graphql.graph.compiling.selection import Selected, Selections
from qms_graphql.graph.requests.documents import Document
from qms_graphql.graph.running.engine import Engine, Make, beyond_parser, supplied
from qms_graphql.graph.running.reading import Field, Reading


@dataclass(frozen=True, slots=True)
class Whole:
    """The plan of a whole operation, and what stands around the database's text."""

    plan: Plan
    head: bytes
    tail: bytes
    sure: bool = True
    """Whether it answers whatever the database finds. Else null says that the operation must take the ordinary way."""


Together = Callable[[Compiler, Sequence[Field]], Select[Any] | None]
"""Makes the statement of root fields of one name, whose value is the operation's data; None if they are not one. It may
answer null: then the ordinary way answers."""


class Direct:
    """Answers queries in one statement."""

    def __init__(
        self,
        schema: GraphQLSchema,
        engine: Engine,
        statements: Mapping[str, Make],
        together: Mapping[str, Together],
        database: Database,
        clock: Clock,
        took: Callable[[Viewer, float], None],
    ) -> None:
        self._schema = schema
        self._engine = engine
        self._statements = statements
        self._together = together
        self._database = database
        self._clock = clock
        self._took = took

    async def answer(
        self,
        viewer: Viewer,
        document: Document,
        operation: OperationDefinitionNode,
        variables: dict[str, Any],
        form: Hashable,
        extensions: bytes,
    ) -> bytes | None:
        """The JSON of the answer, or None if the operation must take the ordinary way.

        ``form`` is what of the variables shapes the statement, ``extensions`` the end of the answer.
        """
        key = (
            id(operation),
            form,
            viewer.permissions,
            self._engine.tenant_predicate,
            self._pointed(document, operation, variables),
        )
        try:
            whole: Whole | None = document.plans[key]
            document.plans.move_to_end(key)
            self._engine.plans_found += 1
        except KeyError:
            self._engine.plans_made += 1
            whole = self.made(viewer, document, operation, variables)
            document.keep(key, whole, len(whole.plan.sql) if whole is not None else 0)
        if whole is None:
            return None
        given = supplied(viewer, self._clock.now())
        try:
            arguments = whole.plan.arguments(variables, given)
        except Refusal:
            return None
        try:
            async with self._database.reading(viewer.organization_id) as reader:
                try:
                    text = await reader.value(whole.plan.sql, arguments)
                finally:
                    self._took(viewer, reader.seconds)
        except Exception as error:
            if timed_out(error):
                raise
            if beyond_parser(error):
                document.keep(key, None)
            return None
        if text is None and not whole.sure:
            return None
        return b"".join((whole.head, text.encode() if text is not None else b"null", whole.tail, extensions))

    def made(
        self, viewer: Viewer, document: Document, operation: OperationDefinitionNode, variables: dict[str, Any]
    ) -> Whole | None:
        """A fresh plan of an operation; None if it does not compile to one statement."""
        engine, root = self._engine, self._schema.query_type
        assert root is not None  # noqa: S101
        values = VariableValues(sources={}, coerced=slotted(variables))
        selections = Selections(self._schema, document.fragments, values)
        compiler = Compiler.of(selections, engine.types, viewer, engine.dialect, engine.tenant_predicate)
        chosen = selections.fields([operation], root)
        try:
            if (make := self._together.get(chosen[0].name if chosen else "")) is not None:
                statement = self._as_one(make, compiler, operation, root)
                return Whole(compiler.finish(statement), b'{"data":', b"", sure=False)
            fields = [(selected.key, self._statement(compiler, root, selected)) for selected in chosen]
        except (Refusal, GraphQLError, _NotDirect):
            return None
        if compiler.patches or not fields:
            return None
        if len(fields) == 1:
            ((key, statement),) = fields
            return Whole(compiler.finish(statement), b'{"data":{%b:' % orjson.dumps(key), b"}")
        return Whole(compiler.finish(compiler.root_together(fields)), b'{"data":', b"")

    def _statement(self, compiler: Compiler, root: GraphQLObjectType, selected: Selected) -> Select[Any]:
        make = self._statements.get(selected.name)
        if make is None:
            raise _NotDirect
        return make(compiler, selected, compiler.selections.arguments(selected, root))

    def _as_one(
        self, make: Together, compiler: Compiler, operation: OperationDefinitionNode, root: GraphQLObjectType
    ) -> Select[Any]:
        fields = Reading(self._engine.strawberry, compiler.selections).fields([operation], root)
        statement = make(compiler, fields) if len({field.name for field in fields}) == 1 else None
        if statement is None:
            raise _NotDirect
        return statement

    def _pointed(
        self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> tuple[Hashable, ...]:
        """The tables that ids in variables of ``node`` and ``nodes`` point to: others are another statement."""
        names = document.pointers.get(id(operation))
        if names is None:
            names = document.pointers[id(operation)] = tuple(sorted(_pointers(document, operation.selection_set)))
        return tuple(_tables(variables.get(name)) for name in names)


class _NotDirect(Exception):
    """A root field does not compile."""


def _tables(given: Any) -> Hashable:
    """The tables that an id, or a list of ids, points to; None where it is no id."""
    if isinstance(given, list):
        return frozenset(map(_tables, given))
    try:
        return from_global(str(given))[0]
    except Refusal:
        return None


def _pointers(document: Document, selections: SelectionSetNode) -> set[str]:
    """Names of the variables that say by an id which ``node`` or ``nodes`` are meant."""
    found: set[str] = set()
    for field in selections.selections:
        if isinstance(field, FieldNode):
            if field.name.value in ("node", "nodes"):
                found = found.union(*map(document.variables_below, field.arguments or ()))
        elif isinstance(field, InlineFragmentNode):
            found |= _pointers(document, field.selection_set)
        elif isinstance(field, FragmentSpreadNode):
            found |= _pointers(document, document.fragments[field.name.value].selection_set)
    return found
