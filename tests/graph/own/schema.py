"""What the product's types do not have yet, over the product's tables: an interface of many, unions, batch fields."""

from collections.abc import AsyncIterator
from typing import Any

import strawberry
from strawberry import auto

from qms_graphql.actions import model as actions
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import from_global
from qms_graphql.base.model import ExternalRef as Reference
from qms_graphql.customers import model as customers
from qms_graphql.customers.commands import save_customers
from qms_graphql.feedback import model as feedback
from qms_graphql.graph.abstract import interface, one_of, union
from qms_graphql.graph.compiling.dialects import quoted
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import (
    TypeDeclaration,
    batch_field,
    node,
    one,
    part,
    parts,
    query,
    sql_field,
    subscription,
    writes,
)
from qms_graphql.graph.types import Node
from qms_graphql.risks import model as risks
from qms_graphql.standards import model as standards
from tests.graph.own import answers

CALLS: list[tuple[str, int]] = []
"""Which batch field was called, with how many rows."""


def _each(name: str, rows: Any, answer: Any) -> list[Any]:
    """One answer for each row; an error where the field has none for it."""
    CALLS.append((name, len(rows)))

    def one_row(row: Any) -> Any:
        try:
            return answer(row)
        except answers.NotThisOne as error:
            return Refusal(ErrorCode.INVALID, str(error))

    return [one_row(row) for row in rows]


@interface(plural="records")
@strawberry.interface(description="Anything with a number.")
class Numbered(Node):
    """Anything with a number."""

    number: str = strawberry.field(description="Its number.")
    about: str | None = strawberry.field(description="What it is about.")
    version: int = strawberry.field(description="How often it was written.")


SUBJECT = union("Subject", "What something can be about.", "Risk Feedback Customer")


@part(Reference, read=None)
class ExternalRef:
    """An external system's key for one of our records."""

    system: auto
    external_id: auto
    subject: "Subject | None" = one_of(  # noqa: F821 - a union has no class
        Reference.target_id, kind=Reference.type, about="Our record, if it is a subject."
    )


EXTERNAL_REF: TypeDeclaration = ExternalRef.__graph__  # type: ignore[attr-defined]


@node(customers.Customer, read="customers:read", plural="customers", external=True)
class Customer(Node):
    """Somebody."""

    name: auto
    kind: auto
    parent: "Customer | None" = one(customers.Customer.parent_id, back="children", back_doc="Those below it.")

    @batch_field(needs=["name"])
    async def shout(rows: Any, context: Context) -> list[str]:
        """The name aloud."""
        return _each("shout", rows, lambda row: answers.shout(row.name))


customer_writes = writes(Customer, save_customers, permission="customers:write", fields="name kind")


@node(feedback.Feedback, read="feedback:read", plural="feedbacks", numbered=True, external=True)
class Feedback(Numbered):
    """What somebody said."""

    number: auto
    version: auto

    @sql_field
    def about(row: Any) -> str | None:
        """What it is about: its text."""
        return row.text

    custom: auto
    occurred_at: auto
    answers: "list[Answer]" = parts(feedback.Answer.feedback_id)
    customer: "Customer | None" = one(feedback.Feedback.customer_id, back="feedback", back_doc="What it said.")

    @batch_field(needs=["number", "about"])
    async def length(rows: Any, context: Context) -> list[int | None]:
        """How long the text is; some have no length."""
        return _each("length", rows, lambda row: answers.length(row.number, row.about))

    @batch_field(needs=["number"])
    async def next(rows: Any, context: Context) -> list["Feedback | None"]:
        """Itself, read anew: a record that Python names."""
        return _each("next", rows, lambda row: ref("Feedback", from_global(row.id)[1]))


@part(feedback.Answer, read="feedback:read")
class Answer:
    """One answer."""

    number: auto

    @batch_field(needs=["number"])
    async def verdict(rows: Any, context: Context) -> list[str]:
        """What the number says; 5 says nothing."""
        return _each("verdict", rows, lambda row: answers.verdict(row.number))


@node(standards.Requirement, read="standards:read", plural="requirements", numbered=True)
class Requirement(Numbered):
    """What must be met."""

    number: auto
    version: auto

    @sql_field
    def about(row: Any) -> str | None:
        """What it is about: its statement."""
        return row.statement


@node(risks.Risk, read="risks:read", plural="risks", numbered=True)
class Risk(Numbered):
    """What may go wrong."""

    number: auto
    version: auto

    @sql_field
    def about(row: Any) -> str | None:
        """What it is about, always the same."""
        return quoted("a risk")

    requirement: "Requirement | None" = one(risks.Risk.requirement_id, back="risks", back_list=True)


@node(actions.Action, read="actions:read", plural="actions", numbered=True)
class Action(Numbered):
    """What is to be done."""

    number: auto
    version: auto

    @sql_field
    def about(row: Any) -> str | None:
        """What it is about: its title."""
        return row.title

    subject: "Subject | None" = one_of(  # noqa: F821 - a union has no class
        actions.Action.risk_id,
        actions.Action.feedback_id,
        actions.Action.customer_id,
        about="What it is for.",
        back="actions",
        back_doc="What is done for it.",
    )
    record: "Numbered | None" = one_of(
        actions.Action.requirement_id, actions.Action.risk_id, about="Another record it is for."
    )

    @batch_field(needs=["title"])
    async def broken(rows: Any, context: Context) -> list[int | None]:
        """Never has an answer."""
        raise RuntimeError("secret")

    title: auto


@strawberry.type(description="What Python found.")
class Found:
    """What Python found."""

    records: list[Node | None] = strawberry.field(description="Records, of any type.")


@query(read=None)
async def found(context: Context, ids: list[strawberry.ID]) -> Found:
    """The records with these ids, named by Python."""
    keys = [from_global(id_) for id_ in ids]
    return Found(records=[ref(context.engine.by_table[table].name, key) for table, key in keys])


@strawberry.type(description="A record that was told of.")
class Told:
    """A record that was told of."""

    record: Node | None = strawberry.field(description="The record.")
    position: strawberry.Private[int]


@subscription(read=None, name="told", resume="after")
async def told(context: Context, ids: list[strawberry.ID], after: str | None = None) -> AsyncIterator[Told]:
    """Each of these records, one after another."""
    for position, id_ in enumerate(ids):
        table, key = from_global(id_)
        yield Told(record=ref(context.engine.by_table[table].name, key), position=position)
