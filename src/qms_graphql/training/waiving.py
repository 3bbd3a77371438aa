"""The mutation by which the training of a revision is waived, for everybody."""

from collections.abc import Mapping
from typing import Any

import strawberry

from qms_graphql.base.drafts import check_value
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.transitions import REASON_LIMIT, Signature
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents.model import Revision as RevisionRow
from qms_graphql.documents.schema import Revision
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import mutation
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.inputs import own_key
from qms_graphql.graph.writing.moves import SignatureInput
from qms_graphql.training import commands
from qms_graphql.training.rules import WAIVE


@strawberry.input(description="That nobody need be trained in a revision before it is effective.")
class WaiveTrainingInput:
    """That nobody need be trained in a revision before it is effective."""

    id: strawberry.ID = strawberry.field(description="The revision.")
    version: int = strawberry.field(description="The version that was read; if it is not the present one: CONFLICT.")
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
    """State and sign why nobody need be trained in an approved revision before it is effective.

    What is still to be done of its training is waived, for that reason. Its author does not. Needs training:waive, as
    to let off one person.
    """
    id_ = own_key(given["id"], context.engine.by_table[RevisionRow.__tablename__], ("id",))
    reason = given["reason"]
    if not reason.strip():
        raise Refusal(ErrorCode.REQUIRED, "Say why.", ("reason",))
    problem = check_value(RevisionRow.__table__.c.training_waived, reason)
    if problem is not None:
        raise Refusal(*problem, ("reason",))
    await commands.waive(unit, id_, given["version"], reason, signature)
    return WaiveTrainingPayload(revision=ref("Revision", id_))
