"""Tables of products."""

from typing import Any

from sqlalchemy.orm import Mapped

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Record
from qms_graphql.products.rules import ProductKind


class Product(Record, Base):
    """Something the organization makes, sells or provides."""

    __tablename__ = "product"

    sku: Mapped[str | None] = columns.text("Stock-keeping unit: the organization's own article number.", limit=100)
    name: Mapped[str] = columns.text("What it is called.")
    kind: Mapped[ProductKind] = columns.choice(ProductKind, "Good, service or software.", default=ProductKind.GOOD)
    category: Mapped[str | None] = columns.text("The family it belongs to.", limit=200)
    active: Mapped[bool] = columns.flag("Whether it is still offered.", default=True)
    custom: Mapped[Any] = columns.json("Further fields of the connected systems, by name.", default=lambda _: {})
