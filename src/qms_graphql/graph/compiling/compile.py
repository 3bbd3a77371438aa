"""The compiler: a selection of declared types becomes one SQL statement that builds the JSON in the database."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from typing import cast as cast_type

from graphql import GraphQLObjectType
from sqlalchemy import (
    Alias,
    ColumnClause,
    ColumnElement,
    FromClause,
    Uuid,
    and_,
    case,
    cast,
    false,
    literal_column,
    null,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import Select

from qms_graphql.base.access import Viewer
from qms_graphql.base.columns import Timestamp
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.visibility import restriction
from qms_graphql.graph.compiling import needed, page, polymorphic, where
from qms_graphql.graph.compiling.dialects import JsonDialect, Pair, json_dialect
from qms_graphql.graph.compiling.plan import EACH, Parameters, Patch, Plan, Step, Steps, render
from qms_graphql.graph.compiling.selection import Selected, Selections
from qms_graphql.graph.declare import (
    LIST_BOUND,
    AnyField,
    BatchField,
    ColumnField,
    EmbeddedField,
    FieldDeclaration,
    IdField,
    ManyField,
    OneField,
    SqlField,
    TypeDeclaration,
)

NEEDS = "\u0001needs"
"""With the type's name: key of what batch fields need, taken out of the answer again. No GraphQL name is like it."""


class _Embedded:
    """Those columns of a row that stand behind a prefix, by the rest of their names: a row within the row."""

    def __init__(self, row: Alias, prefix: str) -> None:
        self.c = self
        self._row = row
        self._prefix = prefix

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        return self._row.c[self._prefix + name]

    __getattr__ = __getitem__


