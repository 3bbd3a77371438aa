"""Measurements against the limit: the same work by hand-written SQL without the product."""
