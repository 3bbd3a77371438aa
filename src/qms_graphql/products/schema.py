"""What the graph shows of products and their inspections."""

from strawberry import auto

from qms_graphql.graph.declare import node, one, syncs, writes
from qms_graphql.graph.types import Node
from qms_graphql.products import commands, model


@node(model.Product, read="products:read", plural="products", external=True)
class Product(Node):
    """Something the organization makes, sells or provides."""

    sku: auto
    name: auto
    kind: auto
    category: auto
    active: auto
    custom: auto
    version: auto
    created_at: auto
    updated_at: auto


@node(model.Inspection, read="products:read", plural="inspections", external=True)
class Inspection(Node):
    """Units of a product that were inspected, and what was found: the input of defect rate, DPMO and yield."""

    at: auto
    step: auto
    lot: auto
    inspected: auto
    defective: auto
    defects: auto
    opportunities: auto
    active: auto
    custom: auto
    product: "Product | None" = one(
        model.Inspection.product_id, back="inspections", back_doc="The inspections of its units."
    )
    version: auto
    created_at: auto
    updated_at: auto


PRODUCT_FIELDS = "sku name kind category active custom"
INSPECTION_FIELDS = "at step lot inspected defective defects opportunities active custom product"

product_writes = writes(Product, commands.save_products, permission="products:write", fields=PRODUCT_FIELDS)
product_syncs = syncs(
    Product, commands.save_products, name="syncProducts", fields=PRODUCT_FIELDS, tombstone={"active": False}
)
inspection_writes = writes(Inspection, commands.save_inspections, permission="products:write", fields=INSPECTION_FIELDS)
inspection_syncs = syncs(
    Inspection,
    commands.save_inspections,
    name="syncInspections",
    fields=INSPECTION_FIELDS,
    tombstone={"active": False},
)
