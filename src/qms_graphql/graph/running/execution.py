"""Operations: a request in, an answer out.

Queries go the direct way where they can, and else field by field (``queries``). Mutations, and questions about the
schema itself, are executed by graphql-core, which takes the engine's JSON as it is. Subscriptions are in ``live``.
"""

import asyncio
import inspect
import math
from collections.abc import Hashable
from typing import Any

import orjson
import strawberry
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.executor import default_field_resolver, default_type_resolver
from graphql.execution.incremental import IncrementalExecutor
from graphql.execution.values import VariableValues, get_variable_values

from qms_graphql.base.access import Viewer
from qms_graphql.base.clock import Clock
from qms_graphql.base.database import Database
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.reader import TookTooLong
from qms_graphql.base.secrets import Secrets
from qms_graphql.graph.building.roots import Roots, Spliced, core
from qms_graphql.graph.compiling.plan import shape
from qms_graphql.graph.context import Context
from qms_graphql.graph.requests.budget import Balance, Budgets
from qms_graphql.graph.requests.coercion import Coercion, Variables
from qms_graphql.graph.requests.cost import Costs, Prices
from qms_graphql.graph.requests.documents import Document, Documents, InvalidDocument, refused
from qms_graphql.graph.requests.persisted import LearnedTexts, Texts
from qms_graphql.graph.requests.variables import complaints, unstorable_text
from qms_graphql.graph.running.answers import Answer, Request, charged, not_executed, show_error
from qms_graphql.graph.running.direct import Direct
from qms_graphql.graph.running.engine import Engine
from qms_graphql.graph.running.live import Live, Take, hand
from qms_graphql.graph.running.queries import Queries

_FREE_SECONDS = 1.0
"""What the database may take for an operation without a charge for it."""


