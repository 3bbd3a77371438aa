"""The demonstration company: a kettle maker whose lids crack, told by the product's own commands."""
