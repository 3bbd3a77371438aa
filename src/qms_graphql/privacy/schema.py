"""The mutations of privacy."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import strawberry

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.idempotency import once
from qms_graphql.base.scrubbing import scrub
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.customers import model
from qms_graphql.customers.rules import ErasureBasis
from qms_graphql.customers.schema import Customer
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import mutation
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.privacy import commands
from qms_graphql.privacy import timed as timed

_ID = "The customer."
_VERSION = "The version that was read; if it is not the present one: CONFLICT."


@strawberry.input(description="A person whose data are to be erased.")
class EraseCustomerInput:
    """A person whose data are to be erased."""

    id: strawberry.ID = strawberry.field(description=_ID)
    version: int = strawberry.field(description=_VERSION)
    basis: ErasureBasis = strawberry.field(description="By which right (GDPR, Art. 17(1)).")
    reason: str = strawberry.field(description="Why, at most 2000 characters; it stays, so it names no person.")
    idempotency_key: str | None = strawberry.field(
        description="Repeating a request with the same key has one effect; kept 7 days.", default=strawberry.UNSET
    )


@strawberry.type(description="What came of eraseCustomer.")
class EraseCustomerPayload:
    """What came of eraseCustomer."""

    customer: Customer | None = strawberry.field(description="What is left of the customer.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="customers:erase", input=EraseCustomerInput)
async def erase_customer(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> EraseCustomerPayload:
    """Erase a person's data for good: in the records, in their history, in comments on them and their files.

    Records, times, ratings and links stay. Refused with LEGAL_HOLD where they must be kept. Needs customers:erase.
    """

    async def effect() -> Any:
        id_ = own_key(given["id"], context.engine.by_table[model.Customer.__tablename__], ("id",))
        await commands.erase(unit, id_, given["version"], given["basis"], given["reason"])
        unit.afterwards.append(lambda: scrub(context.database))
        return id_.hex

    id_ = await once(unit, "eraseCustomer", given.get("idempotencyKey"), given, effect)
    return EraseCustomerPayload(customer=ref("Customer", UUID(hex=id_)))


@strawberry.input(description="Why a person's data must be kept.")
class SetLegalHoldInput:
    """Why a person's data must be kept."""

    id: strawberry.ID = strawberry.field(description=_ID)
    version: int = strawberry.field(description=_VERSION)
    reason: str | None = strawberry.field(
        description="Why (GDPR, Art. 17(3)); null: nothing keeps them any more.", default=strawberry.UNSET
    )


@strawberry.type(description="What came of setLegalHold.")
class SetLegalHoldPayload:
    """What came of setLegalHold."""

    customer: Customer | None = strawberry.field(description="The customer.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="customers:erase", input=SetLegalHoldInput)
async def set_legal_hold(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> SetLegalHoldPayload:
    """Say why a customer's data must not be erased, or that nothing keeps them any more. Needs customers:erase."""
    id_ = own_key(given["id"], context.engine.by_table[model.Customer.__tablename__], ("id",))
    if "reason" not in given:
        raise Refusal(ErrorCode.REQUIRED, "Say why, or null.", ("reason",))
    await commands.hold(unit, id_, given["version"], given["reason"])
    return SetLegalHoldPayload(customer=ref("Customer", id_))
