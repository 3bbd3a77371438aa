"""Risks and their ratings: severity, occurrence, detection and what follows from them."""
