"""The engine: selections become SQL, Python values become JSON. Knows strawberry, SQLAlchemy and base; no domain."""
