"""What may be done with actions."""

from collections.abc import Sequence

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import NOT_DONE, ActionStatus, done_at
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.unit import UnitOfWork


async def save_actions(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change actions.

    One that is done without saying when was done now; one that is not done has no such time.
    """
    for draft in drafts:
        status = draft.value("status") or ActionStatus.PLANNED
        if status in NOT_DONE and draft.fields.get("done_at") is not None:
            draft.refuse(ErrorCode.INVALID, f"An action that is {status.value} has not been done.", "doneAt")
        draft.fields["done_at"] = done_at(status, draft.value("done_at"), unit.now)
    await unit.give_numbers(Action, drafts)
    await unit.save(Action, drafts)
