"""What the twin knows: the schema as its definition says, what was declared for it, and all rows as plain Python."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import build_schema, print_schema
from sqlalchemy import select

from qms_graphql.graph.abstract import AbstractDeclaration
from qms_graphql.graph.building.roots import Roots, core
from qms_graphql.graph.declare import FieldDeclaration, ManyField, TypeDeclaration
from qms_graphql.schema import build
from tests.graph.computed import COMPUTED, Computed

Dump = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Plain:
    """A schema as its definition says, without any resolver of ours; and what was declared for it."""

    schema: Any
    types: dict[str, TypeDeclaration]
    abstracts: dict[str, AbstractDeclaration]
    computed: Mapping[tuple[str, str], Computed]
    batched: Mapping[tuple[str, str], Computed]
    """What batch fields answer for a row, or raise."""

    @classmethod
    def of(cls, schema: Any, roots: Roots, computed: Any, batched: Any) -> "Plain":
        """The plain side of a built schema."""
        plain = build_schema(print_schema(core(schema)))
        return cls(plain, roots.types, roots.builder.abstracts, computed, batched)


@functools.cache
def product() -> Plain:
    """The product's."""
    return Plain.of(*build(), COMPUTED, {})


def plain_schema() -> Any:
    """The product's schema."""
    return product().schema


def declarations() -> dict[str, TypeDeclaration]:
    """All declared types of the product by name."""
    return product().types


@dataclass(frozen=True)
class Several:
    """An interface in the twin's hands: its types, and the fields they have in common."""

    abstract: AbstractDeclaration
    fields: dict[str, FieldDeclaration]

    @property
    def name(self) -> str:
        return self.abstract.name

    @property
    def plural(self) -> str:
        return self.abstract.plural or ""


def tables() -> list[Any]:
    """The tables that hold what is declared, those of pairs included."""
    found = {declared.table.name: declared.table for declared in declarations().values()}
    for declared in declarations().values():
        for field in declared.fields.values():
            if isinstance(field, ManyField):
                found.setdefault(field.column.table.name, field.column.table)
    return list(found.values())


async def dump(database: Any, organization_id: Any) -> Dump:
    """Every declared table's rows of one organization."""
    async with database.reading(organization_id) as reader:
        return {
            table.name: [
                dict(row) for row in await reader.rows(select(table).where(table.c.organization_id == organization_id))
            ]
            for table in tables()
        }
