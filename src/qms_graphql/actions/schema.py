"""What the graph shows of actions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import and_, or_
from strawberry import auto

from qms_graphql.actions import commands, model
from qms_graphql.actions import facts as facts
from qms_graphql.actions.rules import PENDING
from qms_graphql.base.drafts import check_value
from qms_graphql.base.errors import Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import batch_field, extend, mutation, node, one, part, parts, sql_field, writes
from qms_graphql.graph.record import Record
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.inputs import own_key


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

    evidence: "list[ActionEvidence]" = parts(model.ActionEvidence.action_id)
    due_changes: "list[ActionDueChange]" = parts(model.ActionDueChange.action_id)
    owner: "User | None" = one(
        model.Action.owner_id, back="actions", back_list=True, back_doc="What the person is to do, or did."
    )
    verifier: "User | None" = one(
        model.Action.verifier_id, back="verified_actions", back_doc="The actions whose effect the person looks at."
    )
    department: "Department | None" = one(
        model.Action.department_id, back="actions", back_doc="What the department is to do, or did."
    )
    supersedes: "Action | None" = one(
        model.Action.supersedes_id, back="superseded_by", back_list=True, back_doc="The actions that took its place."
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
    objective: "Objective | None" = one(model.Action.objective_id, back="actions", back_doc="What is done to reach it.")
    version: auto
    created_at: auto
    updated_at: auto


@part(model.ActionEvidence, read="actions:read")
class ActionEvidence:
    """Something that shows that an action was done: a text, a link, or both."""

    text: auto
    link: auto


@part(model.ActionDueChange, read="actions:read")
class ActionDueChange:
    """That the time by which an action shall be done was changed."""

    at: auto
    due_before: auto
    due_after: auto
    reason: auto
    approver: "User | None" = one(model.ActionDueChange.approver_id)


action_writes = writes(
    Action,
    commands.save_actions,
    permission="actions:write",
    fields=(
        "title description kind dueAt doneAt evidence owner verifier department supersedes"
        " risk feedback customer requirement product objective"
    ),
)


@strawberry.input(description="By when an action shall be done from now on.")
class ChangeDueDateInput:
    """By when an action shall be done from now on."""

    id: strawberry.ID = strawberry.field(description="The action.")
    version: int = strawberry.field(
        description="The version it was decided on; if it is not the present one: CONFLICT."
    )
    due_at: datetime = strawberry.field(description="By when it shall be done.")
    reason: str = strawberry.field(description="Why; at most 2000 characters.")


@strawberry.type(description="What came of changeDueDate.")
class ChangeDueDatePayload:
    """What came of changeDueDate."""

    action: Action | None = strawberry.field(description="The action.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="actions:write", input=ChangeDueDateInput)
async def change_due_date(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> ChangeDueDatePayload:
    """Approve another time by which an action shall be done; its owner cannot. Needs actions:write."""
    id_ = own_key(given["id"], context.engine.by_table[model.Action.__tablename__], ("id",))
    columns = model.ActionDueChange.__table__.c
    for name, column in (("dueAt", columns.due_after), ("reason", columns.reason)):
        problem = check_value(column, given[name])
        if problem is not None:
            raise Refusal(*problem, (name,))
    await commands.change_due(unit, id_, given["version"], given["dueAt"], given["reason"])
    return ChangeDueDatePayload(action=ref("Action", id_))


@extend("Department")
class DepartmentActions:
    """What is still to be done in a department."""

    @batch_field(needs=())
    async def open_actions(rows: Sequence[Any], context: Context) -> list[list[Action]]:
        """What the department is to do and has not done yet: those due first come first, at most 200."""
        ids = [from_global(row.id)[1] for row in rows]
        found: dict[UUID, list[Any]] = {id_: [] for id_ in ids}
        if context.viewer.may("actions:read"):
            for row in await commands.pending_of(await context.reader(), context.viewer.organization_id, ids):
                found[row["department_id"]].append(ref("Action", row["id"]))
        return [found[id_] for id_ in ids]
