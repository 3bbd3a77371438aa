"""Standards and requirements: what must be met, whoever says so, and the evidence for it."""
