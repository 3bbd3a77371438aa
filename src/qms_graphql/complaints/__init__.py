"""Complaints: what customers are not content with, taken to an answer by ISO 10002, with clocks running."""
