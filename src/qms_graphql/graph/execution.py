"""Operations: a request in, an answer out. Queries and mutations by graphql-core with the engine's JSON spliced in."""

import inspect
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import strawberry
from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.executor import default_field_resolver, default_type_resolver
from graphql.execution.incremental import IncrementalExecutor
from graphql.execution.values import VariableValues, get_variable_values

from qms_graphql.base.access import Viewer
from qms_graphql.base.clock import Clock
from qms_graphql.base.database import Database, unreachable
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.secrets import Secrets
from qms_graphql.graph.build import graphql_name
from qms_graphql.graph.coercion import Coercion
from qms_graphql.graph.context import Context
from qms_graphql.graph.documents import Document, Documents, InvalidDocument, refused
from qms_graphql.graph.engine import Engine
from qms_graphql.graph.projection import Deferred, project
from qms_graphql.graph.roots import Roots, Spliced, core
from qms_graphql.graph.selection import Selected, Selections
from qms_graphql.graph.variables import complaints, unstorable_text

log = logging.getLogger("qms")


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks."""

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None


@dataclass(slots=True)
class Answer:
    """What it gets. Without ``data`` nothing was executed."""

    data: Any
    errors: list[dict[str, Any]]
    executed: bool = True
    kind: str = ""
    """query, mutation or subscription; empty if the document could not be read."""
    operation: str | None = None
    """The operation's name."""
    cost: int = 0
    """What it was reckoned to cost before it was executed."""
    statements: int = 0
    """How many the database ran for it."""
    compiled: bool = False
    """Whether the database's bytes went through as they were."""
    raw: bytes | None = None
    """The JSON, where it is there already."""

    def body(self) -> dict[str, Any]:
        """The response as the GraphQL specification words it."""
        if self.raw is not None:
            return orjson.loads(self.raw)  # type: ignore[no-any-return]
        shown: dict[str, Any] = {"errors": self.errors} if self.errors else {}
        return shown | {"data": self.data} if self.executed else shown

    def json(self) -> bytes:
        """The response as it is sent; values that became known last are put in here."""
        return self.raw if self.raw is not None else orjson.dumps(self.body(), default=_late)


def _late(value: Any) -> Any:
    if isinstance(value, Deferred):
        return value.value
    raise TypeError(type(value).__name__)


