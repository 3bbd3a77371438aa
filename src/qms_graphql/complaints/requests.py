"""The mutations of complaints that are more than create and update, and the policy of their deadlines."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import strawberry

from qms_graphql.base.drafts import Draft, check_value
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.idempotency import once
from qms_graphql.base.ids import new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.complaints import commands, model, opening
from qms_graphql.complaints.policy import policy_of, set_policy
from qms_graphql.complaints.rules import ComplaintSeverity, Policy, Terms
from qms_graphql.complaints.schema import Complaint
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import mutation, query
from qms_graphql.graph.types import UserError
from qms_graphql.graph.writing.inputs import LinkUse, own_key
from qms_graphql.graph.writing.mutations import resolve_ids

_FEEDBACK = f"The feedback, at most {opening.MOST_FEEDBACK}."


@strawberry.input(description="A complaint to make of feedback.")
class OpenComplaintInput:
    """A complaint to make of feedback."""

    feedback: list[strawberry.ID] = strawberry.field(description=_FEEDBACK)
    nature: str | None = strawberry.field(
        description="What is complained of, in a few words.", default=strawberry.UNSET
    )
    handler: strawberry.ID | None = strawberry.field(
        description="Who takes it to an answer; left out, whom the feedback is assigned to.", default=strawberry.UNSET
    )
    idempotency_key: str | None = strawberry.field(
        description="Repeating a request with the same key has one effect; kept 7 days.", default=strawberry.UNSET
    )


@strawberry.type(description="What came of openComplaint.")
class OpenComplaintPayload:
    """What came of openComplaint."""

    complaint: Complaint | None = strawberry.field(description="The complaint.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="complaints:write", input=OpenComplaintInput)
async def open_complaint(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> OpenComplaintPayload:
    """Make a complaint of feedback.

    It takes over customer, product, handler and purchase where all the feedback agrees on them, and the earliest times;
    with that it is decided that the feedback is a complaint. Needs complaints:write.
    """

    async def effect() -> Any:
        draft = Draft(new_id(), {})
        uses: list[LinkUse] = []
        if given.get("handler") is not None:
            uses.append((draft.fields, "handler_id", context.engine.by_table["user"], given["handler"], ("handler",)))
        feedback = await _feedback(context, unit, draft, given["feedback"], uses)
        if "nature" in given:
            draft.fields["nature"] = given["nature"]
        return (await opening.open_complaint(unit, feedback, draft.fields)).hex

    id_ = await once(unit, "openComplaint", given.get("idempotencyKey"), given, effect)
    return OpenComplaintPayload(complaint=ref("Complaint", UUID(hex=id_)))


@strawberry.input(description="Feedback to make part of a complaint.")
class AddToComplaintInput:
    """Feedback to make part of a complaint."""

    id: strawberry.ID = strawberry.field(description="The complaint.")
    version: int = strawberry.field(description="The complaint's version; if it is not the present one: CONFLICT.")
    feedback: list[strawberry.ID] = strawberry.field(description=_FEEDBACK)


@strawberry.type(description="What came of addToComplaint.")
class AddToComplaintPayload:
    """What came of addToComplaint."""

    complaint: Complaint | None = strawberry.field(description="The complaint.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="complaints:write", input=AddToComplaintInput)
async def add_to_complaint(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> AddToComplaintPayload:
    """Make more feedback part of a complaint; with that it is decided that it is one. Needs complaints:write."""
    id_ = own_key(given["id"], context.engine.by_table["complaint"], ("id",))
    feedback = await _feedback(context, unit, Draft(id_, {}), given["feedback"], [])
    await opening.add_feedback(unit, id_, given["version"], feedback)
    return AddToComplaintPayload(complaint=ref("Complaint", id_))


async def _feedback(
    context: Context, unit: UnitOfWork, draft: Draft, given: list[str], uses: list[LinkUse]
) -> list[UUID]:
    """The keys of the feedback that the viewer sees, and those of the other ``uses`` put in their places."""
    if not 0 < len(given) <= opening.MOST_FEEDBACK:
        raise Refusal(ErrorCode.OUT_OF_RANGE, f"Name 1 to {opening.MOST_FEEDBACK} feedback.", ("feedback",))
    declared, rows = context.engine.by_table["feedback"], [dict[str, Any]() for _ in given]
    for index, (row, text) in enumerate(zip(rows, given, strict=True)):
        uses.append((row, "id", declared, text, ("feedback", str(index))))
    await resolve_ids(unit, draft, uses)
    if draft.refused:
        raise Refusals(draft.refusals)
    return [row["id"] for row in rows]


# -- the policy ------------------------------------------------------------------------------------------------------


@strawberry.type(description="Deadlines of complaints of one severity, in days after receipt.")
class ComplaintTerms:
    """Deadlines of complaints of one severity, in days after receipt."""

    acknowledge_days: int = strawberry.field(description="Until the complainant shall know that it is here.")
    resolve_days: int = strawberry.field(description="Until it shall be closed.")

    @classmethod
    def of(cls, terms: Terms) -> "ComplaintTerms":
        """How terms are shown."""
        return cls(acknowledge_days=terms.acknowledge, resolve_days=terms.resolve)


@strawberry.type(description="By which deadlines the organization handles complaints.")
class ComplaintPolicy:
    """By which deadlines the organization handles complaints."""

    minor: ComplaintTerms = strawberry.field(description="Of minor ones.")
    major: ComplaintTerms = strawberry.field(description="Of major ones, and of those not yet assessed.")
    critical: ComplaintTerms = strawberry.field(description="Of critical ones.")
    no_reply_days: int = strawberry.field(
        description="How long the complainant may reply before it may be closed without."
    )

    @classmethod
    def of(cls, policy: Policy) -> "ComplaintPolicy":
        """How a policy is shown."""
        terms = {severity.value.lower(): ComplaintTerms.of(policy.terms[severity]) for severity in ComplaintSeverity}
        return cls(**terms, no_reply_days=policy.no_reply)


@query(read="complaints:read")
async def complaint_policy(context: Context) -> ComplaintPolicy:
    """By which deadlines the organization handles complaints; the usual ones if it has set none."""
    return ComplaintPolicy.of(await policy_of(await context.reader(), context.viewer))


@strawberry.input(description="Deadlines of complaints of one severity, in days after receipt.")
class ComplaintTermsInput:
    """Deadlines of complaints of one severity, in days after receipt."""

    acknowledge_days: int | None = strawberry.field(
        description="Until the complainant shall know that it is here.", default=strawberry.UNSET
    )
    resolve_days: int | None = strawberry.field(description="Until it shall be closed.", default=strawberry.UNSET)


@strawberry.input(description="Deadlines to change; those left out stay.")
class SetComplaintPolicyInput:
    """Deadlines to change; those left out stay."""

    minor: ComplaintTermsInput | None = strawberry.field(description="Of minor ones.", default=strawberry.UNSET)
    major: ComplaintTermsInput | None = strawberry.field(
        description="Of major ones, and of those not yet assessed.", default=strawberry.UNSET
    )
    critical: ComplaintTermsInput | None = strawberry.field(description="Of critical ones.", default=strawberry.UNSET)
    no_reply_days: int | None = strawberry.field(
        description="How long the complainant may reply before it may be closed without.", default=strawberry.UNSET
    )


@strawberry.type(description="What came of setComplaintPolicy.")
class SetComplaintPolicyPayload:
    """What came of setComplaintPolicy."""

    policy: ComplaintPolicy | None = strawberry.field(description="The policy as it is now.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="complaints:policy", input=SetComplaintPolicyInput)
async def set_complaint_policy(
    _context: Context, unit: UnitOfWork, given: Mapping[str, Any]
) -> SetComplaintPolicyPayload:
    """Set the deadlines of complaints; complaints that are there keep theirs. Needs complaints:policy."""
    fields = {"no_reply": given["noReplyDays"]} if "noReplyDays" in given else {}
    for severity in (member.value.lower() for member in ComplaintSeverity):
        for kind in ("acknowledge", "resolve"):
            if f"{kind}Days" in (given.get(severity) or {}):
                fields[f"{severity}_{kind}"] = given[severity][f"{kind}Days"]
    return SetComplaintPolicyPayload(policy=ComplaintPolicy.of(await set_policy(unit, fields)))


@strawberry.input(description="How content the complainant is with how the complaint was handled.")
class RateHandlingInput:
    """How content the complainant is with how the complaint was handled."""

    id: strawberry.ID = strawberry.field(description="The complaint.")
    version: int = strawberry.field(
        description="The version it was decided on; if it is not the present one: CONFLICT."
    )
    satisfaction: int = strawberry.field(description="From 1 to 5, 5 the most.")


@strawberry.type(description="What came of rateHandling.")
class RateHandlingPayload:
    """What came of rateHandling."""

    complaint: Complaint | None = strawberry.field(description="The complaint.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="complaints:write", input=RateHandlingInput)
async def rate_handling(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> RateHandlingPayload:
    """Note what the complainant says of the handling, once it is answered, also when it is closed.

    People are asked after the end (ISO 10002). Needs complaints:write.
    """
    id_ = own_key(given["id"], context.engine.by_table[model.Complaint.__tablename__], ("id",))
    problem = check_value(model.Complaint.__table__.c.satisfaction, given["satisfaction"])
    if problem is not None:
        raise Refusal(*problem, ("satisfaction",))
    await commands.rate_handling(unit, id_, given["version"], given["satisfaction"])
    return RateHandlingPayload(complaint=ref("Complaint", id_))
