"""The mutation by which people sign a revision beside moving it."""

from collections.abc import Mapping
from typing import Any

import strawberry

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.transitions import REASON_LIMIT, Signature
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents import approving, model
from qms_graphql.documents.machine import APPROVE
from qms_graphql.documents.schema import Revision
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import mutation
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.graph.writing.moves import SignatureInput


@strawberry.input(description="An approval of a revision.")
class ApproveRevisionInput:
    """An approval of a revision."""

    id: strawberry.ID = strawberry.field(description="The revision.")
    version: int = strawberry.field(description="The version that was read; if it is not the present one: CONFLICT.")
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
