"""How people get the PIN that they sign with."""

from collections.abc import Mapping
from typing import Any

import strawberry

from qms_graphql.base import signing
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.model import Action
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import mutation
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.people.model import User


@strawberry.input(description="A signing PIN for the person who asks.")
class SetSigningPinInput:
    """A signing PIN for the person who asks."""

    pin: str = strawberry.field(description="The PIN, 6 to 64 characters.")
    current_pin: str | None = strawberry.field(
        description="The present one, if there is one.", default=strawberry.UNSET
    )


@strawberry.type(description="What came of setSigningPin.")
class SetSigningPinPayload:
    """What came of setSigningPin."""

    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@strawberry.input(description="Whose signing PIN to take away.")
class ResetSigningPinInput:
    """Whose signing PIN to take away."""

    user: strawberry.ID = strawberry.field(description="The person.")


@strawberry.type(description="What came of resetSigningPin.")
class ResetSigningPinPayload:
    """What came of resetSigningPin."""

    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission=signing.SIGN, input=SetSigningPinInput)
async def set_signing_pin(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> SetSigningPinPayload:
    """Set or change the PIN with which the person who asks signs. Needs records:sign."""
    user_id = unit.viewer.user_id
    if user_id is None:
        raise Refusal(ErrorCode.FORBIDDEN, "Only a person has a signing PIN.", ("pin",))
    try:
        await signing.set_pin(unit.connection, unit.clock, unit.viewer, given["pin"], given.get("currentPin"))
    except Refusal as refusal:
        # Answered, not raised: the attempt stays counted.
        return SetSigningPinPayload(errors=[UserError.of(refusal)])
    await _note(unit, user_id, "SET")
    return SetSigningPinPayload()


@mutation(permission="people:write", input=ResetSigningPinInput)
async def reset_signing_pin(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> ResetSigningPinPayload:
    """Take a person's signing PIN away, because it was forgotten or seen by others. Needs people:write."""
    id_ = own_key(given["user"], context.engine.by_table[User.__tablename__], ("user",))
    await _note(unit, id_, "RESET")
    await signing.forget_pin(unit.connection, unit.organization_id, id_)
    return ResetSigningPinPayload()


async def _note(unit: UnitOfWork, user_id: Any, what: str) -> None:
    """An event of the person's record: the PIN itself stands nowhere."""
    try:
        row = await unit.lock_one(User, user_id)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, ("user",)) from None
    await unit.save(User, [Draft(user_id, {}, row, action=Action.UPDATED, notes={"signingPin": what})])
