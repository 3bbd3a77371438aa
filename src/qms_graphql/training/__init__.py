"""Training on what is in force, and what people can do."""
