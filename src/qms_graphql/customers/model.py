"""Tables of customers and interactions."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from qms_graphql.base import columns
from qms_graphql.base.columns import Base, Part, Record
from qms_graphql.customers.rules import CustomerKind, ErasureBasis, InteractionKind


class Customer(Record, Base):
    """Somebody who buys from us, or supplies us: an organisation or a person."""

    __tablename__ = "customer"
    __subject__ = ("id",)

    name: Mapped[str] = columns.text("Display name.", personal=True, sorts=True)
    kind: Mapped[CustomerKind] = columns.choice(
        CustomerKind, "Organisation or person.", default=CustomerKind.ORGANISATION
    )
    supplier: Mapped[bool] = columns.flag("Whether it supplies us.", default=False)
    segment: Mapped[str | None] = columns.text("The market segment it is counted in.", limit=200)
    email: Mapped[str | None] = columns.text("E-mail address.", limit=320, personal=True)
    phone: Mapped[str | None] = columns.text("Telephone number.", limit=60, personal=True)
    country: Mapped[str | None] = columns.text("ISO 3166-1 alpha-2 code.", limit=20)
    active: Mapped[bool] = columns.flag(
        "Whether the relation goes on; false once a connected system deleted it.", default=True
    )
    custom: Mapped[Any] = columns.json(
        "Further fields of the connected systems, by name.", personal=True, default=lambda _: {}
    )
    legal_hold: Mapped[str | None] = columns.text(
        "Why the personal values must be kept (GDPR, Art. 17(3)); null if nothing keeps them.", limit=2000
    )
    erased_at: Mapped[datetime | None] = columns.moment("When the personal values were erased.")
    erasure_basis: Mapped[ErasureBasis | None] = columns.choice(ErasureBasis, "Why they were erased.")
    parent_id: Mapped[UUID | None] = columns.link("customer", "The account this one belongs to.")


class CustomerRelation(Part, Base):
    """That a customer stands in a role to another: a contact of several accounts, a subsidiary, a dealer."""

    __tablename__ = "customer_relation"
    __owner__ = "customer_id"
    __list__ = "relations"

    customer_id: Mapped[UUID] = columns.link(
        "customer", "The customer who stands in the role.", index=None, part_of_key=True
    )
    to_id: Mapped[UUID] = columns.link("customer", "The other customer.", index=("customer_id",))
    role: Mapped[str | None] = columns.text("The role, in the organization's own words.", limit=100)


class Interaction(Record, Base):
    """Something a customer did, or that happened between us: the denominators of every rate."""

    __tablename__ = "interaction"
    __subject__ = ("contact_id", "customer_id")

    kind: Mapped[InteractionKind] = columns.choice(InteractionKind, "What happened.")
    occurred_at: Mapped[datetime] = columns.moment("When it happened.", past=True)
    quantity: Mapped[Decimal | None] = columns.exact("How many units.", low=0)
    amount: Mapped[Decimal | None] = columns.exact("Its value, in the currency; negative for a credit.")
    currency: Mapped[str | None] = columns.text("ISO 4217 code.", limit=20)
    channel: Mapped[str | None] = columns.text("Where it happened: shop, web, telephone …", limit=100)
    lot: Mapped[str | None] = columns.text("The lot of the goods: a recall finds its customers by it.", limit=100)
    serial: Mapped[str | None] = columns.text("The serial number of the goods.", limit=100)
    active: Mapped[bool] = columns.flag(
        "False once a connected system deleted it: it left the denominators.", default=True
    )
    custom: Mapped[Any] = columns.json(
        "Further fields of the connected systems, by name.", personal=True, default=lambda _: {}
    )
    customer_id: Mapped[UUID | None] = columns.link(
        "customer", "Whose it is: the account.", index=("occurred_at", "id")
    )
    contact_id: Mapped[UUID | None] = columns.link("customer", "The person who acted.")
    product_id: Mapped[UUID | None] = columns.link("product", "The product it is about.", index=("occurred_at", "id"))

    __table_args__ = (
        Index(None, "organization_id", "kind", "occurred_at", "customer_id"),
        Index(None, "organization_id", "lot"),
    )
