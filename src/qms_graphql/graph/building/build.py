"""The schema is built here, once: declarations of all rooms become strawberry types with links at both ends."""

import inspect
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from types import ModuleType
from typing import Annotated, Any

import strawberry
from sqlalchemy import Boolean, Column, Integer, Uuid

from qms_graphql.base.columns import Choice, Exact, Json, Timestamp
from qms_graphql.base.record_types import RecordType
from qms_graphql.graph.abstract import AbstractDeclaration
from qms_graphql.graph.building.filter_types import FilterTypes, words
from qms_graphql.graph.declare import (
    LIST_BOUND,
    AnyField,
    BatchField,
    ColumnField,
    EmbeddedField,
    Extension,
    FieldDeclaration,
    IdField,
    ManyField,
    OneField,
    TypeDeclaration,
)
from qms_graphql.graph.record import Record, shared_fields
from qms_graphql.graph.scalars import JSON
from qms_graphql.graph.types import (
    ExternalKey,
    PageInfo,
    argument,
    declared_resolver,
    describe_enum,
    input_type,
    output_type,
)

Field = tuple[Any, Any]
"""An annotation and the strawberry field it belongs to."""


def collect(modules: Iterable[ModuleType], kind: str) -> list[Any]:
    """What the rooms' schema modules declared, in their order."""
    found: list[Any] = []
    for module in modules:
        for value in vars(module).values():
            noted = vars(value).get(kind) if inspect.isclass(value) else None
            if noted is not None and noted not in found:
                found.append(noted)
    return found


def graphql_name(python_name: str) -> str:
    """``due_at`` as the schema spells it: ``dueAt``."""
    first, *rest = python_name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


