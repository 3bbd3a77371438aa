"""The mutations by which people sign a revision beside moving it."""

from collections.abc import Mapping
from typing import Any

import strawberry

from qms_graphql.base.drafts import check_value
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.transitions import REASON_LIMIT, Signature
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents import approving, model
from qms_graphql.documents.machine import APPROVE, WAIVE
from qms_graphql.documents.schema import Revision
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import mutation
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.graph.writing.moves import SignatureInput

_VERSION = "The version that was read; if it is not the present one: CONFLICT."


@strawberry.input(description="An approval of a revision.")
class ApproveRevisionInput:
    """An approval of a revision."""

    id: strawberry.ID = strawberry.field(description="The revision.")
    version: int = strawberry.field(description=_VERSION)
    signature: SignatureInput = strawberry.field(description="The signature.")
    comment: str | None = strawberry.field(
        description=f"What is to be said with it; at most {REASON_LIMIT} characters.", default=strawberry.UNSET
    )


@strawberry.type(description="What came of approveRevision.")
class ApproveRevisionPayload:
    """What came of approveRevision."""

    revision: Revision | None = strawberry.field(description="The revision.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission=APPROVE, input=ApproveRevisionInput, signed=True)
async def approve_revision(
    context: Context, unit: UnitOfWork, given: Mapping[str, Any], signature: Signature
) -> ApproveRevisionPayload:
    """Sign one of several approvals that a revision in review needs. Needs documents:approve.

    The last approval is the move to APPROVED itself, by `transition`; where one is asked for, it alone.
    """
    id_ = own_key(given["id"], context.engine.by_table[model.Revision.__tablename__], ("id",))
    comment = given.get("comment")
    if comment is not None and len(comment) > REASON_LIMIT:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {REASON_LIMIT} characters.", ("comment",))
    await approving.approve(unit, id_, given["version"], signature, comment)
    return ApproveRevisionPayload(revision=ref("Revision", id_))


@strawberry.input(description="That a revision may become effective before people are trained.")
class WaiveTrainingInput:
    """That a revision may become effective before people are trained."""

    id: strawberry.ID = strawberry.field(description="The revision.")
    version: int = strawberry.field(description=_VERSION)
    reason: str = strawberry.field(description=f"Why; at most {REASON_LIMIT} characters.")
    signature: SignatureInput = strawberry.field(description="The signature.")


@strawberry.type(description="What came of waiveTraining.")
class WaiveTrainingPayload:
    """What came of waiveTraining."""

    revision: Revision | None = strawberry.field(description="The revision.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission=WAIVE, input=WaiveTrainingInput, signed=True)
async def waive_training(
    context: Context, unit: UnitOfWork, given: Mapping[str, Any], signature: Signature
) -> WaiveTrainingPayload:
    """State and sign why an approved revision may become effective before people are trained.

    Its author does not. Needs training:waive, as to let off one person.
    """
    id_ = own_key(given["id"], context.engine.by_table[model.Revision.__tablename__], ("id",))
    reason = given["reason"]
    if not reason.strip():
        raise Refusal(ErrorCode.REQUIRED, "Say why.", ("reason",))
    problem = check_value(model.Revision.__table__.c.training_waived, reason)
    if problem is not None:
        raise Refusal(*problem, ("reason",))
    await approving.waive_training(unit, id_, given["version"], reason, signature)
    return WaiveTrainingPayload(revision=ref("Revision", id_))
