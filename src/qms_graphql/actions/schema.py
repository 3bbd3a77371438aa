"""What the graph shows of actions."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_
from strawberry import auto

from qms_graphql.actions import commands, model
from qms_graphql.actions import facts as facts
from qms_graphql.actions.rules import PENDING
from qms_graphql.graph.declare import node, one, sql_field, writes
from qms_graphql.graph.record import Record


@node(model.Action, read="actions:read", plural="actions", numbered=True)
class Action(Record):
    """What somebody is to do: to contain, correct, prevent or improve."""

    number: auto
    title: auto
    description: auto
    kind: auto
    status: auto
    due_at: auto
    done_at: auto

    @sql_field
    def overdue(action: Any, now: datetime) -> bool:
        """Whether it should have been done by now, and is not."""
        pending = or_(*(action.status == status for status in PENDING))
        late: Any = and_(action.due_at.is_not(None), action.due_at < now, pending)
        return late

    owner: "User | None" = one(
        model.Action.owner_id, back="actions", back_list=True, back_doc="What the person is to do, or did."
    )
    department: "Department | None" = one(
        model.Action.department_id, back="actions", back_doc="What the department is to do, or did."
    )
    risk: "Risk | None" = one(model.Action.risk_id, back="actions", back_doc="What is done to lower it.")
    feedback: "Feedback | None" = one(
        model.Action.feedback_id, back="actions", back_list=True, back_doc="What came of it."
    )
    customer: "Customer | None" = one(
        model.Action.customer_id, back="actions", back_doc="What is done for the customer."
    )
    requirement: "Requirement | None" = one(
        model.Action.requirement_id, back="actions", back_doc="What is done to meet it."
    )
    product: "Product | None" = one(model.Action.product_id, back="actions", back_doc="What is done about it.")
    version: auto
    created_at: auto
    updated_at: auto


action_writes = writes(
    Action,
    commands.save_actions,
    permission="actions:write",
    fields=("title description kind status dueAt doneAt owner department risk feedback customer requirement product"),
)
