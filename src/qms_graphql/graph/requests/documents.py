"""Documents: parsed and validated once, kept while they are used, with the plans made for them."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    EnumValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    NameNode,
    Node,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    StringValueNode,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.validation.rules import overlapping_fields_can_be_merged

from qms_graphql.base.errors import ErrorCode
from qms_graphql.graph.recent import Recent
from qms_graphql.graph.requests.limits import check_extent
from qms_graphql.graph.requests.room import Room, size

MOST_CHARACTERS = 200_000
"""A longer document is refused before anybody looks at it; values belong into variables."""
MOST_TOKENS = 10_000
"""A document of more tokens is refused before it is parsed to the end."""
_MOST_ERRORS = 10
_MOST_MESSAGE = 500
# The comparison of overlapping fields is quadratic; this much of it takes a fifth of a second.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 100_000
_MOST_PLANS = 256
"""Of one document; of all together see ``Room``."""
_MOST_COSTS = 256


@dataclass(slots=True, eq=False, weakref_slot=True)
class Document:
    """A valid document and the plans of its fields."""

    ast: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    length: int
    """In characters."""
    room: Room
    plans: "OrderedDict[Any, Any]" = field(default_factory=OrderedDict)
    coercions: dict[int, Any] = field(default_factory=dict)
    """How the variables of each operation are coerced."""
    costs: "OrderedDict[Any, int]" = field(default_factory=OrderedDict)
    """What each operation costs, by the form of its variables."""
    pointers: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """The variables of each operation that say by an id which type is meant."""
    _variables: dict[int, frozenset[str]] = field(default_factory=dict)
    _names: frozenset[str] | None = None
    _sizes: dict[Any, int] = field(default_factory=dict)
    """What each plan and cost takes, by its key; those of plans and of costs are never equal."""

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Raises ``GraphQLError`` if the request does not say which."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise refused("Say by operationName which operation of the document to run.")
        if name not in self.operations:
            raise refused(f'The document has no operation named "{name[:60]}".')
        return self.operations[name]

    @property
    def names(self) -> frozenset[str]:
        """All names and values of enumerations in it."""
        if self._names is None:
            collector = _Names()
            visit(self.ast, collector)
            self._names = frozenset(collector.found)
        return self._names

    def variables_below(self, node: Node) -> frozenset[str]:
        """Names of the variables used in a node and all that it spreads: nothing else can shape its plan."""
        known = self._variables.get(id(node))
        if known is None:
            names: set[str] = set()
            self._collect_variables(node, names, set())
            known = self._variables[id(node)] = frozenset(names)
        return known

    def _collect_variables(self, node: Any, names: set[str], visited: set[str]) -> None:
        if isinstance(node, VariableNode):
            names.add(node.name.value)
        elif isinstance(node, FragmentSpreadNode):
            if node.name.value not in visited:
                visited.add(node.name.value)
                self._collect_variables(self.fragments[node.name.value], names, visited)
            self._collect_variables(node.directives, names, visited)
        elif isinstance(node, Node):
            for key in node.keys:
                self._collect_variables(getattr(node, key), names, visited)
        elif isinstance(node, list | tuple):
            for item in node:
                self._collect_variables(item, names, visited)

    def keep(self, key: Any, plan: Any, characters: int | None = None) -> None:
        """Remember a plan of so many characters (of none: as many as the document has).

        Forgets the one unused for longest when there are too many, here or in all documents together.
        """
        self._keep(self.plans, _MOST_PLANS, key, plan, self.length if characters is None else characters)

    def keep_cost(self, key: Any, cost: int) -> None:
        """Remember what an operation costs, within the same room."""
        self._keep(self.costs, _MOST_COSTS, key, cost, 0)

    def _keep(self, kept: "OrderedDict[Any, Any]", most: int, key: Any, value: Any, characters: int) -> None:
        taken = size(key, characters)
        change = taken - self._sizes.get(key, 0)
        kept[key], self._sizes[key] = value, taken
        while len(kept) > most:
            change -= self._sizes.pop(kept.popitem(last=False)[0])
        self.room.take(self, change)

    def forget(self) -> None:
        """Forget all plans and costs."""
        self.plans.clear()
        self.costs.clear()
        self._sizes.clear()


class _Names(Visitor):
    """Collects the names of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_name(self, node: NameNode, *_: Any) -> None:
        """A name."""
        self.found.add(node.value)

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> None:
        """A value of an enumeration."""
        self.found.add(node.value)


