"""What the graph shows of customers and interactions."""

from strawberry import auto

from qms_graphql.customers import commands, model
from qms_graphql.graph.declare import guarded, node, one, part, parts, syncs, writes
from qms_graphql.graph.types import Node


@node(model.Customer, read="customers:read", plural="customers", external=True)
class Customer(Node):
    """Somebody who buys from us, or supplies us: an organisation or a person."""

    name: auto
    kind: auto
    supplier: auto
    segment: auto
    email: auto = guarded("customers:contact")
    phone: auto = guarded("customers:contact")
    country: auto
    active: auto
    custom: auto
    legal_hold: auto
    erased_at: auto
    erasure_basis: auto
    parent: "Customer | None" = one(
        model.Customer.parent_id, back="children", back_doc="The customers that belong to this account."
    )
    relations: "list[CustomerRelation]" = parts(model.CustomerRelation.customer_id)
    version: auto
    created_at: auto
    updated_at: auto


@part(model.CustomerRelation, read="customers:read")
class CustomerRelation:
    """That a customer stands in a role to another: a contact of several accounts, a subsidiary, a dealer."""

    to: "Customer | None" = one(
        model.CustomerRelation.to_id,
        back="related",
        back_list=True,
        back_doc="The relations in which others stand to it.",
    )
    role: auto


@node(model.Interaction, read="customers:read", plural="interactions", external=True)
class Interaction(Node):
    """Something a customer did, or that happened between us: the denominators of every rate."""

    kind: auto
    occurred_at: auto
    quantity: auto
    amount: auto
    currency: auto
    channel: auto
    lot: auto
    serial: auto
    active: auto
    custom: auto
    customer: "Customer | None" = one(
        model.Interaction.customer_id, back="interactions", back_doc="What the customer did."
    )
    contact: "Customer | None" = one(
        model.Interaction.contact_id, back="contact_interactions", back_doc="What the person did for an account."
    )
    product: "Product | None" = one(
        model.Interaction.product_id, back="interactions", back_doc="The purchases and other interactions about it."
    )
    version: auto
    created_at: auto
    updated_at: auto


CUSTOMER_FIELDS = "name kind supplier segment email phone country active custom parent relations"
INTERACTION_FIELDS = (
    "kind occurredAt quantity amount currency channel lot serial active custom customer contact product"
)

customer_writes = writes(Customer, commands.save_customers, permission="customers:write", fields=CUSTOMER_FIELDS)
customer_syncs = syncs(
    Customer, commands.save_customers, name="syncCustomers", fields=CUSTOMER_FIELDS, tombstone={"active": False}
)
interaction_writes = writes(
    Interaction, commands.save_interactions, permission="customers:write", fields=INTERACTION_FIELDS
)
interaction_syncs = syncs(
    Interaction,
    commands.save_interactions,
    name="syncInteractions",
    fields=INTERACTION_FIELDS,
    tombstone={"active": False},
)
