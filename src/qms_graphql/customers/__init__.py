"""Customers, how they relate to each other, and what they did."""
