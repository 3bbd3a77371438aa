"""What may be done with customers and interactions. One record or a thousand: the same command."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.sets import within
from qms_graphql.base.trees import refuse_circles
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.customers.model import Customer, CustomerRelation, Interaction
from qms_graphql.customers.rules import is_code


async def save_customers(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change customers. Refuses a customer that would stand above itself or in a role to itself."""
    await refuse_circles(unit, Customer, drafts)
    for draft in drafts:
        for index, relation in enumerate(draft.parts.get(CustomerRelation, [])):
            if relation["to_id"] == draft.id:
                draft.refuse(
                    ErrorCode.INVALID, "A customer cannot stand in a role to itself.", "relations", str(index), "to"
                )
        country = draft.fields.get("country")
        if country is not None and not is_code(country, 2):
            draft.refuse(ErrorCode.INVALID, "A country is two capital letters (ISO 3166-1 alpha-2).", "country")
    await unit.save(Customer, drafts)


async def save_interactions(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change interactions. An amount needs its currency."""
    for draft in drafts:
        currency = draft.value("currency")
        if draft.value("amount") is not None and currency is None:
            draft.refuse(ErrorCode.REQUIRED, "An amount needs its currency.", "currency")
        if currency is not None and not is_code(currency, 3):
            draft.refuse(ErrorCode.INVALID, "A currency is three capital letters (ISO 4217).", "currency")
    await unit.save(Interaction, drafts)


async def suppliers_among(unit: UnitOfWork, ids: Iterable[UUID | None]) -> set[UUID]:
    """Those of the customers who supply us."""
    named = {id_ for id_ in ids if id_ is not None}
    if not named:
        return set()
    table = Customer.__table__
    mine = (table.c.organization_id == unit.organization_id) & within(table.c.id, named, unit.dialect)
    return {row["id"] for row in await unit.rows(select(table.c.id).where(mine, table.c.supplier))}
