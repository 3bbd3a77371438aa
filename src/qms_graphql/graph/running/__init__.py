"""Running: plans are looked up and executed, and what Python adds is filled in."""
