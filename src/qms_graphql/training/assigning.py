"""The mutations that assign training, and by which people say that they have read something."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from qms_graphql.base.access import Role
from qms_graphql.base.drafts import Draft, check_value
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.idempotency import once
from qms_graphql.base.ids import new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import LIST_BOUND, mutation
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.inputs import LinkUse, own_key
from qms_graphql.graph.writing.mutations import resolve_ids
from qms_graphql.training import commands, groups, model
from qms_graphql.training.rules import WRITE
from qms_graphql.training.schema import TrainingRecord

MOST_NAMED = 1000


@strawberry.input(description="Whom to train in what; exactly one of users, role and department says whom.")
class AssignTrainingInput:
    """Whom to train in what; exactly one of users, role and department says whom."""

    revision: strawberry.ID = strawberry.field(description="The revision; approved or effective.")
    users: list[strawberry.ID] | None = strawberry.field(
        description=f"These people, at most {MOST_NAMED}.", default=strawberry.UNSET
    )
    role: Role | None = strawberry.field(
        description="The people with this role, of those whose training the caller sees.", default=strawberry.UNSET
    )
    department: strawberry.ID | None = strawberry.field(
        description="The people of this department.", default=strawberry.UNSET
    )
    due_at: datetime | None = strawberry.field(
        description="By when; if left out, in as many days as the policy of the document's kind says.",
        default=strawberry.UNSET,
    )
    idempotency_key: str | None = strawberry.field(
        description="Repeating a request with the same key has one effect; kept 7 days.", default=strawberry.UNSET
    )


@strawberry.type(description="What came of assignTraining.")
class AssignTrainingPayload:
    """What came of assignTraining."""

    assigned: int = strawberry.field(
        description="How many trainings were assigned; who had this one already got no second.", default=0
    )
    records: list[TrainingRecord] = strawberry.field(
        description=f"The new records, at most {LIST_BOUND} of them.", default_factory=list
    )
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@strawberry.input(description="What the person who asks has read and understood.")
class AcknowledgeRevisionInput:
    """What the person who asks has read and understood."""

    revision: strawberry.ID = strawberry.field(description="The revision.")


@strawberry.type(description="What came of acknowledgeRevision.")
class AcknowledgeRevisionPayload:
    """What came of acknowledgeRevision."""

    record: TrainingRecord | None = strawberry.field(description="The person's training record.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission=WRITE, input=AssignTrainingInput)
async def assign_training(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> AssignTrainingPayload:
    """Assign training in a revision to several people. Heads of departments train their own. Needs training:write."""
    named = await _named(context, unit, given)

    async def effect() -> Any:
        revision = await commands.revision_to_train_in(unit, named["revision"])
        people = await groups.chosen(unit, given, named)
        ids = await commands.assign(unit, revision, people, given.get("dueAt"))
        return [id_.hex for id_ in ids]

    done = await once(unit, "assignTraining", given.get("idempotencyKey"), given, effect)
    records: list[Any] = [ref("TrainingRecord", UUID(hex=text)) for text in done[:LIST_BOUND]]
    return AssignTrainingPayload(assigned=len(done), records=records)


async def _named(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of what the input names: revision, users, department. Raises ``Refusals``."""
    types, draft, users = context.engine.by_table, Draft(new_id(), {}), list(given.get("users") or ())
    if len([name for name in ("users", "role", "department") if given.get(name) is not None]) != 1:
        raise Refusal(ErrorCode.INVALID, "Give exactly one of users, role and department.", ("users",))
    if given.get("users") == []:
        raise Refusal(ErrorCode.REQUIRED, "Name at least one person.", ("users",))
    if len(users) > MOST_NAMED:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_NAMED} people.", ("users",))
    found: dict[str, Any] = {}
    rows: list[dict[str, Any]] = [{} for _ in users]
    uses: list[LinkUse] = [(found, "revision", types["revision"], given["revision"], ("revision",))]
    if given.get("department") is not None:
        uses.append((found, "department", types["department"], given["department"], ("department",)))
    for index, text in enumerate(users):
        uses.append((rows[index], "id", types["user"], text, ("users", str(index))))
    await resolve_ids(unit, draft, uses)
    due = given.get("dueAt")
    if due is not None:
        problem = check_value(model.TrainingRecord.__table__.c.due_at, due)
        if problem is None and due < unit.now:
            problem = ErrorCode.OUT_OF_RANGE, "Training is due in the future."
        if problem is not None:
            draft.refuse(*problem, "dueAt")
    if draft.refused:
        raise Refusals(draft.refusals)
    return found | {"users": [row["id"] for row in rows]}


@mutation(permission="training:acknowledge", input=AcknowledgeRevisionInput)
async def acknowledge_revision(
    context: Context, unit: UnitOfWork, given: Mapping[str, Any]
) -> AcknowledgeRevisionPayload:
    """Say that one has read and understood a revision in which one is to be trained.

    Where the training asks for no more, it is passed by that. Needs training:acknowledge.
    """
    id_ = own_key(given["revision"], context.engine.by_table["revision"], ("revision",))
    return AcknowledgeRevisionPayload(record=ref("TrainingRecord", await commands.acknowledge(unit, id_)))
