"""Ideas: what colleagues suggest or observe. They are feedback, and go the same way."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import strawberry

from qms_graphql.base.drafts import Draft, check_columns
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.idempotency import once
from qms_graphql.base.ids import new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.feedback import commands, model
from qms_graphql.feedback.rules import FeedbackSource, Voice
from qms_graphql.feedback.schema import Feedback
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import mutation
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.mutations import resolve_ids


@strawberry.input(description="What a colleague suggests or observed.")
class RaiseIdeaInput:
    """What a colleague suggests or observed."""

    text: str = strawberry.field(description="The words.")
    product: strawberry.ID | None = strawberry.field(description="The product it is about.", default=strawberry.UNSET)
    confidential: bool | None = strawberry.field(
        description="Whether only quality managers and auditors shall see it, beside who raised it.",
        default=strawberry.UNSET,
    )
    idempotency_key: str | None = strawberry.field(
        description="Repeating a request with the same key has one effect; kept 7 days.", default=strawberry.UNSET
    )


@strawberry.type(description="What came of raiseIdea.")
class RaiseIdeaPayload:
    """What came of raiseIdea."""

    idea: Feedback | None = strawberry.field(description="The idea, a feedback in the voice EMPLOYEE.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="ideas:write", input=RaiseIdeaInput)
async def raise_idea(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> RaiseIdeaPayload:
    """Raise an idea or an observation. It is judged like other feedback, and who raised it sees what comes of it.

    Needs ideas:write.
    """
    if unit.viewer.user_id is None:
        raise Refusal(ErrorCode.FORBIDDEN, "Only a person has ideas.")

    async def effect() -> Any:
        fields = {
            "voice": Voice.EMPLOYEE,
            "source": FeedbackSource.OTHER,
            "text": given["text"],
            "occurred_at": unit.now,
            "confidential": bool(given.get("confidential")),
        }
        draft = Draft(new_id(), fields)
        if not given["text"].strip():
            draft.refuse(ErrorCode.REQUIRED, "This cannot be empty.", "text")
        if given.get("product") is not None:
            product = context.engine.by_table["product"]
            await resolve_ids(unit, draft, [(draft.fields, "product_id", product, given["product"], ("product",))])
        check_columns(model.Feedback, draft, {"text": "text"})
        await commands.save_feedback(unit, [draft])
        if draft.refused:
            raise Refusals(draft.refusals)
        return draft.id.hex

    id_ = await once(unit, "raiseIdea", given.get("idempotencyKey"), given, effect)
    return RaiseIdeaPayload(idea=ref("Feedback", UUID(hex=id_)))