class SplicingExecutor(IncrementalExecutor):
    """graphql-core's executor, which takes complete JSON from the engine as it is."""

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
        self,
        schema: strawberry.Schema,
        roots: Roots,
        database: Database,
        clock: Clock,
        secrets: Secrets,
        feed: Any,
        texts: Texts | None = None,
    ) -> None:
        self.schema = core(schema)
        self.database = database
        self.clock = clock
        self.secrets = secrets
        self.feed = feed
        self.engine = Engine(self.schema, roots.types, database.dialect, schema)
        self.documents = Documents(self.schema, introspection=database.settings.introspection)
        self.texts = texts or LearnedTexts()
        self._turn = asyncio.Lock()
        self.coercion = Coercion(self.schema)
        self.costs = Costs(self.schema, Prices(self.schema))
        self.budgets = Budgets(database.settings.cost_limit, database.settings.cost_window_seconds)
        self.direct = Direct(
            self.schema, self.engine, roots.statements, roots.together, database, clock, self.charge_time
        )
        self.queries = Queries(self.schema, roots.answers, roots.plain, frozenset(roots.statements))
        self.live = Live(self.schema, roots.sources, self.context, self.engine.personal_names)

    def context(self, viewer: Viewer) -> Context:
        """Fresh surroundings for one operation."""
        return Context(viewer, self.database, self.clock, self.secrets, self.engine, self.feed)

    async def prepare(self, request: Request) -> tuple[Document, OperationDefinitionNode]:
        """The request's document and operation. Raises ``GraphQLError`` or ``InvalidDocument``."""
        text = self.texts.of(request)
        document = self.documents.known(text)
        if document is None:
            document = await self._in_turn(text)
        self.texts.learn(request, text)
        return document, document.operation(request.operation_name)

    async def _in_turn(self, text: str) -> Document:
        """Read a document. After each, the next waits as long as it took, so that many delay nobody by their sum.

        The plan is made before the event loop goes on; so it counts, too.
        """
        loop = asyncio.get_running_loop()
        await self._turn.acquire()
        started = loop.time()

        def pause() -> None:
            loop.call_later(loop.time() - started, self._turn.release)

        try:
            return self.documents.read(text)
        finally:
            loop.call_soon(pause)

    async def writes(self, request: Request) -> bool:
        """Whether the request is a valid mutation."""
        try:
            return (await self.prepare(request))[1].operation is OperationType.MUTATION
        except (GraphQLError, InvalidDocument):
            return False

    async def answer(self, viewer: Viewer, request: Request) -> Answer:
        """Execute a query or mutation."""
        try:
            document, operation = await self.prepare(request)
            if operation.operation is OperationType.SUBSCRIPTION:
                raise refused("A subscription needs a stream: use a WebSocket or server-sent events.")
        except GraphQLError as error:
            return not_executed([error])
        except InvalidDocument as invalid:
            return not_executed(invalid.errors)
        try:
            answer = await self._answer(viewer, request, document, operation)
        except TookTooLong as refusal:
            answer = Answer(errors=[show_error(GraphQLError(refusal.message, original_error=refusal))])
        answer.kind = operation.operation.value
        answer.operation = operation.name.value if operation.name else None
        return answer

    async def _answer(
        self, viewer: Viewer, request: Request, document: Document, operation: OperationDefinitionNode
    ) -> Answer:
        given = dict(request.variables or {})
        coercion = self._coercion(document, operation)
        variables = coercion.coerced(given) if coercion is not None else None
        values: VariableValues | None = None
        if variables is None:
            # Unusual in some way: graphql-core decides, and says what is wrong.
            found = get_variable_values(self.schema, operation.variable_definitions or (), given)
            if not isinstance(found, VariableValues):
                return not_executed(
                    unstorable_text(operation, given) or complaints(self.schema, operation, given) or found
                )
            values, variables = found, found.coerced
        reading = operation.operation is OperationType.QUERY
        if reading and given and (unstorable := unstorable_text(operation, given)):
            return not_executed(unstorable)
        # Only what is read keeps anything by its form; that of a batch of a thousand rows takes a while to say.
        form = shape(variables) if reading else None
        cost = 0
        try:
            cost = self._cost(document, operation, variables, form)
            balance = self.charge(viewer, cost)
        except GraphQLError as refusal:
            return not_executed([refusal], cost)
        if reading:
            end = b',"extensions":{"cost":%b}}' % orjson.dumps(charged(cost, balance)) if balance else b"}"
            raw = await self.direct.answer(viewer, document, operation, variables, form, end)
            if raw is not None:
                return Answer(raw=raw, statements=1, cost=cost, balance=balance)
        if values is None:
            values = VariableValues(coercion.sources(given) if coercion else {}, variables)
        context = self.context(viewer)
        context.cost, context.balance, context.form = cost, balance, form
        try:
            return await self._execute(context, document, operation, values)
        finally:
            self.charge_time(viewer, context.seconds)

    def charge(self, viewer: Viewer, cost: int) -> Balance | None:
        """Have the viewer's token pay. Raises ``GraphQLError`` (TOO_COSTLY, RATE_LIMITED); the product pays nothing."""
        most = min(self.database.settings.most_cost, self.database.settings.cost_limit)
        if cost > most:
            message = f"The operation costs {cost}, and one may cost {most}; ask for smaller pages."
            raise GraphQLError(message, extensions={"code": ErrorCode.TOO_COSTLY.value, "cost": cost, "limit": most})
        if viewer.token_id is None:
            return None
        balance = self.budgets.spend(viewer.token_id, cost)
        if balance.retry_in is not None:
            seconds = math.ceil(balance.retry_in)
            message = f"The token has spent what it may for now; repeat in {seconds} seconds."
            raise GraphQLError(message, extensions={"code": ErrorCode.RATE_LIMITED.value, "retryAfter": seconds})
        return balance

    def charge_time(self, viewer: Viewer, seconds: float) -> None:
        """Have the viewer's token pay for what the database took beyond a second, which no cost could tell before."""
        if seconds > _FREE_SECONDS and viewer.token_id is not None:
            self.budgets.add(viewer.token_id, seconds - _FREE_SECONDS)

    def _cost(
        self, document: Document, operation: OperationDefinitionNode, variables: dict[str, Any], form: Hashable
    ) -> int:
        key = (id(operation), form)
        cost = document.costs.get(key)
        if cost is None:
            cost, by_length = self.costs.of(document.fragments, operation, variables)
            if form is not None and not by_length:
                document.keep_cost(key, cost)
        return cost

    def _coercion(self, document: Document, operation: OperationDefinitionNode) -> Variables | None:
        try:
            return document.coercions[id(operation)]  # type: ignore[no-any-return]
        except KeyError:
            found = document.coercions[id(operation)] = self.coercion.variables(operation)
            return found

    async def _execute(
        self, context: Context, document: Document, operation: OperationDefinitionNode, values: VariableValues
    ) -> Answer:
        context.document, context.variables = document, values.coerced
        found = await self.queries.answer(context, operation) if operation.operation is OperationType.QUERY else None
        if found is None:
            # Mutations, and questions about the schema itself.
            context.snapshot = True
            async with context:
                result: Any = SplicingExecutor.of(self.schema, document, operation, values, context).execute_operation()
                if inspect.isawaitable(result):
                    result = await result
            assert isinstance(result, ExecutionResult)  # noqa: S101
            found = result.data, [*(result.errors or []), *(failure.located() for failure in context.failures)]
        data, errors = found
        return Answer(
            data,
            [show_error(error) for error in errors],
            cost=context.cost,
            balance=context.balance,
            statements=context.statements,
        )

    async def deliver(self, viewer: Viewer, request: Request, take: Take) -> None:
        """Execute any operation as a stream: hand over one answer of a query or mutation, many of a subscription."""
        try:
            document, operation = await self.prepare(request)
            live = operation.operation is OperationType.SUBSCRIPTION
        except (GraphQLError, InvalidDocument):
            live = False
        if not live:
            await hand(take, await self.answer(viewer, request))
            return
        given = dict(request.variables or {})
        variables = get_variable_values(self.schema, operation.variable_definitions or (), given)
        wrong = unstorable_text(operation, given) if isinstance(variables, VariableValues) else variables
        if wrong or not isinstance(variables, VariableValues):
            await hand(take, not_executed(complaints(self.schema, operation, given) or wrong))
            return
        try:
            cost, _ = self.costs.of(document.fragments, operation, variables.coerced)
            self.charge(viewer, cost)
        except GraphQLError as refusal:
            await hand(take, not_executed([refusal]))
            return
        await self.live.listen(viewer, document, operation, variables.coerced, take)
