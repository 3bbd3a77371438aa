"""Generated queries: valid, over the whole schema, the same for the same seed.

New declarations are picked up by themselves, because everything is read from the schema.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import get_named_type

from qms_graphql.graph.declare import (
    AnyField,
    BatchField,
    EmbeddedField,
    FieldDeclaration,
    OneField,
    TypeDeclaration,
)
from tests.graph.generate_arguments import LINKS, Arguments
from tests.graph.plain import Several

DEEPEST = 5


@dataclass
class Query:
    """A generated request."""

    text: str
    variables: dict[str, Any]


@dataclass
class Generator(Arguments):
    """Makes queries; ``seed`` decides everything. ``twin`` supplies values and cursors."""

    deepest: int = DEEPEST
    """How many links may follow each other."""
    aliasing: bool = False
    """Whether every field gets an alias: fields of the same name in different types would be in conflict."""
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name to the type it is on and its text."""

    def query(self) -> Query:
        """One request with one to three root fields."""
        roots = " ".join(self._root() for _ in range(self.random.choice((1, 1, 2, 3))))
        head = f"({', '.join(self.declared_variables)})" if self.declared_variables else ""
        rest = "".join(f" fragment {name} on {on} {text}" for name, (on, text) in self.fragments.items())
        return Query(f"query Generated{head} {{ {roots} }}{rest}", self.variables)

    # -- selections --------------------------------------------------------------------------------------------------

    def _root(self) -> str:
        declared = self.random.choice([item for item in self.twin.types.values() if item.is_node])
        kind = self.random.choice(("page", "page", "page", "page", "by", "node", "nodes"))
        alias, query = self._name("r"), self.twin.schema.query_type.fields
        if self.twin.several and self.chance(0.3):
            several = self.random.choice(list(self.twin.several.values()))
            return f"{alias}: {self._connection(several.plural, several, query[several.plural], self.deepest)}"
        if kind == "page":
            return f"{alias}: {self._connection(declared.plural or '', declared, query[declared.plural], self.deepest)}"
        if kind == "by":
            name = declared.name[0].lower() + declared.name[1:]
            by = self._spell(self._by(declared), query[name].args["by"].type)
            return f"{alias}: {name}(by: {by}){self._directive()} {self._object(declared, self.deepest)}"
        on = self._node_selection()
        if kind == "node":
            id_ = self._spell(self._any_id(), query["node"].args["id"].type)
            return f"{alias}: node(id: {id_}){self._directive()} {on}"
        ids = [self._any_id() for _ in range(self.random.randint(0, 6))]
        return f"{alias}: nodes(ids: {self._spell([*ids, *ids[:1]], query['nodes'].args['ids'].type)}) {on}"

    def _node_selection(self) -> str:
        nodes = [item for item in self.twin.types.values() if item.is_node]
        return self._of_several(nodes, ["id", "what: __typename"], min(2, self.deepest))

    def _of_several(self, members: Sequence[TypeDeclaration], common: Sequence[str], depth: int) -> str:
        """A selection of what is one of several types. Fields get aliases: those of different types must not clash."""
        outer, self.aliasing = self.aliasing, True
        parts = [*common, "__typename"]
        for declared in members:
            if self.chance(0.7):
                parts.append(self._wrapped(declared, self._object(declared, depth), always=True))
        self.aliasing = outer
        self.random.shuffle(parts)
        return "{ " + " ".join(parts) + " }"

    def _object(self, declared: TypeDeclaration | Several, depth: int) -> str:
        """A selection of a declared type, with repetitions and fragments."""
        if isinstance(declared, Several):
            common = self.random.sample([*declared.fields], self.random.randint(0, len(declared.fields)))
            return self._of_several(declared.abstract.members, common, max(0, min(2, depth - 1)))
        known = self.twin.plain.batched
        fields = [
            item
            for item in declared.fields.values()
            if not isinstance(item, BatchField) or (declared.name, item.name) in known
        ]
        links = [item for item in fields if isinstance(item, LINKS) or self._record_of(declared, item)]
        leaves = [item for item in fields if item not in links]
        parts = [self._leaf(item) for item in self.random.sample(leaves, min(len(leaves), self.random.randint(0, 5)))]
        if depth > 0 and links:
            for item in self.random.choices(links, k=self.random.choice((0, 1, 1, 2))):
                parts += self._link(declared, item, depth - 1)
        if not parts or self.chance(0.1):
            parts.append("__typename")
        self.random.shuffle(parts)
        return self._grouped(declared, parts)

    def _grouped(self, declared: TypeDeclaration, parts: list[str]) -> str:
        """Some of the parts go into fragments: inline or named, nested, spread more than once."""
        while len(parts) > 1 and self.chance(0.25):
            moved = parts[len(parts) // 2 :]
            parts = [*parts[: len(parts) // 2], self._wrapped(declared, "{ " + " ".join(moved) + " }")]
        same = [name for name, (on, _) in self.fragments.items() if on == declared.name]
        if same and not self.aliasing and self.chance(0.15):
            parts.append(f"...{self.random.choice(same)}")
        return "{ " + " ".join(parts) + " }"

    def _wrapped(self, declared: TypeDeclaration, selection: str, *, always: bool = False) -> str:
        if self.chance(0.4):
            name = self._name("F")
            self.fragments[name] = (declared.name, selection)
            return f"...{name}{self._directive()}" + (f" ...{name}" if self.chance(0.2) else "")
        condition = f" on {declared.name}" if always or self.chance(0.7) else ""
        return f"...{condition}{self._directive()} {selection}"

    def _alias(self) -> str:
        return f"{self._name('a')}: " if self.aliasing or self.chance(0.2) else ""

    def _leaf(self, item: FieldDeclaration) -> str:
        key = self._alias()
        return f"{key}{item.name}{self._directive()}" + (f" {key}{item.name}" if self.chance(0.1) else "")

    def _record_of(self, declared: TypeDeclaration, item: FieldDeclaration) -> TypeDeclaration | None:
        """The type of the record that a batch field gives."""
        shown = self.twin.schema.type_map[declared.name].fields[item.name].type
        return self.twin.types.get(get_named_type(shown).name) if isinstance(item, BatchField) else None

    def _link(self, declared: TypeDeclaration, item: Any, depth: int) -> list[str]:
        """A link's selection; sometimes twice under one key with the same arguments, to be merged."""
        if isinstance(item, AnyField):
            return [f"{self._alias()}{item.name} {self._of_several([way[0] for way in item.ways], [], depth)}"]
        target = self._record_of(declared, item) or item.target
        if isinstance(item, OneField | EmbeddedField | BatchField):
            alias = self._alias()
            times = 2 if self.chance(0.2) else 1
            return [f"{alias}{item.name}{self._directive()} {self._object(target, depth)}" for _ in range(times)]
        alias = f"{self._name('m')}: "
        declared_field = self.twin.schema.type_map[declared.name].fields[item.name]
        if not item.as_list:
            return [alias + self._connection(item.name, target, declared_field, depth)]
        size = declared_field.args["first"].type
        arguments = f"(first: {self._spell(self.random.randint(0, 4), size)})" if self.chance(0.5) else ""
        times = 2 if self.chance(0.2) else 1
        return [f"{alias}{item.name}{arguments}{self._directive()} {self._object(target, depth)}" for _ in range(times)]

    def _connection(self, name: str, declared: TypeDeclaration | Several, declared_field: Any, depth: int) -> str:
        given = self._page(declared)
        spelled = ", ".join(
            f"{key}: {self._spell(value, declared_field.args[key].type)}" for key, value in given.items()
        )
        parts = []
        if self.chance(0.8):
            parts.append(f"nodes {self._object(declared, depth)}")
        if self.chance(0.3):
            node = f"node {self._object(declared, depth - 1)}" if self.chance(0.7) else "__typename"
            parts.append(f"edges{self._directive()} {{ cursor {node} }}")
        if self.chance(0.4):
            parts.append(f"totalCount{self._directive()}")
        if self.chance(0.4):
            wanted = self.random.sample(["hasNextPage", "hasPreviousPage", "startCursor", "endCursor", "__typename"], 3)
            parts.append(f"pageInfo {{ {' '.join(wanted)} pages: __typename }}")
        self.random.shuffle(parts)
        arguments = f"({spelled})" if spelled else ""
        return f"{name}{arguments}{self._directive()} {{ {' '.join(parts or ['__typename'])} }}"