class SplicingExecutor(IncrementalExecutor):
    """graphql-core's executor, which takes complete JSON from the engine as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Coerced once, here: a batch of a thousand rows costs too much to coerce again.
        self.context_value.begin(self.variable_values.coerced)

    @classmethod
    def of(
        cls,
        schema: GraphQLSchema,
        document: Document,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        context: Context,
    ) -> "SplicingExecutor":
        """An executor for variables that are coerced already."""
        details = {name: FragmentDetails(fragment) for name, fragment in document.fragments.items()}
        fields = (default_field_resolver, default_type_resolver, default_field_resolver)
        return cls(schema, document.fragments, details, None, context, operation, variables, *fields)

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        """Complete a value, unless it is complete."""
        if isinstance(result, Spliced):
            return result.json
        return super().complete_value(return_type, field_details_list, info, path, result, *rest)


class Graph:
    """The API of one process: the schema, its engine and its documents."""

    def __init__(
        self, schema: strawberry.Schema, roots: Roots, database: Database, clock: Clock, secrets: Secrets, feed: Any
    ) -> None:
        self.schema = core(schema)
        self.sources = roots.sources
        self.compiled = roots.compiled
        self.database = database
        self.clock = clock
        self.secrets = secrets
        self.feed = feed
        self.engine = Engine(self.schema, roots.types, database.dialect, schema)
        self.documents = Documents(self.schema)
        self.coercion = Coercion(self.schema)

    def context(self, viewer: Viewer) -> Context:
        """Fresh surroundings for one operation."""
        return Context(viewer, self.database, self.clock, self.secrets, self.engine, self.feed)

    def prepare(self, request: Request) -> tuple[Document, OperationDefinitionNode]:
        """The request's document and operation. Raises ``GraphQLError`` or ``InvalidDocument``."""
        document = self.documents.read(request.query)
        return document, document.operation(request.operation_name)

    def writes(self, request: Request) -> bool:
        """Whether the request is a valid mutation."""
        try:
            return self.prepare(request)[1].operation is OperationType.MUTATION
        except (GraphQLError, InvalidDocument):
            return False

    async def answer(self, viewer: Viewer, request: Request) -> Answer:
        """Execute a query or mutation."""
        try:
            document, operation = self.prepare(request)
            if operation.operation is OperationType.SUBSCRIPTION:
                raise refused("A subscription needs a stream: use a WebSocket or server-sent events.")
        except GraphQLError as error:
            return _not_executed([error])
        except InvalidDocument as invalid:
            return _not_executed(invalid.errors)
        return await self._execute(viewer, request, document, operation)

    async def _execute(
        self, viewer: Viewer, request: Request, document: Document, operation: OperationDefinitionNode
    ) -> Answer:
        if operation.operation is OperationType.QUERY and (unstorable := unstorable_text(request.variables or {})):
            return _not_executed(unstorable)
        context = self.context(viewer)
        context.document = document
        context.snapshot = not self._single(operation)
        given = dict(request.variables or {})
        variables = self.coercion.variables(operation, given)
        async with context:
            result: Any
            if variables is not None:
                result = SplicingExecutor.of(self.schema, document, operation, variables, context).execute_operation()
            else:
                result = execute(
                    self.schema,
                    document.ast,
                    context_value=context,
                    variable_values=given,
                    operation_name=request.operation_name,
                    executor_class=SplicingExecutor,
                )
            if inspect.isawaitable(result):
                result = await result
        assert isinstance(result, ExecutionResult)  # noqa: S101
        if not context.started:
            # The variables did not fit, so no executor was made.
            return _not_executed(complaints(self.schema, operation, request.variables or {}) or result.errors or [])
        return Answer(result.data, [show_error(error) for error in result.errors or []])

    def _single(self, operation: OperationDefinitionNode) -> bool:
        """Whether the operation is one statement, which sees one moment by itself."""
        selections = operation.selection_set.selections
        return (
            len(selections) == 1 and isinstance(selections[0], FieldNode) and selections[0].name.value in self.compiled
        )

    def _variables(self, operation: OperationDefinitionNode, request: Request) -> dict[str, Any] | list[GraphQLError]:
        given = dict(request.variables or {})
        values = get_variable_values(self.schema, operation.variable_definitions or (), given)
        if isinstance(values, VariableValues):
            return unstorable_text(given) or values.coerced
        return complaints(self.schema, operation, given) or values

    async def answers(self, viewer: Viewer, request: Request) -> AsyncGenerator[Answer, None]:
        """Execute any operation as a stream: one answer for a query or mutation, many for a subscription."""
        try:
            _, operation = self.prepare(request)
            live = operation.operation is OperationType.SUBSCRIPTION
        except (GraphQLError, InvalidDocument):
            live = False
        if not live:
            yield await self.answer(viewer, request)
            return
        async with aclosing(self._listen(viewer, request)) as stream:
            async for answer in stream:
                yield answer

    async def _listen(self, viewer: Viewer, request: Request) -> AsyncGenerator[Answer, None]:
        """Execute a subscription: an answer for each event. Wrong variables are the first and only answer."""
        document, operation = self.prepare(request)
        variables = self._variables(operation, request)
        if isinstance(variables, list):
            yield _not_executed(variables)
            return
        async with aclosing(self._events(viewer, document, operation, variables)) as events:
            async for answer in events:
                yield answer

    async def _events(
        self, viewer: Viewer, document: Document, operation: OperationDefinitionNode, variables: dict[str, Any]
    ) -> AsyncGenerator[Answer, None]:
        root = self.schema.subscription_type
        assert isinstance(root, GraphQLObjectType)  # noqa: S101
        selections = Selections(self.schema, document.fragments, VariableValues(sources={}, coerced=variables))
        (selected,) = selections.fields([operation], root)  # type: ignore[list-item]
        noted = self.sources[selected.name]
        try:
            viewer.require(noted.read)
            given = selections.arguments(selected, root)
            names = inspect.signature(noted.function).parameters
            arguments = {name: given[camel] for name in names if (camel := graphql_name(name)) in given}
            async with self.context(viewer) as context, aclosing(noted.function(context, **arguments)) as values:
                async for value in values:
                    yield await self._event(viewer, document, variables, selected, root, value)
        except Exception as error:  # noqa: BLE001 - whatever went wrong ends this stream with a coded error
            located = GraphQLError(str(error), selected.nodes, path=[selected.key], original_error=error)
            yield _not_executed([located])

    async def _event(
        self,
        viewer: Viewer,
        document: Document,
        variables: dict[str, Any],
        selected: Selected,
        root: GraphQLObjectType,
        value: Any,
    ) -> Answer:
        # Surroundings of its own for each event: nothing read for one may be seen by the next.
        context = self.context(viewer)
        context.document, context.variables = document, variables
        async with context:
            json = await project(context, value, root.fields[selected.name].type, selected.nodes)
        return Answer({selected.key: json}, [])


def _not_executed(errors: Sequence[GraphQLError]) -> Answer:
    return Answer(None, [show_error(error) for error in errors], executed=False)


def show_error(error: GraphQLError) -> dict[str, Any]:
    """An error as clients see it: coded, and nothing internal in it."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    message, extensions = error.message, dict(error.extensions or {})
    if isinstance(original, Refusal):
        message, extensions = original.message, {"code": original.code.value}
        if original.field:
            extensions["field"] = list(original.field)
    elif original is not None and not isinstance(original, GraphQLError):
        message, extensions = _mask(original)
    extensions.setdefault("code", ErrorCode.BAD_USER_INPUT.value)
    shown: dict[str, Any] = {"message": message}
    if error.locations:
        shown["locations"] = [{"line": location.line, "column": location.column} for location in error.locations]
    if error.path:
        shown["path"] = list(error.path)
    return shown | {"extensions": extensions}


def fault_of(error: BaseException) -> dict[str, Any]:
    """The masked form of a fault of ours; the log has the rest under the same id."""
    message, extensions = _mask(error)
    return {"message": message, "extensions": extensions}


def _mask(original: BaseException) -> tuple[str, dict[str, Any]]:
    fault = uuid4().hex[:12]
    if unreachable(original):
        log.error("fault %s: the database is unreachable: %s", fault, type(original).__name__)
        message = f"The database is not reachable at the moment; try again. (fault {fault})"
    else:
        log.error("fault %s", fault, exc_info=original)
        message = f"Something went wrong on our side. (fault {fault})"
    return message, {"code": ErrorCode.INTERNAL_SERVER_ERROR.value, "fault": fault}
