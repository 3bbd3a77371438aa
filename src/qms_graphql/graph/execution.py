"""Operations: a request in, an answer out.

Queries go the direct way where they can. The others, and mutations, are executed by graphql-core, which takes the
engine's JSON as it is. Subscriptions are in ``live``.
"""

import inspect
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import strawberry
from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
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
from qms_graphql.base.database import Database
from qms_graphql.base.secrets import Secrets
from qms_graphql.graph.answers import Answer, Request, not_executed, show_error
from qms_graphql.graph.coercion import Coercion, Variables
from qms_graphql.graph.context import Context
from qms_graphql.graph.direct import Direct
from qms_graphql.graph.documents import Document, Documents, InvalidDocument, refused
from qms_graphql.graph.engine import Engine
from qms_graphql.graph.live import Live
from qms_graphql.graph.roots import Roots, Spliced, core
from qms_graphql.graph.variables import complaints, unstorable_text


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
        self.single = roots.statements.keys() | {"nodes"}
        """Queries that are one statement each."""
        self.database = database
        self.clock = clock
        self.secrets = secrets
        self.feed = feed
        self.engine = Engine(self.schema, roots.types, database.dialect, schema)
        self.documents = Documents(self.schema)
        self.coercion = Coercion(self.schema)
        self.direct = Direct(self.schema, self.engine, roots.statements, database, clock)
        self.live = Live(self.schema, roots.sources, self.context)

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
            return not_executed([error])
        except InvalidDocument as invalid:
            return not_executed(invalid.errors)
        answer = await self._answer(viewer, request, document, operation)
        answer.kind = operation.operation.value
        answer.operation = operation.name.value if operation.name else None
        return answer

    async def _answer(
        self, viewer: Viewer, request: Request, document: Document, operation: OperationDefinitionNode
    ) -> Answer:
        given = dict(request.variables or {})
        coercion = self._coercion(document, operation)
        variables = coercion.coerced(given) if coercion is not None else None
        if operation.operation is OperationType.QUERY:
            if given and (unstorable := unstorable_text(given)):
                return not_executed(unstorable)
            if variables is not None:
                raw = await self.direct.answer(viewer, document, operation, variables)
                if raw is not None:
                    return Answer(raw=raw, statements=1)
        values = None
        if coercion is not None and variables is not None:
            values = VariableValues(coercion.sources(given), variables)
        return await self._execute(self.context(viewer), request, document, operation, values)

    def _coercion(self, document: Document, operation: OperationDefinitionNode) -> Variables | None:
        try:
            return document.coercions[id(operation)]  # type: ignore[no-any-return]
        except KeyError:
            found = document.coercions[id(operation)] = self.coercion.variables(operation)
            return found

    async def _execute(
        self,
        context: Context,
        request: Request,
        document: Document,
        operation: OperationDefinitionNode,
        values: VariableValues | None,
    ) -> Answer:
        """By graphql-core; which coerces the variables too, if they are not yet."""
        context.document = document
        context.snapshot = not self._single(operation)
        given = dict(request.variables or {})
        async with context:
            result: Any
            if values is not None:
                result = SplicingExecutor.of(self.schema, document, operation, values, context).execute_operation()
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
            return not_executed(complaints(self.schema, operation, given) or result.errors or [])
        return Answer(result.data, [show_error(error) for error in result.errors or []], statements=context.statements)

    def _single(self, operation: OperationDefinitionNode) -> bool:
        """Whether the operation is one statement, which sees one moment by itself."""
        selections = operation.selection_set.selections
        return len(selections) == 1 and isinstance(selections[0], FieldNode) and selections[0].name.value in self.single

    async def answers(self, viewer: Viewer, request: Request) -> AsyncGenerator[Answer, None]:
        """Execute any operation as a stream: one answer for a query or mutation, many for a subscription."""
        try:
            document, operation = self.prepare(request)
            live = operation.operation is OperationType.SUBSCRIPTION
        except (GraphQLError, InvalidDocument):
            live = False
        if not live:
            yield await self.answer(viewer, request)
            return
        given = dict(request.variables or {})
        variables = get_variable_values(self.schema, operation.variable_definitions or (), given)
        wrong = unstorable_text(given) if isinstance(variables, VariableValues) else variables
        if wrong or not isinstance(variables, VariableValues):
            yield not_executed(complaints(self.schema, operation, given) or wrong)
            return
        async with aclosing(self.live.listen(viewer, document, operation, variables.coerced)) as stream:
            async for answer in stream:
                yield answer