class Documents:
    """The valid documents seen lately. Those that are not valid are never kept, so they drive nothing out.

    A document in memory takes 80 to 250 bytes for each of its characters.
    """

    def __init__(
        self, schema: GraphQLSchema, most: int = 1000, most_characters: int = 1_000_000, *, introspection: bool = True
    ) -> None:
        self._schema = schema
        self._introspection = introspection
        self._rules = specified_rules if introspection else (*specified_rules, NoSchemaIntrospectionCustomRule)
        self._known: Recent[Document] = Recent(most, most_characters)
        self.room = Room()

    def known(self, text: str) -> Document | None:
        """The document, if it was read lately."""
        return self._known.get(text)

    def read(self, text: str) -> Document:
        """Parse and validate, if it is not known. Raises ``GraphQLError`` or ``InvalidDocument``."""
        document = self.known(text)
        if document is None:
            document = self._parse(text)
            self._known.keep(text, document, len(text))
        return document

    def _parse(self, text: str) -> Document:
        if len(text) > MOST_CHARACTERS:
            raise refused(f"The document is longer than {MOST_CHARACTERS} characters.", "GRAPHQL_PARSE_FAILED")
        try:
            ast = parse(text, max_tokens=MOST_TOKENS)
        except GraphQLError as error:
            raise _shown(error, "GRAPHQL_PARSE_FAILED") from None
        except RecursionError:
            raise refused("The document is nested too deeply.", "GRAPHQL_PARSE_FAILED") from None
        if "\\u" in text or "\x00" in text:
            for node in _texts(ast):
                if "\x00" in node.value:
                    raise refused("Text must not contain NUL characters.", node=node)
        try:
            check_extent(ast)
            hidden = not self._introspection
            errors = validate(self._schema, ast, self._rules, _MOST_ERRORS, hide_suggestions=hidden)
        except GraphQLError as error:
            raise _shown(error, "GRAPHQL_VALIDATION_FAILED") from None
        except RecursionError:
            raise refused("The document is nested too deeply.", "GRAPHQL_VALIDATION_FAILED") from None
        if errors:
            raise InvalidDocument([_shown(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
        operations = {
            node.name.value if node.name else None: node
            for node in ast.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        fragments = {node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)}
        return Document(ast, operations, fragments, len(text), self.room)


def _shown(error: GraphQLError, code: str) -> GraphQLError:
    """The error as clients may see it. Not a new one: its locations are found by reading the whole document."""
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        # Python's own words, for example about a number of 5,000 digits.
        error.message, error.original_error = "The value does not fit its type.", None
    if len(error.message) > _MOST_MESSAGE:
        error.message = error.message[:_MOST_MESSAGE] + "…"
    error.extensions = {"code": code}
    return error


def _texts(ast: DocumentNode) -> Iterator[StringValueNode]:
    waiting: list[Any] = [ast]
    while waiting:
        node = waiting.pop()
        if isinstance(node, StringValueNode):
            yield node
        elif isinstance(node, Node):
            waiting += [getattr(node, key) for key in node.keys if key != "loc"]
        elif isinstance(node, list | tuple):
            waiting += node


class InvalidDocument(Exception):
    """The document does not fit the schema."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


def refused(message: str, code: str = ErrorCode.BAD_USER_INPUT.value, node: Node | None = None) -> GraphQLError:
    """A request error: nothing is executed. ``node`` is what of the document it is about."""
    return GraphQLError(message, node, extensions={"code": code})
