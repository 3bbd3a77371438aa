"""Tables of products and their inspections."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Record
from qms_graphql.products.rules import ProductKind

ONE_OPPORTUNITY = 1
"""For a defect in each unit, where an inspection does not say more."""


class Product(Record, Base):
    """Something the organization makes, sells or provides."""

    __tablename__ = "product"

    sku: Mapped[str | None] = columns.text("Stock-keeping unit: the organization's own article number.", limit=100)
    name: Mapped[str] = columns.text("What it is called.")
    kind: Mapped[ProductKind] = columns.choice(ProductKind, "Good, service or software.", default=ProductKind.GOOD)
    category: Mapped[str | None] = columns.text("The family it belongs to.", limit=200)
    active: Mapped[bool] = columns.flag("Whether it is still offered.", default=True)
    custom: Mapped[Any] = columns.json("Further fields of the connected systems, by name.", default=lambda _: {})


class Inspection(Record, Base):
    """Units of a product that were inspected, and what was found: the input of defect rate, DPMO and yield."""

    __tablename__ = "inspection"

    at: Mapped[datetime] = columns.moment("When it was done.", past=True)
    step: Mapped[str | None] = columns.text("The step of the process after which it was done.", limit=200)
    lot: Mapped[str | None] = columns.text("The lot the units belong to.", limit=100)
    inspected: Mapped[int] = columns.integer("How many units were inspected.", low=1)
    defective: Mapped[int] = columns.integer("How many of them had a defect.", low=0)
    defects: Mapped[int | None] = columns.integer(
        "How many defects they had together; null where units were only sorted into good and defective.", low=0
    )
    opportunities: Mapped[int] = columns.integer(
        "How many opportunities for a defect a unit has.", low=1, default=ONE_OPPORTUNITY
    )
    active: Mapped[bool] = columns.flag("False once a connected system deleted it: it left the metrics.", default=True)
    custom: Mapped[Any] = columns.json("Further fields of the connected systems, by name.", default=lambda _: {})
    product_id: Mapped[UUID | None] = columns.link("product", "The product that was inspected.", index=("at", "id"))

    __table_args__ = (
        Index(None, "organization_id", "at", "id"),
        Index(None, "organization_id", "lot"),
    )
