"""Requests: documents, variables, limits and cost, before anything is executed."""
