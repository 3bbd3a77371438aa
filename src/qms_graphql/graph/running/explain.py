"""How an operation would be answered: its cost, its statements, where their parameters come from, the database's plan.

Made by the same engine that answers it. What compiles to one statement is not run. What Python computes has statements
that depend on rows, so such a query is run to see them; it only reads.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, cast

from graphql import GraphQLError, GraphQLObjectType, OperationType
from graphql.execution.values import VariableValues, get_variable_values

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.graph.compiling.plan import Given, Plan, Slot
from qms_graphql.graph.compiling.selection import Selections
from qms_graphql.graph.requests.documents import Document, InvalidDocument
from qms_graphql.graph.requests.variables import complaints
from qms_graphql.graph.running.answers import Request
from qms_graphql.graph.running.direct import Whole
from qms_graphql.graph.running.engine import beyond_parser, supplied
from qms_graphql.graph.running.execution import Graph

_WORD = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\(|\)|\b(?:SELECT|FROM|WHERE|ORDER BY|LIMIT)\b|[^'\"()\s]+|\s+")
_CLAUSES = ("SELECT", "FROM", "WHERE", "ORDER BY", "LIMIT")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an operation."""

    sql: str
    parameters: list[str]
    """Each with its value and where that comes from."""
    plan: list[str]
    """How the database goes about it, line by line."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a query is answered."""

    name: str | None
    fields: list[str]
    """The response keys at the top."""
    cost: int
    most_cost: int
    ran: bool
    """Whether it was run to see its statements."""
    statements: list[Statement]


@dataclass(frozen=True, slots=True)
class _Found:
    sql: str
    arguments: Sequence[Any]
    plan: Plan | None


async def explain(graph: Graph, viewer: Viewer, request: Request, *, analyze: bool = False) -> Explanation:
    """Explain a query. With ``analyze`` PostgreSQL runs its statements and tells what they took.

    Raises ``Refusal(BAD_USER_INPUT)`` with the positions of what is wrong in the document or the variables, or with
    what the query itself would be refused for.
    """
    if analyze and graph.database.on_sqlite:
        raise Refusal(ErrorCode.BAD_USER_INPUT, "SQLite does not measure its plans; --analyze needs PostgreSQL.")
    try:
        document, operation = await graph.prepare(request)
    except InvalidDocument as invalid:
        raise _refusal(invalid.errors) from None
    except GraphQLError as error:
        raise _refusal([error]) from None
    name = operation.name.value if operation.name else None
    kind = operation.operation
    if kind is not OperationType.QUERY:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"Only a query can be explained; this is a {kind.value}.")
    given = dict(request.variables or {})
    values = get_variable_values(graph.schema, operation.variable_definitions or (), given)
    if not isinstance(values, VariableValues):
        raise _refusal(complaints(graph.schema, operation, given) or values)
    variables = values.coerced
    whole = graph.direct.made(viewer, document, operation, variables)
    cost, _ = graph.costs.of(document.fragments, operation, variables)
    statements = await _compiled(graph, viewer, whole, variables, analyze) if whole is not None else None
    ran = statements is None
    if statements is None:
        statements = await _seen(graph, viewer, request, document, analyze)
    selections, top = Selections(graph.schema, document.fragments, values), cast("Any", [operation])
    root = cast("GraphQLObjectType", graph.schema.query_type)
    fields = [selected.key for selected in selections.fields(top, root)]
    return Explanation(name, fields, cost, graph.database.settings.most_cost, ran, statements)


async def _compiled(
    graph: Graph, viewer: Viewer, whole: Whole, variables: dict[str, Any], analyze: bool
) -> list[Statement] | None:
    """The one statement of a query that compiles, not run; None if this SQLite cannot read it."""
    given = supplied(viewer, graph.clock.now())
    found = _Found(whole.plan.sql, whole.plan.arguments(variables, given), whole.plan)
    try:
        return await _statements(graph, viewer, [found], analyze)
    except Exception as error:
        if beyond_parser(error):
            return None
        raise


