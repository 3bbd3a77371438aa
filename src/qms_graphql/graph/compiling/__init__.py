"""Compiling: a selection becomes one statement in which the database makes the JSON."""
