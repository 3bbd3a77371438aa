"""What may be done with products and inspections."""

from collections.abc import Sequence

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.products.model import ONE_OPPORTUNITY, Inspection, Product
from qms_graphql.products.rules import inspection_problem


async def save_products(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change products."""
    await unit.save(Product, drafts)


async def save_inspections(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change inspections. Refuses figures that ``rules.inspection_problem`` does not let stand."""
    for draft in drafts:
        if draft.refused:
            continue
        problem = inspection_problem(
            draft.value("inspected"),
            draft.value("defective"),
            draft.value("defects"),
            draft.value("opportunities") or ONE_OPPORTUNITY,
        )
        if problem is not None:
            draft.refuse(ErrorCode.INVALID, problem[1], problem[0])
    await unit.save(Inspection, drafts)
