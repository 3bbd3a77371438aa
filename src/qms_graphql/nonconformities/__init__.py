"""Nonconformities: what did not conform, why, what was done about it, and whether that worked."""
