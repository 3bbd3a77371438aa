"""What the graph shows of products."""

from strawberry import auto

from qms_graphql.graph.declare import node, syncs, writes
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


FIELDS = "sku name kind category active custom"

product_writes = writes(Product, commands.save_products, permission="products:write", fields=FIELDS)
product_syncs = syncs(Product, commands.save_products, name="syncProducts", fields=FIELDS, tombstone={"active": False})