async def _seen(graph: Graph, viewer: Viewer, request: Request, document: Document, analyze: bool) -> list[Statement]:
    """The statements that a query runs."""
    seen: list[tuple[str, Sequence[Any]]] = []

    @contextmanager
    def watch(sql: str, arguments: Any) -> Iterator[None]:
        # Settings of a transaction are none of the query's.
        if "set_config(" not in sql:
            seen.append((sql, tuple(arguments or ())))
        yield

    graph.database.watch_statements(watch)
    try:
        answer = await graph.answer(viewer, request)
    finally:
        graph.database.watch_statements(None)
    if answer.errors:
        raise Refusal(ErrorCode.BAD_USER_INPUT, "\n".join(_where(error) for error in answer.errors))
    plans = [made.plan if isinstance(made, Whole) else made for made in document.plans.values() if made is not None]
    by_text = {plan.sql: plan for plan in plans}
    return await _statements(graph, viewer, [_Found(sql, given, by_text.get(sql)) for sql, given in seen], analyze)


async def _statements(graph: Graph, viewer: Viewer, found: Sequence[_Found], analyze: bool) -> list[Statement]:
    on_sqlite = graph.database.on_sqlite
    before = "EXPLAIN QUERY PLAN " if on_sqlite else "EXPLAIN (ANALYZE, BUFFERS) " if analyze else "EXPLAIN "
    statements = []
    async with graph.database.reading(viewer.organization_id) as reader:
        for one in found:
            lines = await reader.lines(before + one.sql, one.arguments)
            plan = _tree(lines) if on_sqlite else [line for (line,) in lines]
            mark = "?" if on_sqlite else "$"
            sources = [f"  from {_source(source.value)}" for source in one.plan.order] if one.plan else []
            parameters = [
                f"{mark}{number} = {value!r}{source}"
                for number, (value, source) in enumerate(zip_longest(one.arguments, sources, fillvalue=""), 1)
            ]
            statements.append(Statement(readable(one.sql), parameters, plan))
    return statements


def _source(value: Any) -> str:
    """Where a parameter comes from."""
    if isinstance(value, Given):
        return f"the request: {value.name}"
    if isinstance(value, Slot):
        first, *rest = value.path
        return "the variable $" + str(first) + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in rest)
    if isinstance(value, list) and any(isinstance(item, Slot) for item in value):
        return ", ".join(_source(item) for item in value)
    return "a constant of the document"


def _tree(rows: Sequence[tuple[Any, ...]]) -> list[str]:
    """SQLite's plan: rows of id, parent, nothing, and what is done."""
    depth = {0: -1}
    lines = []
    for id_, parent, _, done in rows:
        depth[id_] = depth.get(parent, -1) + 1
        lines.append("  " * depth[id_] + done)
    return lines


def _refusal(errors: Sequence[GraphQLError]) -> Refusal:
    lines = []
    for error in errors:
        places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
        lines.append(_where({"message": error.message, "locations": places}))
    return Refusal(ErrorCode.BAD_USER_INPUT, "\n".join(lines))


def _where(error: dict[str, Any]) -> str:
    """An error behind its first position."""
    place = next(iter(error.get("locations") or ()), None)
    return f"{place['line']}:{place['column']}: {error['message']}" if place else str(error["message"])


def readable(sql: str) -> str:
    """One clause on a line, indented by the sub-selects around it."""
    lines: list[str] = []
    opened: list[bool] = []
    line = ""
    for word in _WORD.findall(sql):
        if word in _CLAUSES and (word == "SELECT" or not opened or opened[-1]):
            if word == "SELECT" and opened:
                opened[-1] = True
            if line.strip():
                lines.append(line.rstrip())
            line = "  " * sum(opened) + word
        elif word.isspace():
            line += " "
        else:
            if word == "(":
                opened.append(False)
            elif word == ")" and opened:
                opened.pop()
            line += word
    return "\n".join([*lines, line.rstrip()])
