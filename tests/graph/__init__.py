"""Proof of the engine: a naive twin, generated queries, statements, snapshots, the second wall."""
