"""A small schema of the tests\x27 own: an interface, a union, fields that Python computes."""
