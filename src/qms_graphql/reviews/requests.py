"""The mutations of reviews that are more than create and update."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from qms_graphql.actions.rules import ActionKind
from qms_graphql.actions.schema import Action
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.idempotency import once
from qms_graphql.base.ids import new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.feedback.model import FeedbackTheme
from qms_graphql.feedback.schema import Feedback
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import mutation
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.inputs import LinkUse, own_key
from qms_graphql.graph.writing.mutations import resolve_ids
from qms_graphql.nonconformities.schema import Nonconformity
from qms_graphql.reviews import raising
from qms_graphql.reviews.schema import WRITE

_KEY = "Repeating a request with the same key has one effect; kept 7 days."
_VERSION = "The version it was decided on; if it is not the present one: CONFLICT."
MOST_THEMES = 20
"""Most themes of a statement."""


@strawberry.input(description="A finding to make a nonconformity of.")
class OpenNonconformityFromFindingInput:
    """A finding to make a nonconformity of."""

    finding: strawberry.ID = strawberry.field(description="The finding.")
    version: int = strawberry.field(description=_VERSION)
    title: str | None = strawberry.field(
        description="What did not conform, in a few words; the finding's own, cut off, if left out.",
        default=strawberry.UNSET,
    )
    owner: strawberry.ID | None = strawberry.field(description="Who answers for it.", default=strawberry.UNSET)
    idempotency_key: str | None = strawberry.field(description=_KEY, default=strawberry.UNSET)


@strawberry.type(description="What came of openNonconformityFromFinding.")
class OpenNonconformityFromFindingPayload:
    """What came of openNonconformityFromFinding."""

    nonconformity: Nonconformity | None = strawberry.field(description="The nonconformity.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="nonconformities:write", input=OpenNonconformityFromFindingInput)
async def open_nonconformity_from_finding(
    context: Context, unit: UnitOfWork, given: Mapping[str, Any]
) -> OpenNonconformityFromFindingPayload:
    """Make a nonconformity of a finding: it takes over what was found, when and where, and the requirement not met.

    Needs nonconformities:write and reviews:write.
    """
    unit.viewer.require(WRITE)

    async def effect() -> Any:
        fields = await _fields(context, unit, given, ("title",), {"owner": "user"})
        id_ = own_key(given["finding"], context.engine.by_table["finding"], ("finding",))
        return (await raising.open_nonconformity(unit, id_, given["version"], fields)).hex

    id_ = await once(unit, "openNonconformityFromFinding", given.get("idempotencyKey"), given, effect)
    return OpenNonconformityFromFindingPayload(nonconformity=ref("Nonconformity", UUID(hex=id_)))


@strawberry.input(description="An action that carries out a decision, or answers a finding.")
class PlanActionFromFindingInput:
    """An action that carries out a decision, or answers a finding."""

    finding: strawberry.ID = strawberry.field(description="The decision or finding.")
    version: int = strawberry.field(description=_VERSION)
    title: str = strawberry.field(description="What is to be done, in a few words.")
    kind: ActionKind = strawberry.field(description="What it is for.")
    owner: strawberry.ID = strawberry.field(description="Who does it.")
    due_at: datetime = strawberry.field(description="By when it shall be done.")
    description: str | None = strawberry.field(description="What is to be done, and how.", default=strawberry.UNSET)
    department: strawberry.ID | None = strawberry.field(
        description="Whose work it is; where it was found, if left out.", default=strawberry.UNSET
    )
    idempotency_key: str | None = strawberry.field(description=_KEY, default=strawberry.UNSET)


@strawberry.type(description="What came of planActionFromFinding.")
class PlanActionFromFindingPayload:
    """What came of planActionFromFinding."""

    action: Action | None = strawberry.field(description="The action.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="actions:write", input=PlanActionFromFindingInput)
async def plan_action_from_finding(
    context: Context, unit: UnitOfWork, given: Mapping[str, Any]
) -> PlanActionFromFindingPayload:
    """Plan who carries out a decision (or answers a finding) by when. Needs actions:write and reviews:write."""
    unit.viewer.require(WRITE)

    async def effect() -> Any:
        links = {"owner": "user", "department": "department"}
        fields = await _fields(context, unit, given, ("title", "kind", "dueAt", "description"), links)
        id_ = own_key(given["finding"], context.engine.by_table["finding"], ("finding",))
        return (await raising.plan_action(unit, id_, given["version"], fields)).hex

    id_ = await once(unit, "planActionFromFinding", given.get("idempotencyKey"), given, effect)
    return PlanActionFromFindingPayload(action=ref("Action", UUID(hex=id_)))


async def _fields(
    context: Context, unit: UnitOfWork, given: Mapping[str, Any], plain: tuple[str, ...], links: Mapping[str, str]
) -> dict[str, Any]:
    """The columns of what is given: the ``plain`` ones, and the ``links`` to records that the viewer sees."""
    spelled = {"dueAt": "due_at"}
    fields = {spelled.get(name, name): given[name] for name in plain if given.get(name) is not None}
    draft = Draft(new_id(), {})
    uses: list[LinkUse] = [
        (fields, f"{name}_id", context.engine.by_table[table], given[name], (name,))
        for name, table in links.items()
        if given.get(name) is not None
    ]
    await resolve_ids(unit, draft, uses)
    if draft.refused:
        raise Refusals(draft.refusals)
    return fields


# -- focus groups ----------------------------------------------------------------------------------------------------


@strawberry.input(description="What somebody said in a focus group.")
class StatementInput:
    """What somebody said in a focus group."""

    text: str = strawberry.field(description="The words.")
    customer: strawberry.ID | None = strawberry.field(
        description="Whose words they are, if that is known.", default=strawberry.UNSET
    )
    product: strawberry.ID | None = strawberry.field(
        description="The product they are about.", default=strawberry.UNSET
    )
    themes: list[strawberry.ID] | None = strawberry.field(
        description=f"What they are about, at most {MOST_THEMES}.", default=strawberry.UNSET
    )
    language: str | None = strawberry.field(description="BCP 47 tag of the words' language.", default=strawberry.UNSET)


@strawberry.input(description="What was said in a focus group.")
class RecordStatementsInput:
    """What was said in a focus group."""

    review: strawberry.ID = strawberry.field(description="The focus group.")
    statements: list[StatementInput] = strawberry.field(
        description=f"What was said, at most {raising.MOST_STATEMENTS} at once."
    )
    idempotency_key: str | None = strawberry.field(description=_KEY, default=strawberry.UNSET)


@strawberry.type(description="What came of recordStatements.")
class RecordStatementsPayload:
    """What came of recordStatements."""

    feedback: list[Feedback] = strawberry.field(
        description="The feedback, one for each statement, in their order.", default_factory=list
    )
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="feedback:write", input=RecordStatementsInput)
async def record_statements(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> RecordStatementsPayload:
    """Take what customers said in a focus group in as feedback: all of it, or nothing. Needs feedback:write."""

    async def effect() -> Any:
        review = own_key(given["review"], context.engine.by_table["review"], ("review",))
        drafts = await _statements(context, unit, given["statements"])
        await raising.record_statements(unit, review, drafts)
        _refuse(drafts)
        return [draft.id.hex for draft in drafts]

    ids = await once(unit, "recordStatements", given.get("idempotencyKey"), given, effect)
    return RecordStatementsPayload(feedback=[ref("Feedback", UUID(hex=id_)) for id_ in ids])


async def _statements(context: Context, unit: UnitOfWork, given: list[Mapping[str, Any]]) -> list[Draft]:
    """Drafts of the statements. What their links lack is said of all of them together."""
    if not 0 < len(given) <= raising.MOST_STATEMENTS:
        message = f"Give 1 to {raising.MOST_STATEMENTS} statements."
        raise Refusal(ErrorCode.OUT_OF_RANGE, message, ("statements",))
    types, uses, together = context.engine.by_table, list[LinkUse](), Draft(new_id(), {})
    drafts = []
    for index, said in enumerate(given):
        place = ("statements", str(index))
        draft = Draft(new_id(), {name: said[name] for name in ("text", "language") if name in said})
        for name in ("customer", "product"):
            if said.get(name) is not None:
                uses.append((draft.fields, f"{name}_id", types[name], said[name], (*place, name)))
        themes = said.get("themes") or []
        if len(themes) > MOST_THEMES:
            raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_THEMES} themes.", (*place, "themes"))
        rows = [dict[str, Any]() for _ in themes]
        for number, (row, theme) in enumerate(zip(rows, themes, strict=True)):
            uses.append((row, "theme_id", types["theme"], theme, (*place, "themes", str(number))))
        draft.parts[FeedbackTheme] = rows
        drafts.append(draft)
    await resolve_ids(unit, together, uses)
    if together.refused:
        raise Refusals(together.refusals)
    return drafts


def _refuse(drafts: list[Draft]) -> None:
    """Say of each statement what is wrong with it."""
    refusals = [
        refusal.under("statements", str(index)) for index, draft in enumerate(drafts) for refusal in draft.refusals
    ]
    if refusals:
        raise Refusals(refusals)
