"""The customer's words: surveys, their questions, feedback with its answers and themes."""