@dataclass(slots=True)
class Compiler:
    """Makes one statement. ``tenant_predicate`` is switched off only by tests of the second wall."""

    selections: Selections
    types: dict[str, TypeDeclaration]
    viewer: Viewer
    parameters: Parameters
    json: JsonDialect
    tenant_predicate: bool = True
    patches: list[Patch] = field(default_factory=list)
    outer: list[FromClause] = field(default_factory=list)
    aliases: int = 0
    conditions: int = 0
    relations: int = 0
    """How many relations the filter that is being compiled has gone through."""

    @classmethod
    def of(
        cls,
        selections: Selections,
        types: dict[str, TypeDeclaration],
        viewer: Viewer,
        dialect: Dialect,
        tenant_predicate: bool,
    ) -> "Compiler":
        """A compiler for a database."""
        return cls(selections, types, viewer, Parameters(dialect), json_dialect(dialect), tenant_predicate)

    # -- the pieces every statement is made of ---------------------------------------------------------------------

    def alias(self, declared: TypeDeclaration) -> Alias:
        """A fresh alias of a type's table."""
        self.aliases += 1
        return declared.table.alias(f"t{self.aliases}")  # type: ignore[return-value]

    @contextmanager
    def inside(self, alias: FromClause) -> Iterator[None]:
        """What is compiled in here may refer to the alias."""
        self.outer.append(alias)
        try:
            yield
        finally:
            self.outer.pop()

    @contextmanager
    def through(self, alias: FromClause) -> Iterator[None]:
        """What is compiled in here is a filter on what the alias is related to."""
        self.relations += 1
        with self.inside(alias):
            try:
                yield
            finally:
                self.relations -= 1

    def tenant(self, alias: Any) -> ColumnElement[bool]:
        """The first wall: rows of the viewer's organization only."""
        if not self.tenant_predicate:
            return literal_column("1 = 1")
        own: ColumnElement[bool] = alias.c.organization_id == self.parameters.given("organization", Uuid())
        return own

    def seen(self, declared: TypeDeclaration, alias: Any) -> ColumnElement[bool]:
        """The rows of a type that the viewer sees: of the organization, and of these what the model shows."""
        limit = restriction(declared.model, self.viewer)
        if limit is None:
            return self.tenant(alias)
        return and_(self.tenant(alias), limit.rows(alias.c, self.parameters.given("person", Uuid())))

    def reached(self, link: OneField | ManyField, alias: Any) -> ColumnElement[bool]:
        """The rows of a link's type that it may lead to: those that the viewer sees and the link is for."""
        seen = self.seen(self.target(link), alias)
        return seen if link.such is None else and_(seen, link.such(alias.c))

    def joined(self, many: ManyField, parent: FromClause, child: FromClause) -> ColumnElement[bool]:
        """The condition that ``child`` belongs to ``parent`` by a to-many link."""
        if many.far is None:
            return and_(self.reached(many, child), child.c[many.column.name] == parent.c.id)
        self.aliases += 1
        pairs = many.column.table.alias(f"t{self.aliases}")
        linked = (
            select(pairs.c[many.far.name])
            .where(self.tenant(pairs), pairs.c[many.column.name] == parent.c.id)
            .correlate(parent, *self.outer)
        )
        return and_(self.reached(many, child), child.c.id.in_(linked))

    def target(self, link: OneField | ManyField | EmbeddedField) -> TypeDeclaration:
        """The type at the other end."""
        assert link.target is not None  # noqa: S101 - set when the schema was built
        return link.target

    def embedded(self, field_: EmbeddedField, alias: FromClause) -> tuple[TypeDeclaration, FromClause]:
        """The type of an object made of columns of the row, and what stands for its row."""
        return self.target(field_), cast_type(FromClause, _Embedded(cast_type(Alias, alias), field_.prefix))

    def expression(self, field_: SqlField, alias: FromClause) -> ColumnElement[Any]:
        """The SQL of a computed field."""
        arguments = [alias.c]
        if field_.needs_now:
            arguments.append(self.parameters.given("now", Timestamp()))  # type: ignore[arg-type]
        expression: ColumnElement[Any] = field_.expression(*arguments)
        if isinstance(expression, ColumnClause) and expression.is_literal:
            # A mere literal has no type on PostgreSQL, and nothing can be sorted by it.
            return cast(expression, expression.type)
        return expression

    def element(self, field_: FieldDeclaration, alias: FromClause) -> ColumnElement[Any]:
        """The column or expression of a scalar field, null to a viewer who may not read it."""
        element: ColumnElement[Any]
        if isinstance(field_, IdField):
            element = alias.c.id
        elif isinstance(field_, ColumnField):
            element = alias.c[field_.column.name]
        elif isinstance(field_, SqlField):
            element = self.expression(field_, alias)
        else:
            raise TypeError(f"{field_.name} is no scalar")
        return element if self.viewer.may(field_.read) else cast(null(), element.type)

    # -- objects and lists -----------------------------------------------------------------------------------------

    def object_(
        self, declared: TypeDeclaration, alias: FromClause, nodes: Sequence[Any], path: Steps
    ) -> ColumnElement[Any]:
        """The JSON object of one row, with everything selected of it."""
        graphql_type = self.selections.object_type(declared.name)
        pairs: list[Pair] = []
        needs: dict[str, FieldDeclaration] = {}
        needs_key = NEEDS + declared.name
        for selected in self.selections.fields(nodes, graphql_type):
            if selected.name == "__typename":
                pairs.append((selected.key, self.json.constant(declared.name)))
                continue
            field_ = declared.fields[selected.name]
            if isinstance(field_, BatchField) and self.viewer.may(field_.read):
                own = ("id",) if "id" in declared.fields else ()
                needs |= {name: declared.fields[name] for name in (*own, *field_.needs)}
                arguments = self.selections.arguments(selected, graphql_type) if field_.arguments else {}
                self.patches.append(Patch(path, needs_key, declared, field_, selected, arguments))
            pairs.append((selected.key, self._field(field_, declared, graphql_type, alias, selected, path)))
        if needs:
            pairs.append(
                (needs_key, self.json.object_([(n, self._scalar(f, declared, alias)) for n, f in needs.items()]))
            )
        return self.json.object_(pairs)

    def _field(
        self,
        field_: FieldDeclaration,
        declared: TypeDeclaration,
        graphql_type: GraphQLObjectType,
        alias: FromClause,
        selected: Selected,
        path: Steps,
    ) -> ColumnElement[Any]:
        if not self.viewer.may(field_.read):
            return self.json.constant(None)
        if isinstance(field_, OneField):
            return self._one(field_, alias, selected, (*path, Step(selected.key, nullable=True)))
        if isinstance(field_, ManyField):
            arguments = self.selections.arguments(selected, graphql_type)
            if field_.as_list:
                return self._list(field_, alias, selected, arguments, (*path, Step(selected.key), EACH))
            return self._connection(field_, alias, selected, arguments, (*path, Step(selected.key)))
        if isinstance(field_, EmbeddedField):
            target, row = self.embedded(field_, alias)
            missing = and_(*(alias.c[name].is_(None) for name in field_.columns()))
            object_ = self.object_(target, row, selected.nodes, (*path, Step(selected.key, nullable=True)))
            return self.json.optional(case((~missing, object_)))
        if isinstance(field_, AnyField):
            return polymorphic.link(self, field_, alias, selected, (*path, Step(selected.key, nullable=True)))
        if isinstance(field_, BatchField):
            return self.json.constant(None)
        return self._scalar(field_, declared, alias)

    def _scalar(self, field_: FieldDeclaration, declared: TypeDeclaration, alias: FromClause) -> ColumnElement[Any]:
        if isinstance(field_, IdField):
            return self.json.global_id(declared.table.name, alias.c.id)
        if isinstance(field_, ColumnField):
            return self.json.value(alias.c[field_.column.name], as_number=bool(field_.column.info.get("as_number")))
        assert isinstance(field_, SqlField)  # noqa: S101
        return self.json.value(self.expression(field_, alias))

    def _one(self, link: OneField, alias: FromClause, selected: Selected, path: Steps) -> ColumnElement[Any]:
        target = self.target(link)
        if not self.viewer.may(target.read):
            return self.json.constant(None)
        child = self.alias(target)
        with self.inside(alias):
            object_ = self.object_(target, child, selected.nodes, path)
        row = (
            select(object_)
            .select_from(child)
            .where(self.reached(link, child), child.c[link.key] == alias.c[link.column.name])
            .correlate(alias, *self.outer)
        )
        return self.json.optional(row.scalar_subquery())

    def _list(
        self, many: ManyField, alias: FromClause, selected: Selected, arguments: dict[str, Any], path: Steps
    ) -> ColumnElement[Any]:
        target = self.target(many)
        if not self.viewer.may(target.read):
            return self.json.constant([])
        child = self.alias(target)
        with self.inside(alias):
            condition = self.joined(many, alias, child)
        rows = (
            select(*needed.columns(self, target, child, [selected.nodes]))
            .where(condition)
            .order_by(*_listed(target, child))
            .limit(literal_column(str(_bound(arguments.get("first")))))
            .correlate(alias, *self.outer)
            .subquery()
        )
        with self.inside(alias):
            object_ = self.object_(target, rows, selected.nodes, path)
        return select(self.json.list_(object_)).select_from(rows).scalar_subquery()

    def _connection(
        self, many: ManyField, alias: FromClause, selected: Selected, arguments: dict[str, Any], path: Steps
    ) -> ColumnElement[Any]:
        target = self.target(many)
        may = self.viewer.may(target.read)

        def scope(child: Alias) -> ColumnElement[bool]:
            return self.joined(many, alias, child) if may else false()

        with self.inside(alias):
            return page.connection(self, target, selected, arguments, scope, path).scalar_subquery()

    # -- whole statements ------------------------------------------------------------------------------------------

    def finish(self, statement: Select[Any]) -> Plan:
        """Render the statement, whose one value is text: no driver parses it on the way."""
        return render(statement, self.parameters, self.patches)

    def root_connection(self, declared: TypeDeclaration, selected: Selected, arguments: dict[str, Any]) -> Select[Any]:
        """``customers(first:, where:, …)``."""
        self.require(declared)
        return page.connection(self, declared, selected, arguments, partial(self.seen, declared), ())

    def root_object(
        self, declared: TypeDeclaration, selected: Selected, condition: Callable[[Alias], ColumnElement[bool]]
    ) -> Select[Any]:
        """``customer(by:)``: the one row that meets the condition, or null."""
        self.require(declared)
        row = self.alias(declared)
        object_ = self.object_(declared, row, selected.nodes, ())
        return (
            select(object_).select_from(row).where(self.seen(declared, row), condition(row)).limit(literal_column("1"))
        )

    def root_together(self, fields: Sequence[tuple[str, Select[Any]]]) -> Select[Any]:
        """Several root fields as one statement, which sees one moment: an object of their answers."""
        return select(
            self.json.object_([(key, self.json.optional(field_.scalar_subquery())) for key, field_ in fields])
        )

    def load(self, wanted: Sequence[TypeDeclaration], nodes: Sequence[Any]) -> Plan:
        """Records of several types by their ids: one statement whose answer maps types to records by id."""
        pairs: list[Pair] = []
        for declared in wanted:
            row = self.alias(declared)
            object_ = self.object_(declared, row, nodes, (Step(declared.name), EACH, Step("1", nullable=True)))
            ids = self.parameters.given(f"ids_{declared.name}", Uuid())
            id_ = self.json.global_id(declared.table.name, row.c.id)
            rows = (
                select(self.json.list_(self.json.object_([("0", id_), ("1", object_)])))
                .select_from(row)
                .where(self.seen(declared, row), where.is_among(self, row.c.id, ids.key))
            )
            pairs.append((declared.name, rows.scalar_subquery()))
        return self.finish(select(self.json.object_(pairs)))

    def require(self, declared: TypeDeclaration) -> None:
        """Refuse a root field of a type the viewer may not read."""
        if not self.viewer.may(declared.read):
            raise Refusal(ErrorCode.FORBIDDEN, f"This needs the permission {declared.read}.")


def _bound(first: int | None) -> int:
    """How many items of a plain list are asked for."""
    if first is not None and not 0 <= first <= LIST_BOUND:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"A list has 0 to {LIST_BOUND} items.", ("first",))
    return LIST_BOUND if first is None else first


def _listed(declared: TypeDeclaration, row: Alias) -> list[ColumnElement[Any]]:
    """The order of a plain list: by position, then by key, so that no two rows are left to chance."""
    keys = [column.name for column in declared.table.primary_key if column.name != "organization_id"]
    return [row.c[name] for name in sorted(keys, key=lambda name: name != "position")]