class TypeBuilder:
    """Turns the declarations into strawberry types."""

    def __init__(self, modules: Iterable[ModuleType], references: TypeDeclaration) -> None:
        modules = list(modules)
        declared: list[TypeDeclaration] = [*collect(modules, "__graph__")]
        if references not in declared:
            declared.append(references)
        self.references = references
        self.types = {declaration.name: declaration for declaration in declared}
        self._classes: dict[str, type] = {}
        for declaration in declared:
            self._take_fields(declaration, declaration.cls)
        # What every record has is shared by all schemas of a process, named by their rooms or not.
        vars(Record)["__graph_interface__"].forget_extensions()
        extensions: list[Extension] = collect(modules, "__graph_extension__")
        for extension in extensions:
            for declaration in self._extended(extension, modules):
                self._take_fields(declaration, extension.cls)
        for declaration in declared:
            if declaration.is_node and declaration.record_type not in RecordType.__members__:
                raise TypeError(f"{declaration.name}: add {declaration.record_type} to base/record_types.py")
            self._classes[declaration.name] = declaration.cls
            self._name_classes(declaration.name)
        self.abstracts = self._abstract(modules)
        for declaration in declared:
            self._link(declaration)
        for declaration in declared:
            self._describe(declaration)
        inputs = FilterTypes(self.cls)
        for declaration in declared:
            inputs.of_type(declaration)
        for declaration in declared:
            self._finish(declaration)
        for abstract in self.abstracts.values():
            inputs.of_link(abstract)
            if abstract.plural:
                inputs.of_interface(abstract.name, abstract.plural, _shared(abstract))
                self._connection(abstract)

    # -- reading the declarations ----------------------------------------------------------------------------------

    def _take_fields(self, declaration: TypeDeclaration, cls: type) -> None:
        if declaration.is_node and "id" not in declaration.fields:
            declaration.fields["id"] = IdField(name="id", python_name="id", description="The global, opaque id.")
        annotations = inspect.get_annotations(cls)
        for python_name in [*annotations, *(name for name in vars(cls) if name not in annotations)]:
            value, annotation = vars(cls).get(python_name), annotations.get(python_name)
            if isinstance(value, FieldDeclaration) and type(value) is not FieldDeclaration:
                field = value
                field.annotation = annotation if annotation is not None else field.annotation
            elif annotation is not None:
                read = value.read if isinstance(value, FieldDeclaration) else None
                column = declaration.table.columns[python_name]
                field = ColumnField(column=column, annotation=annotation, read=read)
            else:
                continue
            self._add_field(declaration, python_name, field)
        if issubclass(cls, Record):
            for python_name, field in shared_fields(declaration).items():
                self._add_field(declaration, python_name, field)
        if declaration.external and "externalRefs" not in declaration.fields:
            declaration.fields["externalRefs"] = ManyField(
                name="externalRefs",
                python_name="external_refs",
                column=self.references.table.c.target_id,
                target=self.references,
                as_list=True,
                description="Its keys in external systems.",
            )

    def _extended(self, extension: Extension, modules: list[ModuleType]) -> list[TypeDeclaration]:
        """The types that an extension adds to: the named one, or all of the named interface, which gets them too."""
        if extension.target in self.types:
            return [self.types[extension.target]]
        (face,) = (found for found in collect(modules, "__graph_interface__") if found.name == extension.target)
        added = {name: field for name, field in vars(extension.cls).items() if isinstance(field, BatchField)}
        shown = {}
        for name, field in added.items():
            field.name = graphql_name(name)
            shown[name] = self._output(field)
        made = output_type(type(extension.cls.__name__, (), {}), face.description, shown)
        fields = face.cls.__strawberry_definition__.fields
        known = {field.python_name for field in fields}
        fields += [f for f in vars(made)["__strawberry_definition__"].fields if f.python_name not in known]
        return [declaration for declaration in self.types.values() if issubclass(declaration.cls, face.cls)]

    @staticmethod
    def _add_field(declaration: TypeDeclaration, python_name: str, field: FieldDeclaration) -> None:
        field.name, field.python_name = graphql_name(python_name), python_name
        declaration.fields[field.name] = field

    def _abstract(self, modules: Iterable[ModuleType]) -> dict[str, AbstractDeclaration]:
        """The interfaces and unions, with their types."""
        found: list[AbstractDeclaration] = collect(modules, "__graph_interface__")
        for module in modules:
            found += [value for value in vars(module).values() if isinstance(value, AbstractDeclaration)]
        for abstract in found:
            if abstract.cls is None:
                abstract.members = [self.types[name] for name in abstract.named]
                members: Any = reduce(or_, (declared.cls for declared in abstract.members))
                made = strawberry.union(abstract.name, description=abstract.description)
                abstract.annotation = Annotated[members, made]
            else:
                abstract.members = [d for d in self.types.values() if d.is_node and issubclass(d.cls, abstract.cls)]
                abstract.annotation = abstract.cls
            if not abstract.members:
                raise TypeError(f"{abstract.name}: no node is of it")
            self._classes[abstract.name] = abstract.annotation
            self._classes[f"{abstract.name}LinkFilter"] = type(f"{abstract.name}LinkFilter", (), {})
            if abstract.plural:
                self._name_classes(abstract.name)
        return {abstract.name: abstract for abstract in found}

    def _name_classes(self, name: str) -> None:
        """Make the inputs and pages of a type, still empty, so that all types can refer to each other."""
        for suffix in ("Filter", "ListFilter", "Order", "Edge", "Connection"):
            self._classes[name + suffix] = type(name + suffix, (), {})

    def cls(self, name: str) -> Any:
        """The class of a named type."""
        return self._classes[name]

    def _link(self, declaration: TypeDeclaration) -> None:
        for field in list(declaration.fields.values()):
            if isinstance(field, EmbeddedField):
                field.target = self._target(field, declaration)
            if isinstance(field, AnyField):
                self._link_any(field, declaration)
            if not isinstance(field, OneField | ManyField) or field.target is not None:
                continue
            field.target = self._target(field, declaration)
            if isinstance(field, OneField):
                field.description = field.description or field.column.doc
            elif not field.description:
                field.description = f"The {field.name} of this {words(declaration.name)}."
            if field.back is None:
                continue
            near, far = field.column, None
            if isinstance(field, ManyField) and field.far is not None:
                near, far = field.far, field.column
            self._add_back(field.target, declaration, field, near, far, as_list=field.back_list)

    def _link_any(self, field: AnyField, declaration: TypeDeclaration) -> None:
        """Find the types of a link to several, and give each its other end."""
        abstract = self.abstracts[_named(field, declaration, self.abstracts)]
        field.abstract = abstract.name
        if field.kind is not None:
            field.ways = [(declared, field.columns[0]) for declared in abstract.members]
        else:
            tables = {declared.table.name: declared for declared in abstract.members}
            field.ways = [(tables[column.info["link"]], column) for column in field.columns]
        for target, column in field.ways if field.back else ():
            self._add_back(target, declaration, field, column, None, as_list=False)

    @staticmethod
    def _add_back(
        target: TypeDeclaration,
        declaration: TypeDeclaration,
        field: OneField | ManyField | AnyField,
        near: Column[Any],
        far: Column[Any] | None,
        *,
        as_list: bool,
    ) -> None:
        """The other end of a link."""
        about = field.back_description or f"The {words(declaration.plural or declaration.name)} that name it."
        back: OneField | ManyField = ManyField(
            column=near, far=far, target=declaration, as_list=as_list, description=about
        )
        if isinstance(field, OneField) and field.back_one:
            back = OneField(column=target.table.c.id, key=near.name, target=declaration, description=about)
        back.name, back.python_name = graphql_name(field.back or ""), field.back or ""
        if back.name in target.fields:
            raise TypeError(f"{target.name}.{back.name} is declared twice")
        target.fields[back.name] = back

    def _target(self, field: FieldDeclaration, declaration: TypeDeclaration) -> TypeDeclaration:
        return self.types[_named(field, declaration, self.types)]

    def _describe(self, declaration: TypeDeclaration) -> None:
        for field in declaration.fields.values():
            if isinstance(field, ColumnField):
                field.description = field.description or field.column.doc
                if field.annotation is strawberry.auto:
                    field.annotation = column_type(field)
                if isinstance(field.column.type, Choice):
                    describe_enum(field.column.type.choices)
            if not field.description:
                raise TypeError(f"{declaration.name}.{field.name} has no description")
            if field.read is not None and (isinstance(field, ManyField) or "None" not in str(field.annotation)):
                raise TypeError(f"{declaration.name}.{field.name} is guarded, so it must be nullable")
            if field.read is not None:
                # What an interface was given is one field in all of its types.
                note = f" Null without the permission {field.read}."
                field.description = field.description.removesuffix(note) + note

    # -- outputs ---------------------------------------------------------------------------------------------------

    def _finish(self, declaration: TypeDeclaration) -> None:
        """Fill the classes that strawberry reads."""
        fields = {field.python_name: self._output(field) for field in declaration.fields.values()}
        about = inspect.cleandoc(declaration.cls.__doc__ or "")
        for name in [name for name, value in vars(declaration.cls).items() if isinstance(value, FieldDeclaration)]:
            delattr(declaration.cls, name)
        output_type(self.cls(declaration.name), about, fields)
        if declaration.is_node:
            self._connection(declaration)

    def _output(self, field: FieldDeclaration) -> Field:
        options: dict[str, Any] = {"description": field.description, "name": field.name}
        if isinstance(field, IdField):
            return strawberry.ID, strawberry.field(**options)
        if isinstance(field, OneField | EmbeddedField):
            return self.cls(field.target.name) | None, strawberry.field(**options)  # type: ignore[union-attr]
        if isinstance(field, AnyField):
            return self.cls(field.abstract) | None, strawberry.field(**options)
        if isinstance(field, ManyField):
            assert field.target is not None  # noqa: S101
            returns, arguments = list[self.cls(field.target.name)], self._list_arguments()  # type: ignore[misc]
            if not field.as_list:
                returns, arguments = self.cls(f"{field.target.name}Connection"), self.page_arguments(field.target)
            return returns, strawberry.field(resolver=declared_resolver(returns, arguments), **options)
        if isinstance(field, BatchField) and field.arguments:
            resolver = declared_resolver(field.annotation, field.arguments)
            return field.annotation, strawberry.field(resolver=resolver, **options)
        return field.annotation, strawberry.field(**options)

    @staticmethod
    def _list_arguments() -> dict[str, tuple[Any, Any]]:
        return {"first": (argument(int | None, f"The first so many; at most {LIST_BOUND}, also if left out."), None)}

    def page_arguments(self, target: TypeDeclaration | AbstractDeclaration) -> dict[str, tuple[Any, Any]]:
        """The arguments of a connection."""
        newest = isinstance(target, TypeDeclaration) and target.newest_first is not None
        usual = "ties by id; left out: the newest first." if newest else "ties, and all if left out, by id."
        order: Any = list[self.cls(f"{target.name}Order")]  # type: ignore[misc]
        return {
            "first": (argument(int | None, "The first so many, after the cursor."), None),
            "after": (argument(str | None, "Cursor that the page begins after."), None),
            "last": (argument(int | None, "The last so many, before the cursor."), None),
            "before": (argument(str | None, "Cursor that the page ends before."), None),
            "where": (argument(self.cls(f"{target.name}Filter") | None, "Which to take; all if left out."), None),
            "order_by": (argument(order | None, f"How to sort; {usual}"), None),
        }

    def _connection(self, declaration: TypeDeclaration | AbstractDeclaration) -> None:
        name, about = declaration.name, words(declaration.plural or "")
        item, edge = self.cls(name), self.cls(f"{name}Edge")
        output_type(
            edge,
            f"One of the {about} of a page, with its cursor.",
            {
                "cursor": (str, strawberry.field(description="Where it stands in the list.")),
                "node": (item, strawberry.field(description="The item.")),
            },
        )
        output_type(
            self.cls(f"{name}Connection"),
            f"A page of {about}.",
            {
                "edges": (list[edge], strawberry.field(description="The items with their cursors.")),  # type: ignore[valid-type]
                "nodes": (list[item], strawberry.field(description="The items.")),  # type: ignore[valid-type]
                "page_info": (PageInfo, strawberry.field(description="Where the page lies.")),
                "total_count": (
                    int,
                    strawberry.field(
                        description="How many there are in all; costs only when selected.", metadata={"weight": 10}
                    ),
                ),
            },
        )

    def by_argument(self, declaration: TypeDeclaration) -> type:
        """The input that names one record: by id, by number, by external reference."""
        fields: dict[str, tuple[Any, str]] = {"id": (strawberry.ID | None, "Its global id.")}
        if declaration.numbered:
            fields["number"] = (str | None, "Its number.")
        if declaration.external:
            fields["ref"] = (ExternalKey | None, "Its key in an external system.")  # type: ignore[operator]
        return input_type(f"{declaration.name}By", f"Names one {words(declaration.name)}.", fields, one_of=True)


