"""What may be done with products."""

from collections.abc import Sequence

from qms_graphql.base.drafts import Draft
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.products.model import Product


async def save_products(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change products."""
    await unit.save(Product, drafts)