def column_type(field: ColumnField) -> Any:
    """The Python type of a column as the schema shows it."""
    kind = field.column.type
    type_: Any
    if isinstance(kind, Choice):
        type_ = describe_enum(kind.choices)
    elif isinstance(kind, Timestamp):
        type_ = datetime
    elif isinstance(kind, Exact):
        type_ = float if field.column.info.get("as_number") else Decimal
    elif isinstance(kind, Json):
        type_ = JSON
    elif isinstance(kind, Boolean):
        type_ = bool
    elif isinstance(kind, Integer):
        type_ = int
    elif isinstance(kind, Uuid):
        raise TypeError(f"{field.column}: a raw id is never shown; declare a link")
    else:
        type_ = str
    return type_ | None if field.column.nullable else type_


def _named(field: FieldDeclaration, declaration: TypeDeclaration, among: Iterable[str]) -> str:
    """The one of these types that a field's annotation names."""
    text = str(field.annotation)
    for sign in "[]\"'":
        text = text.replace(sign, " ")
    names = [name for name in among if name in text.split()]
    if len(names) != 1:
        raise TypeError(f"{declaration.name}.{field.name}: {text} names no declared type")
    return names[0]


def _shared(abstract: AbstractDeclaration) -> dict[str, FieldDeclaration]:
    """The fields of an interface: as its first type declares them, described as the interface does.

    Raises ``TypeError`` if a type lacks one.
    """
    said = {graphql_name(f.python_name): f.description for f in vars(abstract.cls)["__strawberry_definition__"].fields}
    for declared in abstract.members:
        missing = [name for name in said if name not in declared.fields]
        if missing:
            raise TypeError(f"{declared.name} lacks {', '.join(missing)} of {abstract.name}")
    return {name: replace(abstract.members[0].fields[name], description=about) for name, about in said.items()}
